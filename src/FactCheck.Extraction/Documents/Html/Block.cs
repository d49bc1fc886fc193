namespace FactCheck.Extraction.Documents.Html;

/// <summary>A paragraph, heading, list item or table row of a page.</summary>
/// <param name="Text">White space folded, never empty.</param>
/// <param name="Linked">How many of its characters lead elsewhere.</param>
/// <param name="Node">Index of the element that it is the text of.</param>
internal sealed record Block(string Text, int Linked, int Node)
{
    internal double LinkDensity => (double)Linked / Text.Length;

    /// <summary>Whether it reads as running text: several words that end as a sentence does.</summary>
    internal bool IsSentence =>
        Text.Length >= ShortestSentence
        && Text.AsSpan().TrimEnd(" \"”“»’')]")
            is [.., '.' or '!' or '?' or '…' or ':' or '。' or '！' or '？' or '।' or '۔' or '؟'];

    private const int ShortestSentence = 30;
}
