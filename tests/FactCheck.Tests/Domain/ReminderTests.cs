using FactCheck.Domain;
using Xunit;

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
            task = TaskDecider.Remind(task, now, Policy);
            rung.Add(((now - Some.Now).TotalDays, task.Escalated));
        }

        Assert.Equal([(3, false), (6, false), (7, true), (10, true), (13, true)], rung);
        Assert.Equal(5, task.Reminders);
    }

    [Fact]
    public void A_reminder_before_the_deadline_leaves_the_priority_alone()
    {
        var task = NewTask(Policy);
        Assert.Equal(task.Priority, TaskDecider.Remind(task, task.NextReminder, Policy).Priority);
    }

    [Fact]
    public void What_is_overdue_comes_before_everything_that_is_not()
    {
        var best = TaskOpening
            .Open(Some.Head(), Some.Claim(score: 1), null, TaskOrigin.Selected, [], Policy, Some.Now)
            .Task;
        var overdue = TaskDecider.Remind(NewTask(Policy), Some.Now.AddDays(7), Policy);
        Assert.True(overdue.Priority > best.Priority);
    }

    [Fact]
    public void A_deadline_before_the_first_reminder_rings_first() =>
        Assert.Equal(Some.Now.AddDays(1), NewTask(Policy with { Deadline = TimeSpan.FromDays(1) }).NextReminder);

    [Fact]
    public void Each_attempt_waits_for_an_event_of_its_own() =>
        Assert.NotEqual((Some.Task() with { Attempt = 1 }).WakeEvent, (Some.Task() with { Attempt = 2 }).WakeEvent);

    private static ReviewTask NewTask(DeskPolicy policy) =>
        TaskOpening.Open(Some.Head(), Some.Claim(), null, TaskOrigin.Selected, [], policy, Some.Now).Task;
}
