namespace FactCheck.Tests.Domain;

/// <summary>What a person may add to an article or promote.</summary>
public sealed class AdditionsTests
{
    private static readonly ArticleText Article = new(Some.Text, new());
    private static readonly Statement Candidate = Some.Claim();

    [Theory]
    [InlineData(0, 20, true)]
    [InlineData(19, 20, true)]
    [InlineData(20, 20, false)]
    [InlineData(21, 20, false)]
    [InlineData(2, 3, true)]
    [InlineData(3, 3, false)]
    [InlineData(0, 0, false)]
    public void An_article_has_at_most_so_many_open_tasks(int open, int most, bool opens) =>
        Assert.Equal(opens, Decide(Promotion(), open: open, most: most) is AdditionOutcome.Opened);

    [Theory]
    [InlineData(ArticleStage.Reviewing, true)]
    [InlineData(ArticleStage.Ready, true)]
    [InlineData(ArticleStage.Published, true)]
    [InlineData(ArticleStage.Selecting, false)]
    [InlineData(ArticleStage.Rejected, false)]
    public void Only_to_an_article_whose_check_is_through(ArticleStage stage, bool opens) =>
        Assert.Equal(opens, Decide(Promotion(), stage) is AdditionOutcome.Opened);

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, false)]
    public void Only_to_the_version_that_was_looked_at(int seen, int run, bool opens) =>
        Assert.Equal(opens, Decide(Promotion(), seen: seen, run: run) is AdditionOutcome.Opened);

    [Fact]
    public void A_candidate_is_promoted_and_one_of_another_article_is_unknown()
    {
        var task = Assert.IsType<AdditionOutcome.Opened>(Decide(Promotion())).Task.Task;
        Assert.Equal((TaskOrigin.Promoted, 1, Candidate.Id), (task.Origin, task.Round, task.StatementId));
        Assert.Equal(["promoted by ana"], task.Why);
        Assert.IsType<AdditionOutcome.Unknown>(Decide(Promotion(), isKnown: false));
        var foreign = Promotion() with { CandidateId = StatementId.Of("another", StatementKind.Claim, "a", null, 1) };
        Assert.IsType<AdditionOutcome.Unknown>(Decide(foreign));
    }

    [Fact]
    public void A_candidate_that_is_gone_from_the_text_or_asked_about_already_is_not_promoted()
    {
        Assert.IsType<AdditionOutcome.Refused>(Decide(Promotion(), run: 2, seen: 2));
        var task = Some.Task();
        Assert.IsType<AdditionOutcome.Refused>(Decide(Promotion(), last: task));
        var again = Decide(Promotion(), last: task with { State = TaskState.Decided });
        Assert.Equal(2, Assert.IsType<AdditionOutcome.Opened>(again).Task.Task.Round);
    }

    [Theory]
    [InlineData(null, null, 0, null)]
    [InlineData("  ", null, 0, null)]
    [InlineData(" Anna Brandt ", "Anna Brandt", 1, "named by ana")]
    public void What_was_missed_is_added_as_it_was_marked(string? named, string? speaker, double sure, string? reason)
    {
        var opened = Assert.IsType<AdditionOutcome.Opened>(Decide(Marked(Some.Opening, named), isKnown: false)).Task;
        var statement = opened.Statement;
        Assert.Equal((TaskOrigin.Added, Some.Opening), (opened.Task.Origin, statement.Text));
        Assert.Equal(
            (speaker, sure, reason, "ana"),
            (statement.Speaker, statement.SpeakerConfidence, statement.SpeakerReason, statement.AddedBy)
        );
        Assert.Equal((1, 1, opened.Task.Id), (statement.FirstRun, statement.LastRun, statement.TaskId));
    }

    [Fact]
    public void What_an_earlier_version_had_and_somebody_marks_stands_in_the_text_again()
    {
        var old = Candidate with { Anchor = Candidate.Anchor with { Position = 99 } };
        var again = Assert.IsType<AdditionOutcome.Opened>(Decide(Marked(Some.Cost), run: 2, seen: 2, known: old)).Task;
        Assert.Equal(
            (2, 0, TaskOrigin.Promoted),
            (again.Statement.LastRun, again.Statement.Anchor.Position, again.Task.Origin)
        );
        var here = Assert.IsType<AdditionOutcome.Opened>(Decide(Marked(Some.Cost), known: old)).Task;
        Assert.Equal(99, here.Statement.Anchor.Position);
    }

    [Theory]
    [InlineData(null, StatementKind.Claim, 0, 5, null)]
    [InlineData(null, StatementKind.Quote, 4, 2_000, null)]
    [InlineData(null, StatementKind.Quote, 4, 2_001, "span")]
    [InlineData(null, StatementKind.Claim, 0, 0, "span")]
    [InlineData(null, StatementKind.Claim, 5, 1, "span")] // a space
    [InlineData(null, StatementKind.Claim, -1, 5, "span")]
    [InlineData(null, StatementKind.Claim, 2_999, 1, null)]
    [InlineData(null, StatementKind.Claim, 2_999, 2, "span")]
    [InlineData(null, (StatementKind)9, 0, 5, "kind")]
    [InlineData(null, null, 0, 5, "kind")]
    [InlineData(null, StatementKind.Claim, null, 5, "span")]
    [InlineData("id", null, null, 0, null)]
    [InlineData("id", StatementKind.Claim, null, 0, "candidateId")]
    [InlineData("id", null, 0, 5, "candidateId")]
    public void What_a_request_must_say(string? candidate, StatementKind? kind, int? start, int length, string? problem)
    {
        var text = "Words words" + new string('a', 2_989);
        var addition = new Addition(
            candidate,
            kind,
            start is { } at ? new TextSpan(at, length) : null,
            null,
            "ana",
            Some.Now
        );
        Assert.Equal(problem is null ? [] : [problem], Additions.ProblemsOf(addition, text).Keys);
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(201, 1)]
    public void A_speaker_has_a_name_of_some_length(int length, int problems) =>
        Assert.Equal(problems, Additions.ProblemsOf(Marked(Some.Opening, new string('a', length)), Some.Text).Count);

    private static Addition Promotion() => new(Candidate.Id, null, null, null, "ana", Some.Now);

    private static Addition Marked(string words, string? speaker = null) =>
        new(
            null,
            StatementKind.Claim,
            new(Some.Text.IndexOf(words, StringComparison.Ordinal), words.Length),
            speaker,
            "ana",
            Some.Now
        );

    private static AdditionOutcome Decide(
        Addition addition,
        ArticleStage stage = ArticleStage.Ready,
        bool isKnown = true,
        Statement? known = null,
        ReviewTask? last = null,
        int open = 0,
        int most = 20,
        int run = 1,
        int seen = 1
    ) =>
        Additions.Decide(
            Some.Head(stage) with
            {
                Run = run,
                OpenTasks = [.. Enumerable.Range(0, open).Select(i => $"{i}")],
            },
            seen,
            addition,
            Article,
            isKnown ? known ?? Candidate : null,
            last,
            new DeskPolicy { MaxOpenTasks = most }
        );
}
