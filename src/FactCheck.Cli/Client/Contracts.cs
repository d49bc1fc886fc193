using System.Text.Json.Serialization;
using FactCheck.Domain;

namespace FactCheck.Cli.Client;

// What the host's openapi.json says, as far as it is used here; a test compares each record with the schema of its
// name.

/// <summary>Some of a list.</summary>
internal sealed record ListOf<T>(IReadOnlyList<T> Items, string? Cursor);

/// <summary>A one-time code from a sign-in link.</summary>
internal sealed record SignIn(string Code);

/// <summary>A bearer token.</summary>
internal sealed record IssuedToken(string Token, string Name, Role Role, DateTimeOffset ExpiresAt);

/// <summary>Who is signed in.</summary>
internal sealed record Me(string Name, Role Role, DateTimeOffset ExpiresAt);

/// <summary>An article in a list.</summary>
internal sealed record ArticleSummary(
    string Id,
    string Name,
    string Title,
    ArticleStage Stage,
    int Run,
    int Statements,
    int OpenTasks,
    Rejection? Rejection,
    string? Failure,
    int PublishedVersion,
    bool Retracted,
    DateTimeOffset UpdatedAt,
    string? ContentHash
);

/// <summary>An article that was taken in.</summary>
internal sealed record ArticleAccepted(string Id, string Name);

/// <summary>An article with what is known of it.</summary>
internal sealed record ArticleDetail(
    ArticleSummary Article,
    IReadOnlyList<TaskSummary> Tasks,
    string? PublicationObstacle,
    string? ReportUrl
);

/// <summary>A statement as a reviewer sees it.</summary>
internal sealed record StatementView(
    string Id,
    StatementKind Kind,
    string Text,
    string? Speaker,
    string? SpeakerReason,
    double SpeakerConfidence,
    QuoteKind? QuoteKind,
    ClaimKind? ClaimKind,
    double Score,
    IReadOnlyList<CheckWorthinessReason> Reasons,
    IReadOnlyList<EarlierVerdict> Matches,
    StatementInsights? Insights,
    TextSpan? Span,
    string? TaskId,
    Verdict? Verdict,
    string? Replaces,
    string? AddedBy,
    string? At
);

/// <summary>A task in a list.</summary>
internal sealed record TaskSummary(
    string Id,
    string ArticleId,
    string ArticleTitle,
    StatementKind Kind,
    string Text,
    string? Speaker,
    TaskState State,
    TaskOrigin Origin,
    int Priority,
    bool Escalated,
    DateTimeOffset Deadline,
    string? Assignee,
    Lease? Lease,
    string ETag
);

/// <summary>A rating that can be chosen.</summary>
internal sealed record RatingChoice(string Id, string Label, string Definition, bool NeedsEvidence);

/// <summary>A task with everything a reviewer needs.</summary>
internal sealed record TaskDetail(
    TaskSummary Task,
    IReadOnlyList<string> Why,
    StatementView Statement,
    ArticleMeta Meta,
    string Text,
    IReadOnlyList<Drift> Drift,
    Decision? Proposal,
    IReadOnlyList<Decision> History,
    IReadOnlyList<RatingChoice> Ratings
);

/// <summary>An answer to a task.</summary>
internal sealed record NewDecision(
    DecisionAction Action,
    string? Rating,
    string? Explanation,
    IReadOnlyList<Evidence>? Evidence,
    RejectReason? Reason,
    Uri? AlreadyCheckedAt,
    string? Note,
    Amendment? Amendment
);

/// <summary>What came of an answer.</summary>
internal sealed record DecisionTaken(TaskSummary Task, ArticleSummary Article);

/// <summary>What to do about the public.</summary>
internal sealed record NewPublication(bool Retract, VerdictChange? Change, string? Note);

/// <summary>A publication that was asked for.</summary>
internal sealed record PublicationAsked(string ArticleId, int Version, string ReportUrl);

/// <summary>Something that changed.</summary>
internal sealed record Change(string ArticleId, string? TaskId, string What, DateTimeOffset At);

/// <summary>An article's audit chain.</summary>
internal sealed record AuditTrail(IReadOnlyList<AuditEntry> Entries, bool Intact, string? Problem);

/// <summary>Problem details of RFC 9457.</summary>
internal sealed record Problem(
    string? Title,
    int Status,
    string? Detail,
    IReadOnlyDictionary<string, string>? Errors,
    string? Holder,
    DateTimeOffset? Until
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(IssuedToken))]
[JsonSerializable(typeof(ListOf<StatementView>))]
[JsonSerializable(typeof(ListOf<ArticleSummary>))]
[JsonSerializable(typeof(ArticleAccepted))]
[JsonSerializable(typeof(ArticleDetail))]
[JsonSerializable(typeof(ListOf<TaskSummary>))]
[JsonSerializable(typeof(TaskDetail))]
[JsonSerializable(typeof(NewDecision))]
[JsonSerializable(typeof(DecisionTaken))]
[JsonSerializable(typeof(NewPublication))]
[JsonSerializable(typeof(PublicationAsked))]
[JsonSerializable(typeof(ListOf<Change>))]
[JsonSerializable(typeof(AuditTrail))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(IReadOnlyList<Evidence>))]
internal sealed partial class HostJson : JsonSerializerContext;
