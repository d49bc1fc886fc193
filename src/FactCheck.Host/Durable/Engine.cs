using System.Diagnostics;
using FactCheck.Host.Storage;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Durable;

/// <summary>What the engine is given.</summary>
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

/// <summary>The durable engine: one thread owns the file. It takes the commands that came since the last commit,
/// applies them in memory, commits one transaction, and only then tells the outside: callers are answered, episodes and
/// activities sent. While the disk syncs the next batch forms. No orchestrator's code runs here.</summary>
internal sealed class Engine : IRuntimeStore, IAsyncDisposable
{
    private readonly EngineSettings _settings;
    private readonly ILogger _logger;
    private readonly Writer _writer;
    private readonly Batch _batch = new();
    private readonly Watchers _watchers = new();
    private readonly TimerQueue _timers;
    private readonly ActivityDispatcher _activities;
    private readonly EpisodeDispatcher _dispatcher;
    private readonly Outbox _outbox;
    private readonly Requests _requests;
    private readonly Episodes _episodes;
    private Retention? _retention;
    private int _commits;

    /// <summary>Opens the file; nothing runs before <see cref="Start()"/>.</summary>
    public Engine(EngineSettings settings)
    {
        _settings = settings;
        _logger = settings.LoggerFactory.CreateLogger("FactCheck.Host.Durable");
        var (options, runner) = (settings.Options, settings.Runner);
        Database = new(Path.Combine(options.DataDirectory, "runtime.db"), options.Synchronous, Time);
        _writer = new(new(RunBatch, RollBack, Close), Idle, settings.OnLost, _logger);
        _timers = new(Time, () => Post(new HostCommand("durable timers", _outbox!.FireTimers)));
        _dispatcher = new(runner, Database, settings.Host, Idle, _logger, PostEpisode);
        _activities = new(runner, settings.Host.MaxActivities, Time, Idle, settings.Meters, _logger, PostAnswer);
        var sessions = new Sessions(runner, Time, options.ReplayAlways || !runner.HasSessions);
        Memory = new(Database, _batch, options.CacheBytes);
        _outbox = new(Database, _batch, Memory, _activities, _timers, settings.Meters);
        var executions = new Executions(Database, _batch, Memory, _outbox, _watchers, settings, _logger);
        var rewinds = new Rewinds(Database, _batch, Memory, _outbox, executions, sessions);
        _requests = new(Database, _batch, Memory, executions, rewinds, _logger);
        _episodes = new(
            Database,
            _batch,
            Memory,
            _outbox,
            executions,
            _requests,
            sessions,
            _dispatcher,
            settings,
            _logger
        );
    }

    public Database Database { get; }

    public TimeProvider Time => _settings.Options.Time;

    public IdleTracker Idle => _settings.Idle;

    public string DefaultVersion => _settings.Host.DefaultVersion;

    /// <summary>Whether it still writes.</summary>
    public bool IsAlive => _writer.IsAlive;

    /// <summary>Commands that wait for the writer, and activities that wait for their turn. Any thread.</summary>
    public (int Commands, int Activities) Queued => (_writer.Waiting, _activities.Waiting);

    internal int Timers => _timers.Count;

    /// <summary>For the writer's thread.</summary>
    internal Memory Memory { get; }

    /// <summary>Takes up what an earlier run left: activities, timers, unread messages.</summary>
    public void Start()
    {
        foreach (var timer in Database.Timers())
            _timers.Add(timer);
        var open = Database.OpenActivities();
        var unread = Database.Unread();
        _writer.Start();
        if (unread.Count > 0)
            Post(new HostCommand("messages of an earlier run", () => Memory.Continue(unread)));
        if (open.Count > 0)
            Post(new HostCommand("activities of an earlier run", () => _outbox.SendAgain(open)));
        _timers.Arm();
        if (_settings.Options.Retention is { } age)
            _retention = new(_writer, _requests, _batch, age, Time);
    }

    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read) => Database.ReadAsync(read);

    public Task WriteAsync(string what, Action<Database> write) =>
        CallAsync(
            what,
            _ =>
            {
                write(Database);
                return true;
            }
        );

    /// <summary>Asks something of the writer, and waits until what came of it is on disk.</summary>
    public Task<T> CallAsync<T>(string what, Func<Requests, T> apply, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var command = new CallerCommand<T>(what, _requests, apply);
        Post(command);
        return command.Done.WaitAsync(cancellation);
    }

    /// <summary>Hands in the answer of an activity; a second one, or a late one, changes nothing.</summary>
    public void PostAnswer(ActivityCall call, HistoryEvent answer) => Post(new AnswerCommand(_outbox, call, answer));

    /// <summary>Calls back, on any thread, when the instance has reached a state.</summary>
    public IDisposable Watch(string id, Action<InstanceStatus> changed) => _watchers.Watch(id, changed);

    /// <summary>Waits for a task, or for the engine's end, which is an error for whoever waits.</summary>
    public Task OrEndAsync(Task task) => _writer.OrEndAsync(task);

    /// <summary>Stops: what runs may run on for a while, then what has come in is stored.</summary>
    public async Task StopAsync()
    {
        if (IsAlive)
        {
            var drain = _settings.Options.DrainTimeout;
            var stopped = Task.WhenAll(_activities.StopAsync(drain), _dispatcher.StopAsync(drain));
            _settings.Runner.Close();
            await stopped;
            if (_writer.IsRunning)
                Post(new HostCommand("answers that no episode has taken", Memory.KeepAnswers));
        }
        await _writer.EndAsync(kill: false);
    }

    /// <summary>Stops as a crash would: nothing more is stored, run or answered.</summary>
    public async Task KillAsync()
    {
        await _writer.EndAsync(kill: true);
        await Task.WhenAll(_activities.StopAsync(TimeSpan.Zero), _dispatcher.StopAsync(TimeSpan.Zero));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _activities.Dispose();
        _dispatcher.Dispose();
    }

    private void PostEpisode(EpisodeRun run) => Post(new EpisodeCommand(_episodes, run));

    private void Post(Command command) => _writer.Post(command);

    private void Close()
    {
        _timers.Dispose();
        _retention?.Dispose();
        Database.Dispose();
    }

    private void RunBatch(List<Command> commands)
    {
        var began = Stopwatch.GetTimestamp();
        _batch.Begin(Time.GetUtcNow().UtcDateTime);
        Database.Begin();
        foreach (var command in commands)
        {
            command.Refusal = null;
            try
            {
                command.Apply();
            }
            catch (RefusedException refused)
            {
                command.Refusal = refused;
            }
        }
        _episodes.BeginReady();
        Memory.WriteTouched();
        var isCommit = Database.HasWritten; // an answer that only memory takes writes nothing
        Commit();
        LetKnow(commands, isCommit ? Stopwatch.GetElapsedTime(began) : null);
    }

    /// <summary>What follows a commit, which stands: whatever fails here, no command is applied again.</summary>
    /// <param name="duration">How long it took; null when there was nothing to write.</param>
    private void LetKnow(List<Command> commands, TimeSpan? duration)
    {
        if (duration is { } took)
            Try(() => Measure(took, commands.Count));
        _batch.Committed(Try);
        _watchers.Tell();
        _batch.Forget();
        Memory.Tidy();
        _timers.Arm();
        foreach (var command in commands)
        {
            if (command.Refusal is { } refusal)
                command.Failed(refusal);
            else
                command.Committed();
            command.Busy.Dispose();
        }
    }

    /// <summary>Listeners are the app's code, and a mark's file may be held: neither undoes a commit.</summary>
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
            Spans.Committed(DateTime.UtcNow - duration, commands, _batch.Episodes, _batch.Traces);
    }

    private void Commit()
    {
        if (!Database.HasWritten)
        {
            Database.Commit();
            return;
        }
        var fault = _settings.Options.OnCommit?.Invoke(++_commits) ?? CommitFault.None;
        if (fault == CommitFault.CrashBefore)
            throw new SimulatedCrashException();
        if (fault == CommitFault.Fail)
            throw new IOException("A test made this commit fail.");
        Database.Commit(fault == CommitFault.SyncFails ? FailToSync : null);
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
        Database.Rollback();
        _batch.RollBack();
        var answers = Memory.EvictTouched();
        if (answers.Length > 0)
            Post(new HostCommand("answers taken up again", () => TakeAgain(answers)));
        _watchers.Forget();
        _batch.Forget();
    }

    private void TakeAgain((long Key, Message Message)[] answers)
    {
        foreach (var (key, message) in answers)
            _outbox.TakeAnswer(key, message.Generation, message.Event);
    }
}
