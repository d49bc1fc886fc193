using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>What an orchestrator may rely on, live and replayed.</summary>
public sealed class OrchestrationTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_calls_activities_one_after_another(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Sum", async context =>
            {
                var sum = 0;
                for (var i = 1; i <= context.GetInput<int>(); i++)
                    sum += await context.CallActivityAsync<int>("Square", i);
                return sum;
            })
            .AddActivity<int, int>("Square", x => Task.FromResult(x * x))
            .StartAsync();

        var ended = await host.RunAsync("Sum", 5);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(55, ended.ReadOutputAs<int>());
        Assert.Equal(5, ended.ReadInputAs<int>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_fans_out_and_in(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Fan", async context =>
            {
                var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => context.CallActivityAsync<int>("Twice", i)));
                return all.Sum();
            })
            .AddActivity<int, int>("Twice", x => Task.FromResult(x * 2))
            .StartAsync();

        Assert.Equal(2450, (await host.RunAsync("Fan")).ReadOutputAs<int>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_sub_orchestration_knows_its_parent_and_returns_to_it(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child", 7, new SubOrchestrationOptions(instanceId: "the-child")))
            .AddOrchestrator("Child", async context =>
            {
                var twice = await context.CallActivityAsync<int>("Twice", context.GetInput<int>());
                return $"{context.InstanceId} of {context.Parent!.Name} {context.Parent.InstanceId}: {twice}";
            })
            .AddActivity<int, int>("Twice", x => Task.FromResult(x * 2))
            .StartAsync();

        var ended = await host.RunAsync("Parent", id: "the-parent");

        Assert.Equal("the-child of Parent the-parent: 14", ended.ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.ReadAsync("the-child")).RuntimeStatus);
    }

    [Fact]
    public async Task A_sub_orchestration_without_an_id_takes_a_new_guid_and_so_uses_up_a_counter()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Parent", async context =>
            {
                var child = await context.CallSubOrchestratorAsync<string>("Child");
                return new[] { child, context.NewGuid().ToString("N") };
            })
            .AddOrchestrator("Child", context => Task.FromResult(context.InstanceId))
            .StartAsync();

        var ids = (await host.RunAsync("Parent", id: "p")).ReadOutputAs<string[]>()!;

        Assert.Equal(Uuid5("p_2030-01-01T00:00:00.0000000Z_0"), ids[0]);
        Assert.Equal(Uuid5("p_2030-01-01T00:00:00.0000000Z_1"), ids[1]);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task New_guids_are_version_5_of_instance_time_and_counter(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Guids", async context =>
            {
                var first = context.NewGuid();
                await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                return new[] { first, context.NewGuid() };
            })
            .StartAsync();
        await host.BeginAsync("Guids", id: "golden");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        var guids = (await host.ReadAsync("golden")).ReadOutputAs<Guid[]>()!;

        // Worked out once, by hand, with Python's uuid.uuid5.
        Assert.Equal(Guid.Parse("6cf273be-30c0-575b-abfe-da6a566eee5b"), guids[0]);
        Assert.Equal(Guid.Parse("da30024d-03fb-5908-b173-66100569b937"), guids[1]);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task The_time_is_that_of_the_episode_and_constant_within_it(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Clock", async context =>
            {
                var times = new List<DateTime> { context.CurrentUtcDateTime };
                await context.WaitForExternalEvent<object>("go");
                times.Add(context.CurrentUtcDateTime);
                await context.CallActivityAsync("Nothing");
                times.Add(context.CurrentUtcDateTime);
                return times;
            })
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
    public async Task Replay_is_told_and_the_replay_safe_logger_writes_once()
    {
        var log = new ListLog();
        var replays = 0;
        await using var host = await EmbeddedHost.ForTests().EvictAlways().LoggingTo(log)
            .AddOrchestrator("Logs", async context =>
            {
                if (context.IsReplaying)
                    Interlocked.Increment(ref replays);
                context.CreateReplaySafeLogger("app").Say("before");
                await context.CallActivityAsync("Nothing");
                await context.CallActivityAsync("Nothing");
                context.CreateReplaySafeLogger("app").Say("after");
            })
            .AddActivity<object, object?>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();

        await host.RunAsync("Logs");

        Assert.Equal(2, replays);
        Assert.Equal(["before", "after"], log.Of("app"));
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
    public async Task A_clock_that_is_set_back_does_not_turn_an_instances_time()
    {
        var clock = new SettableTime();
        await using var host = await EmbeddedHost.ForTests().ConfigureServices(services => services.Replace(clock))
            .AddOrchestrator("Clock", async context =>
            {
                var before = context.CurrentUtcDateTime;
                await context.WaitForExternalEvent<object>("go");
                return context.CurrentUtcDateTime - before;
            })
            .StartAsync();
        var id = await host.BeginAsync("Clock");
        clock.Now -= TimeSpan.FromHours(1);
        await host.SendAsync(id, "go");

        Assert.Equal(TimeSpan.Zero, (await host.ReadAsync(id)).ReadOutputAs<TimeSpan>());
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

    [Fact]
    public async Task A_custom_status_is_seen_at_once_and_kept_until_the_end()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Status", async context =>
            {
                context.SetCustomStatus(new { Step = 1 });
                await context.WaitForExternalEvent<object>("go");
            })
            .StartAsync();
        var id = await host.BeginAsync("Status");
        Assert.Equal("""{"Step":1}""", (await host.ReadAsync(id)).SerializedCustomStatus);

        await host.SendAsync(id, "go");

        Assert.Equal("""{"Step":1}""", (await host.ReadAsync(id)).SerializedCustomStatus);
    }

    [Fact]
    public async Task A_custom_status_over_16_KB_is_an_error_at_the_call()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Big", context =>
            {
                context.SetCustomStatus(new string('x', 8 * 1024 - 2)); // with its quotes exactly 16 KB
                var error = Assert.Throws<ArgumentException>(() => context.SetCustomStatus(new string('x', 8 * 1024)));
                return Task.FromResult(error.Message);
            })
            .StartAsync();

        var ended = await host.RunAsync("Big", id: "big");

        Assert.StartsWith("The custom status of 'Big' (big) is 16,388 bytes as UTF-16 JSON; it must not be over 16,384.", ended.ReadOutputAs<string>(), StringComparison.Ordinal);
        Assert.Equal(8 * 1024, ended.SerializedCustomStatus!.Length);
    }

    [Fact]
    public async Task A_payload_of_9_MB_goes_all_the_way_and_one_of_11_is_named()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Echo", context => context.CallActivityAsync<string>("Echo", context.GetInput<string>()))
            .AddOrchestrator("Grow", context => context.CallActivityAsync<string>("Grow"))
            .AddActivity<string, string>("Echo", Task.FromResult)
            .AddActivity<object, string>("Grow", _ => Task.FromResult(new string('x', 11 * 1024 * 1024)))
            .StartAsync();
        var text = new string('x', 9 * 1024 * 1024);

        Assert.Equal(text, (await host.RunAsync("Echo", text)).ReadOutputAs<string>());
        Assert.Contains("The output of activity 'Grow' is 11,534,338 bytes as JSON; the most is 10,485,760.", (await host.RunAsync("Grow")).FailureDetails!.InnerFailure!.ErrorMessage, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Echo", new string('x', 11 * 1024 * 1024), CancellationToken.None));
        Assert.StartsWith("The input of 'Echo'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_the_hosts_default_unless_it_is_given()
    {
        await using var host = await EmbeddedHost.ForTests()
            .WithHostJson("""{ "version": "2.0", "extensions": { "durableTask": { "defaultVersion": "1.2.0" } } }""")
            .AddOrchestrator("Version", context => Task.FromResult($"{context.Version} {Math.Sign(context.CompareVersionTo("1.10.0"))} {Math.Sign(context.CompareVersionTo("1.2"))}"))
            .StartAsync();

        Assert.Equal("1.2.0 -1 1", (await host.RunAsync("Version")).ReadOutputAs<string>());
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Version", new StartOrchestrationOptions { Version = "2.0" });
        await host.WhenIdleAsync();
        Assert.Equal("2.0 1 1", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Entities_are_refused_as_the_base_class_refuses_them()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Entities", context => Task.FromResult(Assert.Throws<NotSupportedException>(() => context.Entities).Message))
            .StartAsync();

        Assert.Contains("not supported", (await host.RunAsync("Entities")).ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    private static string Uuid5(string name)
    {
        byte[] space = new Guid("9e952958-5e33-4daf-827f-2fa12937b875").ToByteArray(bigEndian: true);
#pragma warning disable CA5350 // the format asks for SHA-1
        var hash = System.Security.Cryptography.SHA1.HashData([.. space, .. System.Text.Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString("N");
    }
}
