using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using FactCheck.Host;
using FactCheck.Host.Triggers;
using FactCheck.Host.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Host.Triggers;

/// <summary>Timer functions: when they run, and what they are told.</summary>
public sealed class TimerTests
{
    [Fact]
    public async Task A_timer_function_runs_on_time_and_once_late_however_many_were_missed()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("EachMinute", "0 * * * * *"));
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await host.AdvanceAsync(TimeSpan.FromHours(3));
        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromDays(2));
        await host.StartUpAsync();

        Assert.Equal("00:01, 00:02, 03:02 late, 03:02 late", string.Join(", ", host.Seen));
        Assert.Equal("2030-01-01T03:02:00Z", host.Told()["ScheduleStatus"]!["Last"]!.GetValue<string>());
        Assert.Equal("2030-01-03T03:03:00Z", host.Told()["ScheduleStatus"]!["Next"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_a_function_is_told_is_what_the_workers_timer_info_reads()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("Hourly", "0 0 * * * *"));
        await host.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal(
            """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":"""
                + """{"Last":"0001-01-01T00:00:00Z","Next":"2030-01-01T02:00:00Z","LastUpdated":"2030-01-01T00:00:00Z"}"""
                + ""","IsPastDue":false}""",
            host.Told().ToJsonString()
        );
    }

    [Fact]
    public async Task A_timer_function_that_fails_goes_on_and_without_timers_none_runs()
    {
        await using (var host = TimerHost.Start(invoker => invoker.AddTimer("EachMinute", "0 * * * * *")))
        {
            host.Run = _ => throw FakeInvoker.Failed("not today");
            await host.AdvanceAsync(TimeSpan.FromMinutes(1));
            await host.AdvanceAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(2, host.Seen.Count);
        }
        await using (
            var host = TimerHost.Start(
                invoker => invoker.AddTimer("EachMinute", "0 * * * * *"),
                options => options.TimerTriggers = false
            )
        )
        {
            await host.AdvanceAsync(TimeSpan.FromMinutes(5));
            Assert.Empty(host.Seen);
        }
    }

    [Fact]
    public async Task Runs_of_a_timer_function_never_overlap_and_what_was_missed_meanwhile_is_not_made_up_for()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("EachMinute", "0 * * * * *"));
        using var leave = new SemaphoreSlim(0);
        host.Run = stop => leave.WaitAsync(stop);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 500 && host.Seen.Count == 0; i++)
            await Task.Delay(10);
        host.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Single(host.Seen);

        leave.Release(2);
        await host.Store.Idle.WhenIdleAsync(TimeSpan.FromSeconds(30));
        Assert.Single(host.Seen);
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["00:01", "00:12"], host.Seen);
    }

    [Fact]
    public async Task A_timer_may_take_its_schedule_from_a_setting_and_run_at_the_start()
    {
        await using var host = TimerHost.Start(
            invoker =>
            {
                invoker.AddTimer("A", "%Often%", ",\"runOnStartup\":true"); // five fields: minutes first
                invoker.AddTimer("B", "0 %Minute:OfB% * * * *");
            },
            options => options.AppSettings["Often"] = "*/10 * * * *"
        );
        await host.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(["00:00", "00:10", "00:10"], host.Seen);
    }

    [Theory]
    [InlineData("%Nowhere%", "Function 'A': there is no setting 'Nowhere', which '%Nowhere%' asks for.")]
    [InlineData(
        "every day",
        "Function 'A': 'every day' is not an NCRONTAB expression: seconds minutes hours day month weekday, such as '0 */5 * * * *'."
    )]
    public async Task A_schedule_that_can_not_be_meant_is_refused_by_name(string schedule, string sentence)
    {
        var invoker = new FakeInvoker();
        invoker.AddTimer("A", schedule);
        await using var host = TimerHost.Start(_ => { });

        var refused = Assert.Throws<FunctionHostException>(() => host.Make(invoker));

        Assert.Equal(sentence, refused.Message);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_silence_a_timer_nor_run_it_twice_for_a_correction()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("EachHour", "0 0 * * * *"));
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        host.Time.AdjustTime(host.Time.GetUtcNow().AddSeconds(-3)); // a correction
        for (var i = 0; i < 10; i++)
            await host.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["01:00"], host.Seen);

        host.Time.AdjustTime(host.Time.GetUtcNow().AddDays(-30).AddSeconds(-7));
        for (var i = 0; i < 61; i++)
            await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["01:00", "02:00"], host.Seen);
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_makes_one_late_run()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("EachMinute", "0 * * * * *"));
        host.Time.AdjustTime(host.Time.GetUtcNow().AddDays(400));
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["00:01 late", "00:02"], host.Seen);
    }

    [Fact]
    public async Task A_clock_that_was_ahead_at_the_last_run_before_a_restart_is_seen_through()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("EachHour", "0 0 * * * *"));
        await host.AdvanceAsync(TimeSpan.FromDays(30));
        await host.StopAsync();
        host.Time.AdjustTime(host.Time.GetUtcNow().AddDays(-30));
        await host.StartUpAsync();
        await host.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal(["00:00 late", "01:00"], host.Seen);
    }

    [Fact]
    public async Task No_run_is_missing_or_doubled_on_a_night_when_clocks_change()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("HalfHourly", "0 */30 * * * *"));
        await host.StopAsync();
        // 01:00 UTC: summer time begins in Europe
        host.Time.AdjustTime(new DateTimeOffset(2030, 3, 31, 0, 15, 0, TimeSpan.Zero));
        await host.StartUpAsync();
        for (var i = 0; i < 11; i++)
            await host.AdvanceAsync(TimeSpan.FromMinutes(15));

        Assert.Equal(
            ["00:30", "01:00", "01:30", "02:00", "02:30", "03:00"],
            host.Seen.Where(line => !line.EndsWith("late", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Without_its_monitor_and_when_it_runs_more_than_once_a_minute_nothing_is_stored_and_nothing_made_up_for()
    {
        await using var host = TimerHost.Start(invoker =>
        {
            invoker.AddTimer("Unwatched", "0 0 * * * *", ",\"useMonitor\":false");
            invoker.AddTimer("Often", "*/20 * * * * *");
        });
        await host.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.Null(host.Told()["ScheduleStatus"]);
        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromHours(5));
        await host.StartUpAsync();

        Assert.Single(host.Seen);
        Assert.Empty(await host.Store.ReadAsync(FactCheck.Host.Storage.TriggerRows.Schedules));
    }

    [Fact]
    public async Task A_schedule_that_was_made_shorter_takes_effect_at_once()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("A", "0 0 0 1 * *"));
        await host.StopAsync();
        host.Invoker.All.Clear();
        host.Invoker.AddTimer("A", "0 * * * * *");
        await host.StartUpAsync();
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["00:01"], host.Seen);
    }

    [Fact]
    public async Task A_time_span_is_a_schedule_too()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("A", "00:07:00"));
        await host.AdvanceAsync(TimeSpan.FromMinutes(7));
        await host.AdvanceAsync(TimeSpan.FromMinutes(7));

        Assert.Equal(["00:07", "00:14"], host.Seen);
        Assert.False(host.Told()["Schedule"]!["AdjustForDST"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_run_that_lost_its_worker_is_made_again_and_one_that_timed_out_is_not()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("A", "0 * * * * *"));
        var faults = new Queue<Exception>([new WorkerLostException("gone"), new TimeoutException("30 minutes")]);
        host.Run = _ => faults.TryDequeue(out var fault) ? throw fault : Task.CompletedTask;
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["00:01", "00:01"], host.Seen);

        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["00:01", "00:01", "00:02"], host.Seen);
    }

    [Fact]
    public async Task A_run_that_the_hosts_end_cut_short_is_made_late_at_the_next_start()
    {
        await using var host = TimerHost.Start(invoker => invoker.AddTimer("A", "0 * * * * *"));
        host.Run = stop => Task.Delay(Timeout.InfiniteTimeSpan, stop);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 500 && host.Seen.Count == 0; i++)
            await Task.Delay(10);
        await host.StopAsync();
        host.Run = _ => Task.CompletedTask;
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.StartUpAsync();

        Assert.Equal(["00:01", "00:02 late"], host.Seen);
    }

    [Fact]
    public async Task Late_timers_and_tries_of_blobs_are_counted()
    {
        var figures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter.Name == "FactCheck.Host")
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
                figures.Enqueue(
                    $"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}"
                )
        );
        listener.Start();
        await using (var host = TimerHost.Start(invoker => invoker.AddTimer("Counted", "0 * * * * *")))
            await host.AdvanceAsync(TimeSpan.FromHours(2));
        await using (var host = BlobHost.Start(invoker => invoker.AddBlob("Fragile", "articles/{name}")))
        {
            host.Invoker.Run = (_, _) => throw FakeInvoker.Failed("no");
            host.Write("articles/a.txt", "x");
            await host.LookAsync();
        }

        Assert.Single(figures, "factcheck.host.timers.late 1 function Counted");
        Assert.Equal(4, figures.Count(figure => figure == "factcheck.host.blob.tries 1 Fragile failed"));
        Assert.Single(figures, "factcheck.host.blob.tries 1 Fragile poison");
    }

    private sealed class TimerHost : IAsyncDisposable
    {
        private readonly Action<FunctionHostOptions> _configure;
        private TimerTriggers _triggers = null!;

        private TimerHost(Action<FunctionHostOptions> configure)
        {
            _configure = configure;
            Invoker.Run = (call, stop) =>
            {
                var info = JsonNode.Parse(call.Input.Json)!;
                Seen.Add($"{Time.GetUtcNow():HH:mm}{(info["IsPastDue"]!.GetValue<bool>() ? " late" : "")}");
                return Run(stop);
            };
        }

        public string Data { get; } = Directory.CreateTempSubdirectory("triggers-test-").FullName;

        public FakeInvoker Invoker { get; } = new();

        public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

        public TestStore Store { get; private set; } = null!;

        public List<string> Seen { get; } = [];

        public Func<CancellationToken, Task> Run { get; set; } = _ => Task.CompletedTask;

        public static TimerHost Start(Action<FakeInvoker> functions, Action<FunctionHostOptions>? configure = null)
        {
            var host = new TimerHost(configure ?? (_ => { }));
            functions(host.Invoker);
            host.StartUpAsync().GetAwaiter().GetResult();
            return host;
        }

        public JsonNode Told() => JsonNode.Parse(Invoker.Calls.Last().Input.Json)!;

        public TimerTriggers Make(IFunctionInvoker invoker)
        {
            var options = new FunctionHostOptions { AppDirectory = Data, DataDirectory = Data };
            _configure(options);
            var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Minute:OfB", "10")]).Build();
            return new(Store, invoker, options, configuration, new LogLines<TimerTriggers>());
        }

        public async Task StartUpAsync()
        {
            Store = new(Data, Time);
            _triggers = Make(Invoker);
            _triggers.Start();
            await Store.Idle.WhenIdleAsync(TimeSpan.FromSeconds(30));
        }

        public async Task AdvanceAsync(TimeSpan by)
        {
            Time.Advance(by);
            await Store.Idle.WhenIdleAsync(TimeSpan.FromSeconds(30));
        }

        public async Task StopAsync()
        {
            await _triggers.StopAsync(TimeSpan.FromMilliseconds(200));
            await _triggers.DisposeAsync();
            await Store.DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            Directory.Delete(Data, recursive: true);
        }
    }
}
