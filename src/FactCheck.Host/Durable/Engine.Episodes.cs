using FactCheck.Host.Storage;
using Google.Protobuf.WellKnownTypes;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.Logging;
using ActionCase = Microsoft.DurableTask.Protobuf.OrchestratorAction.OrchestratorActionTypeOneofCase;
using EventCase = Microsoft.DurableTask.Protobuf.HistoryEvent.EventTypeOneofCase;

namespace FactCheck.Host.Durable;

/// <content>Episodes: messages in, actions out, and how an execution ends. Writer's thread, inside the batch.</content>
internal sealed partial class Engine
{
    /// <summary>
    /// By instance id: at most one episode of it is at work anywhere, though the instance be ended or replaced
    /// meanwhile.
    /// </summary>
    private readonly Dictionary<string, EpisodeRun> _runs = new(StringComparer.Ordinal);

    /// <summary>
    /// Sends off an episode of each instance that has something to do; after the commit, since the worker must not be
    /// ahead of the file.
    /// </summary>
    private void BeginReady()
    {
        while (_ready.TryDequeue(out var instance))
        {
            instance.IsQueued = false;
            if (
                !instance.IsTerminal
                && instance.Status != InstanceStatus.Suspended
                && instance.StartAt <= Now
                && instance.Inbox.Count > 0
                && !_runs.ContainsKey(instance.Id)
            )
                Begin(instance);
        }
    }

    private void Begin(Instance instance)
    {
        var time = Later(instance.Updated); // a clock that is set back doesn't turn an instance's time
        var messages = instance.Inbox.GetRange(0, Fitting(instance.Inbox));
        instance.Inbox.RemoveRange(0, messages.Count);
        // A message whose row is to be written in this batch is in the file before the worker sees it.
        foreach (var message in messages)
        {
            if (message.Row == 0 && !message.IsStart && !message.CanBeAskedAgain)
                Store(instance, message);
        }
        var run = new EpisodeRun(instance, time, messages)
        {
            HasSession = instance.Episodes > 0 && _sessions.Take(instance.Id, instance.ExecutionId, instance.Episodes),
            Keep = _sessions.HasRoom(),
        };
        _runs.Add(instance.Id, run);
        _onRollback.Add(() => _runs.Remove(run.InstanceId));
        _afterCommit.Add(() => _dispatcher.Enqueue(run));
    }

    /// <summary>How many of the messages go into one episode.</summary>
    private int Fitting(List<Message> messages)
    {
        var bytes = 0L;
        var most = _settings.Runner.MostEpisodeBytes;
        var rest = most == long.MaxValue ? -1 : messages.FindIndex(message => (bytes += message.Bytes) > most);
        return rest < 0 ? messages.Count : Math.Max(rest, 1);
    }

    private void End(EpisodeRun run)
    {
        if (!_runs.TryGetValue(run.InstanceId, out var current) || current != run)
            return;
        var instance = Find(run.Key);
        _runs.Remove(run.InstanceId);
        _onRollback.Add(() => _runs[run.InstanceId] = run);
        if (
            instance is not { IsTerminal: false }
            || instance.Generation != run.Generation
            || instance.Episodes != run.Episodes
        )
        {
            // It was ended, purged or rewound meanwhile: nothing comes of it. Another of its id may have waited for
            // the worker to be done.
            if (Find(run.InstanceId) is { } other)
                Ready(other);
            return;
        }
        if (run.Failure is null && run.Response is not { RequiresHistory: false })
        {
            instance.Inbox.InsertRange(0, run.Messages);
            Ready(instance);
            return;
        }
        _episodes++;
        _afterCommit.Add(() => _settings.Meters.Episode(run.Name));
        if (run.Trace is { } trace)
            _traces.Add(trace);
        instance.Updated = run.Time;
        instance.IsDirty = true;
        if (instance.Status == InstanceStatus.Pending)
        {
            // whoever waited for its start sees what the first episode did, its custom status, say
            instance.Status = InstanceStatus.Running;
            Watched(instance);
        }
        foreach (var message in run.Messages)
            Consume(instance, message);
        if (run.Failure is { } failure)
            Fail(instance, run, failure);
        else
            Apply(instance, run, run.Response!);
        if (instance.Generation == run.Generation && Spans.Write(run.Response?.OrchestrationTraceContext) is { } span)
            instance.Span = span;
        if (!instance.IsTerminal && run is { Keep: true, Failure: null } && instance.Generation == run.Generation)
        {
            _sessions.Keep(instance.Id, instance.ExecutionId, instance.Episodes, run.Worker);
            _onRollback.Add(() => _sessions.Forget(run.InstanceId));
        }
        if (instance.Inbox.Count > 0)
            Ready(instance);
    }

    private void Consume(Instance instance, Message message)
    {
        if (message.Row != 0)
            _database.RemoveFromInbox(message.Row);
        else
            Settle(instance.Key, message);
    }

    private void Apply(Instance instance, EpisodeRun run, OrchestratorResponse response)
    {
        var history = new List<HistoryEvent>(run.Messages.Count + response.Actions.Count + 3)
        {
            Events.EpisodeBegins(run.Time),
        };
        history.AddRange(run.Messages.Select(message => message.Event));
        // Each episode tells all of it; a new execution that has not said anything yet keeps the last one's.
        if (response.CustomStatus is not null || instance.Generation == 0)
            instance.CustomStatus = response.CustomStatus;
        var completion = run.Completion;
        var toItself = new List<HistoryEvent>();
        // Who comes to an end waits for nothing more: what its code, which no longer fits its history, asks for on
        // the way is nobody's.
        foreach (var action in response.Actions.Where(action => completion is null || !IsAwaited(action)))
        {
            if (Events.Of(action, run.Time) is { } what)
                history.Add(what);
            switch (action.OrchestratorActionTypeCase)
            {
                case ActionCase.ScheduleTask:
                    SendActivity(instance, action.Id, action.ScheduleTask);
                    break;
                case ActionCase.CreateSubOrchestration:
                    StartChild(instance, action.Id, action.CreateSubOrchestration);
                    break;
                case ActionCase.CreateTimer:
                    SetTimer(instance, action.Id, action.CreateTimer.FireAt.ToDateTime());
                    break;
                case ActionCase.SendEvent when action.SendEvent.Instance.InstanceId.StartsWith('@'):
                    FailFor(instance, run, history, $"an entity, {action.SendEvent.Instance.InstanceId}");
                    return;
                case ActionCase.SendEvent when action.SendEvent.Instance.InstanceId == instance.Id:
                    toItself.Add(Events.Raised(Now, action.SendEvent.Name, action.SendEvent.Data));
                    break;
                case ActionCase.SendEvent:
                    Raise(action.SendEvent.Instance.InstanceId, action.SendEvent.Name, action.SendEvent.Data);
                    break;
                case ActionCase.CompleteOrchestration:
                    break;
                case ActionCase.TerminateOrchestration:
                    Terminate(
                        action.TerminateOrchestration.InstanceId,
                        action.TerminateOrchestration.Reason,
                        action.TerminateOrchestration.Recurse
                    );
                    break;
                default:
                    FailFor(instance, run, history, action.OrchestratorActionTypeCase.ToString());
                    return;
            }
        }
        if (completion is { OrchestrationStatus: OrchestrationStatus.ContinuedAsNew })
        {
            Renew(instance, completion, toItself);
            return;
        }
        // What it sends itself has its turn after what came while it decided.
        instance.Inbox.AddRange(toItself.Select(sent => new Message(sent, instance.Generation)));
        history.Add(Events.EpisodeEnds(run.Time));
        Record(instance, history);
        if (completion is not null)
            Finish(instance, (InstanceStatus)completion.OrchestrationStatus, completion.Result, FailureOf(completion));
    }

    private static bool IsAwaited(OrchestratorAction action) =>
        action.OrchestratorActionTypeCase
            is ActionCase.ScheduleTask
                or ActionCase.CreateSubOrchestration
                or ActionCase.CreateTimer;

    /// <summary>It asks for what this host can't do: it fails by name, instead of waiting for ever.</summary>
    private void FailFor(Instance instance, EpisodeRun run, List<HistoryEvent> history, string what)
    {
        _logger.LogError("{InstanceId} asks for {What}, which this host can't do", instance.Id, what);
        Record(instance, [.. history, Events.EpisodeEnds(run.Time)]);
        Finish(
            instance,
            InstanceStatus.Failed,
            null,
            new TaskFailureDetails
            {
                ErrorType = "NotSupported",
                ErrorMessage =
                    $"Orchestrator '{instance.Name}' asks for {what}: this host runs orchestrations and activities, and no entities.",
                IsNonRetriable = true,
            }
        );
    }

    private void Fail(Instance instance, EpisodeRun run, TaskFailureDetails failure)
    {
        Record(
            instance,
            [
                Events.EpisodeBegins(run.Time),
                .. run.Messages.Select(message => message.Event),
                Events.EpisodeEnds(run.Time),
            ]
        );
        Finish(instance, InstanceStatus.Failed, null, failure);
    }

    private static TaskFailureDetails? FailureOf(CompleteOrchestrationAction completion) =>
        completion switch
        {
            { OrchestrationStatus: not OrchestrationStatus.Failed } => null,
            { FailureDetails: { } details } => details,
            _ => new()
            {
                ErrorType = "OrchestrationFailed",
                ErrorMessage = completion.Details ?? completion.Result ?? "The orchestrator did not say why.",
            },
        };

    private void Record(Instance instance, IReadOnlyList<HistoryEvent> history) =>
        _database.AddEpisode(instance, history);

    private void SendActivity(Instance instance, int task, ScheduleTaskAction action)
    {
        _database.AddActivity(instance, task, action.Name);
        instance.Open.Add(task);
        var call = CallOf(
            instance,
            task,
            action.Name,
            action.Version,
            action.Input,
            action.Tags,
            action.ParentTraceContext
        );
        _afterCommit.Add(() => _activities.Enqueue(call));
    }

    private static ActivityCall CallOf(
        Instance instance,
        int task,
        string name,
        string? version,
        string? input,
        IDictionary<string, string> tags,
        TraceContext? trace
    ) =>
        new(
            instance.Key,
            instance.Generation,
            new ActivityRequest
            {
                Name = name,
                Version = version,
                Input = input,
                TaskId = task,
                OrchestrationInstance = new OrchestrationInstance
                {
                    InstanceId = instance.Id,
                    ExecutionId = instance.ExecutionId,
                },
                ParentTraceContext = trace ?? Spans.Context(instance.Trace),
                Tags = { tags },
            }
        );

    /// <summary>Activities of an earlier run: their inputs are in the histories.</summary>
    private void SendAgain(IEnumerable<OpenActivity> open)
    {
        foreach (var ofOne in open.GroupBy(activity => activity.Key))
        {
            if (Find(ofOne.Key) is not { IsTerminal: false } instance)
                continue;
            var scheduled = _database
                .Episodes(instance)
                .SelectMany(episode => episode)
                .Where(one => one.EventTypeCase == EventCase.TaskScheduled)
                .ToDictionary(one => one.EventId, one => one.TaskScheduled);
            foreach (
                var activity in ofOne.Where(activity =>
                    activity.Generation == instance.Generation && instance.Open.Contains(activity.Task)
                )
            )
            {
                var asked = scheduled[activity.Task];
                var call = CallOf(
                    instance,
                    activity.Task,
                    asked.Name,
                    asked.Version,
                    asked.Input,
                    asked.Tags,
                    asked.ParentTraceContext
                );
                _afterCommit.Add(() => _activities.Enqueue(call));
            }
        }
    }

    private void StartChild(Instance parent, int task, CreateSubOrchestrationAction action)
    {
        parent.Open.Add(task);
        try
        {
            if (!_settings.Runner.HasOrchestrator(action.Name))
                throw new RefusedException(Refusal.Missing, $"There is no orchestrator '{action.Name}'.");
            Start(
                new StartRequest(
                    action.Name,
                    action.InstanceId,
                    action.Input,
                    action.Version ?? DefaultVersion,
                    default,
                    TagsJson(action.Tags),
                    ReusePolicy.Ended,
                    new ParentLink(parent.Key, parent.Id, parent.Name, task, parent.Generation),
                    action.ParentTraceContext?.TraceParent ?? parent.Trace
                )
            );
        }
        catch (RefusedException refused)
        {
            parent.Open.Remove(task);
            var failure = new TaskFailureDetails
            {
                ErrorType =
                    refused.Reason == Refusal.Missing ? "OrchestratorTaskNotFound" : "OrchestrationAlreadyExists",
                ErrorMessage = refused.Message,
                IsNonRetriable = true,
            };
            Answer(parent, Events.ChildFailure(Now, task, failure));
        }
    }

    private void SetTimer(Instance instance, int task, DateTime due)
    {
        var timer = new DurableTimer(instance.Key, task, instance.Generation, due.Ticks);
        if (task >= 0)
            instance.Open.Add(task);
        _database.AddTimer(timer.Key, timer.Task, timer.Generation, timer.Due);
        _afterCommit.Add(() => _timers.Add(timer));
    }

    private void ClearWaits(Instance instance)
    {
        instance.Open.Clear();
        foreach (var task in _database.ClearWaits(instance.Key))
            _afterCommit.Add(() => _timers.Remove(instance.Key, task));
    }

    /// <summary>Ends an instance; whatever it still waits for is forgotten.</summary>
    private void Finish(Instance instance, InstanceStatus status, string? output, TaskFailureDetails? failure)
    {
        instance.Status = status;
        instance.Failure = failure;
        instance.Updated = Later(instance.Updated);
        instance.IsDirty = true;
        Record(instance, [Events.Ended(instance.Updated, status, output, failure)]);
        _database.SetOutput(instance.Key, output);
        if (instance.Inbox.Find(message => message.IsRaised) is { } lost)
            _logger.LogWarning(
                "Event {Event} was dropped: {InstanceId} has ended",
                lost.Event.EventRaised.Name,
                instance.Id
            );
        instance.Inbox.Clear();
        ClearWaits(instance);
        Watched(instance);
        if (status == InstanceStatus.Terminated && _runs.ContainsKey(instance.Id))
            // else another of its id would wait for a worker to take it
            _afterCommit.Add(() => _settings.Runner.Withdraw(instance.Id));
        if (status == InstanceStatus.Failed)
            _logger.LogWarning(
                "{Orchestrator} {InstanceId} failed: {Error}: {Failure}",
                instance.Name,
                instance.Id,
                failure?.ErrorType,
                failure?.ErrorMessage
            );
        if (instance.Parent is { } parent)
            TellParent(parent, instance, output, failure);
    }

    private void TellParent(ParentLink link, Instance child, string? output, TaskFailureDetails? failure)
    {
        if (
            Find(link.Key) is not { IsTerminal: false } parent
            || parent.Generation != link.Generation
            || !parent.Open.Remove(link.TaskId)
        )
            return;
        Answer(
            parent,
            child.Status == InstanceStatus.Completed
                ? Events.ChildAnswer(Now, link.TaskId, output)
                : Events.ChildFailure(
                    Now,
                    link.TaskId,
                    failure
                        ?? new TaskFailureDetails
                        {
                            ErrorType = "Terminated",
                            ErrorMessage = $"Sub-orchestration '{child.Id}' was terminated.",
                        }
                )
        );
    }

    /// <summary>
    /// A new execution in place of this one. Events that nobody took come over, in the order in which they came.
    /// </summary>
    private void Renew(Instance instance, CompleteOrchestrationAction completion, IReadOnlyList<HistoryEvent> toItself)
    {
        var late = instance.Inbox.Where(message => message.IsRaised || IsSwitch(message.Event)).ToArray();
        foreach (var dropped in instance.Inbox.Except(late).Where(message => message.Row != 0))
            _database.RemoveFromInbox(dropped.Row);
        foreach (var message in late.Where(message => message.Row != 0))
            _database.RemoveFromInbox(message.Row);
        instance.Inbox.Clear();
        ClearWaits(instance);
        instance.Generation++;
        instance.ExecutionId = Guid.NewGuid().ToString("N");
        instance.Version = completion.NewVersion ?? instance.Version;
        instance.Episodes = 0;
        instance.Span = null;
        instance.IsDirty = true;
        _database.ClearHistory(instance.Key);
        _database.SetInput(instance.Key, completion.Result);
        instance.Inbox.Add(StartOf(instance, completion.Result));
        foreach (
            var carried in toItself.Concat(completion.CarryoverEvents).Concat(late.Select(message => message.Event))
        )
            instance.Inbox.Add(new Message(carried, instance.Generation));
        Ready(instance);
    }

    private static bool IsSwitch(HistoryEvent what) =>
        what.EventTypeCase is EventCase.ExecutionSuspended or EventCase.ExecutionResumed;

    /// <summary>An execution's first message; made whenever it is needed, of what is stored.</summary>
    private static Message StartOf(Instance instance, string? input)
    {
        var start = Events.At(instance.Created);
        start.ExecutionStarted = new ExecutionStartedEvent
        {
            Name = instance.Name,
            Version = instance.Version.Length > 0 ? instance.Version : null,
            Input = input,
            OrchestrationInstance = new OrchestrationInstance
            {
                InstanceId = instance.Id,
                ExecutionId = instance.ExecutionId,
            },
            ScheduledStartTimestamp = instance.StartAt == default ? null : Timestamp.FromDateTime(instance.StartAt),
            ParentTraceContext = Spans.Context(instance.Trace),
        };
        if (instance.Parent is { } parent)
        {
            start.ExecutionStarted.ParentInstance = new ParentInstanceInfo
            {
                TaskScheduledId = parent.TaskId,
                Name = parent.Name,
                OrchestrationInstance = new OrchestrationInstance { InstanceId = parent.Id },
            };
        }
        start.ExecutionStarted.Tags.Add(TagsOf(instance.TagsJson));
        return new Message(start, instance.Generation);
    }

    private void Answer(Instance instance, HistoryEvent what)
    {
        instance.Inbox.Add(new Message(what, instance.Generation));
        Ready(instance);
    }

    private sealed class EpisodeCommand(EpisodeRun run) : Command
    {
        public override string What => run.ToString();

        public override void Apply(Engine engine) => engine.End(run);
    }
}
