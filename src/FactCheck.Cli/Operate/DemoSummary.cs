namespace FactCheck.Cli.Operate;

internal sealed record DemoArticle(ArticleSummary Article, IReadOnlyList<StatementView> Statements)
{
    public int Quotes => Statements.Count(s => s.Kind == StatementKind.Quote);

    public int Claims => Statements.Count(s => s.Kind == StatementKind.Claim);

    /// <summary>What was chosen for review, the most check-worthy first.</summary>
    public IReadOnlyList<StatementView> Chosen =>
        [.. Statements.Where(s => s.TaskId is not null).OrderByDescending(s => s.Score)];
}

/// <summary>What a demo found, on one screen or in full.</summary>
internal static class DemoSummary
{
    private const int MostArticles = 14;
    private const int ArticlesInDetail = 3;
    private const int StatementsEach = 3;
    private const int MoreQuotes = 3;

    /// <summary>A line an article, then the most check-worthy of the first ones: about thirty lines.</summary>
    public static IEnumerable<string> Short(IReadOnlyList<DemoArticle> articles, int width)
    {
        var longest = articles.Take(MostArticles).Select(a => a.Article.Name.Length).DefaultIfEmpty().Max();
        foreach (var article in articles.Take(MostArticles))
            yield return TextTable.Shorten($"  {article.Article.Name.PadRight(longest)}  {Counts(article)}", width);
        if (articles.Count > MostArticles)
        {
            var rest = articles.Skip(MostArticles).ToList();
            yield return $"  … and {rest.Count} more: {rest.Sum(a => a.Quotes)} quotes, {rest.Sum(a => a.Claims)} claims, "
                + $"{rest.Sum(a => a.Chosen.Count)} for review"
                + (rest.Count(HasFailed) is > 0 and var failed ? $"; {failed} could not be checked" : "");
        }

        foreach (var article in articles.Where(a => a.Chosen.Count > 0).Take(ArticlesInDetail))
        {
            yield return "";
            yield return $"Most worth checking in {article.Article.Name}, "
                + $"\"{TextTable.Shorten(article.Article.Title, width / 2)}\":";
            foreach (var (statement, i) in article.Chosen.Take(StatementsEach).Select((statement, i) => (statement, i)))
            {
                yield return TextTable.Shorten($"  {Told(statement)}", width);
                if (i == 0 && WhyOf(statement) is { Length: > 0 } why)
                    yield return TextTable.Shorten($"             why: {why}", width);
            }
        }
    }

    /// <summary>What was chosen in one article, each with its reasons, and the best of what was not.</summary>
    public static IEnumerable<string> Full(DemoArticle article)
    {
        yield return "";
        yield return $"{article.Article.Title} ({article.Article.Stage}): {article.Quotes} quotes, {article.Claims} "
            + $"claims, {article.Chosen.Count} chosen for review";
        foreach (var statement in article.Chosen)
        {
            yield return $"  {Told(statement)}";
            yield return $"             why: {TextTable.Shorten(WhyOf(statement), 140)}";
        }

        var others = article
            .Statements.Where(s => s is { TaskId: null, Kind: StatementKind.Quote, Speaker: not null })
            .OrderByDescending(s => s.Score)
            .Take(MoreQuotes)
            .ToList();
        if (others.Count > 0)
            yield return "  also quoted, left as candidates:";
        foreach (var quote in others)
            yield return $"  {quote.Score:0.00} {quote.Speaker}: {TextTable.Shorten(quote.Text, 120)}";
    }

    public static string Outcome(ArticleSummary article) =>
        article switch
        {
            { Rejection: { } why } => $"rejected: {why.Message}",
            { Failure: { } failure } => $"failed: {failure}",
            _ => article.Stage.ToString().ToLowerInvariant(),
        };

    private static string Counts(DemoArticle article) =>
        HasFailed(article)
            ? Outcome(article.Article)
            : $"{article.Quotes, 3} quotes {article.Claims, 3} claims {article.Chosen.Count, 3} for review";

    private static bool HasFailed(DemoArticle article) =>
        article.Article is { Rejection: not null } or { Failure: not null };

    private static string Told(StatementView statement) =>
        $"{statement.Score:0.00} {statement.Kind.ToString().ToLowerInvariant(), -5} {statement.Speaker ?? "–"}"
        + $"{(statement.At is { } at ? $" at {at}" : "")}: {TextTable.Shorten(statement.Text, 160)}";

    private static string WhyOf(StatementView statement) =>
        string.Join(
            ", ",
            statement
                .Reasons.Where(r => r.Weight > 0)
                .Take(3)
                .Select(r => r.Because is null ? r.Label : $"{r.Label} ({r.Because})")
        );
}
