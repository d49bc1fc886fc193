using FactCheck.Domain;

namespace FactCheck.Extraction;

/// <summary>Text analytics without a service. Knows nothing yet but the language that it is told.</summary>
public sealed class LocalTextAnalytics : ITextAnalytics
{
    /// <inheritdoc/>
    public int MaxCharacters => 5_000;

    /// <inheritdoc/>
    public Task<TextInsights> AnalyzeAsync(string text, string? language, CancellationToken cancellation = default) => Task.FromResult(TextInsights.None with { Language = language });
}
