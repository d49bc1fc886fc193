using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace FactCheck.Runtime;

/// <summary>Runs functions on their schedules: never two runs of one at a time, one late run however many were missed, and no error stops it.</summary>
internal sealed class TimerTriggers : IAsyncDisposable
{
    private readonly List<Schedule> _schedules = [];

    public TimerTriggers(Engine engine, FunctionInvoker invoker, FunctionCatalog catalog, HostJson host, IConfiguration configuration, ILogger<TimerTriggers> logger)
    {
        var known = engine.Database.Schedules().ToDictionary(row => row.Function, StringComparer.OrdinalIgnoreCase);
        foreach (var function in catalog.Functions.Where(function => function.Trigger is TimerTriggerAttribute))
        {
            var trigger = (TimerTriggerAttribute)function.Trigger;
            _schedules.Add(new Schedule(
                engine, invoker, host, logger, function, trigger, FunctionCatalog.Schedule(trigger, configuration), known.GetValueOrDefault(function.Name)));
        }
    }

    public void Start() => _schedules.ForEach(schedule => schedule.Start());

    public Task StopAsync(TimeSpan drain) => Task.WhenAll(_schedules.Select(schedule => schedule.StopAsync(drain)));

    public async ValueTask DisposeAsync()
    {
        foreach (var schedule in _schedules)
            await schedule.DisposeAsync();
    }

    private sealed class Schedule : IAsyncDisposable
    {
        private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
        private static readonly TimeSpan OnTime = TimeSpan.FromSeconds(1);

        private readonly Engine _engine;
        private readonly FunctionInvoker _invoker;
        private readonly HostJson _host;
        private readonly ILogger _logger;
        private readonly FunctionDescriptor _function;
        private readonly TimerTriggerAttribute _trigger;
        private readonly CrontabSchedule _crontab;
        private readonly ITimer _wake;
        private readonly WorkLimiter _work;
        private readonly Lock _gate = new();
        private ScheduleRow _row;
        private bool _stopped;

        public Schedule(
            Engine engine, FunctionInvoker invoker, HostJson host, ILogger logger, FunctionDescriptor function, TimerTriggerAttribute trigger, CrontabSchedule crontab, ScheduleRow? known)
        {
            _engine = engine;
            _invoker = invoker;
            _host = host;
            _logger = logger;
            _function = function;
            _trigger = trigger;
            _crontab = crontab;
            _work = new WorkLimiter(1, engine.Settings.Idle);
            _wake = engine.Settings.Time.CreateTimer(static self => ((Schedule)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            // A schedule that was made shorter takes effect at once.
            var next = crontab.GetNextOccurrence(Now);
            _row = known is not null && trigger.UseMonitor
                ? known with { Next = known.Next < next ? known.Next : next }
                : new ScheduleRow(function.Name, DateTime.MinValue, next, Now);
        }

        private DateTime Now => _engine.Settings.Time.GetUtcNow().UtcDateTime;

        public void Start()
        {
            if (_trigger.RunOnStartup)
            {
                Enqueue(); // and wakes for the next time when it is done
                return;
            }
            _work.Enqueue($"schedule of '{_function.Name}'", async _ => await SaveAsync(_row));
            Wake();
        }

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

        private void Wake()
        {
            lock (_gate)
            {
                if (_stopped)
                    return;
                var wait = _row.Next - Now;
                if (wait > TimeSpan.Zero)
                {
                    _wake.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
                    return;
                }
            }
            Enqueue();
        }

        private void Enqueue() => _work.Enqueue($"timer function '{_function.Name}'", RunAsync);

        private async Task RunAsync(CancellationToken stop)
        {
            var started = Now;
            var late = started - _row.Next > OnTime;
            if (late)
                _engine.Settings.Meters.LateTimerFunction(_function.Name);
            var info = new TimerInfo
            {
                IsPastDue = late,
                ScheduleStatus = _trigger.UseMonitor ? new() { Last = _row.Last, Next = _crontab.GetNextOccurrence(started), LastUpdated = _row.Updated } : null,
            };
            try
            {
                await InvokeAsync(info, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return; // the host stops: it runs late at the next start
            }
            catch (Exception exception)
            {
                _logger.LogError(exception, "Timer function {Function} failed; its schedule goes on", _function.Name);
            }
            await SaveAsync(new ScheduleRow(_function.Name, started, _crontab.GetNextOccurrence(Now > started ? Now : started), Now));
            Wake();
        }

        private async Task InvokeAsync(TimerInfo info, CancellationToken stop)
        {
            using var expired = _host.FunctionTimeout is { } limit ? new CancellationTokenSource(limit, _engine.Settings.Time) : new CancellationTokenSource();
            using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(stop, expired.Token);
            await _invoker.InvokeAsync(_function, info, InvocationContext.NoData, cancelled.Token).WaitAsync(expired.Token);
        }

        private async Task SaveAsync(ScheduleRow row)
        {
            lock (_gate)
                _row = row;
            if (!_trigger.UseMonitor)
                return;
            try
            {
                await _engine.CallAsync($"schedule of '{row.Function}'", engine =>
                {
                    engine.Database.Save(row);
                    return true;
                });
            }
            catch (Exception exception)
            {
                // The schedule itself goes on; only a restart would not know of this run.
                _logger.LogError(exception, "The schedule of {Function} could not be stored", row.Function);
            }
        }
    }
}
