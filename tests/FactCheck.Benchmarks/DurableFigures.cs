using System.Diagnostics;
using FactCheck.Cli;
using FactCheck.Host;
using FactCheck.Host.Durable;
using InstanceStatus = FactCheck.Host.Storage.InstanceStatus;

namespace FactCheck.Benchmarks;

/// <summary>Orchestrations on a durable host with its worker in a process of its own.</summary>
internal static class DurableFigures
{
    private const int AtOnce = 256;
    private const int Many = 2_048;
    private const int InARow = 300;
    private const int Waiting = 100_000;
    private const int Woken = 1_000;

    public static async IAsyncEnumerable<Row> MeasureAsync(BenchFolder folder, int runs)
    {
        await using (var host = await folder.StartAsync())
        {
            await FiveAsync(host); // compiles both sides
            yield return new($"five activities at once, {AtOnce} orchestrations at once", Statistics.Median(await RepeatAsync(runs, () => FiveAsync(host))), "/s", "≥ 2,500");
            await RunAsync(host, "Fan", 1_000);
            yield return new("fan-out 1×1,000", Statistics.Median(await RepeatAsync(runs, () => RunAsync(host, "Fan", 1_000))), "ms", "≤ 80");
            yield return new("fan-out 1×10,000", Statistics.Median(await RepeatAsync(runs, () => RunAsync(host, "Fan", 10_000))), "ms", "≤ 900");
            var thousand = Statistics.Median(await RepeatAsync(runs, () => RunAsync(host, "Chain", 1_000)));
            var twice = Statistics.Median(await RepeatAsync(runs, () => RunAsync(host, "Chain", 2_000)));
            yield return new("chain of 1,000", thousand, "ms", "≤ 1,200");
            yield return new("chain t(2,000)/t(1,000)", twice / thousand, "×", "≤ 2.3");
            yield return new("one activity, one orchestration at a time", Statistics.Median(await RepeatAsync(runs, () => InARowAsync(host))), "ms", "≤ 2.5");
        }
        await foreach (var row in WaitingAsync(folder))
            yield return row;
    }

    private static async Task<List<double>> RepeatAsync(int runs, Func<Task<double>> measure)
    {
        var values = new List<double>(runs);
        for (var run = 0; run < runs; run++)
            values.Add(await measure());
        return values;
    }

    private static async Task<double> FiveAsync(FunctionHost host)
    {
        var began = Stopwatch.GetTimestamp();
        using var turns = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(Enumerable.Range(0, Many).Select(async _ =>
        {
            await turns.WaitAsync();
            try
            {
                await RunAsync(host, "Five", 0);
            }
            finally
            {
                turns.Release();
            }
        }));
        return Many / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> InARowAsync(FunctionHost host)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < InARow; i++)
            await RunAsync(host, "Chain", 1);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds / InARow;
    }

    /// <summary>From before the start to after the end is on disk; milliseconds.</summary>
    private static async Task<double> RunAsync(FunctionHost host, string orchestrator, int input)
    {
        var began = Stopwatch.GetTimestamp();
        var id = Guid.NewGuid().ToString("N");
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = host.Engine.Watch(id, status =>
        {
            if (status == InstanceStatus.Completed)
                ended.TrySetResult();
            else if (status is InstanceStatus.Failed or InstanceStatus.Terminated)
                ended.TrySetException(new InvalidOperationException($"{orchestrator} is {status}."));
        });
        await host.Engine.CallAsync("start", engine => engine.Start(StartOf(orchestrator, id, input)));
        await ended.Task;
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static StartRequest StartOf(string orchestrator, string id, int input) => new(
        orchestrator, id, input.ToString(System.Globalization.CultureInfo.InvariantCulture), "", default, null, ReusePolicy.Ended, null, null);

    private static async IAsyncEnumerable<Row> WaitingAsync(BenchFolder folder)
    {
        var data = folder.NewData();
        await using (var host = await folder.StartAsync(data))
        {
            var waiting = 0;
            var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var some in Enumerable.Range(0, Waiting).Chunk(1_000))
            {
                await Task.WhenAll(some.Select(number => host.Engine.CallAsync("start", engine => engine.Start(StartOf("Wait", $"wait-{number}", 0)))));
                await host.Idle.WhenIdleAsync(TimeSpan.FromMinutes(5));
                waiting += some.Length;
            }
            yield return new($"{waiting:N0} instances waiting: memory of the host", Process.GetCurrentProcess().WorkingSet64 / 1024.0 / 1024.0, "MB", "≤ 300");
        }
        var began = Stopwatch.GetTimestamp();
        await using (var host = await folder.StartAsync(data))
        {
            yield return new("ready after a restart", Stopwatch.GetElapsedTime(began).TotalMilliseconds, "ms", "≤ 3,000");
            var times = new List<double>(Woken);
            for (var number = 0; number < Woken; number++)
            {
                var id = $"wait-{number * (Waiting / Woken)}";
                var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                using var watch = host.Engine.Watch(id, status => ended.TrySetResult());
                var start = Stopwatch.GetTimestamp();
                await host.Engine.CallAsync("event", engine => engine.Raise(id, "go", "1"));
                await ended.Task;
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            yield return new("event → ended, p99", Statistics.Quantile(times, 0.99), "ms", "≤ 50");
        }
    }
}
