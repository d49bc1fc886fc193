using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Publishing;
using FactCheck.Storage;

namespace FactCheck.Functions.Review;

/// <summary>What a task's clock waits for.</summary>
/// <param name="IsOver">True when the task is closed.</param>
public sealed record ReviewWait(bool IsOver, string Event, DateTimeOffset NextReminder)
{
    /// <summary>
    /// How long from <paramref name="now"/>; never less than a second, so that a clock that is late rings at once.
    /// </summary>
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
    Settings settings,
    TimeProvider time,
    ILogger<ReviewStatementSteps> log
)
{
    /// <summary>
    /// Begins an attempt: the row names it before the row is read, so that a decision made from now on raises this
    /// attempt's event and one made before is seen here. A row is made with its first attempt in it, so that nobody
    /// who reads a new task finds it changed a moment later.
    /// </summary>
    [Function(nameof(BeginWait))]
    public async Task<ReviewWait> BeginWait([ActivityTrigger] ReviewClock clock, CancellationToken cancellation)
    {
        var (task, etag) = await cases.TaskAsync(clock.TaskId, cancellation);
        if (clock.WaitsAgain && !task.IsClosed)
            (task, _) = await cases.ReplaceTaskAsync(task with { Attempt = task.Attempt + 1 }, etag, cancellation);
        return new(task.IsClosed, task.WakeEvent, task.NextReminder);
    }

    /// <summary>Nobody answered in time: a reminder, and from the deadline on editors see it first.</summary>
    [Function(nameof(Remind))]
    public async Task Remind([ActivityTrigger] string taskId, CancellationToken cancellation)
    {
        ReviewTask? before = null,
            after = null;
        await cases.ChangeAsync(
            StatementId.ArticleOf(taskId)!,
            async head =>
            {
                var (task, etag) = await cases.TaskAsync(taskId, cancellation);
                var now = time.GetUtcNow();
                (before, after) = (null, null);
                if (task.IsClosed || now < task.NextReminder)
                    return null;
                (before, after) = (task, TaskDecider.Remind(task, now, settings.Desk));
                return new CaseChange(head)
                    .Replace(after, etag)
                    .Note(
                        AuditNote.Host,
                        after.Escalated && !task.Escalated ? "escalated" : "reminded",
                        taskId,
                        ("times", after.Reminders.ToString())
                    );
            },
            cancellation
        );
        if (before is null || after is null)
            return;
        await index.EnqueueAsync(after, before, cancellation);
        await index.TellAsync(after.ArticleKey, taskId, "reminded", cancellation);
        log.LogInformation(
            "Task {Task} waits since {Since:u}; reminder {Times}",
            taskId,
            after.CreatedAt,
            after.Reminders
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
        var (task, _) = await cases.TaskAsync(taskId, cancellation);
        await index.EnqueueAsync(task, null, cancellation);
        await cases.ChangeAsync(
            task.ArticleKey,
            async head =>
                (await cases.WakesAsync(task.ArticleKey, cancellation)).Any(w => w.TaskId == taskId)
                    ? new CaseChange(head).DeleteWake(taskId)
                    : null,
            cancellation
        );
        if (settings.Publication.Automatic)
            await PublishArticleSteps.AskAsync(
                cases,
                index,
                client,
                task.ArticleKey,
                AuditNote.Host,
                new(ByPolicy: true),
                time.GetUtcNow(),
                cancellation
            );
    }
}
