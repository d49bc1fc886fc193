using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FactCheck.Tests.Host.Durable;

/// <summary>External events: who gets which, and that none is lost.</summary>
public sealed class EventTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Events_that_nobody_waits_for_are_kept_in_order_and_names_ignore_case(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Late",
                async context =>
                {
                    await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                    return await context.WaitForExternalEvent<string>("A")
                        + await context.WaitForExternalEvent<string>("a")
                        + await context.WaitForExternalEvent<string>("B");
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Late");
        await host.SendAsync(id, "b", "3");
        await host.SendAsync(id, "a", "1");
        await host.SendAsync(id, "A", "2");

        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("123", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_thousand_events_in_a_burst_all_arrive_in_order(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Burst",
                async context =>
                {
                    var seen = new List<int>();
                    while (seen.Count < 1000)
                        seen.Add(await context.WaitForExternalEvent<int>("n"));
                    return seen;
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Burst");

        for (var i = 0; i < 1000; i++)
            await host.Client.RaiseEventAsync(id, "n", i);
        await host.WhenIdleAsync();

        Assert.Equal(Enumerable.Range(0, 1000), (await host.ReadAsync(id)).ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task An_event_before_the_start_is_kept_and_one_after_the_end_is_refused_with_a_warning()
    {
        var log = new ListLog();
        await using var host = await TestHub
            .ForTests()
            .LoggingTo(log)
            .AddOrchestrator("Later", context => context.WaitForExternalEvent<string>("e"))
            .StartAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Later",
            new StartOrchestrationOptions(StartAt: host.Time.GetUtcNow().AddHours(1))
        );
        await host.SendAsync(id, "e", "early");
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.ReadAsync(id)).RuntimeStatus);
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("early", (await host.ReadAsync(id)).ReadOutputAs<string>());

        Assert.Equal(
            StatusCode.FailedPrecondition,
            (await Assert.ThrowsAsync<RpcException>(() => host.SendAsync(id, "e", "late"))).StatusCode
        );
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => host.SendAsync("nobody", "e", "lost"))).StatusCode
        );
        Assert.Equal(
            [$"Event e was dropped: {id} has ended", "Event e was dropped: nobody does not exist"],
            log.Of(LogLevel.Warning)
        );
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_sends_events_to_another(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Ping",
                async context =>
                {
                    context.SendEvent("pong", "ping", context.InstanceId);
                    return await context.WaitForExternalEvent<string>("answer");
                }
            )
            .AddOrchestrator(
                "Pong",
                async context =>
                    context.SendEvent(await context.WaitForExternalEvent<string>("ping"), "answer", "pong!")
            )
            .StartAsync();
        await host.BeginAsync("Pong", id: "pong");

        Assert.Equal("pong!", (await host.RunAsync("Ping")).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_that_sends_itself_an_event_gets_it_even_over_a_new_beginning(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Self",
                async context =>
                {
                    if (context.GetInput<bool>())
                        return await context.WaitForExternalEvent<string>("e")
                            + await context.WaitForExternalEvent<string>("e");
                    context.SendEvent(context.InstanceId, "e", "a");
                    context.SendEvent(context.InstanceId, "E", "b");
                    context.ContinueAsNew(true);
                    return "";
                }
            )
            .StartAsync();

        Assert.Equal("ab", (await host.RunAsync("Self")).ReadOutputAs<string>());
    }
}
