namespace FactCheck.Domain;

/// <summary>From what the extractor found to what a desk handles.</summary>
public static class Statements
{
    // More than one person could check at once, yet short enough for one row: "sentences" of tables have no end.
    private const int LongestStatement = 4_000;

    /// <summary>Every quote and claim of a run as a statement, in text order, with ids, links and insights.</summary>
    /// <param name="matches">Earlier verdicts by the id of the statement that they are about.</param>
    public static IReadOnlyList<Statement> Of(
        string articleKey,
        int run,
        ArticleText article,
        ArticleExtraction extraction,
        TextInsights insights,
        IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>> matches
    )
    {
        var making = new StatementMaking(articleKey, run, article, extraction, insights);
        var quotes = extraction.Quotes.Select(making.OfQuote).ToList();
        var claims = extraction.Claims.Select(making.OfClaim).ToList();
        foreach (var (i, claim) in extraction.Claims.Index())
        {
            if (claim.Quote is not { } q)
                continue;
            claims[i] = claims[i] with { Linked = [quotes[q].Id] };
            quotes[q] = quotes[q] with { Linked = [.. quotes[q].Linked, claims[i].Id] };
        }

        return
        [
            .. quotes
                .Concat(claims)
                .Where(s => s.Anchor.Exact.Length <= LongestStatement && s.Text.Length <= LongestStatement)
                .OrderBy(s => s.Anchor.Position)
                .Select(s => matches.TryGetValue(s.Id, out var earlier) ? s with { Matches = earlier } : s),
        ];
    }
}

/// <summary>Makes the statements of one run; counts words that come again, so that each has an id of its own.</summary>
internal sealed class StatementMaking(
    string articleKey,
    int run,
    ArticleText article,
    ArticleExtraction extraction,
    TextInsights insights
)
{
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly ILookup<int, Claim> _claimsIn = extraction
        .Claims.Where(claim => claim.Quote is not null)
        .ToLookup(claim => claim.Quote!.Value);

    // By place, as statements ask for them: a long text has as many of the one as of the other.
    private readonly Entity[] _entities = [.. insights.Entities.OrderBy(e => e.Span.Start)];
    private readonly SentenceSentiment[] _moods = [.. insights.Sentiment.OrderBy(s => s.Span.Start)];

    public Statement OfQuote(Quote quote, int index)
    {
        var words = string.Join(" … ", quote.Content.Select(span => span.In(article.Text)));
        var speaker = quote.Source?.Name ?? quote.Source?.Mention.In(article.Text);
        return new()
        {
            Id = Id(StatementKind.Quote, words, speaker),
            Kind = StatementKind.Quote,
            Anchor = TextAnchor.Of(article, quote.Extent),
            Text = words,
            Speaker = speaker,
            SpeakerReason = quote.Source?.Reason,
            SpeakerConfidence = quote.Source?.Confidence ?? 0,
            QuoteKind = quote.Kind,
            FoundBy = quote.FoundBy,
            Worth = QuoteWorth.Of(quote, [.. _claimsIn[index]]),
            Insights = InsightsOf(quote.Extent, words),
            FirstRun = run,
            LastRun = run,
        };
    }

    public Statement OfClaim(Claim claim) =>
        new()
        {
            Id = Id(StatementKind.Claim, claim.Span.In(article.Text), null),
            Kind = StatementKind.Claim,
            Anchor = TextAnchor.Of(article, claim.Span),
            Text = claim.Standalone,
            Speaker = claim.Claimant,
            SpeakerReason = claim.Quote is null ? null : "speaker of the quote it lies in",
            SpeakerConfidence = claim.Quote is { } q ? extraction.Quotes[q].Source?.Confidence ?? 0 : 0,
            ClaimKind = claim.Kind,
            Worth = claim.Worth,
            Insights = InsightsOf(claim.Span, claim.Standalone),
            FirstRun = run,
            LastRun = run,
        };

    private string Id(StatementKind kind, string words, string? speaker)
    {
        var fingerprint = StatementId.Fingerprint(kind, words, speaker);
        var occurrence = _seen[fingerprint] = _seen.GetValueOrDefault(fingerprint) + 1;
        return StatementId.Of(articleKey, kind, words, speaker, occurrence);
    }

    private StatementInsights? InsightsOf(TextSpan span, string words)
    {
        if (insights == TextInsights.None)
            return null;
        var entities = From(_entities, span.Start, e => e.Span.Start)
            .TakeWhile(e => e.Span.Start < span.End)
            .Where(e => span.Contains(e.Span))
            .Select(e => new NamedThing(e.Text, e.Kind))
            .Distinct()
            .ToList();
        // Sentences follow each other: the one that begins before the words may reach into them.
        var moods = From(_moods, span.Start, s => s.Span.End - 1)
            .TakeWhile(s => s.Span.Start < span.End)
            .Select(s => s.Score)
            .ToList();
        var phrases = insights
            .KeyPhrases.Where(phrase => words.Contains(phrase, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return new(entities, moods.Count == 0 ? null : Math.Round(moods.Average(), 3), phrases);
    }

    // Those of an ordered list whose place is this one or a later.
    private static IEnumerable<T> From<T>(T[] inOrder, int place, Func<T, int> placeOf) =>
        inOrder.Skip(InOrder.CountWhile(inOrder, item => placeOf(item) < place));
}

/// <summary>A quote's worth: mostly what is claimed in it; a named person's exact words beat a paraphrase.</summary>
public static class QuoteWorth
{
    private const double WithoutClaim = 0.15;
    private const double ShareOfClaim = 0.75;
    private const double ExactWords = 0.15;
    private const double NamedSpeaker = 0.1;
    private const double NoSpeaker = 0.05;
    private const double Nested = -0.1;

    /// <summary>The score, and what it comes from.</summary>
    public static CheckWorthiness Of(Quote quote, IReadOnlyList<Claim> inside)
    {
        var best = inside.MaxBy(c => c.Worth.Score)?.Worth;
        List<CheckWorthinessReason> reasons =
        [
            best is null
                ? new("quote without a claim", WithoutClaim, null)
                : new("best claim in the quote", Math.Round(ShareOfClaim * best.Score, 3), null),
            .. When(quote.Kind != QuoteKind.Indirect, "exact words", ExactWords),
            .. When(quote.Source?.Name is not null, "named speaker", NamedSpeaker, quote.Source?.Name),
            .. When(quote.IsOrphan, "no speaker found", NoSpeaker),
            .. When(quote.Parent is not null, "quote inside a quote", Nested),
        ];
        var score = Math.Clamp(reasons.Sum(r => r.Weight), 0, 1) * quote.Confidence;
        return new(Math.Round(score, 4), best is null ? reasons : [.. reasons, .. best.Reasons.Take(3)]);
    }

    private static IEnumerable<CheckWorthinessReason> When(
        bool holds,
        string feature,
        double weight,
        string? because = null
    ) => holds ? [new(feature, weight, because)] : [];
}
