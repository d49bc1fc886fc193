using FactCheck.Host;
using FactCheck.Host.Durable;
using FactCheck.Host.Durable.Protocol;
using FactCheck.Host.Durable.WorkItems;
using FactCheck.Host.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.DurableTask.Client.Grpc;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Host.Durable;

/// <summary>The engine and its service on a temporary folder, with Microsoft's client before it and Microsoft's replay
/// behind it. Its clock stands still until <see cref="AdvanceAsync"/>.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly TestHubBuilder _builder;
    private readonly bool _ownsData;
    private Microsoft.AspNetCore.Builder.WebApplication? _app;
    private Grpc.Net.Client.GrpcChannel? _channel;
    private Engine? _engine;
    private WorkItemQueue? _items;
    private WebApplication? _management;

    internal TestHub(TestHubBuilder builder)
    {
        _builder = builder;
        _ownsData = builder.DataDirectory is null;
        DataDirectory = builder.DataDirectory ?? Directory.CreateTempSubdirectory("factcheck-hub-").FullName;
        Time = builder.Time ?? new FakeTimeProvider(builder.Start);
    }

    public string DataDirectory { get; }

    public FakeTimeProvider Time { get; }

    public IdleTracker Idle { get; private set; } = new();

    public DurableTaskClient Client { get; private set; } = null!;

    /// <summary>The service as its protocol has it, for what Microsoft's client does not tell.</summary>
    public TaskHubSidecarService.TaskHubSidecarServiceClient Service => new(_channel);

    public Engine Engine => _engine ?? throw new InvalidOperationException("The hub is not running.");

    public LambdaRunner Runner => _builder.Runner;

    /// <summary>What plain workers are given, where they run everything.</summary>
    public WorkItemQueue Items => _items ?? throw new InvalidOperationException("The hub has no plain workers.");

    public IServiceProvider Services =>
        _app?.Services ?? throw new InvalidOperationException("The hub is not running.");

    /// <summary>Where management answers; there is none unless it was asked for.</summary>
    public Uri BaseAddress { get; private set; } = null!;

    /// <summary>Speaks to the management.</summary>
    public HttpClient Http { get; private set; } = null!;

    public static TestHubBuilder ForTests() => new();

    /// <summary>Waits until no message is unread and nothing runs. Instances may wait for timers and events.</summary>
    public Task WhenIdleAsync() => Idle.WhenIdleAsync(_builder.IdleLimit);

    /// <summary>Waits until idle, moves the clock in one jump, and waits until what came of it is done. Timers in
    /// between fire late, once.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await WhenIdleAsync();
        Time.Advance(by);
        await WhenIdleAsync();
    }

    /// <summary>Lets the writer do a batch of nothing, after which it looks at its timers.</summary>
    public Task TickAsync() => Engine.CallAsync("tick", _ => true);

    public Task StopAsync() => EndAsync(kill: false);

    /// <summary>Stops as a crash would: from now on nothing is stored, and nobody gets an answer. The files
    /// stay.</summary>
    public Task CrashAsync() => EndAsync(kill: true);

    public async Task StartAsync()
    {
        if (_app is not null)
            throw new InvalidOperationException("The hub is running.");
        Idle = new IdleTracker();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        builder.Services.AddMetrics();
        builder.Services.AddGrpc(grpc =>
            (grpc.EnableDetailedErrors, grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (true, null, null)
        );
        builder.Services.AddSingleton(services => NewEngine(services));
        builder.Services.AddSingleton(services => new TaskHubService(services.GetRequiredService<Engine>(), _items)
        {
            LongestWait = _builder.LongestWait,
        });
        foreach (var configure in _builder.Services)
            configure(builder.Services);
        builder.WebHost.UseTestServer();
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<TaskHubService>();
        _engine = app.Services.GetRequiredService<Engine>();
        _app = app;
        _builder.Runner.Services = app.Services;
        _engine.Start();
        await app.StartAsync();
        _channel = NewChannel();
        Client = new GrpcDurableTaskClient(
            "tests",
            new GrpcDurableTaskClientOptions { Channel = _channel },
            app.Services.GetRequiredService<ILogger<GrpcDurableTaskClient>>()
        );
        if (_builder.Allowed is { } allowed)
            await ManageAsync(allowed);
    }

    /// <summary>A connection of its own to the service.</summary>
    public Grpc.Net.Client.GrpcChannel NewChannel() =>
        Grpc.Net.Client.GrpcChannel.ForAddress(
            "http://localhost",
            new()
            {
                HttpHandler = _app!.GetTestServer().CreateHandler(),
                MaxReceiveMessageSize = null,
                MaxSendMessageSize = null,
            }
        );

    public async ValueTask DisposeAsync()
    {
        await EndAsync(kill: false);
        if (_ownsData)
            Directory.Delete(DataDirectory, recursive: true);
    }

    private Engine NewEngine(IServiceProvider services)
    {
        var options = new FunctionHostOptions
        {
            AppDirectory = "",
            DataDirectory = DataDirectory,
            Time = _builder.RealTime ? TimeProvider.System : _builder.Clock ?? Time,
            Retention = null,
            DrainTimeout = TimeSpan.FromSeconds(5),
            Synchronous = SynchronousMode.Normal, // a test's power does not fail
        };
        foreach (var configure in _builder.Options)
            configure(options);
        if (_builder.HasPlainWorkers)
            _items = new(options.Time, services.GetRequiredService<ILogger<WorkItemQueue>>());
        return new Engine(
            new EngineSettings(
                options,
                _builder.Host,
                _items ?? (ITaskRunner)_builder.Runner,
                services.GetRequiredService<ILoggerFactory>(),
                Idle,
                new RuntimeMeters(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()),
                _builder.OnLost
            )
        );
    }

    private async Task ManageAsync(Func<HttpContext, bool> allowed)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = _management = builder.Build();
        app.UseRouting();
        new ManagementRoutes(Engine, _builder.Retry, http => Task.FromResult(allowed(http))).Map(app);
        await app.StartAsync();
        BaseAddress = new Uri(app.Urls.Single());
        Http = new HttpClient { BaseAddress = BaseAddress };
    }

    private async Task EndAsync(bool kill)
    {
        if (_app is not { } app)
            return;
        _app = null;
        if (_management is { } management)
        {
            _management = null;
            Http.Dispose();
            await management.StopAsync();
            await management.DisposeAsync();
        }
        var engine = _engine!;
        _engine = null;
        if (kill)
            await engine.KillAsync();
        else
            await engine.StopAsync();
        _builder.Runner.Forget();
        await engine.DisposeAsync();
        _items?.Dispose();
        await Client.DisposeAsync();
        _channel?.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>Says what a hub runs.</summary>
internal sealed class TestHubBuilder
{
    public LambdaRunner Runner { get; } = new();

    public List<Action<FunctionHostOptions>> Options { get; } = [];

    public List<Action<IServiceCollection>> Services { get; } = [];

    public HostJson Host { get; private set; } = new();

    public string? DataDirectory { get; private set; }

    public DateTimeOffset Start { get; private set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public FakeTimeProvider? Time { get; private set; }

    public bool HasPlainWorkers { get; private set; }

    /// <summary>Another clock than the one that <see cref="TestHub.AdvanceAsync"/> moves.</summary>
    public TimeProvider? Clock { get; private set; }

    public bool RealTime { get; private set; }

    /// <summary>After which time a client that waits has to ask again.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(90);

    public TimeSpan IdleLimit { get; private set; } = TimeSpan.FromSeconds(60);

    public Action<Exception> OnLost { get; private set; } = _ => { };

    /// <summary>Who may manage; null for no management.</summary>
    public Func<HttpContext, bool>? Allowed { get; private set; }

    /// <summary>Lets a blob be tried again.</summary>
    public Func<string, string, Task<bool>> Retry { get; private set; } = (_, _) => Task.FromResult(false);

    public TestHubBuilder AddOrchestrator<TResult>(
        string name,
        Func<TaskOrchestrationContext, Task<TResult>> orchestrator
    )
    {
        Runner.Orchestrators[name] = async context => await orchestrator(context);
        return this;
    }

    public TestHubBuilder AddOrchestrator(string name, Func<TaskOrchestrationContext, Task> orchestrator)
    {
        Runner.Orchestrators[name] = async context =>
        {
            await orchestrator(context);
            return null;
        };
        return this;
    }

    public TestHubBuilder AddActivity<TInput, TResult>(string name, Func<TInput, Task<TResult>> activity) =>
        AddActivity<TInput, TResult>(name, (input, _) => activity(input));

    public TestHubBuilder AddActivity<TInput>(string name, Func<TInput, Task> activity) =>
        AddActivity<TInput, object?>(
            name,
            async (input, _) =>
            {
                await activity(input);
                return null;
            }
        );

    /// <summary>Adds an activity that wants to know its call.</summary>
    public TestHubBuilder AddActivity<TInput, TResult>(string name, Func<TInput, ActivityOf, Task<TResult>> activity)
    {
        Runner.AddActivity(name, activity);
        return this;
    }

    public TestHubBuilder Configure(Action<FunctionHostOptions> configure)
    {
        Options.Add(configure);
        return this;
    }

    public TestHubBuilder ConfigureServices(Action<IServiceCollection> configure)
    {
        Services.Add(configure);
        return this;
    }

    /// <summary>Sends no episode without its history, so that every await is replayed.</summary>
    public TestHubBuilder ReplayAlways(bool always = true) => Configure(options => options.ReplayAlways = always);

    public TestHubBuilder WithData(string directory)
    {
        DataDirectory = directory;
        return this;
    }

    public TestHubBuilder WithHostJson(string json)
    {
        Host = HostJson.Parse(json);
        return this;
    }

    public TestHubBuilder StartingAt(DateTimeOffset time)
    {
        Start = time;
        return this;
    }

    public TestHubBuilder WithTime(FakeTimeProvider time)
    {
        Time = time;
        return this;
    }

    public TestHubBuilder WithClock(TimeProvider clock)
    {
        Clock = clock;
        return this;
    }

    public TestHubBuilder InRealTime()
    {
        RealTime = true;
        return this;
    }

    /// <summary>Orchestrators and activities are not those of the hub, but of workers that connect to it.</summary>
    public TestHubBuilder WithPlainWorkers()
    {
        HasPlainWorkers = true;
        Host = new() { MaxActivities = int.MaxValue, MaxOrchestrators = int.MaxValue };
        return this;
    }

    public TestHubBuilder WithIdleLimit(TimeSpan limit)
    {
        IdleLimit = limit;
        return this;
    }

    public TestHubBuilder WhenLost(Action<Exception> lost)
    {
        OnLost = lost;
        return this;
    }

    /// <summary>With the management's routes, at a port of its own.</summary>
    public TestHubBuilder WithManagement(
        Func<HttpContext, bool>? allowed = null,
        Func<string, string, Task<bool>>? retry = null
    )
    {
        Allowed = allowed ?? (_ => true);
        Retry = retry ?? Retry;
        return this;
    }

    public async Task<TestHub> StartAsync()
    {
        var hub = new TestHub(this);
        try
        {
            await hub.StartAsync();
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
        return hub;
    }
}
