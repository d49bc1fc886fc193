using System.Text.Json;
using CsCheck;

namespace FactCheck.Tests.Domain;

public class RevisionTests
{
    private static readonly SelectionPolicy Selection = new() { SameParagraphPenalty = 0, OverlapPenalty = 0 };
    private static readonly DeskPolicy Desk = new();

    [Fact]
    public void The_same_bytes_read_otherwise_are_another_run()
    {
        var run = new CaseRun(1, "\"1\"", "hash", 10, DateTimeOffset.UnixEpoch, RunState.Done);
        var otherwise = run with { Seq = 2, Reading = new(WholePage: true) };
        Assert.True(run.Covers(run with { Seq = 2 }));
        Assert.False(run.Covers(otherwise));
        Assert.False(otherwise.Covers(run));
        Assert.True(otherwise.Covers(otherwise with { Seq = 3, Reading = new(WholePage: true) }));
    }

    [Fact]
    public void The_first_run_opens_tasks_for_the_best_and_keeps_the_rest_as_candidates()
    {
        var desk = new CaseOf { Selection = Selection with { MaxTasks = 2 } };
        var plan = desk.Run(Some.Text, Some.Cost, Some.Opening, Some.Unemployment);
        Assert.Equal(3, plan.Present);
        Assert.Equal(2, plan.Opened.Count);
        Assert.All(
            plan.Opened,
            task => Assert.Equal((TaskOrigin.Selected, TaskState.Open, 1), (task.Origin, task.State, task.Round))
        );
        Assert.Equal(plan.Opened.Select(t => t.Id), plan.OpenTasks);
        Assert.Single(desk.Statements, s => s.TaskId is null);
    }

    [Fact]
    public void The_same_run_planned_again_is_the_same_plan()
    {
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost, Some.Opening);
        var changed = Some.Text.Replace("42 million", "61 million", StringComparison.Ordinal);
        var first = desk.Run(
            changed,
            "The bridge over the Lenne cost 61 million euros.",
            Some.Opening,
            Some.Unemployment
        );
        var second = desk.RunAgain();
        Assert.Equal(Json(first.Opened), Json(second.Opened));
        Assert.Equal(first.OpenTasks, second.OpenTasks);
        Assert.Equal(first.Present, second.Present);
        Assert.Empty(second.Superseded); // they are closed by now
    }

    [Fact]
    public void An_unchanged_statement_keeps_its_task_and_decision_after_edits_around_it()
    {
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost, Some.Unemployment);
        desk.Decide(Some.Cost);
        var before = desk.Find(Some.Cost);
        var edited = "An added first paragraph.\n\n" + Some.Text;
        var plan = desk.Run(edited, Some.Cost, Some.Unemployment);
        Assert.Empty(plan.Opened);
        Assert.Empty(plan.Superseded);
        var after = desk.Find(Some.Cost);
        Assert.Equal(before.TaskId, after.TaskId);
        Assert.Equal((1, 2), (after.FirstRun, after.LastRun));
        Assert.Equal(edited.IndexOf(Some.Cost, StringComparison.Ordinal), after.Anchor.Position);
        Assert.Equal(TaskState.Decided, desk.TaskOf(Some.Cost).State);
    }

    [Fact]
    public void A_changed_statement_closes_the_old_task_and_opens_one_that_says_what_it_read()
    {
        const string Now = "The bridge over the Lenne cost 61 million euros.";
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost);
        var plan = desk.Run(Some.Text.Replace(Some.Cost, Now, StringComparison.Ordinal), Now);
        var task = Assert.Single(plan.Opened);
        Assert.Equal(TaskOrigin.Changed, task.Origin);
        Assert.Contains($"it read: {Some.Cost}", task.Why);
        Assert.Equal(desk.Find(Some.Cost).Id, desk.Find(Now).Replaces);
        Assert.Equal(TaskState.Superseded, desk.TaskOf(Some.Cost).State);
        Assert.Equal([task.Id], plan.OpenTasks);
    }

    [Fact]
    public void A_changed_statement_that_was_decided_is_asked_again_even_where_it_is_hardly_worth_it()
    {
        const string Now = "The bridge over the Lenne cost 61 million euros.";
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost);
        desk.Decide(Some.Cost);
        desk.Score = 0.1;
        Assert.Equal(
            TaskOrigin.Changed,
            Assert.Single(desk.Run(Some.Text.Replace(Some.Cost, Now, StringComparison.Ordinal), Now).Opened).Origin
        );
        Assert.Equal(TaskState.Decided, desk.TaskOf(Some.Cost).State);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    public void As_many_changed_statements_are_asked_about_as_tasks_may_be_open(int most, int asked)
    {
        const string Cost = "The bridge over the Lenne cost 61 million euros.";
        const string Opening = "It opened to traffic in May 2024.";
        var desk = new CaseOf { Policy = Desk with { MaxOpenTasks = most } };
        desk.Run(Some.Text, Some.Cost, Some.Opening);
        var text = Some
            .Text.Replace(Some.Cost, Cost, StringComparison.Ordinal)
            .Replace(Some.Opening, Opening, StringComparison.Ordinal);
        Assert.Equal(asked, desk.Run(text, Cost, Opening).Opened.Count(t => t.Origin == TaskOrigin.Changed));
    }

    [Fact]
    public void A_statement_on_something_else_is_no_changed_form()
    {
        const string Now = "Nobody was asked whether the old ferry should stay.";
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost);
        Assert.Equal(TaskOrigin.Selected, Assert.Single(desk.Run(Now, Now).Opened).Origin);
        Assert.Null(desk.Find(Now).Replaces);
    }

    [Fact]
    public void A_vanished_statement_is_superseded_and_stays_as_it_was()
    {
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost, Some.Unemployment);
        var plan = desk.Run(Some.Text.Replace(Some.Unemployment, "", StringComparison.Ordinal), Some.Cost);
        Assert.Equal(desk.TaskOf(Some.Unemployment).Id, Assert.Single(plan.Superseded).Id);
        Assert.Equal([desk.TaskOf(Some.Cost).Id], plan.OpenTasks);
        Assert.Equal(1, desk.Find(Some.Unemployment).LastRun);
        Assert.Equal(1, plan.Present);
    }

    [Fact]
    public void Back_to_an_earlier_text_asks_again_what_was_superseded_and_only_that()
    {
        var without = Some.Text.Replace(Some.Unemployment, "", StringComparison.Ordinal);
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost, Some.Unemployment);
        desk.Run(without, Some.Cost);
        var task = Assert.Single(desk.Run(Some.Text, Some.Cost, Some.Unemployment).Opened);
        Assert.Equal((desk.Find(Some.Unemployment).Id, 2), (task.StatementId, task.Round));
        Assert.Equal(3, desk.Find(Some.Unemployment).LastRun);
        Assert.Equal(1, desk.TaskOf(Some.Cost).Round);
    }

    [Fact]
    public void Back_to_an_earlier_text_keeps_what_was_decided_about_it()
    {
        var without = Some.Text.Replace(Some.Unemployment, "", StringComparison.Ordinal);
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost, Some.Unemployment);
        desk.Decide(Some.Unemployment);
        desk.Run(without, Some.Cost);
        Assert.Empty(desk.Run(Some.Text, Some.Cost, Some.Unemployment).Opened);
        Assert.Equal(TaskState.Decided, desk.TaskOf(Some.Unemployment).State);
    }

    [Fact]
    public void A_candidate_that_a_person_could_have_promoted_before_is_not_picked_by_a_later_run()
    {
        var desk = new CaseOf { Selection = Selection with { MaxTasks = 1 } };
        desk.Run(Some.Text, Some.Cost, Some.Unemployment);
        desk.Selection = Selection;
        Assert.Empty(desk.Run(Some.Text + "\n\nA last line.", Some.Cost, Some.Unemployment).Opened);
    }

    [Theory]
    [InlineData(TaskOrigin.Promoted)]
    [InlineData(TaskOrigin.Added)]
    public void What_a_person_asked_for_survives_although_the_extractor_does_not_find_it(TaskOrigin origin)
    {
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost);
        desk.Ask(Some.Opening, origin);
        var plan = desk.Run("A new start.\n\n" + Some.Text, Some.Cost);
        Assert.Empty(plan.Superseded);
        Assert.Contains(desk.TaskOf(Some.Opening).Id, plan.OpenTasks);
        Assert.Equal(2, plan.Present);
        Assert.Equal(2, desk.Find(Some.Opening).LastRun);
    }

    [Fact]
    public void What_a_person_asked_for_during_a_run_is_no_reason_to_open_the_runs_own_tasks_again()
    {
        var desk = new CaseOf();
        var first = desk.Run(Some.Text, Some.Cost);
        desk.Ask(Some.Opening, TaskOrigin.Added);
        var second = desk.RunAgain();
        Assert.Equal(first.Opened.Select(t => t.Id), second.Opened.Select(t => t.Id));
        Assert.Contains(desk.TaskOf(Some.Opening).Id, second.OpenTasks);
    }

    [Fact]
    public void An_amended_wording_speaker_and_place_survive_the_next_run()
    {
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost);
        var place = TextAnchor.Of(Some.Text, new(0, (Some.Cost + " " + Some.Opening).Length));
        desk.Change(
            Some.Cost,
            s =>
                s with
                {
                    Text = "The Lenne bridge cost 42 million and came late.",
                    Speaker = "Jo Falk",
                    Anchor = place,
                }
        );
        var edited = "A new start.\n\n" + Some.Text;
        desk.Run(edited, Some.Cost);
        var amended = desk.Find(Some.Cost);
        Assert.Equal(("The Lenne bridge cost 42 million and came late.", "Jo Falk"), (amended.Text, amended.Speaker));
        Assert.Equal(place.Exact, amended.Anchor.FindIn(edited)?.In(edited));
    }

    [Fact]
    public void A_verdict_stays_with_its_statement()
    {
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost);
        desk.Change(Some.Cost, s => s with { Verdict = Some.Verdict() });
        desk.Run("A new start.\n\n" + Some.Text, Some.Cost);
        Assert.Equal("False", desk.Find(Some.Cost).Verdict?.Rating);
    }

    [Fact]
    public void A_revision_opens_no_more_than_the_budget_leaves()
    {
        var desk = new CaseOf { Selection = Selection with { MaxTasks = 2 } };
        desk.Run(Some.Text, Some.Cost);
        Assert.Single(desk.Run(Some.Text + " ", Some.Cost, Some.Opening, Some.Unemployment).Opened);
    }

    [Fact]
    public void A_run_that_finds_nothing_closes_everything_and_opens_nothing()
    {
        var desk = new CaseOf();
        desk.Run(Some.Text, Some.Cost, Some.Unemployment);
        var plan = desk.Run("");
        Assert.Equal((0, 0, 2, 0), (plan.Present, plan.Opened.Count, plan.Superseded.Count, plan.OpenTasks.Count));
    }

    [Fact]
    public void A_task_has_the_priority_of_its_score_and_never_that_of_an_overdue_one()
    {
        Assert.Equal(80, PriorityOf(0.81));
        Assert.Equal(99, PriorityOf(7));
        Assert.Equal(0, PriorityOf(-1));

        static int PriorityOf(double score) =>
            TaskOpening
                .Open(Some.Head(), Some.Claim(score: score), null, TaskOrigin.Selected, [], Desk, Some.Now)
                .Task.Priority;
    }

    /// <summary>
    /// Any texts one after the other, each planned twice: the second plan adds nothing, and what waits is what is
    /// open.
    /// </summary>
    [Fact]
    public void Any_run_can_be_planned_twice()
    {
        string[] sentences =
        [
            Some.Cost,
            "The bridge over the Lenne cost 61 million euros.",
            Some.Opening,
            Some.Unemployment,
            "Nobody was asked.",
        ];
        Gen.Int[0, 31]
            .Array[1, 6]
            .Sample(texts =>
            {
                var desk = new CaseOf { Selection = Selection with { MaxTasks = 3 } };
                foreach (var bits in texts)
                {
                    var chosen = sentences.Where((_, i) => (bits >> i & 1) == 1).ToArray();
                    var first = desk.Run(string.Join("\n\n", chosen), chosen);
                    var second = desk.RunAgain();
                    Assert.Equal(Json(first.Opened), Json(second.Opened));
                    Assert.Equal(first.OpenTasks, second.OpenTasks);
                    Assert.Empty(second.Superseded);
                    Assert.Equal(chosen.Length, second.Present);
                    Assert.Equal(
                        second.OpenTasks.Order(StringComparer.Ordinal),
                        desk.Open.Order(StringComparer.Ordinal)
                    );
                    Assert.Equal(desk.Open.Count(), desk.Open.Distinct(StringComparer.Ordinal).Count());
                }
            });
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);

    /// <summary>The rows of a case, and what happens to them.</summary>
    private sealed class CaseOf
    {
        private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
        private readonly Dictionary<string, ReviewTask> _tasks = new(StringComparer.Ordinal);
        private (string Text, string[] Found) _last = ("", []);
        private int _run;

        public SelectionPolicy Selection { get; set; } = RevisionTests.Selection;

        public DeskPolicy Policy { get; init; } = Desk;

        public double Score { get; set; } = 0.8;

        public IEnumerable<Statement> Statements => _statements.Values;

        public IEnumerable<string> Open => _tasks.Values.Where(t => !t.IsClosed).Select(t => t.Id);

        public RevisionPlan Run(string text, params string[] found)
        {
            _last = (text, found);
            _run++;
            return RunAgain();
        }

        public RevisionPlan RunAgain()
        {
            var found = _last.Found.Select(words => Some.Claim(words, _last.Text, _run, Score)).ToList();
            var plan = Revision.Plan(
                Some.Article,
                _run,
                new ArticleText(_last.Text, new()),
                found,
                [.. _statements.Values],
                [.. _tasks.Values],
                Selection,
                Policy,
                Some.Now
            );
            foreach (var statement in plan.Statements)
                _statements[statement.Id] = statement;
            foreach (var task in plan.Opened.Concat(plan.Superseded))
                _tasks[task.Id] = task;
            return plan;
        }

        public Statement Find(string words) =>
            _statements[StatementId.Of(Some.Article, StatementKind.Claim, words, null, 1)];

        public ReviewTask TaskOf(string words) =>
            _tasks.Values.Where(t => t.StatementId == Find(words).Id).MaxBy(t => t.Round)!;

        public void Change(string words, Func<Statement, Statement> change) =>
            _statements[Find(words).Id] = change(Find(words));

        public void Decide(string words) =>
            _tasks[TaskOf(words).Id] = TaskOf(words) with { State = TaskState.Decided, Decision = Some.Approval() };

        public void Ask(string words, TaskOrigin origin)
        {
            var statement = Some.Claim(words, _last.Text, _run) with
            {
                AddedBy = origin == TaskOrigin.Added ? "editor" : null,
            };
            var head = Some.Head() with { Run = _run };
            var opened = TaskOpening.Open(head, statement, null, origin, [], Desk, Some.Now);
            _tasks[opened.Task.Id] = opened.Task;
            _statements[statement.Id] = opened.Statement;
        }
    }
}
