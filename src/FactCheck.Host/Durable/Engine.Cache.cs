using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <content>Instances in memory: found, touched, queued for an episode, written, evicted. Writer's thread
/// only.</content>
internal sealed partial class Engine
{
    private const long InstanceBytes = 1_024;

    private readonly Dictionary<string, Instance> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Instance> _byKey = [];
    private readonly LinkedList<Instance> _idle = new();
    private readonly List<Instance> _touched = [];

    // what memory alone had of the touched instances before this batch
    private readonly List<(long Key, Message Message)> _unstored = [];
    private readonly Queue<Instance> _ready = new();
    private long _batch;
    private long _cachedBytes;

    /// <summary>The instance with this id, loaded if need be.</summary>
    public Instance? Find(string id) =>
        _byId.TryGetValue(id, out var instance) ? Touch(instance) : Adopt(_database.Find(id));

    /// <summary>The instance in this row, loaded if need be; null when it has been purged or replaced.</summary>
    public Instance? Find(long key) =>
        _byKey.TryGetValue(key, out var instance) ? Touch(instance) : Adopt(_database.Find(key));

    /// <summary>Lets instances with unread messages run.</summary>
    public void Continue(IEnumerable<long> keys)
    {
        foreach (var key in keys)
        {
            if (Find(key) is { } instance)
                Ready(instance);
        }
    }

    private Instance? Adopt(Instance? loaded)
    {
        if (loaded is null)
            return null;
        _byId.Add(loaded.Id, loaded);
        _byKey.Add(loaded.Key, loaded);
        var run = _runs.GetValueOrDefault(loaded.Id);
        if (run?.Key != loaded.Key)
            run = null;
        if (loaded is { IsTerminal: false, Episodes: 0 } && run is null)
            loaded.Inbox.Insert(0, StartOf(loaded, _database.GetInput(loaded.Key)));
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
        if (instance.Batch == _batch)
            return instance;
        instance.Batch = _batch;
        _touched.Add(instance);
        foreach (var message in instance.Inbox)
        {
            if (message is { Row: 0, CanBeAskedAgain: true })
                _unstored.Add((instance.Key, message));
        }
        RemoveFromIdle(instance);
        return instance;
    }

    private void Ready(Instance instance)
    {
        if (instance.IsQueued)
            return;
        instance.IsQueued = true;
        _ready.Enqueue(instance);
    }

    private void WriteTouched()
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
                _database.Save(instance);
            instance.IsDirty = false;
        }
    }

    private void Store(Instance instance, Message message)
    {
        _database.AddToInbox(instance.Key, message);
        _onRollback.Add(() => message.Row = 0);
        Settle(instance.Key, message);
    }

    /// <summary>
    /// What a message answers needs not be asked again: from here on the message itself is in the file.
    /// </summary>
    private void Settle(long key, Message message)
    {
        if (!message.CanBeAskedAgain)
            return;
        var task = Events.TaskOf(message.Event);
        if (message.Event.TimerFired is not null)
            _database.RemoveTimer(key, task);
        else
            _database.RemoveActivity(key, task);
    }

    /// <summary>
    /// Answers that only memory has are stored, so that a stop in good order costs no activity its run.
    /// </summary>
    private void KeepAnswers()
    {
        foreach (var run in _runs.Values)
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

    private void KeepAnswers(Instance instance, IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            if (message is { Row: 0, CanBeAskedAgain: true })
                Store(instance, message);
        }
    }

    /// <summary>
    /// After a commit: ended instances leave memory, and so do the longest idle when there are too many.
    /// </summary>
    private void Tidy()
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
            if (_runs.ContainsKey(instance.Id) || instance.Inbox.Exists(message => message.Row == 0))
                continue; // memory knows what the file does not
            instance.Bytes = InstanceBytes + (32L * instance.Open.Count) + instance.Inbox.Sum(message => message.Bytes);
            instance.Idle = _idle.AddLast(instance);
            _cachedBytes += instance.Bytes;
        }
        _touched.Clear();
        _unstored.Clear();
        while (_cachedBytes > _settings.Options.CacheBytes && _idle.First is { Value: var oldest })
            Evict(oldest);
    }

    /// <summary>
    /// After a rollback: what memory holds of the touched instances never happened, but answers of earlier batches
    /// that it alone had are taken up again, wherever the batch had put them: an episode that did not begin, or an
    /// end that did not come.
    /// </summary>
    private void EvictTouched()
    {
        (long Key, Message Message)[] answers = [.. _unstored];
        foreach (var instance in _touched)
            Evict(instance);
        _touched.Clear();
        _unstored.Clear();
        _ready.Clear();
        if (answers.Length == 0)
            return;
        Post(
            new HostCommand(
                "answers taken up again",
                engine =>
                {
                    foreach (var (key, message) in answers)
                        engine.TakeAnswer(key, message.Generation, message.Event);
                }
            )
        );
    }

    private void Evict(Instance instance)
    {
        if (_byKey.TryGetValue(instance.Key, out var known) && ReferenceEquals(known, instance))
            _byKey.Remove(instance.Key);
        if (_byId.TryGetValue(instance.Id, out known) && ReferenceEquals(known, instance))
            _byId.Remove(instance.Id);
        RemoveFromIdle(instance);
    }

    private void RemoveFromIdle(Instance instance)
    {
        if (instance.Idle is not { } node)
            return;
        _idle.Remove(node);
        _cachedBytes -= instance.Bytes;
        instance.Idle = null;
    }
}
