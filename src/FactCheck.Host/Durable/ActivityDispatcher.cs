using System.Diagnostics;
using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>An activity that was asked for.</summary>
internal sealed record ActivityCall(long Key, int Generation, ActivityRequest Request)
{
    public override string ToString() => $"activity '{Request.Name}' of {Request.OrchestrationInstance.InstanceId}";
}

/// <summary>Runs activities whose request is on disk. What a stop leaves undone runs again at the next start.</summary>
internal sealed class ActivityDispatcher(
    ITaskRunner runner,
    int limit,
    TimeProvider time,
    IdleTracker idle,
    RuntimeMeters meters,
    ILogger logger,
    Action<ActivityCall, HistoryEvent> done
) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly WorkLimiter _work = new(limit, idle);

    public int Waiting => _work.Waiting;

    public void Enqueue(ActivityCall call) => _work.Enqueue(call, stop => RunAsync(call, stop));

    public async Task StopAsync(TimeSpan drain)
    {
        var left = await _work.StopAsync(drain);
        if (left > 0)
            logger.LogWarning("{Count} activities did not stop when they were cancelled; they will run again", left);
    }

    public void Dispose() => _work.Dispose();

    private async Task RunAsync(ActivityCall call, CancellationToken stop)
    {
        var request = call.Request;
        if (!runner.HasActivity(request.Name))
        {
            done(call, Events.Failure(Now, request.TaskId, Missing(request.Name)));
            return;
        }
        for (; ; )
        {
            var span = Spans.Try(request);
            var began = Stopwatch.GetTimestamp();
            var outcome = "completed";
            try
            {
                var answer = await runner.RunActivityAsync(request, stop);
                if (answer.FailureDetails is { } failure)
                    outcome = Failed(request, failure, span);
                span.End();
                done(call, EventOf(request, answer));
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested || _work.IsStopping)
            {
                outcome = "cancelled";
                return; // not an answer
            }
            catch (Exception lost)
            {
                outcome = "lost";
                Lost(request, lost, span);
            }
            finally
            {
                span.End();
                meters.Activity(request.Name, outcome, Stopwatch.GetElapsedTime(began));
            }
            await Task.WhenAny(Task.Delay(Pause, stop));
            if (stop.IsCancellationRequested)
                return;
        }
    }

    /// <summary>Tells of an activity's own failure, which is an answer; what it counts as.</summary>
    private string Failed(ActivityRequest request, TaskFailureDetails failure, Activity? span)
    {
        span.Failed(failure.ErrorType);
        // The history keeps all of it; while a store is away, hundreds of stack traces would hide all else.
        logger.LogWarning(
            "Activity {Activity} of {InstanceId} failed: {Error}: {Message}",
            request.Name,
            request.OrchestrationInstance.InstanceId,
            failure.ErrorType,
            failure.ErrorMessage
        );
        return failure.ErrorType == typeof(TimeoutException).FullName ? "timed_out" : "failed";
    }

    private void Lost(ActivityRequest request, Exception lost, Activity? span)
    {
        span.Failed(lost.GetType().FullName!);
        var isWorker = lost is WorkerLostException;
        logger.Log(
            isWorker ? LogLevel.Warning : LogLevel.Error,
            isWorker ? null : lost,
            "Activity {Activity} of {InstanceId} runs again: {Reason}",
            request.Name,
            request.OrchestrationInstance.InstanceId,
            lost.Message
        );
    }

    private HistoryEvent EventOf(ActivityRequest request, ActivityResponse answer) =>
        answer.FailureDetails is { } failure
            ? Events.Failure(Now, request.TaskId, failure)
            : Events.Answer(Now, request.TaskId, answer.Result);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private static TaskFailureDetails Missing(string name) =>
        new()
        {
            ErrorType = "ActivityTaskNotFound",
            ErrorMessage = $"There is no activity '{name}'.",
            IsNonRetriable = true,
        };
}
