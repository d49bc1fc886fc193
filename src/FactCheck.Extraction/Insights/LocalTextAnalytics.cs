using FactCheck.Extraction.Languages;

namespace FactCheck.Extraction.Insights;

/// <summary>Text analytics without a service. Same text, same answer. Entities, sentiment and key phrases are for
/// English; for another language only figures would be right, so none are given.</summary>
public sealed class LocalTextAnalytics : ITextAnalytics
{
    /// <inheritdoc/>
    public int MaxCharacters => 200_000;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The text is longer than <see cref="MaxCharacters"/>.</exception>
    public Task<TextInsights> AnalyzeAsync(string text, string? language, CancellationToken cancellation = default)
    {
        if (text.Length > MaxCharacters)
            throw new ArgumentException(
                $"The text has {text.Length} characters; at most {MaxCharacters} are analysed at a time.",
                nameof(text)
            );
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(Analyze(text, language));
    }

    private static TextInsights Analyze(string text, string? language)
    {
        var guess = language is null ? LanguageModel.Default.Guess(text) : new LanguageGuess(language, 1);
        if (guess.Language is not ("en" or null))
            return TextInsights.None with { Language = guess.Language, LanguageConfidence = guess.Confidence };
        return new(
            guess.Language,
            guess.Confidence,
            EntityFinder.In(text),
            [.. Sentences.In(text).Select(s => new SentenceSentiment(s, SentimentScorer.Score(text, s)))],
            KeyPhrases.Of(text)
        );
    }
}
