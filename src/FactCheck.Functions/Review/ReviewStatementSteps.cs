using FactCheck.Functions.Access;
using FactCheck.Functions.Archive;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Publishing;

namespace FactCheck.Functions.Review;

/// <summary>The steps of <see cref="ReviewStatement"/>.</summary>
[Access(Role.Host)]
public sealed class ReviewStatementSteps(
    CaseStore cases,
    TaskQueue queue,
    Publications publications,
    ArchiveSteps archive,
    Settings settings,
    TimeProvider time,
    ILogger<ReviewStatementSteps> log
)
{
    /// <summary>Asks the row what its clock waits for.</summary>
    [Function(nameof(BeginWait))]
    public async Task<ReviewWait> BeginWait([ActivityTrigger] ReviewClock clock, CancellationToken cancellation)
    {
        var task = await cases.TaskAsync(clock.TaskId, cancellation);
        return clock.WaitsAgain && !task.Value.IsClosed
            ? await NextAttemptAsync(task, cancellation)
            : ReviewWait.Of(task.Value);
    }

    /// <summary>Somebody answered, or nobody in time. What follows from a closed task is done; else the next wait.
    /// </summary>
    [Function(nameof(EndWait))]
    public async Task<ReviewWait> EndWait(
        [ActivityTrigger] string taskId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var task = await cases.TaskAsync(taskId, cancellation);
        if (!task.Value.IsClosed)
            return await NextAttemptAsync(task, cancellation);
        await archive.ArchiveEvidence(taskId, cancellation);
        await CloseReview(taskId, client, cancellation);
        return ReviewWait.Of(task.Value);
    }

    // The row names the attempt before anybody waits for it: a decision made from now on raises its event, and one made
    // before is a conflict here, so that the row is read anew.
    private async Task<ReviewWait> NextAttemptAsync(Versioned<ReviewTask> task, CancellationToken cancellation) =>
        ReviewWait.Of(
            (
                await cases.ReplaceTaskAsync(task, task.Value with { Attempt = task.Value.Attempt + 1 }, cancellation)
            ).Value
        );

    /// <summary>Nobody answered in time: a reminder, and from the deadline on editors see it first.</summary>
    [Function(nameof(Remind))]
    public async Task Remind([ActivityTrigger] string taskId, CancellationToken cancellation)
    {
        var (reminded, _) = await cases.ChangeAsync(
            StatementId.ArticleOf(taskId)!,
            async head =>
            {
                var task = await cases.TaskAsync(taskId, cancellation);
                if (TaskClock.Ring(task.Value, time.GetUtcNow(), settings.Desk) is not var (after, verb))
                    return new CaseDecision<ReviewTask?>(null);
                return new(
                    after,
                    new CaseChange(head)
                        .Replace(task, after)
                        .Note(Who.Host, verb, taskId, ("times", $"{after.Reminders}"))
                );
            },
            null,
            cancellation
        );
        if (reminded is not null)
            log.LogInformation(
                "Task {Task} waits since {Since:u}; reminder {Times}",
                taskId,
                reminded.CreatedAt,
                reminded.Reminders
            );
    }

    /// <summary>The task is closed and its clock has seen it. The desk's policy may publish now.</summary>
    [Function(nameof(CloseReview))]
    public async Task CloseReview(
        [ActivityTrigger] string taskId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var article = StatementId.ArticleOf(taskId)!;
        // Again: what followed from the decision may have been lost, and with it its way out of the queue.
        await queue.ShowAsync((await cases.TaskAsync(taskId, cancellation)).Value, cancellation);
        await cases.DeleteWakeAsync(taskId, cancellation);
        await publications.AskByPolicyAsync(article, new Orchestrations(client), cancellation);
    }
}
