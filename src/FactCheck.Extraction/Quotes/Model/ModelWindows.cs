namespace FactCheck.Extraction.Quotes.Model;

/// <summary>Cuts words into runs that the model reads at once: whole paragraphs, as many as fit; of one that is too
/// long whole sentences. <c>attribution/windows.py</c> of the training does the same.</summary>
internal static class ModelWindows
{
    // Pieces of one paragraph, without the marks of begin and end; of several.
    private const int Longest = 254;
    private const int Packed = 128;

    /// <summary>Runs of words, first to end, in text order; together they hold every word once.</summary>
    public static IEnumerable<(int First, int End)> Of(IReadOnlyList<ModelWord> words, string text)
    {
        var (first, size) = (0, 0);
        for (var at = 0; at < words.Count; )
        {
            var end = BlockEnd(words, text, at);
            var weight = 0;
            for (var i = at; i < end; i++)
                weight += words[i].Pieces.Length;
            if (at > first && size + weight > Packed)
            {
                yield return (first, at);
                (first, size) = (at, 0);
            }

            size += weight;
            at = end;
        }

        if (first < words.Count)
            yield return (first, words.Count);
    }

    // A paragraph's end, or the last sentence's that fits, or whatever fits.
    private static int BlockEnd(IReadOnlyList<ModelWord> words, string text, int first)
    {
        var (end, size, stop) = (first, 0, first);
        for (; end < words.Count && words[end].Paragraph == words[first].Paragraph; end++)
        {
            size += words[end].Pieces.Length;
            if (size > Longest)
                return stop > first ? stop : end;
            if (
                text[words[end].Span.Start] is '.' or '!' or '?'
                && end + 1 < words.Count
                && char.IsUpper(text[words[end + 1].Span.Start])
            )
                stop = end + 1;
        }

        return end;
    }
}
