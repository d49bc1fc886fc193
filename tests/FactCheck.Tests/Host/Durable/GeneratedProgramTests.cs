using CsCheck;
using FactCheck.Host;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Whatever an orchestrator does, and whenever it is dropped from memory or its host dies: it comes to the same, and its history replays to what it did.</summary>
public sealed class GeneratedProgramTests
{
    [Fact]
    public async Task A_program_that_is_dropped_at_random_moments_comes_to_what_a_live_one_does() =>
        await Gen.Select(GeneratedProgram.Any, Gen.Int).SampleAsync(
            async (program, seed) =>
            {
                var live = await RunAsync(program, (_, _) => CommitFault.None);
                var always = await RunAsync(program, (options, _) => Evict(options, always: true));
                var random = new Random(seed);
                var sometimes = await RunAsync(program, (options, _) => Evict(options, random.Next(2) == 0));
                Assert.Equal(live, always);
                Assert.Equal(live, sometimes);
            },
            iter: 40, threads: 2);

    [Fact]
    public async Task A_program_whose_host_dies_at_random_commits_comes_to_what_a_live_one_does() =>
        await Gen.Select(GeneratedProgram.Any, Gen.Int).SampleAsync(
            async (program, seed) =>
            {
                var live = await RunAsync(program, (_, _) => CommitFault.None);
                var random = new Random(seed);
                var crashed = await RunAsync(program, (options, _) => random.Next(6) switch
                {
                    0 => CommitFault.CrashBefore,
                    1 => CommitFault.CrashAfter,
                    2 => CommitFault.Fail,
                    _ => Evict(options, random.Next(2) == 0),
                });
                Assert.Equal(live, crashed);
            },
            iter: 25, threads: 2);

    private static CommitFault Evict(FunctionHostOptions options, bool always)
    {
        options.EvictAlways = always;
        return CommitFault.None;
    }

    /// <summary>Runs a program to its end on a host that does this at each commit, restarted when it died; what came of it.</summary>
    private static async Task<(OrchestrationRuntimeStatus Status, string? Output, string? CustomStatus)> RunAsync(
        GeneratedProgram program, Func<FunctionHostOptions, int, CommitFault> onCommit)
    {
        var quiet = false;
        await using var host = await program.Host()
            .Configure(options => options.OnCommit = commit => Volatile.Read(ref quiet) ? CommitFault.None : onCommit(options, commit))
            .StartAsync();
        await AliveAsync(host, async () =>
        {
            if (await host.Client.GetInstanceAsync("p") is null)
                await host.BeginAsync("Program", id: "p");
        });
        foreach (var name in program.Events)
        {
            // Sent until it is acknowledged: one that was stored without an answer comes twice, and the second is nobody's.
            await AliveAsync(host, () => host.SendAsync("p", name, name));
        }
        for (var hour = 0; hour < 20; hour++)
            await AliveAsync(host, () => host.AdvanceAsync(TimeSpan.FromHours(1)));
        Volatile.Write(ref quiet, true);
        await AliveAsync(host, () => host.AdvanceAsync(TimeSpan.FromHours(1)));

        var ended = await host.ReadAsync("p");
        Assert.Equal(0, host.Count("activities") + host.Count("timers") + host.Count("inbox"));
        Assert.True(await host.Engine.CallAsync("replay", engine => engine.Replay("p")) > 0);
        return (ended.RuntimeStatus, ended.ReadOutputAs<string>(), ended.ReadCustomStatusAs<string>());
    }

    private static async Task AliveAsync(TestHub host, Func<Task> step)
    {
        while (true)
        {
            try
            {
                await step();
                await host.WhenIdleAsync();
                if (host.Engine.IsAlive)
                    return;
            }
            catch (IOException)
            {
                continue; // it could not be stored, three times running; the host lives
            }
            catch (ObjectDisposedException)
            {
                // It died before it answered.
            }
            await host.CrashAsync();
            await host.StartAsync();
        }
    }
}
