namespace FactCheck.Host;

/// <summary>Runs work on the thread pool, a limited number of pieces at a time, in the order it came.</summary>
internal sealed class WorkLimiter(int limit, IdleTracker idle) : IDisposable
{
    private readonly Queue<(Func<CancellationToken, Task> Work, IdleTracker.Entry Busy)> _waiting = new();
    private readonly HashSet<Task> _runners = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private bool _stopping;

    public bool IsStopping
    {
        get
        {
            lock (_gate)
                return _stopping;
        }
    }

    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Adds work; it must not throw.</summary>
    /// <param name="work">Given a token that is set when the host can wait no longer.</param>
    public void Enqueue(object what, Func<CancellationToken, Task> work)
    {
        var busy = idle.Enter(what);
        lock (_gate)
        {
            _waiting.Enqueue((work, busy));
            if (!_stopping && _runners.Count < limit)
                StartRunner();
        }
    }

    /// <summary>Starts nothing more, cancels after the drain what runs; how many did not stop even then.</summary>
    public async Task<int> StopAsync(TimeSpan drain)
    {
        Task[] running;
        lock (_gate)
        {
            _stopping = true;
            running = [.. _runners];
        }
        var all = Task.WhenAll(running);
        if (await Task.WhenAny(all, Task.Delay(drain)) == all)
            return 0;
        await _stop.CancelAsync();
        await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(2)));
        return running.Count(task => !task.IsCompleted);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>A runner does one piece after the other, so that a long queue costs no thread hop a piece.</summary>
    private void StartRunner()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _runners.Add(ended.Task);
        ThreadPool.UnsafeQueueUserWorkItem(
            static runner => _ = runner.Limiter.RunAsync(runner.Ended),
            (Limiter: this, Ended: ended),
            preferLocal: false
        );
    }

    private async Task RunAsync(TaskCompletionSource ended)
    {
        while (Next(ended.Task) is { Work: { } work, Busy: var busy })
        {
            using (busy)
                await work(_stop.Token);
        }
        ended.SetResult();
    }

    /// <summary>The next piece; with none left the runner is no longer counted, in the same breath, so that whoever
    /// comes next starts another.</summary>
    private (Func<CancellationToken, Task>? Work, IdleTracker.Entry Busy) Next(Task runner)
    {
        lock (_gate)
        {
            if (!_stopping && _waiting.TryDequeue(out var next))
                return next;
            _runners.Remove(runner);
            return default;
        }
    }
}
