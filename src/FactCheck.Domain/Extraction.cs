namespace FactCheck.Domain;

/// <summary>How the words of a quote stand in the text.</summary>
public enum QuoteKind
{
    /// <summary>All of the content lies inside quotation marks.</summary>
    Direct,

    /// <summary>None of it does.</summary>
    Indirect,

    /// <summary>Part of it does.</summary>
    Mixed,
}

/// <summary>Who is quoted.</summary>
/// <param name="Mention">Where the text names the source, with title, without adjectives; may be no name.</param>
/// <param name="Name">The name that the mention resolves to; null where the text names none.</param>
/// <param name="Confidence">0..1: how sure the resolution is.</param>
/// <param name="Reason">How the source was found, in words a reviewer understands.</param>
public sealed record QuoteSource(TextSpan Mention, string? Name, double Confidence, string Reason);

/// <summary>Words that the text attributes to somebody: source, cue and content.</summary>
/// <param name="Source">Null for an orphan: kept, and a person decides.</param>
/// <param name="Cue">The words that mark saying, without auxiliaries; null where nothing does.</param>
/// <param name="Content">One or more spans in text order; quotation marks are inside.</param>
/// <param name="Parent">Index of the quote this one is nested in, or null.</param>
/// <param name="Confidence">0..1: how sure it is that these words are attributed at all.</param>
public sealed record Quote(
    QuoteKind Kind,
    QuoteSource? Source,
    TextSpan? Cue,
    IReadOnlyList<TextSpan> Content,
    int? Parent,
    double Confidence
)
{
    /// <summary>The finder that is no model.</summary>
    public const string Rules = "rules";

    /// <summary>What found it: <see cref="Rules"/>, or the version of a model, such as "attribution-2".</summary>
    public string FoundBy { get; init; } = Rules;

    /// <summary>True when no source was found.</summary>
    public bool IsOrphan => Source is null;

    /// <summary>From the first code unit of the content to the last.</summary>
    public TextSpan Extent => TextSpan.FromBounds(Content[0].Start, Content[^1].End);
}

/// <summary>What sort of statement a claim makes.</summary>
public enum ClaimKind
{
    Quantity,
    Event,
    Comparison,
    Causal,
    Quote,
    Position,
    Law,
    Record,
}

/// <summary>One named feature of a score.</summary>
/// <param name="Weight">What it adds to the score before squashing; negative takes away.</param>
/// <param name="Because">The words of the sentence that fired it, or null.</param>
public sealed record CheckWorthinessReason(string Feature, double Weight, string? Because)
{
    /// <summary>The feature as people read it.</summary>
    public string Label => FeatureLabels.Of(Feature);
}

/// <summary>How much a claim deserves a check (0..1), and why.</summary>
public sealed record CheckWorthiness(double Score, IReadOnlyList<CheckWorthinessReason> Reasons);

/// <summary>A specific, factual statement that evidence could support or refute.</summary>
/// <param name="Standalone">The claim as it can be read alone; never adds a fact.</param>
/// <param name="Claimant">Who claims it: the source of the quote it lies in, else null for the article itself.</param>
/// <param name="Quote">Index of the quote it lies in, or null.</param>
public sealed record Claim(
    TextSpan Sentence,
    TextSpan Span,
    string Standalone,
    string? Claimant,
    ClaimKind Kind,
    CheckWorthiness Worth,
    int? Quote
);

/// <summary>What was found in one article, each list in text order.</summary>
public sealed record ArticleExtraction(
    IReadOnlyList<TextSpan> Sentences,
    IReadOnlyList<Quote> Quotes,
    IReadOnlyList<Claim> Claims
)
{
    /// <summary>What was not looked for, as the language is not read well enough; empty for English.</summary>
    public IReadOnlyList<string> NotAttempted { get; init; } = [];
}

/// <summary>Categories of entities, one set for the local analyser and for Azure AI Language.</summary>
public enum EntityKind
{
    Person,
    Organization,
    Location,
    Date,
    Quantity,
    Money,
    Percent,
    Event,
    Other,
}

/// <summary>A thing that the text names; how sure that is, 0..1.</summary>
public sealed record Entity(TextSpan Span, string Text, EntityKind Kind, double Confidence);

/// <summary>The mood of one sentence, -1 (negative) to 1 (positive).</summary>
public sealed record SentenceSentiment(TextSpan Span, double Score);

/// <summary>What text analytics says of a text, in text order. A missing part never stops a review.</summary>
/// <param name="Language">ISO 639-1 code, null when unknown; its confidence is 0..1.</param>
public sealed record TextInsights(
    string? Language,
    double LanguageConfidence,
    IReadOnlyList<Entity> Entities,
    IReadOnlyList<SentenceSentiment> Sentiment,
    IReadOnlyList<string> KeyPhrases
)
{
    /// <summary>Nothing is known.</summary>
    public static TextInsights None { get; } = new(null, 0, [], [], []);

    /// <summary>The same insights with every span moved by <paramref name="offset"/> code units.</summary>
    public TextInsights Shift(int offset) =>
        this with
        {
            Entities = [.. Entities.Select(e => e with { Span = e.Span with { Start = e.Span.Start + offset } })],
            Sentiment = [.. Sentiment.Select(s => s with { Span = s.Span with { Start = s.Span.Start + offset } })],
        };
}
