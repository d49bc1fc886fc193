namespace FactCheck.Tests.Domain;

public class TaskDeciderTests
{
    private static readonly DeskPolicy One = new();
    private static readonly DeskPolicy Two = new() { Quorum = 2 };

    // A row for each action, a column for each state: the state after it, or why it is refused.
    private static readonly TaskState[] States =
    [
        TaskState.Open,
        TaskState.InProgress,
        TaskState.AwaitingReply,
        TaskState.InReview,
        TaskState.Decided,
        TaskState.Superseded,
        TaskState.Spiked,
    ];
    private static readonly (DecisionAction Action, string[] Outcomes)[] Table =
    [
        (DecisionAction.Approve, ["Decided", "Decided", "Decided", "NotYours", "Closed", "Closed", "Closed"]),
        (DecisionAction.Amend, ["Decided", "Decided", "Decided", "NotYours", "Closed", "Closed", "Closed"]),
        (DecisionAction.Reject, ["Decided", "Decided", "Decided", "NotYours", "Closed", "Closed", "Closed"]),
        (
            DecisionAction.Confirm,
            ["NothingProposed", "NothingProposed", "NothingProposed", "Decided", "Closed", "Closed", "Closed"]
        ),
        (
            DecisionAction.Return,
            ["NothingProposed", "NothingProposed", "NothingProposed", "Open", "Closed", "Closed", "Closed"]
        ),
    ];

    public static TheoryData<DecisionAction, TaskState, string> Pairs()
    {
        var pairs = new TheoryData<DecisionAction, TaskState, string>();
        foreach (var (action, outcomes) in Table)
            for (var i = 0; i < States.Length; i++)
                pairs.Add(action, States[i], outcomes[i]);
        return pairs;
    }

    [Fact]
    public void The_table_has_every_action_and_every_state()
    {
        Assert.Equal(Enum.GetValues<TaskState>(), States);
        Assert.Equal(Enum.GetValues<DecisionAction>(), Table.Select(row => row.Action));
        Assert.All(Table, row => Assert.Equal(States.Length, row.Outcomes.Length));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_answer_to_each_state_has_one_outcome(DecisionAction action, TaskState state, string outcome) =>
        Assert.Equal(outcome, NameOf(Decide(Some.Task(state), Some.Answer(action))));

    /// <summary>A clock that ran ahead gave it an end that lies further away than a lease is long.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(14, true)]
    [InlineData(15, false)]
    [InlineData(-1, true)] // clocks of two machines
    [InlineData(-2, false)]
    [InlineData(-60 * 24, false)]
    public void A_lease_never_outlives_its_minutes(int minutesAfter, bool holds)
    {
        var taken = ((TaskOutcome.Taken)TaskDecider.TakeLease(Some.Task(), "ben", Some.Now, One)).Task;
        var now = Some.Now.AddMinutes(minutesAfter);
        Assert.Equal(holds, taken.LeaseAt(now) is not null);
        var ofFormerRelease = taken with { Lease = taken.Lease! with { Since = null } };
        Assert.Equal(minutesAfter < 15, ofFormerRelease.LeaseAt(now) is not null); // its end is all that is known
        Assert.Equal(!holds, TaskDecider.TakeLease(taken, "ana", now, One) is TaskOutcome.Taken);
        // One that is to come is gone with the next write; one that ended tells who had it last.
        Assert.Equal(minutesAfter > -2, taken.At(now).Lease is not null);
        var rung = TaskClock.Ring(taken with { NextReminder = now }, now, One)!.Value.Task;
        Assert.Equal(minutesAfter > -2, rung.Lease is not null);
    }

    /// <summary>Names are for show: what two people are called makes them neither one nor two.</summary>
    [Theory]
    [InlineData("a-1", "qReviewer", "a-1", "QReviewer", false)]
    [InlineData("a-1", "qReviewer", "a-2", "qReviewer", true)]
    [InlineData(null, "qReviewer", "a-1", "renamed", false)] // proposed under a former release
    [InlineData(null, "QReviewer", "a-1", "renamed", true)]
    public void It_takes_two_people_whatever_they_are_called(
        string? id,
        string name,
        string otherId,
        string otherName,
        bool isTaken
    )
    {
        var other = new Who(otherId, otherName) { Formerly = "qReviewer" };
        var proposed = Decide(Some.Task(), Some.Answer(DecisionAction.Approve) with { By = new(id, name) }, Two);
        var task = Assert.IsType<TaskOutcome.Taken>(proposed).Task;
        var confirmed = Decide(task, Some.Answer(DecisionAction.Confirm) with { By = other }, Two);
        Assert.Equal(isTaken, confirmed is TaskOutcome.Taken);
        var leased = Some.Task() with { Lease = new(new(id, name), Some.Now.AddMinutes(5)) };
        Assert.Equal(!isTaken, TaskDecider.TakeLease(leased, other, Some.Now, One) is TaskOutcome.Taken);
        var assigned = Some.Task() with { Assignee = new(id, name) };
        Assert.Equal(!isTaken, TaskDecider.Assign(assigned, other, null, mayReassign: false) is TaskOutcome.Taken);
    }

    /// <summary>A former release kept a name; whose it was can't be told of somebody whom it did not know.</summary>
    [Fact]
    public void What_was_proposed_before_people_had_ids_is_confirmed_by_nobody_who_may_have_proposed_it()
    {
        var proposed = Taken(Decide(Some.Task(), Some.Answer(DecisionAction.Approve, "ana"), Two));
        var unknown = new Who("oidc-a", "ana (2)");
        var refused = Assert.IsType<TaskOutcome.Refused>(
            Decide(proposed, Some.Answer(DecisionAction.Confirm) with { By = unknown }, Two)
        );
        Assert.Equal(RefusalKind.OwnProposal, refused.Kind);
        Assert.Contains("before people had ids", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            TaskState.Open,
            Taken(Decide(proposed, Some.Answer(DecisionAction.Return) with { By = unknown }, Two)).State
        );
    }

    [Theory]
    [InlineData(DecisionAction.Approve)]
    [InlineData(DecisionAction.Amend)]
    [InlineData(DecisionAction.Reject)]
    public void Where_it_takes_two_the_first_answer_is_a_proposal_and_the_second_person_closes_it(DecisionAction action)
    {
        var proposed = Taken(Decide(Some.Task(), Some.Answer(action, "first"), Two));
        Assert.Equal(TaskState.InReview, proposed.State);
        var closed = Taken(Decide(proposed, Some.Answer(DecisionAction.Confirm, "second"), Two));
        Assert.Equal(TaskState.Decided, closed.State);
        Assert.Equal(
            ("first", "second", action),
            (closed.Decision!.By, closed.Decision.ConfirmedBy, closed.Decision.Action)
        );
    }

    [Theory]
    [InlineData(DecisionAction.Confirm)]
    [InlineData(DecisionAction.Return)]
    public void Nobody_confirms_or_returns_what_they_proposed(DecisionAction action) =>
        Assert.Equal(
            RefusalKind.OwnProposal,
            Refused(Decide(Some.Task(TaskState.InReview), Some.Answer(action, "proposer"), Two)).Kind
        );

    [Fact]
    public void A_proposer_can_not_decide_a_second_time_either() =>
        Assert.Equal(
            RefusalKind.NotYours,
            Refused(Decide(Some.Task(TaskState.InReview), Some.Approval("proposer"), Two)).Kind
        );

    [Fact]
    public void What_is_returned_is_open_again_and_says_why()
    {
        var returned = Taken(
            Decide(
                Some.Task(TaskState.InReview) with
                {
                    Lease = new("second", Some.Now.AddMinutes(5)),
                },
                Some.Answer(DecisionAction.Return, "second"),
                Two
            )
        );
        Assert.Equal(TaskState.Open, returned.State);
        Assert.Null(returned.Decision);
        Assert.Null(returned.Lease);
        Assert.Equal("Returned by second: The account is of 2023.", returned.Why[^1]);
    }

    [Fact]
    public void A_decision_ends_the_lease()
    {
        var task = Some.Task(TaskState.InProgress) with { Lease = new("reviewer", Some.Now.AddMinutes(5)) };
        Assert.Null(Taken(Decide(task, Some.Approval())).Lease);
        Assert.Null(Taken(Decide(task, Some.Approval(), Two)).Lease);
    }

    [Fact]
    public void While_somebody_works_on_it_nobody_else_decides()
    {
        var task = Some.Task(TaskState.InProgress) with { Lease = new("another", Some.Now.AddMinutes(5)) };
        var refused = Refused(Decide(task, Some.Approval()));
        Assert.Equal(RefusalKind.NotYours, refused.Kind);
        Assert.Equal("another works on it until 09:05 UTC.", refused.Message);
    }

    [Fact]
    public void A_lease_that_ran_out_keeps_nobody_off()
    {
        var task = Some.Task(TaskState.InProgress) with { Lease = new("another", Some.Now) };
        Assert.Equal(TaskState.Decided, Taken(Decide(task, Some.Approval())).State);
        Assert.Equal("me", Taken(TaskDecider.TakeLease(task, "me", Some.Now, One)).Lease!.Holder);
    }

    [Fact]
    public void An_assigned_task_is_decided_by_its_assignee_and_confirmed_by_somebody_else()
    {
        var task = Some.Task() with { Assignee = "first" };
        Assert.Equal(RefusalKind.NotYours, Refused(Decide(task, Some.Approval("second"), Two)).Kind);
        var proposed = Taken(Decide(task, Some.Approval("first"), Two));
        Assert.Equal(
            TaskState.Decided,
            Taken(Decide(proposed, Some.Answer(DecisionAction.Confirm, "second"), Two)).State
        );
    }

    [Fact]
    public void An_incomplete_answer_changes_nothing_and_names_its_fields()
    {
        var refused = Refused(Decide(Some.Task(), Some.Approval() with { Rating = null }));
        Assert.Equal(RefusalKind.Invalid, refused.Kind);
        Assert.Equal("rating", Assert.Single(refused.Problems).Key);
    }

    [Fact]
    public void A_closed_task_is_refused_before_the_answer_is_read() =>
        Assert.Equal(
            RefusalKind.Closed,
            Refused(Decide(Some.Task(TaskState.Decided), Some.Approval() with { Rating = null })).Kind
        );

    [Theory]
    [InlineData("false")]
    [InlineData("FALSE")]
    public void A_rating_is_kept_as_the_scale_writes_it(string rating) =>
        Assert.Equal("False", Taken(Decide(Some.Task(), Some.Approval(rating: rating))).Decision!.Rating);

    [Fact]
    public void A_lease_lasts_as_long_as_the_desk_says_and_can_be_renewed()
    {
        var task = Taken(TaskDecider.TakeLease(Some.Task(), "me", Some.Now, One));
        Assert.Equal(TaskState.InProgress, task.State);
        Assert.Equal(new Lease("me", Some.Now + One.LeaseLength, Some.Now), task.Lease);
        var renewed = Taken(TaskDecider.TakeLease(task, "me", Some.Now.AddMinutes(10), One));
        Assert.Equal(Some.Now.AddMinutes(10) + One.LeaseLength, renewed.Lease!.Until);
    }

    [Theory]
    [InlineData(TaskState.AwaitingReply)]
    [InlineData(TaskState.InReview)]
    public void A_lease_changes_no_state_but_open(TaskState state) =>
        Assert.Equal(state, Taken(TaskDecider.TakeLease(Some.Task(state), "me", Some.Now, One)).State);

    [Fact]
    public void What_is_assigned_to_one_is_not_leased_by_another()
    {
        var task = Some.Task() with { Assignee = "ana" };
        Assert.Equal(RefusalKind.NotYours, Refused(TaskDecider.TakeLease(task, "me", Some.Now, One)).Kind);
        Assert.Equal("ana", Taken(TaskDecider.TakeLease(task, "ana", Some.Now, One)).Lease!.Holder);
        // Whoever confirms is another than whose it was.
        Assert.Equal(
            "me",
            Taken(TaskDecider.TakeLease(task with { State = TaskState.InReview }, "me", Some.Now, One)).Lease!.Holder
        );
    }

    [Fact]
    public void Somebody_elses_lease_can_neither_be_taken_nor_given_back()
    {
        var task = Some.Task(TaskState.InProgress) with { Lease = new("another", Some.Now.AddMinutes(5)) };
        Assert.Equal(RefusalKind.NotYours, Refused(TaskDecider.TakeLease(task, "me", Some.Now, One)).Kind);
        Assert.Equal(RefusalKind.NotYours, Refused(TaskDecider.ReleaseLease(task, "me", Some.Now)).Kind);
    }

    [Fact]
    public void A_lease_that_is_given_back_leaves_the_task_open()
    {
        var task = Taken(
            TaskDecider.ReleaseLease(
                Some.Task(TaskState.InProgress) with
                {
                    Lease = new("me", Some.Now.AddMinutes(5)),
                },
                "me",
                Some.Now
            )
        );
        Assert.Equal((TaskState.Open, null), (task.State, task.Lease));
    }

    [Theory]
    [InlineData(TaskState.Decided)]
    [InlineData(TaskState.Superseded)]
    [InlineData(TaskState.Spiked)]
    public void A_closed_task_is_neither_leased_nor_assigned_nor_superseded(TaskState state)
    {
        var task = Some.Task(state);
        Assert.Equal(RefusalKind.Closed, Refused(TaskDecider.TakeLease(task, "me", Some.Now, One)).Kind);
        Assert.Equal(RefusalKind.Closed, Refused(TaskDecider.Assign(task, "me", "me", mayReassign: true)).Kind);
        Assert.Same(task, TaskDecider.Supersede(task));
    }

    [Theory]
    [InlineData(null, "me", false, true)] // to myself
    [InlineData("me", null, false, true)] // mine, to nobody
    [InlineData(null, "another", false, false)] // to somebody else: only an editor
    [InlineData(null, "another", true, true)]
    [InlineData("another", "me", false, false)] // from somebody else: only an editor
    [InlineData("another", null, false, false)]
    [InlineData("another", "me", true, true)]
    public void A_reviewer_assigns_to_themselves_and_an_editor_to_anybody(
        string? owner,
        string? assignee,
        bool isEditor,
        bool taken
    )
    {
        var outcome = TaskDecider.Assign(Some.Task() with { Assignee = owner }, "me", assignee, isEditor);
        if (taken)
            Assert.Equal(assignee, Taken(outcome).Assignee);
        else
            Assert.Equal(RefusalKind.NotYours, Refused(outcome).Kind);
    }

    [Fact]
    public void A_superseded_task_is_closed_and_free()
    {
        var task = TaskDecider.Supersede(
            Some.Task(TaskState.InProgress) with
            {
                Lease = new("me", Some.Now.AddMinutes(5)),
            }
        );
        Assert.Equal((TaskState.Superseded, null), (task.State, task.Lease));
        Assert.True(task.IsClosed);
    }

    private static TaskOutcome Decide(ReviewTask task, Decision decision, DeskPolicy? policy = null) =>
        TaskDecider.Decide(task, decision, Some.Ratings, policy ?? One);

    private static ReviewTask Taken(TaskOutcome outcome) => Assert.IsType<TaskOutcome.Taken>(outcome).Task;

    private static TaskOutcome.Refused Refused(TaskOutcome outcome) => Assert.IsType<TaskOutcome.Refused>(outcome);

    private static string NameOf(TaskOutcome outcome) =>
        outcome switch
        {
            TaskOutcome.Taken { Task: var task } => task.State.ToString(),
            TaskOutcome.Refused { Kind: var kind } => kind.ToString(),
            _ => "nothing",
        };
}
