using System.Security.Cryptography;
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
    public sealed record Place(string Data, string Urls)
    {
        /// <summary>The first address, as links name it.</summary>
        public Uri Base { get; } = new(Urls.Split(';')[0].Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).TrimEnd('/') + "/");
    }

    public static IHost Build(Place place, LogLevel logLevel)
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
        Directory.CreateDirectory(place.Data);
        builder.Services.AddSingleton<ITableStore>(_ => new SqliteTables(Path.Combine(place.Data, "desk.db")));
        builder.Services.AddSingleton<IBlobStore>(_ => new FolderBlobs(place.Data));
        builder.Services.AddSingleton<ITextAnalytics, LocalTextAnalytics>();
        builder.Services.AddSingleton(_ => ReadOrMakeKey(Path.Combine(place.Data, "keys")));
        builder.Services.AddFactCheck(builder.Configuration);
        // The engine's own HTTP routes are for whoever runs the host: as the middleware sees it, and again once it has let the call through.
        builder.Services.AddSingleton(AccessMap.Of(typeof(EmbeddedApp).Assembly).With(EmbeddedHostOptions.ManagementFunction, Role.Operator));
        builder.Services.Configure<EmbeddedHostOptions>(options => options.Management = context => context.GetHttpContext()?.Items[typeof(Person)] is Person { Role: Role.Operator });
        builder.UseMiddleware<ProblemMiddleware>();
        builder.UseMiddleware<AccessMiddleware>();
    }

    /// <summary>The key that signs tokens, made on first start. Only the owner of the folder can read it.</summary>
    private static SigningKey ReadOrMakeKey(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = Path.Combine(folder, "signing.key");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, options);
            stream.Write(RandomNumberGenerator.GetBytes(32));
            stream.Flush(flushToDisk: true);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Made by an earlier start, or by another process just now.
        }

        var key = File.ReadAllBytes(file);
        return key.Length == 32 ? new(key) : throw new InvalidOperationException($"'{file}' is no signing key. Remove it to have a new one made; every token and session then ends.");
    }
}
