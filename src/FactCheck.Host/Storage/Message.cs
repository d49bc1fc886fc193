using Google.Protobuf.WellKnownTypes;

namespace FactCheck.Host.Storage;

/// <summary>One thing that happened to an instance, until an episode takes it.</summary>
/// <param name="generation">Which execution of the instance asked for it.</param>
internal sealed class Message(HistoryEvent what, int generation)
{
    public HistoryEvent Event { get; } = what;

    public int Generation { get; } = generation;

    /// <summary>The row in the inbox; 0 when it has none.</summary>
    public long Row { get; set; }

    /// <summary>What it answers is still in the file, and would be asked again after a crash: an activity or a timer.
    /// So it needs no row of its own when an episode takes it soon.</summary>
    public bool CanBeAskedAgain =>
        Event.EventTypeCase is EventCase.TaskCompleted or EventCase.TaskFailed or EventCase.TimerFired;

    public bool IsStart => Event.EventTypeCase == EventCase.ExecutionStarted;

    /// <summary>From outside, so that a new execution takes it over.</summary>
    public bool IsRaised => Event.EventTypeCase == EventCase.EventRaised;

    /// <summary>About what it holds in memory.</summary>
    public long Bytes => 160 + (2L * (TextOf(Event)?.Length ?? 0));

    private static string? TextOf(HistoryEvent what) =>
        what.EventTypeCase switch
        {
            EventCase.TaskCompleted => what.TaskCompleted.Result,
            EventCase.EventRaised => what.EventRaised.Input,
            EventCase.ExecutionStarted => what.ExecutionStarted.Input,
            EventCase.SubOrchestrationInstanceCompleted => what.SubOrchestrationInstanceCompleted.Result,
            _ => null,
        };
}

/// <summary>Events as Durable Task writes them. What nobody numbered has the number -1.</summary>
internal static class Events
{
    public static HistoryEvent At(DateTime time) => new() { EventId = -1, Timestamp = Timestamp.FromDateTime(time) };

    public static HistoryEvent Answer(DateTime time, int task, string? result)
    {
        var what = At(time);
        what.TaskCompleted = new TaskCompletedEvent { TaskScheduledId = task, Result = result };
        return what;
    }

    public static HistoryEvent Failure(DateTime time, int task, TaskFailureDetails failure)
    {
        var what = At(time);
        what.TaskFailed = new TaskFailedEvent { TaskScheduledId = task, FailureDetails = failure };
        return what;
    }

    public static HistoryEvent ChildAnswer(DateTime time, int task, string? result)
    {
        var what = At(time);
        what.SubOrchestrationInstanceCompleted = new SubOrchestrationInstanceCompletedEvent
        {
            TaskScheduledId = task,
            Result = result,
        };
        return what;
    }

    public static HistoryEvent ChildFailure(DateTime time, int task, TaskFailureDetails failure)
    {
        var what = At(time);
        what.SubOrchestrationInstanceFailed = new SubOrchestrationInstanceFailedEvent
        {
            TaskScheduledId = task,
            FailureDetails = failure,
        };
        return what;
    }

    public static HistoryEvent TimerFired(DateTime time, int timer, DateTime due)
    {
        var what = At(time);
        what.TimerFired = new TimerFiredEvent { TimerId = timer, FireAt = Timestamp.FromDateTime(due) };
        return what;
    }

    public static HistoryEvent Raised(DateTime time, string name, string? input)
    {
        var what = At(time);
        what.EventRaised = new EventRaisedEvent { Name = name, Input = input };
        return what;
    }

    public static HistoryEvent Suspended(DateTime time, string? reason)
    {
        var what = At(time);
        what.ExecutionSuspended = new ExecutionSuspendedEvent { Input = reason };
        return what;
    }

    public static HistoryEvent Resumed(DateTime time, string? reason)
    {
        var what = At(time);
        what.ExecutionResumed = new ExecutionResumedEvent { Input = reason };
        return what;
    }

    public static HistoryEvent Terminated(DateTime time, string? output, bool recurse)
    {
        var what = At(time);
        what.ExecutionTerminated = new ExecutionTerminatedEvent { Input = output, Recurse = recurse };
        return what;
    }

    public static HistoryEvent Rewound(DateTime time, string? reason)
    {
        var what = At(time);
        what.ExecutionRewound = new ExecutionRewoundEvent { Reason = reason };
        return what;
    }

    public static HistoryEvent EpisodeBegins(DateTime time)
    {
        var what = At(time);
        what.OrchestratorStarted = new OrchestratorStartedEvent();
        return what;
    }

    public static HistoryEvent EpisodeEnds(DateTime time)
    {
        var what = At(time);
        what.OrchestratorCompleted = new OrchestratorCompletedEvent();
        return what;
    }

    public static HistoryEvent Ended(DateTime time, InstanceStatus status, string? result, TaskFailureDetails? failure)
    {
        var what = At(time);
        what.ExecutionCompleted = new ExecutionCompletedEvent
        {
            OrchestrationStatus = (OrchestrationStatus)status,
            Result = result,
            FailureDetails = failure,
        };
        return what;
    }

    /// <summary>The number of what an event answers; -1 when it answers nothing.</summary>
    public static int TaskOf(HistoryEvent what) =>
        what.EventTypeCase switch
        {
            EventCase.TaskCompleted => what.TaskCompleted.TaskScheduledId,
            EventCase.TaskFailed => what.TaskFailed.TaskScheduledId,
            EventCase.SubOrchestrationInstanceCompleted => what.SubOrchestrationInstanceCompleted.TaskScheduledId,
            EventCase.SubOrchestrationInstanceFailed => what.SubOrchestrationInstanceFailed.TaskScheduledId,
            EventCase.TimerFired => what.TimerFired.TimerId,
            _ => -1,
        };

    /// <summary>What an action becomes in the history; null when it leaves nothing there.</summary>
    public static HistoryEvent? Of(OrchestratorAction action, DateTime time)
    {
        var what = At(time);
        what.EventId = action.Id;
        switch (action.OrchestratorActionTypeCase)
        {
            case ActionCase.ScheduleTask:
                what.TaskScheduled = Asked(action.ScheduleTask);
                return what;
            case ActionCase.CreateSubOrchestration:
                what.SubOrchestrationInstanceCreated = Asked(action.CreateSubOrchestration);
                return what;
            case ActionCase.CreateTimer:
                what.TimerCreated = new TimerCreatedEvent { FireAt = action.CreateTimer.FireAt };
                return what;
            case ActionCase.SendEvent:
                var send = action.SendEvent;
                what.EventSent = new EventSentEvent
                {
                    InstanceId = send.Instance.InstanceId,
                    Name = send.Name,
                    Input = send.Data,
                };
                return what;
            default:
                return null;
        }
    }

    /// <summary>Asks once more for what was asked for.</summary>
    public static ScheduleTaskAction Again(TaskScheduledEvent asked) =>
        new()
        {
            Name = asked.Name,
            Version = asked.Version,
            Input = asked.Input,
            Tags = { asked.Tags },
        };

    public static CreateSubOrchestrationAction Again(SubOrchestrationInstanceCreatedEvent asked) =>
        new()
        {
            InstanceId = asked.InstanceId,
            Name = asked.Name,
            Version = asked.Version,
            Input = asked.Input,
            Tags = { asked.Tags },
        };

    private static TaskScheduledEvent Asked(ScheduleTaskAction task) =>
        new()
        {
            Name = task.Name,
            Version = task.Version,
            Input = task.Input,
            ParentTraceContext = task.ParentTraceContext,
            Tags = { task.Tags },
        };

    private static SubOrchestrationInstanceCreatedEvent Asked(CreateSubOrchestrationAction child) =>
        new()
        {
            InstanceId = child.InstanceId,
            Name = child.Name,
            Version = child.Version,
            Input = child.Input,
            ParentTraceContext = child.ParentTraceContext,
            Tags = { child.Tags },
        };
}
