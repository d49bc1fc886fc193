namespace FactCheck.Domain;

/// <summary>A place in a text that survives edits around it: the exact words, what stood before and after them, and
/// where they stood. After the TextQuoteSelector and TextPositionSelector of the W3C Web Annotation Data
/// Model.</summary>
/// <param name="Prefix">Up to <see cref="ContextLength"/> code units before them.</param>
/// <param name="Suffix">Up to <see cref="ContextLength"/> code units after them.</param>
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

    // No other place can have more context, or be nearer. Most texts are not edited, and some say the same words
    // thousands of times.
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
