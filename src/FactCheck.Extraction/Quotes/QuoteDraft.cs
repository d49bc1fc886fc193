namespace FactCheck.Extraction.Quotes;

/// <summary>Who is quoted, before names are resolved.</summary>
internal sealed record Speaker(TextSpan Span, string Reason, double Confidence);

internal sealed class QuoteDraft
{
    public required Speaker? Speaker { get; set; }

    public required TextSpan? Cue { get; init; }

    public required List<TextSpan> Content { get; set; }

    // That these words are attributed at all, 0..1.
    public required double Confidence { get; set; }

    /// <summary>As <see cref="Quote.FoundBy"/>.</summary>
    public string FoundBy { get; set; } = Quote.Rules;

    /// <summary>Where its last word ends, of whatever part: what follows directly may go on with it.</summary>
    public int End => Math.Max(Content[^1].End, Math.Max(Cue?.End ?? 0, Speaker?.Span.End ?? 0));

    public TextSpan Extent => TextSpan.FromBounds(Content[0].Start, Content[^1].End);
}
