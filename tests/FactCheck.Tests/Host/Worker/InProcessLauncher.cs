using System.Net;
using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FactCheck.Tests.Host.Worker;

/// <summary>Starts genuine workers inside the test's process, so that a test has the app's services and its clock. What
/// a worker of its own process finds in its entry assembly, arguments and environment it is given here; its HTTP side
/// takes any free port.</summary>
internal sealed class InProcessLauncher(Action<FunctionsApplicationBuilder> configure) : IWorkerLauncher
{
    // The worker reads them from its process, for host.json and for the assembly that holds the functions.
    static InProcessLauncher()
    {
        Environment.SetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY", AppContext.BaseDirectory);
        // a watcher for each test is too many
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
    }

    /// <summary>The one that was started last.</summary>
    public InProcessWorker? Current { get; private set; }

    /// <summary>The host's gRPC address, as the last one was told it.</summary>
    public Uri? HostEndpoint { get; private set; }

    public async Task<IWorkerHandle> LaunchAsync(WorkerStart start, CancellationToken cancellation)
    {
        HostEndpoint = start.HostEndpoint;
        var end = new CancellationTokenSource();
        var app = Build(start, end.Token);
        var worker = new InProcessWorker(app, end);
        Current = worker;
        await app.StartAsync(cancellation);
        return worker;
    }

    private IHost Build(WorkerStart start, CancellationToken end)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(
            start.Environment.Select(setting =>
                KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)
            )
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
            {
                ["Functions:Worker:HostEndpoint"] = start.HostEndpoint.AbsoluteUri,
                ["Functions:Worker:WorkerId"] = start.WorkerId,
                ["Functions:Worker:RequestId"] = start.RequestId,
                ["Functions:Worker:GrpcMaxMessageLength"] = $"{int.MaxValue}",
            }
        );
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        configure(builder);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        ConnectLast(builder.Services, end);
        return builder.Build();
    }

    /// <summary>The worker names its HTTP address when it connects: so it connects when that is known. Its connection
    /// ends when it does.</summary>
    private static void ConnectLast(IServiceCollection services, CancellationToken end)
    {
        var connect = services.Single(service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name == "WorkerHostedService"
        );
        services.Remove(connect);
        services.AddHostedService(provider => new Connection(
            provider,
            (IHostedService)ActivatorUtilities.CreateInstance(provider, connect.ImplementationType!),
            end
        ));
    }

    private sealed class Connection(IServiceProvider services, IHostedService worker, CancellationToken end)
        : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            var address = services
                .GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.First();
            services.GetRequiredService<IOptions<WorkerOptions>>().Value.Capabilities["HttpUri"] = address;
            return worker.StartAsync(end);
        }

        public Task StopAsync(CancellationToken cancellationToken) => worker.StopAsync(cancellationToken);
    }
}

/// <summary>One of them.</summary>
internal sealed class InProcessWorker : IWorkerHandle
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IHost _app;
    private readonly CancellationTokenSource _end;

    /// <summary>Starts nothing yet.</summary>
    /// <summary>A worker that is being started.</summary>
    public InProcessWorker(IHost app, CancellationTokenSource end)
    {
        (_app, _end) = (app, end);
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => End(0));
    }

    /// <summary>The app's.</summary>
    public IServiceProvider Services => _app.Services;

    public int? ProcessId => null;

    public Task<int> Exited => _exited.Task;

    public string LastWords => string.Empty;

    public void Kill() => End(137);

    public async ValueTask DisposeAsync()
    {
        if (await _exited.Task == 0)
            await _app.StopAsync();
        if (_app is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        _end.Dispose();
    }

    private void End(int code)
    {
        if (_exited.TrySetResult(code))
            _end.Cancel();
    }
}
