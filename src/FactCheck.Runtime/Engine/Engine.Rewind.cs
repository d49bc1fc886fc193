namespace FactCheck.Runtime;

/// <content>Rewinds. Writer's thread, inside the transaction.</content>
internal sealed partial class Engine
{
    /// <summary>Takes a failed instance back to before its failure, and its failed children with it.</summary>
    /// <exception cref="RefusedException">There is none, it has not failed, or its code does not fit its history.</exception>
    public bool Rewind(string id, string reason)
    {
        var instance = Find(id) ?? throw new RefusedException(new ArgumentException($"There is no instance '{id}'.", nameof(id)));
        if (instance.Status != OrchestrationRuntimeStatus.Failed)
            throw new RefusedException(new InvalidOperationException($"Instance '{id}' is {instance.Status}; only a failed one is rewound."));
        Rewind(instance, reason);
        return true;
    }

    private void Rewind(Instance instance, string reason)
    {
        var plan = Plan(instance);
        _database.ClearHistory(instance.Key);
        _database.SetOutput(instance.Key, null);
        instance.Episodes = 0;
        foreach (var episode in plan.Past)
            Record(instance, episode);
        instance.Status = OrchestrationRuntimeStatus.Running;
        instance.FailureJson = null;
        instance.Updated = Later(instance.Updated);
        instance.IsDirty = true;
        Answer(instance, new Message { Kind = MessageKind.Rewound, TaskId = plan.NextId, Generation = instance.Generation, Data = reason });
        foreach (var kept in plan.Kept)
            Answer(instance, kept);

        var answered = plan.Kept.Where(message => message.Kind != MessageKind.EventRaised).Select(message => message.TaskId).ToHashSet();
        instance.Live = Load(instance);
        foreach (var action in instance.Live.OpenActions.Where(action => !answered.Contains(action.Id)).ToArray())
            AskAgain(instance, action, reason);
    }

    private Rewinding Plan(Instance instance)
    {
        try
        {
            using var watched = _watchdog.Watch(instance);
            var body = BodyOf(instance);
            return Rewinding.Plan(_database.History(instance.Key), () => NewExecution(instance, body));
        }
        catch (Exception exception) when (exception is NonDeterministicOrchestrationException or OrchestratorTaskNotFoundException)
        {
            throw new RefusedException(new InvalidOperationException($"Instance '{instance.Id}' can't be rewound: {exception.Message}", exception));
        }
    }

    private void AskAgain(Instance instance, OrchestratorAction action, string reason)
    {
        switch (action.Kind)
        {
            case ActionKind.Activity:
                SendActivity(instance, action);
                break;
            case ActionKind.Timer:
                SetTimer(new DurableTimer(instance.Key, action.Id, instance.Generation, action.Due));
                break;
            default:
                AskChildAgain(instance, action, reason);
                break;
        }
    }

    private void AskChildAgain(Instance parent, OrchestratorAction action, string reason)
    {
        var child = Find(action.Target!);
        if (child?.Parent is not { } link || link.Key != parent.Key || link.TaskId != action.Id || link.Generation != parent.Generation)
        {
            StartChild(parent, action); // purged, started anew by someone else, or of another attempt
            return;
        }
        switch (child.Status)
        {
            case OrchestrationRuntimeStatus.Completed:
                TellParent(link, child, _database.GetOutput(child.Key), failure: null);
                break;
            case OrchestrationRuntimeStatus.Terminated:
                StartChild(parent, action);
                break;
            case OrchestrationRuntimeStatus.Failed:
                RewindChild(parent, child, action, reason);
                break;
            default:
                break; // it still runs, and will answer
        }
    }

    private void RewindChild(Instance parent, Instance child, OrchestratorAction action, string reason)
    {
        try
        {
            Rewind(child, reason);
        }
        catch (RefusedException refused)
        {
            Answer(parent, Message.Failure(
                MessageKind.ChildFailed, action.Id, parent.Generation, TaskFailureDetails.FromException(refused.InnerException ?? refused), final: true));
        }
    }
}
