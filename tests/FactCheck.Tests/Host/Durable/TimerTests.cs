namespace FactCheck.Tests.Host.Durable;

/// <summary>Durable timers, and what is left of them.</summary>
public sealed class TimerTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_timer_of_ninety_days_fires(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Quarter",
                async context =>
                {
                    await context.CreateTimer(TimeSpan.FromDays(90), CancellationToken.None);
                    return context.CurrentUtcDateTime;
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Quarter");
        await host.AdvanceAsync(TimeSpan.FromDays(89));
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);

        await host.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.Equal(
            new DateTime(2030, 4, 2, 0, 0, 0, DateTimeKind.Utc),
            (await host.ReadAsync(id)).ReadOutputAs<DateTime>()
        );
    }

    [Fact]
    public async Task Ten_thousand_timers_due_at_once_all_fire()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Many",
                async context =>
                {
                    await Task.WhenAll(
                        Enumerable
                            .Range(0, 10_000)
                            .Select(_ => context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None))
                    );
                    return "all";
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Many");

        await host.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Equal("all", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timers_keep_their_time_when_the_clock_is_set_back_an_hour_and_fire_once_when_it_is_set_forward_a_month()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Sleep",
                async context =>
                {
                    await context.CreateTimer(TimeSpan.FromHours(context.GetInput<int>()), CancellationToken.None);
                    return context.CurrentUtcDateTime;
                }
            )
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
        Assert.Equal(
            start.UtcDateTime.AddDays(30).AddMinutes(1),
            (await host.ReadAsync(later)).ReadOutputAs<DateTime>()
        );
        Assert.Equal(0, host.Count("timers"));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_timer_that_was_cancelled_before_ContinueAsNew_takes_nothing_from_the_next_execution_s_of_the_same_number(
        bool evict
    )
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Watch",
                async context =>
                {
                    using var stop = new CancellationTokenSource();
                    var timer = context.CreateTimer(TimeSpan.FromHours(1), stop.Token);
                    if (await Task.WhenAny(timer, context.WaitForExternalEvent<string>("again")) == timer)
                        return "timed out";
                    stop.Cancel();
                    context.ContinueAsNew();
                    return "";
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Watch");
        for (var i = 0; i < 2; i++)
        {
            await host.AdvanceAsync(TimeSpan.FromMinutes(20));
            await host.SendAsync(id, "again");
        }

        await host.AdvanceAsync(TimeSpan.FromMinutes(30)); // the first execution's was due ten minutes ago
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);
        Assert.Equal(1, host.Count("timers"));
        await host.AdvanceAsync(TimeSpan.FromMinutes(30));

        Assert.Equal("timed out", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timers_that_nobody_waits_for_any_more_do_not_fill_the_memory_until_they_would_have_been_due(
        bool terminated
    )
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Wait",
                async context =>
                {
                    using var stop = new CancellationTokenSource();
                    var timers = Enumerable
                        .Range(0, 300)
                        .Select(i => context.CreateTimer(TimeSpan.FromDays(90 + i), stop.Token))
                        .ToArray();
                    // the next that is due, so that the others are not at the head of the queue
                    var first = context.CreateTimer(TimeSpan.FromDays(1), stop.Token);
                    await context.WaitForExternalEvent<string>("go");
                    stop.Cancel();
                    return timers.Count(timer => timer.IsCanceled) + (first.IsCanceled ? 1 : 0);
                }
            )
            .StartAsync();
        await host.BeginAsync("Wait", id: "stays");

        for (var i = 0; i < 20; i++)
        {
            var id = await host.BeginAsync("Wait");
            if (terminated)
                await host.Client.TerminateInstanceAsync(id);
            else
                await host.SendAsync(id, "go");
        }

        Assert.Equal(301, host.Count("timers"));
        Assert.InRange(host.Engine.Timers, 301, 4 * 301);
    }

    [Fact]
    public async Task Starts_in_the_future_all_come_though_the_clock_moves_while_a_batch_is_applied()
    {
        var clock = new RunningTime();
        await using var host = await TestHub
            .ForTests()
            .WithClock(clock)
            .AddOrchestrator("Start", _ => Task.CompletedTask)
            .StartAsync();
        for (var i = 0; i < 50; i++)
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync(
                "Start",
                new StartOrchestrationOptions { InstanceId = $"s{i}", StartAt = clock.Start.AddSeconds(200 + (i * 3)) }
            );
        }

        for (var i = 0; i < 300; i++)
            await host.TickAsync(); // each a batch, after which timers are looked at
        await host.WhenIdleAsync();

        var waiting = await host.Client.ListAsync(
            new OrchestrationQuery { Statuses = [OrchestrationRuntimeStatus.Pending] }
        );
        Assert.Empty(waiting.Select(instance => instance.InstanceId));
    }

    [Fact]
    public async Task An_instance_that_was_started_later_goes_on_when_the_clock_is_set_back_to_before_its_start()
    {
        var clock = new SettableTime();
        await using var host = await TestHub
            .ForTests()
            .WithClock(clock)
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Wait",
            new StartOrchestrationOptions { InstanceId = "a", StartAt = clock.Now.AddHours(1) }
        );
        clock.Now = clock.Now.AddHours(1);
        await host.TickAsync();
        await host.WhenIdleAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("a")).RuntimeStatus);

        clock.Now = clock.Now.AddHours(-1);
        await host.SendAsync("a", "go", "well");

        Assert.Equal("well", (await host.ReadAsync("a")).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_timer_whose_time_has_passed_fires_at_once(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Past",
                async context =>
                {
                    await context.CreateTimer(context.CurrentUtcDateTime.AddDays(-1), CancellationToken.None);
                    await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                    return "fired";
                }
            )
            .StartAsync();

        Assert.Equal("fired", (await host.RunAsync("Past")).ReadOutputAs<string>());
    }

    /// <summary>A clock that goes on by a second whenever it is looked at.</summary>
    private sealed class RunningTime : TimeProvider
    {
        private readonly SettableTime _time = new();
        private int _looks;

        public DateTimeOffset Start => _time.Now;

        public override DateTimeOffset GetUtcNow() => _time.Now.AddSeconds(Interlocked.Increment(ref _looks));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            _time.CreateTimer(callback, state, dueTime, period);
    }
}
