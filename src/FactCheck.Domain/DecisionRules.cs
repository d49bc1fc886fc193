namespace FactCheck.Domain;

/// <summary>Who may answer a task, and what an answer must hold. Every problem is named at once.</summary>
public static class DecisionRules
{
    internal static TaskOutcome.Refused? RefusalOf(
        ReviewTask task,
        Decision decision,
        RatingScale ratings,
        DeskPolicy policy
    )
    {
        if (RefusalOf(task, decision.By, decision.At) is { } refused)
            return refused;
        if (ProblemsOf(task, decision, ratings, policy) is { Count: > 0 } problems)
            return new TaskOutcome.Refused(RefusalKind.Invalid, "The decision is not complete.", problems);
        return null;
    }

    // A task is worked on by whom it is assigned to, and by one person at a time; only a proposal is for others.
    internal static TaskOutcome.Refused? RefusalOf(ReviewTask task, Who who, DateTimeOffset now)
    {
        if (task.IsClosed)
            return new(RefusalKind.Closed, $"The task is closed ({task.State}).");
        if (LeaseOfAnother(task, who, now) is { } leased)
            return leased;
        if (task.State != TaskState.InReview && task.Assignee is { } assignee && !who.Is(assignee))
            return new(RefusalKind.NotYours, $"It is assigned to {assignee}.");
        return null;
    }

    internal static TaskOutcome.Refused? LeaseOfAnother(ReviewTask task, Who who, DateTimeOffset now) =>
        task.LeaseAt(now) is { } lease && !who.Is(lease.Holder)
            ? new(RefusalKind.NotYours, $"{lease.Holder} works on it until {lease.Until:HH:mm} UTC.")
            : null;

    // Renewing takes none that was free.
    internal static TaskOutcome.Refused? TooManyLeases(
        ReviewTask task,
        DateTimeOffset now,
        DeskPolicy policy,
        int others
    ) =>
        task.LeaseAt(now) is null && others >= policy.MaxLeases
            ? new(
                RefusalKind.TooMany,
                $"You work on as many tasks as one person may, {policy.MaxLeases} (Desk:MaxLeases): decide one, or give one back."
            )
            : null;

    /// <summary>Field to what is wrong with it; empty when the answer is complete.</summary>
    public static IReadOnlyDictionary<string, string> ProblemsOf(
        ReviewTask task,
        Decision decision,
        RatingScale ratings,
        DeskPolicy policy
    )
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (decision.Action)
        {
            case DecisionAction.Approve:
                if (decision.Amendment is not null)
                    problems["amendment"] = "An approval takes the statement as it stands; use amend to change it.";
                CheckRating(task.Kind, decision, ratings, problems);
                break;
            case DecisionAction.Amend:
                CheckAmendment(decision.Amendment, policy, problems);
                CheckRating(task.Kind, decision, ratings, problems);
                break;
            case DecisionAction.Reject:
                CheckReject(decision, problems);
                break;
            case DecisionAction.Return:
                if (Blank.Is(decision.Note))
                    problems["note"] = "Say why it is sent back.";
                break;
            case DecisionAction.Confirm:
                break;
            default:
                problems["action"] = "Approve, Amend, Reject, Confirm or Return.";
                break;
        }

        CheckEvidence(decision.Evidence, policy, problems);
        CheckLength("explanation", decision.Explanation, policy, problems);
        CheckLength("note", decision.Note, policy, problems);
        CheckLength("alreadyCheckedAt", decision.AlreadyCheckedAt?.OriginalString, policy, problems);
        CheckLength("amendment.text", decision.Amendment?.Text, policy, problems);
        CheckLength("amendment.speaker", decision.Amendment?.Speaker, policy, problems);
        return problems;
    }

    /// <summary>Why no decision can be made now, in one sentence; else null. Places count in the newest text.</summary>
    public static string? ObstacleTo(Decision decision, CaseHead head) =>
        decision.Amendment?.Span is not null && head.Stage != ArticleStage.Rejected && !head.IsRead()
            ? "A newer version of the article is being read; mark the place again when it is there."
            : null;

    private static void CheckAmendment(Amendment? amendment, DeskPolicy policy, Dictionary<string, string> problems)
    {
        if (amendment is null or { Text: null, Span: null, Speaker: null })
            problems["amendment"] = "Say what changes: text, span or speaker.";
        if (amendment?.Text is { } text && Blank.Is(text))
            problems["amendment.text"] = "The wording is empty.";
        if (amendment?.Span is { } span && (span.Start < 0 || span.Length <= 0 || span.Length > policy.MaxWords))
            problems["amendment.span"] =
                $"The span is empty, starts before the text or is longer than {policy.MaxWords} characters.";
    }

    private static void CheckRating(
        StatementKind kind,
        Decision decision,
        RatingScale ratings,
        Dictionary<string, string> problems
    )
    {
        if (decision.Reason is not null)
            problems["reason"] = "A reason belongs to a rejection.";
        if (Blank.Is(decision.Explanation))
            problems["explanation"] = "Say why the evidence leads to the rating.";
        if (
            ratings.ProblemWith(kind, decision.Rating, hasEvidence: decision.Evidence.Count > 0) is var (field, problem)
        )
            problems[field] = problem;
    }

    private static void CheckReject(Decision decision, Dictionary<string, string> problems)
    {
        if (decision.Rating is not null)
            problems["rating"] = "A rejected statement gets no rating.";
        if (decision.Amendment is not null)
            problems["amendment"] = "A rejected statement stays as it is; use amend to change it.";
        if (decision.Reason is not { } reason || !Enum.IsDefined(reason))
            problems["reason"] = "Say why: NotAClaim, AlreadyChecked or NotWorthIt.";
        if (decision.Reason == RejectReason.AlreadyChecked && !WebAddress.Is(decision.AlreadyCheckedAt))
            problems["alreadyCheckedAt"] = "Link to the earlier check (http or https, without a user name).";
    }

    private static void CheckEvidence(
        IReadOnlyList<Evidence> evidence,
        DeskPolicy policy,
        Dictionary<string, string> problems
    )
    {
        if (evidence.Count > policy.MaxEvidence)
            problems["evidence"] = $"At most {policy.MaxEvidence} pieces of evidence.";
        for (var i = 0; i < Math.Min(evidence.Count, policy.MaxEvidence); i++)
        {
            var item = evidence[i];
            if (item.Url is not null && !WebAddress.Is(item.Url))
                problems[$"evidence[{i}].url"] = "An absolute http or https address, without a user name.";
            if (item.Url is null && Blank.Is(item.Excerpt))
                problems[$"evidence[{i}]"] = "A link, or the words it rests on.";
            CheckLength($"evidence[{i}].excerpt", item.Excerpt, policy, problems);
            CheckLength($"evidence[{i}].title", item.Title, policy, problems);
            CheckLength($"evidence[{i}].publisher", item.Publisher, policy, problems);
            CheckLength($"evidence[{i}].url", item.Url?.OriginalString, policy, problems);
            if (!Enum.IsDefined(item.Kind))
                problems[$"evidence[{i}].kind"] = "Primary or Secondary.";
            if (!Enum.IsDefined(item.Visibility))
                problems[$"evidence[{i}].visibility"] = "Public or Internal.";
            if (!Enum.IsDefined(item.Stance))
                problems[$"evidence[{i}].stance"] = "Supports, Refutes or Context.";
        }

        // All of it is kept in one row.
        var all = evidence.Sum(e =>
            (long)(e.Excerpt?.Length ?? 0)
            + (e.Title?.Length ?? 0)
            + (e.Publisher?.Length ?? 0)
            + (e.Url?.OriginalString.Length ?? 0)
        );
        if (all > policy.MaxEvidenceWords)
            problems["evidence"] = $"At most {policy.MaxEvidenceWords} characters in all; this has {all}.";
    }

    private static void CheckLength(string field, string? words, DeskPolicy policy, Dictionary<string, string> problems)
    {
        if (words?.Length > policy.MaxWords)
            problems[field] = $"At most {policy.MaxWords} characters.";
    }
}
