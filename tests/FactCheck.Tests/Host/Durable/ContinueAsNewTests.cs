namespace FactCheck.Tests.Host.Durable;

/// <summary>A new beginning under the same id.</summary>
public sealed class ContinueAsNewTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Continue_as_new_keeps_events_tags_status_and_parent_and_drops_history(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Counter",
                async context =>
                {
                    var seen = context.GetInput<string>() ?? "";
                    if (seen.Length == 0)
                    {
                        context.SetCustomStatus("kept");
                        await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                    }
                    if (seen.Length == 3)
                        return seen;
                    context.ContinueAsNew(seen + await context.WaitForExternalEvent<string>("e"));
                    return "not this";
                }
            )
            .StartAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Counter",
            new StartOrchestrationOptions("c")
            {
                Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["desk"] = "sport" },
            }
        );
        await host.WhenIdleAsync();
        foreach (var text in new[] { "a", "b", "c" })
            await host.SendAsync(id, "e", text);

        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        var ended = await host.ReadAsync(id);
        Assert.Equal("abc", ended.ReadOutputAs<string>());
        Assert.Equal("kept", ended.ReadCustomStatusAs<string>());
        Assert.Equal("sport", ended.Tags["desk"]);
        Assert.Equal(2, host.Count("history")); // the last episode, and the end
    }

    [Fact]
    public async Task Continue_as_new_without_unprocessed_events_drops_them()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Forget",
                async context =>
                {
                    if (context.GetInput<int>() == 0)
                    {
                        await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                        context.ContinueAsNew(1, preserveUnprocessedEvents: false);
                        return "";
                    }
                    return await context.WaitForExternalEvent<string>("e");
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Forget");
        await host.SendAsync(id, "e", "old");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await host.SendAsync(id, "e", "new");

        Assert.Equal("new", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Failure_wins_over_continue_as_new()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Both",
                context =>
                {
                    context.ContinueAsNew();
                    throw new InvalidOperationException("wins");
                }
            )
            .StartAsync();

        Assert.Equal("wins", (await host.RunAsync("Both")).FailureDetails!.ErrorMessage);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_child_that_starts_anew_still_answers_its_parent_and_its_activities_have_new_keys(bool evict)
    {
        var keys = new List<string>();
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync<string>("Child", 1, new SubOrchestrationOptions(instanceId: "c"))
            )
            .AddOrchestrator(
                "Child",
                async context =>
                {
                    var round = context.GetInput<int>();
                    await context.CallActivityAsync("Key");
                    if (round < 3)
                        context.ContinueAsNew(round + 1);
                    return $"{round} for {context.Parent!.InstanceId}";
                }
            )
            .AddActivity<object?, object?>(
                "Key",
                (_, context) =>
                {
                    keys.Add(context.Key);
                    return Task.FromResult<object?>(null);
                }
            )
            .StartAsync();

        Assert.Equal("3 for p", (await host.RunAsync("Parent", id: "p")).ReadOutputAs<string>());
        Assert.Equal(3, keys.Distinct(StringComparer.Ordinal).Count()); // each execution has an id of its own
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Termination_wins_over_continue_as_new(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Both",
                context =>
                {
                    _ = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    context.ContinueAsNew();
                    return Task.FromResult(1);
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Both");
        await host.Client.TerminateInstanceAsync(id, "enough");
        await host.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal(
            (OrchestrationRuntimeStatus.Terminated, "enough"),
            ((await host.ReadAsync(id)).RuntimeStatus, (await host.ReadAsync(id)).ReadOutputAs<string>())
        );
        Assert.Equal(0, host.Count("timers"));
    }

    [Fact]
    public async Task A_new_execution_may_have_a_new_version_and_keeps_the_old_one_otherwise()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Versions",
                context =>
                {
                    var seen = $"{context.GetInput<string>()} {context.Version}".Trim();
                    if (seen.Length < 10)
                        context.ContinueAsNew(
                            new ContinueAsNewOptions { NewInput = seen, NewVersion = seen.Length > 5 ? null : "2.0" }
                        );
                    return Task.FromResult(seen);
                }
            )
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Versions",
            new StartOrchestrationOptions("v") { Version = "1.0" }
        );
        await host.WhenIdleAsync();

        Assert.Equal("1.0 2.0 2.0", (await host.ReadAsync("v")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task After_a_thousand_new_beginnings_the_history_is_one_of_the_last()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Eternal",
                context =>
                {
                    var round = context.GetInput<int>();
                    if (round < 1000)
                        context.ContinueAsNew(round + 1);
                    return Task.FromResult(round);
                }
            )
            .StartAsync();

        Assert.Equal(1000, (await host.RunAsync("Eternal")).ReadOutputAs<int>());
        Assert.Equal(2, host.Count("history")); // the last episode, and the end
    }
}
