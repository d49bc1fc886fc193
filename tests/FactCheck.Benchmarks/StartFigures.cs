using System.Diagnostics;
using System.Reflection;
using FactCheck.Host.Hosting;
using FactCheck.Host.Http;
using FactCheck.Host.Worker;
using FactCheck.Host.Worker.Rpc;
using FactCheck.Support;

namespace FactCheck.Benchmarks;

/// <summary>Start, HTTP and memory: the desk as <c>factcheck serve</c> starts it, and the host with the sample
/// app.</summary>
internal static class StartFigures
{
    private const int Warm = 500;
    private const int Calls = 1_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async IAsyncEnumerable<Figure> MeasureAsync(BenchFolder folder, int runs)
    {
        await foreach (var figure in MeasureDeskAsync(folder, runs))
            yield return figure;
        await foreach (var figure in MeasureHostAsync(folder, runs))
            yield return figure;
    }

    private static async IAsyncEnumerable<Figure> MeasureDeskAsync(BenchFolder folder, int runs)
    {
        var (starts, hosts, workers) = (new List<double>(), new List<double>(), new List<double>());
        for (var run = 0; run <= runs; run++)
        {
            await using var desk = await Desk.ServeAsync(folder.NewData());
            if (run == 0)
                continue; // the files come from the disk
            starts.Add(desk.StartMilliseconds);
            await Task.Delay(Rest);
            hosts.Add(Megabytes(desk.HostId));
            workers.Add(Megabytes(desk.WorkerId));
        }
        yield return new("factcheck serve → first HTTP 200", Statistics.Median(starts), "ms", 2_500);
        var (host, worker) = (Statistics.Median(hosts), Statistics.Median(workers));
        yield return new($"the desk idle: host {host:0} MB + worker {worker:0} MB", host + worker, "MB", 280);
    }

    private static async IAsyncEnumerable<Figure> MeasureHostAsync(BenchFolder folder, int runs)
    {
        var (restarts, through, alone) = (new List<double>(), new List<double>(), new List<double>());
        for (var run = 0; run < runs; run++)
        {
            await using var running = await folder.StartAsync();
            using var http = new HttpClient { BaseAddress = running.Addresses[0] };
            through.AddRange(await CallAsync(() => http.GetStringAsync("")));
            alone.AddRange(await CallAsync(() => AskWorkerAsync(running)));
            using var killed = Process.GetProcessById(running.WorkerProcessId!.Value);
            var began = Stopwatch.GetTimestamp();
            killed.Kill();
            await killed.WaitForExitAsync();
            await UntilItAnswersAsync(http);
            restarts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        yield return new("worker killed → next HTTP 200", Statistics.Median(restarts), "ms", 2_000);
        yield return new("HTTP through host and worker, p50", Statistics.Median(through), "ms");
        yield return new(
            "HTTP over the worker alone, p50",
            Statistics.Median(through) - Statistics.Median(alone),
            "ms",
            0.5
        );
        yield return new(
            "HTTP over the worker alone, p95",
            Statistics.Quantile(through, 0.95) - Statistics.Quantile(alone, 0.95),
            "ms",
            2
        );
    }

    /// <summary>The memory that a process holds, in megabytes of 1,048,576 bytes.</summary>
    public static double Megabytes(int process)
    {
        using var one = Process.GetProcessById(process);
        return one.WorkingSet64 / 1024.0 / 1024.0;
    }

    /// <summary>Waits until a request is answered with 200.</summary>
    public static async Task UntilItAnswersAsync(HttpClient http, string path = "")
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Patience; )
        {
            try
            {
                using var answer = await http.GetAsync(path);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Nobody listens yet.
            }
            await Task.Delay(5);
        }
        throw new TimeoutException($"{http.BaseAddress}{path} did not answer within {Patience.TotalSeconds:0} s.");
    }

    /// <summary>The same request without the host's front: the invocation by the worker's stream, the request straight
    /// to its listener.</summary>
    private static async Task AskWorkerAsync(FunctionHost host)
    {
        var session = host.Workers.Ready!;
        var function = host.Workers.Functions.Single(one => one.Name == "Home");
        if (
            !session.TryBegin(
                new Invocation(
                    function,
                    new() { Http = new() },
                    new Dictionary<string, TypedData>(StringComparer.Ordinal)
                ),
                out var pending
            )
        )
            throw new InvalidOperationException("The worker takes nothing.");
        using var request = new HttpRequestMessage(HttpMethod.Get, session.HttpAddress)
        {
            Headers = { { HttpExchange.InvocationHeader, pending.Invocation.Id } },
        };
        using var answer = await session.Http!.SendAsync(request, CancellationToken.None);
        await answer.Content.ReadAsStringAsync();
        await pending.Task;
    }

    private static async Task<IEnumerable<double>> CallAsync(Func<Task> call)
    {
        var times = new List<double>(Calls);
        for (var number = 0; number < Warm + Calls; number++)
        {
            var began = Stopwatch.GetTimestamp();
            await call();
            if (number >= Warm)
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return times;
    }

    /// <summary><c>factcheck serve</c> as a process, and its worker's.</summary>
    private sealed class Desk(Subprocess host, double milliseconds, int worker) : IAsyncDisposable
    {
        public double StartMilliseconds { get; } = milliseconds;

        public int HostId => host.Id;

        public int WorkerId { get; } = worker;

        public static async Task<Desk> ServeAsync(string data)
        {
            var program = typeof(Desk)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(one => one.Key == "CommandLine")
                .Value!;
            using var http = new HttpClient { BaseAddress = LocalServer.FreeAddress() };
            var urls = http.BaseAddress.GetLeftPart(UriPartial.Authority);
            var host = Subprocess.Start("dotnet", [program, "serve", "--data", data, "--urls", urls]);
            try
            {
                await UntilItAnswersAsync(http, "health/live");
            }
            catch
            {
                await host.DisposeAsync();
                throw;
            }
            var took = host.Age.TotalMilliseconds;
            var worker = (await File.ReadAllTextAsync(Path.Combine(data, "worker.pid"))).Split(' ')[0];
            return new(host, took, int.Parse(worker, System.Globalization.CultureInfo.InvariantCulture));
        }

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
