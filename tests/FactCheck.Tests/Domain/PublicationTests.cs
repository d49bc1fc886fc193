namespace FactCheck.Tests.Domain;

public class PublicationTests
{
    private static readonly PublicationPolicy Policy = new() { ReviewAfter = TimeSpan.FromDays(90) };
    private static readonly DateTimeOffset Later = Some.Now.AddDays(100);

    [Fact]
    public void The_first_verdict_is_version_1_and_due_after_the_desks_interval()
    {
        var verdict = Publication.Next(null, Decided(Some.Approval()), null, Policy, Some.Now);
        Assert.Equal(
            (1, VerdictChange.First, "False", null),
            (verdict.Version, verdict.Change, verdict.Rating, verdict.PreviousRating)
        );
        Assert.Equal(Some.Now.AddDays(90), verdict.ReviewBy);
    }

    [Fact]
    public void Another_rating_is_a_correction_that_names_the_old_one()
    {
        var verdict = Next(Some.Verdict("False"), Some.Approval(rating: "Mixed"));
        Assert.Equal(
            (2, VerdictChange.Correction, "Mixed", "False"),
            (verdict.Version, verdict.Change, verdict.Rating, verdict.PreviousRating)
        );
    }

    [Fact]
    public void A_correction_is_called_a_correction_whatever_an_editor_calls_it() =>
        Assert.Equal(
            VerdictChange.Correction,
            Next(Some.Verdict("False"), Some.Approval(rating: "Mixed"), VerdictChange.Clarification).Change
        );

    [Fact]
    public void Another_explanation_or_other_evidence_is_an_update()
    {
        Assert.Equal(
            VerdictChange.Update,
            Next(Some.Verdict(), Some.Approval() with { Explanation = "As the audit office found." }).Change
        );
        Assert.Equal(
            VerdictChange.Update,
            Next(Some.Verdict(), Some.Approval() with { Evidence = [Some.Evidence("https://audit.example/42")] }).Change
        );
        Assert.Equal(
            VerdictChange.Update,
            Next(
                Some.Verdict(),
                Some.Approval() with
                {
                    Evidence = [Some.Evidence() with { Visibility = EvidenceVisibility.Internal }],
                }
            ).Change
        );
    }

    [Fact]
    public void An_editor_may_call_an_update_a_clarification() =>
        Assert.Equal(
            VerdictChange.Clarification,
            Next(
                Some.Verdict(),
                Some.Approval() with
                {
                    Explanation = "In other words.",
                },
                VerdictChange.Clarification
            ).Change
        );

    [Fact]
    public void Without_a_difference_there_is_no_new_version()
    {
        var before = Some.Verdict();
        Assert.Same(
            before,
            Publication.Next(before, Decided(Some.Approval()), VerdictChange.Clarification, Policy, Later)
        );
    }

    [Fact]
    public void A_fresh_copy_of_the_same_evidence_is_no_difference() =>
        Assert.Null(
            Publication.ChangeOf(
                Some.Verdict(),
                Some.Approval() with
                {
                    Evidence =
                    [
                        Some.Evidence() with
                        {
                            Snapshot = new("abc", "abc.txt", Later),
                            SnapshotProblem = "late",
                        },
                    ],
                }
            )
        );

    [Fact]
    public void A_later_task_with_the_same_answer_moves_the_review_date_and_the_copies_on()
    {
        var before = Some.Verdict();
        var copy = new EvidenceSnapshot("abc", "abc.txt", Later);
        var after = Next(
            before,
            Some.Approval() with
            {
                At = Later,
                Evidence = [Some.Evidence() with { Snapshot = copy }],
            }
        );
        Assert.Equal(
            (before.Version, before.Change, before.PublishedAt),
            (after.Version, after.Change, after.PublishedAt)
        );
        Assert.Equal(Later.AddDays(90), after.ReviewBy);
        Assert.Equal(copy, Assert.Single(after.Evidence).Snapshot);
    }

    [Fact]
    public void What_was_retracted_comes_back_as_an_update()
    {
        var retracted = Some.Verdict() with { Version = 2, Change = VerdictChange.Retraction };
        var verdict = Publication.Next(retracted, Decided(Some.Approval()), null, Policy, Later);
        Assert.Equal((3, VerdictChange.Update), (verdict.Version, verdict.Change));
    }

    [Theory]
    [InlineData(TaskState.Open, true, false)]
    [InlineData(TaskState.InReview, true, false)]
    [InlineData(TaskState.Superseded, true, false)]
    [InlineData(TaskState.Decided, false, false)]
    [InlineData(TaskState.Decided, true, true)]
    public void Only_a_decided_task_with_a_rating_has_a_verdict(TaskState state, bool rated, bool has) =>
        Assert.Equal(
            has,
            Publication.HasVerdict(
                Some.Task() with
                {
                    State = state,
                    Decision = rated ? Some.Approval() : Some.Answer(DecisionAction.Reject),
                }
            )
        );

    [Fact]
    public void A_checked_article_can_be_published_and_published_again()
    {
        Assert.Null(Publication.ObstacleTo(Some.Head(ArticleStage.Ready), [Some.Task(TaskState.Decided)]));
        Assert.Null(Publication.ObstacleTo(Some.Head(ArticleStage.Published), [Some.Task(TaskState.Decided)]));
    }

    [Theory]
    [InlineData(ArticleStage.Received)]
    [InlineData(ArticleStage.Reading)]
    [InlineData(ArticleStage.Extracting)]
    [InlineData(ArticleStage.Analyzing)]
    [InlineData(ArticleStage.Selecting)]
    [InlineData(ArticleStage.Reviewing)]
    [InlineData(ArticleStage.Superseded)]
    [InlineData(ArticleStage.Rejected)]
    [InlineData(ArticleStage.Failed)]
    public void An_article_in_any_other_stage_can_not(ArticleStage stage) =>
        Assert.NotNull(Publication.ObstacleTo(Some.Head(stage), [Some.Task(TaskState.Decided)]));

    [Fact]
    public void Own_copy_is_never_public()
    {
        var head = Some.Head() is var h ? h with { Meta = h.Meta with { Purpose = Purpose.OwnCopy } } : h;
        Assert.Equal(
            "It is the newsroom's own copy, which is never public.",
            Publication.ObstacleTo(head, [Some.Task(TaskState.Decided)])
        );
    }

    [Fact]
    public void Open_tasks_and_a_lack_of_verdicts_stand_in_the_way()
    {
        Assert.Equal(
            "2 of its tasks are still open.",
            Publication.ObstacleTo(
                Some.Head(ArticleStage.Published) with
                {
                    OpenTasks = ["a", "b"],
                },
                [Some.Task(TaskState.Decided)]
            )
        );
        Assert.Equal(
            "None of its statements has a verdict.",
            Publication.ObstacleTo(
                Some.Head(),
                [Some.Task(TaskState.Decided) with { Decision = Some.Answer(DecisionAction.Reject) }]
            )
        );
        Assert.Equal("None of its statements has a verdict.", Publication.ObstacleTo(Some.Head(), []));
    }

    private static ReviewTask Decided(Decision decision) => Some.Task(TaskState.Decided) with { Decision = decision };

    // A second round: the first one's task is another one.
    private static Verdict Next(Verdict before, Decision decision, VerdictChange? asked = null)
    {
        var task = Decided(decision);
        return Publication.Next(
            before,
            task with
            {
                Id = StatementId.Task(task.StatementId, 2),
                Round = 2,
            },
            asked,
            Policy,
            Later
        );
    }
}
