namespace FactCheck.Host.Durable.WorkItems;

/// <summary>Items that no worker has, waiting or, once refused or lost, resting. Guarded by the queue.</summary>
internal sealed class WaitingItems(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(WorkKind Kind, string Name, string Version), LinkedList<Item>> _waiting = [];
    private readonly HashSet<Item> _resting = [];

    public int Count => _waiting.Values.Sum(items => items.Count) + _resting.Count;

    public Item[] All => [.. _waiting.Values.SelectMany(items => items), .. _resting];

    public Item[] Resting => [.. _resting];

    public bool Contains(Item item) => item.Waiting is not null || _resting.Contains(item);

    /// <summary>Lets an item wait for a worker, before all others of its kind or after them.</summary>
    public void Add(Item item, bool first)
    {
        var key = KeyOf(item);
        if (!_waiting.TryGetValue(key, out var queue))
            _waiting.Add(key, queue = new());
        item.Waiting = first ? queue.AddFirst(item) : queue.AddLast(item);
    }

    /// <summary>Lets an item rest, longer each time; how long.</summary>
    public TimeSpan Rest(Item item, Action<Item> rested)
    {
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(item.Rests++, 10)));
        _resting.Add(item);
        item.Pause = time.CreateTimer(_ => rested(item), null, pause, Timeout.InfiniteTimeSpan);
        return pause;
    }

    /// <summary>Of what a worker wants, what waits for longest; null for nothing.</summary>
    public Item? Longest(WorkerStream stream, WorkKind kind) =>
        _waiting
            .Where(queue => queue.Key.Kind == kind && stream.Wants(kind, queue.Key.Name, queue.Key.Version))
            .Select(queue => queue.Value.First!.Value)
            .MinBy(item => item.Number);

    public bool EndRest(Item item)
    {
        if (!_resting.Remove(item))
            return false;
        item.Pause?.Dispose();
        item.Pause = null;
        return true;
    }

    /// <summary>Takes an item from where it waits or rests, if it does.</summary>
    public void Remove(Item item)
    {
        EndRest(item);
        if (item.Waiting is not { List: { } queue } node)
            return;
        queue.Remove(node);
        if (queue.Count == 0)
            _waiting.Remove(KeyOf(item));
        item.Waiting = null;
    }

    private static (WorkKind Kind, string Name, string Version) KeyOf(Item item) =>
        (item.Kind, item.Name.ToUpperInvariant(), item.Version.ToUpperInvariant());
}
