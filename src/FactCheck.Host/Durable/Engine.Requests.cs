using System.Text.Json;
using System.Text.Json.Serialization;
using FactCheck.Host.Storage;
using Google.Protobuf.Collections;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.Logging;

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
    /// <summary>Those that have ended.</summary>
    public static readonly ReusePolicy Ended = new([
        InstanceStatus.Completed,
        InstanceStatus.Failed,
        InstanceStatus.Terminated,
    ]);
}

/// <content>What clients, timers and activities ask of the writer. Writer's thread, inside the batch, unless
/// said.</content>
internal sealed partial class Engine
{
    private const int PurgeBatch = 200;
    private static readonly TimeSpan RetentionPeriod = TimeSpan.FromHours(1);

    private readonly Dictionary<string, List<Watcher>> _watchers = new(StringComparer.Ordinal);
    private readonly List<(string Id, InstanceStatus Status)> _changed = [];
    private ITimer? _retention;

    /// <summary>Starts an instance, in place of one of the same id where that may be.</summary>
    /// <exception cref="RefusedException">The id is in use.</exception>
    public string Start(StartRequest request)
    {
        if (Find(request.Id) is { } existing)
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
        var draft = new Instance
        {
            Id = request.Id,
            Name = request.Name,
            Version = request.Version,
            ExecutionId = Guid.NewGuid().ToString("N"),
            Status = InstanceStatus.Pending,
            Created = Now,
            Updated = Now,
            StartAt = request.StartAt > Now ? request.StartAt : default,
            TagsJson = request.TagsJson,
            Parent = request.Parent,
            Trace = request.Trace,
        };
        var instance = Known(draft, _database.Insert(draft, request.Input), request.Input);
        if (instance.StartAt > Now)
            SetTimer(instance, -1, instance.StartAt);
        Ready(instance);
        return instance.Id;
    }

    /// <summary>Sends an event.</summary>
    public Found Raise(string id, string name, string? payload)
    {
        var found = Look(id, out var instance);
        if (found == Found.Alive)
            Answer(instance!, Events.Raised(Now, name, payload));
        else
            _logger.LogWarning(
                "Event {Event} was dropped: {InstanceId} {Why}",
                name,
                id,
                found == Found.Nothing ? "does not exist" : "has ended"
            );
        return found;
    }

    /// <summary>Ends an instance, and what it started if wanted.</summary>
    public Found Terminate(string id, string? output, bool recursive)
    {
        var found = Look(id, out var instance);
        if (found == Found.Alive)
            Terminate(instance!, output, recursive);
        return found;
    }

    /// <summary>From now on what comes for it waits.</summary>
    public Found Suspend(string id, string? reason)
    {
        var found = Look(id, out var instance);
        if (found != Found.Alive || instance!.Status == InstanceStatus.Suspended)
            return found;
        Switch(instance, InstanceStatus.Suspended, Events.Suspended(Now, reason));
        return found;
    }

    /// <summary>What came for it meanwhile is taken.</summary>
    public Found Resume(string id, string? reason)
    {
        var found = Look(id, out var instance);
        if (found != Found.Alive || instance!.Status != InstanceStatus.Suspended)
            return found;
        Switch(
            instance,
            instance is { Episodes: 0, Generation: 0 } ? InstanceStatus.Pending : InstanceStatus.Running,
            Events.Resumed(Now, reason)
        );
        return found;
    }

    /// <summary>Forgets an ended instance, and what it started if wanted; how many.</summary>
    public int Purge(string id, bool recursive) =>
        Find(id) is { IsTerminal: true } instance ? Purge(instance, recursive) : 0;

    /// <summary>
    /// Forgets some of the ended instances that match: how many, whether that was all, and the filter for the rest.
    /// </summary>
    public (int Count, bool Complete, InstanceFilter Next) PurgeSome(InstanceFilter filter, bool recursive)
    {
        var (ids, next) = _database.SelectEnded(filter, PurgeBatch);
        return (ids.Sum(id => Purge(id, recursive)), ids.Count < PurgeBatch, next);
    }

    /// <summary>Runs an instance's orchestrator again with the same input, under its id or a new one; the id.</summary>
    /// <exception cref="RefusedException">There is none, or it has not ended.</exception>
    public string Restart(string id, bool underNewId)
    {
        var instance = Find(id) ?? throw new RefusedException(Refusal.Missing, $"There is no instance '{id}'.");
        if (!underNewId && !instance.IsTerminal)
            throw new RefusedException(
                Refusal.NotNow,
                $"Instance '{id}' is {instance.Status}; only an ended one is restarted under its own id."
            );
        return Start(
            new StartRequest(
                instance.Name,
                underNewId ? Guid.NewGuid().ToString("N") : id,
                _database.GetInput(instance.Key),
                instance.Version,
                default,
                instance.TagsJson,
                ReusePolicy.Ended,
                null,
                instance.Trace
            )
        );
    }

    /// <summary>Calls back, on any thread, when the instance has reached a state. Any thread.</summary>
    public IDisposable Watch(string id, Action<InstanceStatus> changed)
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

    public static string? TagsJson(MapField<string, string> tags) =>
        tags.Count == 0
            ? null
            : JsonSerializer.Serialize(
                new Dictionary<string, string>(tags, StringComparer.Ordinal),
                TagsContext.Default.DictionaryStringString
            );

    public static Dictionary<string, string> TagsOf(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, TagsContext.Default.DictionaryStringString) ?? [];

    private Found Look(string id, out Instance? instance)
    {
        instance = Find(id);
        return instance switch
        {
            null => Found.Nothing,
            { IsTerminal: true } => Found.Ended,
            _ => Found.Alive,
        };
    }

    /// <summary>A new instance as memory has it.</summary>
    private Instance Known(Instance draft, long key, string? input)
    {
        var instance = new Instance
        {
            Key = key,
            Id = draft.Id,
            Name = draft.Name,
            Version = draft.Version,
            ExecutionId = draft.ExecutionId,
            Status = draft.Status,
            Created = draft.Created,
            Updated = draft.Updated,
            StartAt = draft.StartAt,
            TagsJson = draft.TagsJson,
            Parent = draft.Parent,
            Trace = draft.Trace,
        };
        instance.Inbox.Add(StartOf(instance, input));
        _byId.Add(instance.Id, instance);
        _byKey.Add(instance.Key, instance);
        return Touch(instance);
    }

    private void Switch(Instance instance, InstanceStatus status, HistoryEvent what)
    {
        instance.Status = status;
        instance.Updated = Later(instance.Updated);
        instance.IsDirty = true;
        Answer(instance, what);
        Watched(instance);
    }

    private void Terminate(Instance instance, string? output, bool recursive)
    {
        Record(instance, [Events.Terminated(Now, output, recursive)]);
        Finish(instance, InstanceStatus.Terminated, output, failure: null);
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
            if (Now.Ticks - timer.Due > TimeSpan.TicksPerSecond)
                _afterCommit.Add(_settings.Meters.LateDurableTimer);
            if (timer.Task < 0)
                _database.RemoveTimer(timer.Key, timer.Task);
            if (Find(timer.Key) is not { IsTerminal: false } instance || instance.Generation != timer.Generation)
                continue;
            if (timer.Task < 0)
                MayStart(instance);
            else
                TakeAnswer(
                    timer.Key,
                    timer.Generation,
                    Events.TimerFired(Now, timer.Task, new DateTime(timer.Due, DateTimeKind.Utc))
                );
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
    internal void PostAnswer(ActivityCall call, HistoryEvent answer) => Post(new AnswerCommand(call, answer));

    private void TakeAnswer(long key, int generation, HistoryEvent answer)
    {
        if (
            Find(key) is { IsTerminal: false } instance
            && instance.Generation == generation
            && instance.Open.Remove(Events.TaskOf(answer))
        )
            Answer(instance, answer);
    }

    private void StartRetention()
    {
        if (_settings.Options.Retention is not { } age)
            return;
        _retention = Time.CreateTimer(_ => PostRetention(age), null, TimeSpan.Zero, RetentionPeriod);
    }

    private void PostRetention(TimeSpan age) =>
        Post(
            new HostCommand(
                "retention",
                engine =>
                {
                    var (_, complete, _) = engine.PurgeSome(
                        new InstanceFilter { CompletedTo = engine.Now - age },
                        recursive: false
                    );
                    if (!complete)
                        engine._afterCommit.Add(() => PostRetention(age)); // the rest after whatever else has come in
                }
            )
        );

    private DateTime Later(DateTime time) => Now > time ? Now : time;

    /// <summary>Tells whoever waits for the instance, once its state is on disk.</summary>
    private void Watched(Instance instance) => _changed.Add((instance.Id, instance.Status));

    /// <summary>
    /// After the commit, and only then are watchers looked up: one that came while the batch was at work has read the
    /// state before it.
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

    private sealed class AnswerCommand(ActivityCall call, HistoryEvent answer) : Command
    {
        public override string What => $"the answer of {call}";

        public override void Apply(Engine engine) => engine.TakeAnswer(call.Key, call.Generation, answer);
    }

    private sealed class Watcher(Engine engine, string id, Action<InstanceStatus> changed) : IDisposable
    {
        public void Changed(InstanceStatus status) => changed(status);

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

/// <summary>What there is of an id.</summary>
internal enum Found
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>An instance that goes on.</summary>
    Alive,

    /// <summary>An instance that has ended.</summary>
    Ended,
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class TagsContext : JsonSerializerContext;
