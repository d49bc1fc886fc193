namespace FactCheck.Extraction.Text;

/// <summary>Cuts text at blank lines.</summary>
internal static class Paragraphs
{
    /// <summary>The paragraphs in order, without the white space around them; none is empty.</summary>
    public static IEnumerable<TextSpan> In(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\n')
                continue;
            var next = at + 1;
            while (next < text.Length && text[next] != '\n' && char.IsWhiteSpace(text[next]))
                next++;
            if (next >= text.Length || text[next] != '\n')
                continue;
            if (Trimmed(text, start, at) is { Length: > 0 } paragraph)
                yield return paragraph;
            start = next + 1;
            at = next;
        }

        if (Trimmed(text, start, text.Length) is { Length: > 0 } last)
            yield return last;
    }

    private static TextSpan Trimmed(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        return TextSpan.FromBounds(start, end);
    }
}
