using FactCheck.Host.Storage;

namespace FactCheck.Host.Triggers;

/// <summary>A version of a blob that a function is to run for.</summary>
internal sealed class QueuedBlob(WatchedContainer container, BlobFunction function, FoundBlob blob)
{
    public WatchedContainer Container => container;

    public BlobFunction Function => function;

    public FoundBlob Blob => blob;

    public BlobKey Key { get; } = function.KeyOf(blob);

    /// <summary>The receipt of the try that is at work.</summary>
    public BlobReceipt? Tried { get; set; }
}

/// <summary>What is found and not done, each once; a limited number runs at a time.</summary>
internal sealed class BlobQueue(
    WatchedContainer[] containers,
    BlobReceipts receipts,
    BlobRunner runner,
    int mostAtOnce,
    IdleTracker idle,
    ILogger logger,
    CancellationToken stopping
) : IDisposable
{
    /// <summary>More are found by a later look, when these are done.</summary>
    private const int MostQueued = 20_000;

    private static readonly TimeSpan s_later = TimeSpan.FromSeconds(1);

    private readonly WorkLimiter _work = new(mostAtOnce, idle);
    private readonly Dictionary<BlobKey, string> _queued = []; // with its ETag
    private readonly HashSet<BlobKey> _overlooked = []; // queued or running when a newer version was seen
    private readonly HashSet<Task> _endings = []; // receipts of what is done, on their way to the disk
    private readonly Lock _gate = new();
    private bool _leftSome;

    /// <summary>Whether a function is still to run for a version of a blob, and there is room for it.</summary>
    public bool Wants(BlobFunction function, FoundBlob blob)
    {
        if (function.Pattern.Match(blob.Name) is null)
            return false;
        var key = function.KeyOf(blob);
        lock (_gate)
        {
            if (_queued.TryGetValue(key, out var etag))
            {
                if (etag != blob.ETag)
                    _overlooked.Add(key);
                return false;
            }
        }
        if (receipts.IsSettled(key, blob))
            return false;
        lock (_gate)
        {
            _leftSome |= _queued.Count >= MostQueued;
            return _queued.Count < MostQueued;
        }
    }

    public void Enqueue(QueuedBlob queued)
    {
        lock (_gate)
            _queued[queued.Key] = queued.Blob.ETag;
        _work.Enqueue(queued.Key, stop => TryAsync(queued, stop));
    }

    /// <summary>Those that are not queued; the others find out by themselves.</summary>
    public BlobKey[] Unqueued(IReadOnlyList<BlobKey> keys)
    {
        lock (_gate)
            return [.. keys.Where(key => !_queued.ContainsKey(key))];
    }

    /// <summary>Lets what runs run on for a while, and stores what is done.</summary>
    public async Task StopAsync(TimeSpan drain)
    {
        await _work.StopAsync(drain);
        Task[] endings;
        lock (_gate)
            endings = [.. _endings];
        await Task.WhenAll(endings);
    }

    public void Dispose() => _work.Dispose();

    private async Task TryAsync(QueuedBlob queued, CancellationToken stop)
    {
        var next = AfterTry.Nothing;
        try
        {
            // While the place can't be reached the queue empties itself: the look that finds it back finds them all.
            if (queued.Container.Away is null)
                next = await runner.TryAsync(queued, stop);
        }
        catch (Exception exception)
        {
            // The receipt could not be stored: nothing was lost, the next look finds the blob again.
            logger.LogError(
                exception,
                "Function {Function} could not be run for {Blob}",
                queued.Function.Name,
                queued.Blob.Name
            );
        }
        if (next == AfterTry.TryAgain)
            Enqueue(queued); // behind the others, which must not wait for it
        else if (next == AfterTry.Done)
            End(queued);
        else
            Leave(queued, next);
    }

    /// <summary>Not waited for: the next blob's receipt shares the commit; without it this one runs again.</summary>
    private void End(QueuedBlob queued)
    {
        var ending = EndAsync(queued);
        lock (_gate)
        {
            _endings.RemoveWhere(static one => one.IsCompleted);
            _endings.Add(ending);
        }
    }

    private async Task EndAsync(QueuedBlob queued)
    {
        using var busy = idle.Enter(queued.Key);
        await runner.EndAsync(queued);
        Leave(queued, AfterTry.Nothing);
    }

    private void Leave(QueuedBlob queued, AfterTry next)
    {
        bool look,
            lookEverywhere;
        lock (_gate)
        {
            _queued.Remove(queued.Key);
            look = _overlooked.Remove(queued.Key) || next == AfterTry.Look;
            lookEverywhere = _leftSome && _queued.Count <= MostQueued / 2;
            _leftSome &= !lookEverywhere;
        }
        if (next == AfterTry.LookLater)
            _ = LookLaterAsync(queued.Container);
        foreach (var one in containers.Where(one => lookEverywhere || (look && one == queued.Container)))
            one.Source.Wake();
    }

    private async Task LookLaterAsync(WatchedContainer container)
    {
        await Task.WhenAny(Task.Delay(s_later, stopping));
        container.Source.Wake();
    }
}
