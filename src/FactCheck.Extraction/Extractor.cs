using FactCheck.Domain;
using FactCheck.Extraction.Text;

namespace FactCheck.Extraction;

/// <summary>From an article's text to its sentences, quotes and claims. Deterministic; safe to share between threads.</summary>
public sealed class Extractor(CheckWorthinessModel model)
{
    /// <summary>With the weights that ship.</summary>
    public static Extractor Default { get; } = new(CheckWorthinessModel.Default);

    /// <summary>With a desk's own weights.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidWeightsException">It holds no usable weights.</exception>
    public static Extractor WithWeights(string file) => new(CheckWorthinessModel.Parse(File.ReadAllText(file)));

    /// <summary>Everything that was found.</summary>
    public ArticleExtraction Extract(ArticleText article)
    {
        var sentences = Sentences.In(article.Text);
        var quotes = QuoteExtractor.Extract(article.Text);
        return new(sentences, quotes, ClaimExtractor.Extract(article.Text, sentences, quotes, new ClaimContext(article.Meta.Published, Model: model)));
    }
}
