using FactCheck.Functions.Access;
using FactCheck.Functions.Archive;
using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Review;

/// <summary>The clock of one task. The row holds the truth; this waits until the row says the task is closed, and rings
/// when nobody answers. An event is only a wake-up: each attempt has its own event name, the row is read after it,
/// and it begins anew, so that weeks of waiting leave no history.</summary>
[Access(Role.Host)]
public static class ReviewStatement
{
    [Function(Orchestrations.ReviewStatement)]
    public static async Task Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var clock = context.GetInput<ReviewClock>()!;
        var taskId = clock.TaskId;
        var wait =
            clock.Wait
            ?? await context.CallActivityAsync<ReviewWait>(
                nameof(ReviewStatementSteps.BeginWait),
                clock,
                Retries.Patient
            );
        if (wait.IsOver)
        {
            await context.CallActivityAsync(nameof(ArchiveSteps.ArchiveEvidence), taskId, Retries.Patient);
            await context.CallActivityAsync(nameof(ReviewStatementSteps.CloseReview), taskId, Retries.Patient);
            return;
        }

        try
        {
            await context.WaitForExternalEvent<string>(wait.Event, wait.Until(context.CurrentUtcDateTime));
        }
        catch (TaskCanceledException)
        {
            await context.CallActivityAsync(nameof(ReviewStatementSteps.Remind), taskId, Retries.Patient);
        }

        var next = await context.CallActivityAsync<ReviewWait>(
            nameof(ReviewStatementSteps.EndWait),
            taskId,
            Retries.Patient
        );
        if (!next.IsOver)
            context.ContinueAsNew(clock with { Wait = next });
    }
}
