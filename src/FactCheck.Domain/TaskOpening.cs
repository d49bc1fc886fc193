namespace FactCheck.Domain;

/// <summary>A task as it is opened, its statement, and the case with both.</summary>
public sealed record OpenedTask(ReviewTask Task, Statement Statement, CaseHead Head);

/// <summary>How a question about a statement begins: each is a round of its own, and there is one at a time.</summary>
public static class TaskOpening
{
    // Before whatever the extractor finds: a verdict that is out may be wrong.
    private const int PriorityOfReverification = 95;

    /// <summary>Opens the next round about a statement.</summary>
    /// <exception cref="InvalidOperationException">The last one is still open.</exception>
    public static OpenedTask Open(
        CaseHead head,
        Statement statement,
        ReviewTask? last,
        TaskOrigin origin,
        IReadOnlyList<string> why,
        DeskPolicy policy,
        DateTimeOffset now
    )
    {
        if (last is { IsClosed: false })
            throw new InvalidOperationException($"The task '{last.Id}' about the statement is still open.");
        var task = NewTask(head.Key, statement, head.Run, last, origin, why, policy, now);
        return new(task, statement with { TaskId = task.Id }, head.Opening(task));
    }

    /// <summary>Opens a round that shows what changed since the verdict was published.</summary>
    /// <inheritdoc cref="Open"/>
    public static OpenedTask Reopen(
        CaseHead head,
        Statement statement,
        ReviewTask? last,
        IReadOnlyList<Drift> drift,
        DeskPolicy policy,
        DateTimeOffset now
    )
    {
        IReadOnlyList<string> why = [.. drift.Select(d => d.Url is null ? d.Message : $"{d.Url}: {d.Message}")];
        var opened = Open(head, statement, last, TaskOrigin.Reverification, why, policy, now);
        return opened with { Task = opened.Task with { Drift = drift, Priority = PriorityOfReverification } };
    }

    internal static ReviewTask NewTask(
        string articleKey,
        Statement statement,
        int run,
        ReviewTask? last,
        TaskOrigin origin,
        IReadOnlyList<string> why,
        DeskPolicy policy,
        DateTimeOffset now
    )
    {
        var round = (last?.Round ?? 0) + 1;
        var (deadline, nextReminder) = TaskClock.Start(now, policy);
        return new()
        {
            Id = StatementId.Task(statement.Id, round),
            ArticleKey = articleKey,
            StatementId = statement.Id,
            Kind = statement.Kind,
            Run = run,
            Round = round,
            Origin = origin,
            Why = why,
            Priority = (int)Math.Round(99 * Math.Clamp(statement.Worth.Score, 0, 1)),
            CreatedAt = now,
            Deadline = deadline,
            NextReminder = nextReminder,
        };
    }
}
