using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Publishing;

namespace FactCheck.Functions.Review;

/// <summary>What a task's clock waits for.</summary>
/// <param name="IsOver">True when the task is closed.</param>
public sealed record ReviewWait(bool IsOver, string Event, DateTimeOffset NextReminder)
{
    /// <summary>How long from <paramref name="now"/>; never less than a second, so that a clock that is late rings at
    /// once.</summary>
    public TimeSpan Until(DateTime now)
    {
        var left = NextReminder.UtcDateTime - now;
        return left < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : left;
    }
}

/// <summary>The steps of <see cref="ReviewStatement"/>.</summary>
[Access(Role.Host)]
public sealed class ReviewStatementSteps(
    CaseStore cases,
    DeskIndex index,
    Publications publications,
    Settings settings,
    TimeProvider time,
    ILogger<ReviewStatementSteps> log
)
{
    /// <summary>Begins an attempt: the row names it before the row is read, so that a decision made from now on raises
    /// this attempt's event and one made before is seen here. A row is made with its first attempt in it, so that
    /// nobody who reads a new task finds it changed a moment later.</summary>
    [Function(nameof(BeginWait))]
    public async Task<ReviewWait> BeginWait([ActivityTrigger] ReviewClock clock, CancellationToken cancellation)
    {
        var task = await cases.TaskAsync(clock.TaskId, cancellation);
        if (clock.WaitsAgain && !task.Value.IsClosed)
            task = await cases.ReplaceTaskAsync(
                task,
                task.Value with
                {
                    Attempt = task.Value.Attempt + 1,
                },
                cancellation
            );
        return new(task.Value.IsClosed, task.Value.WakeEvent, task.Value.NextReminder);
    }

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
        await index.EnqueueAsync((await cases.TaskAsync(taskId, cancellation)).Value, null, cancellation);
        await cases.ChangeAsync(
            article,
            async head =>
                (await cases.WakesAsync(article, cancellation)).Any(w => w.TaskId == taskId)
                    ? new CaseChange(head).DeleteWake(taskId)
                    : null,
            cancellation: cancellation
        );
        await publications.AskByPolicyAsync(article, new Orchestrations(client), cancellation);
    }
}
