using Google.Protobuf;
using Grpc.Core;

namespace FactCheck.Host.Durable.WorkItems;

/// <summary>Has plain Durable Task workers, asking by <c>GetWorkItems</c>, run what their filters and limits pass. What
/// one loses or answers too late goes to another; the first answer counts. Without workers work waits.</summary>
internal sealed class WorkItemQueue(TimeProvider time, ILogger logger) : ITaskRunner, IDisposable
{
    private const int MostStreams = 1_000;

    private readonly Lock _gate = new();
    private readonly List<WorkerStream> _streams = [];
    private readonly WaitingItems _waiting = new(time);
    private readonly Handouts _handouts = new();

    // by instance, which has one at a time
    private readonly Dictionary<string, Item> _episodes = new(StringComparer.Ordinal);
    private long _last;
    private bool _isClosed;

    /// <summary>Between signs of life on a stream; workers count one as dead after 120 s without.</summary>
    public TimeSpan PingPeriod { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one message to a worker may take. One that takes nothing any more loses what it has.</summary>
    public TimeSpan SendLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an episode stays with a worker that doesn't answer.</summary>
    public TimeSpan EpisodeLease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The same for an activity: as long as a function may run by default.</summary>
    public TimeSpan ActivityLease { get; init; } = TimeSpan.FromMinutes(30);

    public int Generation => 1;

    public bool HasSessions => false;

    /// <summary>With the history that travels inside it stays under the 4 MB that workers take.</summary>
    public long MostEpisodeBytes => 2 * 1024 * 1024;

    public int Workers
    {
        get
        {
            lock (_gate)
                return _streams.Count;
        }
    }

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
                return _waiting.Count;
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
            left = _waiting.All;
            foreach (var item in left)
                _waiting.Remove(item);
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
            if (!_waiting.Contains(item))
                return; // a worker has it, and will answer, or lose it
            _waiting.Remove(item);
            End(item);
        }
    }

    /// <summary>Takes the answer of an episode, or a part of it. One that was taken already changes nothing.</summary>
    /// <exception cref="RefusedException">Nobody has such a work item, or a part is missing.</exception>
    public void Complete(OrchestratorResponse answer)
    {
        lock (_gate)
        {
            if (Find(answer.CompletionToken, WorkKind.Episode, answer.InstanceId) is not { } handout)
                return;
            var isPart = Parts.IsPart(answer);
            if (answer.NumEventsProcessed is not null && handout.Parts is null)
                throw new RefusedException(
                    Refusal.NotNow,
                    "This host takes an episode as a whole: numEventsProcessed must not be set."
                );
            try
            {
                if (!isPart)
                    Finish(handout.Item, answer);
                else if ((handout.Parts ??= new()).Add(answer) is { } whole)
                    Finish(handout.Item, whole);
            }
            catch (EpisodeFailedException failed)
            {
                handout.Item.Fail(failed);
                Settle(handout.Item);
            }
        }
    }

    /// <exception cref="RefusedException">Nobody has such a work item.</exception>
    public void Complete(ActivityResponse answer)
    {
        lock (_gate)
        {
            if (Find(answer.CompletionToken, WorkKind.Activity, answer.InstanceId) is { } handout)
                Finish(handout.Item, answer);
        }
    }

    /// <summary>A worker will not have an item: after a pause, which grows, or when another worker connects, it is
    /// offered again.</summary>
    /// <exception cref="RefusedException">Nobody has such a work item.</exception>
    public void Abandon(WorkKind kind, string token)
    {
        if (Find(token, kind, string.Empty) is { } handout)
            Abandon(handout);
    }

    private void Abandon(Handout handout)
    {
        var item = handout.Item;
        lock (_gate)
        {
            if (!handout.Stream.Take(handout) || item.Answer.IsCompleted)
                return;
            _handouts.Remove(handout);
            logger.LogWarning(
                "{Item} comes back from the worker at {Peer}; it is offered again in {Pause}",
                item,
                handout.Stream.Peer,
                Rest(item)
            );
            Fill(handout.Stream);
        }
    }

    private Handout? Find(string token, WorkKind kind, string instanceId)
    {
        lock (_gate)
        {
            try
            {
                return _handouts.Find(token, kind, instanceId);
            }
            catch (RefusedException refused) when (_isClosed && refused.Reason == Refusal.Missing)
            {
                throw new ObjectDisposedException(nameof(WorkItemQueue), "The host stops.");
            }
        }
    }

    private void Finish(Item item, IMessage answer)
    {
        item.Complete(answer);
        Settle(item);
    }

    private void Cancel(Item item)
    {
        lock (_gate)
            Settle(item);
        item.Cancel();
    }

    /// <summary>Nobody needs to work on an item any more: its tokens are spent, and its places free.</summary>
    private void Settle(Item item)
    {
        _waiting.Remove(item);
        _handouts.Spend(item);
        foreach (var handout in item.Handouts)
        {
            if (handout.Stream.Take(handout))
                Fill(handout.Stream, item.Kind);
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
            foreach (var item in _waiting.Resting)
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

    /// <summary>Gives an item to the least busy that wants it, rather not to its last worker; or it waits.</summary>
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
            taker.Give(_handouts.Add(item, taker, time.GetTimestamp()));
        else
            _waiting.Add(item, first);
    }

    /// <summary>Gives a worker the longest waiting of what it wants, for as long as it has room.</summary>
    private void Fill(WorkerStream stream)
    {
        Fill(stream, WorkKind.Episode);
        Fill(stream, WorkKind.Activity);
    }

    private void Fill(WorkerStream stream, WorkKind kind)
    {
        while (!_isClosed && stream.HasRoom(kind) && _waiting.Longest(stream, kind) is { } item)
        {
            _waiting.Remove(item);
            stream.Give(_handouts.Add(item, stream, time.GetTimestamp()));
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

    private TimeSpan Rest(Item item)
    {
        if (!_isClosed)
            return _waiting.Rest(item, Resume);
        item.Cancel(); // it runs at the next start
        return TimeSpan.Zero;
    }

    private void End(Item item)
    {
        item.Fail(new EpisodeWithdrawnException($"Instance '{item.InstanceId}' has ended."));
        Settle(item);
    }

    /// <summary>It has rested, or there is reason not to wait for that.</summary>
    private void Resume(Item item)
    {
        lock (_gate)
        {
            if (_waiting.EndRest(item))
                Offer(item, first: true);
        }
    }
}
