using FactCheck.Host.Http;
using FactCheck.Host.Worker;
using FactCheck.Host.Worker.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace FactCheck.Tests.Host.Worker;

/// <summary>Starts workers that speak the protocol from within this process, well or badly, as a test wants
/// it.</summary>
internal sealed class FakeWorkers : IWorkerLauncher
{
    /// <summary>What it lists.</summary>
    public List<RpcFunctionMetadata> Functions { get; } = [Function("Work", "activityTrigger")];

    /// <summary>What it does with an invocation; answers with what it was given by default.</summary>
    public Func<FakeWorker, InvocationRequest, Task> OnInvoke { get; set; } =
        static (worker, request) => worker.ReturnAsync(request, request.InputData[0].Data);

    /// <summary>What it does when it is told to cancel one.</summary>
    public Func<FakeWorker, string, Task> OnCancel { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>What it does instead of connecting; given the number of the worker, counted from 1.</summary>
    public Action<FakeWorker, int>? InsteadOfConnecting { get; set; }

    /// <summary>Messages that it does not answer.</summary>
    public HashSet<StreamingMessage.ContentOneofCase> Ignores { get; } = [];

    /// <summary>Functions that it cannot load.</summary>
    public HashSet<string> FailsToLoad { get; } = [];

    /// <summary>Where its HTTP side is.</summary>
    public Uri? HttpAddress { get; set; }

    /// <summary>How many have been started.</summary>
    public int Count { get; private set; }

    /// <summary>The one that was started last.</summary>
    public FakeWorker Current { get; private set; } = null!;

    public Task<IWorkerHandle> LaunchAsync(WorkerStart start, CancellationToken cancellation)
    {
        Current = new FakeWorker(this, start);
        Count++;
        if (InsteadOfConnecting is { } other)
            other(Current, Count);
        else
            _ = Current.RunAsync(start.WorkerId);
        return Task.FromResult<IWorkerHandle>(Current);
    }

    public static RpcFunctionMetadata Function(string name, string trigger, string more = "", params string[] bindings)
    {
        var metadata = new RpcFunctionMetadata
        {
            Name = name,
            ScriptFile = "app.dll",
            FunctionId = Guid.NewGuid().ToString(),
        };
        metadata.RawBindings.Add($$"""{"name":"input","type":"{{trigger}}","direction":"In"{{more}}}""");
        metadata.RawBindings.AddRange(bindings);
        return metadata;
    }
}

/// <summary>One of them.</summary>
internal sealed class FakeWorker(FakeWorkers behaviour, WorkerStart start) : IWorkerHandle
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _sending = new(1);
    private IClientStreamWriter<StreamingMessage>? _out;

    public WorkerStart Start => start;

    public List<FunctionLoadRequest> Loaded { get; } = [];

    public int Loading { get; private set; }

    /// <summary>How often it was asked whether it lives.</summary>
    public int Asked { get; private set; }

    public int Cancellations { get; private set; }

    public bool WasTerminated { get; private set; }

    public bool WasKilled { get; private set; }

    public int? ProcessId => null;

    public Task<int> Exited => _exited.Task;

    public string LastWords { get; set; } = "last words";

    public void Kill()
    {
        WasKilled |= !_exited.Task.IsCompleted;
        Exit(137);
    }

    public void Exit(int code)
    {
        _exited.TrySetResult(code);
        _end.Cancel();
    }

    /// <summary>Its stream ends; it lives on.</summary>
    public void Disconnect() => _end.Cancel();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task ReturnAsync(InvocationRequest request, TypedData? value) =>
        SendAsync(
            new()
            {
                InvocationResponse = new()
                {
                    InvocationId = request.InvocationId,
                    Result = new() { Status = StatusResult.Types.Status.Success },
                    ReturnValue = value,
                },
            }
        );

    public Task ThrowAsync(string invocationId, string message) =>
        SendAsync(
            new()
            {
                InvocationResponse = new()
                {
                    InvocationId = invocationId,
                    Result = new()
                    {
                        Status = StatusResult.Types.Status.Failure,
                        Exception = new() { Message = message },
                    },
                },
            }
        );

    public async Task SendAsync(StreamingMessage message)
    {
        await _sending.WaitAsync();
        try
        {
            await _out!.WriteAsync(message);
        }
        finally
        {
            _sending.Release();
        }
    }

    public async Task RunAsync(string workerId)
    {
        using var channel = GrpcChannel.ForAddress(
            start.HostEndpoint,
            new() { MaxReceiveMessageSize = null, MaxSendMessageSize = null }
        );
        using var call = new FunctionRpc.FunctionRpcClient(channel).EventStream(cancellationToken: _end.Token);
        _out = call.RequestStream;
        try
        {
            await SendAsync(new() { StartStream = new() { WorkerId = workerId } });
            await foreach (var message in call.ResponseStream.ReadAllAsync(_end.Token))
                await ReceiveAsync(message);
        }
        catch (Exception exception) when (exception is OperationCanceledException or Grpc.Core.RpcException)
        {
            // It was ended, or the host was.
        }
    }

    private Task ReceiveAsync(StreamingMessage message)
    {
        if (message.ContentCase == StreamingMessage.ContentOneofCase.FunctionLoadRequest)
            Loading++;
        if (message.ContentCase == StreamingMessage.ContentOneofCase.WorkerStatusRequest)
            Asked++;
        if (behaviour.Ignores.Contains(message.ContentCase))
            return Task.CompletedTask;
        var answer = new StreamingMessage { RequestId = message.RequestId };
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.WorkerInitRequest:
                answer.WorkerInitResponse = new() { Result = new() { Status = StatusResult.Types.Status.Success } };
                answer.WorkerInitResponse.Capabilities["WorkerStatus"] = "True";
                if (behaviour.HttpAddress is { } address)
                    answer.WorkerInitResponse.Capabilities["HttpUri"] = address.AbsoluteUri;
                break;
            case StreamingMessage.ContentOneofCase.FunctionsMetadataRequest:
                answer.FunctionMetadataResponse = new() { FunctionMetadataResults = { behaviour.Functions } };
                break;
            case StreamingMessage.ContentOneofCase.FunctionLoadRequest:
                Loaded.Add(message.FunctionLoadRequest);
                var fails = behaviour.FailsToLoad.Contains(message.FunctionLoadRequest.Metadata.Name);
                answer.FunctionLoadResponse = new()
                {
                    Result = new()
                    {
                        Status = fails ? StatusResult.Types.Status.Failure : StatusResult.Types.Status.Success,
                    },
                };
                break;
            case StreamingMessage.ContentOneofCase.WorkerStatusRequest:
                answer.WorkerStatusResponse = new();
                break;
            case StreamingMessage.ContentOneofCase.InvocationRequest:
                return behaviour.OnInvoke(this, message.InvocationRequest);
            case StreamingMessage.ContentOneofCase.InvocationCancel:
                Cancellations++;
                return behaviour.OnCancel(this, message.InvocationCancel.InvocationId);
            case StreamingMessage.ContentOneofCase.WorkerTerminate:
                WasTerminated = true;
                Exit(0);
                return Task.CompletedTask;
        }
        return SendAsync(answer);
    }
}

/// <summary>A supervisor of such workers, with little patience.</summary>
internal sealed class Supervised : IAsyncDisposable
{
    private readonly WorkerServer _server;

    public Supervised(FakeWorkers workers, Func<WorkerSettings, WorkerSettings>? change = null)
    {
        var loggers = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
        var streams = new WorkerStreams(Microsoft.Extensions.Logging.Abstractions.NullLogger<WorkerStreams>.Instance);
        var settings = new WorkerSettings
        {
            AppDirectory = Path.GetTempPath(),
            SweepInterval = TimeSpan.FromMilliseconds(20),
            Pause = static _ => TimeSpan.FromMilliseconds(1),
            TerminateGrace = TimeSpan.FromMilliseconds(300),
        };
        Settings = change?.Invoke(settings) ?? settings;
        Workers = workers;
        Supervisor = new(Settings, streams, workers, loggers, Lost.SetResult);
        _server = new(streams, 0, loggers, _ => { }, _ => { });
    }

    public WorkerSettings Settings { get; }

    public FakeWorkers Workers { get; }

    public WorkerSupervisor Supervisor { get; }

    public TaskCompletionSource<FactCheck.Host.FunctionHostException> Lost { get; } = new();

    public async Task<Supervised> StartAsync()
    {
        await ListenAsync();
        await Supervisor.StartAsync(default);
        return this;
    }

    public async Task ListenAsync() => Settings.HostEndpoint = await _server.StartAsync(default);

    public Invocation Call(string function = "Work", string input = "1") =>
        new(
            Supervisor.Functions.Single(one => one.Name == function),
            new() { Json = input },
            new Dictionary<string, TypedData>()
        );

    public async Task<string?> InvokeAsync(string input = "1", CancellationToken cancellation = default) =>
        (await Supervisor.InvokeAsync(Call(input: input), cancellation))?.Json;

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 1_000, $"Never: {what}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Supervisor.DisposeAsync();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
