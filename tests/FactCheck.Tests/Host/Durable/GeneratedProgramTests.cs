using System.Collections.Concurrent;
using System.Globalization;
using FactCheck.Host;
using Grpc.Core;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Whatever an orchestrator does, and whenever its worker forgets it or its host dies: it comes to the same,
/// and to what it comes to on Microsoft's own host. A few programs each time, many with <c>FACTCHECK_FULL=1</c>;
/// <c>FACTCHECK_PROGRAM=SEED</c> runs one alone.</summary>
public sealed class GeneratedProgramTests
{
    private const int FirstSeed = 21; // soon after it comes one whose events are there when it goes on as new
    private const int MostShrinks = 20;

    // one in six is for this host alone
    private static readonly int Programs = Environment.GetEnvironmentVariable("FACTCHECK_FULL") == "1" ? 600 : 20;

    /// <summary>Microsoft's host sleeps for half a second whenever it has as many work items in hand as there are
    /// cores: so there are several, each with a program.</summary>
    private const int AtOnce = 8;

    private static readonly TimeSpan PeersMinute = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PeersLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_program_that_is_replayed_or_forgotten_at_random_moments_comes_to_what_a_live_one_does()
    {
        var forgotten = 0;
        await EachAsync(
            async (program, seed) =>
            {
                Assert.Equal(program.Expected(), await RunAsync(program, _ => { }));
                Assert.Equal(program.Expected(), await RunAsync(program, hub => hub.ReplayAlways()));
                var chance = new Chance(seed);
                Assert.Equal(
                    program.Expected(),
                    await RunAsync(
                        program,
                        hub =>
                            hub.Runner.OnEpisode = (_, _) =>
                            {
                                if (chance.OneIn(3))
                                    hub.Runner.DropSessions(); // the host believes that they are there
                                if (!chance.OneIn(5))
                                    return;
                                hub.Runner.Forget(); // the host knows
                                Interlocked.Increment(ref forgotten);
                            }
                    )
                );
            }
        );
        Assert.InRange(forgotten, IsOne ? 0 : Programs, int.MaxValue);
    }

    [Fact]
    public async Task A_program_comes_to_the_same_on_Microsofts_host_and_here_where_the_host_dies_at_random_commits()
    {
        var peers = new ConcurrentBag<Peer>(
            await Task.WhenAll(
                Enumerable
                    .Range(0, AtOnce)
                    .Select(_ => Peer.StartAsync(GeneratedProgram.AddTo(TestHub.ForTests()).Runner))
            )
        );
        var deaths = 0;
        await EachAsync(
            async (program, seed) =>
            {
                if (program.IsForBoth)
                    await OnPeerAsync(
                        peers,
                        async client => Assert.Equal(program.ExpectedThere(), await RunAsync(program, client))
                    );
                var chance = new Chance(seed);
                Assert.Equal(
                    program.Expected(),
                    await RunAsync(
                        program,
                        hub =>
                            hub.Configure(options =>
                                options.OnCommit = _ =>
                                {
                                    options.ReplayAlways = chance.OneIn(2); // of the next run
                                    var fault =
                                        chance.OneIn(6) ? CommitFault.CrashBefore
                                        : chance.OneIn(5) ? CommitFault.CrashAfter
                                        : chance.OneIn(4) ? CommitFault.Fail
                                        : CommitFault.None;
                                    if (fault is CommitFault.CrashBefore or CommitFault.CrashAfter)
                                        Interlocked.Increment(ref deaths);
                                    return fault;
                                }
                            )
                    )
                );
            }
        );
        Assert.InRange(deaths, IsOne ? 0 : Programs, int.MaxValue);
        foreach (var peer in peers)
            await peer.DisposeAsync();
    }

    private static async Task OnPeerAsync(ConcurrentBag<Peer> peers, Func<DurableTaskClient, Task> run)
    {
        Assert.True(peers.TryTake(out var peer)); // there are as many as programs at once
        try
        {
            await run(peer.Client);
        }
        finally
        {
            peers.Add(peer);
        }
    }

    private static bool IsOne => Environment.GetEnvironmentVariable("FACTCHECK_PROGRAM") is not null;

    private static async Task EachAsync(Func<GeneratedProgram, int, Task> check)
    {
        var seeds = int.TryParse(
            Environment.GetEnvironmentVariable("FACTCHECK_PROGRAM"),
            CultureInfo.InvariantCulture,
            out var one
        )
            ? [one]
            : Enumerable.Range(FirstSeed, Programs);
        await Parallel.ForEachAsync(
            seeds,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (seed, _) =>
            {
                var program = GeneratedProgram.Of(seed);
                if (await WrongAsync(check, program, seed) is not { } wrong)
                    return;
                var (small, why) = await ShrinkAsync(check, program, seed, wrong);
                throw new InvalidOperationException(
                    $"Program {seed} ({program}). The least of it that is wrong, too: {small}: {why.Message}",
                    why
                );
            }
        );
    }

    private static async Task<Exception?> WrongAsync(
        Func<GeneratedProgram, int, Task> check,
        GeneratedProgram program,
        int seed
    )
    {
        try
        {
            await check(program, seed);
            return null;
        }
        catch (Exception wrong)
        {
            return wrong;
        }
    }

    /// <summary>Leaves out one step after the other, for as long as it is still wrong without.</summary>
    private static async Task<(GeneratedProgram Program, Exception Why)> ShrinkAsync(
        Func<GeneratedProgram, int, Task> check,
        GeneratedProgram program,
        int seed,
        Exception why
    )
    {
        var tries = 0;
        for (var step = 0; step < program.Steps.Length && tries < MostShrinks; tries++)
        {
            var smaller = program with { Steps = [.. program.Steps.Where((_, i) => i != step)] };
            if (await WrongAsync(check, smaller, seed) is { } still)
                (program, why) = (smaller, still);
            else
                step++;
        }
        return (program, why);
    }

    /// <summary>Runs a program to its end on Microsoft's host; what came of it.</summary>
    private static async Task<Outcome> RunAsync(GeneratedProgram program, DurableTaskClient client)
    {
        using var limit = new CancellationTokenSource(PeersLimit);
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Program", program.Input(PeersMinute), limit.Token);
        if (program.IsSuspended)
            await client.SuspendInstanceAsync(id, cancellation: limit.Token);
        foreach (var name in program.Events)
            await client.RaiseEventAsync(id, name, name, limit.Token);
        if (program.IsSuspended)
            await client.ResumeInstanceAsync(id, cancellation: limit.Token);
        if (program.Ending == Ending.Terminated)
        {
            while (!IsWaiting(await client.GetInstanceAsync(id, getInputsAndOutputs: true, limit.Token)))
                await Task.Delay(5, limit.Token);
            await client.TerminateInstanceAsync(id, GeneratedProgram.Reason, limit.Token);
        }
        return Outcome.Of(await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, limit.Token));
    }

    /// <summary>Runs a program to its end on a host of ours that is started again when it died; what came of
    /// it.</summary>
    private static async Task<Outcome> RunAsync(GeneratedProgram program, Action<TestHubBuilder> configure)
    {
        var builder = GeneratedProgram.AddTo(TestHub.ForTests());
        configure(builder);
        var quiet = false;
        builder.Configure(options =>
        {
            if (options.OnCommit is { } onCommit)
                options.OnCommit = commit => Volatile.Read(ref quiet) ? CommitFault.None : onCommit(commit);
        });
        await using var host = await builder.StartAsync();
        // What is sent meets it while it runs, and goes on as new.
        await AcknowledgedAsync(
            host,
            async () =>
            {
                if (await host.Client.GetInstanceAsync("p") is null)
                    await host.Client.ScheduleNewOrchestrationInstanceAsync(
                        "Program",
                        program.Input(TimeSpan.FromMinutes(1)),
                        new StartOrchestrationOptions("p")
                    );
            }
        );
        if (program.IsSuspended)
        {
            await UnlessEndedAsync(host, () => host.Client.SuspendInstanceAsync("p"));
            await AliveAsync(host, () => host.AdvanceAsync(TimeSpan.FromHours(1))); // its timers ring meanwhile
        }
        // Sent until it is acknowledged: one that was stored without an answer comes twice, and the second is nobody's.
        foreach (var name in program.Events)
            await UnlessEndedAsync(host, () => host.Client.RaiseEventAsync("p", name, name));
        if (program.IsSuspended)
            await UnlessEndedAsync(host, () => host.Client.ResumeInstanceAsync("p"));
        for (
            var hour = 0;
            hour < 20 && await AliveAsync(host, () => host.ReadAsync("p")) is { IsCompleted: false } open;
            hour++
        )
        {
            if (program.Ending == Ending.Terminated && IsWaiting(open))
                await UnlessEndedAsync(host, () => host.Client.TerminateInstanceAsync("p", GeneratedProgram.Reason));
            else
                await AliveAsync(host, () => host.AdvanceAsync(TimeSpan.FromHours(1)));
        }
        Volatile.Write(ref quiet, true);
        await AliveAsync(host, () => host.AdvanceAsync(TimeSpan.FromHours(1)));

        var ended = await host.ReadAsync("p");
        Assert.Equal((0, 0, 0), (host.Count("activities"), host.Count("timers"), host.Count("inbox")));
        return Outcome.Of(ended);
    }

    private static bool IsWaiting(OrchestrationMetadata? instance) =>
        instance is { IsCompleted: false, SerializedCustomStatus: not null }
        && instance.ReadCustomStatusAs<string>() == GeneratedProgram.Waiting;

    private static Task UnlessEndedAsync(TestHub host, Func<Task> step) =>
        AcknowledgedAsync(
            host,
            async () =>
            {
                if (!(await host.ReadAsync("p")).IsCompleted)
                    await step();
            }
        );

    private static Task AliveAsync(TestHub host, Func<Task> step) =>
        AliveAsync(
            host,
            async () =>
            {
                await step();
                return true;
            }
        );

    /// <summary>Does a step until it is acknowledged. The host may have died since.</summary>
    private static Task AcknowledgedAsync(TestHub host, Func<Task> step) =>
        AliveAsync(
            host,
            async () =>
            {
                await step();
                return true;
            },
            settles: false
        );

    /// <summary>Does a step, on hosts that are started again, until one has outlived what came of it.</summary>
    private static async Task<T> AliveAsync<T>(TestHub host, Func<Task<T>> step, bool settles = true)
    {
        while (true)
        {
            try
            {
                var done = await step();
                if (!settles)
                    return done;
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
