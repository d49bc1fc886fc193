using DurableTask.Core.Exceptions;
using FactCheck.Domain;
using FactCheck.Functions.Review;

namespace FactCheck.Functions.Cases;

/// <summary>The orchestrations that wait for tasks.</summary>
internal static class Clocks
{
    /// <summary>Starts the clock of a task; false when it runs already.</summary>
    public static async Task<bool> StartAsync(DurableTaskClient client, string taskId)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(ReviewStatement),
                new ReviewClock(taskId),
                new StartOrchestrationOptions(ReviewStatement.InstanceId(taskId))
            );
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    /// <summary>
    /// Tells the clock of a task to read the row. The row is the truth: should this be lost, the sweep tells it
    /// again. A clock that does not run has nothing to be told; Durable Functions would throw.
    /// </summary>
    public static async Task WakeAsync(DurableTaskClient client, ReviewTask task, CancellationToken cancellation)
    {
        var clock = ReviewStatement.InstanceId(task.Id);
        if (await IsRunningAsync(client, clock, cancellation))
            await client.RaiseEventAsync(clock, task.WakeEvent, "changed", cancellation);
    }

    /// <summary>True while an instance lives.</summary>
    public static async Task<bool> IsRunningAsync(
        DurableTaskClient client,
        string instanceId,
        CancellationToken cancellation
    ) => await client.GetInstanceAsync(instanceId, cancellation) is { IsCompleted: false };
}
