namespace FactCheck.Domain;

/// <summary>How far a task has come.</summary>
public enum TaskState
{
    Open,
    InProgress,
    AwaitingReply,
    InReview,
    Decided,
    Superseded,
    Spiked,
}

/// <summary>Why a task was opened.</summary>
public enum TaskOrigin
{
    Selected,
    Promoted,
    Added,
    Changed,
    Reverification,
}

/// <summary>Keeps two people from overwriting each other. Lasts minutes.</summary>
/// <param name="Until">When it ends by itself.</param>
/// <param name="Since">When it was taken or renewed; null where a former release gave it.</param>
public sealed record Lease(Who Holder, DateTimeOffset Until, DateTimeOffset? Since = null)
{
    // Clocks of several machines differ by seconds.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>True while it holds. One that begins in the future was given by a clock that ran ahead: its minutes are
    /// not to come.</summary>
    public bool RunsAt(DateTimeOffset now) => Until > now && !IsToCome(now);

    /// <summary>True for one that begins in the future. Of one that a former release gave only the end is known.</summary>
    public bool IsToCome(DateTimeOffset now) => Since > now + Skew;
}

/// <summary>What a later look found at one piece of evidence, or at the article.</summary>
/// <param name="What">"evidence" or "article".</param>
/// <param name="Url">The evidence's link, or null.</param>
/// <param name="Removed">Sentences that are there no longer (at most <see cref="MaxSentences"/>).</param>
/// <param name="Added">Sentences that are new (at most <see cref="MaxSentences"/>).</param>
public sealed record Drift(
    string What,
    Uri? Url,
    ReverificationFinding Finding,
    string Message,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Added
)
{
    /// <summary>How many sentences of each side are kept.</summary>
    public const int MaxSentences = 20;

    /// <summary>How long a kept sentence may be, in UTF-16 code units: a page may hold none that ends.</summary>
    public const int MaxSentenceLength = 400;

    /// <summary>How many sentences of each side all drifts of a task keep together: they are in one row.</summary>
    public const int MaxSentencesOfATask = 60;
}

/// <summary>A question to a person about a statement. The row is the truth, its orchestration the clock.</summary>
public sealed record ReviewTask
{
    /// <summary>Statement id + "." + round.</summary>
    public required string Id { get; init; }

    /// <summary>The article it belongs to.</summary>
    public required string ArticleKey { get; init; }

    /// <summary>The statement it asks about.</summary>
    public required string StatementId { get; init; }

    /// <summary>Claim or quote.</summary>
    public required StatementKind Kind { get; init; }

    /// <summary>The run that opened it.</summary>
    public required int Run { get; init; }

    /// <summary>1 for the first task about the statement.</summary>
    public required int Round { get; init; }

    /// <summary>How far it has come.</summary>
    public TaskState State { get; init; } = TaskState.Open;

    /// <summary>Why it was opened.</summary>
    public required TaskOrigin Origin { get; init; }

    /// <summary>The same for a person, in words.</summary>
    public IReadOnlyList<string> Why { get; init; } = [];

    /// <summary>0..100, higher first.</summary>
    public required int Priority { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it should be decided.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>When its clock rings next: a reminder or an escalation.</summary>
    public required DateTimeOffset NextReminder { get; init; }

    /// <summary>How often a person was reminded.</summary>
    public int Reminders { get; init; }

    /// <summary>True when it waited so long that editors see it first.</summary>
    public bool Escalated { get; init; }

    /// <summary>The attempt that its orchestration waits in; names the event that wakes it.</summary>
    public int Attempt { get; init; }

    /// <summary>Whose it is, for days.</summary>
    public Who? Assignee { get; init; }

    /// <summary>Who works on it just now.</summary>
    public Lease? Lease { get; init; }

    /// <summary>The decision that waits for a second person, or that closed it.</summary>
    public Decision? Decision { get; init; }

    /// <summary>What re-verification found; empty for other origins.</summary>
    public IReadOnlyList<Drift> Drift { get; init; } = [];

    /// <summary>True when nobody has to do anything any more.</summary>
    public bool IsClosed => State is TaskState.Decided or TaskState.Superseded or TaskState.Spiked;

    /// <summary>The lease, if it still runs.</summary>
    public Lease? LeaseAt(DateTimeOffset now) => Lease is { } lease && lease.RunsAt(now) ? lease : null;

    /// <summary>The task as it is to be written: a lease that a clock gave which ran ahead is gone, so that it begins
    /// never.</summary>
    public ReviewTask At(DateTimeOffset now) => Lease?.IsToCome(now) == true ? this with { Lease = null } : this;

    /// <summary>Unique to the attempt: on Azure a waiter that timed out eats the next event of its name.</summary>
    public string WakeEvent => WakeEventOf(Attempt);

    /// <summary>The name of the event that wakes an attempt.</summary>
    public static string WakeEventOf(int attempt) => $"wake-{attempt}";
}

/// <summary>What a reviewer answers.</summary>
public enum DecisionAction
{
    /// <summary>The statement stands as extracted; rating required.</summary>
    Approve,

    /// <summary>Statement, span or speaker changed; rating required.</summary>
    Amend,

    /// <summary>Not to be checked; reason required, rating forbidden, never published.</summary>
    Reject,

    /// <summary>The second person agrees.</summary>
    Confirm,

    /// <summary>The second person sends it back; note required.</summary>
    Return,
}

/// <summary>Why a statement is not to be checked.</summary>
public enum RejectReason
{
    NotAClaim,
    AlreadyChecked,
    NotWorthIt,
}

/// <summary>What an amendment changes; null keeps it.</summary>
/// <param name="Span">Where it stands in the text of the task's run, in UTF-16 code units.</param>
/// <param name="Speaker">Claimant or speaker; empty takes it away.</param>
public sealed record Amendment(string? Text = null, TextSpan? Span = null, string? Speaker = null)
{
    /// <summary>The statement as the closed task leaves it; null when the place is none of the text's.</summary>
    /// <param name="article">Looked at for a place alone; null when none could be read.</param>
    public Statement? ApplyTo(Statement statement, ArticleText? article)
    {
        var anchor = statement.Anchor;
        if (Span is { } span)
        {
            if (article is null || !span.FitsIn(article.Text) || string.IsNullOrWhiteSpace(span.In(article.Text)))
                return null;
            anchor = TextAnchor.Of(article, span);
        }

        return statement with
        {
            Anchor = anchor,
            Text = Text?.Trim() ?? (Span is null ? statement.Text : anchor.Exact.Trim()),
            Speaker =
                Speaker is null ? statement.Speaker
                : Speaker.Trim() is { Length: > 0 } speaker ? speaker
                : null,
        };
    }
}

/// <summary>An answer to a task.</summary>
public sealed record Decision
{
    /// <summary>What is answered.</summary>
    public required DecisionAction Action { get; init; }

    /// <summary>Id of a rating of the statement's kind.</summary>
    public string? Rating { get; init; }

    /// <summary>Why the evidence leads to the rating.</summary>
    public string? Explanation { get; init; }

    /// <summary>What the verdict rests on.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Of a reject.</summary>
    public RejectReason? Reason { get; init; }

    /// <summary>Where it was checked already.</summary>
    public Uri? AlreadyCheckedAt { get; init; }

    /// <summary>For the colleagues; never published.</summary>
    public string? Note { get; init; }

    /// <summary>Of an amend.</summary>
    public Amendment? Amendment { get; init; }

    /// <summary>Who decided.</summary>
    public required Who By { get; init; }

    /// <summary>Who confirmed, where the desk asks for two.</summary>
    public Who? ConfirmedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>True when this is that decision as a task holds it later: with the rating as the scale writes it, with
    /// copies of the evidence, and with whoever confirmed it.</summary>
    public bool IsOf(Decision made) =>
        this with
        {
            Rating = null,
            ConfirmedBy = null,
            Evidence = made.Evidence,
        } == made with { Rating = null, ConfirmedBy = null }
        && string.Equals(Rating, made.Rating, StringComparison.OrdinalIgnoreCase)
        && Evidence.Select(WithoutCopy).SequenceEqual(made.Evidence.Select(WithoutCopy));

    private static Evidence WithoutCopy(Evidence evidence) => evidence with { Snapshot = null, SnapshotProblem = null };
}
