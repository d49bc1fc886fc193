using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <content>Episodes: messages in, actions out, and how an execution ends. Writer's thread, inside the transaction.</content>
internal sealed partial class Engine
{
    private const int LiveBytes = 8 * 1024;

    private void RunReady(int limit)
    {
        for (var episodes = 0; episodes < limit && _ready.TryDequeue(out var instance); episodes++)
        {
            instance.IsQueued = false;
            RunEpisode(instance);
        }
    }

    private void RunEpisode(Instance instance)
    {
        if (instance.IsTerminal || instance.Status == OrchestrationRuntimeStatus.Suspended || instance.StartAt > Now || instance.Inbox.Count == 0)
            return;
        var messages = TakeInbox(instance);
        var time = Now > instance.Updated ? Now : instance.Updated; // a clock that is set back doesn't turn an instance's time
        instance.Updated = time;
        instance.IsDirty = true;
        if (instance.Status == OrchestrationRuntimeStatus.Pending)
        {
            instance.Status = OrchestrationRuntimeStatus.Running;
            Watched(instance);
        }
        _episodes++;
        _settings.Meters.Episode(instance.Name);
        var recorded = false;
        try
        {
            using var span = Spans.Episode(instance);
            if (span is not null && instance.Trace is { } trace)
                _traces.Add(trace);
            using var watched = _watchdog.Watch(instance);
            var execution = instance.Live ??= Load(instance);
            var actions = execution.Run(time, messages);
            Record(instance, new Episode(time, messages, actions));
            recorded = true;
            Carry(instance, execution, actions);
            if (execution.CustomStatusSet)
                instance.CustomStatus = execution.CustomStatus;
            instance.Awaits = execution.Awaits;
            if (execution.Ended() is { } outcome)
            {
                if (outcome.Failure is { } failure)
                    span.Failed(failure.ErrorType);
                End(instance, outcome);
            }
        }
        catch (Exception exception) when (exception is not (Microsoft.Data.Sqlite.SqliteException or IOException or OwnerLostException))
        {
            // Not the orchestrator's own failure, which is an outcome: its code is gone, has changed, or its history can't be read.
            _logger.LogError(exception, "{InstanceId} can't go on", instance.Id);
            ClearWaits(instance.Key);
            if (!recorded)
                Record(instance, new Episode(time, messages, [])); // what came is kept, for a rewind with code that can go on
            End(instance, new Outcome(null, TaskFailureDetails.FromException(exception), null));
        }
        if (_settings.Options.EvictAlways)
            instance.DropLive();
    }

    private List<Message> TakeInbox(Instance instance)
    {
        var messages = instance.Inbox.ToList();
        instance.Inbox.Clear();
        foreach (var message in messages.Where(message => message.Row != 0))
        {
            _database.RemoveFromInbox(message.Row);
            message.Row = 0;
        }
        return messages;
    }

    private void Record(Instance instance, Episode episode)
    {
        var data = EpisodeCodec.Write(episode);
        _database.AddEpisode(instance, data);
        instance.Bytes += 2 * data.Length;
    }

    /// <summary>The orchestrator as its history left it.</summary>
    private Execution Load(Instance instance)
    {
        var body = BodyOf(instance);
        var execution = NewExecution(instance, body);
        instance.Bytes = LiveBytes + execution.InputBytes;
        if (instance.Episodes == 0)
            return execution;
        try
        {
            foreach (var episode in _database.History(instance.Key))
            {
                execution.Replay(episode);
                instance.Bytes += episode.Messages.Sum(SizeOf);
            }
            execution.TakeCancelledTimers();
        }
        catch
        {
            execution.Dispose();
            throw;
        }
        return execution;
    }

    /// <summary>Replays an instance's history on its code, compares, and changes nothing; how many episodes it has.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">The code does something else, or more, than it did then.</exception>
    public int Replay(string id)
    {
        var instance = Find(id) ?? throw new RefusedException(new ArgumentException($"There is no instance '{id}'.", nameof(id)));
        using var execution = Load(instance);
        return execution.Unconfirmed is { } extra
            ? throw new NonDeterministicOrchestrationException($"The history of {id} knows nothing of {extra}.")
            : instance.Episodes;
    }

    private Func<Execution, Task<object?>> BodyOf(Instance instance) => _settings.Functions.Orchestrators.TryGetValue(instance.Name, out var body)
        ? body
        : throw new OrchestratorTaskNotFoundException($"There is no orchestrator '{instance.Name}'.");

    private Execution NewExecution(Instance instance, Func<Execution, Task<object?>> body)
    {
        Execution? execution = null;
        var start = new ExecutionStart(
            instance.Name, instance.Id, instance.ExecutionId, instance.Generation, instance.Version, TakeInput(instance),
            instance.Parent is { } parent ? new ParentOrchestrationInstance(parent.Name, parent.Id) : null);
        var key = instance.Key;
        return execution = new Execution(start, new ExecutionServices(body, _settings.Converter, _settings.LoggerFactory, () => Strayed(key, execution!)));
    }

    private string? TakeInput(Instance instance)
    {
        var input = instance.HasInput ? instance.Input : _database.GetInput(instance.Key);
        (instance.Input, instance.HasInput) = (null, false);
        return input;
    }

    private void Carry(Instance instance, Execution execution, IReadOnlyList<OrchestratorAction> actions)
    {
        var cancelled = execution.TakeCancelledTimers();
        foreach (var action in actions)
        {
            switch (action.Kind)
            {
                case ActionKind.Activity:
                    SendActivity(instance, action);
                    break;
                case ActionKind.SubOrchestration:
                    StartChild(instance, action);
                    break;
                case ActionKind.Timer when !cancelled.Contains(action.Id):
                    SetTimer(new DurableTimer(instance.Key, action.Id, instance.Generation, action.Due));
                    break;
                case ActionKind.SendEvent:
                    Raise(action.Target!, action.Name, action.Input);
                    break;
            }
        }
        foreach (var task in cancelled)
        {
            _database.RemoveTimer(instance.Key, task, instance.Generation);
            _afterCommit.Add(() => _timers.Remove(instance.Key, task));
        }
    }

    private void ClearWaits(long key)
    {
        foreach (var task in _database.ClearWaits(key))
            _afterCommit.Add(() => _timers.Remove(key, task));
    }

    private void SendActivity(Instance instance, OrchestratorAction action)
    {
        if (!_settings.Functions.Activities.ContainsKey(action.Name))
        {
            Answer(instance, Message.Failure(
                MessageKind.TaskFailed, action.Id, instance.Generation, NotFound("ActivityTaskNotFound", $"There is no activity '{action.Name}'."), final: true));
            return;
        }
        Portable(action.Input, "The input of activity", action.Name);
        _database.AddActivity(instance, action);
        var call = new ActivityCall(
            instance.Key, instance.Id, instance.ExecutionId, instance.Generation, action.Id, action.FirstAttempt, action.Name, action.Input, instance.Trace);
        _afterCommit.Add(() => _activities.Enqueue(call));
    }

    private void StartChild(Instance parent, OrchestratorAction action)
    {
        if (!_settings.Functions.Orchestrators.ContainsKey(action.Name))
        {
            Answer(parent, Message.Failure(
                MessageKind.ChildFailed, action.Id, parent.Generation, NotFound("OrchestratorTaskNotFound", $"There is no orchestrator '{action.Name}'."), final: true));
            return;
        }
        try
        {
            Start(new StartRequest(
                action.Name, action.Target!, action.Input, action.Version ?? _settings.DefaultVersion, default,
                action.Tags is { Count: > 0 } tags ? TagsJson(tags) : null, null, new ParentLink(parent.Key, parent.Id, parent.Name, action.Id, parent.Generation), parent.Trace));
        }
        catch (RefusedException refused)
        {
            Answer(parent, Message.Failure(
                MessageKind.ChildFailed, action.Id, parent.Generation, TaskFailureDetails.FromException(refused.InnerException ?? refused), final: true));
        }
    }

    private void SetTimer(DurableTimer timer)
    {
        _database.AddTimer(timer.Key, timer.Task, timer.Generation, timer.Due);
        _afterCommit.Add(() => _timers.Add(timer));
    }

    private void End(Instance instance, Outcome outcome)
    {
        if (outcome.Renewal is { } renewal)
        {
            Renew(instance, renewal);
            return;
        }
        Portable(outcome.Output, "The output of", instance.Name);
        Finish(
            instance,
            outcome.Failure is null ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Failed,
            outcome.Output,
            outcome.Failure);
    }

    /// <summary>Ends an instance that waits for nothing any more: who comes to its end has no open task, and of the others the waits were cleared.</summary>
    private void Finish(Instance instance, OrchestrationRuntimeStatus status, string? output, TaskFailureDetails? failure)
    {
        instance.Status = status;
        instance.FailureJson = failure is null ? null : Failures.ToJson(failure);
        instance.IsDirty = true;
        instance.DropLive();
        if (output is not null)
            _database.SetOutput(instance.Key, output);
        foreach (var lost in instance.Inbox)
        {
            if (lost.Row != 0)
                _database.RemoveFromInbox(lost.Row);
            if (lost.Kind == MessageKind.EventRaised)
                _logger.LogWarning("Event {Event} was dropped: {InstanceId} has ended", lost.Name, instance.Id);
        }
        instance.Inbox.Clear();
        Watched(instance);
        if (failure is not null && status == OrchestrationRuntimeStatus.Failed)
            _logger.LogWarning("{Orchestrator} {InstanceId} failed: {Failure}", instance.Name, instance.Id, failure);
        if (instance.Parent is { } parent)
            TellParent(parent, instance, output, failure);
    }

    private void TellParent(ParentLink link, Instance child, string? output, TaskFailureDetails? failure)
    {
        if (Find(link.Key) is not { IsTerminal: false } parent || parent.Generation != link.Generation)
            return;
        Answer(parent, child.Status == OrchestrationRuntimeStatus.Completed
            ? new Message { Kind = MessageKind.ChildCompleted, TaskId = link.TaskId, Generation = link.Generation, Data = output }
            : Message.Failure(
                MessageKind.ChildFailed, link.TaskId, link.Generation,
                failure ?? new TaskFailureDetails("Terminated", $"Sub-orchestration '{child.Id}' was terminated.", null, null, null)));
    }

    private void Renew(Instance instance, Renewal renewal)
    {
        var late = instance.Inbox.Where(message => message.Kind == MessageKind.EventRaised).ToArray();
        foreach (var dropped in instance.Inbox.Except(late).Where(message => message.Row != 0))
            _database.RemoveFromInbox(dropped.Row);
        instance.DropLive();
        instance.Inbox.Clear();
        instance.Inbox.Add(new Message { Kind = MessageKind.Started });
        instance.Inbox.AddRange(renewal.Events);
        instance.Inbox.AddRange(late);
        instance.Generation++;
        instance.ExecutionId = Guid.NewGuid().ToString("N");
        instance.Version = renewal.Version;
        instance.Awaits = null;
        instance.Episodes = 0;
        instance.IsDirty = true;
        _database.ClearHistory(instance.Key);
        _database.SetInput(instance.Key, renewal.Input);
        Ready(instance);
    }

    private void Answer(Instance instance, Message message)
    {
        instance.Inbox.Add(message);
        Ready(instance);
    }

    private void Strayed(long key, Execution execution) => Post(new HostCommand("an orchestrator that awaits something else", engine =>
    {
        // Code of an execution that has been dropped since is nobody's any more.
        if (engine.Find(key) is { IsTerminal: false } instance && ReferenceEquals(instance.Live, execution))
        {
            engine.ClearWaits(key);
            engine.Finish(instance, OrchestrationRuntimeStatus.Failed, null, TaskFailureDetails.FromException(execution.NotDurable()));
        }
    }));

    private static TaskFailureDetails NotFound(string type, string message) => new(type, message, null, null, null);
}

/// <summary>An instance's orchestrator is not in this app any more.</summary>
internal sealed class OrchestratorTaskNotFoundException : Exception
{
    public OrchestratorTaskNotFoundException() { }

    public OrchestratorTaskNotFoundException(string message)
        : base(message)
    {
    }

    public OrchestratorTaskNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
