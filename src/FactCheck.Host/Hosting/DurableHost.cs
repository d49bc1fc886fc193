using FactCheck.Host.Durable;
using FactCheck.Host.Durable.WorkItems;
using FactCheck.Host.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Host.Hosting;

/// <summary>A durable backend for plain Durable Task workers and clients of any language: orchestrations on one durable
/// file, run by the workers that connect. It starts no app.</summary>
public sealed class DurableHost : RunningHost
{
    private readonly ServiceProvider _metering = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly WorkItemQueue _items;
    private readonly Engine _engine;
    private readonly DurableFront _front;

    private DurableHost(
        FunctionHostOptions options,
        Connections connections,
        Action<ILoggingBuilder>? logging,
        Action<IServiceCollection>? services
    )
        : base(
            options,
            builder =>
            {
                // it would warn that there is no HTTP/2 without TLS: see OnePort
                builder.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
                logging?.Invoke(builder);
            }
        )
    {
        _items = new(options.Time, Loggers.CreateLogger<WorkItemQueue>());
        // How much runs at once is for each worker to say.
        var limits = new HostJson { MaxActivities = int.MaxValue, MaxOrchestrators = int.MaxValue };
        var meters = new RuntimeMeters(_metering.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        _engine = new(new(options, limits, _items, Loggers, new(), meters, EngineLost));
        meters.Observe(_engine);
        _front = new(
            options,
            connections,
            new(_engine, _items),
            _items,
            Loggers,
            services,
            () => _engine.IsAlive ? [] : ["The engine has stopped."],
            Map
        );
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Uri> Addresses => _front.Addresses;

    /// <summary>A host on a data folder, which it claims; it starts nothing yet.</summary>
    /// <param name="options">Data folder and addresses, of the loopback only; what concerns an app is not used.</param>
    /// <param name="services">More services for the listener, such as those of a trace exporter.</param>
    /// <exception cref="FunctionHostException">The data folder or an address can't be used.</exception>
    public static DurableHost Create(
        FunctionHostOptions options,
        Action<ILoggingBuilder>? logging = null,
        Action<IServiceCollection>? services = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        DurableFront.Check(options.Urls);
        var connections = new Connections(Connections.Fitting());
        Prepare(options);
        return new(options, connections, logging, services);
    }

    private protected override async Task BeginAsync(CancellationToken cancellation)
    {
        await _front.StartAsync(cancellation);
        await File.WriteAllTextAsync(UrlFile, Addresses[0].AbsoluteUri, cancellation);
        _engine.Start();
    }

    private protected override async Task EndAsync()
    {
        await _engine.StopAsync(); // while workers may still answer
        _items.Dispose();
        await _front.StopAsync(TimeSpan.FromSeconds(1));
        File.Delete(UrlFile);
    }

    private protected override async ValueTask ReleaseAsync()
    {
        await _front.DisposeAsync();
        await _engine.DisposeAsync();
        await _metering.DisposeAsync();
    }

    private void Map(IEndpointRouteBuilder routes)
    {
        if (Options.Management is { } allowed)
            new ManagementRoutes(_engine, (_, _) => Task.FromResult(false), allowed).Map(routes);
    }
}
