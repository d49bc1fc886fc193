using FactCheck.Host.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Host.Http;

/// <summary>A server with room for few connections.</summary>
internal sealed class IdleServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    public IdleServer(Connections connections)
    {
        var builder = Servers.CreateBuilder(NullLoggerFactory.Instance);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ConfigureEndpointDefaults(listen =>
                listen.Use(next => connection => connections.RunAsync(connection, next))
            )
        );
        _app = builder.Build();
        _app.Use(connections.RunAsync);
        _app.Run(context => context.Response.WriteAsync("here"));
    }

    public int Port { get; private set; }

    public async Task<IdleServer> StartAsync()
    {
        Port = (await Servers.StartAsync(_app, "http://127.0.0.1:0", default))[0].Port;
        return this;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
