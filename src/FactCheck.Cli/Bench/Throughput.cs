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
        var times = await InTurnAsync("FanOut", mode, sizes.FanOut, 2 * sizes.FanOut, 10 * sizes.FanOut);
        return
        [
            new($"fan-out 1×{sizes.FanOut:N0}", mode.ToString(), Statistics.Median(times[0]), "ms", mode == SynchronousMode.Full ? 80 : null),
            new($"fan-out 1×{10 * sizes.FanOut:N0}", mode.ToString(), Statistics.Median(times[2]), "ms", mode == SynchronousMode.Full ? 700 : null),
            new($"fan-out t({2 * sizes.FanOut:N0})/t({sizes.FanOut:N0})", mode.ToString(), Ratio(times[1], times[0]), "×", 2.3),
        ];
    }

    public async Task<IReadOnlyList<Figure>> ChainAsync(SynchronousMode mode)
    {
        var times = await InTurnAsync("Chain", mode, sizes.Chain, 2 * sizes.Chain);
        var rows = new List<Figure>
        {
            new($"chain of {sizes.Chain:N0}", mode.ToString(), Statistics.Median(times[0]) / 1000, "s", mode == SynchronousMode.Normal ? 0.6 : null),
            new($"chain t({2 * sizes.Chain:N0})/t({sizes.Chain:N0})", mode.ToString(), Ratio(times[1], times[0]), "×", 2.3),
        };
        if (mode == SynchronousMode.Normal) // how work grows shows without waiting for the disk
            rows.Add(new($"time per activity, chain of {sizes.LongChain:N0} against {sizes.LongChain / 100:N0}", mode.ToString(), await GrowthAsync(mode), "×", 1.2));
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

    /// <summary>A long chain against a hundred short ones, which together do as much and so meet as many of the log's checkpoints.</summary>
    private async Task<double> GrowthAsync(SynchronousMode mode)
    {
        await using var host = await BenchHost.StartAsync(root, mode);
        var ratios = new List<double>();
        await host.RunAsync("Chain", Math.Min(sizes.LongChain, 1000));
        for (var run = 0; run < sizes.Runs; run++)
        {
            var apart = 0.0;
            for (var i = 0; i < 100; i++)
                apart += await host.RunAsync("Chain", sizes.LongChain / 100);
            ratios.Add(await host.RunAsync("Chain", sizes.LongChain) / apart);
        }
        return Statistics.Median(ratios);
    }

    /// <summary>The sizes one after the other, over and over, so that what else the machine does meets all of them alike; the times of each size.</summary>
    private async Task<List<double>[]> InTurnAsync(string orchestrator, SynchronousMode mode, params int[] inTurn)
    {
        await using var host = await BenchHost.StartAsync(root, mode);
        var times = inTurn.Select(_ => new List<double>()).ToArray();
        foreach (var size in inTurn)
            await host.RunAsync(orchestrator, size); // compiled, and the file has its size
        for (var run = 0; run < sizes.Runs; run++)
        {
            for (var i = 0; i < inTurn.Length; i++)
                times[i].Add(await host.RunAsync(orchestrator, inTurn[i]));
        }
        return times;
    }

    private static double Ratio(List<double> large, List<double> small) => Statistics.Median(large.Zip(small, (l, s) => l / s));
}
