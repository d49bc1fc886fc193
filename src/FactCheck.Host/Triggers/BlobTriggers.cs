using FactCheck.Host.Storage;
using FactCheck.Host.Worker;
using Microsoft.Extensions.Logging;

namespace FactCheck.Host.Triggers;

/// <summary>
/// Runs functions for new and changed blobs. A receipt per function, container, name and version says what has been
/// done; it is on disk before the next version is looked at, so each version runs at least once. After
/// <c>poisonBlobThreshold</c> tries it is poison until it changes. A place that can't be reached, and a worker that
/// is lost, cost no try.
/// </summary>
internal sealed class BlobTriggers : IAsyncDisposable
{
    /// <summary>More are found by a later look, when these are done.</summary>
    private const int MostQueued = 20_000;

    /// <summary>Of contents above this only two are held at a time.</summary>
    private const int LargeContent = 4 * 1024 * 1024;

    private const int MostError = 1_000;

    private static readonly TimeSpan s_secondLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(15);

    private readonly IRuntimeStore _store;
    private readonly IFunctionInvoker _invoker;
    private readonly HostJson _host;
    private readonly FunctionHostOptions _options;
    private readonly ILogger _logger;
    private readonly WorkLimiter _work;
    private readonly BlobReceipts _receipts;
    private readonly Watched[] _containers;
    private readonly Dictionary<BlobKey, string> _queued = []; // with its ETag
    private readonly HashSet<BlobKey> _overlooked = []; // queued or running when a newer version was seen
    private readonly Dictionary<BlobKey, Losses> _losses = [];
    private readonly HashSet<Task> _endings = []; // receipts of what is done, on their way to the disk
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly SemaphoreSlim _large = new(2, 2);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private bool _leftSome;
    private Task _loops = Task.CompletedTask;

    /// <summary>For the functions that the worker has listed.</summary>
    /// <exception cref="FunctionHostException">A function's path can't be meant.</exception>
    public BlobTriggers(
        IRuntimeStore store,
        IFunctionInvoker invoker,
        HostJson host,
        FunctionHostOptions options,
        ILogger<BlobTriggers> logger
    )
    {
        _store = store;
        _invoker = invoker;
        _host = host;
        _options = options;
        _logger = logger;
        _work = new WorkLimiter(host.MaxBlobs, store.Idle);
        _receipts = new(store);
        _containers =
        [
            .. invoker
                .Functions.Where(function => function.Is("blobTrigger"))
                .Select(function => new BlobFunction(function, options))
                .GroupBy(function => function.Pattern.Container, StringComparer.Ordinal)
                .Select(functions => new Watched(functions.Key, SourceOf(functions.Key), [.. functions])),
        ];
    }

    /// <summary>Why intake stands, a sentence for each place; none when it goes on.</summary>
    public IReadOnlyList<string> Problems =>
        [
            .. _containers
                .Where(watched => watched.Away is not null)
                .Select(watched => $"{watched.Source.Place} can't be reached: {watched.Away}"),
        ];

    /// <summary>Begins to watch.</summary>
    public void Start()
    {
        if (!_options.WatchBlobs)
            return;
        foreach (var watched in _containers)
            watched.Source.Watch();
        _loops = Task.WhenAll(_containers.Select(watched => Task.Run(() => LoopAsync(watched))));
    }

    /// <summary>
    /// Looks until no file is being written that could be told from one that is done; what is found is queued when
    /// this returns.
    /// </summary>
    public async Task LookOnceAsync()
    {
        foreach (var watched in _containers)
            await LookAsync(watched);
        if (!Array.Exists(_containers, watched => watched.Source.NeedsSecondLook))
            return;
        await Task.Delay(s_secondLook); // there, only a second look tells
        foreach (var watched in _containers)
            await LookAsync(watched);
    }

    /// <summary>
    /// Lets a blob that was given up be tried anew, by each function that gave it up; false when none did.
    /// </summary>
    public async Task<bool> TryAgainAsync(string container, string name)
    {
        if (!await _receipts.ForgetPoisonAsync(container, name))
            return false;
        Array.Find(_containers, watched => Same(watched.Container, container))?.Source.Wake();
        return true;
    }

    /// <summary>Finds nothing more, and lets what runs run on for a while.</summary>
    public async Task StopAsync(TimeSpan drain)
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_loops, Task.Delay(s_longestStop)); // a look may hang in a file system that doesn't answer
        await _work.StopAsync(drain);
        Task[] endings;
        lock (_gate)
            endings = [.. _endings];
        await Task.WhenAll(endings);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        if (!_loops.IsCompleted)
            return; // it uses them still
        foreach (var watched in _containers)
            watched.Source.Dispose();
        _stop.Dispose();
        _looking.Dispose();
        _large.Dispose();
        _work.Dispose();
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

    private async Task LoopAsync(Watched watched)
    {
        for (var failures = 0; !_stop.IsCancellationRequested; )
        {
            try
            {
                if (await LookAsync(watched))
                {
                    failures = 0;
                    await watched.Source.WaitAsync(_stop.Token);
                    continue;
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                MarkAway(watched, exception);
            }
            var wait = Math.Min(
                s_longestWait.TotalSeconds,
                s_firstWait.TotalSeconds * Math.Pow(2, Math.Min(failures++, 10))
            );
            // ends when the host stops, without a word
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(wait), _stop.Token));
        }
    }

    /// <summary>Looks once; false when the place can't be reached.</summary>
    private async Task<bool> LookAsync(Watched watched)
    {
        await _looking.WaitAsync(_stop.Token);
        try
        {
            await _receipts.LoadAsync();
            var hadMark = await watched.Source.HasMarkAsync(_receipts.Mark);
            var (blobs, versions) = await watched.Source.LookAsync(
                blob => Array.Exists(watched.Functions, function => Wants(function, blob)),
                _stop.Token
            );
            if (watched.Away is not null)
                _logger.LogInformation("{Place} can be reached again", watched.Source.Place);
            watched.Away = null;
            foreach (var blob in blobs)
            {
                foreach (var function in watched.Functions.Where(function => Wants(function, blob)))
                    Enqueue(watched, function, blob);
            }
            if (versions is not null && await IsTheSameAsync(watched, versions, hadMark))
                await ForgetGoneAsync(watched.Container, versions);
            return true;
        }
        catch (BlobSourceException away)
        {
            MarkAway(watched, away);
            return false;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>Said once, until it is back.</summary>
    private void MarkAway(Watched watched, Exception exception)
    {
        if (watched.Away is null)
            _logger.LogWarning(
                exception is BlobSourceException ? null : exception,
                "{Place} can't be reached, and is tried again until it can: {Why}",
                watched.Source.Place,
                exception.Message
            );
        watched.Away = exception.Message;
    }

    /// <summary>
    /// Whether what was seen is surely the place whose blobs are known, and not what is in its stead for a while, as
    /// the empty folder that a mount leaves: it has our mark, before and after it was looked at, or half of what is
    /// known is there.
    /// </summary>
    private async Task<bool> IsTheSameAsync(Watched watched, IReadOnlyDictionary<string, string> versions, bool hadMark)
    {
        var hasMark = await watched.Source.HasMarkAsync(_receipts.Mark);
        if (hasMark != hadMark)
            return false; // it came or went while it was looked at
        if (!hasMark)
        {
            var (known, here) = _receipts.Compare(watched.Container, versions);
            // An empty one is not marked: it may be what a mount will hide.
            if (known == 0 ? versions.Count == 0 : here * 2 < known)
            {
                if (known > 0 && !watched.IsStrange)
                    _logger.LogWarning(
                        "{Place} does not look like what was watched before: {Here} of {Known} known blobs are there. Nothing is forgotten of the others",
                        watched.Source.Place,
                        here,
                        known
                    );
                watched.IsStrange = known > 0;
                return false;
            }
            await watched.Source.MarkAsync(_receipts.Mark);
        }
        watched.IsStrange = false;
        return true;
    }

    // Those that are queued find out by themselves.
    private async Task ForgetGoneAsync(string container, IReadOnlyDictionary<string, string> versions)
    {
        var gone = _receipts.Others(container, versions);
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
        if (_receipts.IsSettled(key, blob))
            return false;
        lock (_gate)
        {
            _leftSome |= _queued.Count >= MostQueued;
            return _queued.Count < MostQueued;
        }
    }

    private void Enqueue(Watched watched, BlobFunction function, FoundBlob blob)
    {
        lock (_gate)
            _queued[function.KeyOf(blob)] = blob.ETag;
        _work.Enqueue(function.KeyOf(blob), stop => TryAsync(watched, function, blob, stop));
    }

    private async Task TryAsync(Watched watched, BlobFunction function, FoundBlob blob, CancellationToken stop)
    {
        var next = Next.Nothing;
        try
        {
            // While the place can't be reached the queue empties itself: the look that finds it back finds them all.
            if (watched.Away is null)
                next = await RunAsync(watched, function, blob, stop);
        }
        catch (Exception exception)
        {
            // The receipt could not be stored: nothing was lost, the next look finds the blob again.
            _logger.LogError(exception, "Function {Function} could not be run for {Blob}", function.Name, blob.Name);
        }
        if (next == Next.TryAgain)
            Enqueue(watched, function, blob); // behind the others, which must not wait for it
        else if (next != Next.Ending)
            Leave(watched, function, blob, next);
    }

    /// <summary>It is no longer queued.</summary>
    private void Leave(Watched watched, BlobFunction function, FoundBlob blob, Next next)
    {
        bool look,
            lookEverywhere;
        lock (_gate)
        {
            _queued.Remove(function.KeyOf(blob));
            look = _overlooked.Remove(function.KeyOf(blob)) || next == Next.Look;
            lookEverywhere = _leftSome && _queued.Count <= MostQueued / 2;
            _leftSome &= !lookEverywhere;
        }
        if (next == Next.LookLater)
            _ = LookLaterAsync(watched);
        foreach (var one in _containers.Where(one => lookEverywhere || (look && one == watched)))
            one.Source.Wake();
    }

    private async Task LookLaterAsync(Watched watched)
    {
        await Task.WhenAny(Task.Delay(s_firstWait, _stop.Token));
        watched.Source.Wake();
    }

    /// <summary>One try.</summary>
    private async Task<Next> RunAsync(Watched watched, BlobFunction function, FoundBlob blob, CancellationToken stop)
    {
        var key = function.KeyOf(blob);
        var before =
            _receipts.Find(key) is { } known && Same(known.ETag, blob.ETag)
                ? known
                : new BlobReceipt(
                    key.Function,
                    key.Container,
                    key.Name,
                    blob.ETag,
                    BlobState.ToBeTried,
                    0,
                    UtcNow,
                    null
                );
        var tried = before with { Tries = before.Tries + 1, Updated = UtcNow };
        var generation = _invoker.Generation;
        try
        {
            if (await FindAsync(watched, key, blob, stop) is not { } details)
                return Next.Look;
            // Counted before it runs: a blob that ends the process must not be tried for ever.
            await _receipts.SaveAsync(tried);
            var failure = await InvokeAsync(watched, function, details, stop);
            // Asked before it counts: that version may be gone by now, or the place out of reach for the function as
            // well.
            if (failure is not null && await FindAsync(watched, key, blob, stop) is null)
                return Next.Look;
            if (failure is WorkerLostException)
                return await LoseAsync(before, key, generation, failure);
            if (failure is null)
                return End(watched, function, blob, tried);
            if (failure is not FileHeldException)
                return await FailAsync(tried, failure);
            await _receipts.SaveAsync(before);
            return Next.LookLater;
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
    }

    /// <summary>
    /// The blob if it is there in that version. When it is gone there is nothing left to do; a new version is told of
    /// anew.
    /// </summary>
    private async Task<BlobDetails?> FindAsync(Watched watched, BlobKey key, FoundBlob blob, CancellationToken stop)
    {
        var now = await watched.Source.FindAsync(blob.Name, stop);
        if (now is null && _receipts.Find(key) is not null && await watched.Source.HasMarkAsync(_receipts.Mark))
            await _receipts.ForgetAsync([key]);
        return now is not null && Same(now.Blob.ETag, blob.ETag) ? now : null;
    }

    /// <summary>
    /// It is done. The receipt is not waited for: the next blob's goes into the same commit, and without it this one
    /// only runs again.
    /// </summary>
    private Next End(Watched watched, BlobFunction function, FoundBlob blob, BlobReceipt tried)
    {
        TriggerMeters.BlobTried(function.Name, "done");
        var busy = _store.Idle.Enter(function.KeyOf(blob));
        var ending = SaveAsync();
        lock (_gate)
        {
            _losses.Remove(function.KeyOf(blob));
            _endings.RemoveWhere(static one => one.IsCompleted);
            _endings.Add(ending);
        }
        return Next.Ending;

        async Task SaveAsync()
        {
            using (busy)
            {
                try
                {
                    await _receipts.SaveAsync(tried with { Updated = UtcNow, Error = null, State = BlobState.Done });
                }
                catch (Exception exception)
                {
                    _logger.LogError(
                        exception,
                        "Function {Function} is done with {Blob}, which could not be stored; it runs again",
                        function.Name,
                        blob.Name
                    );
                }
                Leave(watched, function, blob, Next.Nothing);
            }
        }
    }

    private async Task<Next> FailAsync(BlobReceipt tried, Exception failure)
    {
        var poison = tried.Tries >= _host.PoisonBlobThreshold || failure is BlobTooLargeException;
        TriggerMeters.BlobTried(tried.Function, poison ? "poison" : "failed");
        lock (_gate)
            _losses.Remove(new(tried.Function, tried.Container, tried.Name));
        _logger.Log(
            poison ? LogLevel.Error : LogLevel.Warning,
            failure,
            "Function {Function} failed for {Blob}, try {Try}{End}",
            tried.Function,
            tried.Name,
            tried.Tries,
            poison ? "; given up" : ""
        );
        var state = poison ? BlobState.Poison : BlobState.ToBeTried;
        await _receipts.SaveAsync(tried with { Updated = UtcNow, Error = Reason(failure), State = state });
        return poison ? Next.Nothing : Next.TryAgain;
    }

    /// <summary>
    /// No fault of the blob, as far as one can tell: it is tried again when there is a worker. One during which as
    /// many workers ended as it has tries, each a different one, is given up: it may be what ends them.
    /// </summary>
    private async Task<Next> LoseAsync(BlobReceipt before, BlobKey key, int generation, Exception lost)
    {
        int count;
        lock (_gate)
        {
            var losses =
                _losses.TryGetValue(key, out var known) && Same(known.ETag, before.ETag)
                    ? known
                    : new(before.ETag, generation - 1, 0);
            _losses[key] = losses =
                losses.Generation == generation ? losses : new(before.ETag, generation, losses.Count + 1);
            count = losses.Count;
        }
        if (count >= _host.PoisonBlobThreshold)
            return await FailAsync(before with { Tries = Math.Max(count, before.Tries) }, lost);
        await _receipts.SaveAsync(before);
        return Next.LookLater;
    }

    /// <summary>Runs the function; what it failed with, or null.</summary>
    /// <exception cref="BlobSourceException">Its blob could not be read.</exception>
    private async Task<Exception?> InvokeAsync(
        Watched watched,
        BlobFunction function,
        BlobDetails details,
        CancellationToken stop
    )
    {
        if (function.NeedsContent && details.Length > BlobFunction.MostContent)
            return new BlobTooLargeException(
                $"{details.Length} bytes are more than the {BlobFunction.MostContent} that a function is sent. "
                    + "Bind a BlobClient, or the name alone, and read it there."
            );
        var isLarge = function.NeedsContent && details.Length > LargeContent;
        if (isLarge)
            await _large.WaitAsync(stop);
        try
        {
            var content = function.NeedsContent ? await watched.Source.ReadAsync(details.Blob, stop) : default;
            await _invoker.InvokeAsync(function.CallFor(details, content), stop);
            return null;
        }
        catch (Exception exception)
            when (exception is not BlobSourceException
                && !(exception is OperationCanceledException && stop.IsCancellationRequested)
            )
        {
            return exception;
        }
        finally
        {
            if (isLarge)
                _large.Release();
        }
    }

    /// <summary>Its type and first line, for the list of what was given up.</summary>
    private static string Reason(Exception failure)
    {
        var (type, message) = failure is FunctionFailedException { Error: var error }
            ? (error.Type, error.Message)
            : (failure.GetType().FullName!, failure.Message);
        var line = message.Split('\n')[0].Trim();
        var text = type.Length == 0 || line.StartsWith(type, StringComparison.Ordinal) ? line : $"{type}: {line}";
        return text.Length <= MostError ? text : text[..MostError];
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

    private DateTime UtcNow => _store.Time.GetUtcNow().UtcDateTime;

    private enum Next
    {
        Nothing,
        Look,
        LookLater,
        TryAgain,

        /// <summary>It leaves the queue when its receipt is stored.</summary>
        Ending,
    }

    /// <summary>During how many workers of its own this version was lost, and the last of them.</summary>
    private sealed record Losses(string ETag, int Generation, int Count);

    private sealed class BlobTooLargeException(string message) : Exception(message);

    private sealed class Watched(string container, IBlobSource source, BlobFunction[] functions)
    {
        private volatile string? _away;

        public string Container { get; } = container;

        public IBlobSource Source { get; } = source;

        public BlobFunction[] Functions { get; } = functions;

        /// <summary>Why it could not be reached, since the last look; null when it could.</summary>
        public string? Away
        {
            get => _away;
            set => _away = value;
        }

        /// <summary>Whether it was said that this is not what was watched before.</summary>
        public bool IsStrange { get; set; }
    }
}
