namespace FactCheck.Domain;

/// <summary>The desk's rules for what becomes public. Named settings.</summary>
public sealed record PublicationPolicy
{
    /// <summary>True publishes as soon as the last task closes; false waits for an editor.</summary>
    public bool Automatic { get; init; }

    /// <summary>How long after publication a verdict is looked at again.</summary>
    public TimeSpan ReviewAfter { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>What an editor says about a publication.</summary>
/// <param name="Retract">True takes everything back.</param>
/// <param name="Change">"Clarification" where an update only explains better.</param>
/// <param name="Note">Public.</param>
/// <param name="ByPolicy">True when the policy publishes what is ready, though never what an editor took back.</param>
public sealed record PublicationWish(
    bool Retract = false,
    VerdictChange? Change = null,
    string? Note = null,
    bool ByPolicy = false
)
{
    /// <summary>Field to what is wrong with it; empty when it is complete.</summary>
    public IReadOnlyDictionary<string, string> ProblemsFor(DeskPolicy policy)
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Retract && Blank.Is(Note))
            problems["note"] = "A retraction tells the public why.";
        if (Note?.Length > policy.MaxWords)
            problems["note"] = $"At most {policy.MaxWords} characters.";
        if (Change is not (null or VerdictChange.Update or VerdictChange.Clarification))
            problems["change"] = "Update or Clarification; corrections are found by comparing ratings.";
        return problems;
    }

    /// <summary>True for a publication that does just what is wished.</summary>
    public bool Is(CasePublication publication) =>
        (publication.Retraction, publication.Change, publication.Note) == (Retract, Change, Note);
}

/// <summary>What comes of a wish.</summary>
public abstract record PublicationOutcome
{
    /// <summary>It is asked for: a new version.</summary>
    public sealed record Asked(CasePublication Publication) : PublicationOutcome;

    /// <summary>Just that is being published already.</summary>
    public sealed record Underway(CasePublication Publication) : PublicationOutcome;

    /// <summary>It can't be now; nothing changes.</summary>
    public sealed record Refused(string Obstacle) : PublicationOutcome;
}

/// <summary>From closed tasks to published verdicts. Pure.</summary>
public static class Publication
{
    /// <summary>Asks for a version, or says why there can't be one.</summary>
    /// <param name="underway">The newest version that was asked for, while it is not out; else null.</param>
    public static PublicationOutcome Ask(
        CaseHead head,
        IEnumerable<ReviewTask> newestTasks,
        CasePublication? underway,
        PublicationWish wish,
        Who who,
        DateTimeOffset now
    )
    {
        if ((wish.Retract ? ObstacleToRetraction(head) : ObstacleTo(head, newestTasks)) is { } obstacle)
            return new PublicationOutcome.Refused(obstacle);
        if (wish.ByPolicy && head is not { Stage: ArticleStage.Ready, Retracted: false })
            return new PublicationOutcome.Refused("There is nothing that the desk's policy publishes.");
        if (head.PublicationAsked <= head.PublicationDone)
            return new PublicationOutcome.Asked(
                new(head.PublicationAsked + 1, who, now, wish.Retract, wish.Change, wish.Note)
            );
        // Asking twice for the same gets the same. Anything else must not be taken for it: a retraction would be lost.
        return underway is not null && wish.Is(underway)
            ? new PublicationOutcome.Underway(underway)
            : new PublicationOutcome.Refused(
                $"Version {head.PublicationAsked} is being published just now; ask again when it is out."
            );
    }

    private static string? ObstacleToRetraction(CaseHead head) =>
        head switch
        {
            { PublicationDone: 0 } => "Nothing of it is public.",
            { Retracted: true } => "It is retracted already.",
            _ => null,
        };

    /// <summary>Why an article can't be published now, in one sentence; null when it can.</summary>
    public static string? ObstacleTo(CaseHead head, IEnumerable<ReviewTask> newestTasks) =>
        head switch
        {
            { Meta.Purpose: Purpose.OwnCopy } => "It is the newsroom's own copy, which is never public.",
            { Stage: ArticleStage.Rejected } => "The file could not be read.",
            { Stage: ArticleStage.Failed } => "Its check failed.",
            { OpenTasks.Count: > 0 } => $"{head.OpenTasks.Count} of its tasks are still open.",
            { Stage: not (ArticleStage.Ready or ArticleStage.Published) } => $"It is not ready ({head.Stage}).",
            _ => newestTasks.Any(HasVerdict) ? null : "None of its statements has a verdict.",
        };

    /// <summary>True while the public may read what is out; no longer once the article is own copy.</summary>
    public static bool IsPublic(CaseHead head) => head is { PublicationDone: > 0, Meta.Purpose: not Purpose.OwnCopy };

    /// <summary>True for a task that was closed with a rating.</summary>
    public static bool HasVerdict(ReviewTask task) => task is { State: TaskState.Decided, Decision.Rating: not null };

    /// <summary>How the new version of a verdict differs from the one before; null when nothing differs.</summary>
    public static VerdictChange? ChangeOf(Verdict? before, Decision decision) =>
        before switch
        {
            null => VerdictChange.First,
            _ when before.Rating != decision.Rating => VerdictChange.Correction,
            { Change: VerdictChange.Retraction } => VerdictChange.Update,
            _ when before.Explanation != decision.Explanation || !SameEvidence(before.Evidence, decision.Evidence) =>
                VerdictChange.Update,
            _ => null,
        };

    /// <summary>The next version of a verdict; without a difference the one before, looked at again later.</summary>
    /// <param name="asked">Null: the rules decide. A first publication, a changed rating keep their name.</param>
    public static Verdict Next(
        Verdict? before,
        ReviewTask task,
        VerdictChange? asked,
        PublicationPolicy policy,
        DateTimeOffset now
    )
    {
        var decision = task.Decision!;
        if (ChangeOf(before, decision) is not { } change)
        {
            // The same answer later is no version, but it was a look: the date and the copies are the later one's.
            var reviewBy = decision.At + policy.ReviewAfter;
            return task.Id == before!.TaskId
                ? before
                : before with
                {
                    TaskId = task.Id,
                    Evidence = decision.Evidence,
                    ReviewBy = reviewBy > before.ReviewBy ? reviewBy : before.ReviewBy,
                };
        }

        return new Verdict
        {
            Version = (before?.Version ?? 0) + 1,
            Change =
                change == VerdictChange.Update && asked is VerdictChange.Clarification
                    ? VerdictChange.Clarification
                    : change,
            Rating = decision.Rating!,
            PreviousRating = change == VerdictChange.Correction ? before!.Rating : null,
            Explanation = decision.Explanation,
            Evidence = decision.Evidence,
            TaskId = task.Id,
            PublishedAt = now,
            ReviewBy = now + policy.ReviewAfter,
        };
    }

    /// <summary>Each statement's last answer. A later question, open or dropped, takes nothing back.</summary>
    public static IReadOnlyList<ReviewTask> AnswersAmong(IEnumerable<ReviewTask> tasks) =>
        [
            .. tasks
                .Where(t => t is { State: TaskState.Decided, Decision: not null })
                .GroupBy(t => t.StatementId, StringComparer.Ordinal)
                .Select(g => g.MaxBy(t => t.Round)!),
        ];

    /// <summary>A version's statements with the verdicts they have then, from <see cref="AnswersAmong"/>.</summary>
    public static IReadOnlyList<Statement> Compose(
        CasePublication publication,
        IEnumerable<ReviewTask> answers,
        IReadOnlyDictionary<string, Statement> statements,
        PublicationPolicy policy
    )
    {
        var verdicts = new List<Statement>();
        foreach (var task in answers)
        {
            var statement = statements[task.StatementId];
            // The moment of publication is the moment it was asked for, whenever the step runs.
            if (HasVerdict(task))
                verdicts.Add(
                    statement with
                    {
                        Verdict = Next(statement.Verdict, task, publication.Change, policy, publication.AskedAt),
                    }
                );
            else if (statement.Verdict is { } before)
                verdicts.Add(statement with { Verdict = Retract(before, publication) });
        }

        return verdicts;
    }

    /// <summary>The version that takes a verdict back; one that is taken back already stays as it is.</summary>
    public static Verdict Retract(Verdict before, CasePublication publication) =>
        before.Change == VerdictChange.Retraction
            ? before
            : before with
            {
                Version = before.Version + 1,
                Change = VerdictChange.Retraction,
                PreviousRating = null,
                PublishedAt = publication.AskedAt,
            };

    /// <summary>True when a row has a version's verdict. One that a later look extended since stays as it is.</summary>
    public static bool IsOut(Verdict? now, Verdict planned) =>
        now is not null && now.Version == planned.Version && now.TaskId == planned.TaskId;

    /// <summary>The case once a version is out. What closed since waits to be published: it is ready again.</summary>
    public static CaseHead Release(
        CaseHead head,
        CasePublication publication,
        IReadOnlyList<Statement> verdicts,
        IEnumerable<ReviewTask> answers
    )
    {
        var isBehind = !publication.Retraction && answers.Any(answer => !IsIn(verdicts, answer));
        return head with
        {
            PublicationDone = publication.Version,
            Retracted = publication.Retraction,
            Stage = head.Stage == ArticleStage.Ready && !isBehind ? ArticleStage.Published : head.Stage,
        };
    }

    private static bool IsIn(IReadOnlyList<Statement> verdicts, ReviewTask answer) =>
        HasVerdict(answer)
            ? verdicts.Any(v => v.Verdict!.TaskId == answer.Id)
            : verdicts.All(v => v.Id != answer.StatementId || v.Verdict!.Change == VerdictChange.Retraction);

    private static bool SameEvidence(IReadOnlyList<Evidence> before, IReadOnlyList<Evidence> after) =>
        before.Select(Essence).SequenceEqual(after.Select(Essence));

    // The archived copy is not what a person decided: a fresh copy of the same link is no update.
    private static Evidence Essence(Evidence evidence) => evidence with { Snapshot = null, SnapshotProblem = null };
}
