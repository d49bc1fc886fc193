using FactCheck.Functions;
using FactCheck.Host;
using FactCheck.Host.Hosting;
using FactCheck.Host.Worker;
using FactCheck.Tests.Host.Worker;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.DurableTask.Client.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Functions;

/// <summary>What a test has otherwise than people have.</summary>
internal sealed class TestHostOptions
{
    /// <summary>Where it keeps everything; a new folder when null.</summary>
    public string? Data { get; set; }

    /// <summary>What the clock shows at first.</summary>
    public DateTimeOffset Start { get; set; } = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Replaces services of the app, for each worker anew.</summary>
    public List<Action<IServiceCollection>> Services { get; } = [];

    /// <summary>Changes the host's options, at each start.</summary>
    public Action<FunctionHostOptions>? Host { get; set; }
}

/// <summary>
/// The host and the app's genuine worker in one process. Time stands still until <see cref="AdvanceAsync"/>; blob
/// folders are looked at by
/// <see cref="WhenIdleAsync"/> only.
/// </summary>
internal sealed class TestHost : IAsyncDisposable
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(2);

    private readonly TestHostOptions _options;
    private readonly InProcessLauncher _workers;
    private FunctionHost? _host;
    private FunctionHostOptions? _current;
    private Life _life = new();
    private (int Commit, CommitFault Fault)? _diesAt;
    private TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient? _http;
    private Grpc.Net.Client.GrpcChannel? _channel;

    public TestHost(TestHostOptions options)
    {
        _options = options;
        _workers = new(Configure);
        Time = new(options.Start);
    }

    /// <summary>The clock. Prefer <see cref="AdvanceAsync"/>, which also waits for what comes of it.</summary>
    public FakeTimeProvider Time { get; }

    /// <summary>The services of the app's worker.</summary>
    public IServiceProvider Services => _workers.Current!.Services;

    /// <summary>Starts, asks and steers orchestrations.</summary>
    public DurableTaskClient Client { get; private set; } = null!;

    /// <summary>Somebody on the machine who has found the port at which the host answers its worker.</summary>
    public DurableTaskClient Stranger { get; private set; } = null!;

    /// <summary>Speaks to the app's HTTP functions; does not follow redirects or keep cookies.</summary>
    public HttpClient Http => _http!;

    /// <summary>The host itself.</summary>
    public FunctionHost Running => _host ?? throw new InvalidOperationException("The host is not running.");

    /// <summary>Done when the host has died, until it is started again.</summary>
    public Task Died => _died.Task;

    /// <summary>How many commits its engine has made since it was started.</summary>
    public int Commits { get; private set; }

    /// <summary>
    /// Looks at the blob folders once, then waits until no message is unread, no activity, trigger or episode runs,
    /// and no request is in work. Instances may wait for timers and events.
    /// </summary>
    /// <exception cref="TimeoutException">Something still runs after a generous time; it is named.</exception>
    /// <exception cref="IOException">The host has died.</exception>
    public async Task WhenIdleAsync()
    {
        int generation;
        do
        {
            // A blob whose worker was lost is found by the next look.
            await OrDeathAsync(Running.Workers.WhenReadyAsync(IdleLimit, CancellationToken.None).AsTask());
            generation = Running.Workers.Generation;
            await OrDeathAsync(Running.Blobs!.LookOnceAsync());
            await OrDeathAsync(Running.Idle.WhenIdleAsync(IdleLimit));
        } while (Running.Workers.Generation != generation || Running.Workers.Ready is null);
    }

    /// <summary>
    /// Waits until idle, moves the clock in one jump, and waits until what came of it is done. Timers in between fire
    /// late, once.
    /// </summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await WhenIdleAsync();
        Time.Advance(by);
        await WhenIdleAsync();
    }

    /// <summary>
    /// Starts, also again on the same files and clock, after <see cref="StopAsync"/> or <see cref="CrashAsync"/>.
    /// </summary>
    public async Task StartAsync()
    {
        _life = new();
        _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Commits = 0;
        var options = new FunctionHostOptions
        {
            AppDirectory = AppContext.BaseDirectory,
            DataDirectory = _options.Data!,
            Urls = "http://127.0.0.1:0",
            Time = Time,
            WatchBlobs = false,
            Retention = null,
            DrainTimeout = TimeSpan.FromSeconds(5),
            Synchronous = SynchronousMode.Normal, // a test's power does not fail
            AppSettings = { ["FactCheck__Data"] = _options.Data!, ["ReverifySchedule"] = "0 0 6 * * *" },
            OnCommit = DieAt,
        };
        _current = options;
        _options.Host?.Invoke(options);
        _host = FunctionHost.Create(options, _workers);
        await _host.StartAsync();
        var idle = _host.Idle;
        _http = new(new InWork(idle)) { BaseAddress = _host.Addresses[0] };
        _channel = Grpc.Net.Client.GrpcChannel.ForAddress(_workers.HostEndpoint!);
        var key = _host.ClientKey.Text;
        Client = ClientOver(
            _channel.Intercept(headers =>
            {
                headers.Add(ClientKey.Header, key);
                return headers;
            })
        );
        Stranger = ClientOver(_channel.CreateCallInvoker());

        static GrpcDurableTaskClient ClientOver(CallInvoker calls) =>
            new(
                "tests",
                new GrpcDurableTaskClientOptions { CallInvoker = calls },
                NullLogger<GrpcDurableTaskClient>.Instance
            );
    }

    /// <summary>Stops in good order: what runs may end, what has come in is stored.</summary>
    public Task StopAsync() => EndAsync(kill: false);

    /// <summary>
    /// Stops as a crash would: from now on nothing is stored, and nobody gets an answer. The files stay.
    /// </summary>
    public Task CrashAsync() => EndAsync(kill: true);

    /// <summary>Lets it die at a commit of its engine, before it or after it.</summary>
    /// <param name="commits">How many from now on; 1 for the next.</param>
    public void DieAtCommit(int commits, bool after) =>
        _diesAt = (Commits + commits, after ? CommitFault.CrashAfter : CommitFault.CrashBefore);

    /// <summary>
    /// From here on neither host nor app store anything, as if the processes were gone: <see cref="CrashAsync"/>
    /// clears them away.
    /// </summary>
    public void Die()
    {
        _life.End();
        _ = Running.KillAsync();
        _died.TrySetResult();
    }

    /// <summary>The worker ends from one moment to the next; the host starts another.</summary>
    public void KillWorker()
    {
        var life = _life;
        _life = new(); // the next one's
        life.End();
        _workers.Current!.Kill();
    }

    public ValueTask DisposeAsync() => new(EndAsync(kill: false));

    private async Task EndAsync(bool kill)
    {
        if (_host is not { } host)
            return;
        if (kill)
        {
            _life.End();
            await host.KillAsync();
            _current!.DrainTimeout = TimeSpan.Zero; // nobody drains anything
        }
        _host = null;
        _http?.Dispose();
        _channel?.Dispose();
        await host.DisposeAsync();
    }

    private async Task OrDeathAsync(Task task)
    {
        await Task.WhenAny(task, _died.Task);
        if (_died.Task.IsCompleted)
            throw new IOException("The host has died.");
        await task;
    }

    private CommitFault DieAt(int commit)
    {
        Commits = commit;
        if (_diesAt is not { } at || at.Commit != commit)
            return CommitFault.None;
        _diesAt = null;
        _life.End();
        _died.TrySetResult();
        return at.Fault;
    }

    /// <summary>The app, as its <c>Program.cs</c> and what is generated beside it make it.</summary>
    private void Configure(FunctionsApplicationBuilder builder)
    {
        new WorkerExtensionStartupCodeExecutor().Configure(builder);
        builder.Services.AddSingleton<IFunctionMetadataProvider, GeneratedFunctionMetadataProvider>();
        builder.Services.AddSingleton<IFunctionExecutor, DirectFunctionExecutor>();
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.ConfigureFunctionsWebApplication();
        builder.AddFactCheck();
        builder.Services.AddSingleton(SharedReaders.All);
        _life.Guard(builder.Services);
        _options.Services.ForEach(replace => replace(builder.Services));
    }

    /// <summary>A request that is in work is no idleness.</summary>
    private sealed class InWork(IdleTracker idle)
        : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            using (idle.Enter(request))
                return await base.SendAsync(request, cancellationToken);
        }
    }
}
