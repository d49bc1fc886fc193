namespace FactCheck.Extraction.Documents;

/// <summary>What a reader took from a file, and what it did not take.</summary>
/// <param name="Said">What the file says of the article, the most trusted first.</param>
internal sealed record ReadDocument(string Text, IReadOnlyList<SaidMeta> Said)
{
    /// <summary>When its stretches were said; null without a clock.</summary>
    public IReadOnlyList<SpokenAt>? Times { get; init; }

    /// <summary>What is no part of the text.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>What was guessed or repaired.</summary>
    public IReadOnlyList<ReadingFinding> Findings { get; init; } = [];
}

/// <summary>What one source says of an article.</summary>
internal sealed record SaidMeta(FactSource Source, ArticleMeta Meta)
{
    /// <summary>All of them together; the first that says something is believed.</summary>
    public static ArticleMeta Together(IEnumerable<SaidMeta> said) =>
        said.Aggregate(new ArticleMeta(), (meta, next) => meta.OrElse(next.Meta));
}

/// <summary>Lines at the top of a text that describe the article.</summary>
/// <param name="Meta">What they say. A title only where it was not known.</param>
internal sealed record HeadingLines(ArticleMeta Meta, IReadOnlyList<string> Lines)
{
    public static HeadingLines None { get; } = new(new(), []);

    public SaidMeta Said => new(FactSource.FirstLines, Meta);

    public LeftOut LeftOut => new(LeftOutKind.Heading, TextSize.Of(Lines));
}
