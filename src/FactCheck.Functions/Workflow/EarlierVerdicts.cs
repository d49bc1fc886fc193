using FactCheck.Domain;
using FactCheck.Extraction;
using FactCheck.Storage;

namespace FactCheck.Functions.Workflow;

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

    /// <summary>Verdicts about the same or a similar thing, best first.</summary>
    public IReadOnlyList<EarlierVerdict> Like(StatementKind kind, string text) =>
    [
        .. _index.Find(text, MostMatches * 2, LeastSimilarity).Select(m => (Match: m, Statement: _published[m.Id])).Where(m => m.Statement.Kind == kind).Take(MostMatches)
            .Select(m => new EarlierVerdict(m.Match.Id, m.Statement.Text, m.Statement.Rating, Math.Round(m.Match.Score, 3), m.Match.IsSame)),
    ];

    /// <summary>Verdicts that a query finds, best first.</summary>
    public IEnumerable<(PublishedStatement Statement, double Similarity)> Search(string query, int most) =>
        _index.Find(query, most).Select(m => (_published[m.Id], Math.Round(m.Score, 3)));
}
