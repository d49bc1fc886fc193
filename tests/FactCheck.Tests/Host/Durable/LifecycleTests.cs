using Grpc.Core;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Starting, waiting for, halting, terminating and restarting instances.</summary>
public sealed class LifecycleTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Fact]
    public async Task A_start_in_the_future_is_pending_until_then()
    {
        await using var host = await Hosts.WaitingAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Wait",
            new StartOrchestrationOptions(StartAt: host.Time.GetUtcNow().AddDays(5))
        );
        await host.AdvanceAsync(TimeSpan.FromDays(4));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.ReadAsync(id)).RuntimeStatus);

        await host.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);
    }

    [Fact]
    public async Task A_client_waits_for_start_and_end()
    {
        await using var host = await Hosts.WaitingAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        var started = await host.Client.WaitForInstanceStartAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Running, started.RuntimeStatus);

        var end = host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        await host.Client.RaiseEventAsync(id, "go", "done");

        Assert.Equal("done", (await end).ReadOutputAs<string>());
        Assert.Null(await host.Client.GetInstanceAsync("nobody"));
    }

    [Fact]
    public async Task Terminating_ends_the_instance_tells_its_parent_and_leaves_children_unless_recursive()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Parent",
                async context =>
                {
                    var failed = await Assert.ThrowsAsync<TaskFailedException>(() =>
                        context.CallSubOrchestratorAsync(
                            "Child",
                            context.InstanceId,
                            new SubOrchestrationOptions(instanceId: context.InstanceId + "-child")
                        )
                    );
                    return failed.FailureDetails.ErrorMessage;
                }
            )
            .AddOrchestrator("Child", context => context.WaitForExternalEvent<string>("never"))
            .StartAsync();
        foreach (var id in new[] { "one", "two", "three" })
            await host.BeginAsync("Parent", id: id);

        await host.Client.TerminateInstanceAsync("one-child", "stopped");
        await host.Client.TerminateInstanceAsync("two");
        await host.Client.TerminateInstanceAsync("three", new TerminateInstanceOptions("all", Recursive: true));
        await host.WhenIdleAsync();

        Assert.Equal("stopped", (await host.ReadAsync("one-child")).ReadOutputAs<string>());
        Assert.Equal(
            "Sub-orchestration 'one-child' was terminated.",
            (await host.ReadAsync("one")).ReadOutputAs<string>()
        );
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.ReadAsync("two")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("two-child")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.ReadAsync("three-child")).RuntimeStatus);
    }

    [Fact]
    public async Task Termination_does_not_stop_a_running_activity_and_its_answer_is_ignored()
    {
        using var release = new SemaphoreSlim(0);
        var ended = false;
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator("Slow", context => context.CallActivityAsync<string>("Slow"))
            .AddActivity<object, string>(
                "Slow",
                async _ =>
                {
                    await release.WaitAsync();
                    ended = true;
                    return "too late";
                }
            )
            .StartAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Slow");
        await host.Until(() => host.Count("activities") == 1);
        await host.Client.TerminateInstanceAsync(id);
        release.Release();
        await host.WhenIdleAsync();

        Assert.True(ended);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.ReadAsync(id)).RuntimeStatus);
        Assert.Equal(0, host.Count("activities") + host.Count("inbox"));
    }

    [Fact]
    public async Task A_suspended_instance_keeps_what_comes_until_it_is_resumed_even_over_a_restart()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", id: "a");
        await host.Client.SuspendInstanceAsync("a", "lunch");
        await host.SendAsync("a", "go", "done");
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.ReadAsync("a")).RuntimeStatus);

        await host.CrashAsync();
        await host.StartAsync();
        await host.WhenIdleAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.ReadAsync("a")).RuntimeStatus);
        await host.Client.ResumeInstanceAsync("a");
        await host.WhenIdleAsync();

        Assert.Equal("done", (await host.ReadAsync("a")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_ended_instance_is_run_again_with_its_input_under_its_own_id_or_a_new_one()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", "in", id: "a");
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RestartAsync("a"));
        await host.SendAsync("a", "go", "out");

        Assert.Equal("a", await host.Client.RestartAsync("a"));
        var other = await host.Client.RestartAsync("a", restartWithNewInstanceId: true);
        await host.WhenIdleAsync();

        Assert.False(string.Equals("a", other, StringComparison.Ordinal));
        Assert.Equal(
            (OrchestrationRuntimeStatus.Running, "in"),
            ((await host.ReadAsync("a")).RuntimeStatus, (await host.ReadAsync(other)).ReadInputAs<string>())
        );
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_suspended_instance_queues_timers_activities_and_children_and_does_not_end(bool evict)
    {
        var leave = new TaskCompletionSource();
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "All",
                async context =>
                {
                    var timer = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    var all = await Task.WhenAll(
                        context.CallActivityAsync<string>("Slow"),
                        context.CallSubOrchestratorAsync<string>(
                            "Child",
                            new SubOrchestrationOptions(instanceId: "child")
                        )
                    );
                    await timer;
                    return string.Concat(all) + context.CurrentUtcDateTime.Hour;
                }
            )
            .AddOrchestrator("Child", context => context.WaitForExternalEvent<string>("go"))
            .AddActivity<object?, string>(
                "Slow",
                async _ =>
                {
                    await leave.Task;
                    return "slow ";
                }
            )
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("All", new StartOrchestrationOptions("a"));
        await host.Until(() => host.Count("timers") == 1); // it has asked for all
        await host.Client.SuspendInstanceAsync("a", "lunch");
        leave.SetResult();
        await host.SendAsync("child", "go", "child ");
        await host.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.ReadAsync("a")).RuntimeStatus);
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        await host.Client.ResumeInstanceAsync("a", "back");
        await host.WhenIdleAsync();

        Assert.Equal("slow child 3", (await host.ReadAsync("a")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_suspended_instance_can_be_terminated_and_one_that_was_not_begun_is_pending_when_resumed()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", id: "a");
        await host.Client.SuspendInstanceAsync("a");
        await host.Client.TerminateInstanceAsync("a", "enough");
        Assert.Equal("enough", (await host.ReadAsync("a")).ReadOutputAs<string>());

        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Wait",
            new StartOrchestrationOptions("b", host.Time.GetUtcNow().AddHours(1))
        );
        await host.Client.SuspendInstanceAsync("b");
        await host.AdvanceAsync(TimeSpan.FromMinutes(30));
        await host.Client.ResumeInstanceAsync("b");
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.ReadAsync("b")).RuntimeStatus);
        await host.Client.SuspendInstanceAsync("b");
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.ReadAsync("b")).RuntimeStatus);
        await host.Client.ResumeInstanceAsync("b");
        await host.WhenIdleAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("b")).RuntimeStatus);
    }

    [Fact]
    public async Task Steering_what_is_not_there_or_has_ended_changes_nothing_and_is_refused_as_Microsoft_s_backends_do()
    {
        await using var host = await TestHub.ForTests().AddOrchestrator("Quick", _ => Task.FromResult(1)).StartAsync();
        await host.RunAsync("Quick", id: "q");
        await host.Client.SuspendInstanceAsync("q"); // it does not run, as was wanted
        await host.Client.ResumeInstanceAsync("q");
        Assert.Equal(
            StatusCode.FailedPrecondition,
            (await Assert.ThrowsAsync<RpcException>(() => host.Client.TerminateInstanceAsync("q", "enough"))).StatusCode
        );
        foreach (
            var steer in new Func<Task>[]
            {
                () => host.Client.SuspendInstanceAsync("nobody"),
                () => host.Client.ResumeInstanceAsync("nobody"),
                () => host.Client.TerminateInstanceAsync("nobody", "enough"),
            }
        )
            Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(steer)).StatusCode);

        Assert.Equal(
            (OrchestrationRuntimeStatus.Completed, 1),
            ((await host.ReadAsync("q")).RuntimeStatus, (await host.ReadAsync("q")).ReadOutputAs<int>())
        );
        Assert.Null(await host.Client.GetInstanceAsync("nobody"));
    }

    [Fact]
    public async Task Restart_keeps_tags_and_version_and_is_refused_for_an_unknown_instance()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator("Quick", context => Task.FromResult(context.Version))
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Quick",
            new StartOrchestrationOptions("q")
            {
                Version = "1.5",
                Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["desk"] = "sport" },
            }
        );
        await host.WhenIdleAsync();

        var again = await host.Client.RestartAsync("q", restartWithNewInstanceId: true);
        await host.WhenIdleAsync();

        var ended = await host.ReadAsync(again);
        Assert.Equal(("1.5", "sport"), (ended.ReadOutputAs<string>(), ended.Tags["desk"]));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RestartAsync("nobody"));
    }
}
