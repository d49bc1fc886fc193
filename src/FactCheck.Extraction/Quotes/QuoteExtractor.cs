using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Extraction.Quotes;

/// <summary>Finds who said what. Deterministic; fails on no text; the work grows with the text's length.</summary>
public static class QuoteExtractor
{
    // The model's time grows with the text and with its cues, and is a thousand times as long as the rules': a book gets
    // the rules' answer (ten thousand words are about three seconds), and so does what is cue upon cue and no prose.
    private const int LongestForModel = 60_000;
    private const int CharactersACue = 60;
    private const int CuesOfAnyText = 10;

    /// <summary>The quotes in text order. Their content overlaps only where one is nested in another.</summary>
    /// <param name="model">Null: the rules answer alone.</param>
    public static IReadOnlyList<Quote> Extract(string text, AttributionModel? model = null) =>
        ExtractWithSteps(text, model).Quotes;

    /// <summary>The same, with the number of looks at words it took: in proportion to the text's length.</summary>
    public static (IReadOnlyList<Quote> Quotes, long Steps) ExtractWithSteps(
        string text,
        AttributionModel? model = null
    )
    {
        var annotated = new AnnotatedText(text);
        var drafts = CueFinder.Find(annotated);
        DirectSpeech.Attach(annotated, drafts);
        var assembly = new QuoteAssembly(annotated);
        if (model is not null && IsForModel(text, drafts.Count))
            new QuoteJoin(annotated, assembly, model.Version).Join(drafts, model.Find(text, CuesOf(drafts)));
        var resolver = new SpeakerResolver(annotated);
        IReadOnlyList<Quote> quotes =
        [
            .. assembly.Arrange(drafts).Select(placed => ToQuote(placed.Draft, placed.Parent, assembly, resolver)),
        ];
        return (quotes, annotated.Steps);
    }

    private static bool IsForModel(string text, int cues) =>
        text.Length <= LongestForModel && (cues - CuesOfAnyText) * CharactersACue <= text.Length;

    private static Quote ToQuote(QuoteDraft draft, int? parent, QuoteAssembly assembly, SpeakerResolver resolver) =>
        new(
            assembly.KindOf(draft),
            draft.Speaker is { } speaker ? resolver.Resolve(speaker) : null,
            draft.Cue,
            draft.Content,
            parent,
            draft.Confidence
        )
        {
            FoundBy = draft.FoundBy,
        };

    private static HashSet<int> CuesOf(List<QuoteDraft> drafts) =>
        [.. drafts.Where(draft => draft.Cue is not null).Select(draft => draft.Cue!.Value.Start)];
}
