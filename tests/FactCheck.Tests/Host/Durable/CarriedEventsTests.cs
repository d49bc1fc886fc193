using Microsoft.DurableTask.Protobuf;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Events that come while an orchestrator begins anew: none is lost, and all come in order. After how many it
/// begins anew, which timers it has beside them, how many come while that is decided, and when its worker forgets it is
/// generated; a seed tells one. A few each time, many with <c>FACTCHECK_FULL=1</c>.</summary>
public sealed class CarriedEventsTests
{
    private const int Events = 1_000;

    private static readonly int Seeds = Environment.GetEnvironmentVariable("FACTCHECK_FULL") == "1" ? 100 : 4;

    [Fact]
    public async Task Of_a_thousand_events_raised_while_ContinueAsNew_is_decided_with_timers_about_none_is_lost_and_all_come_in_order()
    {
        for (var seed = 1; seed <= Seeds; seed++)
            await RunAsync(seed);
    }

    private static async Task RunAsync(int seed)
    {
        var builder = TestHub
            .ForTests()
            .ReplayAlways(seed % 2 == 0)
            .AddOrchestrator("Count", context => CountAsync(context, seed));
        TestHub? hub = null;
        var (raised, decided) = (0, 0);
        var random = new Random(seed);
        using var oneAtATime = new SemaphoreSlim(1, 1);
        async Task RaiseAsync(int count)
        {
            await oneAtATime.WaitAsync();
            try
            {
                for (; count > 0 && raised < Events; count--)
                    await hub!.Client.RaiseEventAsync("c", "n", raised++);
            }
            finally
            {
                oneAtATime.Release();
            }
        }
        builder.Runner.OnEpisode = (count, _) =>
        {
            if (count % (seed + 5) == 0)
                builder.Runner.DropSessions();
        };
        // The orchestrator has decided, and the host has not heard of it: whatever comes now is for the next execution.
        builder.Runner.OnAnswer = (_, response) =>
            IsNewBeginning(response) ? RaiseAsync(1 + (++decided % 5)) : Task.CompletedTask;
        await using var host = hub = await builder.StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Count", new StartOrchestrationOptions("c"));
        while (raised < Events)
        {
            await RaiseAsync(random.Next(1, 12));
            host.Time.Advance(TimeSpan.FromMilliseconds(random.Next(1_500)));
            if (random.Next(8) == 0)
                await host.WhenIdleAsync();
        }
        await host.AdvanceAsync(TimeSpan.FromHours(1));

        var seen = await host.OutputAsync<int[]>("c");
        Assert.True(Enumerable.Range(0, Events).SequenceEqual(seen!), $"Seed {seed}: {string.Join(' ', seen!)}");
        Assert.Equal((seed, 0, 0, 0), (seed, host.Count("activities"), host.Count("timers"), host.Count("inbox")));
        Assert.True(decided > 50, $"Seed {seed}: it began anew only {decided} times.");
    }

    private static bool IsNewBeginning(OrchestratorResponse response) =>
        response.Actions.Any(action =>
            action.CompleteOrchestration?.OrchestrationStatus == OrchestrationStatus.ContinuedAsNew
        );

    /// <summary>What it does next depends on the seed and on how much it has seen, so that a replay does the
    /// same.</summary>
    private static async Task<List<int>> CountAsync(TaskOrchestrationContext context, int seed)
    {
        var seen = context.GetInput<List<int>>() ?? [];
        var plan = new Random((seed * 10_007) + seen.Count);
        for (var steps = plan.Next(1, 9); steps > 0 && seen.Count < Events; steps--)
        {
            switch (plan.Next(3))
            {
                case 0:
                    seen.Add(await context.WaitForExternalEvent<int>("n"));
                    break;
                case 1: // a timer of no length after each
                    seen.Add(await context.WaitForExternalEvent<int>("n"));
                    await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                    break;
                default:
                    seen.Add(await WithBeatAsync(context, TimeSpan.FromMilliseconds(plan.Next(3_000))));
                    break;
            }
        }
        if (seen.Count < Events)
            context.ContinueAsNew(seen);
        return seen;
    }

    /// <summary>The next event, with a timer beside it that is set again each time it rings, and cancelled when the
    /// event is there.</summary>
    private static async Task<int> WithBeatAsync(TaskOrchestrationContext context, TimeSpan every)
    {
        using var stop = new CancellationTokenSource();
        var next = context.WaitForExternalEvent<int>("n");
        var beat = context.CreateTimer(every, stop.Token);
        while (await Task.WhenAny(next, beat) == beat)
            beat = context.CreateTimer(every + TimeSpan.FromSeconds(1), stop.Token);
#pragma warning disable CA1849, MA0042 // on the orchestrator's own thread
        stop.Cancel();
#pragma warning restore CA1849, MA0042
        return await next;
    }
}
