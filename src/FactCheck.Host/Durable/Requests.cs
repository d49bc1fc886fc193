using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>What clients, and orchestrators of other instances, ask of the writer. Writer's thread.</summary>
internal sealed class Requests(
    Database database,
    Batch batch,
    Memory memory,
    Executions executions,
    Rewinds rewinds,
    ILogger logger
)
{
    private const int PurgeBatch = 200;

    /// <exception cref="RefusedException">The id is in use.</exception>
    public string Start(StartRequest request) => executions.Start(request);

    public Found Raise(string id, string name, string? payload)
    {
        var found = Look(id, out var instance);
        if (found == Found.Alive)
            memory.Deliver(instance!, Events.Raised(batch.Now, name, payload));
        else
            logger.LogWarning(
                "Event {Event} was dropped: {InstanceId} {Why}",
                name,
                id,
                found == Found.Nothing ? "does not exist" : "has ended"
            );
        return found;
    }

    public Found Terminate(string id, string? output, bool recursive)
    {
        var found = Look(id, out var instance);
        if (found == Found.Alive)
            executions.Terminate(instance!, output, recursive);
        return found;
    }

    public Found Suspend(string id, string? reason)
    {
        var found = Look(id, out var instance);
        if (found == Found.Alive && instance!.Status != InstanceStatus.Suspended)
            Switch(instance, InstanceStatus.Suspended, Events.Suspended(batch.Now, reason));
        return found;
    }

    public Found Resume(string id, string? reason)
    {
        var found = Look(id, out var instance);
        if (found == Found.Alive && instance!.Status == InstanceStatus.Suspended)
            Switch(
                instance,
                instance is { Episodes: 0, Generation: 0 } ? InstanceStatus.Pending : InstanceStatus.Running,
                Events.Resumed(batch.Now, reason)
            );
        return found;
    }

    /// <summary>Forgets an ended instance, and what it started if wanted; how many.</summary>
    public int Purge(string id, bool recursive) =>
        memory.Find(id) is { IsTerminal: true } instance ? Purge(instance, recursive) : 0;

    /// <summary>Forgets some ended instances that match; how many, if that was all, the filter for the rest.</summary>
    public (int Count, bool Complete, InstanceFilter Next) PurgeSome(InstanceFilter filter, bool recursive)
    {
        var (ids, next) = database.SelectEnded(filter, PurgeBatch);
        return (ids.Sum(id => Purge(id, recursive)), ids.Count < PurgeBatch, next);
    }

    /// <summary>Runs an instance's orchestrator again with the same input, under its id or a new one; the id.</summary>
    /// <exception cref="RefusedException">There is none, or it has not ended.</exception>
    public string Restart(string id, bool underNewId)
    {
        var instance = memory.Find(id) ?? throw Missing(id);
        if (!underNewId && !instance.IsTerminal)
            throw new RefusedException(
                Refusal.NotNow,
                $"Instance '{id}' is {instance.Status}; only an ended one is restarted under its own id."
            );
        return Start(
            new StartRequest(
                instance.Name,
                underNewId ? Guid.NewGuid().ToString("N") : id,
                database.GetInput(instance.Key),
                instance.Version,
                default,
                instance.TagsJson,
                ReusePolicy.Ended,
                null,
                instance.Trace
            )
        );
    }

    /// <summary>Takes a failed instance back to before its failure, and its failed children with it; its id.</summary>
    /// <exception cref="RefusedException">There is none, or it has not failed.</exception>
    public string Rewind(string id, string? reason)
    {
        var instance = memory.Find(id) ?? throw Missing(id);
        if (instance.Status != InstanceStatus.Failed)
            throw new RefusedException(
                Refusal.NotNow,
                $"Instance '{id}' is {instance.Status}; only a failed one is rewound."
            );
        rewinds.Rewind(instance, reason);
        return id;
    }

    private static RefusedException Missing(string id) => new(Refusal.Missing, $"There is no instance '{id}'.");

    private Found Look(string id, out Instance? instance)
    {
        instance = memory.Find(id);
        return instance switch
        {
            null => Found.Nothing,
            { IsTerminal: true } => Found.Ended,
            _ => Found.Alive,
        };
    }

    private void Switch(Instance instance, InstanceStatus status, HistoryEvent what)
    {
        executions.Become(instance, status);
        memory.Deliver(instance, what);
    }

    private int Purge(Instance instance, bool recursive)
    {
        var count = 1;
        if (recursive)
        {
            foreach (var key in database.Children(instance.Key))
            {
                if (memory.Find(key) is { IsTerminal: true } child)
                    count += Purge(child, recursive: true);
            }
        }
        executions.Delete(instance);
        return count;
    }
}

/// <summary>What there is of an id.</summary>
internal enum Found
{
    Nothing,

    Alive,

    Ended,
}
