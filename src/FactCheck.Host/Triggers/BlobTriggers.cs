using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>
/// Runs functions for new and changed blobs. A receipt per function, container, name and version says what has been done; it is on disk before the next
/// version is looked at, so each version runs at least once. Five tries, then it is poison until it changes. A place that can't be reached costs no try.
/// </summary>
internal sealed class BlobTriggers : IAsyncDisposable
{
    private static readonly TimeSpan UnfinishedInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly Engine _engine;
    private readonly FunctionInvoker _invoker;
    private readonly HostJson _host;
    private readonly ILogger _logger;
    private readonly WorkLimiter _work;
    private readonly BlobReceipts _receipts;
    private readonly Watched[] _containers;
    private readonly Dictionary<BlobKey, string> _queued = []; // with its ETag
    private readonly HashSet<BlobKey> _overlooked = []; // queued or running when a newer version was seen
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _loops = Task.CompletedTask;

    public BlobTriggers(
        Engine engine, FunctionInvoker invoker, FunctionCatalog catalog, HostJson host, EmbeddedHostOptions options, ILogger<BlobTriggers> logger)
    {
        _engine = engine;
        _invoker = invoker;
        _host = host;
        _logger = logger;
        _work = new WorkLimiter(host.MaxBlobs, engine.Settings.Idle);
        _receipts = new(engine);
        _containers = [.. catalog.Functions
            .Where(function => function.Trigger is BlobTriggerAttribute)
            .Select(function => new BlobFunction(function, new BlobPattern(((BlobTriggerAttribute)function.Trigger).BlobPath)))
            .GroupBy(function => function.Pattern.Container, StringComparer.Ordinal)
            .Select(functions => new Watched(functions.Key, SourceOf(functions.Key, options), [.. functions]))];
    }

    /// <summary>Begins to watch.</summary>
    public void Start()
    {
        foreach (var watched in _containers)
            watched.Source.Watch();
        _loops = Task.WhenAll(_containers.Select(watched => Task.Run(() => LoopAsync(watched))));
    }

    /// <summary>Looks once; what is found is queued when this returns.</summary>
    public async Task LookAsync()
    {
        foreach (var watched in _containers)
            await LookAsync(watched);
    }

    /// <summary>Looks until no file is being written that could be told from one that is done.</summary>
    public async Task LookOnceAsync()
    {
        await LookAsync();
        if (!OperatingSystem.IsLinux() && Array.Exists(_containers, watched => watched.Source.HasUnfinished))
        {
            await Task.Delay(UnfinishedInterval); // there, only a second look tells
            await LookAsync();
        }
    }

    /// <summary>Lets a blob that was given up be tried anew, by each function that gave it up; false when none did.</summary>
    public async Task<bool> TryAgainAsync(string container, string name)
    {
        if (!await _receipts.ForgetPoisonAsync(container, name))
            return false;
        Array.Find(_containers, watched => Same(watched.Container, container))?.Source.Wake();
        return true;
    }

    public async Task StopAsync(TimeSpan drain)
    {
        await _stop.CancelAsync();
        await _loops;
        await _work.StopAsync(drain);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        foreach (var watched in _containers)
            watched.Source.Dispose();
        _stop.Dispose();
        _looking.Dispose();
        _work.Dispose();
    }

    private IBlobSource SourceOf(string container, EmbeddedHostOptions options)
    {
        if (options.BlobService is { } service)
            return new BlobContainer(service.GetBlobContainerClient(container));
        var folder = System.IO.Path.Combine(options.BlobRoot ?? options.DataDirectory, container);
        Directory.CreateDirectory(folder);
        return new BlobFolder(folder, options.WatchedInterval, _logger);
    }

    private async Task LoopAsync(Watched watched)
    {
        for (var failures = 0; !_stop.IsCancellationRequested;)
        {
            try
            {
                await LookAsync(watched);
                failures = 0;
                await watched.Source.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                MarkAway(watched, exception);
                var wait = Math.Min(LongestWait.TotalSeconds, FirstWait.TotalSeconds * Math.Pow(2, Math.Min(failures++, 10)));
                await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(wait), _stop.Token)); // ends when the host stops, without a word
            }
        }
    }

    private async Task LookAsync(Watched watched)
    {
        await _looking.WaitAsync(_stop.Token);
        try
        {
            var (blobs, names) = await watched.Source.LookAsync(blob => Array.Exists(watched.Functions, function => Wants(function, blob)), _stop.Token);
            if (watched.IsAway)
                _logger.LogInformation("{Place} can be reached again", watched.Source.Place);
            watched.IsAway = false;
            foreach (var blob in blobs)
            {
                foreach (var function in watched.Functions.Where(function => Wants(function, blob)))
                    Enqueue(watched, function, blob);
            }
            if (names is not null)
                await ForgetGoneAsync(watched.Container, names);
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>Said once, until it is back.</summary>
    private void MarkAway(Watched watched, Exception exception)
    {
        if (!watched.IsAway)
            _logger.LogWarning(exception is BlobSourceException ? null : exception, "{Place} can't be reached, and is tried again until it can: {Why}", watched.Source.Place, exception.Message);
        watched.IsAway = true;
    }

    // Those that are queued find out by themselves.
    private async Task ForgetGoneAsync(string container, IReadOnlySet<string> names)
    {
        var gone = _receipts.Others(container, names);
        lock (_gate)
            gone = [.. gone.Where(key => !_queued.ContainsKey(key))];
        await _receipts.ForgetAsync(gone);
    }

    private bool Wants(BlobFunction function, FoundBlob blob)
    {
        if (function.Pattern.Match(blob.Name) is null)
            return false;
        var key = function.KeyOf(blob);
        lock (_gate)
        {
            if (_queued.TryGetValue(key, out var etag))
            {
                if (!Same(etag, blob.ETag))
                    _overlooked.Add(key);
                return false;
            }
        }
        return !_receipts.IsSettled(key, blob);
    }

    private void Enqueue(Watched watched, BlobFunction function, FoundBlob blob)
    {
        lock (_gate)
            _queued[function.KeyOf(blob)] = blob.ETag;
        _work.Enqueue($"function '{function.Name}' for {watched.Container}/{blob.Name}", stop => TryAsync(watched, function, blob, stop));
    }

    private async Task TryAsync(Watched watched, BlobFunction function, FoundBlob blob, CancellationToken stop)
    {
        var next = Next.Nothing;
        try
        {
            // While the place can't be reached the queue empties itself: the look that finds it back finds them all.
            if (!watched.IsAway)
                next = await RunAsync(watched, function, blob, stop);
        }
        catch (Exception exception)
        {
            // The receipt could not be stored: nothing was lost, the next look finds the blob again.
            _logger.LogError(exception, "Function {Function} could not be run for {Blob}", function.Name, blob.Name);
        }
        if (next == Next.TryAgain)
        {
            Enqueue(watched, function, blob); // behind the others, which must not wait for it
            return;
        }
        bool overlooked;
        lock (_gate)
        {
            _queued.Remove(function.KeyOf(blob));
            overlooked = _overlooked.Remove(function.KeyOf(blob));
        }
        if (overlooked || next == Next.Look)
            watched.Source.Wake();
    }

    /// <summary>One try.</summary>
    private async Task<Next> RunAsync(Watched watched, BlobFunction function, FoundBlob blob, CancellationToken stop)
    {
        var key = function.KeyOf(blob);
        var before = _receipts.Find(key) is { } known && Same(known.ETag, blob.ETag)
            ? known
            : new BlobReceipt(key.Function, key.Container, key.Name, blob.ETag, BlobState.ToBeTried, 0, UtcNow, null);
        var tried = before with { Tries = before.Tries + 1, Updated = UtcNow };
        // Counted before it runs: a blob that ends the process must not be tried for ever.
        await _receipts.SaveAsync(tried);
        Exception? failure;
        try
        {
            if (!await IsThereAsync(watched, key, blob, stop))
                return Next.Look;
            failure = await InvokeAsync(watched, function, blob, stop);
            // Asked before it counts: that version may be gone by now, or the place out of reach for the function as well.
            if (failure is not null && !await IsThereAsync(watched, key, blob, stop))
                return Next.Look;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Next.Nothing; // the host stops: it runs at the next start
        }
        catch (BlobSourceException away)
        {
            MarkAway(watched, away);
            await _receipts.SaveAsync(before);
            return Next.Nothing;
        }
        return await EndAsync(tried, failure);
    }

    /// <summary>Whether it is there in that version. When it is gone there is nothing left to do; a new version is told of anew.</summary>
    private async Task<bool> IsThereAsync(Watched watched, BlobKey key, FoundBlob blob, CancellationToken stop)
    {
        var now = await watched.Source.FindAsync(blob.Name, stop);
        if (now is null)
            await _receipts.ForgetAsync([key]);
        return now is not null && Same(now.ETag, blob.ETag);
    }

    private async Task<Next> EndAsync(BlobReceipt tried, Exception? failure)
    {
        var end = tried with { Updated = UtcNow, Error = failure is null ? null : $"{failure.GetType().FullName}: {failure.Message}" };
        var poison = tried.Tries >= _host.PoisonBlobThreshold;
        _engine.Settings.Meters.BlobTried(tried.Function, failure is null ? "done" : poison ? "poison" : "failed");
        if (failure is null)
        {
            await _receipts.SaveAsync(end with { State = BlobState.Done });
            return Next.Nothing;
        }
        _logger.Log(
            poison ? LogLevel.Error : LogLevel.Warning, failure, "Function {Function} failed for {Blob}, try {Try}{End}",
            tried.Function, tried.Name, tried.Tries, poison ? "; given up" : "");
        await _receipts.SaveAsync(end with { State = poison ? BlobState.Poison : BlobState.ToBeTried });
        return poison ? Next.Nothing : Next.TryAgain;
    }

    /// <summary>Runs the function; what it failed with, or null.</summary>
    /// <exception cref="BlobSourceException">It could not read its blob.</exception>
    private async Task<Exception?> InvokeAsync(Watched watched, BlobFunction function, FoundBlob blob, CancellationToken stop)
    {
        var data = function.Pattern.Match(blob.Name)!;
        data["BlobTrigger"] = $"{watched.Container}/{blob.Name}";
        using var expired = _host.FunctionTimeout is { } limit ? new CancellationTokenSource(limit, _engine.Settings.Time) : new CancellationTokenSource();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(stop, expired.Token);
        try
        {
            await _invoker.InvokeAsync(function.Descriptor, new TriggeredBlob(watched.Source, blob), data, cancelled.Token).WaitAsync(expired.Token);
            return null;
        }
        catch (OperationCanceledException cancellation) when (expired.IsCancellationRequested)
        {
            return new TimeoutException($"Function '{function.Name}' ran longer than functionTimeout, {_host.FunctionTimeout}.", cancellation);
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && stop.IsCancellationRequested))
        {
            return BlobSourceException.In(exception) is { } away ? throw new BlobSourceException(away.Message, exception) : exception;
        }
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

    private DateTime UtcNow => _engine.Settings.Time.GetUtcNow().UtcDateTime;

    private enum Next
    {
        Nothing,
        Look,
        TryAgain,
    }

    private sealed record BlobFunction(FunctionDescriptor Descriptor, BlobPattern Pattern)
    {
        public string Name => Descriptor.Name;

        public BlobKey KeyOf(FoundBlob blob) => new(Name, Pattern.Container, blob.Name);
    }

    private sealed class Watched(string container, IBlobSource source, BlobFunction[] functions)
    {
        private volatile bool _isAway;

        public string Container { get; } = container;

        public IBlobSource Source { get; } = source;

        public BlobFunction[] Functions { get; } = functions;

        /// <summary>Since the last look, it could not be reached.</summary>
        public bool IsAway
        {
            get => _isAway;
            set => _isAway = value;
        }
    }
}
