using FactCheck.Extraction.Claims;

namespace FactCheck.Functions.Publishing;

/// <summary>Published verdicts as they are now. Kept in memory and read again only when one changed, by whichever
/// process.</summary>
public sealed class PublishedVerdicts(DeskIndex index)
{
    private volatile Snapshot? _last;

    internal async Task<EarlierVerdicts> CurrentAsync(CancellationToken cancellation)
    {
        // The version is read before the verdicts: what changes in between is read once more, never missed.
        var version = await index.PublishedVersionAsync(cancellation);
        if (_last is { } last && last.Version == version)
            return last.Verdicts;
        _last = last = new(version, new(await index.PublishedStatementsAsync(cancellation)));
        return last.Verdicts;
    }

    private sealed record Snapshot(string? Version, EarlierVerdicts Verdicts);
}

/// <summary>Published verdicts, searched by wording.</summary>
internal sealed class EarlierVerdicts
{
    private const int MostMatches = 5;

    // Below this a match is about something else more often than not; a reviewer should not have to wade through those.
    private const double LeastSimilarity = 0.35;

    private readonly Dictionary<string, PublishedStatement> _published;
    private readonly ClaimIndex _index;

    public EarlierVerdicts(IEnumerable<PublishedStatement> published)
    {
        _published = published.ToDictionary(p => p.StatementId, StringComparer.Ordinal);
        _index = new(_published.Values.Select(p => new IndexedClaim(p.StatementId, p.Text)));
    }

    /// <summary>Verdicts of other articles about the same or a similar thing, best first.</summary>
    public IReadOnlyList<EarlierVerdict> Like(Statement statement) =>
        [
            .. _index
                .Find(
                    statement.Text,
                    MostMatches,
                    LeastSimilarity,
                    id =>
                        _published[id].Kind == statement.Kind
                        && StatementId.ArticleOf(id) != StatementId.ArticleOf(statement.Id)
                )
                .Select(m => new EarlierVerdict(
                    m.Id,
                    _published[m.Id].Text,
                    _published[m.Id].Rating,
                    Math.Round(m.Score, 3),
                    m.IsSame
                )),
        ];

    /// <summary>Verdicts that a query finds, best first.</summary>
    public IEnumerable<(PublishedStatement Statement, double Similarity)> Search(string query, int most) =>
        _index.Find(query, most).Select(m => (_published[m.Id], Math.Round(m.Score, 3)));

    /// <summary>The newest verdicts.</summary>
    public IEnumerable<(PublishedStatement Statement, double Similarity)> Newest(int most) =>
        _published.Values.OrderByDescending(p => p.PublishedAt).Take(most).Select(p => (p, 1.0));
}
