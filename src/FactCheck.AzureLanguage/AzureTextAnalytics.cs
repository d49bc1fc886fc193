using Azure.AI.TextAnalytics;
using Azure.Identity;
using FactCheck.Domain;

namespace FactCheck.AzureLanguage;

/// <summary>Text analytics by Azure AI Language. The SDK asks the service for offsets in UTF-16 code units, as ours
/// are.</summary>
public sealed class AzureTextAnalytics(TextAnalyticsClient client) : ITextAnalytics
{
    /// <summary>Asks a resource as whoever this process is.</summary>
    /// <param name="clientId">The user-assigned identity; null for another.</param>
    public AzureTextAnalytics(Uri endpoint, string? clientId)
        : this(
            new TextAnalyticsClient(
                endpoint,
                new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId })
            )
        ) { }

    /// <summary>The service's limit for one document of a synchronous call.</summary>
    public int MaxCharacters => 5_120;

    /// <inheritdoc/>
    public async Task<TextInsights> AnalyzeAsync(
        string text,
        string? language,
        CancellationToken cancellation = default
    )
    {
        if (string.IsNullOrWhiteSpace(text))
            return TextInsights.None;
        DetectedLanguage detected = await client.DetectLanguageAsync(text, countryHint: null, cancellation);
        var code = LanguageService.LanguageOf(detected.Iso6391Name, detected.ConfidenceScore);
        var spoken = language ?? code;

        var entities = client.RecognizeEntitiesAsync(text, spoken, cancellation);
        var sentiment = client.AnalyzeSentimentAsync(text, spoken, cancellation);
        var phrases = client.ExtractKeyPhrasesAsync(text, spoken, cancellation);
        await Task.WhenAll(entities, sentiment, phrases);
        return new(
            code,
            detected.ConfidenceScore,
            [.. (await entities).Value.Select(Of).OrderBy(e => e.Span.Start)],
            [.. (await sentiment).Value.Sentences.Select(Of)],
            [.. (await phrases).Value]
        );
    }

    private static Entity Of(CategorizedEntity entity) =>
        new(
            new(entity.Offset, entity.Length),
            entity.Text,
            LanguageService.KindOf(entity.Category.ToString(), entity.SubCategory),
            entity.ConfidenceScore
        );

    private static Domain.SentenceSentiment Of(Azure.AI.TextAnalytics.SentenceSentiment sentence) =>
        new(
            new(sentence.Offset, sentence.Length),
            sentence.ConfidenceScores.Positive - sentence.ConfidenceScores.Negative
        );
}
