using System.Text.Json.Serialization;

namespace FactCheck.Functions.Publishing;

/// <summary>A published fact check, as JSON serves it and the page shows it. Holds nothing internal.</summary>
/// <param name="Outlet">Who published the article.</param>
/// <param name="ArticleUrl">Where the article stands.</param>
/// <param name="PublishedAt">When this version was asked for.</param>
/// <param name="Retracted">True when everything was taken back.</param>
/// <param name="Note">What the desk says about this version.</param>
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

/// <summary>A verdict in a report.</summary>
/// <param name="Url">Its own page.</param>
/// <param name="Speaker">Claimant or speaker.</param>
/// <param name="Rating">Id of the rating.</param>
/// <param name="RatingLabel">As it reads.</param>
/// <param name="Evidence">What is public of it.</param>
/// <param name="PreviousRatingLabel">What a correction takes back.</param>
/// <param name="ReviewBy">When it is looked at again.</param>
/// <param name="At">When it is said in a recording: hours:minutes:seconds; null for other texts.</param>
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
/// <param name="Retraction">True when it took everything back.</param>
public sealed record ReportVersion(int Version, DateTimeOffset At, string? Note, bool Retraction);

/// <summary>schema.org ClaimReview, in the form that Google's fact check documentation asks for.</summary>
/// <param name="Context">https://schema.org</param>
/// <param name="Type">ClaimReview.</param>
/// <param name="Url">The verdict's page.</param>
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
/// <param name="Type">Organization.</param>
public sealed record Publisher([property: JsonPropertyName("@type")] string Type, string Name, Uri Url, Uri? Logo);

/// <summary>What was reviewed.</summary>
/// <param name="Type">Claim.</param>
public sealed record ReviewedClaim(
    [property: JsonPropertyName("@type")] string Type,
    Claimant? Author,
    DateOnly? DatePublished,
    AppearanceOfClaim? Appearance
);

/// <summary>Who claimed it.</summary>
/// <param name="Type">Person or Organization.</param>
public sealed record Claimant([property: JsonPropertyName("@type")] string Type, string Name);

/// <summary>Where it was claimed.</summary>
/// <param name="Type">Article.</param>
public sealed record AppearanceOfClaim(
    [property: JsonPropertyName("@type")] string Type,
    Uri? Url,
    string? Headline,
    DateOnly? DatePublished
);

/// <summary>The rating; numbers only where the scale has an order.</summary>
/// <param name="RatingValue">Its place on the scale.</param>
/// <param name="AlternateName">As it reads.</param>
/// <param name="Type">Rating.</param>
public sealed record ReviewRating(
    [property: JsonPropertyName("@type")] string Type,
    int? RatingValue,
    int? BestRating,
    int? WorstRating,
    string AlternateName,
    string? RatingExplanation
);

/// <summary>JSON Feed 1.1.</summary>
/// <param name="Version">https://jsonfeed.org/version/1.1</param>
public sealed record JsonFeed(
    string Version,
    string Title,
    [property: JsonPropertyName("home_page_url")] Uri HomePageUrl,
    [property: JsonPropertyName("feed_url")] Uri FeedUrl,
    IReadOnlyList<JsonFeedItem> Items
);

/// <summary>An item of a JSON Feed.</summary>
/// <param name="Id">Article and version.</param>
/// <param name="ContentText">A line for each verdict.</param>
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
