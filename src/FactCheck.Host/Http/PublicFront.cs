using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace FactCheck.Host.Http;

/// <summary>The listener that people and programs reach: the functions' routes, the host's own, nothing else.</summary>
internal sealed class PublicFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FunctionEndpoints _endpoints;
    private readonly FunctionHostOptions _options;
    private readonly TaskCompletionSource<bool> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HostNames? _names;

    /// <param name="hostJson">The routes' prefix and the functions' time limit.</param>
    /// <param name="map">The host's other routes, below <c>/runtime</c>.</param>
    public PublicFront(
        FunctionHostOptions options,
        Connections connections,
        HostJson hostJson,
        WorkerSupervisor workers,
        ILoggerFactory loggers,
        Action<IServiceCollection>? services,
        Action<IEndpointRouteBuilder> map,
        Func<IReadOnlyList<string>> problems
    )
    {
        _options = options;
        var builder = Servers.CreateBuilder(loggers);
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
                kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
                kestrel.ConfigureEndpointDefaults(listen =>
                    listen.Use(next => connection => connections.RunAsync(connection, next))
                );
            });
        builder.Services.AddHttpForwarder();
        services?.Invoke(builder.Services);
        _app = builder.Build();
        var functions = new HttpFunctions(
            workers,
            _app.Services.GetRequiredService<IHttpForwarder>(),
            options,
            hostJson.FunctionTimeout,
            loggers.CreateLogger<HttpFunctions>()
        );
        _endpoints = new(hostJson.RoutePrefix, functions.AnswerAsync);
        _app.Use(connections.RunAsync);
        _app.Use(GuardAsync);
        _app.UseRouting();
        _app.MapGet(Health.Path, context => Health.AnswerAsync(context, workers, problems));
        map(_app);
        ((IEndpointRouteBuilder)_app).DataSources.Add(_endpoints);
        _app.UseEndpoints(_ => { });
    }

    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    private bool IsOpen => _open.Task is { IsCompletedSuccessfully: true, Result: true };

    /// <summary>Listens; requests of functions wait until it is opened.</summary>
    /// <exception cref="FunctionHostException">An address can't be used.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Addresses = await Servers.StartAsync(_app, _options.Urls, cancellation);
        _names = HostNames.AreLoopback(Servers.Bound(_app)) ? new(_options.AllowedHosts) : null;
    }

    /// <exception cref="FunctionHostException">A route can't be used.</exception>
    public void Set(IEnumerable<HostedFunction> functions) => _endpoints.Set(functions);

    /// <summary>Functions answer from now on.</summary>
    public void Open() => _open.TrySetResult(true);

    /// <summary>If functions don't answer yet, they never will: what waits for them is told to come again.</summary>
    public void GiveUp() => _open.TrySetResult(false);

    /// <summary>Takes nothing more, and waits for what is in work.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        await _app.StopAsync(end.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (_names?.IsOurs(context.Request.Host) == false)
        {
            await HostNames.RefuseAsync(context);
            return;
        }
        if (!IsOpen && !context.Request.Path.StartsWithSegments("/runtime", StringComparison.OrdinalIgnoreCase))
        {
            await ((Task)_open.Task)
                .WaitAsync(_options.RequestWait, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!IsOpen)
            {
                await Problems.WriteAsync(
                    context,
                    StatusCodes.Status503ServiceUnavailable,
                    "Starting",
                    "The functions are being started. Try again.",
                    TimeSpan.FromSeconds(2)
                );
                return;
            }
        }
        await next(context);
    }
}
