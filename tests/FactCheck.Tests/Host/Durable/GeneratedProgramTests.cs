using FactCheck.Host;
using Grpc.Core;
using Microsoft.DurableTask.Client;
using Xunit;

namespace FactCheck.Tests.Host.Durable;

/// <summary>
/// Whatever an orchestrator does, and whenever its worker forgets it or its host dies: it comes to the same. A few programs each time, many with
/// <c>FACTCHECK_FULL=1</c>; a seed tells one.
/// </summary>
public sealed class GeneratedProgramTests
{
    private static readonly int Programs = Environment.GetEnvironmentVariable("FACTCHECK_FULL") == "1" ? 500 : 12;

    [Fact]
    public Task A_program_that_is_replayed_or_forgotten_at_random_moments_comes_to_what_a_live_one_does() => EachAsync(async (program, seed) =>
    {
        var live = await RunAsync(program, _ => { });
        Assert.Equal(live, await RunAsync(program, hub => hub.ReplayAlways()));
        var chance = new Chance(seed);
        Assert.Equal(live, await RunAsync(program, hub => hub.Runner.OnEpisode = (_, _) =>
        {
            if (chance.OneIn(3))
                hub.Runner.DropSessions(); // the host believes that they are there
            if (chance.OneIn(5))
                hub.Runner.Forget(); // the host knows
        }));
    });

    [Fact]
    public Task A_program_whose_host_dies_at_random_commits_comes_to_what_a_live_one_does() => EachAsync(async (program, seed) =>
    {
        var live = await RunAsync(program, _ => { });
        var chance = new Chance(seed);
        Assert.Equal(live, await RunAsync(program, hub => hub.Configure(options => options.OnCommit = _ =>
        {
            options.ReplayAlways = chance.OneIn(2); // of the next run
            return chance.OneIn(6) ? CommitFault.CrashBefore : chance.OneIn(5) ? CommitFault.CrashAfter : chance.OneIn(4) ? CommitFault.Fail : CommitFault.None;
        })));
    });

    private static Task EachAsync(Func<GeneratedProgram, int, Task> check) => Parallel.ForEachAsync(
        Enumerable.Range(1, Programs), new ParallelOptions { MaxDegreeOfParallelism = 2 },
        async (seed, _) =>
        {
            var program = GeneratedProgram.Of(new Random(seed));
            try
            {
                await check(program, seed);
            }
            catch (Exception wrong)
            {
                throw new InvalidOperationException($"Program {seed}, {program}: {wrong.Message}", wrong);
            }
        });

    /// <summary>Runs a program to its end, on a host that is started again when it died; what came of it.</summary>
    private static async Task<(OrchestrationRuntimeStatus Status, string? Output, string? CustomStatus)> RunAsync(GeneratedProgram program, Action<TestHubBuilder> configure)
    {
        var builder = program.Host();
        configure(builder);
        var quiet = false;
        builder.Configure(options =>
        {
            if (options.OnCommit is { } onCommit)
                options.OnCommit = commit => Volatile.Read(ref quiet) ? CommitFault.None : onCommit(commit);
        });
        await using var host = await builder.StartAsync();
        await AliveAsync(host, async () =>
        {
            if (await host.Client.GetInstanceAsync("p") is null)
                await host.BeginAsync("Program", id: "p");
        });
        foreach (var name in program.Events)
        {
            // Sent until it is acknowledged: one that was stored without an answer comes twice, and the second is nobody's.
            await AliveAsync(host, async () =>
            {
                if (!(await host.ReadAsync("p")).IsCompleted)
                    await host.SendAsync("p", name, name);
            });
        }
        for (var hour = 0; hour < 20 && !(await AliveAsync(host, () => host.ReadAsync("p"))).IsCompleted; hour++)
            await AliveAsync(host, () => host.AdvanceAsync(TimeSpan.FromHours(1)));
        Volatile.Write(ref quiet, true);
        await AliveAsync(host, () => host.AdvanceAsync(TimeSpan.FromHours(1)));

        var ended = await host.ReadAsync("p");
        Assert.Equal((0, 0, 0), (host.Count("activities"), host.Count("timers"), host.Count("inbox")));
        return (ended.RuntimeStatus, ended.SerializedOutput, ended.SerializedCustomStatus);
    }

    private static Task AliveAsync(TestHub host, Func<Task> step) => AliveAsync(host, async () =>
    {
        await step();
        return true;
    });

    private static async Task<T> AliveAsync<T>(TestHub host, Func<Task<T>> step)
    {
        while (true)
        {
            try
            {
                var done = await step();
                await host.WhenIdleAsync();
                if (host.Engine.IsAlive)
                    return done;
            }
            catch (RpcException) when (host.Engine.IsAlive)
            {
                continue; // it could not be stored, three times running; the host lives
            }
            catch (RpcException)
            {
                // It died before it answered.
            }
            await host.CrashAsync();
            await host.StartAsync();
        }
    }

    /// <summary>The same choices for the same seed, as far as threads ask for them in the same order.</summary>
    private sealed class Chance(int seed)
    {
        private readonly Random _random = new(seed);

        public bool OneIn(int many)
        {
            lock (_random)
                return _random.Next(many) == 0;
        }
    }
}
