using System.Collections.Frozen;
using System.Threading.Channels;

namespace FactCheck.Host.Durable.WorkItems;

/// <summary>A connected worker: what it takes, holds and is being sent. Guarded by the queue, save sending.</summary>
internal sealed class WorkerStream
{
    /// <summary>At once, for workers that don't say.</summary>
    private const int Unsaid = 100;

    private static readonly WorkItem Ping = new() { HealthPing = new HealthPing() };

    private readonly Channel<Handout?> _outgoing = Channel.CreateUnbounded<Handout?>(new() { SingleReader = true });
    private readonly Hand _episodes;
    private readonly Hand _activities;

    public WorkerStream(GetWorkItemsRequest request, string peer)
    {
        Peer = peer;
        StreamsHistory = request.Capabilities.Contains(WorkerCapability.HistoryStreaming);
        // Workers without filters send empty ones.
        var filters =
            request.WorkItemFilters is { } given
            && given.Orchestrations.Count + given.Activities.Count + given.Entities.Count > 0
                ? given
                : null;
        _episodes = new(
            request.MaxConcurrentOrchestrationWorkItems,
            filters?.Orchestrations.Select(filter => (filter.Name, filter.Versions.AsEnumerable()))
        );
        _activities = new(
            request.MaxConcurrentActivityWorkItems,
            filters?.Activities.Select(filter => (filter.Name, filter.Versions.AsEnumerable()))
        );
        _outgoing.Writer.TryWrite(null); // a sign of life comes first: the worker knows that it is served
    }

    /// <summary>Its address, for the log.</summary>
    public string Peer { get; }

    /// <summary>Whether it fetches long histories by itself.</summary>
    public bool StreamsHistory { get; }

    public IEnumerable<Handout> InHand => _episodes.Held.Concat(_activities.Held);

    public bool HasRoom(WorkKind kind) => HandOf(kind).HasRoom;

    public int Count(WorkKind kind) => HandOf(kind).Held.Count;

    /// <summary>Whether its filters let something pass.</summary>
    public bool Wants(WorkKind kind, string name, string version) => HandOf(kind).Wants(name, version);

    public void Give(Handout handout)
    {
        HandOf(handout.Item.Kind).Held.Add(handout);
        _outgoing.Writer.TryWrite(handout);
    }

    /// <summary>It has answered, or lost it; false when it had no such thing.</summary>
    public bool Take(Handout handout) => HandOf(handout.Item.Kind).Held.Remove(handout);

    public void End() => _outgoing.Writer.TryComplete();

    /// <summary>Sends what is given, and a sign of life every now and then, until it is ended.</summary>
    /// <param name="make">Makes an item's message; null when there is nothing to send any more.</param>
    /// <param name="gone">Set when the worker has left.</param>
    public async Task RunAsync(
        Func<WorkItem, Task> send,
        Func<Handout, Task<WorkItem?>> make,
        Action tick,
        TimeProvider time,
        TimeSpan period,
        CancellationToken gone
    )
    {
        await using var pings = time.CreateTimer(_ => _outgoing.Writer.TryWrite(null), null, period, period);
        await foreach (var handout in _outgoing.Reader.ReadAllAsync(gone))
        {
            if (handout is null)
            {
                await send(Ping);
                tick();
            }
            else if (await make(handout) is { } item)
            {
                await send(item);
            }
        }
    }

    private Hand HandOf(WorkKind kind) => kind == WorkKind.Episode ? _episodes : _activities;

    /// <summary>Of one kind of work: how much at once, which of it, and what is held.</summary>
    private sealed class Hand(int limit, IEnumerable<(string Name, IEnumerable<string> Versions)>? filters)
    {
        private readonly int _limit = limit > 0 ? limit : Unsaid;

        /// <summary>By name the versions, none for all of them; null when everything is wanted.</summary>
        private readonly FrozenDictionary<string, FrozenSet<string>>? _wanted = filters
            ?.GroupBy(filter => filter.Name, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(
                named => named.Key,
                named =>
                    named.Any(filter => !filter.Versions.Any())
                        ? []
                        : named.SelectMany(filter => filter.Versions).ToFrozenSet(StringComparer.OrdinalIgnoreCase),
                StringComparer.OrdinalIgnoreCase
            );

        public HashSet<Handout> Held { get; } = [];

        public bool HasRoom => Held.Count < _limit;

        public bool Wants(string name, string version) =>
            _wanted is null
            || (_wanted.TryGetValue(name, out var versions) && (versions.Count == 0 || versions.Contains(version)));
    }
}
