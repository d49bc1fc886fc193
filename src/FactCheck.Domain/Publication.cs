namespace FactCheck.Domain;

/// <summary>The desk's rules for what becomes public. Named settings.</summary>
public sealed record PublicationPolicy
{
    /// <summary>True publishes as soon as the last task closes; false waits for an editor.</summary>
    public bool Automatic { get; init; }

    /// <summary>How long after publication a verdict is looked at again.</summary>
    public TimeSpan ReviewAfter { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>From closed tasks to published verdicts. Pure.</summary>
public static class Publication
{
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

    /// <summary>
    /// True while the public may read what is out of an article. What became the newsroom's own copy after it was
    /// published is not shown any more.
    /// </summary>
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

    /// <summary>
    /// The next version of a statement's verdict. Without a difference it is the one before, looked at again by a
    /// later task.
    /// </summary>
    /// <param name="before">The published one, or null.</param>
    /// <param name="asked">What an editor calls the change; null lets the rules decide. A first publication and a
    /// changed rating keep their name.</param>
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
            // A later look that came to the same answer is no version, but it was a look: the date and the copies are
            // those of the later one.
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

    /// <summary>The version that takes a verdict back.</summary>
    public static Verdict Retract(Verdict before, DateTimeOffset now) =>
        before with
        {
            Version = before.Version + 1,
            Change = VerdictChange.Retraction,
            PreviousRating = null,
            PublishedAt = now,
        };

    private static bool SameEvidence(IReadOnlyList<Evidence> before, IReadOnlyList<Evidence> after) =>
        before.Select(Essence).SequenceEqual(after.Select(Essence));

    // The archived copy is not what a person decided: a fresh copy of the same link is no update.
    private static Evidence Essence(Evidence evidence) => evidence with { Snapshot = null, SnapshotProblem = null };
}
