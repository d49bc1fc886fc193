namespace FactCheck.Tests.Host.Durable;

/// <summary>Finding instances and forgetting them.</summary>
public sealed class QueryAndPurgeTests
{
    [Fact]
    public async Task Payloads_that_were_not_fetched_are_not_read_as_empty()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", "x", id: "a");

        var metadata = await host.Client.GetInstanceAsync("a");

        Assert.Throws<InvalidOperationException>(() => metadata!.ReadInputAs<string>());
    }

    [Fact]
    public async Task Instances_are_listed_by_prefix_state_and_date_in_pages()
    {
        await using var host = await Hosts.WaitingAsync();
        for (var i = 0; i < 5; i++)
        {
            await host.BeginAsync("Wait", i, id: $"task-{i}");
            await host.BeginAsync("Wait", i, id: $"other-{i}");
            host.Time.Advance(TimeSpan.FromMinutes(1));
        }
        await host.SendAsync("task-1", "go");

        var pages = new List<string>();
        await foreach (
            var page in host
                .Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: "task-", PageSize: 2))
                .AsPages()
        )
            pages.Add(string.Join(' ', page.Values.Select(instance => instance.InstanceId)));
        var running = new List<string>();
        var query = new OrchestrationQuery(
            CreatedFrom: new DateTimeOffset(2030, 1, 1, 0, 1, 0, TimeSpan.Zero),
            CreatedTo: new DateTimeOffset(2030, 1, 1, 0, 2, 0, TimeSpan.Zero),
            Statuses: [OrchestrationRuntimeStatus.Running],
            FetchInputsAndOutputs: true
        );
        await foreach (var instance in host.Client.GetAllInstancesAsync(query))
            running.Add($"{instance.InstanceId} {instance.ReadInputAs<int>()}");

        Assert.Equal(["task-0 task-1", "task-2 task-3", "task-4"], pages);
        Assert.Equal(["other-1 1", "other-2 2", "task-2 2"], running);
    }

    [Fact]
    public async Task Ended_instances_are_listed_by_completion()
    {
        await using var host = await Hosts.WaitingAsync();
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
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", "x", id: "running");
        for (var i = 0; i < 450; i++)
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Quick", i, CancellationToken.None);
        await host.WhenIdleAsync();

        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("running")).PurgedInstanceCount);
        var purged = await host.Client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed])
        );

        Assert.Equal((450, true), (purged.PurgedInstanceCount, purged.IsComplete));
        Assert.Equal((1, 1, 1), (host.Count("instances"), host.Count("history"), host.Count("payloads")));
    }

    [Fact]
    public async Task Ended_instances_are_forgotten_after_the_retention_time()
    {
        await using var host = await TestHub
            .ForTests()
            .Configure(options => options.Retention = TimeSpan.FromDays(7))
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
    public async Task A_query_without_states_or_with_an_empty_list_of_them_finds_all()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", id: "running");
        await host.BeginAsync("Quick", 1, id: "ended");

        foreach (var statuses in new IEnumerable<OrchestrationRuntimeStatus>?[] { null, [] })
            Assert.Equal(
                ["ended", "running"],
                (await host.Client.ListAsync(new OrchestrationQuery(Statuses: statuses))).Select(instance =>
                    instance.InstanceId
                )
            );
        Assert.Equal(
            1,
            (await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: []))).PurgedInstanceCount
        );
    }

    [Theory]
    [InlineData("a_c", "a_c")] // no wildcard
    [InlineData("a%", "")]
    [InlineData("ž", "ž1 ž2")]
    [InlineData("A", "")] // case counts
    [InlineData("", "a_c abc ž1 ž2")]
    public async Task A_prefix_is_taken_as_it_is_written(string prefix, string found)
    {
        await using var host = await Hosts.WaitingAsync();
        foreach (var id in new[] { "abc", "a_c", "ž1", "ž2" })
            await host.BeginAsync("Wait", id: id);

        Assert.Equal(
            found,
            string.Join(
                ' ',
                (await host.Client.ListAsync(new OrchestrationQuery(InstanceIdPrefix: prefix, PageSize: 1))).Select(
                    instance => instance.InstanceId
                )
            )
        );
    }

    [Fact]
    public async Task A_continuation_token_goes_on_where_the_page_ended_though_instances_came_and_went()
    {
        await using var host = await Hosts.WaitingAsync();
        foreach (var id in new[] { "a", "b", "c", "d" })
            await host.BeginAsync("Quick", 1, id: id);
        var query = new OrchestrationQuery(PageSize: 2);
        string? token = null;
        await foreach (var page in host.Client.GetAllInstancesAsync(query).AsPages())
        {
            token = page.ContinuationToken;
            break;
        }
        await host.Client.PurgeInstanceAsync("b");
        await host.BeginAsync("Quick", 1, id: "aa");

        Assert.Equal(
            ["c", "d"],
            (await host.Client.ListAsync(query with { ContinuationToken = token })).Select(instance =>
                instance.InstanceId
            )
        );
    }

    [Fact]
    public async Task A_purge_whose_time_is_up_says_that_it_is_not_complete_and_the_next_one_goes_on()
    {
        await using var host = await Hosts.WaitingAsync();
        for (var i = 0; i < 450; i++)
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Quick", i, CancellationToken.None);
        await host.WhenIdleAsync();
        var all = new PurgeInstancesFilter { Timeout = TimeSpan.FromTicks(1) };

        var first = await host.Client.PurgeAllInstancesAsync(all);
        var second = await host.Client.PurgeAllInstancesAsync(all);
        var third = await host.Client.PurgeAllInstancesAsync(all);

        Assert.Equal(
            [(200, false), (200, false), (50, true)],
            new[] { first, second, third }.Select(result => (result.PurgedInstanceCount, result.IsComplete!.Value))
        );
    }

    [Fact]
    public async Task A_recursive_purge_takes_ended_children_along_and_counts_them()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Parent",
                async context =>
                {
                    await context.CallSubOrchestratorAsync(
                        "Child",
                        options: new SubOrchestrationOptions(instanceId: context.InstanceId + "-child")
                    );
                }
            )
            .AddOrchestrator("Child", _ => Task.CompletedTask)
            .StartAsync();
        await host.RunAsync("Parent", id: "a");
        await host.RunAsync("Parent", id: "b");

        Assert.Equal(1, (await host.Client.PurgeInstanceAsync("a")).PurgedInstanceCount);
        Assert.NotNull(await host.Client.GetInstanceAsync("a-child"));
        Assert.Equal(
            2,
            (await host.Client.PurgeInstanceAsync("b", new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount
        );
        Assert.Null(await host.Client.GetInstanceAsync("b-child"));
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("nobody")).PurgedInstanceCount);
    }

    [Fact]
    public async Task A_purge_by_date_and_state_leaves_the_others()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Quick", 1, id: "old");
        host.Time.Advance(TimeSpan.FromDays(1));
        await host.BeginAsync("Quick", 1, id: "young");
        await host.BeginAsync("Wait", id: "terminated");
        await host.Client.TerminateInstanceAsync("terminated");
        await host.BeginAsync("Wait", id: "running");

        Assert.Equal(
            1,
            (
                await host.Client.PurgeInstancesAsync(null, new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero))
            ).PurgedInstanceCount
        );
        Assert.Equal(
            1,
            (
                await host.Client.PurgeInstancesAsync(
                    null,
                    null,
                    [OrchestrationRuntimeStatus.Terminated, OrchestrationRuntimeStatus.Running]
                )
            ).PurgedInstanceCount
        );
        Assert.Equal(["running", "young"], (await host.Client.ListAsync()).Select(instance => instance.InstanceId));
    }
}
