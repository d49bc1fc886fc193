using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Languages;

namespace FactCheck.Extraction;

/// <summary>What is told of a reading: see <see cref="ReadingReceipt"/>.</summary>
internal static class Receipts
{
    /// <summary>The receipt of a document.</summary>
    /// <param name="said">What is said of the article, the most trusted first.</param>
    /// <param name="bytes">The length of the file.</param>
    internal static ReadingReceipt Of(
        ReadDocument document,
        IReadOnlyList<SaidMeta> said,
        long bytes,
        ReadingOptions? asked
    )
    {
        var meta = SaidMeta.Together(said);
        var language = ArticleLanguage.Of(document.Text, meta);
        var taken = TextSize.Of(document.Text);
        var leftOut = LeftOut.Sum(document.LeftOut);
        var all = leftOut.Aggregate(default(TextSize), (sum, part) => sum + part.Size);
        return new(
            [.. FactsOf(said, language)],
            taken,
            leftOut,
            [
                .. Finding(ReadingFindingKind.LittleRead, LittleRead.Of(taken, all, bytes)),
                .. document.Findings,
                .. Finding(ReadingFindingKind.LettersLost, WhyLettersAreLost(document.Text)),
                .. Finding(
                    ReadingFindingKind.UnreadDate,
                    meta.UnreadDate is { } date ? ArticleMeta.WhyUnread(date) : null
                ),
                .. Finding(ReadingFindingKind.OtherLanguage, WhyOther(language.Code)),
            ],
            asked
        );
    }

    private static IEnumerable<ReadFact> FactsOf(IReadOnlyList<SaidMeta> said, ArticleLanguage language)
    {
        foreach (var fact in Enum.GetValues<ArticleFact>())
            if (said.FirstOrDefault(s => ValueOf(s.Meta, fact) is not null) is { } first)
                yield return new(fact, ValueOf(first.Meta, fact)!, first.Source);
            else if (fact == ArticleFact.Language && language is { IsGuess: true, Code: { } code })
                yield return new(fact, code, FactSource.Guess);
    }

    private static string? ValueOf(ArticleMeta meta, ArticleFact fact) =>
        fact switch
        {
            ArticleFact.Title => meta.Title,
            ArticleFact.Byline => meta.Byline,
            ArticleFact.Published => meta.Published?.ToString("yyyy-MM-dd"),
            ArticleFact.Outlet => meta.Outlet,
            _ => meta.Language,
        };

    private static IEnumerable<ReadingFinding> Finding(ReadingFindingKind kind, string? message) =>
        message is null ? [] : [new(kind, message)];

    private static string? WhyLettersAreLost(string text) =>
        text.Count(c => c == '\uFFFD') is > 0 and var lost
            ? $"{lost:N0} letters can't be read and stand as \uFFFD: they were lost before the file was handed in, or it "
                + "names a wrong charset."
            : null;

    private static string? WhyOther(string? language) =>
        language is null or "en" ? null
        : MarkedQuotes.Covers(language)
            ? $"The language is '{language}': only quotes in marks and sentences with figures are looked for."
        : $"The language is '{language}': only sentences with figures are looked for, and no quotes.";
}
