using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>Takes failed instances back to before their failure. Writer's thread.</summary>
internal sealed class Rewinds(
    Database database,
    Batch batch,
    Memory memory,
    Outbox outbox,
    Executions executions,
    Sessions sessions
)
{
    public void Rewind(Instance instance, string? reason)
    {
        var plan = Rewinding.Plan(database.Episodes(instance));
        database.ClearHistory(instance.Key);
        database.SetOutput(instance.Key, null);
        sessions.Forget(instance.Id);
        instance.Episodes = 0;
        // A late answer of before must not be taken for one of after.
        instance.Generation++;
        instance.Open.Clear();
        instance.Inbox.Clear();
        foreach (var episode in plan.Past)
            database.AddEpisode(instance, episode);
        executions.Become(instance, InstanceStatus.Running);
        instance.Failure = null;
        if (plan.Past.Count == 0)
            instance.Inbox.Add(Memory.StartOf(instance, database.GetInput(instance.Key)));
        memory.Deliver(instance, Events.Rewound(batch.Now, reason));
        foreach (var kept in plan.Kept)
            memory.Deliver(instance, kept);
        foreach (var open in plan.Open)
            AskAgain(instance, open, reason);
    }

    private void AskAgain(Instance instance, HistoryEvent open, string? reason)
    {
        switch (open.EventTypeCase)
        {
            case EventCase.TaskScheduled:
                outbox.SendActivity(instance, open.EventId, Events.Again(open.TaskScheduled));
                break;
            case EventCase.TimerCreated:
                outbox.SetTimer(instance, open.EventId, open.TimerCreated.FireAt.ToDateTime());
                break;
            default:
                AskChildAgain(instance, open.EventId, open.SubOrchestrationInstanceCreated, reason);
                break;
        }
    }

    private void AskChildAgain(Instance parent, int task, SubOrchestrationInstanceCreatedEvent asked, string? reason)
    {
        var child = memory.Find(asked.InstanceId);
        if (child?.Parent is not { } link || link.Key != parent.Key || link.TaskId != task)
        {
            executions.StartChild(parent, task, Events.Again(asked)); // purged, or started anew by someone else
            return;
        }
        parent.Open.Add(task);
        var now = link with { Generation = parent.Generation };
        database.SetParent(child, now);
        child.Parent = now;
        switch (child.Status)
        {
            case InstanceStatus.Completed:
                executions.TellParent(now, child, database.GetOutput(child.Key), failure: null);
                break;
            case InstanceStatus.Terminated:
                parent.Open.Remove(task);
                executions.StartChild(parent, task, Events.Again(asked));
                break;
            case InstanceStatus.Failed:
                Rewind(child, reason);
                break;
            default:
                break; // it still runs, and will answer
        }
    }
}
