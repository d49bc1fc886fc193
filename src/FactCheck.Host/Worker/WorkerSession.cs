using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using FactCheck.Host.Worker.Rpc;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace FactCheck.Host.Worker;

/// <summary>One worker, from its start to its end: what it was asked and has not answered, and how it ended.</summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "The semaphore is never asked for a handle: there is nothing to dispose, and who waits may outlast the session."
)]
internal sealed class WorkerSession(string id, WorkerSettings settings, WorkerLogs logs, ILogger logger)
{
    /// <summary>So many invocations are begun without asking whether the worker has a thread for them.</summary>
    private const int Free = 8;

    private static readonly TimeSpan CancelAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastMessages = TimeSpan.FromSeconds(1);
    private static readonly TypedData Nothing = new();
    private static readonly RpcTraceContext NoTrace = new();

    private readonly ConcurrentDictionary<string, PendingInvocation> _pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _requests = new(
        StringComparer.Ordinal
    );
    private readonly TaskCompletionSource<string> _condemned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly long _startedAt = Environment.TickCount64;
    private FrozenDictionary<string, ListedFunction> _functions = FrozenDictionary<string, ListedFunction>.Empty;
    private WorkerStream? _stream;
    private IWorkerHandle? _handle;
    private volatile bool _isOver;
    private volatile int _missedProbes;
    private long _answered;

    /// <summary>By which its stream is known.</summary>
    public string Id => id;

    /// <summary>Where its HTTP functions answer; null when the app does not use ASP.NET Core.</summary>
    public Uri? HttpAddress { get; private set; }

    /// <summary>Carries requests there.</summary>
    public HttpMessageInvoker? Http { get; private set; }

    /// <summary>What it said it can do.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What it can run; those that failed to load are left out.</summary>
    public IReadOnlyList<ListedFunction> Functions { get; private set; } = [];

    /// <summary>Its process.</summary>
    public int? ProcessId => _handle?.ProcessId;

    /// <summary>Whether it takes invocations.</summary>
    public bool IsOpen => !_isOver;

    /// <summary>Whether it can be expected to have a thread for what comes next.</summary>
    public bool IsFree => _pending.Count < Free || !CanBeAsked;

    /// <summary>How long it has lived.</summary>
    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _startedAt);

    /// <summary>Whether it ever answered an invocation.</summary>
    public bool HasWorked => Interlocked.Read(ref _answered) > 0;

    /// <summary>Its exit code, when it ended by itself.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Done when it is gone and everyone who waited has been told; says how it ended.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>What it last wrote.</summary>
    public string LastWords => _handle?.LastWords ?? string.Empty;

    /// <summary>Starts the worker, and gets it ready.</summary>
    /// <exception cref="FunctionHostException">It could not be started, or is of no use.</exception>
    /// <exception cref="WorkerLostException">It ended meanwhile.</exception>
    public async Task StartAsync(IWorkerLauncher launcher, WorkerStreams streams, CancellationToken cancellation)
    {
        var connected = streams.Expect(id, Receive);
        try
        {
            _handle = await launcher.LaunchAsync(
                new(settings.HostEndpoint, id, Guid.NewGuid().ToString(), settings.Environment),
                cancellation
            );
        }
        catch
        {
            streams.Forget(id);
            _isOver = true;
            _ended.TrySetResult("it did not start");
            throw;
        }
        var connect = ConnectAsync(connected, streams, cancellation);
        _ = WatchAsync(connected, _handle);
        await connect;
        await InitAsync(cancellation);
        await LoadAsync(cancellation);
        if (HttpAddress is not null)
        {
            await ReachAsync(HttpAddress, cancellation);
            Http = Http1();
        }
        _ = SweepAsync();
    }

    /// <summary>
    /// Waits until the worker has a thread for one more: it answers from those that begin functions. One that was
    /// sent a request and has not begun its function within 5 s fails it. False when it has ended.
    /// </summary>
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
            await AskAsync(
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

    /// <summary>Sends an invocation; false when it has not been sent, since the worker is ending.</summary>
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
        var timeout = settings.IsDebugged ? null : invocation.Timeout ?? settings.FunctionTimeout;
        var deadline =
            timeout is { } limit && limit.TotalMilliseconds < int.MaxValue
                ? Environment.TickCount64 + (long)limit.TotalMilliseconds
                : long.MaxValue;
        var span = FunctionSpans.Start(invocation);
        var asked = new PendingInvocation(this, invocation, span, deadline);
        if (!_pending.TryAdd(invocation.Id, asked))
            throw new InvalidOperationException($"Invocation {invocation.Id} is being run already.");
        // Ended in between: its end may or may not have seen this one.
        if (_isOver || !_stream!.TrySend(Message(function, invocation, span)))
        {
            _pending.TryRemove(invocation.Id, out _);
            FunctionSpans.End(span, nameof(WorkerLostException));
            return false;
        }
        pending = asked;
        return true;
    }

    /// <summary>
    /// Tells the worker to end an invocation, again and again until it answers: a cancellation may overtake what it
    /// cancels.
    /// </summary>
    public void Cancel(PendingInvocation invocation)
    {
        lock (invocation)
        {
            var now = Environment.TickCount64;
            if (invocation.CancelledAt == 0)
                invocation.CancelledAt = now;
            invocation.LastCancelAt = now;
        }
        _stream?.TrySend(
            new()
            {
                InvocationCancel = new()
                {
                    InvocationId = invocation.Invocation.Id,
                    GracePeriod = Duration.FromTimeSpan(settings.CancelGrace),
                },
            }
        );
    }

    /// <summary>The worker is ended, whatever it does.</summary>
    public void Condemn(string reason) => _condemned.TrySetResult(reason);

    /// <summary>Asks it to end, and ends it when it does not.</summary>
    public async Task TerminateAsync()
    {
        _stream?.TrySend(
            new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(settings.TerminateGrace) } }
        );
        if (_stream is not null)
            await Task.WhenAny(_ended.Task, Task.Delay(settings.TerminateGrace));
        Condemn("the host stops");
        await _ended.Task;
    }

    private static StreamingMessage Message(ListedFunction function, Invocation invocation, Activity? span)
    {
        var request = new InvocationRequest { InvocationId = invocation.Id, FunctionId = function.Function.Id };
        request.InputData.Add(
            new ParameterBinding { Name = function.Function.TriggerName, Data = invocation.Input ?? Nothing }
        );
        for (var i = 0; i < function.Inputs.Count; i++)
            request.InputData.Add(function.Inputs[i]);
        foreach (var (key, value) in invocation.Metadata)
            request.TriggerMetadata.Add(key, value);
        var current = span ?? Activity.Current;
        var parent =
            span?.Id ?? invocation.TraceParent ?? (current is { IdFormat: ActivityIdFormat.W3C } ? current.Id : null);
        request.TraceContext = parent is null
            ? NoTrace
            : new() { TraceParent = parent, TraceState = current?.TraceStateString ?? string.Empty };
        return new() { RequestId = invocation.Id, InvocationRequest = request };
    }

    private async Task ConnectAsync(Task<WorkerStream> connected, WorkerStreams streams, CancellationToken cancellation)
    {
        var limit =
            settings.WorkerId is null && !settings.IsDebugged ? settings.ConnectLimit : Timeout.InfiniteTimeSpan;
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
            streams.Forget(id);
        }
    }

    private async Task InitAsync(CancellationToken cancellation)
    {
        var request = new WorkerInitRequest
        {
            HostVersion = "4.1000.0",
            WorkerDirectory = settings.AppDirectory,
            FunctionAppDirectory = settings.AppDirectory,
        };
        request.Capabilities["FunctionDataCache"] = bool.FalseString;
        var answer = (
            await AskAsync(new() { WorkerInitRequest = request }, settings.InitLimit, cancellation)
        ).WorkerInitResponse;
        if (answer?.Result is not { Status: StatusResult.Types.Status.Success } result)
            throw new FunctionHostException($"The worker refused to start: {Message(answer?.Result)}");
        Capabilities = answer.Capabilities.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        HttpAddress =
            Capabilities.TryGetValue("HttpUri", out var address)
            && Uri.TryCreate(address, UriKind.Absolute, out var uri)
                ? uri
                : null;
        logger.LogDebug("The worker ({Version}) is connected.", answer.WorkerVersion);
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        var asked = new StreamingMessage
        {
            FunctionsMetadataRequest = new() { FunctionAppDirectory = settings.AppDirectory },
        };
        var answer =
            (await AskAsync(asked, settings.LoadLimit, cancellation)).FunctionMetadataResponse
            ?? throw new FunctionHostException("The worker did not list its functions.");
        if (answer.Result is { Status: StatusResult.Types.Status.Failure } failed)
            throw new FunctionHostException($"The worker could not list its functions: {Message(failed)}");
        var listed = new FunctionCatalog(settings, logger).Read(answer.FunctionMetadataResults);
        var loaded = await Task.WhenAll(listed.Select(function => LoadAsync(function, cancellation)));
        Functions = [.. listed.Where((_, index) => loaded[index])];
        _functions = Functions.ToFrozenDictionary(function => function.Function.Id, StringComparer.Ordinal);
    }

    private async Task<bool> LoadAsync(ListedFunction function, CancellationToken cancellation)
    {
        var metadata = function.Metadata.Clone();
        metadata.FunctionId = function.Function.Id;
        metadata.Directory = settings.AppDirectory;
        if (metadata.ScriptFile.Length == 0)
            metadata.ScriptFile = "functions.metadata"; // never read, but must be there
        var request = new StreamingMessage
        {
            FunctionLoadRequest = new() { FunctionId = function.Function.Id, Metadata = metadata },
        };
        var answer = (await AskAsync(request, settings.LoadLimit, cancellation)).FunctionLoadResponse;
        if (answer?.Result is { Status: StatusResult.Types.Status.Success })
            return true;
        logger.LogError(
            "{Function} could not be loaded, and is left out: {Reason}",
            function.Function.Name,
            Message(answer?.Result)
        );
        return false;
    }

    private async Task<StreamingMessage> AskAsync(
        StreamingMessage request,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        request.RequestId = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[request.RequestId] = answer;
        try
        {
            if (_isOver || _stream?.TrySend(request) != true)
                throw new WorkerLostException("The worker ended while it was started.");
            return await answer.Task.WaitAsync(settings.IsDebugged ? Timeout.InfiniteTimeSpan : limit, cancellation);
        }
        catch (TimeoutException exception)
        {
            throw new FunctionHostException(
                $"The worker did not answer to {request.ContentCase} within {limit.TotalSeconds:0.#} s.",
                exception
            );
        }
        finally
        {
            _requests.TryRemove(request.RequestId, out _);
        }
    }

    private void Receive(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                _missedProbes = 0;
                Complete(message.InvocationResponse);
                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                logs.Write(message.RpcLog);
                break;
            case StreamingMessage.ContentOneofCase.WorkerStatusResponse:
                _missedProbes = 0;
                if (_requests.TryGetValue(message.RequestId, out var asked))
                    asked.TrySetResult(message);
                break;
            case StreamingMessage.ContentOneofCase.None:
                break; // so are cancellations and the request to end answered
            default:
                if (_requests.TryGetValue(message.RequestId, out var waiting))
                    waiting.TrySetResult(message);
                else
                    logger.LogDebug("The worker answered what nobody asked: {Kind}.", message.ContentCase);
                break;
        }
    }

    private void Complete(InvocationResponse response)
    {
        if (!_pending.TryRemove(response.InvocationId, out var invocation))
        {
            logger.LogDebug(
                "The worker answered invocation {Invocation}, which is not running.",
                response.InvocationId
            );
            return;
        }
        Interlocked.Increment(ref _answered);
        if (invocation.TimedOut)
        {
            Fail(invocation, TooLong(invocation));
        }
        else if (response.Result is { Status: StatusResult.Types.Status.Success })
        {
            FunctionSpans.End(invocation.Span);
            invocation.TrySetResult(
                response.ReturnValue is { DataCase: not TypedData.DataOneofCase.None } value ? value : null
            );
        }
        else
        {
            var error =
                response.Result?.Exception
                ?? new Rpc.RpcException
                {
                    Message = response.Result is null ? "The worker answered without a result." : "It was cancelled.",
                };
            Fail(invocation, new FunctionFailedException(invocation.Invocation.Function.Name, error));
        }
    }

    private static void Fail(PendingInvocation invocation, Exception exception)
    {
        FunctionSpans.End(invocation.Span, exception.GetType().Name);
        if (invocation.TrySetException(exception))
            _ = invocation.Task.Exception; // observed: who asked may have left
    }

    private static TimeoutException TooLong(PendingInvocation invocation) =>
        new($"{invocation.Invocation.Function.Name} ran for longer than it may (functionTimeout).");

    /// <summary>
    /// Looks at deadlines and asks whether the worker lives. It counts its looks, not the clock: a machine that slept
    /// has no dead worker.
    /// </summary>
    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(settings.SweepInterval);
        var looksPerProbe = Math.Max(1, (int)(settings.ProbeInterval / settings.SweepInterval));
        for (var look = 1; !_isOver && await timer.WaitForNextTickAsync(); look++)
        {
            var now = Environment.TickCount64;
            foreach (var (_, invocation) in _pending)
                Look(invocation, now);
            if (look % looksPerProbe == 0 && CanBeAsked)
                Probe();
        }
    }

    private void Look(PendingInvocation invocation, long now)
    {
        if (now > invocation.Deadline && !invocation.TimedOut)
        {
            invocation.TimedOut = true;
            invocation.CancelledAt = now;
            logger.LogError(
                "{Function} runs for longer than it may and is cancelled.",
                invocation.Invocation.Function.Name
            );
            Cancel(invocation);
        }
        else if (invocation.TimedOut && now - invocation.CancelledAt > settings.CancelGrace.TotalMilliseconds)
        {
            if (_pending.TryRemove(invocation.Invocation.Id, out _))
                Fail(invocation, TooLong(invocation));
            Condemn(
                $"was ended, since {invocation.Invocation.Function.Name} ran for longer than it may and could not be cancelled"
            );
        }
        else if (invocation.CancelledAt > 0 && now - invocation.LastCancelAt > CancelAgain.TotalMilliseconds)
        {
            Cancel(invocation);
        }
    }

    private void Probe()
    {
        if (_missedProbes >= settings.MostMissedProbes)
            Condemn(
                $"did not answer for {settings.ProbeInterval.TotalSeconds * settings.MostMissedProbes:0} s and was ended"
            );
        _missedProbes++;
        _stream?.TrySend(new() { RequestId = "status", WorkerStatusRequest = new() });
    }

    private async Task WatchAsync(Task<WorkerStream> connected, IWorkerHandle handle)
    {
        var streamEnded = StreamEndedAsync(connected);
        var first = await Task.WhenAny(handle.Exited, streamEnded, _condemned.Task);
        _isOver = true;
        // What it sent before it ended still arrives; without a stream its process is of no use, and has a moment to
        // say why.
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
        await Task.WhenAny(handle.Exited, Task.Delay(settings.TerminateGrace));
        var reason =
            _condemned.Task.IsCompletedSuccessfully ? await _condemned.Task
            : ExitCode is { } code ? $"ended with exit code {code}"
            : "ended its connection";
        var lost = new WorkerLostException($"The worker {reason}.");
        foreach (var (key, _) in _pending)
        {
            if (_pending.TryRemove(key, out var invocation))
                Fail(invocation, invocation.TimedOut ? TooLong(invocation) : lost);
        }
        foreach (var (_, waiting) in _requests)
            waiting.TrySetException(lost);
        Http?.Dispose();
        await handle.DisposeAsync();
        _ended.TrySetResult(reason);
    }

    private bool CanBeAsked => !settings.IsDebugged && Capabilities.ContainsKey("WorkerStatus");

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
        var reached = Reachable.WhenAsync(address, settings.InitLimit, cancellation);
        if (await Task.WhenAny(reached, _ended.Task) != reached)
            throw new WorkerLostException("The worker ended while it was started.");
        await reached;
    }

    private static string Message(StatusResult? result) =>
        result?.Exception?.Message is { Length: > 0 } message ? message
        : result?.Result is { Length: > 0 } text ? text
        : "it did not say why";
}
