namespace FactCheck.Runtime;

/// <summary>A durable timer: which instance, which action; task -1 is a start in the future.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct DurableTimer(long Key, int Task, int Generation, long Due);

/// <summary>All durable timers by due time, and the one real timer that wakes the writer.</summary>
internal sealed class TimerQueue : IDisposable
{
    /// <summary>A wall clock may be set; look at it at least this often.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly PriorityQueue<DurableTimer, long> _byDue = new();
    private readonly HashSet<(long Key, int Task)> _live = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _wake;
    private readonly Action _due;
    private bool _disposed;

    public TimerQueue(TimeProvider time, Action due)
    {
        _time = time;
        _due = due;
        _wake = time.CreateTimer(static self => ((TimerQueue)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(DurableTimer timer)
    {
        lock (_gate)
        {
            _live.Add((timer.Key, timer.Task));
            _byDue.Enqueue(timer, timer.Due);
        }
    }

    public void Remove(long key, int task)
    {
        lock (_gate)
            _live.Remove((key, task));
    }

    /// <summary>Takes the timers that are due out of the queue; <see cref="Add"/> puts them back if what they led to was not stored.</summary>
    public List<DurableTimer> TakeDue(int limit)
    {
        var now = _time.GetUtcNow().UtcTicks;
        var due = new List<DurableTimer>();
        lock (_gate)
        {
            while (due.Count < limit && _byDue.TryPeek(out var timer, out var at) && at <= now)
            {
                _byDue.Dequeue();
                if (_live.Remove((timer.Key, timer.Task)))
                    due.Add(timer);
            }
        }
        return due;
    }

    /// <summary>Sets the real timer for the next due time.</summary>
    public void Arm()
    {
        bool due;
        lock (_gate)
        {
            if (_disposed)
                return;
            while (_byDue.TryPeek(out var timer, out _) && !_live.Contains((timer.Key, timer.Task)))
                _byDue.Dequeue();
            if (!_byDue.TryPeek(out _, out var at))
                return;
            var wait = TimeSpan.FromTicks(Math.Max(0, at - _time.GetUtcNow().UtcTicks));
            due = wait == TimeSpan.Zero;
            if (!due)
                _wake.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
        }
        if (due)
            _due();
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _wake.Dispose();
    }

    private void Wake() => Arm();
}
