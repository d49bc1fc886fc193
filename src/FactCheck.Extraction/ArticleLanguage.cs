using FactCheck.Extraction.Languages;

namespace FactCheck.Extraction;

/// <summary>The language in which an article is read.</summary>
/// <param name="Code">ISO 639; null where nothing says it and no guess is sure: then it is read as English.</param>
/// <param name="IsGuess">Nothing says it.</param>
internal readonly record struct ArticleLanguage(string? Code, bool IsGuess)
{
    private const double Sure = 0.9;

    // "de-AT" is German. A guess that is not sure, as of a line of names, is none.
    internal static ArticleLanguage Of(string text, ArticleMeta meta)
    {
        if (meta.Language is { Length: > 0 } said)
            return new(said.Split('-', '_')[0].ToLowerInvariant(), IsGuess: false);
        var guess = LanguageModel.Default.Guess(text);
        return new(guess.Confidence >= Sure ? guess.Language : null, IsGuess: true);
    }
}
