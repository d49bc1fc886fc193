using System.Diagnostics;
using FactCheck.Host.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace FactCheck.Host.Durable;

/// <summary>What the engine is given.</summary>
/// <param name="Options">Where the file is, and how hard a commit is pushed.</param>
/// <param name="Host">How much runs at once, and the version of what is started without one.</param>
/// <param name="OnLost">Called when it can't go on.</param>
internal sealed record EngineSettings(
    FunctionHostOptions Options,
    HostJson Host,
    ITaskRunner Runner,
    ILoggerFactory LoggerFactory,
    IdleTracker Idle,
    RuntimeMeters Meters,
    Action<Exception> OnLost
);

/// <summary>
/// The durable engine: one thread that owns the file. It takes all commands that have come since the last commit,
/// applies them to instances in memory, writes one transaction, commits, and only then lets the outside know: callers
/// are answered, episodes and activities sent to whoever runs them. While the disk syncs the next batch forms. No
/// code of an orchestrator runs here.
/// </summary>
internal sealed partial class Engine : IRuntimeStore, IAsyncDisposable
{
    private const int MaxBatch = 4096;

    private readonly EngineSettings _settings;
    private readonly ILogger _logger;
    private readonly object _gate = new(); // waited on, which a Lock can't
    private readonly Database _database;
    private readonly TimerQueue _timers;
    private readonly ActivityDispatcher _activities;
    private readonly EpisodeDispatcher _dispatcher;
    private readonly Sessions _sessions;
    private readonly Thread _writer;
    private readonly List<Action> _afterCommit = [];
    private readonly List<Action> _onRollback = [];
    private readonly List<string> _traces = []; // of this batch's episodes, while somebody listens
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Command> _incoming = [];
    private bool _stopping;
    private bool _killed;
    private Exception? _lost;
    private int _commits;
    private int _episodes; // of this batch

    /// <summary>Opens the file; nothing runs before <see cref="Start()"/>.</summary>
    public Engine(EngineSettings settings)
    {
        _settings = settings;
        _logger = settings.LoggerFactory.CreateLogger("FactCheck.Host.Durable");
        var time = settings.Options.Time;
        _database = new Database(
            System.IO.Path.Combine(settings.Options.DataDirectory, "runtime.db"),
            settings.Options.Synchronous,
            time
        );
        _timers = new TimerQueue(time, PostTick);
        _sessions = new Sessions(settings.Runner, time, settings.Options.ReplayAlways || !settings.Runner.HasSessions);
        _dispatcher = new EpisodeDispatcher(
            settings.Runner,
            _database,
            settings.Host,
            settings.Idle,
            _logger,
            run => Post(new EpisodeCommand(run))
        );
        _activities = new ActivityDispatcher(
            settings.Runner,
            settings.Host.MaxActivities,
            time,
            settings.Idle,
            settings.Meters,
            _logger,
            PostAnswer
        );
        _writer = new Thread(Loop) { IsBackground = true, Name = "durable writer" };
    }

    public Database Database => _database;

    /// <inheritdoc/>
    public TimeProvider Time => _settings.Options.Time;

    /// <inheritdoc/>
    public IdleTracker Idle => _settings.Idle;

    /// <summary>The version of what is started without one.</summary>
    public string DefaultVersion => _settings.Host.DefaultVersion;

    /// <summary>Whether it still writes.</summary>
    public bool IsAlive
    {
        get
        {
            lock (_gate)
                return !_killed && _lost is null;
        }
    }

    /// <summary>Commands that wait for the writer, and activities that wait for their turn. Any thread.</summary>
    public (int Commands, int Activities) Queued
    {
        get
        {
            lock (_gate)
                return (_incoming.Count, _activities.Waiting);
        }
    }

    /// <summary>Timers in memory, cancelled ones that have not been swept with them. Any thread.</summary>
    internal int Timers => _timers.Count;

    /// <summary>Instances in memory. Writer's thread.</summary>
    internal int Cached => _byKey.Count;

    /// <summary>The time of the batch that is being applied.</summary>
    public DateTime Now { get; private set; }

    /// <summary>
    /// Takes up what an earlier run left: sends activities again, sets timers, goes on with unread messages.
    /// </summary>
    public void Start()
    {
        foreach (
            var timer in _database.All(
                "SELECT key, task, generation, due FROM timers",
                row => new DurableTimer(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2), row.GetInt64(3))
            )
        )
            _timers.Add(timer);
        var open = _database.OpenActivities();
        var unread = _database.Unread();
        _writer.Start();
        if (unread.Count > 0)
            Post(new HostCommand("messages of an earlier run", engine => engine.Continue(unread)));
        if (open.Count > 0)
            Post(new HostCommand("activities of an earlier run", engine => engine.SendAgain(open)));
        _timers.Arm();
        StartRetention();
    }

    /// <inheritdoc/>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read) => _database.ReadAsync(read);

    /// <inheritdoc/>
    public Task WriteAsync(string what, Action<Database> write) =>
        CallAsync(
            what,
            engine =>
            {
                write(engine._database);
                return true;
            }
        );

    /// <summary>Hands a command to the writer.</summary>
    public void Post(Command command)
    {
        command.Busy = _settings.Idle.Enter(command);
        Requeue(command);
    }

    /// <summary>Hands a command to the writer and waits until it is on disk.</summary>
    public Task<T> CallAsync<T>(string what, Func<Engine, T> apply, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var command = new CallerCommand<T>(what, apply);
        Post(command);
        return command.Done.WaitAsync(cancellation);
    }

    /// <summary>Waits for a task, or for the engine's end, which is an error for whoever waits.</summary>
    public async Task OrEndAsync(Task task)
    {
        if (await Task.WhenAny(task, _ended.Task) != task)
            throw _lost ?? new ObjectDisposedException(nameof(Engine), "The host has stopped.");
    }

    /// <summary>Stops: what runs may run on for a while, then what has come in is stored.</summary>
    public async Task StopAsync()
    {
        if (!_killed)
        {
            var drain = _settings.Options.DrainTimeout;
            var stopped = Task.WhenAll(_activities.StopAsync(drain), _dispatcher.StopAsync(drain));
            _settings.Runner.Close();
            await stopped;
            if (_writer.IsAlive)
                Post(new HostCommand("answers that no episode has taken", engine => engine.KeepAnswers()));
        }
        await EndAsync(kill: false);
    }

    /// <summary>Stops as a crash would: nothing more is stored, run or answered.</summary>
    public async Task KillAsync()
    {
        await EndAsync(kill: true);
        await Task.WhenAll(_activities.StopAsync(TimeSpan.Zero), _dispatcher.StopAsync(TimeSpan.Zero));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _activities.Dispose();
        _dispatcher.Dispose();
    }

    private async Task EndAsync(bool kill)
    {
        lock (_gate)
        {
            _stopping = true;
            _killed |= kill;
            Monitor.PulseAll(_gate);
        }
        if (_writer.IsAlive)
            await Task.Run(_writer.Join);
        else if (_writer.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
            Close();
    }

    private void Requeue(Command command)
    {
        lock (_gate)
        {
            if (!_killed && _lost is null && !(_stopping && !_writer.IsAlive))
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
        command.Failed(_lost ?? new ObjectDisposedException(nameof(Engine), "The host has stopped."));
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
            _settings.OnLost(exception);
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
        _timers.Dispose();
        _retention?.Dispose();
        _database.Dispose();
        foreach (var command in left)
            Refuse(command);
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

    /// <summary>
    /// Applies and commits; what fails together is tried again one by one, so that a bad command takes no other with
    /// it.
    /// </summary>
    private void Process(List<Command> batch)
    {
        try
        {
            RunBatch(batch);
        }
        catch (SimulatedCrashException)
        {
            RollBack();
            lock (_gate)
                _killed = true;
            batch.ForEach(Refuse);
            throw;
        }
        catch (Exception lost) when (lost is OwnerLostException or SyncFailedException)
        {
            RollBack();
            lock (_gate)
                _lost = lost;
            batch.ForEach(Refuse);
            throw;
        }
        catch (Exception exception)
        {
            RollBack();
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

    private void RunBatch(List<Command> batch)
    {
        var began = Stopwatch.GetTimestamp();
        Now = Time.GetUtcNow().UtcDateTime;
        _batch++;
        _episodes = 0;
        _database.Begin();
        foreach (var command in batch)
        {
            command.Refusal = null;
            try
            {
                command.Apply(this);
            }
            catch (RefusedException refused)
            {
                command.Refusal = refused;
            }
        }
        BeginReady();
        WriteTouched();
        var isCommit = _database.HasWritten; // an answer that only memory takes writes nothing
        Commit();
        LetKnow(batch, isCommit ? Stopwatch.GetElapsedTime(began) : null);
    }

    /// <summary>
    /// What comes of a commit. It has been made: whatever goes wrong here, its commands are not applied again.
    /// </summary>
    /// <param name="duration">How long it took; null when there was nothing to write.</param>
    private void LetKnow(List<Command> batch, TimeSpan? duration)
    {
        if (duration is { } took)
            Try(() => Measure(took, batch.Count));
        _afterCommit.ForEach(Try);
        TellWatchers();
        Forget();
        Tidy();
        _timers.Arm();
        foreach (var command in batch)
        {
            if (command.Refusal is { } refusal)
                command.Failed(refusal);
            else
                command.Committed();
            command.Busy.Dispose();
        }
    }

    /// <summary>
    /// Listeners to figures and spans are the app's, and a mark's file may be held: neither undoes a commit.
    /// </summary>
    private void Try(Action effect)
    {
        try
        {
            effect();
        }
        catch (Exception exception)
        {
            _logger.LogError(exception, "After a commit, which stands, something went wrong");
        }
    }

    private void Measure(TimeSpan duration, int commands)
    {
        _settings.Meters.Committed(duration, commands);
        if (Spans.AreWanted)
            Spans.Committed(DateTime.UtcNow - duration, commands, _episodes, _traces);
    }

    private void Commit()
    {
        if (!_database.HasWritten)
        {
            _database.Commit();
            return;
        }
        var fault = _settings.Options.OnCommit?.Invoke(++_commits) ?? CommitFault.None;
        if (fault == CommitFault.CrashBefore)
            throw new SimulatedCrashException();
        if (fault == CommitFault.Fail)
            throw new IOException("A test made this commit fail.");
        _database.Commit(fault == CommitFault.SyncFails ? FailToSync : null);
        if (fault == CommitFault.CrashAfter)
            throw new SimulatedCrashException();
    }

    private void FailToSync()
    {
        _settings.Options.OnWritten?.Invoke();
        throw new SyncFailedException("A test made the disk not confirm this commit.");
    }

    private void RollBack()
    {
        _database.Rollback();
        for (var i = _onRollback.Count - 1; i >= 0; i--)
            _onRollback[i]();
        EvictTouched();
        Forget();
    }

    private void Forget()
    {
        _afterCommit.Clear();
        _onRollback.Clear();
        _changed.Clear();
        _traces.Clear();
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
internal sealed class SimulatedCrashException : Exception
{
    public SimulatedCrashException() { }

    public SimulatedCrashException(string message)
        : base(message) { }

    public SimulatedCrashException(string message, Exception innerException)
        : base(message, innerException) { }
}
