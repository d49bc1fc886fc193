namespace FactCheck.Tests.Domain;

/// <summary>From the wish for a version to the case once it is out.</summary>
public sealed class PublicationStepsTests
{
    private static readonly ReviewTask Answer = Some.Task(TaskState.Decided);
    private static readonly CasePublication Second = new(2, "ed", Some.Now.AddDays(1), Note: "Better.");

    [Theory]
    [InlineData(0, 0, false, "asked 1")]
    [InlineData(1, 1, false, "asked 2")]
    [InlineData(2, 1, false, "underway 2")] // just that
    [InlineData(2, 1, true, "refused")]
    public void Asking_again_for_what_is_underway_gets_it_and_for_anything_else_must_wait(
        int asked,
        int done,
        bool retract,
        string outcome
    )
    {
        var head = Some.Head() with { PublicationAsked = asked, PublicationDone = done };
        var wish = new PublicationWish(retract, null, "Better.");
        Assert.Equal(outcome, Ask(head, wish, asked > done ? Second : null));
        Assert.Equal(asked > done ? "refused" : outcome, Ask(head, wish, null));
    }

    [Theory]
    [InlineData(0, false, "refused")]
    [InlineData(1, false, "asked 2")]
    [InlineData(1, true, "refused")]
    public void What_is_public_can_be_retracted_once(int done, bool isRetracted, string outcome) =>
        Assert.Equal(
            outcome,
            Ask(
                Some.Head(ArticleStage.Reviewing) with
                {
                    PublicationAsked = done,
                    PublicationDone = done,
                    Retracted = isRetracted,
                },
                new(Retract: true, Note: "Wrong.")
            )
        );

    [Theory]
    [InlineData(ArticleStage.Ready, false, "asked 1")]
    [InlineData(ArticleStage.Published, false, "refused")]
    [InlineData(ArticleStage.Ready, true, "refused")]
    public void A_policy_publishes_what_is_ready_and_never_what_was_taken_back(
        ArticleStage stage,
        bool isRetracted,
        string outcome
    )
    {
        var head = Some.Head(stage) with { Retracted = isRetracted };
        Assert.Equal(outcome, Ask(head, new(ByPolicy: true)));
        Assert.Equal("asked 1", Ask(head, new()));
    }

    [Theory]
    [InlineData(true, null, 0, "note")]
    [InlineData(true, null, 5_000, "")]
    [InlineData(false, null, 0, "")]
    [InlineData(false, null, 5_001, "note")]
    [InlineData(false, VerdictChange.Clarification, 0, "")]
    [InlineData(false, VerdictChange.Correction, 0, "change")]
    public void What_a_wish_must_say(bool retract, VerdictChange? change, int note, string problems) =>
        Assert.Equal(
            problems,
            string.Join(' ', new PublicationWish(retract, change, new('a', note)).ProblemsFor(new()).Keys)
        );

    [Fact]
    public void A_version_has_the_last_answer_about_each_statement()
    {
        var rejected = Answer with { Id = "2", Round = 2, Decision = Some.Answer(DecisionAction.Reject) };
        var open = Answer with { Id = "3", Round = 3, State = TaskState.Open, Decision = null };
        var quote = Some.Task(TaskState.Decided, StatementKind.Quote);
        Assert.Equal(["2", quote.Id], Publication.AnswersAmong([Answer, rejected, open, quote]).Select(t => t.Id));
    }

    [Fact]
    public void An_answer_without_a_rating_takes_its_verdict_back_where_there_was_one()
    {
        var rejected = Answer with { Decision = Some.Answer(DecisionAction.Reject) };
        Assert.Empty(Compose(rejected, null));
        var taken = Assert.Single(Compose(rejected, Some.Verdict() with { PreviousRating = "True" })).Verdict!;
        Assert.Equal((2, VerdictChange.Retraction, null), (taken.Version, taken.Change, taken.PreviousRating));
        Assert.Equal(Second.AskedAt, taken.PublishedAt);
        Assert.Same(taken, Assert.Single(Compose(rejected, taken)).Verdict); // it stays as it is
        var first = Assert.Single(Compose(Answer, null)).Verdict!;
        Assert.Equal((1, VerdictChange.First, Second.AskedAt), (first.Version, first.Change, first.PublishedAt));
    }

    [Fact]
    public void A_row_has_a_version_when_it_has_its_number_and_its_task()
    {
        var planned = Some.Verdict();
        Assert.True(Publication.IsOut(planned with { ReviewBy = Some.Now.AddYears(1) }, planned));
        Assert.False(Publication.IsOut(null, planned));
        Assert.False(Publication.IsOut(planned with { Version = 2 }, planned));
        Assert.False(Publication.IsOut(planned with { TaskId = "other" }, planned));
    }

    [Theory]
    [InlineData("nothing closed since", ArticleStage.Published)]
    [InlineData("another verdict since", ArticleStage.Ready)]
    [InlineData("rejected since", ArticleStage.Ready)]
    [InlineData("rejected and taken back", ArticleStage.Published)]
    [InlineData("rejected, never public", ArticleStage.Published)]
    [InlineData("retracted", ArticleStage.Published)]
    public void What_closed_after_a_version_was_decided_waits_for_the_next(string what, ArticleStage stage)
    {
        var rejected = Answer with { Id = "2", Decision = Some.Answer(DecisionAction.Reject) };
        var verdict = Some.Verdict() with { TaskId = Answer.Id };
        IReadOnlyList<Statement> verdicts = what switch
        {
            "rejected and taken back" => [Some.Claim() with { Verdict = Publication.Retract(verdict, Second) }],
            "rejected, never public" => [Some.Quote() with { Verdict = verdict }],
            _ => [Some.Claim() with { Verdict = verdict }],
        };
        var answer = what switch
        {
            "nothing closed since" => Answer,
            "another verdict since" or "retracted" => Answer with { Id = "2" },
            _ => rejected,
        };
        var version = Second with { Retraction = what == "retracted" };

        var head = Publication.Release(Some.Head(), version, verdicts, [answer]);

        Assert.Equal((2, what == "retracted", stage), (head.PublicationDone, head.Retracted, head.Stage));
        Assert.Equal(
            ArticleStage.Reviewing,
            Publication.Release(Some.Head(ArticleStage.Reviewing), version, verdicts, [answer]).Stage
        );
    }

    [Theory]
    [InlineData(0, Purpose.ThirdParty, false)]
    [InlineData(1, Purpose.ThirdParty, true)]
    [InlineData(1, Purpose.OwnCopy, false)]
    public void The_public_reads_what_is_out_and_no_own_copy(int done, Purpose purpose, bool isPublic) =>
        Assert.Equal(
            isPublic,
            Publication.IsPublic(Some.Head() with { PublicationDone = done, Meta = new(Purpose: purpose) })
        );

    private static string Ask(CaseHead head, PublicationWish wish, CasePublication? underway = null) =>
        Publication.Ask(head, [Answer], underway, wish, "ed", Some.Now) switch
        {
            PublicationOutcome.Asked { Publication: var asked } => $"asked {asked.Version}",
            PublicationOutcome.Underway { Publication: var same } => $"underway {same.Version}",
            _ => "refused",
        };

    private static IReadOnlyList<Statement> Compose(ReviewTask answer, Verdict? before)
    {
        var statement = Some.Claim() with { Verdict = before };
        var statements = new Dictionary<string, Statement>(StringComparer.Ordinal) { [statement.Id] = statement };
        return Publication.Compose(Second, [answer], statements, new());
    }
}
