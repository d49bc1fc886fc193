using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>Names the orchestrator that holds up the writer: one that loops, sleeps or blocks.</summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger;
    private readonly Timer _timer;
    private volatile Instance? _current;
    private Instance? _suspect;

    public Watchdog(ILogger logger)
    {
        _logger = logger;
        _timer = new Timer(static self => ((Watchdog)self!).Look(), this, Limit, Limit);
    }

    /// <summary>An episode of this instance runs until the result is disposed.</summary>
    public Watched Watch(Instance instance)
    {
        _current = instance;
        return new(this);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var current = _current;
        if (current is not null && ReferenceEquals(current, _suspect))
            _logger.LogCritical(
                "Orchestrator {Orchestrator} ({InstanceId}) has not yielded for over {Seconds} s; nothing else is processed meanwhile",
                current.Name, current.Id, Limit.TotalSeconds);
        _suspect = current;
    }

    internal readonly struct Watched(Watchdog watchdog) : IDisposable
    {
        public void Dispose() => watchdog._current = null;
    }
}
