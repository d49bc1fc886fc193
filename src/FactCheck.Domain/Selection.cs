namespace FactCheck.Domain;

/// <summary>Which candidates become tasks. Named settings.</summary>
public sealed record SelectionPolicy
{
    /// <summary>Most statements that are kept of one run: those most worth checking. A text of nothing but "said" has
    /// one to a word.</summary>
    public int MaxStatements { get; init; } = 2_000;

    /// <summary>Most tasks that one run of an article opens.</summary>
    public int MaxTasks { get; init; } = 8;

    /// <summary>Candidates below this check-worthiness stay candidates, 0..1.</summary>
    public double MinScore { get; init; } = 0.35;

    /// <summary>What a task of the same paragraph costs, 0..1: eight of one are worth less than one of eight.</summary>
    public double SameParagraphPenalty { get; init; } = 0.12;

    /// <summary>What a task of the same sentence or quote costs, 0..1: mostly they are one question.</summary>
    public double OverlapPenalty { get; init; } = 0.5;

    /// <summary>What each task of the same kind costs, 0..1, so that quotes come up too: a person's exact words are a
    /// question of their own, and would always lose against the figures in them.</summary>
    public double SameKindPenalty { get; init; } = 0.03;

    /// <summary>A quote and a claim of the same words get one task unless their worth differs by this, 0..1.</summary>
    public double RepeatGap { get; init; } = 0.3;

    /// <summary>From this check-worthiness on (0..1; above 1: never) the best direct quote with a speaker takes the
    /// last pick's place where none came up: whether it was said is asked apart from whether it is true.</summary>
    public double QuotePlaceScore { get; init; } = 0.5;
}

/// <summary>A statement that was picked, with the reasons in words.</summary>
public sealed record Selected(Statement Statement, TextSpan Span, double Score, IReadOnlyList<string> Why);

/// <summary>Picks the few statements that a desk would: worth checking, and spread over the article.</summary>
public static class Selector
{
    /// <summary>As many as may be kept, in their order: those most worth checking, of equals the earlier.</summary>
    public static IReadOnlyList<Statement> Keep(IReadOnlyList<Statement> found, SelectionPolicy policy)
    {
        if (found.Count <= policy.MaxStatements)
            return found;
        var kept = found
            .OrderByDescending(s => s.Worth.Score)
            .Take(policy.MaxStatements)
            .Select(s => s.Id)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. found
                .Where(s => kept.Contains(s.Id))
                .Select(s => s with { Linked = [.. s.Linked.Where(kept.Contains)] }),
        ];
    }

    /// <summary>The best first, then each less the price of what it repeats; ties go to the earlier.</summary>
    /// <param name="taken">Places that already have a task: they count as picked.</param>
    public static IReadOnlyList<Selected> Pick(
        IReadOnlyList<(Statement Statement, TextSpan Span)> candidates,
        IReadOnlyList<TextSpan> taken,
        string text,
        int budget,
        SelectionPolicy policy
    )
    {
        var ranking = new Ranking(taken, text, policy);
        var open = candidates.OrderBy(c => c.Span.Start).ToList();
        var picked = new List<Selected>();
        while (picked.Count < budget && ranking.BestOf(open) is { } best)
        {
            open.Remove(best);
            picked.Add(new(best.Statement, best.Span, ranking.ScoreOf(best), WhyOf(best.Statement)));
            ranking.Take(best);
        }

        if (taken.Count == 0)
            GiveQuotePlace(picked, open, budget, ranking, policy);
        return picked;
    }

    // Only in a first look at the text: what a later one opens is news, and the quotes of the first have their tasks.
    private static void GiveQuotePlace(
        List<Selected> picked,
        List<(Statement Statement, TextSpan Span)> open,
        int budget,
        Ranking ranking,
        SelectionPolicy policy
    )
    {
        if (budget < 2 || picked.Exists(p => IsSpokenByName(p.Statement)))
            return;
        var quotes = open.Where(c => IsSpokenByName(c.Statement) && c.Statement.Worth.Score >= policy.QuotePlaceScore)
            .ToList();
        if (picked.Count == budget && quotes.Count > 0)
        {
            ranking.GiveBack((picked[^1].Statement, picked[^1].Span));
            if (ranking.BestOf(quotes) is null)
                return;
            picked.RemoveAt(picked.Count - 1);
        }

        if (ranking.BestOf(quotes) is { } best)
            picked.Add(
                new(
                    best.Statement,
                    best.Span,
                    ranking.ScoreOf(best),
                    [.. WhyOf(best.Statement), "best direct quote with a speaker"]
                )
            );
    }

    private static bool IsSpokenByName(Statement statement) =>
        statement is { Kind: StatementKind.Quote, QuoteKind: QuoteKind.Direct, Speaker: not null };

    private static List<string> WhyOf(Statement statement)
    {
        List<string> why = [$"check-worthiness {statement.Worth.Score:0.00}"];
        why.AddRange(
            statement
                .Worth.Reasons.Where(r => r.Weight > 0)
                .Take(3)
                .Select(r => r.Because is null ? r.Label : $"{r.Label}: {r.Because}")
        );
        if (statement is { Kind: StatementKind.Quote, Speaker: null })
            why.Add("no speaker found");
        if (statement.Matches is [{ Same: true } same, ..])
            why.Add($"checked before: {same.Rating}");
        return why;
    }
}
