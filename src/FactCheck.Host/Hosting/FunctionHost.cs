using FactCheck.Host.Durable;
using FactCheck.Host.Durable.Protocol;
using FactCheck.Host.Http;
using FactCheck.Host.Triggers;
using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Host.Hosting;

/// <summary>Runs a Functions app: its worker process, its HTTP functions, its orchestrations on one durable file, its
/// blob and timer triggers. Start it once, stop it once.</summary>
public sealed class FunctionHost : RunningHost
{
    private const string ConcurrentCollector = "DOTNET_gcConcurrent";

    private readonly HostJson _hostJson;
    private readonly ILogger _logger;
    private readonly WorkerSettings _workerSettings;
    private readonly WorkerStreams _streams;
    private readonly WorkerSupervisor _workers;
    private readonly ServiceProvider _metering = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Engine _engine;
    private readonly PublicFront _front;
    private readonly WorkerServer _server;
    private FolderBlobService? _folders;
    private BlobTriggers? _blobs;
    private TimerTriggers? _timers;

    private FunctionHost(
        FunctionHostOptions options,
        IWorkerLauncher? launcher,
        Connections connections,
        Action<ILoggingBuilder>? logging,
        Action<IServiceCollection>? services
    )
        : base(options, logging)
    {
        _hostJson = HostJson.Read(Path.Combine(options.AppDirectory, "host.json"));
        _logger = Loggers.CreateLogger<FunctionHost>();
        _streams = new(Loggers.CreateLogger<WorkerStreams>());
        _workerSettings = new()
        {
            AppDirectory = options.AppDirectory,
            FunctionTimeout = _hostJson.FunctionTimeout,
            IsDebugged = options.WaitForDebugger || options.ExternalWorkerPort is not null,
            WorkerId = options.ExternalWorkerPort is null ? null : ExternalLauncher.WorkerId,
        };
        _workers = new(_workerSettings, _streams, launcher ?? Launcher(), Loggers, Lose);
        var meters = new RuntimeMeters(_metering.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        _engine = new(new(options, _hostJson, new FunctionTasks(_workers), Loggers, Idle, meters, EngineLost));
        meters.Observe(_engine);
        _server = new(_streams, options.ExternalWorkerPort ?? 0, Loggers, RegisterClients, MapClients);
        _front = new(options, connections, _hostJson, _workers, Loggers, services, MapManagement, Problems);
        _workers.FunctionsChanged = _front.Set;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Uri> Addresses => _front.Addresses;

    /// <summary>The worker's process; null while there is none, or when it runs in this one.</summary>
    public int? WorkerProcessId => _workers.ProcessId;

    /// <summary>The functions of the app, as the worker listed them.</summary>
    public IReadOnlyList<string> FunctionNames => [.. _workers.Functions.Select(function => function.Name)];

    /// <summary>Where workers and durable clients reach it.</summary>
    internal Uri WorkerAddress => _workerSettings.HostEndpoint;

    internal ClientKey ClientKey => _workerSettings.ClientKey;

    internal WorkerSupervisor Workers => _workers;

    internal IdleTracker Idle { get; } = new();

    internal Engine Engine => _engine;

    internal BlobTriggers? Blobs => _blobs;

    internal Task KillAsync() => _engine.KillAsync();

    /// <summary>A host of an app's output folder. It claims its data folder, and starts nothing yet.</summary>
    /// <param name="services">More services for the public listener, such as those of a trace exporter.</param>
    /// <exception cref="FunctionHostException">A folder can't be used, or too few files may be open.</exception>
    public static FunctionHost Create(
        FunctionHostOptions options,
        Action<ILoggingBuilder>? logging = null,
        Action<IServiceCollection>? services = null
    ) => Create(options, null, logging, services);

    /// <summary>The same, whose workers somebody else starts: tests run one inside their process.</summary>
    internal static FunctionHost Create(
        FunctionHostOptions options,
        IWorkerLauncher? launcher,
        Action<ILoggingBuilder>? logging = null,
        Action<IServiceCollection>? services = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AppDirectory = Path.GetFullPath(options.AppDirectory);
        var connections = new Connections(Connections.Fitting());
        Prepare(options);
        return new(options, launcher, connections, logging, services);
    }

    private protected override async Task BeginAsync(CancellationToken cancellation)
    {
        foreach (var warning in _hostJson.Warnings)
            _logger.LogWarning("{Warning}", warning);
        _workerSettings.HostEndpoint = await _server.StartAsync(cancellation);
        await _front.StartAsync(cancellation);
        _workerSettings.PublicAddress = Addresses[0];
        if (Options.BlobService is null)
            _folders = await FolderBlobService.StartAsync(Options, Loggers);
        _workerSettings.Environment = WorkerEnvironment();
        await File.WriteAllTextAsync(UrlFile, Addresses[0].AbsoluteUri, cancellation);
        await _workers.StartAsync(cancellation);
        StartFunctions();
        _front.Open();
    }

    private protected override async ValueTask ReleaseAsync()
    {
        await _front.DisposeAsync();
        await _workers.DisposeAsync();
        if (_blobs is not null)
            await _blobs.DisposeAsync();
        if (_timers is not null)
            await _timers.DisposeAsync();
        if (_folders is not null)
            await _folders.DisposeAsync();
        await _engine.DisposeAsync();
        await _metering.DisposeAsync();
        await _server.DisposeAsync();
    }

    private protected override async Task EndAsync()
    {
        _front.GiveUp();
        // What is still in work may ask the engine: it ends last.
        await Task.WhenAll(_front.StopAsync(Options.DrainTimeout), StopTriggersAsync());
        await _engine.StopAsync();
        await _workers.StopAsync();
        await _server.StopAsync();
        File.Delete(UrlFile);
    }

    private IWorkerLauncher Launcher() =>
        Options.ExternalWorkerPort is null
            ? new ProcessLauncher(Options, Loggers)
            : new ExternalLauncher(Loggers.CreateLogger<ExternalLauncher>());

    /// <summary>The app's durable clients call the listener of the workers.</summary>
    private void RegisterClients(IServiceCollection services)
    {
        services.AddSingleton(new TaskHubService(_engine)).AddSingleton(_workerSettings.ClientKey);
        services.AddGrpc().AddServiceOptions<TaskHubService>(grpc => grpc.Interceptors.Add<ClientKey>());
    }

    private static void MapClients(IEndpointRouteBuilder routes) => routes.MapGrpcService<TaskHubService>();

    private void MapManagement(IEndpointRouteBuilder routes)
    {
        if (Options.Management is { } allowed)
            new ManagementRoutes(
                _engine,
                (container, name) => _blobs?.TryAgainAsync(container, name) ?? Task.FromResult(false),
                allowed
            ).Map(routes);
    }

    /// <summary>What stands still, in sentences.</summary>
    private IReadOnlyList<string> Problems() => _blobs?.Problems ?? [];

    /// <summary>The functions are loaded: orchestrations go on, and triggers begin.</summary>
    private void StartFunctions()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        _blobs = new(_engine, _workers, _hostJson, Options, Loggers.CreateLogger<BlobTriggers>());
        _timers = new(_engine, _workers, Options, configuration, Loggers.CreateLogger<TimerTriggers>());
        _engine.Start();
        _blobs.Start();
        _timers.Start();
    }

    private Task StopTriggersAsync() =>
        Task.WhenAll(
            _blobs?.StopAsync(Options.DrainTimeout) ?? Task.CompletedTask,
            _timers?.StopAsync(Options.DrainTimeout) ?? Task.CompletedTask
        );

    private Dictionary<string, string> WorkerEnvironment()
    {
        var environment = new Dictionary<string, string>(Options.AppSettings, StringComparer.Ordinal)
        {
            ["FUNCTIONS_WORKER_DIRECTORY"] = Options.AppDirectory,
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = Options.AppDirectory,
            ["AzureWebJobsScriptRoot"] = Options.AppDirectory,
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["FUNCTIONS_HOST_URL"] = Addresses[0].AbsoluteUri,
        };
        // A collector beside the worker's own work costs more than its short pauses do.
        if (Environment.GetEnvironmentVariable(ConcurrentCollector) is null)
            environment.TryAdd(ConcurrentCollector, "0");
        if (_folders is not null)
            environment[FolderBlobService.ConnectionName] = _folders.ConnectionString;
        return environment;
    }
}
