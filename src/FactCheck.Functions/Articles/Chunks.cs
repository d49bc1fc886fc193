namespace FactCheck.Functions.Articles;

/// <summary>Parts of a text that text analytics takes in one call.</summary>
internal static class Chunks
{
    /// <summary>Cuts at paragraphs where it can, else at a space, else anywhere but inside a surrogate pair. Every code
    /// unit is in exactly one chunk.</summary>
    public static IReadOnlyList<TextSpan> Of(string text, int most)
    {
        var chunks = new List<TextSpan>();
        for (var start = 0; start < text.Length; )
        {
            var end = Math.Min(text.Length, start + most);
            if (end < text.Length)
                end = Cut(text, start, end);
            chunks.Add(TextSpan.FromBounds(start, end));
            start = end;
        }

        return chunks;
    }

    private static int Cut(string text, int start, int end)
    {
        var room = end - start;
        var paragraph = text.LastIndexOf("\n\n", end - 1, room, StringComparison.Ordinal);
        if (paragraph > start)
            return paragraph + 2;
        var space = text.LastIndexOf(' ', end - 1, room);
        if (space > start)
            return space + 1;
        return char.IsLowSurrogate(text[end]) && end - start > 1 ? end - 1 : end;
    }
}
