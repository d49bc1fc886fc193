using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>
/// Runs functions for new and changed files. A receipt per function, container, name and version says what has been done; it is on disk before the next
/// version is looked at, so each version runs at least once. Five tries, then it is poison until it changes.
/// </summary>
internal sealed class BlobTriggers : IAsyncDisposable
{
    private static readonly TimeSpan WatchedInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan UnfinishedInterval = TimeSpan.FromMilliseconds(200);

    private readonly Engine _engine;
    private readonly FunctionInvoker _invoker;
    private readonly HostJson _host;
    private readonly ILogger _logger;
    private readonly WorkLimiter _work;
    private readonly BlobFunction[] _functions;
    private readonly Dictionary<string, BlobFolder> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Function, string Container, string Name), BlobReceipt> _receipts = [];
    private readonly HashSet<(string Function, string Container, string Name)> _queued = [];
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;

    public BlobTriggers(
        Engine engine, FunctionInvoker invoker, FunctionCatalog catalog, HostJson host, EmbeddedHostOptions options, ILogger<BlobTriggers> logger)
    {
        _engine = engine;
        _invoker = invoker;
        _host = host;
        _logger = logger;
        _work = new WorkLimiter(host.MaxBlobs, engine.Settings.Idle);
        _functions = [.. catalog.Functions
            .Where(function => function.Trigger is BlobTriggerAttribute)
            .Select(function => new BlobFunction(function, new BlobPattern(((BlobTriggerAttribute)function.Trigger).BlobPath)))];
        foreach (var container in _functions.Select(function => function.Pattern.Container).Distinct(StringComparer.Ordinal))
        {
            var folder = new BlobFolder(System.IO.Path.Combine(options.BlobRoot ?? options.DataDirectory, container));
            Directory.CreateDirectory(folder.Root);
            _folders.Add(container, folder);
        }
        foreach (var receipt in engine.Database.Receipts())
            _receipts[(receipt.Function, receipt.Container, receipt.Name)] = receipt;
    }

    /// <summary>Begins to watch.</summary>
    public void Start()
    {
        if (_folders.Count == 0)
            return;
        var watched = _folders.Values.All(Watch);
        _loop = Task.Run(() => LoopAsync(watched ? WatchedInterval : Interval));
    }

    /// <summary>Looks once; what is found is queued when this returns.</summary>
    public async Task LookAsync()
    {
        await _looking.WaitAsync(_stop.Token);
        try
        {
            foreach (var (container, folder) in _folders)
                Look(container, folder);
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>Looks until no file is being written that could be told from one that is done.</summary>
    public async Task LookOnceAsync()
    {
        await LookAsync();
        if (!OperatingSystem.IsLinux() && _folders.Values.Any(folder => folder.HasUnfinished))
        {
            await Task.Delay(UnfinishedInterval); // there, only a second look tells
            await LookAsync();
        }
    }

    public async Task StopAsync(TimeSpan drain)
    {
        await _stop.CancelAsync();
        foreach (var watcher in _watchers)
            watcher.Dispose();
        await _loop;
        await _work.StopAsync(drain);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _stop.Dispose();
        _looking.Dispose();
        _changed.Dispose();
        _work.Dispose();
    }

    private bool Watch(BlobFolder folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder.Root) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Created += (_, _) => Changed();
            watcher.Changed += (_, _) => Changed();
            watcher.Renamed += (_, _) => Changed();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            _logger.LogWarning(exception, "{Folder} can't be watched; it is looked at every {Interval}", folder.Root, Interval);
            return false;
        }
    }

    private void Changed()
    {
        lock (_gate)
        {
            if (!_stop.IsCancellationRequested && _changed.CurrentCount == 0)
                _changed.Release();
        }
    }

    private async Task LoopAsync(TimeSpan interval)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync();
                var wait = _folders.Values.Any(folder => folder.HasUnfinished) ? UnfinishedInterval : interval;
                if (await _changed.WaitAsync(wait, _stop.Token))
                    await Task.Delay(TimeSpan.FromMilliseconds(50), _stop.Token); // files come in bursts
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                _logger.LogError(exception, "The blob folders could not be looked at; tried again in {Interval}", interval);
                await Task.WhenAny(Task.Delay(interval), Task.Delay(Timeout.Infinite, _stop.Token));
            }
        }
    }

    private void Look(string container, BlobFolder folder)
    {
        var functions = _functions.Where(function => Same(function.Pattern.Container, container)).ToArray();
        foreach (var blob in folder.Look(blob => functions.Any(function => Wants(function, blob))))
        {
            foreach (var function in functions.Where(function => Wants(function, blob)))
            {
                lock (_gate)
                {
                    if (!_queued.Add((function.Name, container, blob.Name)))
                        continue;
                }
                Enqueue(function, blob);
            }
        }
    }

    private bool Wants(BlobFunction function, FoundBlob blob)
    {
        if (function.Pattern.Match(blob.Name) is null)
            return false;
        var key = (function.Name, function.Pattern.Container, blob.Name);
        lock (_gate)
        {
            return !_queued.Contains(key)
                && !(_receipts.TryGetValue(key, out var receipt) && receipt.State != BlobState.ToBeTried && Same(receipt.ETag, blob.ETag));
        }
    }

    private void Enqueue(BlobFunction function, FoundBlob blob) =>
        _work.Enqueue($"function '{function.Name}' for {function.Pattern.Container}/{blob.Name}", stop => TryAsync(function, blob, stop));

    private async Task TryAsync(BlobFunction function, FoundBlob blob, CancellationToken stop)
    {
        var again = false;
        try
        {
            again = await RunAsync(function, blob, stop);
        }
        catch (Exception exception)
        {
            // The store refused: nothing was lost, the next look finds the blob again.
            _logger.LogError(exception, "Function {Function} could not be run for {Blob}", function.Name, blob.Name);
        }
        if (again)
        {
            Enqueue(function, blob); // behind the others, which must not wait for it
            return;
        }
        lock (_gate)
            _queued.Remove((function.Name, function.Pattern.Container, blob.Name));
        // A version that came while this one was queued or ran has been overlooked until now.
        if (_folders[function.Pattern.Container].Find(blob.Name) is { } now && !Same(now.ETag, blob.ETag))
            Changed();
    }

    /// <summary>One try; true when there is to be another.</summary>
    private async Task<bool> RunAsync(BlobFunction function, FoundBlob blob, CancellationToken stop)
    {
        var container = function.Pattern.Container;
        var key = (function.Name, container, blob.Name);
        var now = _folders[container].Find(blob.Name);
        if (now is null)
        {
            await ForgetAsync(key); // gone: nothing left to do
            return false;
        }
        if (!Same(now.ETag, blob.ETag))
            return false; // changed while it was queued: the next look tells of the new version

        BlobReceipt? before;
        lock (_gate)
            before = _receipts.GetValueOrDefault(key);
        var sameVersion = before is not null && Same(before.ETag, blob.ETag);
        var tries = sameVersion ? before!.Tries + 1 : 1;
        // Counted before it runs: a blob that ends the process must not be tried for ever.
        await SaveAsync(new(function.Name, container, blob.Name, blob.ETag, BlobState.ToBeTried, tries, UtcNow, sameVersion ? before!.Error : null));
        try
        {
            var data = function.Pattern.Match(blob.Name)!;
            data["BlobTrigger"] = $"{container}/{blob.Name}";
            await InvokeAsync(function.Descriptor, new TriggeredBlob(blob), data, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false; // the host stops: it runs at the next start
        }
        catch (FileNotFoundException) when (_folders[container].Find(blob.Name) is null)
        {
            await ForgetAsync(key);
            return false;
        }
        catch (Exception exception)
        {
            var poison = tries >= _host.PoisonBlobThreshold;
            _logger.Log(poison ? LogLevel.Error : LogLevel.Warning, exception, "Function {Function} failed for {Blob}, try {Try}{End}", function.Name, blob.Name, tries, poison ? "; given up" : "");
            await SaveAsync(new(
                function.Name, container, blob.Name, blob.ETag, poison ? BlobState.Poison : BlobState.ToBeTried, tries, UtcNow, $"{exception.GetType().FullName}: {exception.Message}"));
            return !poison;
        }
        await SaveAsync(new(function.Name, container, blob.Name, blob.ETag, BlobState.Done, tries, UtcNow, null));
        return false;
    }

    private async Task InvokeAsync(FunctionDescriptor function, TriggeredBlob blob, IReadOnlyDictionary<string, object?> data, CancellationToken stop)
    {
        using var expired = _host.FunctionTimeout is { } limit ? new CancellationTokenSource(limit, _engine.Settings.Time) : new CancellationTokenSource();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(stop, expired.Token);
        try
        {
            await _invoker.InvokeAsync(function, blob, data, cancelled.Token).WaitAsync(expired.Token);
        }
        catch (OperationCanceledException cancellation) when (expired.IsCancellationRequested)
        {
            throw new TimeoutException($"Function '{function.Name}' ran longer than functionTimeout, {_host.FunctionTimeout}.", cancellation);
        }
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

    private DateTime UtcNow => _engine.Settings.Time.GetUtcNow().UtcDateTime;

    private async Task SaveAsync(BlobReceipt receipt)
    {
        await _engine.CallAsync($"receipt of {receipt.Container}/{receipt.Name}", engine =>
        {
            engine.Database.Save(receipt);
            return true;
        });
        lock (_gate)
            _receipts[(receipt.Function, receipt.Container, receipt.Name)] = receipt;
    }

    private async Task ForgetAsync((string Function, string Container, string Name) key)
    {
        await _engine.CallAsync($"receipt of {key.Container}/{key.Name}", engine =>
        {
            engine.Database.Forget(key.Function, key.Container, key.Name);
            return true;
        });
        lock (_gate)
            _receipts.Remove(key);
    }

    private sealed record BlobFunction(FunctionDescriptor Descriptor, BlobPattern Pattern)
    {
        public string Name => Descriptor.Name;
    }
}
