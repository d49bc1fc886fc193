namespace FactCheck.Storage;

/// <summary>A value and the version of the row it was read from.</summary>
public sealed record Versioned<T>(T Value, string ETag);

/// <summary>What changes of one article's case together: the head, rows, and the audit chain. What follows from it
/// (wakes, hints, the feed of changes, orchestrations) is derived when it is committed; nobody lists it.</summary>
public sealed class CaseChange(CaseHead head)
{
    private readonly List<RowChange> _rows = [];
    private readonly List<TaskChange> _tasks = [];

    /// <summary>The head as it is to be.</summary>
    public CaseHead Head { get; } = head;

    /// <summary>What goes on the audit chain, in order.</summary>
    public List<AuditNote> Notes { get; } = [];

    /// <summary>The tasks that are new or changed.</summary>
    public IReadOnlyList<TaskChange> Tasks => _tasks;

    /// <summary>The run that begins; null where none does.</summary>
    public CaseRun? Run { get; private set; }

    /// <summary>True when a run begins or ends.</summary>
    public bool HasRun { get; private set; }

    /// <summary>The publication that begins; null where none does.</summary>
    public CasePublication? Publication { get; private set; }

    /// <summary>True when an orchestration begins, or wakes.</summary>
    public bool NeedsOrchestrations =>
        Run is not null || Publication is not null || _tasks.Exists(t => t.Starts || t.Ends);

    /// <summary>True when something begins that the sweep must look after from then on.</summary>
    public bool Begins => Run is not null || Publication is not null || _tasks.Exists(t => t.Starts);

    /// <summary>Adds something to the audit chain, as <see cref="AuditNote.Of"/> makes it.</summary>
    public CaseChange Note(Who who, AuditVerb what, string subject, params (string Name, string? Value)[] details)
    {
        Notes.Add(AuditNote.Of(who, what, subject, details));
        return this;
    }

    /// <summary>Writes a statement.</summary>
    public CaseChange Put(Statement statement) =>
        With(new RowChange.Put(CaseRows.Statement(statement.Id), CaseJson.Write(statement)));

    /// <summary>Adds a task that must not be there yet; its clock is started.</summary>
    public CaseChange Insert(ReviewTask task)
    {
        _tasks.Add(new(null, task));
        return With(new RowChange.Insert(CaseRows.Task(task.Id), CaseJson.Write(task)));
    }

    /// <summary>Replaces a task that must still be of that version. If that closes it, its clock is woken.</summary>
    public CaseChange Replace(Versioned<ReviewTask> before, ReviewTask after)
    {
        _tasks.Add(new(before.Value, after));
        return With(new RowChange.Replace(CaseRows.Task(after.Id), CaseJson.Write(after), before.ETag));
    }

    /// <summary>Adds a run that must not be there yet; its check is started.</summary>
    public CaseChange Insert(CaseRun run)
    {
        (Run, HasRun) = (run, true);
        return With(new RowChange.Insert(CaseRows.Run(run.Seq), CaseJson.Write(run)));
    }

    /// <summary>Writes what is still on its way.</summary>
    public CaseChange Put(HandIns handIns) => With(new RowChange.Put(CaseRows.HandIns, CaseJson.Write(handIns)));

    /// <summary>Writes a run.</summary>
    public CaseChange Put(CaseRun run)
    {
        HasRun = true;
        return With(new RowChange.Put(CaseRows.Run(run.Seq), CaseJson.Write(run)));
    }

    /// <summary>Adds a publication that must not be there yet; it is started.</summary>
    public CaseChange Insert(CasePublication publication)
    {
        Publication = publication;
        return With(new RowChange.Insert(CaseRows.Publication(publication.Version), CaseJson.Write(publication)));
    }

    /// <summary>Writes a publication.</summary>
    public CaseChange Put(CasePublication publication) =>
        With(new RowChange.Put(CaseRows.Publication(publication.Version), CaseJson.Write(publication)));

    /// <summary>Keeps a decision for the record, beside the task that holds the newest, and notes it with its
    /// hash.</summary>
    public CaseChange Insert(string taskId, Decision decision)
    {
        var json = CaseJson.Write(decision);
        With(new RowChange.Insert(CaseRows.Decision(taskId, Head.AuditSeq + Notes.Count + 1), json));
        return Note(
            decision.By,
            AuditVerb.Decided,
            taskId,
            ("action", decision.Action.ToString()),
            ("rating", decision.Rating),
            ("reason", decision.Reason?.ToString()),
            (AuditChain.Decision, AuditChain.HashOf(json))
        );
    }

    /// <summary>Keeps the answer that an idempotency key got. A second one under the same key is a conflict.</summary>
    public CaseChange InsertAnswer(string idempotencyKey, string json) =>
        With(new RowChange.Insert(CaseRows.Answer(idempotencyKey), json));

    /// <summary>Every row of the transaction, and the head as it is written; no ETag where there is none yet.</summary>
    /// <param name="seals">Null where heads get no seal.</param>
    internal (CaseHead Head, IReadOnlyList<RowChange> Rows) ToRows(
        string? headETag,
        DateTimeOffset now,
        CaseSeals? seals
    )
    {
        var (audit, next) = AuditChain.Append(Head with { UpdatedAt = now }, Notes, now);
        next = seals?.Seal(next) ?? next;
        var entries = audit.Select(e => new RowChange.Insert(CaseRows.Audit(e.Seq), CaseJson.Write(e)));
        var json = CaseJson.Write(next);
        RowChange row = headETag is null
            ? new RowChange.Insert(CaseRows.Head, json)
            : new RowChange.Replace(CaseRows.Head, json, headETag);
        var wakes = _tasks
            .Where(t => t.Ends)
            .Select(t => new RowChange.Put(CaseRows.Wake(t.After.Id), CaseJson.Write(new Wake(t.After.Id, now))));
        return (next, [row, .. entries, .. _rows, .. wakes]);
    }

    private CaseChange With(RowChange row)
    {
        _rows.Add(row);
        return this;
    }
}

/// <summary>A task that a change makes (then there is none before) or replaces.</summary>
public sealed record TaskChange(ReviewTask? Before, ReviewTask After)
{
    /// <summary>True when somebody is waited for from now on.</summary>
    public bool Starts => Before is null && !After.IsClosed;

    /// <summary>True when nobody is any more.</summary>
    public bool Ends => Before is { IsClosed: false } && After.IsClosed;
}

/// <summary>What the caller hears, and what is to become of a case; null changes nothing.</summary>
public readonly record struct CaseDecision<T>(T Outcome, CaseChange? Change = null);

/// <summary>What became of a case; no commit when nothing changed.</summary>
public readonly record struct CaseOutcome<T>(T Outcome, CommittedCase? Commit);

/// <summary>What a change left behind: the head as it is now, and the new ETags by row key.</summary>
/// <param name="HasFollowed">False when something that follows was lost, until the sweep or whoever knows of it does it
/// again.</param>
public sealed record CommittedCase(CaseHead Head, IReadOnlyDictionary<string, string> ETags, bool HasFollowed)
{
    /// <summary>The new ETag of a task that was written.</summary>
    public string ETagOfTask(string taskId) => ETags[CaseRows.Task(taskId)];
}

/// <summary>The orchestrations that live beside cases. Telling one twice is as good as once.</summary>
public interface IOrchestrations
{
    /// <summary>Starts the check of the newest run.</summary>
    Task StartCheckAsync(CaseHead head, CancellationToken cancellation);

    /// <summary>Starts the newest publication that was asked for.</summary>
    Task StartPublicationAsync(CaseHead head, CancellationToken cancellation);

    /// <summary>Starts the clock of a new task, which waits for what the task names.</summary>
    Task StartClockAsync(ReviewTask task, CancellationToken cancellation);

    /// <summary>Starts the clock of a task unless it runs; true when it had stopped.</summary>
    Task<bool> RestartClockAsync(string taskId, CancellationToken cancellation);

    /// <summary>Tells the clock of a task that was closed to read its row.</summary>
    Task WakeAsync(ReviewTask task, CancellationToken cancellation);
}
