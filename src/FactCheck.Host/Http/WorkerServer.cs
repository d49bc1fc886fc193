using System.Net;
using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Host.Http;

/// <summary>The listener for workers and durable clients: gRPC, on the loopback, apart from the public one.</summary>
internal sealed class WorkerServer : IAsyncDisposable
{
    private const int WindowBytes = 4 * 1024 * 1024;

    private readonly WebApplication _app;

    /// <param name="port">The port; 0 for any.</param>
    /// <param name="register">Registers more services, each as a single instance.</param>
    public WorkerServer(
        WorkerStreams streams,
        int port,
        ILoggerFactory loggers,
        Action<IServiceCollection> register,
        Action<IEndpointRouteBuilder> map
    )
    {
        var builder = Servers.CreateBuilder(loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
            // A durable client has one connection, and its calls that wait must leave room for others.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 100_000;
            kestrel.Limits.Http2.InitialStreamWindowSize = WindowBytes;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * WindowBytes;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = null; // one large result would end the stream
            grpc.MaxSendMessageSize = null;
        });
        builder.Services.AddSingleton(streams);
        register(builder.Services);
        _app = builder.Build();
        _app.MapGrpcService<WorkerStreams>();
        map(_app);
    }

    /// <exception cref="FunctionHostException">The port can't be used.</exception>
    public async Task<Uri> StartAsync(CancellationToken cancellation) =>
        (await Servers.StartAsync(_app, string.Empty, cancellation))[0];

    public async Task StopAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
