using FactCheck.Host;
using Grpc.Core;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Every workflow runs live, replayed at each await, and with a crash before and after each of its commits,
/// and ends in the same history.</summary>
public sealed class SameHistoryTests
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("FACTCHECK_FULL") == "1";

    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, Func<Driver, Task>> Scenarios = new(StringComparer.Ordinal)
    {
        ["Chain"] = driver => driver.StartAsync("Chain"),
        ["Fan"] = driver => driver.StartAsync("Fan"),
        ["Family"] = driver => driver.StartAsync("Family"),
        ["Race"] = async driver =>
        {
            await driver.StartAsync("Race");
            await driver.UntilAsync(TimeSpan.FromHours(2));
        },
        ["Events"] = async driver =>
        {
            await driver.StartAsync("Events");
            await driver.SendAsync("Events", "b", "1");
            await driver.SendAsync("Events", "a", "2");
            await driver.UntilAsync(TimeSpan.FromHours(1));
            await driver.SendAsync("Events", "c", "3");
        },
        ["Retry"] = async driver =>
        {
            await driver.StartAsync("Retry");
            for (var minute = 1; minute <= 8; minute++)
                await driver.UntilAsync(TimeSpan.FromMinutes(minute));
        },
        ["Counter"] = async driver =>
        {
            await driver.StartAsync("Counter");
            foreach (var name in new[] { "e0", "e1", "e2" })
                await driver.SendAsync("Counter", name, name);
        },
        ["Failing"] = driver => driver.StartAsync("Failing"),
        ["Ping"] = async driver =>
        {
            await driver.StartAsync("Pong");
            await driver.StartAsync("Ping");
        },
        ["Suspended"] = async driver =>
        {
            await driver.StartAsync("Events");
            await driver.DoAsync(host => host.Client.SuspendInstanceAsync("Events"));
            await driver.SendAsync("Events", "b", "1");
            await driver.UntilAsync(TimeSpan.FromHours(1));
            await driver.DoAsync(host => host.Client.ResumeInstanceAsync("Events"));
            await driver.SendAsync("Events", "a", "2");
            await driver.SendAsync("Events", "c", "3");
            await driver.UntilAsync(TimeSpan.FromHours(2));
        },
        ["Terminated"] = async driver =>
        {
            await driver.StartAsync("Waiting");
            await driver.DoAsync(async host =>
            {
                if (!(await host.ReadAsync("Waiting")).IsCompleted)
                    await host.Client.TerminateInstanceAsync(
                        "Waiting",
                        new TerminateInstanceOptions("enough", Recursive: true)
                    );
            });
        },
        ["Rewound"] = async driver =>
        {
            await driver.StartAsync("Rewound");
            await driver.UntilAsync(TimeSpan.FromMinutes(10));
            await driver.DoAsync(async host =>
            {
                if ((await host.ReadAsync("Rewound")).RuntimeStatus == OrchestrationRuntimeStatus.Failed)
                    await host.Client.RewindInstanceAsync("Rewound", "mended");
            });
        },
        ["Later"] = async driver =>
        {
            await driver.StartAsync("Chain", Start.AddHours(1));
            await driver.UntilAsync(TimeSpan.FromHours(1));
        },
    };

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task A_workflow_ends_in_the_same_history_live_replayed_and_killed_at_each_commit(string name)
    {
        var live = await RunAsync(name, evict: false, CommitFault.None, 0);
        Assert.Equal(0, live.Crashes);
        Assert.EndsWith("waiting: 0 activities, 0 timers, 0 messages", live.History, StringComparison.Ordinal);
        Assert.Equal(live, await RunAsync(name, evict: true, CommitFault.None, 0));
        foreach (var fault in new[] { CommitFault.CrashBefore, CommitFault.CrashAfter })
        {
            // By itself each of both with the one, with FACTCHECK_FULL=1 with the other, too.
            foreach (var evict in Full ? [false, true] : new[] { fault == CommitFault.CrashAfter })
            {
                for (var k = 1; ; k++)
                {
                    var (history, crashes) = await RunAsync(name, evict, fault, k);
                    if (history != live.History)
                        Assert.Fail($"{fault} {k}{(evict ? ", replayed" : "")}:\n{history}\n\nlive:\n{live.History}");
                    if (crashes == 0)
                        break;
                    Assert.True(k < 100, "It never came to an end.");
                }
            }
        }
    }

    private static async Task<(string History, int Crashes)> RunAsync(
        string name,
        bool evict,
        CommitFault fault,
        int at
    )
    {
        var commits = 0;
        await using var host = await Workflows()
            .ReplayAlways(evict)
            .Configure(options => options.OnCommit = _ => ++commits == at ? fault : CommitFault.None)
            .StartAsync();
        var driver = new Driver(host);
        await Scenarios[name](driver);
        return (await host.HistoriesAsync(), driver.Crashes);
    }

    private static TestHubBuilder Workflows()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Start);
        return TestHub
            .ForTests()
            .WithTime(clock)
            .AddActivity<string, string>("Say", Task.FromResult)
            .AddActivity<string, string>("Fail", text => throw new FormatException(text))
            .AddActivity<int, string>(
                "FailUntil",
                minute =>
                    clock.GetUtcNow() < Start.AddMinutes(minute)
                        ? throw new TimeoutException("too early")
                        : Task.FromResult("at last")
            )
            .AddOrchestrator(
                "Chain",
                async context => await Say(context, "a") + await Say(context, "b") + await Say(context, "c")
            )
            .AddOrchestrator(
                "Fan",
                async context =>
                {
                    var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Say(context, $"{i}")));
                    context.SetCustomStatus(new { Done = all.Length });
                    return string.Concat(all) + context.NewGuid();
                }
            )
            .AddOrchestrator(
                "Family",
                async context =>
                {
                    var named = context.CallSubOrchestratorAsync<string>(
                        "Chain",
                        new SubOrchestrationOptions(instanceId: "named")
                    );
                    var unnamed = context.CallSubOrchestratorAsync<string>("Fan");
                    return await named + await unnamed;
                }
            )
            .AddOrchestrator(
                "Race",
                async context =>
                {
                    using var stop = new CancellationTokenSource();
                    var slow = context.CreateTimer(TimeSpan.FromDays(90), stop.Token);
                    await Task.WhenAny(slow, context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None));
#pragma warning disable CA1849, MA0042, AsyncFixer02, VSTHRD103 // an orchestrator has one thread
                    stop.Cancel();
#pragma warning restore CA1849, MA0042, AsyncFixer02, VSTHRD103
                    await context.CreateTimer(context.CurrentUtcDateTime, CancellationToken.None);
                    return context.CurrentUtcDateTime;
                }
            )
            .AddOrchestrator(
                "Events",
                async context =>
                {
                    var first = await context.WaitForExternalEvent<string>("A");
                    var second = await context.WaitForExternalEvent<string>("B");
                    string third;
                    try
                    {
                        third = await context.WaitForExternalEvent<string>("d", TimeSpan.FromMinutes(30));
                    }
                    catch (TaskCanceledException)
                    {
                        third = await context.WaitForExternalEvent<string>("c", TimeSpan.FromDays(1));
                    }
                    return first + second + third;
                }
            )
            .AddOrchestrator(
                "Retry",
                context =>
                    context.CallActivityAsync<string>(
                        "FailUntil",
                        6,
                        TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromMinutes(1), 2))
                    )
            )
            .AddOrchestrator(
                "Counter",
                async context =>
                {
                    var seen = context.GetInput<string>() ?? "";
                    context.SetCustomStatus(seen);
                    if (seen.Length == 6)
                        return await Say(context, seen);
                    seen += await context.WaitForExternalEvent<string>($"e{seen.Length / 2}");
                    context.ContinueAsNew(await Say(context, seen));
                    return "";
                }
            )
            .AddOrchestrator(
                "Failing",
                async context =>
                {
                    await Catch(context.CallActivityAsync("Fail", "one"));
                    await Catch(
                        context.CallSubOrchestratorAsync(
                            "FailingChild",
                            options: new SubOrchestrationOptions(instanceId: "failing-child")
                        )
                    );
                    await context.CallActivityAsync("Fail", "last");
                }
            )
            .AddOrchestrator("FailingChild", context => context.CallActivityAsync("Fail", "child"))
            .AddOrchestrator(
                "Pong",
                async context => context.SendEvent(await context.WaitForExternalEvent<string>("ping"), "answer", "pong")
            )
            .AddOrchestrator(
                "Ping",
                async context =>
                {
                    context.SendEvent("Pong", "ping", context.InstanceId);
                    return await context.WaitForExternalEvent<string>("answer");
                }
            )
            .AddOrchestrator(
                "Waiting",
                async context =>
                {
                    var child = context.CallSubOrchestratorAsync(
                        "Events",
                        options: new SubOrchestrationOptions(instanceId: "waiting-child")
                    );
                    await Task.WhenAny(child, context.CreateTimer(TimeSpan.FromDays(30), CancellationToken.None));
                }
            )
            .AddOrchestrator(
                "Rewound",
                async context =>
                {
                    await Say(context, "before");
                    try
                    {
                        await context.CallActivityAsync("FailUntil", 10);
                    }
                    catch (TaskFailedException)
                    {
                        await Say(context, "sorry");
                        throw;
                    }
                    return await Say(context, "after");
                }
            );
    }

    private static Task<string> Say(TaskOrchestrationContext context, string text) =>
        context.CallActivityAsync<string>("Say", text);

    private static async Task Catch(Task task)
    {
        try
        {
            await task;
        }
        catch (TaskFailedException)
        {
            // What is tested goes on after it.
        }
    }

    /// <summary>Does what a careful client does: repeats what was not acknowledged, unless it can see that it was done.
    /// Starts the host again when it has died.</summary>
    private sealed class Driver(TestHub host)
    {
        public int Crashes { get; private set; }

        public Task StartAsync(string orchestrator, DateTimeOffset? at = null) =>
            DoAsync(async running =>
            {
                if (await running.Client.GetInstanceAsync(orchestrator) is null)
                    await running.Client.ScheduleNewOrchestrationInstanceAsync(
                        orchestrator,
                        new StartOrchestrationOptions(orchestrator, at)
                    );
            });

        public Task SendAsync(string id, string name, string payload) =>
            DoAsync(async running =>
            {
                var instance = await running.ReadAsync(id);
                // by an execution whose history is gone
                var taken = instance.SerializedInput?.Contains(payload, StringComparison.Ordinal) == true;
                if (!taken && !await running.HasEventAsync(id, name) && !instance.IsCompleted)
                    await running.Client.RaiseEventAsync(id, name, payload);
            });

        public Task UntilAsync(TimeSpan sinceStart) =>
            DoAsync(running =>
            {
                var left = Start + sinceStart - running.Time.GetUtcNow();
                if (left > TimeSpan.Zero)
                    running.Time.Advance(left);
                return Task.CompletedTask;
            });

        public async Task DoAsync(Func<TestHub, Task> step)
        {
            while (true)
            {
                try
                {
                    await host.WhenIdleAsync();
                    if (host.Engine.IsAlive)
                        await step(host);
                    await host.WhenIdleAsync();
                    if (host.Engine.IsAlive)
                        return;
                }
                catch (RpcException) when (!host.Engine.IsAlive)
                {
                    // It died before it answered.
                }
                Crashes++;
                await host.CrashAsync();
                await host.StartAsync();
            }
        }
    }
}
