using FactCheck.Domain;
using FactCheck.Extraction.Text;

namespace FactCheck.Extraction;

/// <summary>What an article says: its sentences, who said what in it, and what could be checked.</summary>
/// <param name="model">The weights of check-worthiness; null for the shipped ones.</param>
public sealed class Extractor(CheckWorthinessModel? model = null)
{
    /// <summary>An extractor with the shipped weights.</summary>
    public static Extractor Default { get; } = new();

    /// <summary>Finds everything that could become a task. Deterministic; spans count in <see cref="ArticleText.Text"/>.</summary>
    public ArticleExtraction Extract(ArticleText article)
    {
        var sentences = Sentences.In(article.Text);
        var quotes = QuoteExtractor.Extract(article.Text);
        var persons = EntityFinder.In(article.Text).Where(e => e.Kind == EntityKind.Person).Select(e => new NamedPerson(e.Span, e.Text)).ToArray();
        var claims = ClaimExtractor.Extract(article.Text, sentences, quotes, new(article.Meta.Published, persons, model));
        return new(sentences, quotes, claims);
    }
}
