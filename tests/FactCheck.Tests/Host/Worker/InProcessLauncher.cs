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

/// <summary>
/// Starts genuine workers inside the test's process, so that a test has the app's services and its clock. What a worker of its own process finds in its
/// entry assembly, arguments and environment it is given here; its HTTP side takes any free port.
/// </summary>
/// <param name="configure">The app, as its own start makes it.</param>
internal sealed class InProcessLauncher(Action<FunctionsApplicationBuilder> configure) : IWorkerLauncher
{
    // The worker reads them from its process, for host.json and for the assembly that holds the functions.
    static InProcessLauncher()
    {
        Environment.SetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY", AppContext.BaseDirectory);
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false"); // a watcher for each test is too many
    }

    /// <summary>The one that was started last.</summary>
    public InProcessWorker? Current { get; private set; }

    /// <summary>The host's gRPC address, as the last one was told it.</summary>
    public Uri? HostEndpoint { get; private set; }

    public async Task<IWorkerHandle> LaunchAsync(WorkerStart start, CancellationToken cancellation)
    {
        HostEndpoint = start.HostEndpoint;
        var app = Build(start);
        var worker = new InProcessWorker(app);
        Current = worker;
        await app.StartAsync(cancellation);
        return worker;
    }

    private IHost Build(WorkerStart start)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(start.Environment.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Functions:Worker:HostEndpoint"] = start.HostEndpoint.AbsoluteUri,
            ["Functions:Worker:WorkerId"] = start.WorkerId,
            ["Functions:Worker:RequestId"] = start.RequestId,
            ["Functions:Worker:GrpcMaxMessageLength"] = $"{int.MaxValue}",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        configure(builder);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        TellAddressFirst(builder.Services);
        return builder.Build();
    }

    /// <summary>The worker names its HTTP address when it connects: so it connects when that is known.</summary>
    private static void TellAddressFirst(IServiceCollection services)
    {
        var connect = services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name == "WorkerHostedService");
        services.Remove(connect);
        services.AddHostedService<HttpAddress>();
        services.Add(connect);
    }

    private sealed class HttpAddress(IServer server, IOptions<WorkerOptions> options) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            options.Value.Capabilities["HttpUri"] = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>One of them.</summary>
internal sealed class InProcessWorker : IWorkerHandle
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IHost _app;

    public InProcessWorker(IHost app)
    {
        _app = app;
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => _exited.TrySetResult(0));
    }

    /// <summary>The app's.</summary>
    public IServiceProvider Services => _app.Services;

    public int? ProcessId => null;

    public Task<int> Exited => _exited.Task;

    public string LastWords => string.Empty;

    public void Kill() => _exited.TrySetResult(137);

    public async ValueTask DisposeAsync()
    {
        if (await _exited.Task == 0)
            await _app.StopAsync();
        if (_app is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
