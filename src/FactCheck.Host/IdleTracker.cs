namespace FactCheck.Host;

/// <summary>Knows whether anything is going on, and what; so that a test can wait until nothing is.</summary>
internal sealed class IdleTracker
{
    private readonly Dictionary<long, object> _busy = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private long _last;

    /// <summary>Something begins. Dispose the entry when it is over, after what follows from it has begun.</summary>
    /// <param name="what">What it is; only turned into a text when someone asks.</param>
    public Entry Enter(object what)
    {
        lock (_gate)
        {
            _busy[++_last] = what;
            return new Entry(this, _last);
        }
    }

    /// <exception cref="TimeoutException">Something still goes on after that much real time; it is named.</exception>
    public async Task WhenIdleAsync(TimeSpan limit)
    {
        Task idle;
        lock (_gate)
        {
            if (_busy.Count == 0)
                return;
            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }
        try
        {
            await idle.WaitAsync(limit);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"Still busy after {limit.TotalSeconds:0} s: {string.Join("; ", Busy().Distinct(StringComparer.Ordinal).Take(20))}.",
                exception
            );
        }
    }

    private string[] Busy()
    {
        lock (_gate)
            return [.. _busy.Values.Select(what => what.ToString()!)];
    }

    private void Exit(long id)
    {
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            _busy.Remove(id);
            if (_busy.Count == 0)
                (idle, _idle) = (_idle, null);
        }
        idle?.TrySetResult();
    }

    internal readonly struct Entry(IdleTracker tracker, long id) : IDisposable
    {
        public void Dispose() => tracker?.Exit(id);
    }
}
