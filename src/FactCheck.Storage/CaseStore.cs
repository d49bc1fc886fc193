using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Storage;

/// <summary>Cases: one partition an article, changed in one transaction under the head's ETag, all audited.</summary>
/// <param name="seals">Null where heads get no seal: a desk on Azure without an audit key.</param>
public sealed class CaseStore(
    ITableStore tables,
    TimeProvider time,
    CaseSeals? seals = null,
    ILogger<CaseStore>? log = null
)
{
    private CaseFollowUp FollowUp =>
        field ??= new(this, new(tables, time), new(tables, this), log ?? NullLogger<CaseStore>.Instance);

    // Two people and the host may change a case at once; far more tries than that means something is wrong.
    private const int MostTries = 20;

    /// <summary>Statements that fit into one transaction with the rows around them, however long they are.</summary>
    public const int RowsABatch = 25;

    /// <summary>The head of a case; null when there is none.</summary>
    public Task<Versioned<CaseHead>?> FindHeadAsync(string articleKey, CancellationToken cancellation = default) =>
        FindAsync<CaseHead>(articleKey, CaseRows.Head, cancellation);

    /// <summary>The head of a case, if it is what the desk wrote last; null when there is none.</summary>
    /// <exception cref="TamperedCaseException">It is not.</exception>
    public async Task<Versioned<CaseHead>?> FindTrustedHeadAsync(
        string articleKey,
        CancellationToken cancellation = default
    )
    {
        if (seals is null)
        {
            var head = await FindHeadAsync(articleKey, cancellation);
            return head is { Value.Seal: not null }
                ? throw new TamperedCaseException(articleKey, "It is sealed, and this program has no audit key.")
                : head;
        }

        var (found, problem) = await seals.LookAsync(articleKey, FindHeadAsync, cancellation);
        return problem is null ? found : throw new TamperedCaseException(articleKey, problem);
    }

    /// <summary>The key under which an article is known, however its name was written then; else a new one's.</summary>
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

    /// <summary>What is being handed in under a name.</summary>
    public async Task<HandIns> HandInsAsync(string articleKey, CancellationToken cancellation = default) =>
        (await FindAsync<HandIns>(articleKey, CaseRows.HandIns, cancellation))?.Value ?? HandIns.None;

    /// <summary>True for who may hand in under a name.</summary>
    /// <param name="isThere">True where a blob of that name is.</param>
    public async Task<bool> MayHandInAsync(
        string articleKey,
        Person person,
        bool isThere,
        CancellationToken cancellation = default
    )
    {
        var head = (await FindHeadAsync(articleKey, cancellation))?.Value;
        var handIns = await HandInsAsync(articleKey, cancellation);
        return HandIns.MayReplace(person, handIns.HolderOf(head, isThere, time.GetUtcNow()), head);
    }

    /// <summary>Notes who hands in what, ahead of the blob. False where the name is somebody else's.</summary>
    /// <param name="isThere">True where a blob of that name is.</param>
    public async Task<bool> HandInAsync(
        string articleKey,
        Person person,
        string contentHash,
        bool isThere,
        CancellationToken cancellation = default
    )
    {
        for (var tries = 1; ; tries++)
        {
            var head = (await FindHeadAsync(articleKey, cancellation))?.Value;
            var row = await FindAsync<HandIns>(articleKey, CaseRows.HandIns, cancellation);
            var (known, now) = (row?.Value ?? HandIns.None, time.GetUtcNow());
            if (!HandIns.MayReplace(person, known.HolderOf(head, isThere, now), head))
                return false;
            // What is there already arrives no second time.
            if (head?.ContentHash == contentHash)
                return true;
            var json = CaseJson.Write(known.And(new(person.Who, contentHash, now) { Desk = person.OnlyDesk }));
            try
            {
                await tables.CommitAsync(
                    CaseRows.Table,
                    articleKey,
                    [
                        row is null
                            ? new RowChange.Insert(CaseRows.HandIns, json)
                            : new RowChange.Replace(CaseRows.HandIns, json, row.ETag),
                    ],
                    cancellation
                );
            }
            catch (RowConflictException) when (tries < MostTries)
            {
                continue; // somebody was quicker: whose the name is now is looked at again
            }

            // The folder may have been quicker than the claim.
            return head is not null
                || await FindHeadAsync(articleKey, cancellation) is not { Value: var made }
                || HandIns.MayReplace(person, known.HolderOf(made, isThere, now), made);
        }
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

    /// <summary>The orchestration has seen that its task was closed. A closed task stays so: the note is no decision of
    /// another round, whose task has an id of its own.</summary>
    public Task DeleteWakeAsync(string taskId, CancellationToken cancellation = default) =>
        tables.CommitAsync(
            CaseRows.Table,
            StatementId.ArticleOf(taskId)!,
            [new RowChange.Delete(CaseRows.Wake(taskId))],
            cancellation
        );

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

    /// <summary>Removes old answers under idempotency keys, at most one transaction of them each time.</summary>
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

    /// <summary>Writes a task that changes nothing else: a lease, an assignment, an attempt. No audit entry.</summary>
    /// <exception cref="RowConflictException">It was changed since it was read.</exception>
    public async Task<Versioned<ReviewTask>> ReplaceTaskAsync(
        Versioned<ReviewTask> before,
        ReviewTask after,
        CancellationToken cancellation = default
    )
    {
        if (after == before.Value)
            return before;
        var key = CaseRows.Task(after.Id);
        var row = new RowChange.Replace(key, CaseJson.Write(after), before.ETag);
        var etags = await tables.CommitAsync(CaseRows.Table, after.ArticleKey, [row], cancellation);
        await FollowUp.FollowAsync(new(before.Value, after));
        return new(after, etags[key]);
    }

    /// <summary>Puts a task where it belongs: in the queue with its clock going, or out with its clock told.</summary>
    public Task RestoreAsync(
        ReviewTask task,
        IOrchestrations orchestrations,
        CancellationToken cancellation = default
    ) => FollowUp.RestoreAsync(task, orchestrations, cancellation);

    /// <summary>Writes statements ahead of the change that counts them: harmless until the head says so.</summary>
    /// <param name="statements">One with a version must still be of it, one without must not be there yet.</param>
    /// <exception cref="RowConflictException">One was changed since: a verdict came out, or it was amended.</exception>
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

    /// <summary>Makes a case; false when it is there already.</summary>
    public async Task<bool> CreateAsync(
        CaseChange change,
        IOrchestrations orchestrations,
        CancellationToken cancellation = default
    )
    {
        try
        {
            await CommitAsync(change, null, orchestrations, cancellation);
            return true;
        }
        catch (RowConflictException)
        {
            return false;
        }
    }

    /// <summary>Changes a case in one transaction, then what follows from the change: hints, the feed, orchestrations.
    /// Should one of those be lost, the rows have it and the sweep repairs it. When somebody else was quicker,
    /// <paramref name="decide"/> is asked again with the new head; it must read what it needs each time.</summary>
    /// <param name="orchestrations">Null where the change starts and closes nothing.</param>
    /// <exception cref="KeyNotFoundException">There is no such case.</exception>
    /// <exception cref="TamperedCaseException">Its head is not what the desk wrote last: nothing is built on it.
    /// </exception>
    /// <exception cref="RowConflictException">A row other than the head was not as the change wanted it.</exception>
    public async Task<CaseOutcome<T>> ChangeAsync<T>(
        string articleKey,
        Func<CaseHead, Task<CaseDecision<T>>> decide,
        IOrchestrations? orchestrations,
        CancellationToken cancellation = default
    )
    {
        for (var tries = 1; ; tries++)
        {
            var head =
                await FindTrustedHeadAsync(articleKey, cancellation)
                ?? throw new KeyNotFoundException($"There is no article '{articleKey}'.");
            var (outcome, change) = await decide(head.Value);
            if (change is null)
                return new(outcome, null);
            try
            {
                return new(outcome, await CommitAsync(change, head.ETag, orchestrations, cancellation));
            }
            catch (RowConflictException conflict) when (IsRace(conflict) && tries < MostTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * tries)), cancellation);
            }
        }
    }

    /// <summary>As the other, for a change that nothing is to be told of but whether it was made.</summary>
    public async Task<CommittedCase?> ChangeAsync(
        string articleKey,
        Func<CaseHead, Task<CaseChange?>> decide,
        IOrchestrations? orchestrations = null,
        CancellationToken cancellation = default
    ) =>
        (
            await ChangeAsync(
                articleKey,
                async head => new CaseDecision<bool>(true, await decide(head)),
                orchestrations,
                cancellation
            )
        ).Commit;

    /// <summary>As the other, for a decision that reads nothing.</summary>
    public Task<CommittedCase?> ChangeAsync(
        string articleKey,
        Func<CaseHead, CaseChange?> decide,
        IOrchestrations? orchestrations = null,
        CancellationToken cancellation = default
    ) => ChangeAsync(articleKey, head => Task.FromResult(decide(head)), orchestrations, cancellation);

    /// <summary>Seals a head as it is, whatever it says: what a former release left, or what somebody who runs the desk
    /// has looked at. Gives it as it stands then; null when there is none.</summary>
    internal async Task<CaseHead?> SealAsync(
        CaseSeals with,
        string articleKey,
        CancellationToken cancellation = default
    )
    {
        for (var tries = 1; ; tries++)
        {
            if (await FindHeadAsync(articleKey, cancellation) is not { } found)
                return null;
            var head = with.Seal(found.Value);
            if (head == found.Value)
                return head;
            RowChange row = new RowChange.Replace(CaseRows.Head, CaseJson.Write(head), found.ETag);
            try
            {
                await tables.CommitAsync(CaseRows.Table, articleKey, [row], cancellation);
                return head;
            }
            catch (RowConflictException) when (tries < MostTries)
            {
                // Somebody changed the case, and sealed it with that or did not: looked at again.
            }
        }
    }

    private static bool IsRace(RowConflictException conflict) =>
        conflict.Key == CaseRows.Head || conflict.Key.StartsWith(CaseRows.AuditEntries, StringComparison.Ordinal);

    private async Task<CommittedCase> CommitAsync(
        CaseChange change,
        string? headETag,
        IOrchestrations? orchestrations,
        CancellationToken cancellation
    )
    {
        if (orchestrations is null && change.NeedsOrchestrations)
            throw new InvalidOperationException("The change starts or closes something, and nobody is there to tell.");
        if (seals is not null)
            await seals.BeginAsync(cancellation);
        await FollowUp.PrepareAsync(change, isNew: headETag is null, cancellation);
        var (head, rows) = change.ToRows(headETag, time.GetUtcNow(), seals);
        var etags = await tables.CommitAsync(CaseRows.Table, head.Key, rows, cancellation);
        if (change.Notes.Count > 0)
            seals?.Committed(head);
        return new(head, etags, await FollowUp.FollowAsync(change, head, orchestrations));
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
