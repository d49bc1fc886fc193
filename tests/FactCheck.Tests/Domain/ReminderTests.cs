namespace FactCheck.Tests.Domain;

public class ReminderTests
{
    private static readonly DeskPolicy Policy = new()
    {
        Deadline = TimeSpan.FromDays(7),
        ReminderAfter = TimeSpan.FromDays(3),
    };

    [Fact]
    public void A_task_that_nobody_answers_is_brought_up_again_and_escalated_at_its_deadline()
    {
        var task = NewTask(Policy);
        var rung = new List<(double Day, bool Escalated)>();
        for (var i = 0; i < 5; i++)
        {
            var now = task.NextReminder;
            task = Ring(task, now);
            rung.Add(((now - Some.Now).TotalDays, task.Escalated));
        }

        Assert.Equal([(3, false), (6, false), (7, true), (10, true), (13, true)], rung);
        Assert.Equal(5, task.Reminders);
    }

    [Fact]
    public void A_reminder_before_the_deadline_leaves_the_priority_alone()
    {
        var task = NewTask(Policy);
        Assert.Equal(task.Priority, Ring(task, task.NextReminder).Priority);
    }

    [Fact]
    public void What_is_overdue_comes_before_everything_that_is_not()
    {
        var best = TaskOpening
            .Open(Some.Head(), Some.Claim(score: 1), null, TaskOrigin.Selected, [], Policy, Some.Now)
            .Task;
        var overdue = Ring(NewTask(Policy), Some.Now.AddDays(7));
        Assert.True(overdue.Priority > best.Priority);
    }

    [Fact]
    public void A_deadline_before_the_first_reminder_rings_first() =>
        Assert.Equal(Some.Now.AddDays(1), NewTask(Policy with { Deadline = TimeSpan.FromDays(1) }).NextReminder);

    [Fact]
    public void Each_attempt_waits_for_an_event_of_its_own() =>
        Assert.NotEqual((Some.Task() with { Attempt = 1 }).WakeEvent, (Some.Task() with { Attempt = 2 }).WakeEvent);

    [Fact]
    public void Nobody_is_reminded_too_early_or_of_what_is_closed()
    {
        var task = NewTask(Policy);
        Assert.Null(TaskClock.Ring(task, task.NextReminder.AddTicks(-1), Policy));
        Assert.Null(TaskClock.Ring(task with { State = TaskState.Decided }, task.NextReminder, Policy));
    }

    [Fact]
    public void Only_the_first_reminder_after_the_deadline_is_an_escalation()
    {
        var task = NewTask(Policy);
        var verbs = new List<string>();
        while (verbs.Count < 4 && TaskClock.Ring(task, task.NextReminder, Policy) is var (rung, verb))
        {
            verbs.Add(verb.Word);
            task = rung;
        }

        Assert.Equal(["reminded", "reminded", "escalated", "reminded"], verbs);
    }

    private static ReviewTask Ring(ReviewTask task, DateTimeOffset now) =>
        TaskClock.Ring(task, now, Policy)!.Value.Task;

    private static ReviewTask NewTask(DeskPolicy policy) =>
        TaskOpening.Open(Some.Head(), Some.Claim(), null, TaskOrigin.Selected, [], policy, Some.Now).Task;
}
