using System.Globalization;
using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;
using Microsoft.Extensions.Logging;

namespace FactCheck.Storage;

/// <summary>An article, or with an empty key the whole desk, and what contradicts the audit log.</summary>
public sealed record AuditFinding(string Article, string Name, string Problem);

/// <summary>Holds every case's head against the log outside the database, and the log against itself. Entries that a
/// crash kept from the log are added; nothing else is mended.</summary>
public sealed class AuditCheck(ITableStore tables, CaseSeals seals, TimeProvider time, ILogger<AuditCheck>? log = null)
{
    private const int ArticlesAPage = 500;

    private readonly CaseStore _cases = new(tables, time, seals);
    private readonly DeskIndex _index = new(tables, time);

    private AuditLog Log => seals.Log;

    /// <summary>What contradicts; none when the desk is what it was.</summary>
    /// <param name="mend">True adds to the log what a crash kept from it, and takes, once, what former releases
    /// left.</param>
    public async Task<IReadOnlyList<AuditFinding>> RunAsync(bool mend, CancellationToken cancellation = default)
    {
        await Log.LoadAsync(cancellation: cancellation);
        var (wasEmpty, wasReady) = (Log.Begun is null, Log.IsReady);
        var findings = seals
            .LogProblems.Select(problem => new AuditFinding("", "", $"The audit log: {problem}"))
            .ToList();
        // To a log that is in doubt nothing is added.
        var mends = mend && findings.Count == 0;
        var (mended, taken) = (0, new List<AuditLine>());
        foreach (var (article, name) in await ArticlesAsync(cancellation))
        {
            var (head, problem) = await LookAsync(article, cancellation);
            if (problem is not null)
                findings.Add(new(article, head?.Name ?? name, problem));
            else if (head is { Seal: null, AuditSeq: > 0 } && !wasReady)
                taken.Add(new(Log.TimeFor(article), article, head.AuditSeq, head.AuditHash, AuditLineKind.Taken));
            else if (mends && head is not null && (Log.Newest(article)?.Seq ?? 0) < head.AuditSeq)
            {
                Log.Note(head);
                mended++;
            }
        }

        if (mended > 0)
            log?.LogInformation("The audit log had missed the newest entries of {Count} articles", mended);
        if (mend && findings.Count == 0 && !wasReady)
            await TakeAsync(taken, wasEmpty, cancellation);
        return findings;
    }

    /// <summary>Takes every case as it is, sealed: the signed lines say by whom and why. What was logged before holds
    /// no more.</summary>
    /// <returns>How many articles.</returns>
    /// <exception cref="DamagedDeskException">A head can't be read: there is nothing to accept. No line is written.
    /// </exception>
    public async Task<int> AcceptAsync(
        AuditLineKind kind,
        string by,
        string? why,
        CancellationToken cancellation = default
    )
    {
        await Log.LoadOnceAsync(cancellation);
        var articles = await ArticlesAsync(cancellation);
        await MustBeReadableAsync(articles, cancellation);
        await Log.BeginAsync(cancellation);
        var lines = new List<AuditLine> { AuditLine.OfDesk(time.GetUtcNow(), kind, by, why) };
        foreach (var (article, _) in articles)
        {
            var (head, problem) = await LookAsync(article, cancellation);
            if (problem is not null)
                lines.Add(LineOf(article, head, kind, by, problem));
            else if ((Log.Newest(article)?.Seq ?? 0) < (head?.AuditSeq ?? 0))
                lines.Add(LineOf(article, head));
        }

        // Lines before seals: a head that is sealed without a word of who said so would look like any other.
        await Log.WriteAsync(lines, cancellation);
        foreach (var (article, _) in articles)
            await _cases.SealAsync(seals, article, cancellation);
        if (!Log.IsReady)
            await Log.WriteAsync([AuditLine.OfDesk(time.GetUtcNow(), AuditLineKind.Ready)], cancellation);
        return lines.Count(line => line.Article.Length > 0);
    }

    /// <summary>Takes one case as it is, on a desk that runs: its signed line says by whom, what was found and why it is
    /// taken.</summary>
    /// <returns>What was found; null where nothing contradicts, and nothing is written.</returns>
    /// <exception cref="DamagedDeskException">Its head can't be read, or the log itself is in doubt: there is nothing to
    /// accept.</exception>
    public async Task<string?> AcceptAsync(
        string article,
        string by,
        string why,
        CancellationToken cancellation = default
    )
    {
        await Log.LoadAsync(cancellation: cancellation);
        if (seals.LogProblems.Count > 0)
            throw new DamagedDeskException($"The audit log: {string.Join(' ', seals.LogProblems)}");
        await MustBeReadableAsync([(article, article)], cancellation);
        var (head, problem) = await LookAsync(article, cancellation);
        if (problem is null)
            return null;
        await Log.WriteAsync([LineOf(article, head, AuditLineKind.Accepted, by, $"{problem} {why}")], cancellation);
        await _cases.SealAsync(seals, article, cancellation);
        return problem;
    }

    /// <summary>Findings in a sentence that names the first of them.</summary>
    public static string Sentence(IReadOnlyList<AuditFinding> findings)
    {
        const int Named = 3;
        var named = findings
            .Take(Named)
            .Select(f => f.Article.Length == 0 ? f.Problem : $"{(f.Name is "" ? f.Article : f.Name)}: {f.Problem}");
        var more =
            findings.Count > Named
                ? $" And {(findings.Count - Named).ToString(CultureInfo.InvariantCulture)} more."
                : "";
        return string.Join(' ', named) + more;
    }

    private AuditLine LineOf(
        string article,
        CaseHead? head,
        AuditLineKind kind = AuditLineKind.Head,
        string? by = null,
        string? why = null
    ) => new(Log.TimeFor(article), article, head?.AuditSeq ?? 0, head?.AuditHash ?? "", kind, by, why);

    private async Task MustBeReadableAsync(
        IReadOnlyList<(string Article, string Name)> articles,
        CancellationToken cancellation
    )
    {
        foreach (var (article, name) in articles)
            try
            {
                await _cases.FindHeadAsync(article, cancellation);
            }
            catch (Exception error) when (CaseSeals.IsUnreadable(error))
            {
                throw new DamagedDeskException(
                    $"Article '{article}' ({name}) can't be accepted as it is. {CaseSeals.UnreadableHead(error)} Put back a "
                        + "copy of the desk.",
                    error
                );
            }
    }

    // Lines before seals: a sealed head of before the log began, which it does not know, is a finding. What a crash
    // leaves undone the next start does.
    private async Task TakeAsync(IReadOnlyList<AuditLine> taken, bool wasEmpty, CancellationToken cancellation)
    {
        if (wasEmpty)
            await Log.BeginAsync(cancellation);
        await Log.WriteAsync(taken, cancellation);
        foreach (var line in taken)
            await _cases.SealAsync(seals, line.Article, cancellation);
        await Log.WriteAsync([AuditLine.OfDesk(time.GetUtcNow(), AuditLineKind.Ready)], cancellation);
        if (taken.Count > 0)
            log?.LogInformation(
                "{Count} cases of a former release are taken as they are, and sealed from now on",
                taken.Count
            );
    }

    private async Task<(CaseHead? Head, string? Problem)> LookAsync(string article, CancellationToken cancellation)
    {
        var (head, problem) = await seals.LookAsync(article, _cases.FindHeadAsync, cancellation);
        if (problem is not null || head is null || Log.Newest(article) is not { Seq: > 0 } known)
            return (head?.Value, problem);
        // The chain runs through what the log knew: an entry more is a commit, another one is not.
        if (known.Seq >= head.Value.AuditSeq)
            return (head.Value, null);
        var entry = await tables.FindAsync(CaseRows.Table, article, CaseRows.Audit(known.Seq), cancellation);
        var hash = entry is null ? null : CaseJson.Read<AuditEntry>(entry.Json).Hash;
        return (head.Value, CaseSeals.ProblemOf(hash, known));
    }

    // Those of the list and those of the log: who removes an article from one of them removes it from neither.
    private async Task<IReadOnlyList<(string Article, string Name)>> ArticlesAsync(CancellationToken cancellation)
    {
        var articles = new Dictionary<string, string>(StringComparer.Ordinal);
        for (string? cursor = null; ; )
        {
            var page = await _index.ArticlesAsync(cursor, ArticlesAPage, cancellation);
            foreach (var entry in page.Items)
                articles.TryAdd(entry.Key, entry.Name);
            if ((cursor = page.Cursor) is null)
                break;
        }

        foreach (var line in Log.Known())
            articles.TryAdd(line.Article, "");
        return [.. articles.Select(a => (a.Key, a.Value))];
    }
}
