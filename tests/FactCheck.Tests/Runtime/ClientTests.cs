using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>Starting, asking, steering and forgetting instances.</summary>
public sealed class ClientTests
{
    [Fact]
    public async Task An_id_in_use_is_refused_and_an_ended_one_is_replaced_unless_protected()
    {
        await using var host = await WaitingHostAsync();
        await host.BeginAsync("Wait", "first", id: "a");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.BeginAsync("Wait", id: "a"));
        await host.SendAsync("a", "go", "done");

        var keep = new StartOrchestrationOptions("a").WithDedupeStatuses(OrchestrationRuntimeStatus.Completed);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", keep));
        Assert.Equal("done", (await host.ReadAsync("a")).ReadOutputAs<string>());

        await host.BeginAsync("Wait", "second", id: "a");
        var again = await host.ReadAsync("a");
        Assert.Equal((OrchestrationRuntimeStatus.Running, "second", null), (again.RuntimeStatus, again.ReadInputAs<string>(), again.SerializedOutput));
    }

    [Fact]
    public async Task Of_two_who_start_the_same_id_at_once_exactly_one_wins()
    {
        await using var host = await WaitingHostAsync();

        var starts = Enumerable.Range(0, 20).Select(i => host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", i, new StartOrchestrationOptions("same"), CancellationToken.None)).ToArray();
        await Task.WhenAll(starts).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(1, starts.Count(start => start.IsCompletedSuccessfully));
        Assert.Equal(19, starts.Count(start => start.Exception?.InnerException is OrchestrationAlreadyExistsException));
    }

    [Fact]
    public async Task A_start_in_the_future_is_pending_until_then()
    {
        await using var host = await WaitingHostAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions(StartAt: host.Time.GetUtcNow().AddDays(5)));
        await host.AdvanceAsync(TimeSpan.FromDays(4));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.ReadAsync(id)).RuntimeStatus);

        await host.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);
    }

    [Fact]
    public async Task A_client_waits_for_start_and_end_and_is_told_of_an_unknown_instance()
    {
        await using var host = await WaitingHostAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        var started = await host.Client.WaitForInstanceStartAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Running, started.RuntimeStatus);

        var end = host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        await host.Client.RaiseEventAsync(id, "go", "done");

        Assert.Equal("done", (await end).ReadOutputAs<string>());
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.WaitForInstanceCompletionAsync("nobody"));
        Assert.Null(await host.Client.GetInstanceAsync("nobody"));
    }

    [Fact]
    public async Task Payloads_that_were_not_fetched_are_not_read_as_empty()
    {
        await using var host = await WaitingHostAsync();
        await host.BeginAsync("Wait", "x", id: "a");

        var metadata = await host.Client.GetInstanceAsync("a");

        Assert.Throws<InvalidOperationException>(() => metadata!.ReadInputAs<string>());
    }

    [Fact]
    public async Task Terminating_ends_the_instance_tells_its_parent_and_leaves_children_unless_recursive()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Parent", async context =>
            {
                var failed = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallSubOrchestratorAsync("Child", context.InstanceId, new SubOrchestrationOptions(instanceId: context.InstanceId + "-child")));
                return failed.FailureDetails.ErrorMessage;
            })
            .AddOrchestrator("Child", context => context.WaitForExternalEvent<string>("never"))
            .StartAsync();
        foreach (var id in new[] { "one", "two", "three" })
            await host.BeginAsync("Parent", id: id);

        await host.Client.TerminateInstanceAsync("one-child", "stopped");
        await host.Client.TerminateInstanceAsync("two");
        await host.Client.TerminateInstanceAsync("three", new TerminateInstanceOptions("all", Recursive: true));
        await host.WhenIdleAsync();

        Assert.Equal("stopped", (await host.ReadAsync("one-child")).ReadOutputAs<string>());
        Assert.Equal("Sub-orchestration 'one-child' was terminated.", (await host.ReadAsync("one")).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.ReadAsync("two")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("two-child")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.ReadAsync("three-child")).RuntimeStatus);
    }

    [Fact]
    public async Task Termination_does_not_stop_a_running_activity_and_its_answer_is_ignored()
    {
        using var release = new SemaphoreSlim(0);
        var ended = false;
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Slow", context => context.CallActivityAsync<string>("Slow"))
            .AddActivity<object, string>("Slow", async _ =>
            {
                await release.WaitAsync();
                ended = true;
                return "too late";
            })
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
        await using var host = await WaitingHostAsync();
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
    public async Task Instances_are_listed_by_prefix_state_and_date_in_pages()
    {
        await using var host = await WaitingHostAsync();
        for (var i = 0; i < 5; i++)
        {
            await host.BeginAsync("Wait", i, id: $"task-{i}");
            await host.BeginAsync("Wait", i, id: $"other-{i}");
            host.Time.Advance(TimeSpan.FromMinutes(1));
        }
        await host.SendAsync("task-1", "go");

        var pages = new List<string>();
        await foreach (var page in host.Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: "task-", PageSize: 2)).AsPages())
            pages.Add(string.Join(' ', page.Values.Select(instance => instance.InstanceId)));
        var running = new List<string>();
        var query = new OrchestrationQuery(
            CreatedFrom: new DateTimeOffset(2030, 1, 1, 0, 1, 0, TimeSpan.Zero), CreatedTo: new DateTimeOffset(2030, 1, 1, 0, 2, 0, TimeSpan.Zero), Statuses: [OrchestrationRuntimeStatus.Running], FetchInputsAndOutputs: true);
        await foreach (var instance in host.Client.GetAllInstancesAsync(query))
            running.Add($"{instance.InstanceId} {instance.ReadInputAs<int>()}");

        Assert.Equal(["task-0 task-1", "task-2 task-3", "task-4"], pages);
        Assert.Equal(["other-1 1", "other-2 2", "task-2 2"], running);
    }

    [Fact]
    public async Task Ended_instances_are_listed_by_completion()
    {
        await using var host = await WaitingHostAsync();
        foreach (var id in new[] { "c", "a", "b" })
        {
            await host.BeginAsync("Wait", id: id);
            host.Time.Advance(TimeSpan.FromMinutes(1));
            await host.SendAsync(id, "go");
        }

        var first = await host.Client.ListInstanceIdsAsync(pageSize: 2);
        var second = await host.Client.ListInstanceIdsAsync(pageSize: 2, lastInstanceKey: first.ContinuationToken);

        Assert.Equal("c a", string.Join(' ', first.Values));
        Assert.Equal("b", string.Join(' ', second.Values));
        Assert.Null(second.ContinuationToken);
    }

    [Fact]
    public async Task Only_ended_instances_are_purged_and_nothing_of_them_is_left()
    {
        await using var host = await WaitingHostAsync();
        await host.BeginAsync("Wait", "x", id: "running");
        for (var i = 0; i < 450; i++)
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Quick", i, CancellationToken.None);
        await host.WhenIdleAsync();

        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("running")).PurgedInstanceCount);
        var purged = await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed]));

        Assert.Equal((450, true), (purged.PurgedInstanceCount, purged.IsComplete));
        Assert.Equal((1, 1, 1), (host.Count("instances"), host.Count("history"), host.Count("payloads")));
    }

    [Fact]
    public async Task Ended_instances_are_forgotten_after_the_retention_time()
    {
        await using var host = await EmbeddedHost.ForTests().Configure(options => options.Retention = TimeSpan.FromDays(7))
            .AddOrchestrator("Quick", _ => Task.FromResult(1))
            .StartAsync();
        await host.RunAsync("Quick", id: "old");
        await host.AdvanceAsync(TimeSpan.FromDays(6));
        await host.RunAsync("Quick", id: "young");

        await host.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.Null(await host.Client.GetInstanceAsync("old"));
        Assert.NotNull(await host.Client.GetInstanceAsync("young"));
    }

    [Fact]
    public async Task An_ended_instance_is_run_again_with_its_input_under_its_own_id_or_a_new_one()
    {
        await using var host = await WaitingHostAsync();
        await host.BeginAsync("Wait", "in", id: "a");
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RestartAsync("a"));
        await host.SendAsync("a", "go", "out");

        Assert.Equal("a", await host.Client.RestartAsync("a"));
        var other = await host.Client.RestartAsync("a", restartWithNewInstanceId: true);
        await host.WhenIdleAsync();

        Assert.False(string.Equals("a", other, StringComparison.Ordinal));
        Assert.Equal((OrchestrationRuntimeStatus.Running, "in"), ((await host.ReadAsync("a")).RuntimeStatus, (await host.ReadAsync(other)).ReadInputAs<string>()));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("@a")]
    public async Task An_id_that_azure_refuses_is_refused(string id)
    {
        await using var host = await WaitingHostAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => host.BeginAsync("Wait", id: id));
    }

    private static Task<TestHost> WaitingHostAsync() => EmbeddedHost.ForTests()
        .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        .AddOrchestrator("Quick", context => Task.FromResult(context.GetInput<int>()))
        .StartAsync();
}
