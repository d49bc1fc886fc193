using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>Runs activities once what asked for them is on disk. What isn't done when the host stops runs again at the next start.</summary>
internal sealed class ActivityDispatcher(
    DurableFunctions functions, int limit, TimeSpan? timeout, TimeProvider time, IdleTracker idle, ILogger logger, Action<ActivityCall, Message> done) : IDisposable
{
    private readonly WorkLimiter _work = new(limit, idle);

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
        Message message;
        try
        {
            // A function that doesn't heed its token is given up, not waited for.
            var result = await functions.Activities[call.Name](call, cancelled.Token).WaitAsync(expired.Token);
            message = new Message { Kind = MessageKind.TaskCompleted, TaskId = call.TaskId, Generation = call.Generation, Data = result };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // not an answer
        }
        catch (OperationCanceledException) when (expired.IsCancellationRequested)
        {
            var failure = new TaskFailureDetails(
                typeof(TimeoutException).FullName!, $"Activity '{call.Name}' ran longer than functionTimeout, {timeout}.", null, null, null);
            message = Message.Failure(MessageKind.TaskFailed, call.TaskId, call.Generation, failure);
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "Activity {Activity} of {InstanceId} failed", call.Name, call.InstanceId);
            message = Message.Failure(MessageKind.TaskFailed, call.TaskId, call.Generation, TaskFailureDetails.FromException(exception));
        }
        done(call, message);
    }
}
