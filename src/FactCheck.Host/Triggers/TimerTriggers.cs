using System.Text.Json.Nodes;
using FactCheck.Host.Storage;
using FactCheck.Host.Worker;
using Microsoft.Extensions.Configuration;

namespace FactCheck.Host.Triggers;

/// <summary>Runs functions on their schedules: never two runs of one at a time, one late run however many were missed,
/// and no error stops it.</summary>
internal sealed class TimerTriggers : IAsyncDisposable
{
    private readonly FunctionHostOptions _options;
    private readonly List<TimerFunction> _functions;

    /// <summary>For the functions that the worker has listed.</summary>
    /// <exception cref="FunctionHostException">A function's schedule can't be meant.</exception>
    public TimerTriggers(
        IRuntimeStore store,
        IFunctionInvoker invoker,
        FunctionHostOptions options,
        IConfiguration configuration,
        ILogger<TimerTriggers> logger
    )
    {
        _options = options;
        _functions =
        [
            .. invoker
                .Functions.Where(function => function.Is("timerTrigger"))
                .Select(function => new TimerFunction(
                    store,
                    invoker,
                    logger,
                    function,
                    ScheduleOf(function, options, configuration)
                )),
        ];
    }

    public void Start()
    {
        if (_options.TimerTriggers)
            _functions.ForEach(function => function.Start());
    }

    /// <summary>Starts no run any more, and lets what runs run on for a while.</summary>
    public Task StopAsync(TimeSpan drain) => Task.WhenAll(_functions.Select(function => function.StopAsync(drain)));

    public async ValueTask DisposeAsync()
    {
        foreach (var function in _functions)
            await function.DisposeAsync();
    }

    private static TimerSchedule ScheduleOf(
        HostedFunction function,
        FunctionHostOptions options,
        IConfiguration configuration
    )
    {
        try
        {
            return TimerSchedule.Parse(
                BindingText.Resolve(function.Trigger.Text("schedule") ?? "", options, configuration)
            );
        }
        catch (FormatException exception)
        {
            throw new FunctionHostException($"Function '{function.Name}': {exception.Message}.", exception);
        }
    }
}

/// <summary>One function and its place in its schedule.</summary>
internal sealed class TimerFunction : IAsyncDisposable
{
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_onTime = TimeSpan.FromSeconds(1);

    /// <summary>A clock set back by less is being corrected: nothing that has run runs again because of it.</summary>
    private static readonly TimeSpan s_correction = TimeSpan.FromMinutes(1);

    private readonly IRuntimeStore _store;
    private readonly IFunctionInvoker _invoker;
    private readonly ILogger _logger;
    private readonly HostedFunction _function;
    private readonly TimerSchedule _schedule;
    private readonly bool _isMonitored;
    private readonly ITimer _wake;
    private readonly WorkLimiter _work;
    private readonly Lock _gate = new();
    private ScheduleRow _row;
    private bool _stopped;

    public TimerFunction(
        IRuntimeStore store,
        IFunctionInvoker invoker,
        ILogger logger,
        HostedFunction function,
        TimerSchedule schedule
    )
    {
        _store = store;
        _invoker = invoker;
        _logger = logger;
        _function = function;
        _schedule = schedule;
        _isMonitored = function.Trigger.Flag("useMonitor") != false && !schedule.IsFrequent(Now);
        _work = new WorkLimiter(1, store.Idle);
        _wake = store.Time.CreateTimer(
            static self => ((TimerFunction)self!).Wake(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _row = new ScheduleRow(function.Name, Rows.Time(0), schedule.NextAfter(Now), Now);
    }

    private DateTime Now => _store.Time.GetUtcNow().UtcDateTime;

    public void Start() =>
        _work.Enqueue(
            $"schedule of '{_function.Name}'",
            async stop =>
            {
                await LoadAsync();
                if (_function.Trigger.Flag("runOnStartup") == true)
                {
                    await RunAsync(stop); // and wakes for the next time when it is done
                    return;
                }
                await SaveAsync(_row);
                Wake();
            }
        );

    public async Task StopAsync(TimeSpan drain)
    {
        lock (_gate)
            _stopped = true;
        await _wake.DisposeAsync();
        await _work.StopAsync(drain);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _work.Dispose();
    }

    private async Task LoadAsync()
    {
        if (!_isMonitored)
            return;
        try
        {
            var rows = await _store.ReadAsync(TriggerRows.Schedules);
            if (
                rows.Find(row => row.Function.Equals(_function.Name, StringComparison.OrdinalIgnoreCase))
                is not { } known
            )
                return;
            // A schedule that was made shorter takes effect at once.
            var next = NextAfter(known.Last);
            lock (_gate)
                _row = known with { Next = known.Next < next ? known.Next : next };
        }
        catch (Exception exception)
        {
            _logger.LogError(exception, "The schedule of {Function} could not be read; it begins anew", _function.Name);
        }
    }

    /// <summary>The next time after now; after the last run when the clock has only been corrected since.</summary>
    private DateTime NextAfter(DateTime last)
    {
        var now = Now;
        return _schedule.NextAfter(last > now && last - now < s_correction ? last : now);
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            // The clock was set back: what comes next comes at its time by the new one, not as much later.
            if (_row.Updated - Now >= s_correction)
                _row = _row with { Next = _schedule.NextAfter(Now), Updated = Now };
            var wait = _row.Next - Now;
            if (wait > TimeSpan.Zero)
            {
                _wake.Change(wait < s_longestSleep ? wait : s_longestSleep, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        _work.Enqueue($"timer function '{_function.Name}'", RunAsync);
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var started = Now;
        try
        {
            await InvokeAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // the host stops: it runs late at the next start
        }
        catch (Exception exception)
        {
            _logger.LogError(exception, "Timer function {Function} failed; its schedule goes on", _function.Name);
        }
        await SaveAsync(new ScheduleRow(_function.Name, started, NextAfter(started), Now));
        Wake();
    }

    /// <summary>A worker that is lost costs no run: once, another worker gets it.</summary>
    private async Task InvokeAsync(CancellationToken stop)
    {
        try
        {
            await _invoker.InvokeAsync(Call(), stop);
        }
        catch (WorkerLostException lost)
        {
            _logger.LogWarning(
                "Timer function {Function} lost its worker and runs again: {Why}",
                _function.Name,
                lost.Message
            );
            await _invoker.InvokeAsync(Call(), stop);
        }
    }

    private Invocation Call()
    {
        var (now, row) = (Now, _row);
        var isLate = now - row.Next > s_onTime;
        if (isLate)
            TriggerMeters.LateTimerFunction(_function.Name);
        var info = new JsonObject
        {
            ["Schedule"] = new JsonObject { ["AdjustForDST"] = _schedule.IsCron },
            ["ScheduleStatus"] = _isMonitored
                ? new JsonObject
                {
                    ["Last"] = row.Last,
                    ["Next"] = _schedule.NextAfter(now),
                    ["LastUpdated"] = row.Updated,
                }
                : null,
            ["IsPastDue"] = isLate,
        };
        return new(
            _function,
            new() { Json = info.ToJsonString() },
            new Dictionary<string, Worker.Rpc.TypedData>(StringComparer.Ordinal)
        );
    }

    private async Task SaveAsync(ScheduleRow row)
    {
        lock (_gate)
            _row = row;
        if (!_isMonitored)
            return;
        try
        {
            await _store.WriteAsync($"schedule of '{row.Function}'", database => database.Save(row));
        }
        catch (Exception exception)
        {
            // The schedule itself goes on; only a restart would not know of this run.
            _logger.LogError(exception, "The schedule of {Function} could not be stored", row.Function);
        }
    }
}
