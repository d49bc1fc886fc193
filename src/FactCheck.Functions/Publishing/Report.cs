using System.Text.Json.Serialization;
using FactCheck.Domain;

namespace FactCheck.Functions.Publishing;

/// <summary>A published fact check, as JSON serves it and the page shows it. Holds nothing internal.</summary>
/// <param name="Retracted">True when everything was taken back.</param>
/// <param name="Verdicts">In the order of the article.</param>
/// <param name="History">Earlier versions and this one, newest first.</param>
public sealed record Report(
    string Id,
    Uri Url,
    string Title,
    string? Outlet,
    Uri? ArticleUrl,
    DateOnly? ArticlePublished,
    int Version,
    DateTimeOffset PublishedAt,
    bool Retracted,
    string? Note,
    IReadOnlyList<ReportedVerdict> Verdicts,
    IReadOnlyList<ReportVersion> History
);

/// <summary>
/// A verdict in a report. <c>At</c> says when it is said in a recording, as hours:minutes:seconds; null for other
/// texts.
/// </summary>
public sealed record ReportedVerdict(
    string StatementId,
    Uri Url,
    StatementKind Kind,
    string Text,
    string? Speaker,
    string Rating,
    string RatingLabel,
    string RatingDefinition,
    string? Explanation,
    IReadOnlyList<ReportedEvidence> Evidence,
    int Version,
    VerdictChange Change,
    string? PreviousRatingLabel,
    DateTimeOffset PublishedAt,
    DateTimeOffset ReviewBy,
    string? At = null
);

/// <summary>Public evidence.</summary>
public sealed record ReportedEvidence(
    Uri? Url,
    string? Title,
    string? Publisher,
    DateOnly? Published,
    string? Excerpt,
    EvidenceKind Kind,
    Stance Stance
);

/// <summary>A version of a report.</summary>
public sealed record ReportVersion(int Version, DateTimeOffset At, string? Note, bool Retraction);

/// <summary>schema.org ClaimReview, in the form that Google's fact check documentation asks for.</summary>
public sealed record ClaimReview(
    [property: JsonPropertyName("@context")] string Context,
    [property: JsonPropertyName("@type")] string Type,
    Uri Url,
    DateOnly DatePublished,
    string ClaimReviewed,
    Publisher Author,
    ReviewedClaim ItemReviewed,
    ReviewRating ReviewRating
);

/// <summary>Who reviewed.</summary>
public sealed record Publisher([property: JsonPropertyName("@type")] string Type, string Name, Uri Url, Uri? Logo);

/// <summary>What was reviewed.</summary>
public sealed record ReviewedClaim(
    [property: JsonPropertyName("@type")] string Type,
    Claimant? Author,
    DateOnly? DatePublished,
    AppearanceOfClaim? Appearance
);

/// <summary>Who claimed it.</summary>
public sealed record Claimant([property: JsonPropertyName("@type")] string Type, string Name);

/// <summary>Where it was claimed.</summary>
public sealed record AppearanceOfClaim(
    [property: JsonPropertyName("@type")] string Type,
    Uri? Url,
    string? Headline,
    DateOnly? DatePublished
);

/// <summary>The rating; numbers only where the scale has an order.</summary>
public sealed record ReviewRating(
    [property: JsonPropertyName("@type")] string Type,
    int? RatingValue,
    int? BestRating,
    int? WorstRating,
    string AlternateName,
    string? RatingExplanation
);

/// <summary>JSON Feed 1.1.</summary>
public sealed record JsonFeed(
    string Version,
    string Title,
    [property: JsonPropertyName("home_page_url")] Uri HomePageUrl,
    [property: JsonPropertyName("feed_url")] Uri FeedUrl,
    IReadOnlyList<JsonFeedItem> Items
);

/// <summary>An item of a JSON Feed.</summary>
public sealed record JsonFeedItem(
    string Id,
    Uri Url,
    string Title,
    [property: JsonPropertyName("content_text")] string ContentText,
    [property: JsonPropertyName("date_published")] DateTimeOffset DatePublished
);

/// <summary>How published documents are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(ClaimReview))]
[JsonSerializable(typeof(JsonFeed))]
internal sealed partial class ReportJson : JsonSerializerContext;
