using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Microsoft's own host of one process, in memory and in real time, with the functions of a hub of
/// ours.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly IHost _host;

    private Peer(IHost host) => _host = host;

    public DurableTaskClient Client => _host.Services.GetRequiredService<DurableTaskClient>();

    public static async Task<Peer> StartAsync(LambdaRunner functions)
    {
        for (var tries = 3; ; tries--)
        {
            try
            {
                return await TryStartAsync(functions);
            }
            catch (IOException) when (tries > 1)
            {
                // Somebody took the port in between.
            }
        }
    }

    private static async Task<Peer> TryStartAsync(LambdaRunner functions)
    {
        var builder = new HostBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .ConfigureServices(services =>
                services.AddInMemoryDurableTask(
                    functions.AddTo,
                    new InMemoryDurableTaskOptions { Port = LocalServer.FreeAddress().Port }
                )
            );
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            _host.Dispose();
    }
}
