namespace FactCheck.Runtime;

/// <content>Instances in memory: found, touched, queued for an episode, written, evicted. Writer's thread only.</content>
internal sealed partial class Engine
{
    private readonly Dictionary<string, Instance> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Instance> _byKey = [];
    private readonly LinkedList<Instance> _idle = new();
    private readonly List<Instance> _touched = [];
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
        return Touch(loaded);
    }

    private Instance Touch(Instance instance)
    {
        if (instance.Batch == _batch)
            return instance;
        instance.Batch = _batch;
        _touched.Add(instance);
        if (instance.Idle is { } node)
        {
            _idle.Remove(node);
            _cachedBytes -= instance.CachedBytes;
            instance.Idle = null;
        }
        return instance;
    }

    private void Ready(Instance instance)
    {
        if (instance.IsQueued)
            return;
        instance.IsQueued = true;
        _ready.Enqueue(instance);
    }

    private List<long> TakeReady()
    {
        var keys = new List<long>(_ready.Count);
        while (_ready.TryDequeue(out var instance))
        {
            instance.IsQueued = false;
            keys.Add(instance.Key);
        }
        return keys;
    }

    private void WriteTouched()
    {
        foreach (var instance in _touched)
        {
            foreach (var message in instance.Inbox)
            {
                if (message.Row == 0)
                    _database.AddToInbox(instance.Key, message);
            }
            if (instance.IsDirty)
                _database.Save(instance);
            instance.IsDirty = false;
        }
    }

    /// <summary>After a commit: ended instances leave memory, and so do the longest idle when there are too many.</summary>
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
            instance.Idle = _idle.AddLast(instance);
            instance.CachedBytes = instance.Bytes + instance.Inbox.Sum(SizeOf);
            _cachedBytes += instance.CachedBytes;
        }
        _touched.Clear();
        while (_cachedBytes > _settings.Options.CacheBytes && _idle.First is { Value: var oldest })
            Evict(oldest);
    }

    /// <summary>After a rollback: what memory holds of the touched instances never happened.</summary>
    private void EvictTouched()
    {
        foreach (var instance in _touched)
            Evict(instance);
        _touched.Clear();
        _ready.Clear();
    }

    private void Evict(Instance instance)
    {
        instance.DropLive();
        if (_byKey.TryGetValue(instance.Key, out var known) && ReferenceEquals(known, instance))
            _byKey.Remove(instance.Key);
        if (_byId.TryGetValue(instance.Id, out known) && ReferenceEquals(known, instance))
            _byId.Remove(instance.Id);
        if (instance.Idle is { } node)
        {
            _idle.Remove(node);
            _cachedBytes -= instance.CachedBytes;
            instance.Idle = null;
        }
    }

    private static long SizeOf(Message message) => 2L * (message.Data?.Length ?? 0);
}
