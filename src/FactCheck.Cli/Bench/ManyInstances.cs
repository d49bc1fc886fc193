using System.Diagnostics;
using FactCheck.Runtime;

namespace FactCheck.Cli;

/// <summary>What a file with many instances costs: waiting ones, ended ones, one with a long history.</summary>
internal sealed class ManyInstances(string root, BenchSizes sizes)
{
    private const int PageSize = 100;

    private int PurgedHours => sizes.Runs;

    private DateTimeOffset Begin { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero); // a test host's clock

    /// <summary>Replay of a long history: from the restarted host's first event to the end of the instance.</summary>
    public async Task<IReadOnlyList<Figure>> ReplayAsync()
    {
        var times = new List<double>();
        await using var host = await BenchHost.StartAsync(root, SynchronousMode.Normal);
        for (var run = 0; run < sizes.Runs; run++)
        {
            var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("ChainThenWait", sizes.Replayed / 2);
            await host.Host.WhenIdleAsync();
            await host.Host.StopAsync();
            await host.Host.StartAsync();
            var start = Stopwatch.GetTimestamp();
            await host.Client.RaiseEventAsync(id, "go", 1);
            await host.Client.WaitForInstanceCompletionAsync(id);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return [new($"replay of {sizes.Replayed:N0} events after a restart (asked and answered {sizes.Replayed / 2:N0} times)", "Normal", Statistics.Median(times), "ms", 60)];
    }

    /// <summary>Instances that wait for people: memory, start, and how soon one goes on. Wants a process of its own.</summary>
    public async Task<IReadOnlyList<Figure>> WaitingAsync()
    {
        await using var host = await BenchHost.StartAsync(root, SynchronousMode.Full);
        await StartManyAsync(host, "Wait", 0, sizes.Waiting);
        await host.Host.WhenIdleAsync();
        var ready = new List<double>();
        for (var run = 0; run < sizes.Runs; run++)
        {
            await host.Host.StopAsync();
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            await host.Host.StartAsync();
            ready.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        var resumed = new List<double>();
        for (var i = 0; i < sizes.Events; i++)
        {
            var id = Id("Wait", (int)((long)i * 7919 % sizes.Waiting));
            var start = Stopwatch.GetTimestamp();
            await host.Client.RaiseEventAsync(id, "go", i);
            await host.Client.WaitForInstanceCompletionAsync(id);
            resumed.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return
        [
            new($"{sizes.Waiting:N0} instances waiting: memory (RSS)", "Full", Environment.WorkingSet / 1048576.0, "MB", 400),
            new($"{sizes.Waiting:N0} instances waiting: ready after a restart", "Full", Statistics.Median(ready), "s", 3),
            new($"{sizes.Waiting:N0} instances waiting: event → resumed and ended, p99", "Full", Statistics.Quantile(resumed, 0.99), "ms", 50),
        ];
    }

    /// <summary>Pages and purges of ended instances.</summary>
    public async Task<IReadOnlyList<Figure>> EndedAsync()
    {
        await using var host = await BenchHost.StartAsync(root, SynchronousMode.Full, ownClock: true);
        await EndManyAsync(host);
        await StartManyAsync(host, "Wait", 0, PageSize);
        await host.Host.WhenIdleAsync();
        var rows = new List<Figure>();
        foreach (var (what, query) in Queries())
            rows.Add(new($"page of {PageSize} among {sizes.Finished:N0}: {what}", "Full", await PageAsync(host, query), "ms", 10));
        rows.Add(new($"purge of ended instances ({sizes.Purged:N0} a time)", "Full", await PurgeAsync(host), "/s", 5000, AtLeast: true));
        return rows;
    }

    private IEnumerable<(string What, OrchestrationQuery Query)> Queries()
    {
        yield return ("from the middle", new OrchestrationQuery { PageSize = PageSize, ContinuationToken = Id("Noop", sizes.Finished / 2) });
        yield return ("by prefix", new OrchestrationQuery { PageSize = PageSize, InstanceIdPrefix = Id("Noop", sizes.Finished / 2)[..^2] });
        yield return ("the few that run", new OrchestrationQuery { PageSize = PageSize, Statuses = [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Pending] });
        yield return ("none that failed", new OrchestrationQuery { PageSize = PageSize, Statuses = [OrchestrationRuntimeStatus.Failed] });
        yield return ("of another day", new OrchestrationQuery { PageSize = PageSize, CreatedFrom = Begin.AddYears(1) });
    }

    private async Task<double> PageAsync(BenchHost host, OrchestrationQuery query)
    {
        var times = new List<double>();
        for (var i = 0; i < 5 * sizes.Runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await foreach (var page in host.Client.GetAllInstancesAsync(query).AsPages())
            {
                if (page.Values.Count > PageSize)
                    throw new InvalidOperationException($"A page has {page.Values.Count} instances.");
                break;
            }
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Statistics.Median(times);
    }

    /// <summary>Purges what was created in one hour after the other.</summary>
    private async Task<double> PurgeAsync(BenchHost host)
    {
        var rates = new List<double>();
        for (var hour = 0; hour < PurgedHours; hour++)
        {
            var from = Begin.AddHours(hour);
            var start = Stopwatch.GetTimestamp();
            var filter = new PurgeInstancesFilter { CreatedFrom = from, CreatedTo = from.AddMinutes(59), Statuses = [OrchestrationRuntimeStatus.Completed] };
            var purged = (await host.Client.PurgeAllInstancesAsync(filter)).PurgedInstanceCount;
            if (purged != sizes.Purged)
                throw new InvalidOperationException($"{purged} instances were purged instead of {sizes.Purged}.");
            rates.Add(purged / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return Statistics.Median(rates);
    }

    /// <summary>The first hours have what is purged, the last has the rest.</summary>
    private async Task EndManyAsync(BenchHost host)
    {
        var done = 0;
        for (var hour = 0; hour <= PurgedHours; hour++)
        {
            var to = hour < PurgedHours ? done + sizes.Purged : sizes.Finished;
            await StartManyAsync(host, "Noop", done, to);
            await host.Host.WhenIdleAsync();
            host.Host.Time.Advance(TimeSpan.FromHours(1));
            done = to;
        }
    }

    private static Task StartManyAsync(BenchHost host, string orchestrator, int from, int to) => Task.WhenAll(Enumerable.Range(0, 512).Select(async lane =>
    {
        for (var i = from + lane; i < to; i += 512)
            await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, i, new StartOrchestrationOptions(Id(orchestrator, i)));
    }));

    private static string Id(string orchestrator, int number) => $"{orchestrator}-{number:00000000}";
}
