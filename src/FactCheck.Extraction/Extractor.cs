using FactCheck.Extraction.Claims;
using FactCheck.Extraction.Insights;
using FactCheck.Extraction.Languages;
using FactCheck.Extraction.Quotes;
using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Extraction;

/// <summary>What an article says: its sentences, who said what in it, and what could be checked.</summary>
/// <param name="model">The weights of check-worthiness; null for the shipped ones.</param>
/// <param name="attributions">Finds quotes beside the rules; null where the rules answer alone.</param>
public sealed class Extractor(CheckWorthinessModel? model = null, AttributionModel? attributions = null)
{
    private const string OtherLanguage = "other-language";

    /// <summary>An extractor with the shipped weights and rules alone.</summary>
    public static Extractor Default { get; } = new();

    /// <summary>Finds what could become a task. Deterministic; counts in <see cref="ArticleText.Text"/>.</summary>
    public ArticleExtraction Extract(ArticleText article)
    {
        var sentences = Sentences.In(article.Text);
        if (ArticleLanguage.Of(article.Text, article.Meta).Code is { } language and not "en")
            return InAnotherLanguage(article.Text, language, sentences);
        var quotes = QuoteExtractor.Extract(article.Text, attributions);
        var persons = EntityFinder
            .In(article.Text)
            .Where(e => e.Kind == EntityKind.Person)
            .Select(e => new NamedPerson(e.Span, e.Text))
            .ToArray();
        var claims = ClaimExtractor.Extract(
            article.Text,
            sentences,
            quotes,
            new(article.Meta.Published, persons, model)
        );
        return new(sentences, quotes, claims);
    }

    // What holds in any language: marks, and figures. The rest would be guessing, and is said to be missing.
    private ArticleExtraction InAnotherLanguage(string text, string language, IReadOnlyList<TextSpan> sentences)
    {
        var quotes = MarkedQuotes.Covers(language) ? MarkedQuotes.In(text, language) : [];
        List<string> left =
        [
            "indirect quotes",
            "claims without figures",
            "standalone wording",
            "entities",
            "sentiment",
            "key phrases",
        ];
        if (!MarkedQuotes.Covers(language))
            left.Insert(0, "quotes");
        var reason = new CheckWorthinessReason(OtherLanguage, 0, "not looked for: " + string.Join(", ", left));
        var claims = ClaimExtractor
            .Extract(text, sentences, [], new(Model: model))
            .Where(c => Figures.AreIn(text, c.Span))
            .Select(c => WithSpeaker(text, c, quotes, reason));
        return new(sentences, quotes, [.. claims]) { NotAttempted = left };
    }

    // The sentence as it stands, claimed by whoever is quoted in it.
    private static Claim WithSpeaker(
        string text,
        Claim claim,
        IReadOnlyList<Quote> quotes,
        CheckWorthinessReason reason
    )
    {
        var worth = claim.Worth with { Reasons = [.. claim.Worth.Reasons, reason] };
        for (var q = 0; q < quotes.Count; q++)
            if (quotes[q].Extent.Overlaps(claim.Span))
                return claim with
                {
                    Standalone = claim.Span.In(text),
                    Claimant = quotes[q].Source?.Name,
                    Quote = q,
                    Worth = worth,
                };
        return claim with { Standalone = claim.Span.In(text), Worth = worth };
    }
}
