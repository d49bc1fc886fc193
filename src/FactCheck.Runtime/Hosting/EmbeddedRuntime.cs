using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FactCheck.Runtime;

/// <summary>The host's own service: starts before the app's, stops after them.</summary>
internal sealed class EmbeddedRuntime(
    FunctionCatalog catalog,
    IServiceProvider services,
    HostJson host,
    IOptions<EmbeddedHostOptions> options,
    IConfiguration configuration,
    TimeProvider time,
    DataConverter converter,
    IdleTracker idle,
    DurableFunctions durable,
    RuntimeMeters meters,
    ILoggerFactory loggers,
    IHostApplicationLifetime lifetime) : IHostedLifecycleService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<EmbeddedRuntime>();
    private Engine? _engine;
    private BlobTriggers? _blobs;
    private TimerTriggers? _timers;
    private bool _disposed;

    public Engine Engine => _engine ?? throw new InvalidOperationException("The host has not started.");

    public BlobTriggers? Blobs => _blobs;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (catalog.Errors.Count > 0)
            throw new EmbeddedHostException(string.Join(Environment.NewLine, ["The functions can't be run as they are declared:", .. catalog.Errors.Select(error => "  " + error)]));
        foreach (var warning in host.Warnings)
            _logger.LogWarning("{Warning}", warning);
        var invoker = services.GetRequiredService<FunctionInvoker>();
        Register(invoker);
        _engine = new Engine(new EngineSettings(
            options.Value, durable, time, converter, loggers, idle, host.MaxActivities, host.FunctionTimeout, host.DefaultVersion, meters, Lost));
        meters.Observe(CountByState, () => _engine.Queued.Commands, () => _engine.Queued.Activities);
        _blobs = new BlobTriggers(_engine, invoker, catalog, host, options.Value, loggers.CreateLogger<BlobTriggers>());
        _timers = new TimerTriggers(_engine, invoker, catalog, host, configuration, loggers.CreateLogger<TimerTriggers>());
        _engine.Start();
        return Task.CompletedTask;
    }

    /// <summary>Triggers begin when the app's own services have started.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Value is { BlobTriggers: true, WatchBlobs: true })
            _blobs?.Start();
        if (options.Value.TimerTriggers)
            _timers?.Start();
        _logger.LogInformation("{Count} functions: {Functions}", catalog.Functions.Count, string.Join(", ", catalog.Functions.Select(function => function.Name)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var drain = options.Value.DrainTimeout;
        await Task.WhenAll(_blobs?.StopAsync(drain) ?? Task.CompletedTask, _timers?.StopAsync(drain) ?? Task.CompletedTask);
        if (_engine is not null)
            await _engine.StopAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops as a crash would: nothing more is stored or answered.</summary>
    public async Task KillAsync()
    {
        if (_engine is not null)
            await _engine.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_blobs is not null)
            await _blobs.DisposeAsync();
        if (_timers is not null)
            await _timers.DisposeAsync();
        if (_engine is not null)
            await _engine.DisposeAsync();
    }

    /// <summary>A test's lambdas are there already, and win.</summary>
    private void Register(FunctionInvoker invoker)
    {
        foreach (var function in catalog.Functions)
        {
            switch (function.Trigger)
            {
                case OrchestrationTriggerAttribute trigger:
                    durable.Orchestrators.TryAdd(trigger.Orchestration ?? function.Name, execution => invoker.InvokeOrchestratorAsync(function, execution));
                    break;
                case ActivityTriggerAttribute trigger:
                    durable.Activities.TryAdd(trigger.Activity ?? function.Name, (call, cancellation) => invoker.InvokeActivityAsync(function, call, cancellation));
                    break;
            }
        }
    }

    private IEnumerable<(OrchestrationRuntimeStatus Status, long Count)> CountByState() =>
        _engine is { IsAlive: true } engine ? engine.Database.ReadAsync(Database.CountByState).GetAwaiter().GetResult() : [];

    private void Lost(Exception reason)
    {
        _logger.LogCritical(reason, "The host stops: {Reason}", reason.Message);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }
}
