using System.Text.Json;
using System.Text.Json.Serialization;
using FactCheck.Domain;

namespace FactCheck.Contracts;

/// <summary>Some of a list; give the cursor to get what follows, null at the end.</summary>
public sealed record ListOf<T>(IReadOnlyList<T> Items, string? Cursor = null);

/// <summary>Who is signed in.</summary>
public sealed record Me(string Name, Role Role, DateTimeOffset ExpiresAt);

/// <summary>A one-time code from a sign-in link.</summary>
public sealed record SignIn(string? Code);

/// <summary>A bearer token for programs.</summary>
public sealed record IssuedToken(string Token, string Name, Role Role, DateTimeOffset ExpiresAt);

/// <summary>
/// An article in a list. <c>ContentHash</c> tells who uploads whether the host holds these bytes and this metadata
/// already.
/// </summary>
public sealed record ArticleSummary(
    string Id,
    string Name,
    string Title,
    string? Outlet,
    Purpose Purpose,
    ArticleStage Stage,
    int Run,
    int Statements,
    int OpenTasks,
    Rejection? Rejection,
    string? Failure,
    int PublishedVersion,
    bool Retracted,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? ContentHash
);

/// <summary>An article that was taken in.</summary>
public sealed record ArticleAccepted(string Id, string Name);

/// <summary>An article with its text.</summary>
/// <param name="Text">The text of the newest run that could be read; null before.</param>
/// <param name="PublicationObstacle">Why it can't be published now; null when it can.</param>
/// <param name="ReportUrl">Where its fact check stands; null while nothing is public.</param>
public sealed record ArticleDetail(
    ArticleSummary Article,
    ArticleMeta Meta,
    string? Text,
    IReadOnlyList<TaskSummary> Tasks,
    IReadOnlyList<CasePublication> Publications,
    string? PublicationObstacle,
    string? ReportUrl
);

/// <summary>A statement as a reviewer sees it.</summary>
/// <param name="SpeakerConfidence">0..1.</param>
/// <param name="Score">Check-worthiness, 0..1.</param>
/// <param name="Linked">The quote round a claim, or the claims in a quote.</param>
/// <param name="Matches">Earlier verdicts about the same or a similar thing.</param>
/// <param name="Insights">What text analytics says; null when it says nothing.</param>
/// <param name="Span">Where it stands in the article's text, in UTF-16 code units; null when it is gone.</param>
/// <param name="TaskId">Its newest task; null for a candidate.</param>
/// <param name="Replaces">The wording it took the place of, when a revision changed it.</param>
/// <param name="At">When it is said in a recording: hours:minutes:seconds; null for other texts.</param>
public sealed record StatementView(
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
    IReadOnlyList<string> Linked,
    IReadOnlyList<EarlierVerdict> Matches,
    StatementInsights? Insights,
    TextSpan? Span,
    string? TaskId,
    TaskState? TaskState,
    Verdict? Verdict,
    string? Replaces,
    string? AddedBy,
    string? At
);

/// <summary>Adds a statement: an existing candidate by id, or a span with its kind.</summary>
/// <param name="CandidateId">A candidate to promote; then nothing else is given.</param>
public sealed record NewStatement(string? CandidateId, StatementKind? Kind, TextSpan? Span, string? Speaker);

/// <summary>A task in a list. <c>ETag</c> is what <c>If-Match</c> takes, quotes included.</summary>
public sealed record TaskSummary(
    string Id,
    string ArticleId,
    string ArticleTitle,
    string StatementId,
    StatementKind Kind,
    string Text,
    string? Speaker,
    TaskState State,
    TaskOrigin Origin,
    int Priority,
    bool Escalated,
    DateTimeOffset CreatedAt,
    DateTimeOffset Deadline,
    string? Assignee,
    Lease? Lease,
    string ETag
);

/// <summary>A rating that can be chosen.</summary>
public sealed record RatingChoice(string Id, string Label, string Definition, bool NeedsEvidence);

/// <summary>A task with everything a reviewer needs.</summary>
/// <param name="Text">The article's text; <c>Statement.Span</c> counts in it.</param>
/// <param name="Proposal">The decision that waits for a second person, or that closed it.</param>
public sealed record TaskDetail(
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

/// <summary>Whose a task shall be; null for mine.</summary>
public sealed record Assignment(string? Assignee);

/// <summary>An answer to a task.</summary>
public sealed record NewDecision(
    DecisionAction? Action,
    string? Rating,
    string? Explanation,
    IReadOnlyList<Evidence>? Evidence,
    RejectReason? Reason,
    Uri? AlreadyCheckedAt,
    string? Note,
    Amendment? Amendment
);

/// <summary>What came of an answer. The task's ETag is empty: read the task again to go on with it.</summary>
public sealed record DecisionTaken(TaskSummary Task, ArticleSummary Article);

/// <summary>What to do about the public: publish what is decided, or take everything back.</summary>
/// <param name="Retract">True takes it back.</param>
/// <param name="Change">"Clarification" where an update only explains better.</param>
/// <param name="Note">Public; required for a retraction.</param>
public sealed record NewPublication(bool Retract, VerdictChange? Change, string? Note);

/// <summary>A publication that was asked for.</summary>
public sealed record PublicationAsked(string ArticleId, int Version, string ReportUrl);

/// <summary>A decided claim that was found.</summary>
public sealed record FoundClaim(
    string StatementId,
    StatementKind Kind,
    string Text,
    string? Speaker,
    string Rating,
    double Similarity,
    string ArticleTitle,
    string Url,
    DateTimeOffset PublishedAt
);

/// <summary>Something that changed.</summary>
public sealed record Change(string ArticleId, string? TaskId, string What, DateTimeOffset At);

/// <summary>What to look at again; nothing given: everything that is due.</summary>
public sealed record NewReverification(string? StatementId);

/// <summary>A re-verification that was started.</summary>
public sealed record ReverificationAsked(string Id);

/// <summary>An article's audit chain.</summary>
/// <param name="Intact">True when no entry was changed, removed or moved.</param>
public sealed record AuditTrail(IReadOnlyList<AuditEntry> Entries, bool Intact, string? Problem);

/// <summary>A reader reports an error.</summary>
/// <param name="Message">What is wrong, 10 to 2,000 characters.</param>
/// <param name="Contact">How to answer; optional.</param>
public sealed record NewCorrectionRequest(string? Id, string? Message, string? Contact);

/// <summary>What a reader reported.</summary>
public sealed record CorrectionRequest(string Id, string About, string Message, string? Contact, DateTimeOffset At);

/// <summary>How the host is.</summary>
public sealed record Health(string Status);

/// <summary>Problem details of RFC 9457.</summary>
/// <param name="Holder">Who holds the lease, for 409.</param>
/// <param name="Until">Until when, for 409.</param>
public sealed record Problem(
    string Title,
    int Status,
    string Detail,
    IReadOnlyDictionary<string, string>? Errors = null,
    string? Holder = null,
    DateTimeOffset? Until = null
);

/// <summary>Enums by name and never by number: no number stands for a kind or an action that there is not.</summary>
internal sealed class EnumNames : JsonConverterFactory
{
    private static readonly JsonStringEnumConverter ByName = new(namingPolicy: null, allowIntegerValues: false);

    public override bool CanConvert(Type typeToConvert) => ByName.CanConvert(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        ByName.CreateConverter(typeToConvert, options);
}

/// <summary>How requests and answers are written: camelCase, enums by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EnumNames)],
    MaxDepth = 16
)]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(IssuedToken))]
[JsonSerializable(typeof(ListOf<ArticleSummary>))]
[JsonSerializable(typeof(ArticleAccepted))]
[JsonSerializable(typeof(ArticleDetail))]
[JsonSerializable(typeof(ListOf<StatementView>))]
[JsonSerializable(typeof(NewStatement))]
[JsonSerializable(typeof(ListOf<TaskSummary>))]
[JsonSerializable(typeof(TaskSummary))]
[JsonSerializable(typeof(TaskDetail))]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(NewDecision))]
[JsonSerializable(typeof(IReadOnlyList<Evidence>))]
[JsonSerializable(typeof(DecisionTaken))]
[JsonSerializable(typeof(NewPublication))]
[JsonSerializable(typeof(PublicationAsked))]
[JsonSerializable(typeof(ListOf<FoundClaim>))]
[JsonSerializable(typeof(ListOf<Change>))]
[JsonSerializable(typeof(NewReverification))]
[JsonSerializable(typeof(ReverificationAsked))]
[JsonSerializable(typeof(ListOf<ReverificationReport>))]
[JsonSerializable(typeof(AuditTrail))]
[JsonSerializable(typeof(NewCorrectionRequest))]
[JsonSerializable(typeof(ListOf<CorrectionRequest>))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Problem))]
public sealed partial class HttpJson : JsonSerializerContext;
