namespace FactCheck.Extraction.Quotes;

/// <summary>Finds who said what. Deterministic; fails on no text; the work grows with the text's length.</summary>
public static class QuoteExtractor
{
    /// <summary>The quotes in text order. Their content overlaps only where one is nested in another.</summary>
    public static IReadOnlyList<Quote> Extract(string text) => ExtractWithSteps(text).Quotes;

    /// <summary>The same, with the number of looks at words it took: in proportion to the text's length.</summary>
    public static (IReadOnlyList<Quote> Quotes, long Steps) ExtractWithSteps(string text)
    {
        var annotated = new AnnotatedText(text);
        var drafts = CueFinder.Find(annotated);
        DirectSpeech.Attach(annotated, drafts);
        var assembly = new QuoteAssembly(annotated);
        var resolver = new SpeakerResolver(annotated);
        IReadOnlyList<Quote> quotes =
        [
            .. assembly.Arrange(drafts).Select(placed => ToQuote(placed.Draft, placed.Parent, assembly, resolver)),
        ];
        return (quotes, annotated.Steps);
    }

    private static Quote ToQuote(QuoteDraft draft, int? parent, QuoteAssembly assembly, SpeakerResolver resolver) =>
        new(
            assembly.KindOf(draft),
            draft.Speaker is { } speaker ? resolver.Resolve(speaker) : null,
            draft.Cue,
            draft.Content,
            parent,
            draft.Confidence
        );
}
