using System.Globalization;
using FactCheck.Domain;

namespace FactCheck.Storage;

/// <summary>A value and the version of the row it was read from.</summary>
public sealed record Versioned<T>(T Value, string ETag);

/// <summary>Rows of one article's case that change together, with the head and the audit entries they cause.</summary>
public sealed class CaseChange(CaseHead head)
{
    private readonly List<RowChange> _rows = [];

    /// <summary>The head as it is to be.</summary>
    public CaseHead Head { get; } = head;

    /// <summary>What goes on the audit chain, in order.</summary>
    public List<AuditNote> Notes { get; } = [];

    /// <summary>The other rows.</summary>
    public IReadOnlyList<RowChange> Rows => _rows;

    /// <summary>Adds something to the audit chain.</summary>
    public CaseChange Note(string who, string what, string subject, params (string Name, string? Value)[] details)
    {
        Notes.Add(
            new(
                who,
                what,
                subject,
                details.Where(d => d.Value is not null).ToDictionary(d => d.Name, d => d.Value!, StringComparer.Ordinal)
            )
        );
        return this;
    }

    /// <summary>Writes a statement.</summary>
    public CaseChange Put(Statement statement) =>
        With(new RowChange.Put(CaseRows.Statement(statement.Id), CaseJson.Write(statement)));

    /// <summary>Adds a task that must not be there yet.</summary>
    public CaseChange Insert(ReviewTask task) =>
        With(new RowChange.Insert(CaseRows.Task(task.Id), CaseJson.Write(task)));

    /// <summary>Replaces a task that must still be of that version.</summary>
    public CaseChange Replace(ReviewTask task, string etag) =>
        With(new RowChange.Replace(CaseRows.Task(task.Id), CaseJson.Write(task), etag));

    /// <summary>Adds a run that must not be there yet.</summary>
    public CaseChange Insert(CaseRun run) => With(new RowChange.Insert(CaseRows.Run(run.Seq), CaseJson.Write(run)));

    /// <summary>Writes a run.</summary>
    public CaseChange Put(CaseRun run) => With(new RowChange.Put(CaseRows.Run(run.Seq), CaseJson.Write(run)));

    /// <summary>Adds a publication that must not be there yet.</summary>
    public CaseChange Insert(CasePublication publication) =>
        With(new RowChange.Insert(CaseRows.Publication(publication.Version), CaseJson.Write(publication)));

    /// <summary>Writes a publication.</summary>
    public CaseChange Put(CasePublication publication) =>
        With(new RowChange.Put(CaseRows.Publication(publication.Version), CaseJson.Write(publication)));

    /// <summary>Notes that a task's orchestration has something to see.</summary>
    public CaseChange Put(Wake wake) => With(new RowChange.Put(CaseRows.Wake(wake.TaskId), CaseJson.Write(wake)));

    /// <summary>The orchestration has seen it.</summary>
    public CaseChange DeleteWake(string taskId) => With(new RowChange.Delete(CaseRows.Wake(taskId)));

    /// <summary>Keeps a decision for the record, beside the task that holds the newest.</summary>
    public CaseChange Insert(string taskId, Decision decision) =>
        With(
            new RowChange.Insert(CaseRows.Decision(taskId, Head.AuditSeq + Notes.Count + 1), CaseJson.Write(decision))
        );

    /// <summary>
    /// Keeps the answer that an idempotency key got. A second answer under the same key is a conflict.
    /// </summary>
    public CaseChange InsertAnswer(string idempotencyKey, string json) =>
        With(new RowChange.Insert(CaseRows.Answer(idempotencyKey), json));

    private CaseChange With(RowChange row)
    {
        _rows.Add(row);
        return this;
    }
}

/// <summary>Row keys of a case's partition.</summary>
public static class CaseRows
{
    /// <summary>The table.</summary>
    public const string Table = "cases";

    /// <summary>The first row.</summary>
    public const string Head = "head";

    internal const string Statements = "stmt|";
    internal const string Tasks = "task|";
    internal const string Runs = "run|";
    internal const string Wakes = "wake|";
    internal const string AuditEntries = "audit|";
    internal const string Publications = "pub|";

    internal static string Statement(string id) => Statements + id;

    internal static string Task(string id) => Tasks + id;

    internal static string Run(int seq) => Runs + seq.ToString("D6", CultureInfo.InvariantCulture);

    internal static string Wake(string taskId) => Wakes + taskId;

    internal static string Audit(int seq) => AuditEntries + seq.ToString("D8", CultureInfo.InvariantCulture);

    internal static string Publication(int version) =>
        Publications + version.ToString("D4", CultureInfo.InvariantCulture);

    internal static string Decisions(string taskId) => $"dec|{taskId}|";

    internal static string Decision(string taskId, int seq) =>
        Decisions(taskId) + seq.ToString("D8", CultureInfo.InvariantCulture);

    // A caller chooses the key: only its hash is safe as a row key.
    internal const string Answers = "idem|";

    internal static string Answer(string idempotencyKey) => Answers + Base32.Hash(idempotencyKey, 32);
}

/// <summary>
/// Cases: one partition an article, changed in one transaction under the head's ETag, each change on the audit chain.
/// </summary>
public sealed class CaseStore(ITableStore tables, TimeProvider time)
{
    // Two people and the host may change a case at once; far more tries than that means something is wrong.
    private const int MostTries = 20;

    /// <summary>Statements that fit into one transaction with the rows around them, however long they are.</summary>
    public const int RowsABatch = 25;

    /// <summary>The head of a case; null when there is none.</summary>
    public Task<Versioned<CaseHead>?> FindHeadAsync(string articleKey, CancellationToken cancellation = default) =>
        FindAsync<CaseHead>(articleKey, CaseRows.Head, cancellation);

    /// <summary>
    /// The key of the article of that name: the one under which it is known, in whichever form its name was written
    /// then, else the one that a new article gets.
    /// </summary>
    public async Task<string> KeyOfAsync(string container, string name, CancellationToken cancellation = default)
    {
        var known = ArticleKey.KnownOf(container, name);
        if (known.Count == 1)
            return known[0];
        foreach (var key in known)
            if (await FindHeadAsync(key, cancellation) is not null)
                return key;
        return ArticleKey.Of(container, name);
    }

    /// <summary>The head of a case that must be there.</summary>
    /// <exception cref="KeyNotFoundException">There is no such case.</exception>
    public async Task<CaseHead> HeadAsync(string articleKey, CancellationToken cancellation = default) =>
        (await FindHeadAsync(articleKey, cancellation))?.Value
        ?? throw new KeyNotFoundException($"There is no article '{articleKey}'.");

    /// <summary>A task; null when there is none, or when the id is no task id.</summary>
    public async Task<Versioned<ReviewTask>?> FindTaskAsync(string taskId, CancellationToken cancellation = default) =>
        StatementId.ArticleOf(taskId) is { } article
            ? await FindAsync<ReviewTask>(article, CaseRows.Task(taskId), cancellation)
            : null;

    /// <summary>A task that must be there.</summary>
    /// <exception cref="InvalidOperationException">There is no such task.</exception>
    public async Task<Versioned<ReviewTask>> TaskAsync(string taskId, CancellationToken cancellation = default) =>
        await FindTaskAsync(taskId, cancellation)
        ?? throw new InvalidOperationException($"There is no task '{taskId}'.");

    /// <summary>A statement; null when there is none, or when the id is no statement id.</summary>
    public async Task<Versioned<Statement>?> FindStatementAsync(
        string statementId,
        CancellationToken cancellation = default
    ) =>
        StatementId.ArticleOf(statementId) is { } article
            ? await FindAsync<Statement>(article, CaseRows.Statement(statementId), cancellation)
            : null;

    /// <summary>A run; null when there is none.</summary>
    public async Task<CaseRun?> FindRunAsync(string articleKey, int seq, CancellationToken cancellation = default) =>
        (await FindAsync<CaseRun>(articleKey, CaseRows.Run(seq), cancellation))?.Value;

    /// <summary>A publication; null when there is none.</summary>
    public async Task<CasePublication?> FindPublicationAsync(
        string articleKey,
        int version,
        CancellationToken cancellation = default
    ) => (await FindAsync<CasePublication>(articleKey, CaseRows.Publication(version), cancellation))?.Value;

    /// <summary>Every statement of a case, by id.</summary>
    public Task<IReadOnlyList<Statement>> StatementsAsync(
        string articleKey,
        CancellationToken cancellation = default
    ) => ListAsync<Statement>(articleKey, CaseRows.Statements, cancellation);

    /// <summary>Every statement of a case with its version, by id.</summary>
    public async Task<IReadOnlyList<Versioned<Statement>>> VersionedStatementsAsync(
        string articleKey,
        CancellationToken cancellation = default
    ) =>
        [
            .. (
                await tables.ListAsync(CaseRows.Table, articleKey, CaseRows.Statements, cancellation: cancellation)
            ).Select(row => new Versioned<Statement>(CaseJson.Read<Statement>(row.Json), row.ETag)),
        ];

    /// <summary>Every task of a case, by id.</summary>
    public async Task<IReadOnlyList<Versioned<ReviewTask>>> TasksAsync(
        string articleKey,
        CancellationToken cancellation = default
    ) =>
        [
            .. (await tables.ListAsync(CaseRows.Table, articleKey, CaseRows.Tasks, cancellation: cancellation)).Select(
                row => new Versioned<ReviewTask>(CaseJson.Read<ReviewTask>(row.Json), row.ETag)
            ),
        ];

    /// <summary>Decisions that orchestrations have not seen yet.</summary>
    public Task<IReadOnlyList<Wake>> WakesAsync(string articleKey, CancellationToken cancellation = default) =>
        ListAsync<Wake>(articleKey, CaseRows.Wakes, cancellation);

    /// <summary>Every publication of a case, in order.</summary>
    public Task<IReadOnlyList<CasePublication>> PublicationsAsync(
        string articleKey,
        CancellationToken cancellation = default
    ) => ListAsync<CasePublication>(articleKey, CaseRows.Publications, cancellation);

    /// <summary>Every decision about a task, in order: returned proposals too.</summary>
    public Task<IReadOnlyList<Decision>> DecisionsAsync(string taskId, CancellationToken cancellation = default) =>
        StatementId.ArticleOf(taskId) is { } article
            ? ListAsync<Decision>(article, CaseRows.Decisions(taskId), cancellation)
            : Task.FromResult<IReadOnlyList<Decision>>([]);

    /// <summary>The audit chain, from the first entry.</summary>
    public Task<IReadOnlyList<AuditEntry>> AuditAsync(string articleKey, CancellationToken cancellation = default) =>
        ListAsync<AuditEntry>(articleKey, CaseRows.AuditEntries, cancellation);

    /// <summary>The answer that an idempotency key got; null when it is new.</summary>
    public async Task<string?> FindAnswerAsync(
        string articleKey,
        string idempotencyKey,
        CancellationToken cancellation = default
    ) => (await tables.FindAsync(CaseRows.Table, articleKey, CaseRows.Answer(idempotencyKey), cancellation))?.Json;

    /// <summary>
    /// Removes answers that are kept under idempotency keys, at most one transaction of them; the rest is for the
    /// next time.
    /// </summary>
    /// <param name="isOld">Whether nobody will ask for an answer again.</param>
    public async Task ForgetAnswersAsync(
        string articleKey,
        Func<string, bool> isOld,
        CancellationToken cancellation = default
    )
    {
        var rows = await tables.ListAsync(
            CaseRows.Table,
            articleKey,
            CaseRows.Answers,
            null,
            ITableStore.MaxChanges,
            cancellation
        );
        var old = rows.Where(row => isOld(row.Json)).Select(row => (RowChange)new RowChange.Delete(row.Key)).ToList();
        if (old.Count > 0)
            await tables.CommitAsync(CaseRows.Table, articleKey, old, cancellation);
    }

    /// <summary>Writes a task that changes nothing else: a lease, an attempt. No audit entry.</summary>
    /// <exception cref="RowConflictException">It was changed since it was read.</exception>
    public async Task<Versioned<ReviewTask>> ReplaceTaskAsync(
        ReviewTask task,
        string etag,
        CancellationToken cancellation = default
    )
    {
        var key = CaseRows.Task(task.Id);
        var etags = await tables.CommitAsync(
            CaseRows.Table,
            task.ArticleKey,
            [new RowChange.Replace(key, CaseJson.Write(task), etag)],
            cancellation
        );
        return new(task, etags[key]);
    }

    /// <summary>
    /// Writes statements ahead of the change that counts them, in batches: harmless until the head says so.
    /// </summary>
    /// <param name="statements">As they are to be; one with a version must still be of it, one without must not be
    /// there yet.</param>
    /// <exception cref="RowConflictException">One was changed since it was read: a verdict came out, or somebody
    /// amended it.</exception>
    public async Task PutAheadAsync(
        string articleKey,
        IEnumerable<(Statement Statement, string? ETag)> statements,
        CancellationToken cancellation = default
    )
    {
        foreach (var batch in statements.Chunk(RowsABatch))
        {
            await tables.CommitAsync(
                CaseRows.Table,
                articleKey,
                [
                    .. batch.Select(s =>
                        s.ETag is { } etag
                            ? (RowChange)
                                new RowChange.Replace(
                                    CaseRows.Statement(s.Statement.Id),
                                    CaseJson.Write(s.Statement),
                                    etag
                                )
                            : new RowChange.Insert(CaseRows.Statement(s.Statement.Id), CaseJson.Write(s.Statement))
                    ),
                ],
                cancellation
            );
        }
    }

    /// <summary>Makes a case.</summary>
    /// <exception cref="RowConflictException">It is there already.</exception>
    public async Task<CaseHead> CreateAsync(CaseChange change, CancellationToken cancellation = default) =>
        (await CommitAsync(change, null, cancellation)).Head;

    /// <summary>
    /// Changes a case in one transaction. When somebody else was quicker, <paramref name="decide"/> is asked again
    /// with the new head; it must read what it needs each time. Null changes nothing.
    /// </summary>
    /// <returns>The head as it is now, and the ETags of what was written; null when nothing was.</returns>
    /// <exception cref="KeyNotFoundException">There is no such case.</exception>
    /// <exception cref="RowConflictException">A row other than the head was not as the change wanted it.</exception>
    public async Task<CommittedCase?> ChangeAsync(
        string articleKey,
        Func<CaseHead, Task<CaseChange?>> decide,
        CancellationToken cancellation = default
    )
    {
        for (var tries = 1; ; tries++)
        {
            var head =
                await FindHeadAsync(articleKey, cancellation)
                ?? throw new KeyNotFoundException($"There is no article '{articleKey}'.");
            if (await decide(head.Value) is not { } change)
                return null;
            try
            {
                return await CommitAsync(change, head.ETag, cancellation);
            }
            catch (RowConflictException conflict) when (IsRace(conflict) && tries < MostTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * tries)), cancellation);
            }
        }
    }

    /// <summary>As the other, for a decision that reads nothing.</summary>
    public Task<CommittedCase?> ChangeAsync(
        string articleKey,
        Func<CaseHead, CaseChange?> decide,
        CancellationToken cancellation = default
    ) => ChangeAsync(articleKey, head => Task.FromResult(decide(head)), cancellation);

    private static bool IsRace(RowConflictException conflict) =>
        conflict.Key == CaseRows.Head || conflict.Key.StartsWith(CaseRows.AuditEntries, StringComparison.Ordinal);

    private async Task<CommittedCase> CommitAsync(CaseChange change, string? headETag, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (seq, hash) = (change.Head.AuditSeq, change.Head.AuditHash);
        var rows = new List<RowChange>(change.Rows.Count + change.Notes.Count + 1);
        foreach (var note in change.Notes)
        {
            var entry = AuditChain.Append(seq, hash, note, now);
            (seq, hash) = (entry.Seq, entry.Hash);
            rows.Add(new RowChange.Insert(CaseRows.Audit(entry.Seq), CaseJson.Write(entry)));
        }

        var head = change.Head with { AuditSeq = seq, AuditHash = hash, UpdatedAt = now };
        rows.Insert(
            0,
            headETag is null
                ? new RowChange.Insert(CaseRows.Head, CaseJson.Write(head))
                : new RowChange.Replace(CaseRows.Head, CaseJson.Write(head), headETag)
        );
        rows.AddRange(change.Rows);
        var etags = await tables.CommitAsync(CaseRows.Table, head.Key, rows, cancellation);
        return new(head, etags);
    }

    private async Task<Versioned<T>?> FindAsync<T>(string partition, string key, CancellationToken cancellation) =>
        await tables.FindAsync(CaseRows.Table, partition, key, cancellation) is { } row
            ? new(CaseJson.Read<T>(row.Json), row.ETag)
            : null;

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        string partition,
        string prefix,
        CancellationToken cancellation
    ) =>
        [
            .. (await tables.ListAsync(CaseRows.Table, partition, prefix, cancellation: cancellation)).Select(row =>
                CaseJson.Read<T>(row.Json)
            ),
        ];
}

/// <summary>What a change left behind.</summary>
public sealed record CommittedCase(CaseHead Head, IReadOnlyDictionary<string, string> ETags)
{
    /// <summary>The new ETag of a task that was written.</summary>
    public string ETagOfTask(string taskId) => ETags[CaseRows.Task(taskId)];
}
