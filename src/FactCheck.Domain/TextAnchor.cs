namespace FactCheck.Domain;

/// <summary>A place in a text that survives edits around it: the exact words and up to <see cref="ContextLength"/> code
/// units on each side. After TextQuoteSelector and TextPositionSelector of the W3C Web Annotation Data Model.</summary>
/// <param name="Position">Offset of the words in the text the anchor was made from, in UTF-16 code units.</param>
/// <param name="At">When the words began to be said, in a transcript; null for other texts.</param>
public sealed record TextAnchor(string Exact, string Prefix, string Suffix, int Position, TimeSpan? At = null)
{
    /// <summary>How much context is kept on each side, in UTF-16 code units.</summary>
    public const int ContextLength = 32;

    /// <summary>Makes the anchor of a span.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span does not lie inside the text.</exception>
    public static TextAnchor Of(string text, TextSpan span)
    {
        var before = Math.Max(0, span.Start - ContextLength);
        var after = Math.Min(text.Length, span.End + ContextLength);
        return new(span.In(text), text[before..span.Start], text[span.End..after], span.Start);
    }

    /// <summary>Makes the anchor of a span of an article, with its time where the article has a clock.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span does not lie inside the text.</exception>
    public static TextAnchor Of(ArticleText article, TextSpan span) =>
        Of(article.Text, span) with
        {
            At = article.TimeAt(span.Start),
        };

    /// <summary>Finds the words in a text, edited or not. Of several places the one with the most matching context
    /// wins, then the nearest to <see cref="Position"/>. Null when the exact words are gone.</summary>
    public TextSpan? FindIn(string text)
    {
        if (Exact.Length == 0)
            return null;
        if (IsUntouchedIn(text))
            return new(Position, Exact.Length);
        TextSpan? best = null;
        var bestScore = (Context: -1, Nearness: int.MinValue);
        for (
            var at = text.IndexOf(Exact, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(Exact, at + 1, StringComparison.Ordinal)
        )
        {
            var score = (Context: ContextAround(text, at), Nearness: -Math.Abs(at - Position));
            if (score.CompareTo(bestScore) <= 0)
                continue;
            best = new(at, Exact.Length);
            bestScore = score;
        }

        return best;
    }

    /// <summary>When the words are said in a recording, as hours:minutes:seconds; null for other texts.</summary>
    public string? Clock() => At is { } at ? $"{(int)at.TotalHours:D2}:{at:mm\\:ss}" : null;

    // No place has more context, or is nearer. Most texts are not edited; some say the same words thousands of times.
    private bool IsUntouchedIn(string text) =>
        Position >= 0
        && Position + (long)Exact.Length <= text.Length
        && text.AsSpan(Position, Exact.Length).SequenceEqual(Exact)
        && ContextAround(text, Position) == Prefix.Length + Suffix.Length;

    private int ContextAround(string text, int at)
    {
        var matching = 0;
        while (matching < Prefix.Length && matching < at && text[at - 1 - matching] == Prefix[^(matching + 1)])
            matching++;
        var after = 0;
        var end = at + Exact.Length;
        while (after < Suffix.Length && end + after < text.Length && text[end + after] == Suffix[after])
            after++;
        return matching + after;
    }
}

/// <summary>Where statements stand in an article whose text changes.</summary>
public static class StatementPlaces
{
    /// <summary>Where a statement stands in the newest text that could be read; null when it is gone from it.</summary>
    public static TextSpan? Of(Statement statement, string text, CaseHead head) =>
        statement.LastRun < head.Run && head.IsRead() ? null : statement.Anchor.FindIn(text);

    /// <summary>The statements of a run, by id: what it found, and those before that still stand in its text.</summary>
    internal static Dictionary<string, Statement> Present(
        int run,
        ArticleText article,
        IReadOnlyList<Statement> found,
        IReadOnlyList<Statement> before,
        Dictionary<string, Statement> known
    )
    {
        var present = new Dictionary<string, Statement>(StringComparer.Ordinal);
        foreach (var statement in found)
        {
            present[statement.Id] = known.TryGetValue(statement.Id, out var old)
                ? statement with
                {
                    FirstRun = old.FirstRun,
                    TaskId = old.TaskId,
                    AddedBy = old.AddedBy,
                    Verdict = old.Verdict,
                    Replaces = old.Replaces,
                    Text = old.Text,
                    Speaker = old.Speaker,
                    Anchor = AnchorOf(statement, old),
                }
                : statement;
        }

        // What a person added or handles stays while its words do, even where the extractor sees it otherwise now.
        foreach (
            var old in before.Where(s => !present.ContainsKey(s.Id) && (s.TaskId is not null || s.AddedBy is not null))
        )
            if (old.Anchor.FindIn(article.Text) is { } span)
                present[old.Id] = old with { LastRun = run, Anchor = TextAnchor.Of(article, span) };
        return present;

        // A place that a person amended is found again by its own words, not by those that the extractor finds.
        TextAnchor AnchorOf(Statement statement, Statement old) =>
            old.Anchor.Exact != statement.Anchor.Exact && old.Anchor.FindIn(article.Text) is { } span
                ? TextAnchor.Of(article, span)
                : statement.Anchor;
    }
}
