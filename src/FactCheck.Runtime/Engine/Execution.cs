using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>What an execution is made of; the same whenever it is loaded.</summary>
internal sealed record ExecutionStart(
    string Name,
    string InstanceId,
    string ExecutionId,
    int Generation,
    string Version,
    string? Input,
    ParentOrchestrationInstance? Parent);

/// <summary>
/// What an execution needs of its host: the orchestrator with the middleware around it, and whom to tell when its code goes on outside an episode.
/// </summary>
internal sealed record ExecutionServices(
    Func<Execution, Task<object?>> Body,
    DataConverter Converter,
    ILoggerFactory LoggerFactory,
    Action Strayed);

/// <summary>How an execution ended.</summary>
internal sealed record Outcome(string? Output, TaskFailureDetails? Failure, Renewal? Renewal);

/// <summary>How an execution goes on as a new one.</summary>
internal sealed record Renewal(string? Input, string Version, IReadOnlyList<Message> Events);

/// <summary>
/// A running orchestrator: takes messages, episode by episode, and collects what it wants done. Knows no storage.
/// The same messages always give the same actions; that is what lets an instance be dropped from memory and replayed.
/// </summary>
internal sealed partial class Execution : TaskOrchestrationContext, IDisposable
{
    private readonly ExecutionStart _start;
    private readonly ExecutionServices _services;
    private readonly EpisodeScheduler _scheduler;
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly SortedDictionary<int, OrchestratorAction> _unconfirmed = [];
    private readonly Dictionary<int, int> _firstAttempts = [];
    private readonly ILogger _logger;
    private Task<object?>? _run;
    private DateTime _now;
    private bool _replaying;
    private bool _bodyStarted;
    private bool _bodyEnded;
    private int _sequence;
    private int _guids;
    private ContinueAsNewOptions? _renewal;

    public Execution(ExecutionStart start, ExecutionServices services)
    {
        _start = start;
        _services = services;
        _scheduler = new EpisodeScheduler(services.Strayed);
        _logger = services.LoggerFactory.CreateLogger<Execution>();
    }

    public override TaskName Name => _start.Name;

    public override string InstanceId => _start.InstanceId;

    public override ParentOrchestrationInstance? Parent => _start.Parent;

    public override string Version => _start.Version;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => _replaying;

    /// <summary>Something that it wants done and no episode's actions had; null when there is none, as after every episode.</summary>
    public OrchestratorAction? Unconfirmed => _unconfirmed.Values.FirstOrDefault();

    /// <summary>What its input takes in memory.</summary>
    public long InputBytes => 2L * (_start.Input?.Length ?? 0);

    /// <summary>Called when this execution is dropped from memory: its code may never come to its end.</summary>
    public Action? OnDropped { get; set; }

    /// <summary>The custom status as JSON; null until it is set.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Whether the custom status was set, perhaps to nothing.</summary>
    public bool CustomStatusSet { get; private set; }

    protected override ILoggerFactory LoggerFactory => _services.LoggerFactory;

    /// <summary>Runs one episode that is new and returns its actions.</summary>
    public IReadOnlyList<OrchestratorAction> Run(DateTime time, IReadOnlyList<Message> messages)
    {
        _replaying = false;
        Step(time, messages);
        var actions = _unconfirmed.Values.ToArray();
        _unconfirmed.Clear();
        return actions;
    }

    /// <summary>Runs an episode of the past and compares.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">The code does something else than it did then.</exception>
    public void Replay(Episode episode)
    {
        _replaying = true;
        Step(episode.Time, episode.Messages);
        foreach (var expected in episode.Actions)
        {
            if (!_unconfirmed.Remove(expected.Id, out var actual))
                throw NonDeterministicOrchestrationException.Of(_start, expected, actual: null, _run?.Exception?.InnerException);
            if (actual.Kind != expected.Kind || !string.Equals(actual.Name, expected.Name, StringComparison.OrdinalIgnoreCase))
                throw NonDeterministicOrchestrationException.Of(_start, expected, actual, thrown: null);
        }
    }

    /// <summary>
    /// How it ended; null while it goes on. An orchestrator that returned with open activities, timers or children ends when those are done.
    /// </summary>
    public Outcome? Ended()
    {
        if (_run is not { IsCompleted: true })
            return IsStuck() ? Failed(NotDurable()) : null;
        if (_open.Count > 0)
            return null;
        if (!_run.IsCompletedSuccessfully)
            return Failed(_run.Exception?.InnerException ?? new TaskCanceledException(_run));
        if (_renewal is { } renewal)
            return Renew(renewal);
        try
        {
            return new(Payload.Serialize(_services.Converter, _run.Result, $"the output of {_start.InstanceId}"), null, null);
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    public void MarkBodyStarted() => _bodyStarted = true;

    public void MarkBodyEnded() => _bodyEnded = true;

    public override T? GetInput<T>()
        where T : default => _services.Converter.Deserialize<T>(_start.Input);

    public void Dispose() => OnDropped?.Invoke();

    /// <summary>The error for code that awaits something else than this context's tasks.</summary>
    public InvalidOperationException NotDurable() => new(
        $"Orchestrator '{_start.Name}' ({_start.InstanceId}) awaits something that is not durable. It may only await what its context returns; "
        + "I/O, delays and threads belong in an activity, a timer is context.CreateTimer, and ConfigureAwait(false) leaves the orchestrator's thread.");

    private void Step(DateTime time, IReadOnlyList<Message> messages)
    {
        _now = time;
        foreach (var message in messages)
        {
            var before = _sequence;
            _scheduler.Run(() => Deliver(message), () => _run is { IsCompleted: false } && (!_bodyStarted || _bodyEnded));
            if (_sequence != before)
                ActedOn?.Add(message);
        }
    }

    private void Deliver(Message message)
    {
        switch (message.Kind)
        {
            case MessageKind.Started:
                _run = _services.Body(this);
                break;
            case MessageKind.EventRaised:
                Receive(message);
                break;
            case MessageKind.Rewound:
                _sequence = Math.Max(_sequence, message.TaskId);
                break;
            default:
                Answer(message);
                break;
        }
    }

    private void Answer(Message message)
    {
        if (message.Generation != _start.Generation || !_open.Remove(message.TaskId, out var open))
        {
            // At-least-once delivery: the second answer to a task changes nothing.
            if (!_replaying)
                _logger.LogWarning("{Kind} #{TaskId} for {InstanceId} came twice, or late; ignored", message.Kind, message.TaskId, _start.InstanceId);
            return;
        }
        open.Answer(message);
    }

    private Outcome Renew(ContinueAsNewOptions renewal)
    {
        try
        {
            var input = Payload.Serialize(_services.Converter, renewal.NewInput, $"the new input of {_start.InstanceId}");
            return new(null, null, new Renewal(input, renewal.NewVersion ?? _start.Version, renewal.PreserveUnprocessedEvents ? Unclaimed() : []));
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    private bool IsStuck() => _run is not null && _open.Count == 0 && !HasWaiters();

    private static Outcome Failed(Exception exception) => new(null, TaskFailureDetails.FromException(exception), null);

    private void EnsureInside()
    {
        if (!_scheduler.IsInside)
            throw new InvalidOperationException(
                $"The context of '{_start.Name}' ({_start.InstanceId}) was used on another thread. An orchestrator has one thread: no Task.Run, no ConfigureAwait(false).");
    }
}

/// <summary>The code of an orchestrator does something else than what its history says it did.</summary>
internal sealed class NonDeterministicOrchestrationException : Exception
{
    public NonDeterministicOrchestrationException() { }

    public NonDeterministicOrchestrationException(string message)
        : base(message)
    {
    }

    public NonDeterministicOrchestrationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public static NonDeterministicOrchestrationException Of(ExecutionStart start, OrchestratorAction expected, OrchestratorAction? actual, Exception? thrown) => new(
        $"Orchestrator '{start.Name}' ({start.InstanceId}) is not deterministic: its history expects {expected}, the code now gives {actual?.ToString() ?? "nothing"} there"
        + (thrown is null ? ". " : $": it throws {thrown.GetType()}, {thrown.Message} ")
        + "Was it changed while instances were running? Its history is kept: with code that fits it, the instance can be rewound.",
        thrown!);
}
