using System.Diagnostics.Metrics;
using FactCheck.Host;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Nothing that was acknowledged is lost, whatever happens to the process or a commit.</summary>
public sealed class DurabilityTests
{
    /// <summary>One instance that does everything: activities in parallel and in a row, a child, a timer, an event, a
    /// retry, a new beginning.</summary>
    private static TestHubBuilder Everything(Action<string>? ran = null) =>
        TestHub
            .ForTests()
            .AddOrchestrator(
                "Everything",
                async context =>
                {
                    var before = context.GetInput<string>() ?? "";
                    if (before.Length == 0)
                    {
                        var both = await Task.WhenAll(
                            context.CallActivityAsync<string>("Say", "a"),
                            context.CallActivityAsync<string>("Say", "b")
                        );
                        context.SetCustomStatus("half way");
                        context.ContinueAsNew(both[0] + both[1]);
                        return "";
                    }
                    var child = await context.CallSubOrchestratorAsync<string>("Child", "c");
                    await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    var said = await context.WaitForExternalEvent<string>("e");
                    var last = await context.CallActivityAsync<string>(
                        "Flaky",
                        "d",
                        TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMinutes(5)))
                    );
                    return before + child + said + last;
                }
            )
            .AddOrchestrator("Child", context => context.CallActivityAsync<string>("Say", context.GetInput<string>()))
            .AddActivity<string, string>(
                "Say",
                (text, context) =>
                {
                    ran?.Invoke($"{text} {context.Key}");
                    return Task.FromResult(text);
                }
            )
            .AddActivity<string, string>(
                "Flaky",
                (text, context) =>
                {
                    ran?.Invoke($"{text} {context.Key}");
                    return Seen.TryAdd($"{text} {context.Request.OrchestrationInstance}", true)
                        ? throw new TimeoutException("the first time")
                        : Task.FromResult(text);
                }
            );

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> Seen = new(
        StringComparer.Ordinal
    );

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_crash_at_any_commit_loses_nothing_and_ends_in_the_same(bool after, bool evict)
    {
        var crashes = 0;
        for (var k = 1; ; k++)
        {
            var commits = 0;
            var crashAt = k;
            await using var host = await Everything()
                .ReplayAlways(evict)
                .Configure(options =>
                    options.OnCommit = _ =>
                        ++commits == crashAt
                            ? after
                                ? CommitFault.CrashAfter
                                : CommitFault.CrashBefore
                            : CommitFault.None
                )
                .StartAsync();
            var crashed = await DriveAsync(host);
            crashes += crashed;

            var ended = await host.ReadAsync("x");
            Assert.Equal((k, "abced"), (k, await host.OutputAsync<string>("x")));
            Assert.Equal("half way", ended.ReadCustomStatusAs<string>());
            Assert.Equal((k, 0L), (k, host.Count("activities") + host.Count("timers") + host.Count("inbox")));
            if (crashed == 0)
                break;
            Assert.True(k < 100, "It never came to an end.");
        }
        Assert.True(crashes > 5, $"There were only {crashes} crashes.");
    }

    [Fact]
    public async Task A_commit_that_fails_is_tried_again_and_nobody_notices()
    {
        for (var k = 1; k <= 12; k++)
        {
            var commits = 0;
            var failAt = k;
            await using var host = await Everything()
                .Configure(options =>
                    options.OnCommit = _ =>
                        ++commits == failAt || commits == failAt + 1 ? CommitFault.Fail : CommitFault.None
                )
                .StartAsync();

            Assert.Equal(0, await DriveAsync(host));

            Assert.Equal((k, "abced"), (k, await host.OutputAsync<string>("x")));
        }
    }

    [Fact]
    public async Task An_answer_whose_commit_failed_while_its_instance_was_suspended_is_there_after_a_crash()
    {
        var answer = new TaskCompletionSource<string>();
        var fail = 0;
        await using var host = await Everything()
            .AddActivity<string, string>("Say", _ => answer.Task)
            .Configure(options =>
                options.OnCommit = _ => Interlocked.Exchange(ref fail, 0) == 1 ? CommitFault.Fail : CommitFault.None
            )
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Child",
            "c",
            new StartOrchestrationOptions("a"),
            CancellationToken.None
        );
        await host.Client.SuspendInstanceAsync("a");
        Volatile.Write(ref fail, 1);
        answer.SetResult("said");
        await host.WhenIdleAsync();
        Assert.Equal((0, 0L), (Volatile.Read(ref fail), host.Count("activities")));

        await host.CrashAsync();
        await host.StartAsync();
        await host.Client.ResumeInstanceAsync("a");
        await host.WhenIdleAsync();

        Assert.Equal("said", await host.OutputAsync<string>("a"));
    }

    [Fact]
    public async Task What_goes_wrong_after_a_commit_does_not_apply_its_commands_again()
    {
        await using var host = await Everything().StartAsync();
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        var errors = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (
                ReferenceEquals(instrument.Meter.Scope, meters)
                && instrument.Name.EndsWith("commits", StringComparison.Ordinal)
            )
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (_, _, _, _) =>
            {
                errors++;
                throw new NotSupportedException("a listener that can't listen");
            }
        );
        listener.Start();

        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Child",
            "x",
            new StartOrchestrationOptions("a"),
            CancellationToken.None
        );
        await host.WhenIdleAsync();

        Assert.Equal("x", await host.OutputAsync<string>("a"));
        Assert.True(errors >= 2);
    }

    [Fact]
    public async Task A_caller_whose_command_cannot_be_stored_gets_the_error_and_the_next_one_is_served()
    {
        var broken = true;
        await using var host = await Everything()
            .Configure(options =>
                options.OnCommit = _ => Volatile.Read(ref broken) ? CommitFault.Fail : CommitFault.None
            )
            .StartAsync();

        await Assert.ThrowsAsync<RpcException>(() =>
            host.Client.ScheduleNewOrchestrationInstanceAsync(
                "Child",
                "x",
                new StartOrchestrationOptions("a"),
                CancellationToken.None
            )
        );
        Volatile.Write(ref broken, false);

        Assert.Null(await host.Client.GetInstanceAsync("a"));
        Assert.Equal("y", (await host.RunAsync("Child", "y", "a")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task When_the_engine_ends_while_a_failed_batch_is_tried_one_by_one_nobody_waits_for_ever()
    {
        var faults = new Queue<CommitFault>();
        await using var host = await Everything()
            .Configure(options => options.OnCommit = _ => faults.TryDequeue(out var fault) ? fault : CommitFault.None)
            .StartAsync();
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var busy = host.Engine.CallAsync(
            "a batch of its own",
            _ =>
            {
                begun.Set();
                return gate.Wait(TimeSpan.FromMinutes(1));
            }
        );
        Assert.True(begun.Wait(TimeSpan.FromMinutes(1)));
        Task[] callers = [.. Enumerable.Range(0, 3).Select(i => host.Client.RaiseEventAsync($"nobody{i}", "e"))];
        faults.Enqueue(CommitFault.None); // of the batch that holds up the three
        faults.Enqueue(CommitFault.Fail); // theirs
        faults.Enqueue(CommitFault.CrashBefore); // the first of them, alone

        gate.Set();

        Assert.True(await busy);
        foreach (var caller in callers)
            await Assert.ThrowsAsync<RpcException>(() => caller.WaitAsync(TimeSpan.FromMinutes(1)));
        await host.CrashAsync();
        await host.StartAsync();
    }

    [Fact]
    public async Task An_activity_that_runs_again_after_a_crash_is_the_same_call()
    {
        var ran = new List<string>();
        var commits = 0;
        await using var host = await Everything(text =>
            {
                lock (ran)
                    ran.Add(text);
            })
            // the answer's
            .Configure(options => options.OnCommit = _ => ++commits == 3 ? CommitFault.CrashBefore : CommitFault.None)
            .StartAsync();
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await host.BeginAsync("Child", "once", "a");
            await host.Client.WaitForInstanceCompletionAsync("a");
        });
        await host.CrashAsync();
        await host.StartAsync();
        await host.WhenIdleAsync();

        Assert.Equal("once", await host.OutputAsync<string>("a"));
        Assert.Equal(2, ran.Count);
        Assert.Single(ran.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_timer_that_was_due_while_the_host_was_down_fires_late()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Sleep",
                async context =>
                {
                    await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    return context.CurrentUtcDateTime;
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Sleep");
        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromHours(5));
        await host.StartAsync();
        await host.WhenIdleAsync();

        Assert.Equal(
            new DateTime(2030, 1, 1, 5, 0, 0, DateTimeKind.Utc),
            (await host.ReadAsync(id)).ReadOutputAs<DateTime>()
        );
    }

    [Fact]
    public async Task Instances_are_dropped_from_memory_when_there_are_too_many_and_read_again_when_they_are_needed()
    {
        await using var host = await TestHub
            .ForTests()
            .Configure(options => options.CacheBytes = 1)
            .AddOrchestrator(
                "Wait",
                async context =>
                {
                    var timer = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    var child = context.CallSubOrchestratorAsync<string>(
                        "Child",
                        new SubOrchestrationOptions(instanceId: context.InstanceId + "-child")
                    );
                    var said = context.WaitForExternalEvent<string>("e");
                    await timer;
                    return await said + await child + await context.WaitForExternalEvent<string>("e");
                }
            )
            .AddOrchestrator("Child", context => context.WaitForExternalEvent<string>("e"))
            .StartAsync();
        for (var i = 0; i < 5; i++)
            await host.BeginAsync("Wait", id: $"w{i}");
        Assert.Equal(0, await host.Engine.CallAsync("count", _ => host.Engine.Memory.Count));
        for (var i = 0; i < 5; i++)
        {
            await host.SendAsync($"w{i}", "e", $"{i}a");
            await host.Client.SuspendInstanceAsync($"w{i}");
            await host.SendAsync($"w{i}", "e", "c");
            await host.SendAsync($"w{i}-child", "e", "b");
        }
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(0, await host.Engine.CallAsync("count", _ => host.Engine.Memory.Count));
        for (var i = 0; i < 5; i++)
            await host.Client.ResumeInstanceAsync($"w{i}");
        await host.WhenIdleAsync();

        for (var i = 0; i < 5; i++)
            Assert.Equal($"{i}abc", await host.OutputAsync<string>($"w{i}"));
    }

    [Theory]
    // characters an event, and how many instances fit into 40 kB; a little more than what is told of them
    [InlineData(0, 40)]
    [InlineData(9_500, 2)]
    public async Task What_instances_hold_in_memory_is_counted_after_a_restart_too(int eventLength, int fit)
    {
        await using var host = await TestHub
            .ForTests()
            .Configure(options => options.CacheBytes = 50_000)
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("e"))
            .StartAsync();
        for (var i = 0; i < 60; i++)
        {
            await host.BeginAsync("Wait", id: $"w{i}");
            await host.Client.SuspendInstanceAsync($"w{i}");
            if (eventLength > 0)
                await host.SendAsync($"w{i}", "e", new string('x', eventLength));
        }
        Assert.InRange(await host.Engine.CallAsync("count", _ => host.Engine.Memory.Count), fit - 3, fit + 3);
        await host.CrashAsync();
        await host.StartAsync();
        await host.WhenIdleAsync();
        for (var i = 0; i < 60; i++)
            await host.Client.SuspendInstanceAsync($"w{i}"); // touched, though nothing comes of it

        Assert.InRange(await host.Engine.CallAsync("count", _ => host.Engine.Memory.Count), fit - 3, fit + 3);
    }

    [Fact]
    public async Task A_live_instance_goes_on_without_replay()
    {
        var starts = 0;
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Wait",
                async context =>
                {
                    starts++;
                    for (var i = 0; i < 5; i++)
                        await context.WaitForExternalEvent<string>("e");
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Wait");
        for (var i = 0; i < 5; i++)
            await host.SendAsync(id, "e");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.ReadAsync(id)).RuntimeStatus);
        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task A_second_owner_is_told_who_the_first_is()
    {
        await using var first = await Everything().StartAsync();

        var refused = await Assert.ThrowsAsync<FunctionHostException>(() =>
            Everything().WithData(first.DataDirectory).StartAsync()
        );

        Assert.Contains($"is in use by process {Environment.ProcessId} (", refused.Message, StringComparison.Ordinal);
        Assert.Contains("since 2030-01-01 00:00:00Z", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_that_wakes_after_another_took_over_writes_nothing_more()
    {
        await using var host = await Everything().StartAsync();
        await host.BeginAsync("Child", "x", "a");
        Hosts.Sql(host.DataDirectory, "UPDATE meta SET value = value + 1 WHERE key = 'epoch'"); // as a new owner does

        await Assert.ThrowsAsync<RpcException>(() =>
            host.Client.ScheduleNewOrchestrationInstanceAsync(
                "Child",
                "y",
                new StartOrchestrationOptions("b"),
                CancellationToken.None
            )
        );

        Assert.Equal(1, host.Count("instances"));
        await Assert.ThrowsAsync<RpcException>(() => host.Client.RaiseEventAsync("a", "e"));
    }

    [Fact]
    public async Task A_file_of_a_newer_release_and_one_of_something_else_are_refused_by_name()
    {
        await using var host = await Everything().StartAsync();
        await host.StopAsync();
        Hosts.Sql(host.DataDirectory, "PRAGMA user_version = 99");
        Assert.Contains(
            "was written by a newer release (schema 99; this one knows up to 5)",
            (await Assert.ThrowsAsync<FunctionHostException>(host.StartAsync)).Message,
            StringComparison.Ordinal
        );

        Hosts.Sql(host.DataDirectory, "PRAGMA application_id = 1");
        await host.StopAsync();
        Assert.Contains(
            "is a database of something else",
            (await Assert.ThrowsAsync<FunctionHostException>(host.StartAsync)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_by_name()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["runtime.db"], new string('x', 8192));

        var refused = await Assert.ThrowsAsync<FunctionHostException>(() =>
            Everything().WithData(folder.Path).StartAsync()
        );

        Assert.Contains("runtime.db can't be opened", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Does what a careful client does: repeats what was not acknowledged. Restarts the host when it has died;
    /// returns how often.</summary>
    private static async Task<int> DriveAsync(TestHub host)
    {
        var crashes = 0;
        async Task Step(Func<Task> step)
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
                catch (RpcException)
                {
                    // It died before it answered.
                }
                crashes++;
                await host.CrashAsync();
                await host.StartAsync();
            }
        }

        await Step(async () =>
        {
            if (await host.Client.GetInstanceAsync("x") is null)
                await host.BeginAsync("Everything", id: "x");
        });
        // One too many is as good as one: nobody waits for the second.
        await Step(() => host.SendAsync("x", "e", "e"));
        for (var i = 0; i < 3; i++)
            await Step(() => host.AdvanceAsync(TimeSpan.FromHours(1)));
        return crashes;
    }
}
