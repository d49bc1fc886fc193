using FactCheck.Host.Worker.Rpc;

namespace FactCheck.Host.Worker;

/// <summary>Keeps a worker running, starting the next when one ends; calls wait meanwhile, with a limit.</summary>
internal sealed class WorkerSupervisor : IFunctionInvoker, IAsyncDisposable
{
    /// <summary>So a worker asks to be started again.</summary>
    private const int RestartCode = 200;

    /// <summary>A worker that works and dies, again and again, is started again after no longer a pause than this many
    /// quick deaths would cause.</summary>
    private const int MostBrief = 5;

    private static readonly TimeSpan Spin = TimeSpan.FromMilliseconds(5);

    private readonly WorkerSettings _settings;
    private readonly WorkerStreams _streams;
    private readonly IWorkerLauncher _launcher;
    private readonly WorkerLogs _logs;
    private readonly ILogger _logger;
    private readonly Action<FunctionHostException> _onLost;
    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource<WorkerSession> _next = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private volatile WorkerSession? _current;
    private volatile WorkerSession? _ready;
    private Task _running = Task.CompletedTask;
    private int _waiting;
    private int _generation;
    private bool _isDisposed;

    /// <param name="onLost">Called once, when one worker after the other died: the host can't go on.</param>
    public WorkerSupervisor(
        WorkerSettings settings,
        WorkerStreams streams,
        IWorkerLauncher launcher,
        ILoggerFactory loggers,
        Action<FunctionHostException> onLost
    )
    {
        (_settings, _streams, _launcher, _onLost) = (settings, streams, launcher, onLost);
        _logs = new(loggers);
        _logger = loggers.CreateLogger<WorkerSupervisor>();
    }

    public IReadOnlyList<HostedFunction> Functions { get; private set; } = [];

    public int Generation => Volatile.Read(ref _generation);

    public WorkerSession? Ready => _ready is { IsOpen: true } session ? session : null;

    public int? ProcessId => _current?.ProcessId;

    /// <summary>Called before a worker takes invocations, when its functions are not those of the one before.</summary>
    public Action<IReadOnlyList<HostedFunction>>? FunctionsChanged { get; set; }

    /// <summary>Starts the first worker and returns when it is ready.</summary>
    /// <exception cref="FunctionHostException">It does not get ready; its last words are in the message.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        var session = NewSession();
        try
        {
            await StartAsync(session, either.Token);
        }
        catch (Exception exception) when (exception is FunctionHostException or WorkerLostException)
        {
            throw new FunctionHostException(WithLastWords(exception.Message, session.LastWords), exception);
        }
        _running = RunAsync(session);
    }

    /// <summary>Ends the worker: asked first, then killed.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        if (_current is { } session)
            await session.TerminateAsync();
        await _running;
        Refuse("The host stops.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await StopAsync();
        _stop.Dispose();
    }

    public async Task<TypedData?> InvokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var pending = await BeginAsync(invocation, _settings.ReadyLimit, cancellation);
        if (!cancellation.CanBeCanceled)
            return await pending.Task;
        using var abandon = cancellation.UnsafeRegister(
            static pending => ((PendingInvocation)pending!).Abandon(),
            pending
        );
        return await pending.Task;
    }

    /// <summary>A worker that takes invocations, as soon as there is one.</summary>
    /// <exception cref="WorkerLostException">None within <paramref name="limit"/>, or too many wait.</exception>
    public async ValueTask<WorkerSession> WhenReadyAsync(TimeSpan limit, CancellationToken cancellation)
    {
        if (Ready is { } ready)
            return ready;
        if (Interlocked.Increment(ref _waiting) > _settings.MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new WorkerLostException("Too many wait for a worker already.");
        }
        try
        {
            var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
            while (true)
            {
                var left = Math.Max(0, end - Environment.TickCount64);
                var session = await _next.Task.WaitAsync(TimeSpan.FromMilliseconds(left), cancellation);
                if (session.IsOpen)
                    return session;
                await Task.Delay(Spin, cancellation); // it ended just now; the next is being made
            }
        }
        catch (TimeoutException)
        {
            throw new WorkerLostException($"No worker was ready within {limit.TotalSeconds:0.#} s.");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async ValueTask<PendingInvocation> BeginAsync(
        Invocation invocation,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var session = Ready ?? await WhenReadyAsync(limit, cancellation);
            if (session.TryBegin(invocation, out var pending))
                return pending;
        }
    }

    private WorkerSession NewSession() =>
        new(_settings.WorkerId ?? Guid.NewGuid().ToString(), _settings, _logs, _logger);

    private async Task StartAsync(WorkerSession session, CancellationToken cancellation)
    {
        _current = session;
        var began = Environment.TickCount64;
        try
        {
            await session.StartAsync(_launcher, _streams, cancellation);
            Show(session);
        }
        catch (Exception exception)
        {
            session.Condemn("was of no use");
            await session.Ended;
            _current = null;
            if (exception is FunctionHostException or WorkerLostException or OperationCanceledException)
                throw;
            throw new FunctionHostException($"The worker could not be started: {exception.Message}", exception);
        }
        Interlocked.Increment(ref _generation);
        _ready = session;
        _next.TrySetResult(session);
        _logger.LogInformation(
            "The worker (process {Process}) is ready after {Seconds:0.00} s: {Count} functions.",
            session.ProcessId,
            (Environment.TickCount64 - began) / 1000.0,
            Functions.Count
        );
    }

    /// <summary>What the worker can do is known from here on, unless its routes can't be used.</summary>
    private void Show(WorkerSession session)
    {
        var functions = session.Functions.Select(function => function.Function).ToArray();
        if (IsSame(functions, Functions))
            return;
        FunctionsChanged?.Invoke(functions);
        Functions = functions;
    }

    /// <summary>Waits for the end of one worker and starts the next, until the host stops or gives up.</summary>
    private async Task RunAsync(WorkerSession session)
    {
        var (quick, brief) = (0, 0);
        while (true)
        {
            var reason = await session.Ended;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_stop.IsCancellationRequested)
                return;
            var wantsRestart = session.ExitCode == RestartCode;
            brief = session.Age < _settings.ShortLife && !wantsRestart ? brief + 1 : 0;
            quick = brief > 0 && !session.HasWorked ? quick + 1 : 0;
            _logger.LogWarning("The worker {Reason}; it is started again.", reason);
            var pause =
                quick > 0 ? _settings.Pause(quick)
                : brief > 0 ? _settings.Pause(Math.Min(brief, MostBrief))
                : TimeSpan.Zero;
            if (
                await RestartAsync(quick, pause, WithLastWords($"The worker {reason}.", session.LastWords))
                is not { } next
            )
                return;
            session = next;
        }
    }

    private async Task<WorkerSession?> RestartAsync(int deaths, TimeSpan pause, string lastWords)
    {
        while (deaths < _settings.MostQuickDeaths)
        {
            var session = NewSession();
            try
            {
                await Task.Delay(pause, _stop.Token);
                await StartAsync(session, _stop.Token);
                return session;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (Exception exception) when (exception is FunctionHostException or WorkerLostException)
            {
                pause = _settings.Pause(++deaths);
                lastWords = WithLastWords(exception.Message, session.LastWords);
                _logger.LogError("The worker could not be started again: {Reason}", exception.Message);
            }
        }
        var lost = new FunctionHostException(
            $"The worker ended {deaths} times in a row without having done anything. At last: {lastWords}"
        );
        Refuse(lost.Message);
        _onLost(lost);
        return null;
    }

    private void Refuse(string reason)
    {
        if (_next.TrySetException(new WorkerLostException(reason)))
            _ = _next.Task.Exception; // observed, also when nobody waits
    }

    private static bool IsSame(HostedFunction[] one, IReadOnlyList<HostedFunction> other) =>
        one.Length == other.Count
        && one.Zip(other)
            .All(pair =>
                pair.First.Name == pair.Second.Name
                && pair.First.Trigger.ToJsonString() == pair.Second.Trigger.ToJsonString()
            );

    private static string WithLastWords(string message, string lastWords) =>
        lastWords.Length == 0 ? message : $"{message}{Environment.NewLine}{lastWords}";
}
