using FactCheck.Host;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FactCheck.Tests.Host.Durable;

/// <summary>External events: who gets which, and that none is lost.</summary>
public sealed class EventTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Events_that_nobody_waits_for_are_kept_in_order_and_names_ignore_case(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Late", async context =>
            {
                await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                return await context.WaitForExternalEvent<string>("A") + await context.WaitForExternalEvent<string>("a") + await context.WaitForExternalEvent<string>("B");
            })
            .StartAsync();
        var id = await host.BeginAsync("Late");
        await host.SendAsync(id, "b", "3");
        await host.SendAsync(id, "a", "1");
        await host.SendAsync(id, "A", "2");

        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("123", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task The_latest_waiter_is_served_first(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Stack", async context =>
            {
                var first = context.WaitForExternalEvent<string>("e");
                var second = context.WaitForExternalEvent<string>("E");
                return $"first {await first}, second {await second}";
            })
            .StartAsync();
        var id = await host.BeginAsync("Stack");
        await host.SendAsync(id, "e", "x");
        await host.SendAsync(id, "e", "y");

        Assert.Equal("first y, second x", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_waiter_that_gave_up_takes_no_event(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Retry", async context =>
            {
                await Assert.ThrowsAsync<TaskCanceledException>(() => context.WaitForExternalEvent<string>("e", TimeSpan.FromMinutes(1)));
                return await context.WaitForExternalEvent<string>("e", TimeSpan.FromHours(1));
            })
            .StartAsync();
        var id = await host.BeginAsync("Retry");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        await host.SendAsync(id, "e", "the only one");

        Assert.Equal("the only one", (await host.ReadAsync(id)).ReadOutputAs<string>());
        Assert.Equal(0, host.Count("timers"));
    }

    [Fact]
    public async Task The_same_name_awaited_with_another_type_is_an_error()
    {
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("Types", async context =>
            {
                var text = context.WaitForExternalEvent<string>("e");
                await Assert.ThrowsAsync<ArgumentException>(async () => await context.WaitForExternalEvent<int>("E"));
                return await text;
            })
            .StartAsync();
        var id = await host.BeginAsync("Types");
        await host.SendAsync(id, "e", "x");

        Assert.Equal("x", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_event_of_the_wrong_shape_is_the_waiters_error()
    {
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("Shape", async context =>
            {
                await Assert.ThrowsAsync<System.Text.Json.JsonException>(() => context.WaitForExternalEvent<int>("e"));
                return await context.WaitForExternalEvent<int>("e");
            })
            .StartAsync();
        var id = await host.BeginAsync("Shape");
        await host.SendAsync(id, "e", "not a number");
        await host.SendAsync(id, "e", 7);

        Assert.Equal(7, (await host.ReadAsync(id)).ReadOutputAs<int>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_thousand_events_in_a_burst_all_arrive_in_order(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Burst", async context =>
            {
                var seen = new List<int>();
                while (seen.Count < 1000)
                    seen.Add(await context.WaitForExternalEvent<int>("n"));
                return seen;
            })
            .StartAsync();
        var id = await host.BeginAsync("Burst");

        var sent = Enumerable.Range(0, 1000).Select(i => host.Client.RaiseEventAsync(id, "n", i)).ToArray();
        await Task.WhenAll(sent);
        await host.WhenIdleAsync();

        Assert.Equal(Enumerable.Range(0, 1000), (await host.ReadAsync(id)).ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task An_event_before_the_start_is_kept_and_one_after_the_end_is_dropped_with_a_warning()
    {
        var log = new ListLog();
        await using var host = await TestHub.ForTests().LoggingTo(log)
            .AddOrchestrator("Later", context => context.WaitForExternalEvent<string>("e"))
            .StartAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Later", new StartOrchestrationOptions(StartAt: host.Time.GetUtcNow().AddHours(1)));
        await host.SendAsync(id, "e", "early");
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.ReadAsync(id)).RuntimeStatus);
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("early", (await host.ReadAsync(id)).ReadOutputAs<string>());

        await host.SendAsync(id, "e", "late");
        await host.SendAsync("nobody", "e", "lost");

        Assert.Equal(
            [$"Event e was dropped: {id} does not exist or has ended", "Event e was dropped: nobody does not exist or has ended"],
            log.Of(LogLevel.Warning));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_sends_events_to_another(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Ping", async context =>
            {
                context.SendEvent("pong", "ping", context.InstanceId);
                return await context.WaitForExternalEvent<string>("answer");
            })
            .AddOrchestrator("Pong", async context => context.SendEvent(await context.WaitForExternalEvent<string>("ping"), "answer", "pong!"))
            .StartAsync();
        await host.BeginAsync("Pong", id: "pong");

        Assert.Equal("pong!", (await host.RunAsync("Ping")).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_wait_whose_token_is_cancelled_takes_no_event_and_its_timer_goes_with_it(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Give up", async context =>
            {
                using var stop = new CancellationTokenSource();
                var waiting = context.WaitForExternalEvent<string>("e", TimeSpan.FromDays(1), stop.Token);
                await context.WaitForExternalEvent<object>("stop");
                stop.Cancel();
                await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);
                return await context.WaitForExternalEvent<string>("e");
            })
            .StartAsync();
        var id = await host.BeginAsync("Give up");
        await host.SendAsync(id, "stop");
        await host.SendAsync(id, "e", "the only one");

        Assert.Equal("the only one", (await host.ReadAsync(id)).ReadOutputAs<string>());
        Assert.Equal(0, host.Count("timers"));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_name_may_be_awaited_with_another_type_once_nobody_waits_with_the_first(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Types", async context => await context.WaitForExternalEvent<string>("e") + await context.WaitForExternalEvent<int>("e"))
            .StartAsync();
        var id = await host.BeginAsync("Types");
        await host.SendAsync(id, "e", "n");
        await host.SendAsync(id, "e", 7);

        Assert.Equal("n7", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_that_sends_itself_an_event_gets_it_even_over_a_new_beginning(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Self", async context =>
            {
                if (context.GetInput<bool>())
                    return await context.WaitForExternalEvent<string>("e") + await context.WaitForExternalEvent<string>("e");
                context.SendEvent(context.InstanceId, "e", "a");
                context.SendEvent(context.InstanceId, "E", "b");
                context.ContinueAsNew(true);
                return "";
            })
            .StartAsync();

        Assert.Equal("ab", (await host.RunAsync("Self")).ReadOutputAs<string>());
    }
}
