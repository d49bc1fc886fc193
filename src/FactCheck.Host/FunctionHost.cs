using System.Runtime.InteropServices;
using FactCheck.Host.Http;
using FactCheck.Host.Triggers;
using FactCheck.Host.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FactCheck.Host;

/// <summary>
/// Runs a Functions app: its worker process, its HTTP functions, its orchestrations on one durable file, its blob and timer triggers. Start it once, stop
/// it once.
/// </summary>
public sealed partial class FunctionHost : IAsyncDisposable
{
    private const string ConcurrentCollector = "DOTNET_gcConcurrent";

    private readonly FunctionHostOptions _options;
    private readonly HostJson _hostJson;
    private readonly ServiceProvider _logging;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly WorkerSettings _workerSettings;
    private readonly WorkerStreams _streams;
    private readonly WorkerSupervisor _workers;
    private readonly PublicFront _front;
    private readonly WorkerServer _server;
    private readonly TaskCompletionSource<FunctionHostException> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _stopping;
    private bool _isDisposed;

    private FunctionHost(FunctionHostOptions options, Connections connections, Action<ILoggingBuilder>? logging, Action<IServiceCollection>? services)
    {
        _options = options;
        _hostJson = HostJson.Read(Path.Combine(options.AppDirectory, "host.json"));
        _logging = new ServiceCollection().AddLogging(builder =>
        {
            builder.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
            builder.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter("Yarp", LogLevel.Error).AddFilter("Grpc", LogLevel.Warning);
            logging?.Invoke(builder);
        }).BuildServiceProvider();
        _loggers = _logging.GetRequiredService<ILoggerFactory>();
        _logger = _loggers.CreateLogger<FunctionHost>();
        _streams = new(_loggers.CreateLogger<WorkerStreams>());
        _workerSettings = new()
        {
            AppDirectory = options.AppDirectory,
            FunctionTimeout = _hostJson.FunctionTimeout,
            IsDebugged = options.WaitForDebugger || options.ExternalWorkerPort is not null,
            WorkerId = options.ExternalWorkerPort is null ? null : ExternalLauncher.WorkerId,
        };
        _workers = new(_workerSettings, _streams, Launcher(), _loggers, Lose);
        OpenParts();
        _server = new(_streams, options.ExternalWorkerPort ?? 0, _loggers, RegisterParts, MapWorkerParts);
        _front = new(options, connections, _hostJson, _workers, _loggers, services, MapPublicParts, Problems);
        _workers.FunctionsChanged = _front.Set;
    }

    /// <summary>Where it answers: as bound, a port of 0 resolved, and addresses that mean all of the machine's shown as localhost.</summary>
    public IReadOnlyList<Uri> Addresses => _front.Addresses;

    /// <summary>The worker's process; null while there is none, or when it runs in this one.</summary>
    public int? WorkerProcessId => _workers.ProcessId;

    /// <summary>The functions of the app, as the worker listed them.</summary>
    public IReadOnlyList<string> FunctionNames => [.. _workers.Functions.Select(function => function.Name)];

    /// <summary>Where workers and durable clients reach it.</summary>
    internal Uri WorkerAddress => _workerSettings.HostEndpoint;

    /// <summary>Whether the worker takes invocations.</summary>
    internal WorkerSupervisor Workers => _workers;

    private string UrlFile => Path.Combine(_options.DataDirectory, "host.url");

    /// <summary>A host of an app's output folder. It claims its data folder, and starts nothing yet.</summary>
    /// <param name="options">The app, and where to keep what must not be lost.</param>
    /// <param name="logging">Where its log, and the app's, goes.</param>
    /// <param name="services">More services for the public listener, such as those of a trace exporter.</param>
    /// <exception cref="FunctionHostException">The app's folder or the data folder can't be used, or too few files may be open.</exception>
    public static FunctionHost Create(FunctionHostOptions options, Action<ILoggingBuilder>? logging = null, Action<IServiceCollection>? services = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AppDirectory = Path.GetFullPath(options.AppDirectory);
        options.DataDirectory = Path.GetFullPath(options.DataDirectory);
        var connections = new Connections(Connections.Fitting());
        try
        {
            Directory.CreateDirectory(options.DataDirectory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FunctionHostException($"{options.DataDirectory} can't be used: {exception.Message}", exception);
        }
        return new(options, connections, logging, services);
    }

    /// <summary>Starts everything; when it returns, functions are loaded and HTTP answers.</summary>
    /// <exception cref="FunctionHostException">Says why it can't.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        try
        {
            foreach (var warning in _hostJson.Warnings)
                _logger.LogWarning("{Warning}", warning);
            _workerSettings.HostEndpoint = await _server.StartAsync(cancellation);
            await _front.StartAsync(cancellation);
            _workerSettings.PublicAddress = Addresses[0];
            if (_options.BlobService is null)
                _folders = await FolderBlobService.StartAsync(_options, _loggers);
            _workerSettings.Environment = WorkerEnvironment();
            await File.WriteAllTextAsync(UrlFile, Addresses[0].AbsoluteUri, cancellation);
            await _workers.StartAsync(cancellation);
            StartParts();
            _front.Open();
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>Returns when Ctrl-C or SIGTERM asks for the end, or the token does. The host still runs then: stop it.</summary>
    /// <exception cref="FunctionHostException">The host can't go on.</exception>
    public async Task WaitForShutdownAsync(CancellationToken cancellation)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Ask(PosixSignalContext signal)
        {
            signal.Cancel = true;
            asked.TrySetResult();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var token = cancellation.Register(() => asked.TrySetResult());
        if (await Task.WhenAny(asked.Task, _lost.Task) == _lost.Task)
            throw await _lost.Task;
    }

    /// <summary>Takes no more requests, lets what runs come to its end for a while (<see cref="FunctionHostOptions.DrainTimeout"/>), and ends the worker.</summary>
    public Task StopAsync() => _stopping ??= StopOnceAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await StopAsync();
        await _front.DisposeAsync();
        await _workers.DisposeAsync();
        await DisposePartsAsync();
        await _server.DisposeAsync();
        await _logging.DisposeAsync();
    }

    private async Task StopOnceAsync()
    {
        _front.GiveUp();
        // What is still in work may ask the engine: it ends last.
        await Task.WhenAll(_front.StopAsync(_options.DrainTimeout), StopTriggersAsync());
        await _engine!.StopAsync();
        await _workers.StopAsync();
        await _server.StopAsync();
        File.Delete(UrlFile);
    }

    private IWorkerLauncher Launcher() =>
        _options.Launcher
        ?? (_options.ExternalWorkerPort is null ? new ProcessLauncher(_options, _loggers) : new ExternalLauncher(_loggers.CreateLogger<ExternalLauncher>()));

    private Dictionary<string, string> WorkerEnvironment()
    {
        var environment = new Dictionary<string, string>(_options.AppSettings, StringComparer.Ordinal)
        {
            ["FUNCTIONS_WORKER_DIRECTORY"] = _options.AppDirectory,
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = _options.AppDirectory,
            ["AzureWebJobsScriptRoot"] = _options.AppDirectory,
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

    /// <summary>The host can't go on: <see cref="WaitForShutdownAsync"/> says why.</summary>
    private void Lose(FunctionHostException reason)
    {
        _logger.LogCritical("{Reason}", reason.Message);
        _lost.TrySetResult(reason);
    }
}
