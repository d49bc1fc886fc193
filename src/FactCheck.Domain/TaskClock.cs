namespace FactCheck.Domain;

/// <summary>What the clock of a task does while nobody answers.</summary>
public static class TaskClock
{
    /// <summary>A reminder; from the deadline on, editors see the task first. Null when there is no reason.</summary>
    public static (ReviewTask Task, AuditVerb Verb)? Ring(ReviewTask task, DateTimeOffset now, DeskPolicy policy)
    {
        if (task.IsClosed || now < task.NextReminder)
            return null;
        var overdue = now >= task.Deadline;
        var rung = task.At(now) with
        {
            Reminders = task.Reminders + 1,
            Escalated = task.Escalated || overdue,
            Priority = overdue ? 100 : task.Priority,
            NextReminder = NextAfter(now, task.Deadline, policy),
        };
        return (rung, rung.Escalated && !task.Escalated ? AuditVerb.Escalated : AuditVerb.Reminded);
    }

    /// <summary>When a task that is opened now should be decided, and when somebody is first reminded of it.</summary>
    public static (DateTimeOffset Deadline, DateTimeOffset NextReminder) Start(DateTimeOffset now, DeskPolicy policy)
    {
        var deadline = now + policy.Deadline;
        return (deadline, NextAfter(now, deadline, policy));
    }

    // After the interval between reminders, but never past a deadline that is still to come.
    private static DateTimeOffset NextAfter(DateTimeOffset now, DateTimeOffset deadline, DeskPolicy policy) =>
        now < deadline && deadline < now + policy.ReminderAfter ? deadline : now + policy.ReminderAfter;
}
