namespace FactCheck.Domain;

/// <summary>What a candidate is worth beside those that were picked already.</summary>
internal sealed class Ranking(IReadOnlyList<TextSpan> taken, string text, SelectionPolicy policy)
{
    private readonly List<int> _paragraphs = Paragraphs(text);
    private readonly List<(Statement Statement, TextSpan Span)> _picked = [];

    /// <summary>The best that is worth a task and repeats none, of equals the earlier; null when none is.</summary>
    public (Statement Statement, TextSpan Span)? BestOf(IReadOnlyList<(Statement Statement, TextSpan Span)> open)
    {
        var worthy = open.Where(c => c.Statement.Worth.Score >= policy.MinScore && !Repeats(c))
            .Select((c, i) => (Candidate: c, Index: i))
            .ToList();
        return worthy.Count == 0 ? null : worthy.MaxBy(c => (ScoreOf(c.Candidate), -c.Index)).Candidate;
    }

    /// <summary>Its check-worthiness less what it shares with the picked.</summary>
    public double ScoreOf((Statement Statement, TextSpan Span) candidate)
    {
        var paragraph = ParagraphOf(candidate.Span);
        var places = taken.Concat(_picked.Select(p => p.Span)).ToList();
        var overlapping = places.Count(p => p.Overlaps(candidate.Span));
        var beside = places.Count(p => ParagraphOf(p) == paragraph) - overlapping;
        var alike = _picked.Count(p => p.Statement.Kind == candidate.Statement.Kind);
        return candidate.Statement.Worth.Score
            - (overlapping * policy.OverlapPenalty)
            - (Math.Max(0, beside) * policy.SameParagraphPenalty)
            - (alike * policy.SameKindPenalty);
    }

    public void Take((Statement Statement, TextSpan Span) picked) => _picked.Add(picked);

    public void GiveBack((Statement Statement, TextSpan Span) picked) => _picked.Remove(picked);

    // “We lost 50 jobs,” and the claim "We lost 50 jobs": the same words at one place, as a quote and as a claim.
    private bool Repeats((Statement Statement, TextSpan Span) candidate) =>
        _picked.Exists(p =>
            p.Statement.Kind != candidate.Statement.Kind
            && p.Span.Overlaps(candidate.Span)
            && Math.Abs(p.Statement.Worth.Score - candidate.Statement.Worth.Score) < policy.RepeatGap
            && string.Equals(WordsOf(p.Span), WordsOf(candidate.Span), StringComparison.OrdinalIgnoreCase)
        );

    // Letters and digits alone, without the "that" of reported speech.
    private string WordsOf(TextSpan span)
    {
        var words = span.In(text);
        if (words.StartsWith("that ", StringComparison.OrdinalIgnoreCase))
            words = words[5..];
        return string.Concat(words.Where(char.IsLetterOrDigit));
    }

    private static List<int> Paragraphs(string text)
    {
        List<int> starts = [0];
        for (
            var at = text.IndexOf("\n\n", StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf("\n\n", at + 2, StringComparison.Ordinal)
        )
            starts.Add(at + 2);
        return starts;
    }

    private int ParagraphOf(TextSpan span)
    {
        var index = _paragraphs.BinarySearch(span.Start);
        return index >= 0 ? index : ~index - 1;
    }
}
