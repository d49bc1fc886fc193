namespace FactCheck.Domain;

/// <summary>Which candidates become tasks. Named settings.</summary>
public sealed record SelectionPolicy
{
    /// <summary>Most tasks that one run of an article opens.</summary>
    public int MaxTasks { get; init; } = 8;

    /// <summary>Candidates below this check-worthiness stay candidates, 0..1.</summary>
    public double MinScore { get; init; } = 0.35;

    /// <summary>What a second task of the same paragraph costs: eight of one paragraph are worth less than one of eight. 0..1, per task.</summary>
    public double SameParagraphPenalty { get; init; } = 0.12;

    /// <summary>What a task of the same sentence or quote costs: a quote and the claim in it are mostly one question. 0..1, per task.</summary>
    public double OverlapPenalty { get; init; } = 0.5;

    /// <summary>
    /// What each task of the same kind costs, so that quotes and claims both come up: the exact words of a person are a question of their own, and
    /// would otherwise always lose against the figures in them. 0..1, per task.
    /// </summary>
    public double SameKindPenalty { get; init; } = 0.03;
}

/// <summary>A statement that was picked, with the reasons in words.</summary>
public sealed record Selected(Statement Statement, TextSpan Span, double Score, IReadOnlyList<string> Why);

/// <summary>Picks the few statements that a desk would: worth checking, and spread over the article.</summary>
public static class Selector
{
    /// <summary>Greedy: the best candidate first, each next one after the price of what it repeats. Ties go to the earlier in the text.</summary>
    /// <param name="candidates">Statements that may be picked, each with its place in the text.</param>
    /// <param name="taken">Places that already have a task: they count as picked.</param>
    /// <param name="text">The article's text.</param>
    /// <param name="budget">Most to pick.</param>
    /// <param name="policy">The settings.</param>
    public static IReadOnlyList<Selected> Pick(
        IReadOnlyList<(Statement Statement, TextSpan Span)> candidates, IReadOnlyList<TextSpan> taken, string text, int budget, SelectionPolicy policy)
    {
        var paragraphs = Paragraphs(text);
        var places = taken.Select(span => (Span: span, Paragraph: ParagraphOf(paragraphs, span))).ToList();
        var kinds = new Dictionary<StatementKind, int>();
        var open = candidates.OrderBy(c => c.Span.Start).ToList();
        var picked = new List<Selected>();
        while (picked.Count < budget && open.Count > 0)
        {
            var worthy = open.Select((c, i) => (Candidate: c, Index: i, Score: ScoreOf(c))).Where(c => c.Candidate.Statement.Worth.Score >= policy.MinScore).ToList();
            if (worthy.Count == 0) break;
            var best = worthy.MaxBy(c => (c.Score, -c.Index));
            open.RemoveAt(best.Index);
            picked.Add(new(best.Candidate.Statement, best.Candidate.Span, best.Score, WhyOf(best.Candidate.Statement)));
            places.Add((best.Candidate.Span, ParagraphOf(paragraphs, best.Candidate.Span)));
            kinds[best.Candidate.Statement.Kind] = kinds.GetValueOrDefault(best.Candidate.Statement.Kind) + 1;
        }

        return picked;

        double ScoreOf((Statement Statement, TextSpan Span) candidate)
        {
            var paragraph = ParagraphOf(paragraphs, candidate.Span);
            var overlapping = places.Count(p => p.Span.Overlaps(candidate.Span));
            var beside = places.Count(p => p.Paragraph == paragraph) - overlapping;
            return candidate.Statement.Worth.Score - overlapping * policy.OverlapPenalty - Math.Max(0, beside) * policy.SameParagraphPenalty
                - kinds.GetValueOrDefault(candidate.Statement.Kind) * policy.SameKindPenalty;
        }
    }

    private static List<string> WhyOf(Statement statement)
    {
        List<string> why = [$"check-worthiness {statement.Worth.Score:0.00}"];
        why.AddRange(statement.Worth.Reasons.Where(r => r.Weight > 0).Take(3).Select(r => r.Because is null ? r.Label : $"{r.Label}: {r.Because}"));
        if (statement is { Kind: StatementKind.Quote, Speaker: null }) why.Add("no speaker found");
        if (statement.Matches is [{ Same: true } same, ..]) why.Add($"checked before: {same.Rating}");
        return why;
    }

    private static List<int> Paragraphs(string text)
    {
        List<int> starts = [0];
        for (var at = text.IndexOf("\n\n", StringComparison.Ordinal); at >= 0; at = text.IndexOf("\n\n", at + 2, StringComparison.Ordinal)) starts.Add(at + 2);
        return starts;
    }

    private static int ParagraphOf(List<int> starts, TextSpan span)
    {
        var index = starts.BinarySearch(span.Start);
        return index >= 0 ? index : ~index - 1;
    }
}
