using System.Diagnostics;
using System.Globalization;
using FactCheck.Cli;

namespace FactCheck.Benchmarks;

/// <summary>Start, HTTP and memory of the host with the sample app.</summary>
internal static class StartFigures
{
    private const int Warm = 300;
    private const int Calls = 1_000;

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchFolder folder, int runs)
    {
        var (starts, restarts) = (new List<double>(), new List<double>());
        var (through, direct) = (new List<double>(), new List<double>());
        var (host, worker) = (0.0, 0.0);
        for (var run = 0; run < runs; run++)
        {
            var began = Stopwatch.GetTimestamp();
            await using var running = await folder.StartAsync();
            using var http = new HttpClient { BaseAddress = running.Addresses[0] };
            await http.GetStringAsync("");
            starts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (run == 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(2));
                (host, worker) = (Megabytes(Environment.ProcessId), Megabytes(running.WorkerProcessId!.Value));
            }
            through.AddRange(await CallAsync(http, ""));
            began = Stopwatch.GetTimestamp();
            Process.GetProcessById(running.WorkerProcessId!.Value).Kill();
            while (!(await http.GetAsync("")).IsSuccessStatusCode)
                await Task.Delay(5);
            restarts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return
        [
            new("start of host and worker → first HTTP 200", Statistics.Median(starts), "ms", "≤ 2,500"),
            new("worker killed → next HTTP 200", Statistics.Median(restarts), "ms", "≤ 2,000"),
            new("HTTP through host and worker, one at a time, p50", Statistics.Quantile(through, 0.5), "ms", ""),
            new("HTTP through host and worker, one at a time, p95", Statistics.Quantile(through, 0.95), "ms", ""),
            new("memory after the start: this process with the host, and the worker", host + worker, $"MB ({host:0} + {worker:0})", "≤ 280"),
        ];
    }

    private static async Task<IEnumerable<double>> CallAsync(HttpClient http, string path)
    {
        var times = new List<double>(Calls);
        for (var call = 0; call < Warm + Calls; call++)
        {
            var began = Stopwatch.GetTimestamp();
            await http.GetStringAsync(path);
            if (call >= Warm)
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return times;
    }

    private static double Megabytes(int process)
    {
        using var one = Process.GetProcessById(process);
        return one.WorkingSet64 / 1024.0 / 1024.0;
    }
}

/// <summary>A row of the table.</summary>
internal sealed record Row(string What, double Value, string Unit, string Goal)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"| {What} | {Value.ToString(Value >= 100 ? "N0" : Value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture)} {Unit} | {Goal} |");
}
