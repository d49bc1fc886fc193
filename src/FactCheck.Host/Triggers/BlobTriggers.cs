using FactCheck.Host.Worker;

namespace FactCheck.Host.Triggers;

/// <summary>Runs functions for new and changed blobs. A receipt per function, container, name and version is on disk
/// before the next version is looked at, so each version runs at least once. After <c>poisonBlobThreshold</c> tries it
/// is poison until it changes. A place out of reach, and a lost worker, cost no try.</summary>
internal sealed class BlobTriggers : IAsyncDisposable
{
    private static readonly TimeSpan s_secondLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(2);

    private readonly FunctionHostOptions _options;
    private readonly ILogger _logger;
    private readonly BlobReceipts _receipts;
    private readonly WatchedContainer[] _containers;
    private readonly BlobQueue _queue;
    private readonly BlobLooks _looks;
    private readonly BlobRunner _runner;
    private readonly CancellationTokenSource _stop = new();
    private Task _loops = Task.CompletedTask;

    /// <summary>For the functions that the worker has listed.</summary>
    /// <exception cref="FunctionHostException">A function's path can't be meant.</exception>
    public BlobTriggers(
        Storage.IRuntimeStore store,
        IFunctionInvoker invoker,
        HostJson host,
        FunctionHostOptions options,
        ILogger<BlobTriggers> logger
    )
    {
        (_options, _logger) = (options, logger);
        _receipts = new(store);
        _containers =
        [
            .. invoker
                .Functions.Where(function => function.Is("blobTrigger"))
                .Select(function => new BlobFunction(function, options))
                .GroupBy(function => function.Pattern.Container, StringComparer.Ordinal)
                .Select(functions => new WatchedContainer(
                    functions.Key,
                    SourceOf(functions.Key),
                    [.. functions],
                    logger
                )),
        ];
        _runner = new(store, invoker, _receipts, host.PoisonBlobThreshold, logger);
        _queue = new(_containers, _receipts, _runner, host.MaxBlobs, store.Idle, logger, _stop.Token);
        _looks = new(_receipts, _queue, logger, _stop.Token);
    }

    /// <summary>Why intake stands, a sentence for each place; none when it goes on.</summary>
    public IReadOnlyList<string> Problems =>
        [
            .. _containers
                .Where(container => container.Away is not null)
                .Select(container => $"{container.Source.Place} can't be reached: {container.Away}"),
        ];

    public void Start()
    {
        if (!_options.WatchBlobs)
            return;
        foreach (var container in _containers)
            container.Source.Watch();
        _loops = Task.WhenAll(_containers.Select(container => Task.Run(() => _looks.LoopAsync(container))));
    }

    /// <summary>Looks until no file is being written that could be told from one that is done; what is found is queued
    /// when this returns.</summary>
    public async Task LookOnceAsync()
    {
        foreach (var container in _containers)
            await _looks.LookAsync(container);
        if (!Array.Exists(_containers, container => container.Source.NeedsSecondLook))
            return;
        await Task.Delay(s_secondLook); // there, only a second look tells
        foreach (var container in _containers)
            await _looks.LookAsync(container);
    }

    /// <summary>Lets each function that gave a blob up try it anew; false when none did.</summary>
    public async Task<bool> TryAgainAsync(string container, string name)
    {
        if (!await _receipts.ForgetPoisonAsync(container, name))
            return false;
        Array.Find(_containers, one => string.Equals(one.Name, container, StringComparison.Ordinal))?.Source.Wake();
        return true;
    }

    /// <summary>Finds nothing more, and lets what runs run on for a while.</summary>
    public async Task StopAsync(TimeSpan drain)
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_loops, Task.Delay(s_longestStop)); // a look may hang in a file system that doesn't answer
        await _queue.StopAsync(drain);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        if (!_loops.IsCompleted)
            return; // it uses them still
        foreach (var container in _containers)
            container.Source.Dispose();
        _stop.Dispose();
        _looks.Dispose();
        _runner.Dispose();
        _queue.Dispose();
    }

    private IBlobSource SourceOf(string container)
    {
        if (_options.BlobService is { } service)
            return new BlobContainer(service.GetBlobContainerClient(container));
        var folder = Path.Combine(_options.BlobRoot ?? _options.DataDirectory, container);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // it may come yet; until then, each look fails
            _logger.LogWarning("{Folder} can't be made: {Why}", folder, exception.Message);
        }
        return new BlobFolder(folder, _options.WatchedInterval, _logger);
    }
}
