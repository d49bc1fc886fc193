using System.Reflection;
using FactCheck.Host;
using FactCheck.Host.Hosting;
using FactCheck.Host.Worker;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Grpc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Benchmarks;

/// <summary>A folder on the disk that is measured, with the sample app as it was built, but for its limits.</summary>
internal sealed class BenchFolder : IDisposable
{
    private const string Limits = """
        { "version": "2.0", "extensions": { "http": { "routePrefix": "" },
          "durableTask": { "maxConcurrentActivityFunctions": 256, "maxConcurrentOrchestratorFunctions": 256 } } }
        """;

    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(AppContext.BaseDirectory, "data-" + Guid.NewGuid().ToString("N")[..8]))
        .FullName;
    private int _count;

    public BenchFolder()
    {
        SyncMilliseconds = Disk.SyncMilliseconds(_folder);
        App = Path.Combine(_folder, "app");
        Copy(
            typeof(BenchFolder)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(one => one.Key == "SampleApp")
                .Value!,
            App
        );
        File.WriteAllText(Path.Combine(App, "host.json"), Limits);
    }

    /// <summary>What a commit of two pages waits for the disk, the median.</summary>
    public double SyncMilliseconds { get; }

    /// <summary>The sample app's output.</summary>
    public string App { get; }

    /// <summary>The machine's load over the last minute, where it tells.</summary>
    public static string Load =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>A host of the sample app on a new data folder, or on this one; durable on disk.</summary>
    public async Task<FunctionHost> StartAsync(string? data = null)
    {
        var options = new FunctionHostOptions
        {
            AppDirectory = App,
            DataDirectory = data ?? NewData(),
            Urls = "http://127.0.0.1:0",
            Retention = null,
        };
        var host = FunctionHost.Create(options, log => log.SetMinimumLevel(LogLevel.Error).AddSimpleConsole());
        await host.StartAsync();
        return host;
    }

    /// <summary>A client of a host, as an app has it.</summary>
    public static DurableTaskClient ClientOf(FunctionHost host)
    {
        var channel = GrpcChannel.ForAddress(
            host.WorkerAddress,
            new() { MaxReceiveMessageSize = null, MaxSendMessageSize = null }
        );
        var calls = channel.Intercept(headers =>
        {
            headers.Add(ClientKey.Header, host.ClientKey.Text);
            return headers;
        });
        return new GrpcDurableTaskClient(
            "bench",
            new GrpcDurableTaskClientOptions { CallInvoker = calls },
            NullLogger.Instance
        );
    }

    public string NewData() => Path.Combine(_folder, $"data-{++_count}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
