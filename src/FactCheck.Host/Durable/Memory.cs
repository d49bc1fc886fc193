using FactCheck.Host.Storage;
using Google.Protobuf.WellKnownTypes;

namespace FactCheck.Host.Durable;

/// <summary>Instances in memory, ready, touched or idle, and the episodes at work somewhere. Writer's thread.</summary>
internal sealed class Memory(Database database, Batch batch, long mostBytes)
{
    private const long InstanceBytes = 1_024;

    private readonly Dictionary<string, Instance> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Instance> _byKey = [];
    private readonly LinkedList<Instance> _idle = new();
    private readonly List<Instance> _touched = [];

    // what memory alone had of the touched instances before this batch
    private readonly List<(long Key, Message Message)> _unstored = [];
    private readonly Queue<Instance> _ready = new();
    private long _bytes;

    /// <summary>By instance id: one episode at work at most, even when its instance was ended or replaced.</summary>
    public Dictionary<string, EpisodeRun> Runs { get; } = new(StringComparer.Ordinal);

    public int Count => _byKey.Count;

    public Instance? Find(string id) =>
        _byId.TryGetValue(id, out var instance) ? Touch(instance) : Adopt(database.Find(id));

    /// <summary>The instance in this row, loaded if need be; null when it has been purged or replaced.</summary>
    public Instance? Find(long key) =>
        _byKey.TryGetValue(key, out var instance) ? Touch(instance) : Adopt(database.Find(key));

    /// <summary>A new instance, which the file has by now.</summary>
    public void Add(Instance instance)
    {
        _byId.Add(instance.Id, instance);
        _byKey.Add(instance.Key, instance);
        Touch(instance);
        Ready(instance);
    }

    /// <summary>Lets instances with unread messages run.</summary>
    public void Continue(IEnumerable<long> keys)
    {
        foreach (var key in keys)
        {
            if (Find(key) is { } instance)
                Ready(instance);
        }
    }

    public void Deliver(Instance instance, HistoryEvent what)
    {
        instance.Inbox.Add(new Message(what, instance.Generation));
        Ready(instance);
    }

    /// <summary>It may have something to do, in this batch.</summary>
    public void Ready(Instance instance)
    {
        if (instance.IsQueued)
            return;
        instance.IsQueued = true;
        _ready.Enqueue(instance);
    }

    public Instance? NextReady()
    {
        if (!_ready.TryDequeue(out var instance))
            return null;
        instance.IsQueued = false;
        return instance;
    }

    public void Store(Instance instance, Message message)
    {
        database.AddToInbox(instance.Key, message);
        batch.OnRollback(() => message.Row = 0);
        Settle(instance.Key, message);
    }

    /// <summary>An episode has taken a message, and is recorded.</summary>
    public void Consume(Instance instance, Message message)
    {
        if (message.Row != 0)
            database.RemoveFromInbox(message.Row);
        else
            Settle(instance.Key, message);
    }

    public void WriteTouched()
    {
        foreach (var instance in _touched)
        {
            foreach (var message in instance.Inbox)
            {
                if (
                    message.Row == 0
                    && !message.IsStart
                    && (!message.CanBeAskedAgain || instance.Status == InstanceStatus.Suspended)
                )
                    Store(instance, message);
            }
            if (instance.IsDirty)
                database.Save(instance);
            instance.IsDirty = false;
        }
    }

    /// <summary>Stores the answers that only memory has: a stop in good order repeats no activity.</summary>
    public void KeepAnswers()
    {
        foreach (var run in Runs.Values)
        {
            if (Find(run.Key) is { IsTerminal: false } instance && instance.Generation == run.Generation)
                KeepAnswers(instance, run.Messages);
        }
        foreach (
            var instance in _byKey
                .Values.Where(instance => instance.Inbox.Exists(message => message.Row == 0))
                .ToArray()
        )
            KeepAnswers(Touch(instance), instance.Inbox);
    }

    /// <summary>After a commit: ended instances leave memory, as do the longest idle if there are too many.</summary>
    public void Tidy()
    {
        foreach (var instance in _touched)
        {
            if (!_byKey.ContainsKey(instance.Key))
                continue; // purged or replaced in this batch
            if (instance.IsTerminal)
            {
                Evict(instance);
                continue;
            }
            if (Runs.ContainsKey(instance.Id) || instance.Inbox.Exists(message => message.Row == 0))
                continue; // memory knows what the file does not
            instance.Bytes = InstanceBytes + (32L * instance.Open.Count) + instance.Inbox.Sum(message => message.Bytes);
            instance.Idle = _idle.AddLast(instance);
            _bytes += instance.Bytes;
        }
        _touched.Clear();
        _unstored.Clear();
        while (_bytes > mostBytes && _idle.First is { Value: var oldest })
            Evict(oldest);
    }

    /// <summary>After a rollback: what memory holds of the touched instances never happened. But answers of earlier
    /// batches that only memory had are taken up again, wherever the batch put them.</summary>
    public (long Key, Message Message)[] EvictTouched()
    {
        (long Key, Message Message)[] answers = [.. _unstored];
        foreach (var instance in _touched)
            Evict(instance);
        _touched.Clear();
        _unstored.Clear();
        _ready.Clear();
        return answers;
    }

    public void Evict(Instance instance)
    {
        if (_byKey.TryGetValue(instance.Key, out var known) && ReferenceEquals(known, instance))
            _byKey.Remove(instance.Key);
        if (_byId.TryGetValue(instance.Id, out known) && ReferenceEquals(known, instance))
            _byId.Remove(instance.Id);
        RemoveFromIdle(instance);
    }

    /// <summary>An execution's first message; made whenever it is needed, of what is stored.</summary>
    public static Message StartOf(Instance instance, string? input)
    {
        var start = Events.At(instance.Created);
        start.ExecutionStarted = new ExecutionStartedEvent
        {
            Name = instance.Name,
            Version = instance.Version.Length > 0 ? instance.Version : null,
            Input = input,
            OrchestrationInstance = new OrchestrationInstance
            {
                InstanceId = instance.Id,
                ExecutionId = instance.ExecutionId,
            },
            ScheduledStartTimestamp = instance.StartAt == default ? null : Timestamp.FromDateTime(instance.StartAt),
            ParentTraceContext = Spans.Context(instance.Trace),
        };
        if (instance.Parent is { } parent)
        {
            start.ExecutionStarted.ParentInstance = new ParentInstanceInfo
            {
                TaskScheduledId = parent.TaskId,
                Name = parent.Name,
                OrchestrationInstance = new OrchestrationInstance { InstanceId = parent.Id },
            };
        }
        start.ExecutionStarted.Tags.Add(Tags.Read(instance.TagsJson));
        return new Message(start, instance.Generation);
    }

    private Instance? Adopt(Instance? loaded)
    {
        if (loaded is null)
            return null;
        _byId.Add(loaded.Id, loaded);
        _byKey.Add(loaded.Key, loaded);
        var run = Runs.GetValueOrDefault(loaded.Id);
        if (run?.Key != loaded.Key)
            run = null;
        if (loaded is { IsTerminal: false, Episodes: 0 } && run is null)
            loaded.Inbox.Insert(0, StartOf(loaded, database.GetInput(loaded.Key)));
        if (run is null)
            return Touch(loaded);
        // What a run has taken is its own.
        foreach (var message in run.Messages)
        {
            if (message.Row != 0)
                loaded.Inbox.RemoveAll(unread => unread.Row == message.Row);
            loaded.Open.Remove(Events.TaskOf(message.Event));
        }
        return Touch(loaded);
    }

    private Instance Touch(Instance instance)
    {
        if (instance.Batch == batch.Number)
            return instance;
        instance.Batch = batch.Number;
        _touched.Add(instance);
        foreach (var message in instance.Inbox)
        {
            if (message is { Row: 0, CanBeAskedAgain: true })
                _unstored.Add((instance.Key, message));
        }
        RemoveFromIdle(instance);
        return instance;
    }

    private void KeepAnswers(Instance instance, IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            if (message is { Row: 0, CanBeAskedAgain: true })
                Store(instance, message);
        }
    }

    /// <summary>What a message answers need not be asked again: the file has the message itself from here.</summary>
    private void Settle(long key, Message message)
    {
        if (!message.CanBeAskedAgain)
            return;
        var task = Events.TaskOf(message.Event);
        if (message.Event.TimerFired is not null)
            database.RemoveTimer(key, task);
        else
            database.RemoveActivity(key, task);
    }

    private void RemoveFromIdle(Instance instance)
    {
        if (instance.Idle is not { } node)
            return;
        _idle.Remove(node);
        _bytes -= instance.Bytes;
        instance.Idle = null;
    }
}
