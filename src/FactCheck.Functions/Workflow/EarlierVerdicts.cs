using FactCheck.Domain;
using FactCheck.Storage;

namespace FactCheck.Functions.Workflow;

/// <summary>Published verdicts, searched by wording.</summary>
internal sealed class EarlierVerdicts(IEnumerable<PublishedStatement> published)
{
    private readonly List<(PublishedStatement Statement, string Words)> _published = [.. published.Select(p => (p, StatementId.Normalize(p.Text)))];

    /// <summary>Verdicts about the same or a similar thing, best first.</summary>
    public IReadOnlyList<EarlierVerdict> Like(StatementKind kind, string text)
    {
        var words = StatementId.Normalize(text);
        return [.. _published.Where(p => p.Statement.Kind == kind && p.Words == words).Select(p => new EarlierVerdict(p.Statement.StatementId, p.Statement.Text, p.Statement.Rating, 1, true))];
    }

    /// <summary>Verdicts that a query finds, best first.</summary>
    public IEnumerable<(PublishedStatement Statement, double Similarity)> Search(string query, int most)
    {
        var words = StatementId.Normalize(query);
        return _published.Where(p => p.Words.Contains(words, StringComparison.Ordinal)).Select(p => (p.Statement, 1.0)).Take(most);
    }
}
