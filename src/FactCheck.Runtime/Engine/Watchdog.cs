using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>
/// Names the orchestrator that holds up the writer: one that loops, sleeps or blocks. A thread can't be stopped, but the host stays of use: what is
/// stored can be read, callers get an error rather than no answer, it can be stopped, and at the next start that instance is suspended, so that it
/// holds up nothing again.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    // Counted in looks, not by the clock: a process that was stopped, or a machine that slept, is not an orchestrator that never yields.
    private const int LooksToTheLimit = 10;

    private readonly TimeSpan _limit;
    private readonly string _mark;
    private readonly ILogger _logger;
    private readonly Action<Exception> _refuseCallers;
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private Watched? _current;
    private volatile TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Looks ten times in each <paramref name="limit"/> of real time. The file <paramref name="mark"/> tells the next start of a stuck instance;
    /// <paramref name="refuseCallers"/> is called in each limit while there is one.
    /// </summary>
    public Watchdog(TimeSpan limit, string mark, ILogger logger, Action<Exception> refuseCallers)
    {
        (_limit, _mark, _logger, _refuseCallers) = (limit, mark, logger, refuseCallers);
        _timer = new Timer(static self => ((Watchdog)self!).Look(), this, limit / LooksToTheLimit, limit / LooksToTheLimit);
    }

    /// <summary>Done when an orchestrator has not yielded for too long.</summary>
    public Task Stuck => _stuck.Task;

    /// <summary>An episode of this instance runs until the result is disposed.</summary>
    public Watched Watch(Instance instance)
    {
        lock (_gate)
            return _current = new(this, instance);
    }

    /// <summary>The instance that an earlier run of the host got stuck in; null when it did not.</summary>
    public string? MarkedInstance => File.Exists(_mark) && File.ReadAllText(_mark) is { Length: > 0 } id ? id : null;

    /// <summary>The mark has been heeded.</summary>
    public void Unmark() => File.Delete(_mark);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        string? message = null;
        lock (_gate)
        {
            if (_current is { } watched && ++watched.Looks % LooksToTheLimit == 0)
                message = Mark(watched.Instance);
        }
        if (message is not null)
            _refuseCallers(new TimeoutException(message));
    }

    private string Mark(Instance instance)
    {
        var message = $"Orchestrator '{instance.Name}' ({instance.Id}) has not yielded for over {_limit.TotalSeconds} s; nothing else is processed meanwhile. "
            + "An orchestrator only waits for what its context returns. Stop the host: at the next start the instance is suspended.";
        _logger.LogCritical("{Message}", message);
        try
        {
            File.WriteAllText(_mark, instance.Id);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.LogError(exception, "{Path} could not be written: the next start will run {InstanceId} again", _mark, instance.Id);
        }
        _stuck.TrySetResult();
        return message;
    }

    private void Ended(Watched watched)
    {
        lock (_gate)
        {
            _current = null;
            if (!_stuck.Task.IsCompleted)
                return;
            _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _logger.LogWarning("{Orchestrator} ({InstanceId}) has yielded after all", watched.Instance.Name, watched.Instance.Id);
            Unmark();
        }
    }

    /// <summary>An episode that runs.</summary>
    internal sealed class Watched(Watchdog watchdog, Instance instance) : IDisposable
    {
        public Instance Instance { get; } = instance;

        /// <summary>How often it was seen running.</summary>
        public int Looks { get; set; }

        public void Dispose() => watchdog.Ended(this);
    }
}
