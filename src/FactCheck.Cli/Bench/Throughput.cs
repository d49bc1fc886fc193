using System.Diagnostics;
using FactCheck.Runtime;

namespace FactCheck.Cli;

/// <summary>How fast orchestrations with activities run.</summary>
internal sealed class Throughput(string root, BenchSizes sizes)
{
    private const int AtOnce = 256;

    public async Task<IReadOnlyList<Figure>> FiveActivitiesAsync(SynchronousMode mode) =>
    [
        new("five activities at once, 256 orchestrations at once", mode.ToString(), await ManyAsync("FanOut", mode), "/s", 3000, AtLeast: true),
        new("five activities in a row, 256 orchestrations at once", mode.ToString(), await ManyAsync("Chain", mode), "/s", 3000, AtLeast: true),
    ];

    public async Task<IReadOnlyList<Figure>> FanOutAsync(SynchronousMode mode)
    {
        var small = await MedianAsync("FanOut", sizes.FanOut, mode);
        var twice = await MedianAsync("FanOut", 2 * sizes.FanOut, mode);
        var large = await MedianAsync("FanOut", 10 * sizes.FanOut, mode);
        return
        [
            new($"fan-out 1×{sizes.FanOut:N0}", mode.ToString(), small, "ms", mode == SynchronousMode.Full ? 80 : null),
            new($"fan-out 1×{10 * sizes.FanOut:N0}", mode.ToString(), large, "ms", mode == SynchronousMode.Full ? 700 : null),
            new($"fan-out t({2 * sizes.FanOut:N0})/t({sizes.FanOut:N0})", mode.ToString(), twice / small, "×", 2.3),
        ];
    }

    public async Task<IReadOnlyList<Figure>> ChainAsync(SynchronousMode mode)
    {
        var small = await MedianAsync("Chain", sizes.LongChain / 100, mode);
        var middle = await MedianAsync("Chain", sizes.Chain, mode);
        var twice = await MedianAsync("Chain", 2 * sizes.Chain, mode);
        // What a chain of 10,000 shows shows without waiting for the disk, too.
        var growth = mode == SynchronousMode.Normal ? await MedianAsync("Chain", sizes.LongChain, mode) / small / 100 : (double?)null;
        var rows = new List<Figure>
        {
            new($"chain of {sizes.Chain:N0}", mode.ToString(), middle / 1000, "s", mode == SynchronousMode.Normal ? 0.6 : null),
            new($"chain t({2 * sizes.Chain:N0})/t({sizes.Chain:N0})", mode.ToString(), twice / middle, "×", 2.3),
        };
        if (growth is { } ratio)
            rows.Add(new($"time per activity, chain of {sizes.LongChain:N0} against {sizes.LongChain / 100:N0}", mode.ToString(), ratio, "×", 1.2));
        return rows;
    }

    public async Task<IReadOnlyList<Figure>> OneAtATimeAsync(SynchronousMode mode)
    {
        await using var host = await BenchHost.StartAsync(root, mode);
        var each = new List<double>();
        var syncs = new List<double>();
        await OneByOneAsync(host);
        for (var run = 0; run < sizes.Runs; run++)
        {
            syncs.Add(Disk.SyncMilliseconds(root));
            each.Add(await OneByOneAsync(host));
        }
        var median = Statistics.Median(each);
        var sync = Statistics.Median(syncs);
        return mode == SynchronousMode.Full
            ?
            [
                new("fdatasync p50", "", sync, "ms"),
                new("one activity, one orchestration at a time (goal: 4 × fdatasync)", mode.ToString(), median, "ms each", 4 * sync),
            ]
            : [new("one activity, one orchestration at a time", mode.ToString(), 1000 / median, "/s", 1500, AtLeast: true)];
    }

    private async Task<double> OneByOneAsync(BenchHost host)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < sizes.OneAtATime; i++)
            await host.RunAsync("FanOut", 1);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / sizes.OneAtATime;
    }

    private async Task<double> ManyAsync(string orchestrator, SynchronousMode mode)
    {
        await using var host = await BenchHost.StartAsync(root, mode);
        var rates = new List<double>();
        await OnceAsync(host, orchestrator, sizes.FiveActivities / 4);
        for (var run = 0; run < sizes.Runs; run++)
            rates.Add(await OnceAsync(host, orchestrator, sizes.FiveActivities));
        return Statistics.Median(rates);
    }

    private static async Task<double> OnceAsync(BenchHost host, string orchestrator, int count)
    {
        var left = count;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await host.RunAsync(orchestrator, 5);
        }));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task<double> MedianAsync(string orchestrator, int size, SynchronousMode mode)
    {
        await using var host = await BenchHost.StartAsync(root, mode);
        await host.RunAsync(orchestrator, Math.Min(size, 1000)); // compiled, and the file has its size
        var times = new List<double>();
        for (var run = 0; run < sizes.Runs; run++)
            times.Add(await host.RunAsync(orchestrator, size));
        return Statistics.Median(times);
    }
}
