using FactCheck.Domain;
using FactCheck.Storage;

namespace FactCheck.Functions.Workflow;

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
public sealed class Reviewing(
    CaseStore cases,
    DeskIndex index,
    EvidenceArchive archive,
    Settings settings,
    TimeProvider time,
    ILogger<Reviewing> log
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
        var (task, etag) = await FindAsync(clock.TaskId, cancellation);
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
                var (task, etag) = await FindAsync(taskId, cancellation);
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

    /// <summary>
    /// Copies of what a verdict rests on, as it was when it was decided. A link that can't be copied says why, and
    /// stops nothing.
    /// </summary>
    [Function(nameof(ArchiveEvidence))]
    public async Task ArchiveEvidence([ActivityTrigger] string taskId, CancellationToken cancellation)
    {
        var (task, _) = await FindAsync(taskId, cancellation);
        if (!EvidenceArchive.IsWanted(task))
            return;
        var evidence = new List<Evidence>();
        foreach (var item in task.Decision!.Evidence)
            evidence.Add(await archive.CopyAsync(item, cancellation));
        await cases.ChangeAsync(
            task.ArticleKey,
            async head =>
            {
                var (current, etag) = await FindAsync(taskId, cancellation);
                return EvidenceArchive.IsWanted(current)
                    ? new CaseChange(head)
                        .Replace(current with { Decision = current.Decision! with { Evidence = evidence } }, etag)
                        .Note(
                            AuditNote.Host,
                            "archived",
                            taskId,
                            ("copies", evidence.Count(e => e.Snapshot is not null).ToString()),
                            ("problems", evidence.Count(e => e.SnapshotProblem is not null).ToString())
                        )
                    : null;
            },
            cancellation
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
        var (task, _) = await FindAsync(taskId, cancellation);
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
            await Releasing.AskAsync(
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

    private async Task<Versioned<ReviewTask>> FindAsync(string taskId, CancellationToken cancellation) =>
        await cases.FindTaskAsync(taskId, cancellation)
        ?? throw new InvalidOperationException($"There is no task '{taskId}'.");
}
