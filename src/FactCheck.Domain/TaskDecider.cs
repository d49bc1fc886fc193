namespace FactCheck.Domain;

/// <summary>The desk's rules for tasks. Each is a named setting.</summary>
public sealed record DeskPolicy
{
    /// <summary>How many people it takes to close a task: 1 or 2.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>True where reviewers and editors read and work on the articles of their own desks alone, and on those of
    /// no desk.</summary>
    public bool Parted { get; init; }

    /// <summary>How long a lease lasts without renewal.</summary>
    public TimeSpan LeaseLength { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Most tasks that one person works on at a time.</summary>
    public int MaxLeases { get; init; } = 20;

    /// <summary>When a task should be decided, counted from its opening.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long nobody may answer before a reminder, and between reminders.</summary>
    public TimeSpan ReminderAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Most evidence items of one decision.</summary>
    public int MaxEvidence { get; init; } = 20;

    /// <summary>Most text of all the evidence of one decision, in UTF-16 code units: it is kept in one row.</summary>
    public int MaxEvidenceWords { get; init; } = 40_000;

    /// <summary>Longest explanation, excerpt, note or wording, in UTF-16 code units.</summary>
    public int MaxWords { get; init; } = 5_000;

    /// <summary>Most open tasks of an article, added ones too; at most <see cref="MostOpenTasks"/>.</summary>
    public int MaxOpenTasks { get; init; } = MostOpenTasks;

    /// <summary>As many as fit one transaction, with their statements, wakes and audit entries.</summary>
    public const int MostOpenTasks = 20;
}

/// <summary>Why an answer was not taken.</summary>
public enum RefusalKind
{
    Closed,
    NotYours,
    TooMany,
    OwnProposal,
    NothingProposed,
    Invalid,
}

/// <summary>What comes of an answer: the task as it is from now on, or a refusal.</summary>
public abstract record TaskOutcome
{
    /// <summary>The answer was taken.</summary>
    public sealed record Taken(ReviewTask Task) : TaskOutcome;

    /// <summary>The answer was not taken; nothing changes.</summary>
    public sealed record Refused(RefusalKind Kind, string Message, IReadOnlyDictionary<string, string> Problems)
        : TaskOutcome
    {
        /// <summary>A refusal that names no field.</summary>
        public Refused(RefusalKind kind, string message)
            : this(kind, message, new Dictionary<string, string>(StringComparer.Ordinal)) { }
    }
}

/// <summary>What may be done to a task, by whom, and what comes of it. Pure: the clock is passed in.</summary>
public static class TaskDecider
{
    /// <summary>Answers a task.</summary>
    public static TaskOutcome Decide(ReviewTask task, Decision decision, RatingScale ratings, DeskPolicy policy)
    {
        if (DecisionRules.RefusalOf(task, decision, ratings, policy) is { } refused)
            return refused;
        // Kept as the scale writes it, so that "false" after "False" is no correction.
        decision = decision with
        {
            Rating = ratings.Find(task.Kind, decision.Rating)?.Id,
        };
        return task.State == TaskState.InReview ? Review(task, decision) : Answer(task, decision, policy);
    }

    // What a second person says to a proposal.
    private static TaskOutcome Review(ReviewTask task, Decision decision) =>
        decision.Action switch
        {
            DecisionAction.Confirm or DecisionAction.Return when decision.By.Is(task.Decision!.By) =>
                new TaskOutcome.Refused(
                    RefusalKind.OwnProposal,
                    "It takes a second person to confirm or return what you proposed."
                ),
            DecisionAction.Confirm when !decision.By.IsSurelyNot(task.Decision!.By) => new TaskOutcome.Refused(
                RefusalKind.OwnProposal,
                $"It was proposed by {task.Decision.By} before people had ids, who may be you: return it."
            ),
            DecisionAction.Confirm => Close(task, task.Decision! with { ConfirmedBy = decision.By }),
            DecisionAction.Return => new TaskOutcome.Taken(
                task with
                {
                    State = TaskState.Open,
                    Decision = null,
                    Lease = null,
                    Why = [.. task.Why, $"Returned by {decision.By}: {decision.Note}"],
                }
            ),
            DecisionAction.Approve or DecisionAction.Amend or DecisionAction.Reject => new TaskOutcome.Refused(
                RefusalKind.NotYours,
                $"{task.Decision!.By} has proposed a decision: confirm or return it."
            ),
            var action => throw new InvalidOperationException($"No rule for {action} of a task that is in review."),
        };

    private static TaskOutcome Answer(ReviewTask task, Decision decision, DeskPolicy policy) =>
        decision.Action switch
        {
            DecisionAction.Confirm or DecisionAction.Return => new TaskOutcome.Refused(
                RefusalKind.NothingProposed,
                "Nothing is proposed that could be confirmed or returned."
            ),
            DecisionAction.Approve or DecisionAction.Amend or DecisionAction.Reject when policy.Quorum > 1 =>
                new TaskOutcome.Taken(task with { State = TaskState.InReview, Decision = decision, Lease = null }),
            DecisionAction.Approve or DecisionAction.Amend or DecisionAction.Reject => Close(task, decision),
            var action => throw new InvalidOperationException($"No rule for {action} of a task that is {task.State}."),
        };

    /// <summary>Takes or renews the lease.</summary>
    /// <param name="others">How many other tasks the person works on.</param>
    public static TaskOutcome TakeLease(
        ReviewTask task,
        Who who,
        DateTimeOffset now,
        DeskPolicy policy,
        int others = 0
    ) =>
        (TaskOutcome?)DecisionRules.RefusalOf(task, who, now)
        ?? (TaskOutcome?)DecisionRules.TooManyLeases(task, now, policy, others)
        ?? new TaskOutcome.Taken(
            task with
            {
                Lease = new(who, now + policy.LeaseLength, now),
                State = task.State == TaskState.Open ? TaskState.InProgress : task.State,
            }
        );

    /// <summary>Gives the lease back.</summary>
    /// <param name="mayReleaseAnothers">True for editors.</param>
    public static TaskOutcome ReleaseLease(
        ReviewTask task,
        Who who,
        DateTimeOffset now,
        bool mayReleaseAnothers = false
    ) =>
        (mayReleaseAnothers ? null : (TaskOutcome?)DecisionRules.LeaseOfAnother(task, who, now))
        ?? new TaskOutcome.Taken(
            task with
            {
                Lease = null,
                State = task.State == TaskState.InProgress ? TaskState.Open : task.State,
            }
        );

    /// <summary>Why a reviewer can't assign a task to another.</summary>
    public const string OnlyEditors = "Only an editor assigns a task to somebody else.";

    /// <summary>Gives the task to a person, or to nobody.</summary>
    /// <param name="mayReassign">True for editors: they may take it from somebody.</param>
    public static TaskOutcome Assign(ReviewTask task, Who who, Who? assignee, bool mayReassign) =>
        task switch
        {
            { IsClosed: true } => new TaskOutcome.Refused(RefusalKind.Closed, $"The task is closed ({task.State})."),
            { Assignee: { } owner } when !who.Is(owner) && !mayReassign => new TaskOutcome.Refused(
                RefusalKind.NotYours,
                $"It is assigned to {owner}."
            ),
            _ when assignee is not null && !who.Is(assignee) && !mayReassign => new TaskOutcome.Refused(
                RefusalKind.NotYours,
                OnlyEditors
            ),
            _ => new TaskOutcome.Taken(task with { Assignee = assignee }),
        };

    /// <summary>Closes a task whose statement is gone from the text, or was replaced.</summary>
    public static ReviewTask Supersede(ReviewTask task) =>
        task.IsClosed ? task : task with { State = TaskState.Superseded, Lease = null };

    private static TaskOutcome.Taken Close(ReviewTask task, Decision decision) =>
        new(task with { State = TaskState.Decided, Decision = decision, Lease = null });
}
