using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>Numbers of actions, and what happens when code no longer does what history says.</summary>
public sealed class SequenceTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Fact]
    public async Task The_wait_with_a_timeout_makes_its_timer_first_so_ids_do_not_depend_on_what_came_early()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Ids", async context =>
            {
                if (context.GetInput<bool>())
                    await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                await context.WaitForExternalEvent<string>("e", TimeSpan.FromDays(1));
                await context.CallActivityAsync("Fail");
            })
            .AddActivity<object, object>("Fail", _ => throw new InvalidOperationException("no"))
            .StartAsync();
        var waiting = await host.BeginAsync("Ids", false);
        await host.SendAsync(waiting, "e", "x");
        var buffered = await host.BeginAsync("Ids", true);
        await host.SendAsync(buffered, "e", "x");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Contains("'Fail' (#1)", (await host.ReadAsync(waiting)).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("'Fail' (#2)", (await host.ReadAsync(buffered)).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_no_longer_does_what_history_says_fails_with_expected_and_actual_and_keeps_its_history()
    {
        var changed = false;
        await using var host = await EmbeddedHost.ForTests().EvictAlways()
            .AddOrchestrator("Changing", async context =>
            {
                await context.CallActivityAsync(changed ? "New" : "Old");
                await context.WaitForExternalEvent<object>("go");
            })
            .AddActivity<object, object?>("Old", _ => Task.FromResult<object?>(null))
            .AddActivity<object, object?>("New", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await host.BeginAsync("Changing", id: "c");
        changed = true;
        await host.SendAsync(id, "go");

        var failure = (await host.ReadAsync(id)).FailureDetails!;
        Assert.EndsWith("NonDeterministicOrchestrationException", failure.ErrorType, StringComparison.Ordinal);
        Assert.Contains("its history expects activity 'Old' (#0), the code now gives activity 'New' (#0) there", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(3, host.Count("history")); // what it could not take in is kept too
    }

    [Fact]
    public async Task Code_that_does_less_than_history_says_fails_too_and_names_ignore_case()
    {
        var calls = 2;
        var name = "Act";
        await using var host = await EmbeddedHost.ForTests().EvictAlways()
            .AddOrchestrator("Fewer", async context =>
            {
                await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => context.CallActivityAsync(name)));
                await context.WaitForExternalEvent<object>("go");
                await context.WaitForExternalEvent<object>("go");
            })
            .AddActivity<object, object?>("Act", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await host.BeginAsync("Fewer");
        name = "ACT";
        await host.SendAsync(id, "go");
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);
        calls = 1;
        await host.SendAsync(id, "go");

        Assert.Contains("expects activity 'Act' (#1), the code now gives nothing there", (await host.ReadAsync(id)).FailureDetails!.ErrorMessage, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task One_counter_numbers_activities_children_timers_and_sent_events(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("All", async context =>
            {
                await context.CallActivityAsync("Nothing"); // 0
                await context.CreateTimer(context.CurrentUtcDateTime, CancellationToken.None); // 1
                context.SendEvent("nobody", "e", 1); // 2
                _ = context.WaitForExternalEvent<string>("takes no number");
                await context.CallSubOrchestratorAsync("Child"); // 3
                context.SetCustomStatus("takes no number");
                return (await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Fail"))).TaskId; // 4
            })
            .AddOrchestrator("Child", _ => Task.FromResult(1))
            .AddActivity<object?, object?>("Nothing", _ => Task.FromResult<object?>(null))
            .AddActivity<object?, object?>("Fail", _ => throw new FormatException())
            .StartAsync();

        Assert.Equal(4, (await host.RunAsync("All")).ReadOutputAs<int>());
    }

    [Theory]
    [InlineData("timer", "its history expects activity 'Act' (#0), the code now gives a timer (#0) there")]
    [InlineData("child", "its history expects activity 'Act' (#0), the code now gives sub-orchestration 'Act' (#0) there")]
    [InlineData("event", "its history expects activity 'Act' (#0), the code now gives event 'Act' sent (#0) there")]
    public async Task Code_that_does_something_of_another_kind_fails_though_the_name_is_the_same(string kind, string error)
    {
        var now = "activity";
        await using var host = await EmbeddedHost.ForTests().EvictAlways()
            .AddOrchestrator("Changing", async context =>
            {
                if (now == "activity")
                    await context.CallActivityAsync("Act");
                else if (now == "timer")
                    await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
                else if (now == "child")
                    await context.CallSubOrchestratorAsync("Act");
                else
                    context.SendEvent("nobody", "Act", 1);
                await context.WaitForExternalEvent<object>("go");
            })
            .AddActivity<object?, object?>("Act", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await host.BeginAsync("Changing");
        now = kind;
        await host.SendAsync(id, "go");

        Assert.Contains(error, (await host.ReadAsync(id)).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_does_more_than_history_says_goes_on_and_what_is_new_is_done()
    {
        var calls = 1;
        await using var host = await EmbeddedHost.ForTests().EvictAlways()
            .AddOrchestrator("More", async context =>
            {
                var all = Task.WhenAll(Enumerable.Range(0, calls).Select(i => context.CallActivityAsync<int>("Act", i)));
                await context.WaitForExternalEvent<object>("go");
                return (await all).Length;
            })
            .AddActivity<int, int>("Act", Task.FromResult)
            .StartAsync();
        var id = await host.BeginAsync("More");
        calls = 3;
        await host.SendAsync(id, "go");

        Assert.Equal(3, (await host.ReadAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_orchestrator_that_throws_in_replay_is_told_of_and_what_it_threw_is_kept()
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways()
            .AddOrchestrator("Moody", async context =>
            {
                if (context.IsReplaying)
                    throw new FormatException("not again");
                await context.CallActivityAsync("Act");
            })
            .AddActivity<object?, object?>("Act", _ => Task.FromResult<object?>(null))
            .StartAsync();

        var failure = (await host.RunAsync("Moody", id: "m")).FailureDetails!;

        Assert.Contains(
            "expects activity 'Act' (#0), the code now gives nothing there: it throws System.FormatException, not again", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("not again", failure.InnerFailure!.ErrorMessage);
    }
}
