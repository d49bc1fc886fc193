using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.Logging;

namespace FactCheck.Host.Durable.WorkItems;

/// <summary>
/// Has episodes and activities run by plain Durable Task workers, which ask for them by <c>GetWorkItems</c>. Each
/// worker gets what its filters and limits let pass. What a worker loses or does not answer in time goes to another,
/// and the first answer counts. While there is no worker, work waits.
/// </summary>
internal sealed partial class WorkItemQueue(TimeProvider time, ILogger logger) : ITaskRunner, IDisposable
{
    private const int MostStreams = 1_000;

    // of an item: the first and the latest; the late answer of one in between is not known any more
    private const int MostHandouts = 8;

    private readonly Lock _gate = new();
    private readonly List<WorkerStream> _streams = [];
    private readonly Dictionary<(WorkKind Kind, string Name, string Version), LinkedList<Item>> _waiting = [];
    private readonly HashSet<Item> _paused = [];

    // by instance, which has one at a time
    private readonly Dictionary<string, Item> _episodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Handout> _byToken = new(StringComparer.Ordinal);
    private readonly Recent _answered = new(4_096);
    private long _last;
    private bool _isClosed;

    /// <summary>
    /// From one sign of life on a stream to the next; workers count a stream as dead after 120 s without.
    /// </summary>
    public TimeSpan PingPeriod { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one message to a worker may take. One that takes nothing any more loses what it has.</summary>
    public TimeSpan SendLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an episode stays with a worker that doesn't answer.</summary>
    public TimeSpan EpisodeLease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long an activity stays with a worker that doesn't answer: as long as a function may run by default.
    /// </summary>
    public TimeSpan ActivityLease { get; init; } = TimeSpan.FromMinutes(30);

    public int Generation => 1;

    public bool HasSessions => false;

    /// <summary>With the history that travels inside it stays under the 4 MB that workers take.</summary>
    public long MostEpisodeBytes => 2 * 1024 * 1024;

    /// <summary>Workers that are connected.</summary>
    public int Workers
    {
        get
        {
            lock (_gate)
                return _streams.Count;
        }
    }

    /// <summary>Items so far.</summary>
    internal long Offered
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>Items that no worker has.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Values.Sum(items => items.Count) + _paused.Count;
        }
    }

    /// <summary>Which orchestrators there are only the workers know, and one that has it may still come.</summary>
    public bool HasOrchestrator(string name) => true;

    public bool HasActivity(string name) => true;

    public async Task<OrchestratorResponse> RunEpisodeAsync(EpisodeCall episode, CancellationToken cancellation) =>
        (OrchestratorResponse)await RunAsync(new EpisodeItem(episode), cancellation);

    public async Task<ActivityResponse> RunActivityAsync(ActivityRequest request, CancellationToken cancellation) =>
        (ActivityResponse)await RunAsync(new ActivityItem(request), cancellation);

    /// <summary>Serves a worker until it leaves, or the host ends.</summary>
    /// <exception cref="RpcException">There are too many, or the host stops.</exception>
    /// <exception cref="TimeoutException">It takes nothing any more.</exception>
    public async Task ServeAsync(
        GetWorkItemsRequest request,
        IServerStreamWriter<WorkItem> responses,
        string peer,
        CancellationToken gone
    )
    {
        var stream = new WorkerStream(request, peer);
        Join(stream);
        try
        {
            await stream.RunAsync(
                item => SendAsync(responses, item, gone),
                handout => MakeAsync(handout),
                () => Expire(stream),
                time,
                PingPeriod,
                gone
            );
        }
        catch (Exception left)
            when (gone.IsCancellationRequested
                && left is OperationCanceledException or IOException or InvalidOperationException
            )
        {
            logger.LogDebug(left, "The worker at {Peer} left while it was sent something", peer);
        }
        catch (TimeoutException)
        {
            logger.LogWarning("The worker at {Peer} took nothing for {Limit}: it counts as gone", peer, SendLimit);
            throw;
        }
        finally
        {
            Leave(stream);
        }
    }

    /// <summary>Nothing more is given out, and what no worker has is cancelled.</summary>
    public void Close()
    {
        Item[] left;
        lock (_gate)
        {
            _isClosed = true;
            left = [.. _waiting.Values.SelectMany(items => items), .. _paused];
            foreach (var item in left)
                Unqueue(item);
        }
        foreach (var item in left)
            item.Cancel();
    }

    /// <summary>Ends the streams, in good order: workers connect again, to the next host.</summary>
    public void Dispose()
    {
        Close();
        lock (_gate)
            _streams.ForEach(stream => stream.End());
    }

    private async Task<IMessage> RunAsync(Item item, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_isClosed)
                throw new OperationCanceledException("The host stops.");
            item.Number = ++_last;
            if (item.Kind == WorkKind.Episode)
                _episodes[item.InstanceId] = item;
            Offer(item);
        }
        try
        {
            await using var cancelled = cancellation.UnsafeRegister(_ => Cancel(item), null);
            return await item.Answer;
        }
        finally
        {
            lock (_gate)
            {
                if (_episodes.GetValueOrDefault(item.InstanceId) == item)
                    _episodes.Remove(item.InstanceId);
            }
        }
    }

    public void Withdraw(string instanceId)
    {
        lock (_gate)
        {
            if (!_episodes.TryGetValue(instanceId, out var item))
                return;
            item.IsWithdrawn = true;
            if (item.Waiting is null && !_paused.Contains(item))
                return; // a worker has it, and will answer, or lose it
            Unqueue(item);
            End(item);
        }
    }

    private void Join(WorkerStream stream)
    {
        lock (_gate)
        {
            if (_isClosed)
                throw new RpcException(new Status(StatusCode.Unavailable, "The host stops."));
            if (_streams.Count >= MostStreams)
                throw new RpcException(
                    new Status(StatusCode.ResourceExhausted, $"There are {MostStreams} workers already.")
                );
            _streams.Add(stream);
            Fill(stream);
            foreach (var item in _paused.ToArray())
                Resume(item); // this one may want it
        }
        logger.LogInformation("A worker connected from {Peer}", stream.Peer);
    }

    private void Leave(WorkerStream stream)
    {
        Handout[] lost;
        lock (_gate)
        {
            _streams.Remove(stream);
            lost = [.. stream.InHand.OrderByDescending(handout => handout.Item.Number)];
            foreach (var handout in lost)
            {
                handout.Parts = null;
                // One that takes each worker along which gets it, since it is too large for it, say, must not keep
                // all others from theirs.
                if (handout.Item.Lost++ == 0)
                    TakeBack(handout);
                else if (stream.Take(handout))
                    Rest(handout.Item);
            }
        }
        logger.LogInformation(
            "The worker at {Peer} has gone; what it had, {Count} items, goes to others",
            stream.Peer,
            lost.Length
        );
    }

    private Task SendAsync(IServerStreamWriter<WorkItem> responses, WorkItem item, CancellationToken gone) =>
        responses.WriteAsync(item, gone).WaitAsync(SendLimit, gone);

    /// <summary>Makes the message of an item; null when somebody has answered meanwhile, or it can't be made.</summary>
    private async Task<WorkItem?> MakeAsync(Handout handout)
    {
        if (handout.Item.Answer.IsCompleted)
            return null;
        try
        {
            var message = await handout.Item.MakeAsync(handout.Stream.StreamsHistory);
            message.CompletionToken = handout.Token;
            return message;
        }
        catch (Exception unreadable)
        {
            logger.LogError(unreadable, "{Item} can't be sent; it is tried again", handout.Item);
            Abandon(handout);
            return null;
        }
    }

    /// <summary>What the worker has had for too long goes to another.</summary>
    private void Expire(WorkerStream stream)
    {
        lock (_gate)
        {
            foreach (var handout in stream.InHand.ToArray())
            {
                var lease = handout.Item.Kind == WorkKind.Episode ? EpisodeLease : ActivityLease;
                if (time.GetElapsedTime(handout.Since) < lease)
                    continue;
                logger.LogWarning(
                    "The worker at {Peer} has not answered for {Lease}: {Item} is given out again",
                    stream.Peer,
                    lease,
                    handout.Item
                );
                TakeBack(handout);
            }
            Fill(stream);
        }
    }

    // Below: under the lock.

    /// <summary>
    /// Gives an item to the worker that wants it and has the least to do, rather not to the one that had it last; or
    /// lets it wait.
    /// </summary>
    private void Offer(Item item, bool first = false)
    {
        if (item.IsWithdrawn)
        {
            End(item);
            return;
        }
        var last = item.Handouts.Count > 0 ? item.Handouts[^1].Stream : null;
        var taker = _isClosed
            ? null
            : _streams
                .Where(stream => stream.HasRoom(item.Kind) && stream.Wants(item.Kind, item.Name, item.Version))
                .MinBy(stream => (stream == last, stream.Count(item.Kind)));
        if (taker is not null)
        {
            Give(item, taker);
            return;
        }
        var key = (item.Kind, item.Name.ToUpperInvariant(), item.Version.ToUpperInvariant());
        if (!_waiting.TryGetValue(key, out var queue))
            _waiting.Add(key, queue = new());
        item.Waiting = first ? queue.AddFirst(item) : queue.AddLast(item);
    }

    private void Give(Item item, WorkerStream stream)
    {
        var handout = new Handout(
            Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
            item,
            stream,
            time.GetTimestamp()
        );
        item.Handouts.Add(handout);
        _byToken.Add(handout.Token, handout);
        if (item.Handouts.Count > MostHandouts)
        {
            _byToken.Remove(item.Handouts[1].Token);
            item.Handouts.RemoveAt(1);
        }
        stream.Give(handout);
    }

    /// <summary>Gives a worker the longest waiting of what it wants, for as long as it has room.</summary>
    private void Fill(WorkerStream stream)
    {
        Fill(stream, WorkKind.Episode);
        Fill(stream, WorkKind.Activity);
    }

    private void Fill(WorkerStream stream, WorkKind kind)
    {
        while (!_isClosed && stream.HasRoom(kind) && Longest(stream, kind) is { } item)
        {
            Unqueue(item);
            Give(item, stream);
        }
    }

    private Item? Longest(WorkerStream stream, WorkKind kind) =>
        _waiting
            .Where(queue => queue.Key.Kind == kind && stream.Wants(kind, queue.Key.Name, queue.Key.Version))
            .Select(queue => queue.Value.First!.Value)
            .MinBy(item => item.Number);

    /// <summary>Takes an item from where it waits, if it does.</summary>
    private void Unqueue(Item item)
    {
        if (item.Waiting is { List: { } queue } node)
        {
            queue.Remove(node);
            if (queue.Count == 0)
                _waiting.Remove((item.Kind, item.Name.ToUpperInvariant(), item.Version.ToUpperInvariant()));
            item.Waiting = null;
        }
        if (_paused.Remove(item))
        {
            item.Pause?.Dispose();
            item.Pause = null;
        }
    }

    /// <summary>Takes an item out of a worker's hands and offers it again.</summary>
    private void TakeBack(Handout handout)
    {
        if (!handout.Stream.Take(handout))
            return;
        if (_isClosed)
            handout.Item.Cancel(); // it runs at the next start
        else
            Offer(handout.Item, first: true);
    }

    /// <summary>Lets an item wait for a while, longer each time; how long.</summary>
    private TimeSpan Rest(Item item)
    {
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(item.Rests++, 10)));
        if (_isClosed)
        {
            item.Cancel(); // it runs at the next start
            return pause;
        }
        _paused.Add(item);
        item.Pause = time.CreateTimer(_ => EndPause(item), null, pause, Timeout.InfiniteTimeSpan);
        return pause;
    }

    /// <summary>Nobody needs an episode any more.</summary>
    private void End(Item item)
    {
        item.Fail(new EpisodeWithdrawnException($"Instance '{item.InstanceId}' has ended."));
        Settle(item);
    }

    private void Resume(Item item)
    {
        if (!_paused.Contains(item))
            return;
        Unqueue(item);
        Offer(item, first: true);
    }
}
