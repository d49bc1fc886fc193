using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FactCheck.Host.Http;

/// <summary>Web servers that no environment variable or file can change: only the host's options count.</summary>
internal static class Servers
{
    public static WebApplicationBuilder CreateBuilder(ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder;
    }

    /// <summary>Listens at addresses that are separated by ";"; where it does, with names that can be called.</summary>
    /// <exception cref="FunctionHostException">An address can't be used.</exception>
    public static async Task<IReadOnlyList<Uri>> StartAsync(
        WebApplication app,
        string addresses,
        CancellationToken cancellation
    )
    {
        foreach (
            var address in addresses.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        )
            // a free port is only found for one address
            app.Urls.Add(address.Replace("//localhost:0", "//127.0.0.1:0", StringComparison.OrdinalIgnoreCase));
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or InvalidOperationException
                        or FormatException
                        or System.Net.Sockets.SocketException
            )
        {
            throw new FunctionHostException(
                $"The host can't listen at {addresses}: {exception.Message} Choose another address or port.",
                exception
            );
        }
        return [.. Texts(app).Select(text => new Uri(Callable(text)))];
    }

    public static IEnumerable<Uri> Bound(WebApplication app) =>
        Texts(app)
            .Select(text => new Uri(
                text.Replace("//[::]", "//0.0.0.0", StringComparison.Ordinal)
                    .Replace("//*", "//0.0.0.0", StringComparison.Ordinal)
                    .Replace("//+", "//0.0.0.0", StringComparison.Ordinal)
            ));

    private static ICollection<string> Texts(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    /// <summary>An address that means all of this machine's is called by the name of the machine itself.</summary>
    private static string Callable(string address)
    {
        foreach (var all in new[] { "//[::]", "//0.0.0.0", "//*", "//+" })
            address = address.Replace(all, "//localhost", StringComparison.Ordinal);
        return address;
    }

    /// <summary>Signals are the business of whoever runs the host.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
