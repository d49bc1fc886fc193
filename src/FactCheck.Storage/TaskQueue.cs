using System.Globalization;

namespace FactCheck.Storage;

/// <summary>A task in the queue.</summary>
/// <param name="Shown">What a list shows of it; null in rows of former releases.</param>
public sealed record QueueEntry(string TaskId, int Priority, DateTimeOffset Deadline, QueuedTask? Shown = null)
{
    /// <summary>A task as its rows say.</summary>
    public static QueueEntry Of(Versioned<ReviewTask> row, Statement statement, CaseHead head)
    {
        var task = row.Value;
        var shown = new QueuedTask
        {
            ETag = row.ETag,
            State = task.State,
            Origin = task.Origin,
            Escalated = task.Escalated,
            CreatedAt = task.CreatedAt,
            Assignee = task.Assignee,
            Lease = task.Lease,
            StatementId = statement.Id,
            Kind = statement.Kind,
            Text = statement.Text,
            Speaker = statement.Speaker,
            ArticleKey = head.Key,
            Title = head.TitleOrName(),
            Run = head.Run,
            IsRead = head.IsRead(),
        };
        return new(task.Id, task.Priority, task.Deadline, shown);
    }
}

/// <summary>What a list shows of a task, as its rows said when they were written last.</summary>
public sealed record QueuedTask
{
    /// <summary>The version of the task's row.</summary>
    public required string ETag { get; init; }

    /// <inheritdoc cref="ReviewTask.State"/>
    public required TaskState State { get; init; }

    /// <inheritdoc cref="ReviewTask.Origin"/>
    public required TaskOrigin Origin { get; init; }

    /// <inheritdoc cref="ReviewTask.Escalated"/>
    public bool Escalated { get; init; }

    /// <inheritdoc cref="ReviewTask.CreatedAt"/>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc cref="ReviewTask.Assignee"/>
    public Who? Assignee { get; init; }

    /// <inheritdoc cref="ReviewTask.Lease"/>
    public Lease? Lease { get; init; }

    /// <inheritdoc cref="ReviewTask.StatementId"/>
    public required string StatementId { get; init; }

    /// <inheritdoc cref="ReviewTask.Kind"/>
    public required StatementKind Kind { get; init; }

    /// <inheritdoc cref="Statement.Text"/>
    public required string Text { get; init; }

    /// <inheritdoc cref="Statement.Speaker"/>
    public string? Speaker { get; init; }

    /// <inheritdoc cref="CaseHead.Key"/>
    public required string ArticleKey { get; init; }

    /// <inheritdoc cref="CaseHead.TitleOrName"/>
    public required string Title { get; init; }

    /// <inheritdoc cref="CaseHead.Run"/>
    public required int Run { get; init; }

    /// <inheritdoc cref="CaseHead.IsRead"/>
    public bool IsRead { get; init; }
}

/// <summary>The tasks that wait for somebody, by priority, then deadline. A row carries what a list shows, so that a
/// list costs as much as its rows. It is a hint, written after the task's row and never believed by who acts: the
/// task's ETag decides.</summary>
public sealed class TaskQueue(ITableStore tables, CaseStore cases)
{
    /// <summary>How many priorities there are; keys begin with three digits, the highest priority first.</summary>
    public const int Priorities = 101;

    private const string Table = "queue";
    private const string Partition = "open|main|0";

    // Two rows a task in a transaction: the place it leaves, and its own.
    private const int TasksABatch = ITableStore.MaxChanges / 2;

    // Two people and the host may write a task's row in one moment; more tries mean that something is wrong.
    private const int MostTries = 10;

    /// <summary>The queue after a cursor.</summary>
    public async Task<IReadOnlyList<(string Key, QueueEntry Entry)>> ListAsync(
        string? cursor,
        int most,
        CancellationToken cancellation = default
    ) =>
        [
            .. (await tables.ListAsync(Table, Partition, "", cursor, most, cancellation)).Select(row =>
                (row.Key, CaseJson.Read<QueueEntry>(row.Json))
            ),
        ];

    /// <summary>Makes the queue say what the rows of tasks say, wherever they stood before.</summary>
    /// <exception cref="RowConflictException">Others changed them again and again.</exception>
    public async Task ShowAsync(IEnumerable<TaskChange> changed, CancellationToken cancellation = default)
    {
        foreach (var some in changed.Chunk(TasksABatch))
        {
            var left = await TryShowAsync(some, cancellation);
            for (var tries = 1; left.Count > 0; tries++)
            {
                if (tries == MostTries)
                    throw new RowConflictException(Table, Partition, KeyOf(left[0].After));
                left = await TryShowAsync(left, cancellation);
            }
        }
    }

    /// <inheritdoc cref="ShowAsync(IEnumerable{TaskChange}, CancellationToken)"/>
    public Task ShowAsync(ReviewTask task, CancellationToken cancellation = default) =>
        ShowAsync([new TaskChange(null, task)], cancellation);

    /// <summary>Looks whether a row says what its task says, and mends it; what it says then, or null when the task has
    /// no place there.</summary>
    public async Task<QueueEntry?> MendAsync(string key, QueueEntry entry, CancellationToken cancellation = default)
    {
        var task = await cases.FindTaskAsync(entry.TaskId, cancellation);
        if (task is not null)
            await ShowAsync(task.Value, cancellation);
        if (task is null || KeyOf(task.Value) != key)
            await tables.CommitAsync(Table, Partition, [new RowChange.Delete(key)], cancellation);
        else if (await tables.FindAsync(Table, Partition, key, cancellation) is { } row)
            return CaseJson.Read<QueueEntry>(row.Json);
        return null;
    }

    // Rows of the queue are read before those of cases, and written only while nobody else wrote them: whoever writes
    // last has seen the task as it is now. What must be looked at again is handed back.
    private async Task<IReadOnlyList<TaskChange>> TryShowAsync(
        IReadOnlyCollection<TaskChange> changed,
        CancellationToken cancellation
    )
    {
        var found = new List<(TaskChange Change, TableRow? Row)>();
        foreach (var change in changed)
            found.Add((change, await tables.FindAsync(Table, Partition, KeyOf(change.After), cancellation)));
        var (rows, again, shown) = (new List<RowChange>(), new List<TaskChange>(), new List<QueueEntry>());
        var heads = new Dictionary<string, CaseHead>(StringComparer.Ordinal);
        foreach (var (change, row) in found)
        {
            var entry = await EntryAsync(change.After.Id, heads, cancellation);
            if (entry is not null && KeyOf(entry) != KeyOf(change.After))
                again.Add(
                    new(change.After, change.After with { Priority = entry.Priority, Deadline = entry.Deadline })
                );
            else if (entry is not null && row is null)
                shown.Add(entry);
            rows.AddRange(RowsOf(change, row, entry));
        }

        try
        {
            if (rows.Count > 0)
                await tables.CommitAsync(Table, Partition, rows, cancellation);
        }
        catch (RowConflictException)
        {
            return [.. changed];
        }

        // Nobody sees a row that is not there yet: whether its task was changed meanwhile is looked at again.
        foreach (var entry in shown)
            if ((await cases.FindTaskAsync(entry.TaskId, cancellation))?.ETag != entry.Shown!.ETag)
                again.Add(new(null, changed.First(change => change.After.Id == entry.TaskId).After));
        return again;
    }

    private static IEnumerable<RowChange> RowsOf(TaskChange change, TableRow? row, QueueEntry? entry)
    {
        var key = KeyOf(change.After);
        if (change.Before is not null && KeyOf(change.Before) is var left && left != key)
            yield return new RowChange.Delete(left);
        if (entry is null && row is not null)
            yield return new RowChange.Delete(key);
        if (entry is null || KeyOf(entry) != key || CaseJson.Write(entry) is var json && json == row?.Json)
            yield break;
        yield return row is null ? new RowChange.Insert(key, json) : new RowChange.Replace(key, json, row.ETag);
    }

    // Null where nobody waits for it.
    private async Task<QueueEntry?> EntryAsync(
        string taskId,
        Dictionary<string, CaseHead> heads,
        CancellationToken cancellation
    )
    {
        if (
            await cases.FindTaskAsync(taskId, cancellation) is not { Value.IsClosed: false } task
            || await cases.FindStatementAsync(task.Value.StatementId, cancellation) is not { Value: var statement }
        )
            return null;
        if (!heads.TryGetValue(task.Value.ArticleKey, out var head))
            heads.Add(task.Value.ArticleKey, head = await cases.HeadAsync(task.Value.ArticleKey, cancellation));
        return QueueEntry.Of(task, statement, head);
    }

    private static string KeyOf(ReviewTask task) => KeyOf(task.Id, task.Priority, task.Deadline);

    private static string KeyOf(QueueEntry entry) => KeyOf(entry.TaskId, entry.Priority, entry.Deadline);

    private static string KeyOf(string taskId, int priority, DateTimeOffset deadline) =>
        $"{100 - priority:D3}|{deadline.UtcTicks.ToString("D19", CultureInfo.InvariantCulture)}|{taskId}";
}
