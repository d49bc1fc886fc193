using Azure.AI.TextAnalytics;
using FactCheck.Domain;

namespace FactCheck.Functions.Hosting.Azure;

/// <summary>Text analytics by Azure AI Language. The SDK asks the service for offsets in UTF-16 code units, as ours are.</summary>
internal sealed class AzureTextAnalytics(TextAnalyticsClient client) : ITextAnalytics
{
    /// <summary>The service's limit for one document of a synchronous call.</summary>
    public int MaxCharacters => 5_120;

    public async Task<TextInsights> AnalyzeAsync(string text, string? language, CancellationToken cancellation = default)
    {
        if (string.IsNullOrWhiteSpace(text)) return TextInsights.None;
        DetectedLanguage detected = await client.DetectLanguageAsync(text, countryHint: null, cancellation);
        var code = detected.ConfidenceScore > 0 && detected.Iso6391Name is { Length: 2 } iso ? iso : null;
        var spoken = language ?? code;

        var entities = client.RecognizeEntitiesAsync(text, spoken, cancellation);
        var sentiment = client.AnalyzeSentimentAsync(text, spoken, cancellation);
        var phrases = client.ExtractKeyPhrasesAsync(text, spoken, cancellation);
        await Task.WhenAll(entities, sentiment, phrases);
        return new(
            code,
            detected.ConfidenceScore,
            [.. (await entities).Value.Select(e => new Entity(new(e.Offset, e.Length), e.Text, KindOf(e), e.ConfidenceScore)).OrderBy(e => e.Span.Start)],
            [.. (await sentiment).Value.Sentences.Select(s => new Domain.SentenceSentiment(new(s.Offset, s.Length), s.ConfidenceScores.Positive - s.ConfidenceScores.Negative))],
            [.. (await phrases).Value]);
    }

    // The service's categories and subcategories are strings that grow; what is not listed is Other.
    private static EntityKind KindOf(CategorizedEntity entity) => (entity.Category.ToString(), entity.SubCategory) switch
    {
        ("Person" or "PersonType", _) => EntityKind.Person,
        ("Organization", _) => EntityKind.Organization,
        ("Location" or "Address", _) => EntityKind.Location,
        ("Event", _) => EntityKind.Event,
        ("DateTime", _) => EntityKind.Date,
        ("Quantity", "Currency") => EntityKind.Money,
        ("Quantity", "Percentage") => EntityKind.Percent,
        ("Quantity", _) => EntityKind.Quantity,
        _ => EntityKind.Other,
    };
}
