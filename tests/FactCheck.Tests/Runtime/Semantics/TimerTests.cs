using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>Durable timers, and what holds up an end.</summary>
public sealed class TimerTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_timer_of_ninety_days_fires(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Quarter", async context =>
            {
                await context.CreateTimer(TimeSpan.FromDays(90), CancellationToken.None);
                return context.CurrentUtcDateTime;
            })
            .StartAsync();
        var id = await host.BeginAsync("Quarter");
        await host.AdvanceAsync(TimeSpan.FromDays(89));
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);

        await host.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.Equal(new DateTime(2030, 4, 2, 0, 0, 0, DateTimeKind.Utc), (await host.ReadAsync(id)).ReadOutputAs<DateTime>());
    }

    [Fact]
    public async Task Ten_thousand_timers_due_at_once_all_fire()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Many", async context =>
            {
                await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None)));
                return "all";
            })
            .StartAsync();
        var id = await host.BeginAsync("Many");

        await host.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Equal("all", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timers_keep_their_time_when_the_clock_is_set_back_an_hour_and_fire_once_when_it_is_set_forward_a_month()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Sleep", async context =>
            {
                await context.CreateTimer(TimeSpan.FromHours(context.GetInput<int>()), CancellationToken.None);
                return context.CurrentUtcDateTime;
            })
            .StartAsync();
        var start = host.Time.GetUtcNow();
        var soon = await host.BeginAsync("Sleep", 2);
        var later = await host.BeginAsync("Sleep", 24 * 20);

        host.Time.AdjustTime(start.AddHours(-1));
        await host.AdvanceAsync(TimeSpan.FromHours(2)); // an hour after the start
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(soon)).RuntimeStatus);
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(start.UtcDateTime.AddHours(2), (await host.ReadAsync(soon)).ReadOutputAs<DateTime>());

        host.Time.AdjustTime(start.AddDays(30)); // which wakes no timer by itself
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(start.UtcDateTime.AddDays(30).AddMinutes(1), (await host.ReadAsync(later)).ReadOutputAs<DateTime>());
        Assert.Equal(0, host.Count("timers"));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_cancelled_timer_holds_up_nothing(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Winner", async context =>
            {
                using var stop = new CancellationTokenSource();
                var timer = context.CreateTimer(TimeSpan.FromHours(1), stop.Token);
                await Task.WhenAny(timer, context.CallActivityAsync("Nothing"));
                stop.Cancel();
                await Assert.ThrowsAsync<TaskCanceledException>(() => timer);
                return "done";
            })
            .AddActivity<object, object?>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();

        var ended = await host.RunAsync("Winner");

        Assert.Equal("done", ended.ReadOutputAs<string>());
        Assert.Equal(0, host.Count("timers"));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_that_returned_ends_when_its_open_timer_fires(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Loser", async context =>
            {
                var timer = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                await Task.WhenAny(timer, context.CallActivityAsync("Nothing"));
                return "done";
            })
            .AddActivity<object, object?>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await host.BeginAsync("Loser");
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);

        await host.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal("done", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_open_wait_for_an_event_holds_up_nothing()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Deaf", context =>
            {
                _ = context.WaitForExternalEvent<string>("never");
                return Task.FromResult("done");
            })
            .StartAsync();

        Assert.Equal("done", (await host.RunAsync("Deaf")).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_timer_whose_time_has_passed_fires_at_once(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Past", async context =>
            {
                await context.CreateTimer(context.CurrentUtcDateTime.AddDays(-1), CancellationToken.None);
                await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                return "fired";
            })
            .StartAsync();

        Assert.Equal("fired", (await host.RunAsync("Past")).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_timer_whose_token_is_cancelled_already_is_cancelled_and_takes_its_number(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Never", async context =>
            {
                using var stop = new CancellationTokenSource();
                stop.Cancel();
                await Assert.ThrowsAsync<TaskCanceledException>(() => context.CreateTimer(TimeSpan.FromDays(1), stop.Token));
                return (await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Nobody"))).TaskId;
            })
            .StartAsync();

        Assert.Equal(1, (await host.RunAsync("Never")).ReadOutputAs<int>());
        Assert.Equal(0, host.Count("timers"));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_that_returned_ends_when_its_open_activity_and_child_are_done_and_so_does_one_that_threw(bool evict)
    {
        var leave = new TaskCompletionSource();
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Open", context =>
            {
                _ = context.CallActivityAsync("Slow");
                _ = context.CallSubOrchestratorAsync("Child", options: new SubOrchestrationOptions(instanceId: context.InstanceId + "-child"));
                return context.GetInput<bool>() ? throw new FormatException("at once") : Task.FromResult("at once");
            })
            .AddOrchestrator("Child", context => context.WaitForExternalEvent<string>("go"))
            .AddActivity<object?, object?>("Slow", async _ =>
            {
                await leave.Task;
                return null;
            })
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Open", false, new StartOrchestrationOptions("well"), CancellationToken.None);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Open", true, new StartOrchestrationOptions("ill"), CancellationToken.None);
        leave.SetResult();
        await host.WhenIdleAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("well")).RuntimeStatus);
        await host.SendAsync("well-child", "go");
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("ill")).RuntimeStatus);
        await host.SendAsync("ill-child", "go");

        Assert.Equal("at once", (await host.ReadAsync("well")).ReadOutputAs<string>());
        Assert.Equal("at once", (await host.ReadAsync("ill")).FailureDetails!.ErrorMessage);
    }
}
