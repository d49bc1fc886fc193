using System.Net;
using FactCheck.Host.Durable.Protocol;
using FactCheck.Host.Durable.WorkItems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Host.Http;

/// <summary>The listener for plain workers and durable clients: gRPC without TLS and, at the same port, the host's own
/// routes. Nobody is asked for a secret, so it is on the loopback only.</summary>
internal sealed class DurableFront : IAsyncDisposable
{
    /// <summary>The largest message that is taken, in bytes: the largest input as UTF-8, and some.</summary>
    private const int MostMessageBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan Headers = TimeSpan.FromSeconds(15);

    private readonly WebApplication _app;
    private readonly FunctionHostOptions _options;
    private readonly HostNames _names;

    /// <param name="map">The host's other routes, below <c>/runtime</c>.</param>
    public DurableFront(
        FunctionHostOptions options,
        Connections connections,
        TaskHubService service,
        WorkItemQueue items,
        ILoggerFactory loggers,
        Action<IServiceCollection>? services,
        Func<IReadOnlyList<string>> problems,
        Action<IEndpointRouteBuilder> map
    )
    {
        _options = options;
        _names = new(options.AllowedHosts);
        var builder = Servers.CreateBuilder(loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowAlternateSchemes = true; // see OnePort: the scheme is http, whatever Kestrel takes the connection for
            kestrel.Limits.RequestHeadersTimeout = Headers;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Limits.MaxRequestBodySize = MostMessageBytes;
            // Clients that wait must leave room for other calls on their one connection.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 100_000;
            kestrel.Limits.Http2.InitialStreamWindowSize = 4 * 1024 * 1024;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 8 * 1024 * 1024;
            // A worker that does not even answer these has lost what it has in hand.
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
            kestrel.ConfigureEndpointDefaults(listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(next =>
                    connection => connections.RunAsync(connection, taken => OnePort.RunAsync(taken, next, Headers))
                );
            });
        });
        builder.Services.AddGrpc(grpc =>
            (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (MostMessageBytes, null)
        );
        builder.Services.AddSingleton(service);
        services?.Invoke(builder.Services);
        _app = builder.Build();
        _app.Use(connections.RunAsync);
        _app.Use(GuardAsync);
        _app.UseRouting();
        _app.MapGrpcService<TaskHubService>();
        _app.MapGet(Health.Path, context => Health.AnswerAsync(context, items.Workers, problems()));
        map(_app);
        _app.UseEndpoints(_ => { });
    }

    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <exception cref="FunctionHostException">One is none of the loopback.</exception>
    public static void Check(string addresses)
    {
        foreach (
            var address in addresses.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        )
            CheckOne(address);
    }

    /// <exception cref="FunctionHostException">An address can't be used.</exception>
    public async Task StartAsync(CancellationToken cancellation) =>
        Addresses = await Servers.StartAsync(_app, _options.Urls, cancellation);

    /// <summary>Takes nothing more, and waits for what is in work.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        await _app.StopAsync(end.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void CheckOne(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
            throw new FunctionHostException(
                $"The host for plain workers can't listen at {address}: give an address such as http://127.0.0.1:7071."
            );
        if (
            !uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            && !(IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip))
        )
        {
            throw new FunctionHostException(
                $"The host for plain workers does not listen at {address}: whoever reaches it may run and read "
                    + "everything, so it is on the loopback only. "
                    + "Give http://127.0.0.1:PORT; for workers on other machines, let a tunnel that asks who they are end "
                    + "there, such as ssh -R."
            );
        }
    }

    private Task GuardAsync(HttpContext context, RequestDelegate next) =>
        _names.IsOurs(context.Request.Host) ? next(context) : HostNames.RefuseAsync(context);
}
