using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>A start as the writer gets it.</summary>
internal sealed record StartRequest(
    string Name,
    string Id,
    string? Input,
    string Version,
    DateTime StartAt,
    string? TagsJson,
    ReusePolicy Reuse,
    ParentLink? Parent,
    string? Trace
);

/// <summary>Which instances of the same id a start may replace; one that has not ended is terminated.</summary>
internal sealed record ReusePolicy(IReadOnlyCollection<InstanceStatus> Replaceable)
{
    public static readonly ReusePolicy Ended = new([
        InstanceStatus.Completed,
        InstanceStatus.Failed,
        InstanceStatus.Terminated,
    ]);
}

/// <summary>How executions begin, begin anew, and end. Writer's thread.</summary>
internal sealed class Executions(
    Database database,
    Batch batch,
    Memory memory,
    Outbox outbox,
    Watchers watchers,
    EngineSettings settings,
    ILogger logger
)
{
    /// <summary>Starts an instance, in place of one of the same id where that may be.</summary>
    /// <exception cref="RefusedException">The id is in use.</exception>
    public string Start(StartRequest request)
    {
        if (memory.Find(request.Id) is { } existing)
        {
            if (!request.Reuse.Replaceable.Contains(existing.Status))
                throw new RefusedException(
                    Refusal.Exists,
                    $"An orchestration instance '{request.Id}' already exists; it is {existing.Status}."
                );
            if (!existing.IsTerminal)
                Terminate(existing, null, recursive: false);
            Delete(existing);
        }
        var instance = new Instance
        {
            Id = request.Id,
            Name = request.Name,
            Version = request.Version,
            ExecutionId = Guid.NewGuid().ToString("N"),
            Status = InstanceStatus.Pending,
            Created = batch.Now,
            Updated = batch.Now,
            StartAt = request.StartAt > batch.Now ? request.StartAt : default,
            TagsJson = request.TagsJson,
            Parent = request.Parent,
            Trace = request.Trace,
        };
        instance.Key = database.Insert(instance, request.Input);
        instance.Inbox.Add(Memory.StartOf(instance, request.Input));
        memory.Add(instance);
        if (instance.StartAt > batch.Now)
            outbox.SetTimer(instance, -1, instance.StartAt);
        return instance.Id;
    }

    public void StartChild(Instance parent, int task, CreateSubOrchestrationAction action)
    {
        parent.Open.Add(task);
        try
        {
            if (!settings.Runner.HasOrchestrator(action.Name))
                throw new RefusedException(Refusal.Missing, $"There is no orchestrator '{action.Name}'.");
            Start(
                new StartRequest(
                    action.Name,
                    action.InstanceId,
                    action.Input,
                    action.Version ?? settings.Host.DefaultVersion,
                    default,
                    Tags.Write(action.Tags),
                    ReusePolicy.Ended,
                    new ParentLink(parent.Key, parent.Id, parent.Name, task, parent.Generation),
                    action.ParentTraceContext?.TraceParent ?? parent.Trace
                )
            );
        }
        catch (RefusedException refused)
        {
            parent.Open.Remove(task);
            var failure = new TaskFailureDetails
            {
                ErrorType =
                    refused.Reason == Refusal.Missing ? "OrchestratorTaskNotFound" : "OrchestrationAlreadyExists",
                ErrorMessage = refused.Message,
                IsNonRetriable = true,
            };
            memory.Deliver(parent, Events.ChildFailure(batch.Now, task, failure));
        }
    }

    /// <summary>A new execution in place of this one; events that nobody took come over, in order.</summary>
    /// <param name="toItself">What it sent itself, which has its turn before all others.</param>
    public void Renew(Instance instance, CompleteOrchestrationAction completion, IReadOnlyList<HistoryEvent> toItself)
    {
        var late = instance.Inbox.Where(message => message.IsRaised || IsSwitch(message)).ToArray();
        instance.Inbox.Clear();
        outbox.Clear(instance);
        instance.Generation++;
        instance.ExecutionId = Guid.NewGuid().ToString("N");
        instance.Version = completion.NewVersion ?? instance.Version;
        instance.Episodes = 0;
        instance.Span = null;
        instance.IsDirty = true;
        database.ClearHistory(instance.Key);
        database.SetInput(instance.Key, completion.Result);
        instance.Inbox.Add(Memory.StartOf(instance, completion.Result));
        foreach (
            var carried in toItself.Concat(completion.CarryoverEvents).Concat(late.Select(message => message.Event))
        )
            memory.Deliver(instance, carried);
        memory.Ready(instance);
    }

    /// <summary>Ends an instance, and what it started if wanted.</summary>
    public void Terminate(Instance instance, string? output, bool recursive)
    {
        database.AddEpisode(instance, [Events.Terminated(batch.Now, output, recursive)]);
        Finish(instance, InstanceStatus.Terminated, output, failure: null);
        if (!recursive)
            return;
        foreach (var key in database.Children(instance.Key))
        {
            if (memory.Find(key) is { IsTerminal: false } child)
                Terminate(child, output, recursive: true);
        }
    }

    /// <summary>Ends an instance; whatever it still waits for is forgotten.</summary>
    public void Finish(Instance instance, InstanceStatus status, string? output, TaskFailureDetails? failure)
    {
        Become(instance, status);
        instance.Failure = failure;
        database.AddEpisode(instance, [Events.Ended(instance.Updated, status, output, failure)]);
        database.SetOutput(instance.Key, output);
        if (instance.Inbox.Find(message => message.IsRaised) is { } lost)
            logger.LogWarning(
                "Event {Event} was dropped: {InstanceId} has ended",
                lost.Event.EventRaised.Name,
                instance.Id
            );
        instance.Inbox.Clear();
        outbox.Clear(instance);
        if (status == InstanceStatus.Terminated && memory.Runs.ContainsKey(instance.Id))
            // else another of its id would wait for a worker to take it
            batch.AfterCommit(() => settings.Runner.Withdraw(instance.Id));
        if (status == InstanceStatus.Failed)
            logger.LogWarning(
                "{Orchestrator} {InstanceId} failed: {Error}: {Failure}",
                instance.Name,
                instance.Id,
                failure?.ErrorType,
                failure?.ErrorMessage
            );
        if (instance.Parent is { } parent)
            TellParent(parent, instance, output, failure);
    }

    /// <summary>Sets an instance's state; whoever waits for it is told once that is on disk.</summary>
    public void Become(Instance instance, InstanceStatus status)
    {
        instance.Status = status;
        instance.Updated = batch.Later(instance.Updated);
        instance.IsDirty = true;
        watchers.Changed(instance);
    }

    /// <summary>Hands a parent the end of its child, if it still waits for it.</summary>
    public void TellParent(ParentLink link, Instance child, string? output, TaskFailureDetails? failure)
    {
        if (
            memory.Find(link.Key) is not { IsTerminal: false } parent
            || parent.Generation != link.Generation
            || !parent.Open.Remove(link.TaskId)
        )
            return;
        if (child.Status == InstanceStatus.Completed)
        {
            memory.Deliver(parent, Events.ChildAnswer(batch.Now, link.TaskId, output));
            return;
        }
        failure ??= new TaskFailureDetails
        {
            ErrorType = "Terminated",
            ErrorMessage = $"Sub-orchestration '{child.Id}' was terminated.",
        };
        memory.Deliver(parent, Events.ChildFailure(batch.Now, link.TaskId, failure));
    }

    public void Delete(Instance instance)
    {
        database.Delete(instance.Key);
        instance.Inbox.Clear();
        instance.IsDirty = false;
        memory.Evict(instance);
    }

    private static bool IsSwitch(Message message) =>
        message.Event.EventTypeCase is EventCase.ExecutionSuspended or EventCase.ExecutionResumed;
}
