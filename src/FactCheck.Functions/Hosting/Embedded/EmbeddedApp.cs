using FactCheck.Domain;
using FactCheck.Extraction;
using FactCheck.Storage;

namespace FactCheck.Functions;

/// <summary>The app on the embedded host: one process, one data folder.</summary>
internal static class EmbeddedApp
{
    /// <summary>Where the host listens and where it keeps everything.</summary>
    /// <param name="Data">The data folder.</param>
    /// <param name="Urls">As ASP.NET Core takes them, separated by ";".</param>
    /// <param name="Storage">The account for blobs; null for what the configuration says, and folders when it says nothing.</param>
    public sealed record Place(string Data, string Urls, string? Storage = null)
    {
        /// <summary>The first address, as links name it.</summary>
        public Uri Base { get; } = new(Urls.Split(';')[0].Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).TrimEnd('/') + "/");
    }

    /// <summary>Builds and starts the host, uses it, and stops it.</summary>
    /// <exception cref="InvalidOperationException">It can't start; the message says why.</exception>
    public static async Task<int> RunAsync(Place place, LogLevel logLevel, Func<IHost, Task<int>> use, CancellationToken cancellation)
    {
        using var host = Build(place, logLevel);
        await host.Services.GetRequiredService<DeskStorage>().ClaimAsync(host.Services.GetRequiredService<DeskIndex>(), cancellation);
        try
        {
            await host.StartAsync(cancellation);
            return await use(host);
        }
        finally
        {
            // However it ends: services are disposed last made first, which is before the engine, and activities that still run would find them gone.
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static IHost Build(Place place, LogLevel logLevel)
    {
        var builder = FunctionsApplication.CreateBuilder(["--urls", place.Urls]);
        // Why a host did not start is told in one sentence at the end (Program.cs), not as a stack trace before it.
        builder.Logging.SetMinimumLevel(logLevel).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.Configure<EmbeddedHostOptions>(options => options.DataDirectory = place.Data);
        Configure(builder, place);
        builder.ConfigureFunctionsWebApplication();
        return builder.Build();
    }

    /// <summary>Adds the app to a builder: what the host and the tests share.</summary>
    public static void Configure(FunctionsApplicationBuilder builder, Place place)
    {
        // Defaults, below every other source: environment variables and the command line win.
        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
            {
                ["ReverifySchedule"] = "0 0 6 * * *",
                [$"{Settings.Section}:PublicBaseUrl"] = place.Base.ToString(),
            },
        });
        LocalFiles.CreateFolder(place.Data);
        builder.Services.AddSingleton<ITableStore>(_ => new SqliteTables(Path.Combine(place.Data, "desk.db")));
        var storage = DeskStorage.Of(place, builder.Configuration);
        builder.Services.AddSingleton(storage);
        builder.Services.AddSingleton(_ => storage.CreateStore());
        builder.Services.Configure<EmbeddedHostOptions>(options => options.BlobService = storage.Service);
        builder.Services.AddSingleton<ITextAnalytics, LocalTextAnalytics>();
        builder.Services.AddSingleton(_ => SigningKey.ReadOrMake(place.Data));
        builder.Services.AddFactCheck(builder.Configuration);
        // The engine's own HTTP routes are for whoever runs the host: as the middleware sees it, and again once it has let the call through.
        builder.Services.AddSingleton(AccessMap.Of(typeof(EmbeddedApp).Assembly).With(EmbeddedHostOptions.ManagementFunction, Role.Operator));
        builder.Services.Configure<EmbeddedHostOptions>(options => options.Management = context => context.GetHttpContext()?.Items[typeof(Person)] is Person { Role: Role.Operator });
        builder.Services.AddTelemetry(builder.Configuration);
        builder.UseMiddleware<ProblemMiddleware>();
        builder.UseMiddleware<AccessMiddleware>();
    }
}
