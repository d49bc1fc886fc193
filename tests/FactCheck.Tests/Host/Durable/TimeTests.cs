namespace FactCheck.Tests.Host.Durable;

/// <summary>The time of an episode, live and replayed.</summary>
public sealed class TimeTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task The_time_is_that_of_the_episode_and_constant_within_it(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Clock",
                async context =>
                {
                    var times = new List<DateTime> { context.CurrentUtcDateTime };
                    await context.WaitForExternalEvent<object>("go");
                    times.Add(context.CurrentUtcDateTime);
                    await context.CallActivityAsync("Nothing");
                    times.Add(context.CurrentUtcDateTime);
                    return times;
                }
            )
            .AddActivity<object, object?>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await host.BeginAsync("Clock");
        host.Time.Advance(TimeSpan.FromHours(3));
        await host.SendAsync(id, "go");

        var times = (await host.ReadAsync(id)).ReadOutputAs<DateTime[]>()!;

        var start = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Assert.Equal([start, start.AddHours(3), start.AddHours(3)], times);
        Assert.All(times, time => Assert.Equal(DateTimeKind.Utc, time.Kind));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_turn_an_instances_time()
    {
        var clock = new SettableTime();
        await using var host = await TestHub
            .ForTests()
            .WithClock(clock)
            .AddOrchestrator(
                "Clock",
                async context =>
                {
                    var before = context.CurrentUtcDateTime;
                    await context.WaitForExternalEvent<object>("go");
                    return context.CurrentUtcDateTime - before;
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Clock");
        clock.Now -= TimeSpan.FromHours(1);
        await host.SendAsync(id, "go");

        Assert.Equal(TimeSpan.Zero, (await host.ReadAsync(id)).ReadOutputAs<TimeSpan>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_clock_that_is_set_forward_thirty_days_fires_what_is_due_and_no_more(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Two",
                async context =>
                {
                    var late = context.CreateTimer(TimeSpan.FromDays(31), CancellationToken.None);
                    await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
                    var seen = new List<DateTime> { context.CurrentUtcDateTime };
                    await late;
                    return seen.Append(context.CurrentUtcDateTime);
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Two");
        await host.AdvanceAsync(TimeSpan.FromDays(30));
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);
        await host.AdvanceAsync(TimeSpan.FromDays(1));

        var start = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Assert.Equal([start.AddDays(30), start.AddDays(31)], (await host.ReadAsync(id)).ReadOutputAs<DateTime[]>()!);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Past_steps_are_replayed_with_their_own_times(bool evict)
    {
        var times = new List<DateTime>();
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Steps",
                async context =>
                {
                    for (var i = 0; i < 3; i++)
                    {
                        if (!context.IsReplaying)
                            times.Add(context.CurrentUtcDateTime);
                        else
                            Assert.Equal(times[i], context.CurrentUtcDateTime);
                        await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    }
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Steps");
        for (var i = 0; i < 3; i++)
            await host.AdvanceAsync(TimeSpan.FromMinutes(90));

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.ReadAsync(id)).RuntimeStatus);
        Assert.Equal(3, times.Count);
    }
}
