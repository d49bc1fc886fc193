using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>The activities and timers that instances wait for, and the answers to them. Writer's thread.</summary>
internal sealed class Outbox(
    Database database,
    Batch batch,
    Memory memory,
    ActivityDispatcher activities,
    TimerQueue timers,
    RuntimeMeters meters
)
{
    private const int MostTimers = 4096; // fired in one batch

    public void SendActivity(Instance instance, int task, ScheduleTaskAction action)
    {
        database.AddActivity(instance, task, action.Name);
        instance.Open.Add(task);
        Send(instance, task, action);
    }

    /// <summary>Activities of an earlier run: their inputs are in the histories.</summary>
    public void SendAgain(IEnumerable<OpenActivity> open)
    {
        foreach (var ofOne in open.GroupBy(activity => activity.Key))
        {
            if (memory.Find(ofOne.Key) is not { IsTerminal: false } instance)
                continue;
            var scheduled = database
                .Episodes(instance)
                .SelectMany(episode => episode)
                .Where(one => one.EventTypeCase == EventCase.TaskScheduled)
                .ToDictionary(one => one.EventId, one => one.TaskScheduled);
            foreach (
                var activity in ofOne.Where(activity =>
                    activity.Generation == instance.Generation && instance.Open.Contains(activity.Task)
                )
            )
            {
                var action = Events.Again(scheduled[activity.Task]);
                action.ParentTraceContext = scheduled[activity.Task].ParentTraceContext;
                Send(instance, activity.Task, action);
            }
        }
    }

    /// <summary>Sets a timer; that of task -1 starts the instance.</summary>
    public void SetTimer(Instance instance, int task, DateTime due)
    {
        var timer = new DurableTimer(instance.Key, task, instance.Generation, due.Ticks);
        if (task >= 0)
            instance.Open.Add(task);
        database.AddTimer(timer);
        batch.AfterCommit(() => timers.Add(timer));
    }

    public void FireTimers()
    {
        var due = timers.TakeDue(MostTimers, batch.Now);
        batch.OnRollback(() => due.ForEach(timers.Add));
        foreach (var timer in due)
        {
            if (batch.Now.Ticks - timer.Due > TimeSpan.TicksPerSecond)
                batch.AfterCommit(meters.LateDurableTimer);
            if (timer.Task < 0)
                Begin(timer);
            else
                TakeAnswer(
                    timer.Key,
                    timer.Generation,
                    Events.TimerFired(batch.Now, timer.Task, new DateTime(timer.Due, DateTimeKind.Utc))
                );
        }
    }

    public void TakeAnswer(long key, int generation, HistoryEvent answer)
    {
        if (
            memory.Find(key) is { IsTerminal: false } instance
            && instance.Generation == generation
            && instance.Open.Remove(Events.TaskOf(answer))
        )
            memory.Deliver(instance, answer);
    }

    public void Clear(Instance instance)
    {
        instance.Open.Clear();
        foreach (var task in database.ClearWaits(instance.Key))
            batch.AfterCommit(() => timers.Remove(instance.Key, task));
    }

    /// <summary>Its time has come, whatever the clock says from now on.</summary>
    private void Begin(DurableTimer timer)
    {
        database.RemoveTimer(timer.Key, timer.Task);
        if (memory.Find(timer.Key) is not { IsTerminal: false } instance || instance.Generation != timer.Generation)
            return;
        instance.StartAt = default;
        instance.IsDirty = true;
        memory.Ready(instance);
    }

    private void Send(Instance instance, int task, ScheduleTaskAction action)
    {
        var request = new ActivityRequest
        {
            Name = action.Name,
            Version = action.Version,
            Input = action.Input,
            TaskId = task,
            OrchestrationInstance = new OrchestrationInstance
            {
                InstanceId = instance.Id,
                ExecutionId = instance.ExecutionId,
            },
            ParentTraceContext = action.ParentTraceContext ?? Spans.Context(instance.Trace),
            Tags = { action.Tags },
        };
        var call = new ActivityCall(instance.Key, instance.Generation, request);
        batch.AfterCommit(() => activities.Enqueue(call));
    }
}

/// <summary>An activity has answered.</summary>
internal sealed class AnswerCommand(Outbox outbox, ActivityCall call, HistoryEvent answer) : Command
{
    public override string What => $"the answer of {call}";

    public override void Apply() => outbox.TakeAnswer(call.Key, call.Generation, answer);
}
