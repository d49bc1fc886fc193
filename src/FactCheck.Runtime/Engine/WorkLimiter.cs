namespace FactCheck.Runtime;

/// <summary>Runs work on the thread pool, a limited number of pieces at a time, in the order it came.</summary>
internal sealed class WorkLimiter(int limit, IdleTracker idle) : IDisposable
{
    private readonly Queue<(Func<CancellationToken, Task> Work, IdleTracker.Entry Busy)> _waiting = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private bool _stopping;

    /// <summary>Set when the host stops and what runs has run on for long enough.</summary>
    public bool IsCancelled => _stop.IsCancellationRequested;

    /// <summary>Adds work; it must not throw.</summary>
    public void Enqueue(string what, Func<CancellationToken, Task> work)
    {
        var busy = idle.Enter(what);
        lock (_gate)
            _waiting.Enqueue((work, busy));
        StartSome();
    }

    /// <summary>Starts nothing more; lets what runs run on for a time, then cancels it. How many pieces did not stop even then.</summary>
    public async Task<int> StopAsync(TimeSpan drain)
    {
        Task[] running;
        lock (_gate)
        {
            _stopping = true;
            running = [.. _running];
        }
        var all = Task.WhenAll(running);
        if (await Task.WhenAny(all, Task.Delay(drain)) == all)
            return 0;
        await _stop.CancelAsync();
        await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(2)));
        return running.Count(task => !task.IsCompleted);
    }

    public void Dispose() => _stop.Dispose();

    private void StartSome()
    {
        lock (_gate)
        {
            while (!_stopping && _running.Count < limit && _waiting.TryDequeue(out var next))
            {
                var run = Task.Run(async () =>
                {
                    using (next.Busy)
                        await next.Work(_stop.Token);
                });
                _running.Add(run);
                _ = run.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private void Ended(Task run)
    {
        lock (_gate)
            _running.Remove(run);
        StartSome();
    }
}
