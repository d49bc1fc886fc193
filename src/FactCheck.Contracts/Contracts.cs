using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FactCheck.Domain;

namespace FactCheck.Contracts;

/// <summary>Some of a list.</summary>
/// <param name="Cursor">Give it as ?cursor= to get what follows; null at the end.</param>
public sealed record ListOf<T>(IReadOnlyList<T> Items, string? Cursor = null);

/// <summary>Who is signed in.</summary>
/// <param name="Name">As it stands on decisions.</param>
/// <param name="ExpiresAt">When the token or session ends.</param>
/// <param name="Id">As it stands beside the name; it stays the same whatever the name is.</param>
/// <param name="Desks">Those that they are on; null where desks are not parted.</param>
public sealed record Me(
    string Name,
    Role Role,
    DateTimeOffset ExpiresAt,
    string Id,
    IReadOnlyList<string>? Desks = null
);

/// <summary>A one-time code from a sign-in link.</summary>
/// <param name="Code">The part of the link after #code=.</param>
/// <example>{ "code": "6f1c0b7d2a9e4f5880c3d1e2b4a69788" }</example>
public sealed record SignIn(string? Code);

/// <summary>A bearer token for programs.</summary>
/// <param name="Token">Send it as Authorization: Bearer …</param>
public sealed record IssuedToken(string Token, string Name, Role Role, DateTimeOffset ExpiresAt);

/// <summary>Somebody on the list of people.</summary>
/// <param name="Id">Never changed, and never given to another.</param>
/// <param name="Name">For show.</param>
/// <param name="Role">What they may do; of who comes by an issuer, what their token said last.</param>
/// <param name="Issuer">Who vouches for them; null for people whom this desk knows itself.</param>
/// <param name="Subject">Who they are to the issuer.</param>
/// <param name="LikeName">Whose name looked like theirs when they came, so that something was added to it.</param>
/// <param name="FormerNames">What they were called here before.</param>
/// <param name="InvitedBy">Who let them in; "host" for who came by an issuer or with a token of a former release.</param>
/// <param name="InvitedById">The same, by id; null for what is no person.</param>
/// <param name="Since">When they were put on the list.</param>
/// <param name="LastSeenAt">To the hour; null for who never was here.</param>
/// <param name="EndedAt">When their access was ended; null while they are let in.</param>
/// <param name="Sessions">On the page, that run.</param>
/// <param name="Tokens">That are good.</param>
/// <param name="Desks">Those that they are on.</param>
public sealed record PersonView(
    string Id,
    string Name,
    Role Role,
    string? Issuer,
    string? Subject,
    string? LikeName,
    IReadOnlyList<string> FormerNames,
    string InvitedBy,
    string? InvitedById,
    DateTimeOffset Since,
    DateTimeOffset? LastSeenAt,
    DateTimeOffset? EndedAt,
    int Sessions,
    int Tokens,
    IReadOnlyList<string> Desks
)
{
    /// <summary>From the list, and what they hold that is good.</summary>
    public static PersonView Of(Member member, Seen? seen, IEnumerable<TokenRecord> held)
    {
        var isSession = held.Select(t => t.IsSession).ToList();
        return new(
            member.Id,
            member.Name,
            member.Issuer is null ? member.Role : seen?.Role ?? member.Role,
            member.Issuer,
            member.Subject,
            member.LikeName,
            member.FormerNames,
            member.InvitedBy.Name,
            member.InvitedBy.Id,
            member.Since,
            seen?.At,
            member.EndedAt,
            isSession.Count(session => session),
            isSession.Count(session => !session),
            member.Desks
        );
    }
}

/// <summary>Somebody to let in.</summary>
/// <param name="Name">For show, on every decision. Required.</param>
/// <param name="Role">Required.</param>
/// <param name="Desks">Those that they are on; none where nothing is given.</param>
/// <example>{ "name": "jo.falk", "role": "Reviewer", "desks": ["Sport"] }</example>
public sealed record NewPerson(
    [property: StringLength(64)] string? Name,
    Role? Role,
    IReadOnlyList<string>? Desks = null
);

/// <summary>What becomes of somebody on the list; what is not given stays.</summary>
/// <param name="Name">For show from now on: what was done before stands under the name of then.</param>
/// <param name="Role">Not of who comes by an issuer: theirs is what the issuer says.</param>
/// <param name="Readmit">True lets somebody in again whose access was ended.</param>
/// <param name="Desks">All that they are on from now on; an empty list takes them off every desk.</param>
/// <example>{ "role": "Editor" }</example>
public sealed record PersonChange(
    [property: StringLength(64)] string? Name = null,
    Role? Role = null,
    bool Readmit = false,
    IReadOnlyList<string>? Desks = null
);

/// <summary>Somebody who was let in.</summary>
/// <param name="Link">Signs them in, once. Nothing keeps it: hand it on.</param>
/// <param name="ExpiresAt">Until when the link is good.</param>
public sealed record Invitation(PersonView Person, string Link, DateTimeOffset ExpiresAt);

/// <summary>One of the caller's own sessions or tokens, without what it is.</summary>
/// <param name="IsSession">True for one of the page.</param>
/// <param name="Role">The most that it allows.</param>
/// <param name="ReadOnly">True where it changes nothing.</param>
/// <param name="LastUsedAt">To the hour; null for never.</param>
/// <param name="IsCurrent">True for what this call came with.</param>
public sealed record TokenView(
    string Id,
    bool IsSession,
    Role Role,
    bool ReadOnly,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt,
    bool IsCurrent
)
{
    /// <summary>From what was issued, and when each was last used.</summary>
    public static TokenView Of(TokenRecord record, IReadOnlyDictionary<string, DateTimeOffset> uses, bool isCurrent) =>
        new(
            record.Id,
            record.IsSession,
            record.Role,
            record.ReadOnly,
            record.IssuedAt,
            record.ExpiresAt,
            uses.TryGetValue(record.Id, out var at) ? at : null,
            isCurrent
        );
}

/// <summary>An article in a list.</summary>
/// <param name="Id">26 base32 characters.</param>
/// <param name="Name">Its name in the container.</param>
/// <param name="Title">Headline; the name where it has none.</param>
/// <param name="Run">The newest version that arrived, from 1.</param>
/// <param name="Statements">Claims and quotes in the newest text.</param>
/// <param name="LeftOut">Claims and quotes that were found beyond as many as the desk keeps of a text.</param>
/// <param name="OpenTasks">Tasks that wait for somebody.</param>
/// <param name="Rejection">Why the file could not be read; null when it was.</param>
/// <param name="Failure">Why the check failed; null when it did not.</param>
/// <param name="PublishedVersion">The fact check that is public; 0 while none is.</param>
/// <param name="Retracted">True when everything was taken back.</param>
/// <param name="CreatedAt">When the first version arrived.</param>
/// <param name="UpdatedAt">When anything last changed.</param>
/// <param name="ContentHash">Lower-case hex SHA-256 of the newest version's bytes, followed by each metadata value as a
/// line feed, lower-case name, equals sign, length, colon and value, in order of name. Whoever uploads can tell whether
/// the host holds it already; null where an older release took it in.</param>
/// <param name="PurposeProblem">Why it counts as own copy although nobody clearly said so; null where they did, and once
/// an editor has answered.</param>
/// <param name="LittleRead">Why it seems that too little of the file was read, or that there is nothing to check; null
/// where it does not.</param>
/// <param name="Desk">The desk that works on it, where desks are parted; null for everybody's.</param>
public sealed record ArticleSummary(
    string Id,
    string Name,
    string Title,
    string? Outlet,
    Purpose Purpose,
    ArticleStage Stage,
    int Run,
    int Statements,
    int LeftOut,
    int OpenTasks,
    Rejection? Rejection,
    string? Failure,
    int PublishedVersion,
    bool Retracted,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? ContentHash,
    string? PurposeProblem,
    string? LittleRead,
    string? Desk = null
);

/// <summary>An article that was taken in.</summary>
/// <param name="Id">In every address and id that belongs to it.</param>
/// <param name="Name">Its name in the container.</param>
public sealed record ArticleAccepted(string Id, string Name);

/// <summary>An article with its text, tasks and publications.</summary>
/// <param name="Text">The text of the newest run that could be read; null before.</param>
/// <param name="Tasks">The newest round about each statement, by priority.</param>
/// <param name="Publications">Oldest first.</param>
/// <param name="PublicationObstacle">Why it can't be published now; null when it can.</param>
/// <param name="ReportUrl">Where its fact check stands; null while nothing is public.</param>
/// <param name="Receipt">How the text was read; null before, and where an older release read it.</param>
public sealed record ArticleDetail(
    ArticleSummary Article,
    ArticleMeta Meta,
    string? Text,
    IReadOnlyList<TaskSummary> Tasks,
    IReadOnlyList<CasePublication> Publications,
    string? PublicationObstacle,
    string? ReportUrl,
    ReadingReceipt? Receipt
);

/// <summary>A claim or a quote as a reviewer sees it; a candidate until it has a task.</summary>
/// <param name="Id">Article id, fingerprint, occurrence.</param>
/// <param name="Text">Standalone wording of a claim; the words of a quote.</param>
/// <param name="Speaker">Claimant or speaker.</param>
/// <param name="SpeakerReason">How the speaker was found.</param>
/// <param name="SpeakerConfidence">0..1.</param>
/// <param name="Score">Check-worthiness, 0..1.</param>
/// <param name="Reasons">What the score comes from, strongest first.</param>
/// <param name="Linked">Ids of the quote round a claim, or of the claims in a quote.</param>
/// <param name="Matches">Earlier verdicts about the same or a similar thing, best first.</param>
/// <param name="Insights">What text analytics says; null when it says nothing.</param>
/// <param name="Span">Where it stands in the article's text, in UTF-16 code units; null when it is gone.</param>
/// <param name="TaskId">Its newest task; null for a candidate.</param>
/// <param name="Verdict">The published one.</param>
/// <param name="Replaces">The wording it took the place of, when a revision changed it.</param>
/// <param name="AddedBy">Who added it by hand.</param>
/// <param name="FoundBy">What found a quote: "rules", or the version of a model; null for claims.</param>
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
    string? FoundBy,
    string? At
);

/// <summary>A candidate to promote, or a span that the extractor missed.</summary>
/// <param name="CandidateId">The candidate; then nothing else is given.</param>
/// <param name="Kind">Of a new statement.</param>
/// <param name="Span">Of a new statement: 1 to 2,000 code units of the article's text.</param>
/// <param name="Speaker">Of a new statement.</param>
/// <example>{ "kind": "Quote", "span": { "start": 88, "length": 37 }, "speaker": "Anna Brandt" }</example>
public sealed record NewStatement(
    string? CandidateId,
    StatementKind? Kind,
    TextSpan? Span,
    [property: StringLength(200)] string? Speaker
);

/// <summary>A task in a list.</summary>
/// <param name="Id">Statement id and round.</param>
/// <param name="Speaker">Claimant or speaker.</param>
/// <param name="Origin">Why it was opened.</param>
/// <param name="Priority">0 to 100, higher first.</param>
/// <param name="Escalated">True when it waited past its deadline.</param>
/// <param name="Deadline">When it should be decided.</param>
/// <param name="Assignee">Whose it is.</param>
/// <param name="AssigneeId">The same, by id; null where a former release assigned it.</param>
/// <param name="HolderId">Who works on it just now, by id.</param>
/// <param name="Lease">Who works on it just now.</param>
/// <param name="ETag">Changes with every change. The same as the header ETag, quotation marks included, and what
/// If-Match takes; empty in the answer to a decision.</param>
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
    string ETag,
    string? AssigneeId = null,
    string? HolderId = null
);

/// <summary>A rating that can be chosen.</summary>
/// <param name="Id">What a decision names.</param>
/// <param name="Label">As it is published.</param>
/// <param name="Definition">What it means.</param>
/// <param name="NeedsEvidence">False where the lack of evidence is the finding.</param>
public sealed record RatingChoice(string Id, string Label, string Definition, bool NeedsEvidence);

/// <summary>A task with everything a reviewer needs.</summary>
/// <param name="Why">Why it was opened, in words.</param>
/// <param name="Text">The article's text; the statement's span counts in it.</param>
/// <param name="Drift">What re-verification found.</param>
/// <param name="Proposal">The decision that waits for a second person, or that closed it.</param>
/// <param name="History">Every decision, oldest first.</param>
/// <param name="Ratings">Those of its kind.</param>
/// <param name="ProposedById">Who made the proposal, by id; null without one, and where a former release kept it.</param>
public sealed record TaskDetail(
    TaskSummary Task,
    IReadOnlyList<string> Why,
    StatementView Statement,
    ArticleMeta Meta,
    string Text,
    IReadOnlyList<Drift> Drift,
    Decision? Proposal,
    IReadOnlyList<Decision> History,
    IReadOnlyList<RatingChoice> Ratings,
    string? ProposedById = null
);

/// <summary>Whose a task shall be.</summary>
/// <param name="Assignee">Somebody's name on this desk, or id; null for mine.</param>
/// <example>{ "assignee": "jo.falk" }</example>
public sealed record Assignment(string? Assignee);

/// <summary>An answer to a task.</summary>
/// <param name="Action">What is answered. Required.</param>
/// <param name="Rating">Id of a rating of the statement's kind; required to approve and amend, forbidden to reject.</param>
/// <param name="Explanation">Why the evidence leads to the rating; required with it.</param>
/// <param name="Evidence">What the verdict rests on, at most 20.</param>
/// <param name="Reason">Required to reject.</param>
/// <param name="AlreadyCheckedAt">The earlier check; required for AlreadyChecked.</param>
/// <param name="Note">For the colleagues, never published; required to return.</param>
/// <param name="Amendment">Required to amend, forbidden to approve.</param>
/// <example>
/// {
///   "action": "Approve",
///   "rating": "False",
///   "explanation": "The final account of the building office says 61 million euros.",
///   "evidence": [
///     {
///       "url": "https://lenne.example/final-account",
///       "title": "Final account of the bridge",
///       "publisher": "Town of Lenne",
///       "published": "2025-01-15",
///       "excerpt": "Total: 61,204,000 euros.",
///       "kind": "Primary",
///       "visibility": "Public",
///       "stance": "Refutes"
///     }
///   ]
/// }
/// </example>
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

/// <summary>What came of an answer. Read the task again to go on with it: its ETag is empty here.</summary>
public sealed record DecisionTaken(TaskSummary Task, ArticleSummary Article);

/// <summary>What to do about the public: publish what is decided, or take everything back.</summary>
/// <param name="Retract">True takes it back.</param>
/// <param name="Change">Update, or Clarification where an update only explains better; corrections are found by comparing
/// ratings.</param>
/// <param name="Note">Public; required for a retraction.</param>
/// <example>
/// { "retract": false, "change": "Clarification", "note": "The explanation now names the year of the account." }
/// </example>
public sealed record NewPublication(bool Retract = false, VerdictChange? Change = null, string? Note = null);

/// <summary>An editor's word on what an article is checked for.</summary>
/// <param name="Why">How it is known; for the desk.</param>
/// <example>
/// { "purpose": "ThirdParty", "why": "It is on the courier's site since Friday." }
/// </example>
public sealed record NewPurpose(Purpose? Purpose = null, string? Why = null);

/// <summary>An editor's word on which desk works on an article.</summary>
/// <param name="Desk">One that somebody is on; an empty text makes it everybody's. Required.</param>
/// <example>{ "desk": "Sport" }</example>
public sealed record NewDesk([property: StringLength(64)] string? Desk = null);

/// <summary>How an article is to be read from now on, later versions too. What is not given is left to the file;
/// nothing given: all of it.</summary>
/// <param name="WholePage">Of a web page, all that a browser shows, and not only what was taken for the
/// article.</param>
/// <param name="Published">Date of publication, such as 2025-11-19.</param>
/// <param name="Language">Two-letter code such as en.</param>
/// <example>
/// { "wholePage": true, "title": "Toll of the Orsel bridge rises", "published": "2025-11-19" }
/// </example>
public sealed record NewReading(
    bool WholePage = false,
    [property: StringLength(NewReading.LongestTitle)] string? Title = null,
    string? Published = null,
    [property: StringLength(NewReading.LongestOutlet)] string? Outlet = null,
    string? Language = null
)
{
    public const int LongestTitle = 300;
    public const int LongestOutlet = 200;
}

/// <summary>A publication that was asked for.</summary>
/// <param name="Version">1 for the first.</param>
/// <param name="ReportUrl">Where it will stand.</param>
public sealed record PublicationAsked(string ArticleId, int Version, string ReportUrl);

/// <summary>A published verdict that was found.</summary>
/// <param name="Speaker">Claimant or speaker.</param>
/// <param name="Rating">Id of the rating.</param>
/// <param name="Similarity">To the words asked for, 0 to 1.</param>
/// <param name="Url">Its public page.</param>
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
/// <param name="TaskId">Where it was a task that changed.</param>
/// <param name="What">As on the audit trail.</param>
public sealed record Change(string ArticleId, string? TaskId, string What, DateTimeOffset At);

/// <summary>What to look at again; nothing given: everything that is due.</summary>
/// <param name="StatementId">A statement with a published verdict.</param>
/// <example>{ "statementId": "aqjn4d5kkrzvjv3xj6o2u4n2ra.q7xk2mzn4vydp3ra-1" }</example>
public sealed record NewReverification(string? StatementId);

/// <summary>A re-verification that was started.</summary>
/// <param name="Id">As in the list.</param>
public sealed record ReverificationAsked(string Id);

/// <summary>An audit chain: an article's, or the people's.</summary>
/// <param name="Entries">Oldest first.</param>
/// <param name="Intact">True when no entry was changed, removed or moved.</param>
/// <param name="Problem">The first break, in words.</param>
public sealed record AuditTrail(IReadOnlyList<AuditEntry> Entries, bool Intact, string? Problem);

/// <summary>Why a case is taken as it is.</summary>
/// <param name="Why">How whoever takes it knows that it is right; 1 to 500 characters.</param>
/// <example>{ "why": "Compared with the copy of Monday: nothing is missing." }</example>
public sealed record NewAcceptance(string? Why);

/// <summary>A case that is taken as it is.</summary>
/// <param name="Found">What contradicted.</param>
public sealed record Acceptance(string Found);

/// <summary>A reader reports an error.</summary>
/// <param name="Id">Of the fact check or verdict: the last part of its address. Required.</param>
/// <param name="Message">What is wrong. Required.</param>
/// <param name="Contact">How to answer; optional.</param>
/// <example>
/// {
///   "id": "aqjn4d5kkrzvjv3xj6o2u4n2ra.q7xk2mzn4vydp3ra-1",
///   "message": "The account you cite is of 2023; the one of 2025 says 64 million.",
///   "contact": "reader@mail.example"
/// }
/// </example>
public sealed record NewCorrectionRequest(
    string? Id,
    [property: StringLength(NewCorrectionRequest.LongestMessage, MinimumLength = NewCorrectionRequest.ShortestMessage)]
        string? Message,
    [property: StringLength(NewCorrectionRequest.LongestContact)] string? Contact
)
{
    public const int ShortestMessage = 10;
    public const int LongestMessage = 2_000;
    public const int LongestContact = 200;
}

/// <summary>What a reader reported.</summary>
/// <param name="About">The fact check or verdict.</param>
/// <param name="Contact">How to answer.</param>
public sealed record CorrectionRequest(string Id, string About, string Message, string? Contact, DateTimeOffset At);

/// <summary>How the host is.</summary>
/// <param name="Status">"live" or "ready".</param>
public sealed record Health(string Status);

/// <summary>Problem details of RFC 9457.</summary>
/// <param name="Title">The kind of problem.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened here, in one sentence.</param>
/// <param name="Errors">Field to what is wrong with it.</param>
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

/// <summary>People by the name that they show; ids have fields of their own.</summary>
internal sealed class NamesOnly : JsonConverter<Who>
{
    public override Who Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(null, reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, Who value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}

/// <summary>How requests and answers are written: camelCase, enums by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EnumNames), typeof(NamesOnly)],
    MaxDepth = 16
)]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(IssuedToken))]
[JsonSerializable(typeof(ListOf<PersonView>))]
[JsonSerializable(typeof(ListOf<TokenView>))]
[JsonSerializable(typeof(ListOf<AccessEntry>))]
[JsonSerializable(typeof(NewPerson))]
[JsonSerializable(typeof(PersonChange))]
[JsonSerializable(typeof(PersonView))]
[JsonSerializable(typeof(Invitation))]
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
[JsonSerializable(typeof(NewPurpose))]
[JsonSerializable(typeof(NewDesk))]
[JsonSerializable(typeof(NewReading))]
[JsonSerializable(typeof(PublicationAsked))]
[JsonSerializable(typeof(ListOf<FoundClaim>))]
[JsonSerializable(typeof(ListOf<Change>))]
[JsonSerializable(typeof(NewReverification))]
[JsonSerializable(typeof(ReverificationAsked))]
[JsonSerializable(typeof(ListOf<ReverificationReport>))]
[JsonSerializable(typeof(AuditTrail))]
[JsonSerializable(typeof(NewAcceptance))]
[JsonSerializable(typeof(Acceptance))]
[JsonSerializable(typeof(NewCorrectionRequest))]
[JsonSerializable(typeof(ListOf<CorrectionRequest>))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Problem))]
public sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>How one of the records above is read and written.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Default.GetTypeInfo(typeof(T))!;
}
