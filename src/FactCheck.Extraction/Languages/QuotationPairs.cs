namespace FactCheck.Extraction.Languages;

/// <summary>Quotations by their marks alone: „low-high“, «guillemets» either way round, curly and straight.</summary>
internal static class QuotationPairs
{
    /// <summary>In order, marks included. An opening mark that nothing closes opens nothing.</summary>
    internal static IEnumerable<TextSpan> In(string text, TextSpan paragraph)
    {
        for (var at = paragraph.Start; at < paragraph.End; at++)
        {
            if (ClosersOf(text[at]) is not { } closers || IsInWord(text, at))
                continue;
            var end = text.AsSpan(at + 1, paragraph.End - at - 1).IndexOfAny(closers);
            if (end < 0)
                continue;
            yield return new(at, end + 2);
            at += end + 1;
        }
    }

    private static string? ClosersOf(char mark) =>
        mark switch
        {
            '„' => "“”\"",
            '“' or '”' => "”",
            '«' => "»",
            '»' => "«",
            '"' => "\"",
            _ => null,
        };

    private static bool IsInWord(string text, int at) =>
        at > 0 && at + 1 < text.Length && char.IsLetterOrDigit(text[at - 1]) && char.IsLetterOrDigit(text[at + 1]);
}
