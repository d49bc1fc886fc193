using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace FactCheck.Storage;

/// <summary>An article in the list of articles.</summary>
public sealed record ArticleEntry(string Key, string Name, DateTimeOffset CreatedAt);

/// <summary>Something that changed, a task or not, for pages that poll.</summary>
public sealed record ChangeEntry(string Article, string? Task, string What, DateTimeOffset At)
{
    /// <summary>What follows it is what follows this cursor; empty before it is listed.</summary>
    [JsonIgnore]
    public string Cursor { get; init; } = "";
}

/// <summary>A published verdict, for search and matching.</summary>
public sealed record PublishedStatement(
    string StatementId,
    StatementKind Kind,
    string Text,
    string? Speaker,
    string Rating,
    string ArticleTitle,
    DateTimeOffset PublishedAt
);

/// <summary>A published fact check, for the feeds.</summary>
public sealed record PublishedArticle(
    string Key,
    string Title,
    int Version,
    VerdictChange Change,
    string? Note,
    IReadOnlyList<string> Summary,
    DateTimeOffset PublishedAt
);

/// <summary>A verdict that must be looked at again.</summary>
public sealed record DueEntry(string StatementId, DateTimeOffset ReviewBy);

/// <summary>Lists across articles: hints beside the cases, written after the case row (the list of articles before it),
/// checked on use, repaired by the sweep. One too many does no harm, one too few is written again.</summary>
public sealed class DeskIndex(ITableStore tables, TimeProvider time)
{
    private const string All = "all";
    private const string ArticlesTable = "articles";
    private const string ActivePartition = "active";
    private const string LeasesTable = "leases";
    private const string DueTable = "due";
    private const string ChangesTable = "changes";
    private const string PublishedTable = "published";
    private const string CorrectionsTable = "corrections";
    private const string StatementsPartition = "statements";

    // Written with each change of the partition: its ETag is the whole's version. No statement's id sorts behind it.
    private const string StatementsVersion = "~version";
    private const string ReverificationsTable = "reverifications";

    private const int DueAtOnce = 200;

    // Between the moment that a change notes and its row, on another machine's clock.
    private static readonly TimeSpan LatestChange = TimeSpan.FromMinutes(1);

    // Newest first in ordinal order of keys.
    private static string Inverse(DateTimeOffset at) =>
        (long.MaxValue - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>Puts an article on the list, and among the sweep's. Before its first case row is written.</summary>
    public async Task AddArticleAsync(ArticleEntry entry, CancellationToken cancellation = default)
    {
        await PutAsync(ArticlesTable, ActivePartition, entry.Key, entry, cancellation);
        await PutAsync(ArticlesTable, All, CursorOf(entry), entry, cancellation);
    }

    /// <summary>The cursor of what follows an article.</summary>
    public static string CursorOf(ArticleEntry entry) => $"{Inverse(entry.CreatedAt)}|{entry.Key}";

    /// <summary>The cursor of what follows a re-verification.</summary>
    public static string CursorOf(ReverificationReport report) => ReverificationKey(report.Id, report.StartedAt);

    /// <summary>Articles, newest first, after a cursor.</summary>
    public Task<Slice<ArticleEntry>> ArticlesAsync(
        string? cursor,
        int most,
        CancellationToken cancellation = default
    ) => PageAsync<ArticleEntry>(ArticlesTable, All, cursor, most, cancellation);

    /// <summary>Articles that the sweep looks after, by key, after a cursor.</summary>
    public Task<Slice<ArticleEntry>> ActiveAsync(string? cursor, int most, CancellationToken cancellation = default) =>
        PageAsync<ArticleEntry>(ArticlesTable, ActivePartition, cursor, most, cancellation);

    /// <summary>The sweep looks after it again.</summary>
    public Task ActivateAsync(CaseHead head, CancellationToken cancellation = default) =>
        PutAsync(
            ArticlesTable,
            ActivePartition,
            head.Key,
            new ArticleEntry(head.Key, head.Name, head.CreatedAt),
            cancellation
        );

    /// <summary>The sweep need not look after it.</summary>
    public Task DeactivateAsync(string articleKey, CancellationToken cancellation = default) =>
        tables.CommitAsync(ArticlesTable, ActivePartition, [new RowChange.Delete(articleKey)], cancellation);

    /// <summary>Notes that somebody works on a task, until then.</summary>
    public Task PutLeaseAsync(Who who, string taskId, Lease lease, CancellationToken cancellation = default) =>
        PutAsync(LeasesTable, PartitionOf(who), taskId, lease, cancellation);

    /// <summary>Somebody works on a task no longer.</summary>
    public Task RemoveLeaseAsync(Who who, string taskId, CancellationToken cancellation = default) =>
        tables.CommitAsync(LeasesTable, PartitionOf(who), [new RowChange.Delete(taskId)], cancellation);

    /// <summary>The tasks that somebody may work on now: of each its row says whether they do. What ran out is
    /// removed.</summary>
    public async Task<IReadOnlyList<string>> LeasesAsync(Who who, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        var rows = await tables.ListAsync(
            LeasesTable,
            PartitionOf(who),
            "",
            null,
            ITableStore.MaxChanges,
            cancellation
        );
        var over = rows.Where(row => !CaseJson.Read<Lease>(row.Json).RunsAt(now)).ToList();
        if (over.Count > 0)
            await tables.CommitAsync(
                LeasesTable,
                PartitionOf(who),
                [.. over.Select(row => new RowChange.Delete(row.Key))],
                cancellation
            );
        return [.. rows.Except(over).Select(row => row.Key)];
    }

    /// <summary>Notes when a verdict is due.</summary>
    public Task AddDueAsync(string statementId, DateTimeOffset reviewBy, CancellationToken cancellation = default) =>
        PutAsync(DueTable, Day(reviewBy), statementId, new DueEntry(statementId, reviewBy), cancellation);

    /// <summary>Removes a note that its verdict no longer bears out.</summary>
    public Task RemoveDueAsync(DueEntry entry, CancellationToken cancellation = default) =>
        tables.CommitAsync(DueTable, Day(entry.ReviewBy), [new RowChange.Delete(entry.StatementId)], cancellation);

    /// <summary>What is due at a moment, oldest day first, of so many days back. It may be changed on the way.</summary>
    public async IAsyncEnumerable<DueEntry> DueAsync(
        DateTimeOffset asOf,
        int daysBack,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        for (var back = daysBack; back >= 0; back--)
        {
            var day = Day(asOf.AddDays(-back));
            for (string? cursor = null; ; )
            {
                var page = await PageAsync<DueEntry>(DueTable, day, cursor, DueAtOnce, cancellation);
                foreach (var entry in page.Items.Where(entry => entry.ReviewBy <= asOf))
                    yield return entry;
                cursor = page.Cursor;
                if (cursor is null)
                    break;
            }
        }
    }

    /// <summary>Tells pages that poll.</summary>
    public Task TellAsync(string article, string? task, string what, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        var key = $"{ChangesUpTo(now)}|{Guid.NewGuid():N}";
        return PutAsync(ChangesTable, Day(now), key, new ChangeEntry(article, task, what, now), cancellation);
    }

    /// <summary>Oldest first what changed after a cursor, from yesterday on; without one, the cursor of now.</summary>
    public async Task<Slice<ChangeEntry>> ChangesAsync(
        string? cursor,
        int most,
        CancellationToken cancellation = default
    )
    {
        var now = time.GetUtcNow();
        if (cursor is null)
            return new([], ChangesUpTo(now));
        var rows = new List<TableRow>();
        foreach (var day in new[] { now.AddDays(-1), now })
            rows.AddRange(await tables.ListAsync(ChangesTable, Day(day), "", cursor, most - rows.Count, cancellation));
        return new(
            [.. rows.Select(row => CaseJson.Read<ChangeEntry>(row.Json) with { Cursor = row.Key })],
            rows.Count == 0 ? cursor : rows[^1].Key
        );
    }

    /// <summary>A cursor for who was told of nothing up to now. It is a moment, and so tells nothing of what others were
    /// told; whatever is written that late stands behind it.</summary>
    public string CursorOfNothingAfter(string cursor)
    {
        var moment = ChangesUpTo(time.GetUtcNow() - LatestChange);
        return string.CompareOrdinal(cursor, moment) > 0 ? cursor : moment;
    }

    /// <summary>Removes what pages no longer ask for: days before yesterday.</summary>
    public async Task ForgetChangesAsync(CancellationToken cancellation = default)
    {
        var day = Day(time.GetUtcNow().AddDays(-2));
        var old = await tables.ListAsync(ChangesTable, day, "", null, ITableStore.MaxChanges, cancellation);
        if (old.Count > 0)
            await tables.CommitAsync(
                ChangesTable,
                day,
                [.. old.Select(row => new RowChange.Delete(row.Key))],
                cancellation
            );
    }

    /// <summary>Puts a verdict where search and matching find it.</summary>
    public Task PublishAsync(PublishedStatement statement, CancellationToken cancellation = default) =>
        ChangePublishedAsync(new RowChange.Put(statement.StatementId, CaseJson.Write(statement)), cancellation);

    /// <summary>Takes a verdict from search and matching.</summary>
    public Task WithdrawAsync(string statementId, CancellationToken cancellation = default) =>
        ChangePublishedAsync(new RowChange.Delete(statementId), cancellation);

    /// <summary>Every published verdict.</summary>
    public async Task<IReadOnlyList<PublishedStatement>> PublishedStatementsAsync(
        CancellationToken cancellation = default
    ) =>
        [
            .. (await tables.ListAsync(PublishedTable, StatementsPartition, cancellation: cancellation))
                .Where(row => row.Key != StatementsVersion)
                .Select(row => CaseJson.Read<PublishedStatement>(row.Json)),
        ];

    /// <summary>Changes whenever a published verdict does; null before the first.</summary>
    public async Task<string?> PublishedVersionAsync(CancellationToken cancellation = default) =>
        (await tables.FindAsync(PublishedTable, StatementsPartition, StatementsVersion, cancellation))?.ETag;

    /// <summary>Puts a publication on the feed; corrections and retractions on their own list too.</summary>
    public async Task PublishAsync(PublishedArticle article, CancellationToken cancellation = default)
    {
        var key = $"{Inverse(article.PublishedAt)}|{article.Key}";
        await PutAsync(PublishedTable, All, key, article, cancellation);
        if (article.Change is VerdictChange.Correction or VerdictChange.Retraction or VerdictChange.Clarification)
            await PutAsync(CorrectionsTable, All, key, article, cancellation);
    }

    /// <summary>Publications, newest first, after a cursor.</summary>
    public Task<Slice<PublishedArticle>> FeedAsync(
        string? cursor,
        int most,
        CancellationToken cancellation = default
    ) => PageAsync<PublishedArticle>(PublishedTable, All, cursor, most, cancellation);

    /// <summary>Corrections, clarifications and retractions, newest first, after a cursor.</summary>
    public Task<Slice<PublishedArticle>> CorrectionsAsync(
        string? cursor,
        int most,
        CancellationToken cancellation = default
    ) => PageAsync<PublishedArticle>(CorrectionsTable, All, cursor, most, cancellation);

    /// <summary>A re-verification; null when it is not listed.</summary>
    public async Task<ReverificationReport?> FindReverificationAsync(
        string id,
        DateTimeOffset startedAt,
        CancellationToken cancellation = default
    ) =>
        await tables.FindAsync(ReverificationsTable, All, ReverificationKey(id, startedAt), cancellation) is { } row
            ? CaseJson.Read<ReverificationReport>(row.Json)
            : null;

    /// <summary>Writes how far a re-verification is.</summary>
    public Task PutAsync(ReverificationReport report, CancellationToken cancellation = default) =>
        PutAsync(ReverificationsTable, All, CursorOf(report), report, cancellation);

    /// <summary>Lists a re-verification before it starts; false when it is listed already.</summary>
    public async Task<bool> AddAsync(ReverificationReport report, CancellationToken cancellation = default)
    {
        try
        {
            await tables.CommitAsync(
                ReverificationsTable,
                All,
                [new RowChange.Insert(CursorOf(report), CaseJson.Write(report))],
                cancellation
            );
            return true;
        }
        catch (RowConflictException)
        {
            return false;
        }
    }

    /// <summary>Re-verifications, newest first, after a cursor.</summary>
    public Task<Slice<ReverificationReport>> ReverificationsAsync(
        string? cursor,
        int most,
        CancellationToken cancellation = default
    ) => PageAsync<ReverificationReport>(ReverificationsTable, All, cursor, most, cancellation);

    private static string ChangesUpTo(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    private static string PartitionOf(Who who) => Base32.Hash(who.Id ?? who.Name, 32);

    private static string ReverificationKey(string id, DateTimeOffset startedAt) => $"{Inverse(startedAt)}|{id}";

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private Task ChangePublishedAsync(RowChange change, CancellationToken cancellation) =>
        tables.CommitAsync(
            PublishedTable,
            StatementsPartition,
            [change, new RowChange.Put(StatementsVersion, "{}")],
            cancellation
        );

    private Task PutAsync<T>(string table, string partition, string key, T value, CancellationToken cancellation) =>
        tables.CommitAsync(table, partition, [new RowChange.Put(key, CaseJson.Write(value))], cancellation);

    private async Task<Slice<T>> PageAsync<T>(
        string table,
        string partition,
        string? cursor,
        int most,
        CancellationToken cancellation
    )
    {
        var rows = await tables.ListAsync(table, partition, "", cursor, most, cancellation);
        return new([.. rows.Select(row => CaseJson.Read<T>(row.Json))], rows.Count == most ? rows[^1].Key : null);
    }
}

/// <summary>Some of a list, in its order, and the cursor of what follows; null at the end.</summary>
public sealed record Slice<T>(IReadOnlyList<T> Items, string? Cursor);

/// <summary>Where a list goes on for who may not see all of it.</summary>
public static class Cursors
{
    /// <summary>The cursor of the last that was shown. Where nothing was, how far was looked, cut to what the list is sorted
    /// by, so that it names nothing of others; whole where that would go back.</summary>
    /// <param name="asked">What was asked from.</param>
    /// <param name="looked">Null at the list's end.</param>
    public static string? After(string? asked, string? shown, string? looked)
    {
        if (looked is null || shown is not null)
            return looked is null ? null : shown;
        var cut = looked[..(looked.LastIndexOf('|') + 1)];
        return string.CompareOrdinal(cut, asked) > 0 ? cut : looked;
    }
}
