namespace FactCheck.Host.Durable;

/// <summary>What the writer's thread does with the commands that have come since the last commit.</summary>
/// <param name="Run">Applies and commits them, and tells who waited.</param>
/// <param name="RollBack">Undoes what <paramref name="Run"/> did before it failed.</param>
internal sealed record WriterWork(Action<List<Command>> Run, Action RollBack, Action Close);

/// <summary>The one thread that writes. Any thread hands it commands; those that have come while it was at work are its
/// next batch. What fails together is tried again one by one, so that a bad command takes no other with it.</summary>
internal sealed class Writer
{
    private const int MaxBatch = 4096;

    private readonly WriterWork _work;
    private readonly IdleTracker _idle;
    private readonly Action<Exception> _onLost;
    private readonly ILogger _logger;
    private readonly object _gate = new(); // waited on, which a Lock can't
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Command> _incoming = [];
    private bool _stopping;
    private bool _killed;
    private Exception? _lost;

    /// <summary>Nothing runs before <see cref="Start"/>.</summary>
    public Writer(WriterWork work, IdleTracker idle, Action<Exception> onLost, ILogger logger)
    {
        (_work, _idle, _onLost, _logger) = (work, idle, onLost, logger);
        _thread = new Thread(Loop) { IsBackground = true, Name = "durable writer" };
    }

    /// <summary>Whether it still writes, or is to begin.</summary>
    public bool IsAlive
    {
        get
        {
            lock (_gate)
                return !_killed && _lost is null;
        }
    }

    public bool IsRunning => _thread.IsAlive;

    public int Waiting
    {
        get
        {
            lock (_gate)
                return _incoming.Count;
        }
    }

    private Exception Reason => _lost ?? new ObjectDisposedException(nameof(Engine), "The host has stopped.");

    public void Start() => _thread.Start();

    public void Post(Command command)
    {
        command.Busy = _idle.Enter(command);
        Requeue(command);
    }

    /// <summary>Waits for a task, or for the writer's end, which is an error for whoever waits.</summary>
    public async Task OrEndAsync(Task task)
    {
        if (await Task.WhenAny(task, _ended.Task) != task)
            throw Reason;
    }

    /// <summary>Ends it when all that has come is written, or at once.</summary>
    public async Task EndAsync(bool kill)
    {
        lock (_gate)
        {
            _stopping = true;
            _killed |= kill;
            Monitor.PulseAll(_gate);
        }
        if (_thread.IsAlive)
            await Task.Run(_thread.Join);
        else if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
            Close();
    }

    private void Requeue(Command command)
    {
        lock (_gate)
        {
            if (!_killed && _lost is null && !(_stopping && !_thread.IsAlive))
            {
                _incoming.Add(command);
                Monitor.Pulse(_gate);
                return;
            }
        }
        Refuse(command);
    }

    private void Refuse(Command command)
    {
        command.Failed(Reason);
        command.Busy.Dispose();
    }

    private void Loop()
    {
        try
        {
            while (NextBatch() is { } batch)
                Process(batch);
        }
        catch (SimulatedCrashException)
        {
            _killed = true;
        }
        catch (Exception exception)
        {
            _lost = exception;
            _logger.LogCritical(exception, "The durable engine has stopped");
            _onLost(exception);
        }
        Close();
    }

    private void Close()
    {
        List<Command> left;
        lock (_gate)
        {
            _stopping = true;
            _killed = true;
            (left, _incoming) = (_incoming, []);
        }
        _work.Close();
        left.ForEach(Refuse);
        _ended.TrySetResult();
    }

    private List<Command>? NextBatch()
    {
        lock (_gate)
        {
            while (_incoming.Count == 0 && !_stopping)
                Monitor.Wait(_gate);
            if (_killed || _incoming.Count == 0)
                return null;
            List<Command> batch;
            if (_incoming.Count <= MaxBatch)
            {
                (batch, _incoming) = (_incoming, []);
            }
            else
            {
                batch = _incoming.GetRange(0, MaxBatch);
                _incoming.RemoveRange(0, MaxBatch);
            }
            return batch;
        }
    }

    private void Process(List<Command> batch)
    {
        try
        {
            _work.Run(batch);
        }
        catch (SimulatedCrashException)
        {
            _work.RollBack();
            lock (_gate)
                _killed = true;
            batch.ForEach(Refuse);
            throw;
        }
        catch (Exception lost) when (lost is Storage.OwnerLostException or Storage.SyncFailedException)
        {
            _work.RollBack();
            lock (_gate)
                _lost = lost;
            batch.ForEach(Refuse);
            throw;
        }
        catch (Exception exception)
        {
            _work.RollBack();
            if (batch.Count > 1)
                ProcessOneByOne(batch);
            else
                TryLater(batch[0], exception);
        }
    }

    private void ProcessOneByOne(List<Command> batch)
    {
        var next = 0;
        try
        {
            while (next < batch.Count)
                Process([batch[next++]]);
        }
        catch
        {
            // The end of the engine, not of one command: nobody may wait for the others.
            batch.GetRange(next, batch.Count - next).ForEach(Refuse);
            throw;
        }
    }

    private void TryLater(Command command, Exception exception)
    {
        command.Attempts++;
        if (command.HasCaller && command.Attempts >= 3)
        {
            _logger.LogError(exception, "{What} could not be stored", command.What);
            command.Failed(exception);
            command.Busy.Dispose();
            return;
        }
        // The caller has not been answered, or nobody waits: it is tried until the disk takes it.
        var wait = TimeSpan.FromMilliseconds(Math.Min(5_000, 20 * Math.Pow(2, command.Attempts)));
        _logger.LogError(exception, "{What} could not be stored; it is tried again in {Wait}", command.What, wait);
        _ = Task.Delay(wait)
            .ContinueWith(
                _ => Requeue(command),
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );
    }
}

/// <summary>A test lets the process die here.</summary>
internal sealed class SimulatedCrashException() : Exception("A test let the process die.");
