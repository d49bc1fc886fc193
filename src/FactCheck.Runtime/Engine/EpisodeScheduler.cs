namespace FactCheck.Runtime;

/// <summary>
/// The one thread of an orchestration: everything its code does runs inside <see cref="Run"/>, on the caller's thread, and nothing runs between episodes.
/// It is both the task scheduler and the synchronisation context of that code, so that awaits and ContinueWith alike come back here.
/// </summary>
internal sealed class EpisodeScheduler : TaskScheduler
{
    /// <summary>How long middleware around an orchestrator may take for something that isn't durable.</summary>
    private static readonly TimeSpan MiddlewareLimit = TimeSpan.FromSeconds(30);

    private readonly Queue<Action> _work = new();
    private readonly object _gate = new(); // waited on, which a Lock can't
    private readonly SynchronizationContext _context;
    private readonly Action _strayed;
    private Func<bool> _mayWait = () => false;
    private int _thread;

    /// <summary>The thread of one orchestration.</summary>
    /// <param name="strayed">Called on any thread when orchestrator code goes on outside an episode: it awaited something that isn't durable.</param>
    public EpisodeScheduler(Action strayed)
    {
        _strayed = strayed;
        _context = new Context(this);
    }

    /// <summary>Whether the current thread is inside this orchestration's episode.</summary>
    public bool IsInside => _thread == Environment.CurrentManagedThreadId;

    /// <summary>Runs one step and all that follows from it.</summary>
    /// <param name="step">What to do first.</param>
    /// <param name="mayWait">True while middleware, not the orchestrator, is at work: it may await anything, so the episode waits for it.</param>
    public void Run(Action step, Func<bool> mayWait)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        lock (_gate)
            (_thread, _mayWait) = (Environment.CurrentManagedThreadId, mayWait);
        try
        {
            var root = new Task(() => Pump(step));
            root.RunSynchronously(this);
            root.GetAwaiter().GetResult();
        }
        finally
        {
            lock (_gate)
                _thread = 0;
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    protected override void QueueTask(Task task) => Enqueue(() => TryExecuteTask(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => IsInside && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Pump(Action step)
    {
        step();
        while (true)
        {
            Action? next;
            lock (_gate)
            {
                if (!_work.TryDequeue(out next))
                {
                    if (!_mayWait())
                        return;
                    if (!Monitor.Wait(_gate, MiddlewareLimit))
                        throw new TimeoutException($"Middleware around an orchestrator took over {MiddlewareLimit.TotalSeconds} s.");
                    continue;
                }
            }
            next();
        }
    }

    private void Enqueue(Action work)
    {
        lock (_gate)
        {
            if (IsInside || (_thread != 0 && _mayWait()))
            {
                _work.Enqueue(work);
                Monitor.Pulse(_gate);
                return;
            }
        }
        _strayed();
    }

    private sealed class Context(EpisodeScheduler owner) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => owner.Enqueue(() => d(state));

        public override void Send(SendOrPostCallback d, object? state)
        {
            if (owner.IsInside)
                d(state);
            else
                throw new InvalidOperationException("An orchestrator's code runs on its own thread only.");
        }

        public override SynchronizationContext CreateCopy() => this;
    }
}
