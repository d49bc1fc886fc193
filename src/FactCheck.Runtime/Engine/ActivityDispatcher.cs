using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>Runs activities once what asked for them is on disk. What isn't done when the host stops runs again at the next start.</summary>
internal sealed class ActivityDispatcher(
    DurableFunctions functions, int limit, TimeSpan? timeout, TimeProvider time, IdleTracker idle, RuntimeMeters meters, ILogger logger, Action<ActivityCall, Message> done) : IDisposable
{
    private readonly WorkLimiter _work = new(limit, idle);

    /// <summary>Activities that wait for their turn.</summary>
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
        using var expired = timeout is { } limited ? new CancellationTokenSource(limited, time) : new CancellationTokenSource();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, stop);
        using var span = Spans.Try(call);
        var began = Stopwatch.GetTimestamp();
        var outcome = "completed";
        Message message;
        try
        {
            // A function that doesn't heed its token is given up, not waited for.
            var result = await functions.Activities[call.Name](call, cancelled.Token).WaitAsync(expired.Token);
            message = new Message { Kind = MessageKind.TaskCompleted, TaskId = call.TaskId, Generation = call.Generation, Data = result };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            outcome = "cancelled";
            return; // not an answer
        }
        catch (OperationCanceledException) when (expired.IsCancellationRequested)
        {
            outcome = "timed_out";
            span.Failed(typeof(TimeoutException).FullName!);
            var failure = new TaskFailureDetails(
                typeof(TimeoutException).FullName!, $"Activity '{call.Name}' ran longer than functionTimeout, {timeout}.", null, null, null);
            message = Message.Failure(MessageKind.TaskFailed, call.TaskId, call.Generation, failure);
        }
        catch (Exception exception)
        {
            outcome = "failed";
            span.Failed(exception.GetType().FullName!);
            // The instance's history keeps all of it; while a store is away, hundreds of stack traces would hide everything else.
            logger.LogWarning("Activity {Activity} of {InstanceId} failed: {Error}: {Message}", call.Name, call.InstanceId, exception.GetType().FullName, exception.Message);
            logger.LogDebug(exception, "Activity {Activity} of {InstanceId} failed", call.Name, call.InstanceId);
            message = Message.Failure(MessageKind.TaskFailed, call.TaskId, call.Generation, TaskFailureDetails.FromException(exception));
        }
        finally
        {
            meters.Activity(call.Name, outcome, Stopwatch.GetElapsedTime(began));
        }
        span?.Stop(); // what comes of the answer is no part of it
        done(call, message);
    }
}
