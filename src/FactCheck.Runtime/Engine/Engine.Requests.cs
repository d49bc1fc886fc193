using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>A start as the writer gets it.</summary>
internal sealed record StartRequest(
    string Name,
    string Id,
    string? Input,
    string Version,
    DateTime StartAt,
    string? TagsJson,
    IReadOnlyList<string>? DedupeStatuses,
    ParentLink? Parent,
    string? Trace);

/// <content>What clients, timers and activities ask of the writer. Writer's thread, inside the transaction, unless said.</content>
internal sealed partial class Engine
{
    private const int PurgeBatch = 200;
    private static readonly TimeSpan RetentionPeriod = TimeSpan.FromHours(1);

    private readonly Dictionary<string, List<Watcher>> _watchers = new(StringComparer.Ordinal);
    private readonly List<(string Id, OrchestrationRuntimeStatus Status)> _changed = [];
    private ITimer? _retention;
    private readonly Watchdog _watchdog;

    /// <summary>Starts an instance, in place of an ended one of the same id.</summary>
    /// <exception cref="RefusedException">The id is in use, or protected.</exception>
    public string Start(StartRequest request)
    {
        if (Find(request.Id) is { } existing)
        {
            if (!existing.IsTerminal || request.DedupeStatuses?.Contains(existing.Status.ToString(), StringComparer.OrdinalIgnoreCase) == true)
                throw new RefusedException(new OrchestrationAlreadyExistsException($"An orchestration instance '{request.Id}' already exists; it is {existing.Status}."));
            Delete(existing);
        }
        Portable(request.Input, "The input of", request.Name);
        if (request.Id.Length > 100)
            _logger.LogWarning("Instance id {InstanceId} has over 100 characters; Azure refuses that", request.Id);
        var instance = _database.Insert(
            new Instance
            {
                Id = request.Id,
                Name = request.Name,
                Version = request.Version,
                ExecutionId = Guid.NewGuid().ToString("N"),
                Status = OrchestrationRuntimeStatus.Pending,
                Created = Now,
                Updated = Now,
                StartAt = request.StartAt > Now ? request.StartAt : default,
                TagsJson = request.TagsJson,
                Parent = request.Parent,
                Trace = request.Trace,
            },
            request.Input);
        Adopt(instance);
        if (instance.StartAt > Now)
            SetTimer(new DurableTimer(instance.Key, -1, 0, instance.StartAt.Ticks));
        Answer(instance, new Message { Kind = MessageKind.Started });
        return instance.Id;
    }

    /// <summary>Sends an event; to nobody, or to an ended instance, it is dropped with a warning.</summary>
    public bool Raise(string id, string name, string? payload)
    {
        if (Find(id) is not { IsTerminal: false } instance)
        {
            _logger.LogWarning("Event {Event} was dropped: {InstanceId} does not exist or has ended", name, id);
            return false;
        }
        Portable(payload, "The payload of event", name);
        Answer(instance, new Message { Kind = MessageKind.EventRaised, Name = name, Data = payload });
        return true;
    }

    public bool Terminate(string id, string? output, bool recursive)
    {
        if (Find(id) is not { IsTerminal: false } instance)
        {
            _logger.LogWarning("{InstanceId} was not terminated: it does not exist or has ended", id);
            return false;
        }
        Terminate(instance, output, recursive);
        return true;
    }

    public bool Suspend(string id)
    {
        if (Find(id) is not { IsTerminal: false } instance)
            return false;
        instance.Status = OrchestrationRuntimeStatus.Suspended;
        instance.Updated = Later(instance.Updated);
        instance.IsDirty = true;
        return true;
    }

    public bool Resume(string id)
    {
        if (Find(id) is not { Status: OrchestrationRuntimeStatus.Suspended } instance)
            return false;
        instance.Status = instance is { Episodes: 0, Generation: 0 } ? OrchestrationRuntimeStatus.Pending : OrchestrationRuntimeStatus.Running;
        instance.Updated = Later(instance.Updated);
        instance.IsDirty = true;
        Ready(instance);
        return true;
    }

    /// <summary>Forgets an ended instance, and what it started if wanted; how many.</summary>
    public int Purge(string id, bool recursive) => Find(id) is { IsTerminal: true } instance ? Purge(instance, recursive) : 0;

    /// <summary>Forgets some of the ended instances that match: how many, whether that was all, and the filter for the rest.</summary>
    public (int Count, bool Complete, InstanceFilter Next) PurgeSome(InstanceFilter filter, bool recursive)
    {
        var (ids, next) = _database.SelectEnded(filter, PurgeBatch);
        return (ids.Sum(id => Purge(id, recursive)), ids.Count < PurgeBatch, next);
    }

    /// <summary>Calls back, on any thread, when the instance has reached a state. Any thread.</summary>
    public IDisposable Watch(string id, Action<OrchestrationRuntimeStatus> changed)
    {
        var watcher = new Watcher(this, id, changed);
        lock (_watchers)
        {
            if (!_watchers.TryGetValue(id, out var list))
                _watchers.Add(id, list = []);
            list.Add(watcher);
        }
        return watcher;
    }

    public static string TagsJson(IDictionary<string, string> tags) =>
        JsonSerializer.Serialize(new Dictionary<string, string>(tags, StringComparer.Ordinal), FailureJson.Default.DictionaryStringString);

    private void Terminate(Instance instance, string? output, bool recursive)
    {
        instance.Updated = Later(instance.Updated);
        ClearWaits(instance.Key);
        Finish(instance, OrchestrationRuntimeStatus.Terminated, output, failure: null);
        if (!recursive)
            return;
        foreach (var key in _database.Children(instance.Key))
        {
            if (Find(key) is { IsTerminal: false } child)
                Terminate(child, output, recursive: true);
        }
    }

    private int Purge(Instance instance, bool recursive)
    {
        var count = 1;
        if (recursive)
        {
            foreach (var key in _database.Children(instance.Key))
            {
                if (Find(key) is { IsTerminal: true } child)
                    count += Purge(child, recursive: true);
            }
        }
        Delete(instance);
        return count;
    }

    private void Delete(Instance instance)
    {
        _database.Delete(instance.Key);
        instance.Inbox.Clear();
        instance.IsDirty = false;
        Evict(instance);
    }

    private void PostTick() => Post(new HostCommand("durable timers", engine => engine.FireTimers()));

    private void FireTimers()
    {
        var due = _timers.TakeDue(MaxBatch, Now);
        _onRollback.Add(() => due.ForEach(_timers.Add));
        foreach (var timer in due)
        {
            _database.RemoveTimer(timer.Key, timer.Task, timer.Generation);
            if (Now.Ticks - timer.Due > TimeSpan.TicksPerSecond)
                _afterCommit.Add(_settings.Meters.LateDurableTimer);
            if (Find(timer.Key) is not { IsTerminal: false } instance || instance.Generation != timer.Generation)
                continue;
            if (timer.Task < 0)
                MayStart(instance);
            else
                Answer(instance, new Message { Kind = MessageKind.TimerFired, TaskId = timer.Task, Generation = timer.Generation });
        }
    }

    /// <summary>Its time has come, whatever the clock says from now on.</summary>
    private void MayStart(Instance instance)
    {
        instance.StartAt = default;
        instance.IsDirty = true;
        Ready(instance);
    }

    /// <summary>Hands in the answer of an activity; a second one, or a late one, changes nothing. Any thread.</summary>
    internal void PostAnswer(ActivityCall call, Message answer) => Post(new AnswerCommand(call, answer));

    private void TakeAnswer(ActivityCall call, Message answer)
    {
        if (answer.Kind == MessageKind.TaskCompleted)
            Portable(answer.Data, "The output of activity", call.Name);
        answer.Row = 0; // that of a transaction that was rolled back is another message's by now
        _database.RemoveActivity(call.Key, call.TaskId, call.Generation);
        if (Find(call.Key) is { IsTerminal: false } instance && instance.Generation == call.Generation)
            Answer(instance, answer);
    }

    private void Redispatch(ActivityCall call)
    {
        if (_settings.Functions.Activities.ContainsKey(call.Name))
            _activities.Enqueue(call);
        else
            PostAnswer(call, Message.Failure(
                MessageKind.TaskFailed, call.TaskId, call.Generation, NotFound("ActivityTaskNotFound", $"There is no activity '{call.Name}' any more."), final: true));
    }

    /// <summary>Callers whose command the writer has not begun get an error; it is certain that nothing comes of what they asked. Any thread.</summary>
    private void RefuseWaitingCallers(Exception reason)
    {
        List<Command> waiting;
        lock (_gate)
        {
            waiting = _incoming.FindAll(command => command.HasCaller);
            _incoming.RemoveAll(command => command.HasCaller);
        }
        foreach (var command in waiting)
        {
            command.Failed(reason);
            command.Busy.Dispose();
        }
    }

    /// <summary>An instance in which an earlier run got stuck waits for a person: to be resumed once its code is mended, or terminated.</summary>
    private void SuspendMarked()
    {
        if (_watchdog.MarkedInstance is not { } id)
            return;
        Post(new HostCommand($"suspension of {id}", engine =>
        {
            if (engine.Suspend(id))
                engine._logger.LogError("{InstanceId} is suspended: it did not yield when the host last ran. Mend its code and resume it, or terminate it", id);
            engine._afterCommit.Add(engine._watchdog.Unmark);
        }));
    }

    private void StartRetention()
    {
        if (_settings.Options.Retention is not { } age)
            return;
        _retention = _settings.Time.CreateTimer(_ => PostRetention(age), null, TimeSpan.Zero, RetentionPeriod);
    }

    private void PostRetention(TimeSpan age) => Post(new HostCommand("retention", engine =>
    {
        var (_, complete, _) = engine.PurgeSome(new InstanceFilter { CompletedTo = engine.Now - age }, recursive: false);
        if (!complete)
            engine._afterCommit.Add(() => PostRetention(age)); // the rest after whatever else has come in
    }));

    private DateTime Later(DateTime time) => Now > time ? Now : time;

    private void Portable(string? json, string what, string name)
    {
        if (!Payload.IsPortable(json))
            _logger.LogWarning("{What} '{Name}' is over {Size:N0} bytes; Azure may refuse that", what, name, Payload.PortableBytes);
    }

    /// <summary>Tells whoever waits for the instance, once its state is on disk.</summary>
    private void Watched(Instance instance) => _changed.Add((instance.Id, instance.Status));

    /// <summary>
    /// After the commit, and only then are watchers looked up: one that came while the batch was at work has read the state before it.
    /// </summary>
    private void TellWatchers()
    {
        foreach (var (id, status) in _changed)
        {
            Watcher[] watchers;
            lock (_watchers)
            {
                if (!_watchers.TryGetValue(id, out var list))
                    continue;
                watchers = [.. list];
            }
            foreach (var watcher in watchers)
                watcher.Changed(status);
        }
    }

    private sealed class AnswerCommand(ActivityCall call, Message answer) : Command
    {
        public override string What => $"the answer of activity '{call.Name}'";

        public override void Apply(Engine engine) => engine.TakeAnswer(call, answer);
    }

    private sealed class Watcher(Engine engine, string id, Action<OrchestrationRuntimeStatus> changed) : IDisposable
    {
        public void Changed(OrchestrationRuntimeStatus status) => changed(status);

        public void Dispose()
        {
            lock (engine._watchers)
            {
                if (engine._watchers.TryGetValue(id, out var list) && list.Remove(this) && list.Count == 0)
                    engine._watchers.Remove(id);
            }
        }
    }
}
