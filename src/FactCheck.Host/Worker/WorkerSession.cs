using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using FactCheck.Host.Worker.Rpc;
using Google.Protobuf.WellKnownTypes;

namespace FactCheck.Host.Worker;

/// <summary>One worker, from its start to its end.</summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "The semaphore is never asked for a handle: there is nothing to dispose, and who waits may outlast the session."
)]
internal sealed class WorkerSession
{
    /// <summary>So many invocations are begun without asking whether the worker has a thread for them.</summary>
    private const int Free = 8;

    private static readonly TimeSpan LastMessages = TimeSpan.FromSeconds(1);
    private readonly WorkerSettings _settings;
    private readonly WorkerLogs _logs;
    private readonly ILogger _logger;
    private readonly WorkerRequests _requests;
    private readonly Invocations _invocations;
    private readonly TaskCompletionSource<string> _condemned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly long _startedAt = Environment.TickCount64;
    private FrozenDictionary<string, ListedFunction> _functions = FrozenDictionary<string, ListedFunction>.Empty;
    private WorkerStream? _stream;
    private IWorkerHandle? _handle;
    private volatile bool _isOver;
    private volatile int _missedProbes;

    public WorkerSession(string id, WorkerSettings settings, WorkerLogs logs, ILogger logger)
    {
        (Id, _settings, _logs, _logger) = (id, settings, logs, logger);
        _requests = new(Send, settings);
        _invocations = new(Send, Condemn, settings, logger);
    }

    /// <summary>By which its stream is known.</summary>
    public string Id { get; }

    /// <summary>Where its HTTP functions answer; null when the app does not use ASP.NET Core.</summary>
    public Uri? HttpAddress { get; private set; }

    public HttpMessageInvoker? Http { get; private set; }

    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What it can run; those that failed to load are left out.</summary>
    public IReadOnlyList<ListedFunction> Functions { get; private set; } = [];

    public int? ProcessId => _handle?.ProcessId;

    /// <summary>Whether it takes invocations.</summary>
    public bool IsOpen => !_isOver;

    /// <summary>Whether it can be expected to have a thread for what comes next.</summary>
    public bool IsFree => _invocations.Count < Free || !CanBeAsked;

    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _startedAt);

    /// <summary>Whether it ever answered an invocation.</summary>
    public bool HasWorked => _invocations.AnyAnswered;

    /// <summary>Its exit code, when it ended by itself.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Done when it is gone and everyone who waited has been told; says how it ended.</summary>
    public Task<string> Ended => _ended.Task;

    public string LastWords => _handle?.LastWords ?? string.Empty;

    /// <summary>Starts the worker, and gets it ready.</summary>
    /// <exception cref="FunctionHostException">It could not be started, or is of no use.</exception>
    /// <exception cref="WorkerLostException">It ended meanwhile.</exception>
    public async Task StartAsync(IWorkerLauncher launcher, WorkerStreams streams, CancellationToken cancellation)
    {
        var connected = streams.Expect(Id, Receive);
        try
        {
            _handle = await launcher.LaunchAsync(
                new(_settings.HostEndpoint, Id, Guid.NewGuid().ToString(), _settings.Environment),
                cancellation
            );
        }
        catch
        {
            streams.Forget(Id);
            _isOver = true;
            _ended.TrySetResult("it did not start");
            throw;
        }
        var connect = ConnectAsync(connected, streams, cancellation);
        _ = WatchAsync(connected, _handle);
        await connect;
        var setup = new WorkerSetup(_requests, _settings, _logger);
        Capabilities = await setup.InitAsync(cancellation);
        HttpAddress = Uri.TryCreate(Capabilities.GetValueOrDefault("HttpUri"), UriKind.Absolute, out var uri)
            ? uri
            : null;
        Functions = await setup.LoadAsync(cancellation);
        _functions = Functions.ToFrozenDictionary(function => function.Function.Id, StringComparer.Ordinal);
        if (HttpAddress is not null)
        {
            await ReachAsync(HttpAddress, cancellation);
            Http = Http1();
        }
        _ = SweepAsync();
    }

    /// <summary>Waits until the worker has a thread for one more: it answers from those that begin functions. One that
    /// was sent a request and has not begun its function within 5 s fails it. False when it has ended.</summary>
    /// <exception cref="WorkerLostException">It was too busy for as long as <paramref name="limit"/>.</exception>
    public async Task<bool> WhenFreeAsync(TimeSpan limit, CancellationToken cancellation)
    {
        if (IsFree)
            return IsOpen;
        var began = Stopwatch.GetTimestamp();
        if (limit <= TimeSpan.Zero || !await _asking.WaitAsync(limit, cancellation))
            throw new WorkerLostException("The worker was too busy for too long.");
        try
        {
            await _requests.AskAsync(
                new() { WorkerStatusRequest = new() },
                limit - Stopwatch.GetElapsedTime(began),
                cancellation
            );
            return IsOpen;
        }
        catch (WorkerLostException)
        {
            return false;
        }
        catch (FunctionHostException exception)
        {
            throw new WorkerLostException(exception.Message);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <exception cref="FunctionFailedException">The worker has no such function.</exception>
    public bool TryBegin(Invocation invocation, [NotNullWhen(true)] out PendingInvocation? pending)
    {
        pending = null;
        if (_isOver)
            return false;
        if (!_functions.TryGetValue(invocation.Function.Id, out var function))
            throw new FunctionFailedException(
                invocation.Function.Name,
                new() { Message = $"The app has no function '{invocation.Function.Name}' any more." }
            );
        return _invocations.TryBegin(function, invocation, out pending);
    }

    /// <summary>The worker is ended, whatever it does.</summary>
    public void Condemn(string reason) => _condemned.TrySetResult(reason);

    /// <summary>Asks it to end, and ends it when it does not.</summary>
    public async Task TerminateAsync()
    {
        _stream?.TrySend(
            new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(_settings.TerminateGrace) } }
        );
        if (_stream is not null)
            await Task.WhenAny(_ended.Task, Task.Delay(_settings.TerminateGrace));
        Condemn("the host stops");
        await _ended.Task;
    }

    private async Task ConnectAsync(Task<WorkerStream> connected, WorkerStreams streams, CancellationToken cancellation)
    {
        var limit =
            _settings.WorkerId is null && !_settings.IsDebugged ? _settings.ConnectLimit : Timeout.InfiniteTimeSpan;
        try
        {
            var first = await Task.WhenAny(connected, _ended.Task, _condemned.Task).WaitAsync(limit, cancellation);
            if (first == connected)
                _stream = await connected;
            else
                throw new WorkerLostException($"The worker {await _ended.Task} before it was connected.");
        }
        catch (TimeoutException exception)
        {
            Condemn("did not connect");
            throw new FunctionHostException($"The worker did not connect within {limit.TotalSeconds:0} s.", exception);
        }
        catch (OperationCanceledException)
        {
            Condemn("was not wanted any more");
            throw;
        }
        finally
        {
            streams.Forget(Id);
        }
    }

    private bool Send(StreamingMessage message) => !_isOver && _stream?.TrySend(message) == true;

    private void Receive(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                _missedProbes = 0;
                _invocations.Complete(message.InvocationResponse);
                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                _logs.Write(message.RpcLog);
                break;
            case StreamingMessage.ContentOneofCase.WorkerStatusResponse:
                _missedProbes = 0;
                _requests.TryAnswer(message);
                break;
            case StreamingMessage.ContentOneofCase.None:
                break; // so are cancellations and the request to end answered
            default:
                if (!_requests.TryAnswer(message))
                    _logger.LogDebug("The worker answered what nobody asked: {Kind}.", message.ContentCase);
                break;
        }
    }

    /// <summary>Looks at deadlines and asks whether the worker lives. It counts its looks, not the clock: a machine
    /// that slept has no dead worker.</summary>
    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(_settings.SweepInterval);
        var looksPerProbe = Math.Max(1, (int)(_settings.ProbeInterval / _settings.SweepInterval));
        for (var look = 1; !_isOver && await timer.WaitForNextTickAsync(); look++)
        {
            _invocations.Sweep();
            if (look % looksPerProbe == 0 && CanBeAsked)
                Probe();
        }
    }

    private void Probe()
    {
        if (_missedProbes >= _settings.MostMissedProbes)
            Condemn(
                $"did not answer for {_settings.ProbeInterval.TotalSeconds * _settings.MostMissedProbes:0} s and was ended"
            );
        _missedProbes++;
        _stream?.TrySend(new() { RequestId = "status", WorkerStatusRequest = new() });
    }

    private async Task WatchAsync(Task<WorkerStream> connected, IWorkerHandle handle)
    {
        var streamEnded = StreamEndedAsync(connected);
        var first = await Task.WhenAny(handle.Exited, streamEnded, _condemned.Task);
        _isOver = true;
        // What it sent before its end still arrives; without a stream the process has a moment to say why.
        if (first == handle.Exited)
            await Task.WhenAny(
                streamEnded,
                Task.Delay(connected.IsCompletedSuccessfully ? LastMessages : TimeSpan.Zero)
            );
        else if (first == streamEnded)
            await Task.WhenAny(handle.Exited, Task.Delay(LastMessages));
        if (handle.Exited.IsCompletedSuccessfully)
            ExitCode = await handle.Exited;
        else
            handle.Kill();
        if (connected.IsCompletedSuccessfully)
            (await connected).Close();
        await Task.WhenAny(handle.Exited, Task.Delay(_settings.TerminateGrace));
        var reason =
            _condemned.Task.IsCompletedSuccessfully ? await _condemned.Task
            : ExitCode is { } code ? $"ended with exit code {code}"
            : "ended its connection";
        var lost = new WorkerLostException($"The worker {reason}.");
        _invocations.Fail(lost);
        _requests.Fail(lost);
        Http?.Dispose();
        await handle.DisposeAsync();
        _ended.TrySetResult(reason);
    }

    private bool CanBeAsked => !_settings.IsDebugged && Capabilities.ContainsKey("WorkerStatus");

    private static async Task StreamEndedAsync(Task<WorkerStream> connected) => await (await connected).Ended;

    /// <summary>Passes on what it is given, and adds nothing.</summary>
    private static HttpMessageInvoker Http1() =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = System.Net.DecompressionMethods.None,
                UseCookies = false,
                ActivityHeadersPropagator = null,
                ConnectTimeout = TimeSpan.FromSeconds(5),
            }
        );

    private async Task ReachAsync(Uri address, CancellationToken cancellation)
    {
        var reached = Reachable.WhenAsync(address, _settings.InitLimit, cancellation);
        if (await Task.WhenAny(reached, _ended.Task) != reached)
            throw new WorkerLostException("The worker ended while it was started.");
        await reached;
    }
}
