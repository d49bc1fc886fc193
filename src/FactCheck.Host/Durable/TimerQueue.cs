using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>All durable timers by due time, and the one real timer that wakes the writer.</summary>
internal sealed class TimerQueue : IDisposable
{
    /// <summary>A wall clock may be set; look at it at least this often.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private const int FewestToSweep = 1024;

    private readonly PriorityQueue<DurableTimer, long> _byDue = new();

    // numbers begin anew with each execution; what is queued may be of an earlier one
    private readonly Dictionary<(long Key, int Task), DurableTimer> _live = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _wake;
    private readonly Action _due;
    private bool _disposed;

    public TimerQueue(TimeProvider time, Action due)
    {
        _time = time;
        _due = due;
        _wake = time.CreateTimer(
            static self => ((TimerQueue)self!).Arm(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>How many are in memory, cancelled ones that have not been swept with them.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _byDue.Count;
        }
    }

    public void Add(DurableTimer timer)
    {
        lock (_gate)
        {
            _live[(timer.Key, timer.Task)] = timer;
            _byDue.Enqueue(timer, timer.Due);
            if (_byDue.Count > FewestToSweep && _byDue.Count > 2 * _live.Count)
                Sweep();
        }
    }

    public void Remove(long key, int task)
    {
        lock (_gate)
            _live.Remove((key, task));
    }

    /// <summary>Takes due timers out; <see cref="Add"/> puts them back if what they led to was not stored.</summary>
    /// <param name="time">The time of the batch: nothing fires that is not due by it.</param>
    public List<DurableTimer> TakeDue(int limit, DateTime time)
    {
        var now = time.Ticks;
        var due = new List<DurableTimer>();
        lock (_gate)
        {
            while (due.Count < limit && _byDue.TryPeek(out var timer, out var at) && at <= now)
            {
                _byDue.Dequeue();
                if (IsLive(timer) && _live.Remove((timer.Key, timer.Task)))
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
            while (_byDue.TryPeek(out var timer, out _) && !IsLive(timer))
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

    private bool IsLive(DurableTimer timer) =>
        _live.TryGetValue((timer.Key, timer.Task), out var live) && live == timer;

    /// <summary>Cancelled timers leave when they would be due, or here once they are most of the queue.</summary>
    private void Sweep()
    {
        _byDue.Clear();
        _byDue.EnqueueRange(_live.Values.Select(timer => (timer, timer.Due)));
    }
}
