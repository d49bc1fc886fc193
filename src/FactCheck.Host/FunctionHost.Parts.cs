using FactCheck.Host.Durable;
using FactCheck.Host.Http;
using FactCheck.Host.Triggers;
using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FactCheck.Host;

// The engine and the triggers, as the host puts them together.
public sealed partial class FunctionHost
{
    private readonly IConfiguration _configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
    private readonly IdleTracker _idle = new();
    private ServiceProvider? _metering;
    private Engine? _engine;
    private FolderBlobService? _folders;
    private BlobTriggers? _blobs;
    private TimerTriggers? _timers;

    /// <summary>What goes on, for tests that wait until nothing does.</summary>
    internal IdleTracker Idle => _idle;

    internal Engine Engine => _engine!;

    internal BlobTriggers? Blobs => _blobs;

    /// <summary>Ends as a crash would: nothing more is stored or answered.</summary>
    internal Task KillAsync() => _engine!.KillAsync();

    /// <summary>Claims the data folder.</summary>
    private void OpenParts()
    {
        _metering = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = new RuntimeMeters(_metering.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        _engine = new Engine(
            new EngineSettings(Options, _hostJson, new FunctionTasks(_workers), Loggers, _idle, meters, EngineLost)
        );
        meters.Observe(_engine);
    }

    /// <summary>What answers at the workers' listener beside the worker's stream.</summary>
    private void RegisterParts(IServiceCollection services)
    {
        services.AddSingleton(new TaskHubService(_engine!)).AddSingleton(_workerSettings.ClientKey);
        services.AddGrpc().AddServiceOptions<TaskHubService>(grpc => grpc.Interceptors.Add<ClientKey>());
    }

    private static void MapWorkerParts(IEndpointRouteBuilder routes) => routes.MapGrpcService<TaskHubService>();

    /// <summary>The host's own routes, below <c>/runtime</c>.</summary>
    private void MapPublicParts(IEndpointRouteBuilder routes)
    {
        if (Options.Management is { } allowed)
            new ManagementRoutes(
                _engine!,
                (container, name) => _blobs?.TryAgainAsync(container, name) ?? Task.FromResult(false),
                allowed
            ).Map(routes);
    }

    /// <summary>What stands still, in sentences.</summary>
    private IReadOnlyList<string> Problems() => _blobs?.Problems ?? [];

    /// <summary>The functions are loaded: orchestrations go on, and triggers begin.</summary>
    private void StartParts()
    {
        _blobs = new BlobTriggers(_engine!, _workers, _hostJson, Options, Loggers.CreateLogger<BlobTriggers>());
        _timers = new TimerTriggers(_engine!, _workers, Options, _configuration, Loggers.CreateLogger<TimerTriggers>());
        _engine!.Start();
        _blobs.Start();
        _timers.Start();
    }

    private Task StopTriggersAsync() =>
        Task.WhenAll(
            _blobs?.StopAsync(Options.DrainTimeout) ?? Task.CompletedTask,
            _timers?.StopAsync(Options.DrainTimeout) ?? Task.CompletedTask
        );

    private async ValueTask DisposePartsAsync()
    {
        if (_blobs is not null)
            await _blobs.DisposeAsync();
        if (_timers is not null)
            await _timers.DisposeAsync();
        if (_folders is not null)
            await _folders.DisposeAsync();
        await _engine!.DisposeAsync();
        await _metering!.DisposeAsync();
    }
}
