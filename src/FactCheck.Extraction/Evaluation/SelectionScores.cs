namespace FactCheck.Extraction.Evaluation;

/// <summary>How many of the sentences that a desk would check come up for review, over all articles.</summary>
/// <param name="InTwenty">Those that the first twenty candidates cover.</param>
/// <param name="Reachable">Those that a perfect order would cover with one task a sentence.</param>
public sealed record SelectionScores(
    int Articles,
    int Gold,
    int AsTasks,
    int InTwenty,
    int Reachable,
    int Tasks,
    int MostTasks
)
{
    private const int Twenty = 20;

    /// <summary>Nothing yet.</summary>
    public static SelectionScores None { get; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>This and one article more: extracted, made candidates and selected as the workflow does.</summary>
    /// <param name="policy">What picks among them; its own most tasks are opened.</param>
    public SelectionScores And(
        string name,
        ArticleText article,
        IReadOnlyList<string> worthy,
        Extractor extractor,
        SelectionPolicy policy
    )
    {
        var text = article.Text;
        var none = new Dictionary<string, IReadOnlyList<EarlierVerdict>>(StringComparer.Ordinal);
        var candidates = Statements
            .Of(ArticleKey.Of("articles", name), 1, article, extractor.Extract(article), TextInsights.None, none)
            .Select(s => (Statement: s, Span: s.Anchor.FindIn(text)))
            .Where(c => c.Span is not null)
            .Select(c => (c.Statement, c.Span!.Value))
            .ToList();
        var tasks = Selector.Pick(candidates, [], text, policy.MaxTasks, policy);
        // What nobody opens a task for is still looked through from the top.
        var first = Selector.Pick(candidates, [], text, Twenty, policy with { MinScore = 0 });
        var places = PlacesOf(text, worthy);
        return new(
            Articles + 1,
            Gold + worthy.Count,
            AsTasks + places.Count(p => IsCovered(p, tasks)),
            InTwenty + places.Count(p => IsCovered(p, first)),
            Reachable + Math.Min(worthy.Count, policy.MaxTasks),
            Tasks + tasks.Count,
            Math.Max(MostTasks, tasks.Count)
        );
    }

    /// <summary>Share of the gold sentences that the opened tasks cover; 0..1.</summary>
    public double Recall => Gold == 0 ? 0 : (double)AsTasks / Gold;

    /// <summary>Share that the first twenty candidates cover; 0..1.</summary>
    public double RecallOfTwenty => Gold == 0 ? 0 : (double)InTwenty / Gold;

    /// <summary>What a perfect order would reach with one task a sentence; 0..1.</summary>
    public double Best => Gold == 0 ? 0 : (double)Reachable / Gold;

    // In text order, so that equal sentences have places of their own. One not in the text is never covered.
    private static List<TextSpan> PlacesOf(string text, IReadOnlyList<string> sentences)
    {
        var (places, from) = (new List<TextSpan>(), 0);
        foreach (var sentence in sentences)
        {
            var at = text.IndexOf(sentence, from, StringComparison.Ordinal);
            if (at < 0)
                at = text.IndexOf(sentence, StringComparison.Ordinal);
            if (at < 0)
                continue;
            places.Add(new(at, sentence.Length));
            from = at + sentence.Length;
        }

        return places;
    }

    // Half of the shorter one: a claim is a part of its sentence, a quote may run over several.
    private static bool IsCovered(TextSpan place, IReadOnlyList<Selected> picked) =>
        picked.Any(p =>
            2 * (Math.Min(p.Span.End, place.End) - Math.Max(p.Span.Start, place.Start))
            >= Math.Min(p.Span.Length, place.Length)
        );
}
