namespace FactCheck.Extraction.Quotes;

/// <summary>Who is quoted, before names are resolved.</summary>
/// <param name="Confidence">0..1.</param>
internal sealed record Speaker(TextSpan Span, string Reason, double Confidence);

/// <summary>A quote in the making.</summary>
internal sealed class QuoteDraft
{
    public required Speaker? Speaker { get; set; }

    public required TextSpan? Cue { get; init; }

    public required List<TextSpan> Content { get; init; }

    /// <summary>How sure it is that these words are attributed, 0..1.</summary>
    public required double Confidence { get; set; }

    /// <summary>Where its last word (of content, cue or speaker) ends: what follows directly may go on with
    /// it.</summary>
    public int End => Math.Max(Content[^1].End, Math.Max(Cue?.End ?? 0, Speaker?.Span.End ?? 0));

    public TextSpan Extent => TextSpan.FromBounds(Content[0].Start, Content[^1].End);
}
