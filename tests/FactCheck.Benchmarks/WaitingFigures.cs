using System.Diagnostics;
using FactCheck.Host.Durable;

namespace FactCheck.Benchmarks;

/// <summary>Many instances that wait for an event: what they cost, how long a restart takes, how soon one of them goes
/// on.</summary>
internal static class WaitingFigures
{
    private const int Waiting = 100_000;
    private const int AtOnce = 500;
    private const int Woken = 1_000;

    public static async IAsyncEnumerable<Figure> MeasureAsync(BenchFolder folder)
    {
        var data = folder.NewData();
        await using (var host = await folder.StartAsync(data))
        {
            // Not by a client, whose own leavings in this process would be counted with the host's memory.
            foreach (var some in Enumerable.Range(0, Waiting).Chunk(AtOnce))
            {
                await Task.WhenAll(
                    some.Select(number => host.Engine.CallAsync("start", engine => engine.Start(StartOf(number))))
                );
                await host.Idle.WhenIdleAsync(TimeSpan.FromMinutes(5));
            }
            yield return new(
                $"{Waiting:N0} instances waiting: memory of the host",
                StartFigures.Megabytes(Environment.ProcessId),
                "MB",
                300
            );
        }
        var began = Stopwatch.GetTimestamp();
        await using (var host = await folder.StartAsync(data))
        {
            yield return new("… ready after a restart", Stopwatch.GetElapsedTime(began).TotalMilliseconds, "ms", 3_000);
            var client = BenchFolder.ClientOf(host);
            var times = new List<double>(Woken);
            for (var number = 0; number < Woken; number++)
            {
                var id = Id(number * (Waiting / Woken));
                var start = Stopwatch.GetTimestamp();
                await client.RaiseEventAsync(id, "go", 1);
                await client.WaitForInstanceCompletionAsync(id);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            yield return new("… event → resumed and ended, p50", Statistics.Median(times), "ms");
            yield return new("… event → resumed and ended, p99", Statistics.Quantile(times, 0.99), "ms", 50);
        }
    }

    private static StartRequest StartOf(int number) =>
        new(
            "Wait",
            Id(number),
            Input: null,
            Version: "",
            StartAt: default,
            TagsJson: null,
            ReusePolicy.Ended,
            Parent: null,
            Trace: null
        );

    private static string Id(int number) => $"wait-{number}";
}
