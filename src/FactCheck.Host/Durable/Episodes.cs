using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>Episodes: messages in, actions out. Writer's thread.</summary>
internal sealed class Episodes(
    Database database,
    Batch batch,
    Memory memory,
    Outbox outbox,
    Executions executions,
    Requests requests,
    Sessions sessions,
    EpisodeDispatcher dispatcher,
    EngineSettings settings,
    ILogger logger
)
{
    /// <summary>Begins what is ready; after the commit, as the worker must not be ahead of the file.</summary>
    public void BeginReady()
    {
        while (memory.NextReady() is { } instance)
        {
            if (
                !instance.IsTerminal
                && instance.Status != InstanceStatus.Suspended
                && instance.StartAt <= batch.Now
                && instance.Inbox.Count > 0
                && !memory.Runs.ContainsKey(instance.Id)
            )
                Begin(instance);
        }
    }

    public void End(EpisodeRun run)
    {
        if (!memory.Runs.TryGetValue(run.InstanceId, out var current) || current != run)
            return;
        var instance = memory.Find(run.Key);
        memory.Runs.Remove(run.InstanceId);
        batch.OnRollback(() => memory.Runs[run.InstanceId] = run);
        if (
            instance is not { IsTerminal: false }
            || instance.Generation != run.Generation
            || instance.Episodes != run.Episodes
        )
        {
            // Ended, purged or rewound meanwhile: nothing comes of it. Another of its id may wait for the worker.
            if (memory.Find(run.InstanceId) is { } other)
                memory.Ready(other);
        }
        else if (run.Failure is null && run.Response is not { RequiresHistory: false })
        {
            instance.Inbox.InsertRange(0, run.Messages);
            memory.Ready(instance);
        }
        else
        {
            Record(instance, run);
        }
    }

    private void Begin(Instance instance)
    {
        var time = batch.Later(instance.Updated);
        var messages = instance.Inbox.GetRange(0, Fitting(instance.Inbox));
        instance.Inbox.RemoveRange(0, messages.Count);
        // A message whose row is to be written in this batch is in the file before the worker sees it.
        foreach (var message in messages)
        {
            if (message.Row == 0 && !message.IsStart && !message.CanBeAskedAgain)
                memory.Store(instance, message);
        }
        var run = new EpisodeRun(instance, time, messages)
        {
            HasSession = instance.Episodes > 0 && sessions.Take(instance.Id, instance.ExecutionId, instance.Episodes),
            Keep = sessions.HasRoom(),
        };
        memory.Runs.Add(instance.Id, run);
        batch.OnRollback(() => memory.Runs.Remove(run.InstanceId));
        batch.AfterCommit(() => dispatcher.Enqueue(run));
    }

    /// <summary>How many of the messages go into one episode.</summary>
    private int Fitting(List<Message> messages)
    {
        var bytes = 0L;
        var most = settings.Runner.MostEpisodeBytes;
        var rest = most == long.MaxValue ? -1 : messages.FindIndex(message => (bytes += message.Bytes) > most);
        return rest < 0 ? messages.Count : Math.Max(rest, 1);
    }

    private void Record(Instance instance, EpisodeRun run)
    {
        batch.CountEpisode(run.Trace);
        batch.AfterCommit(() => settings.Meters.Episode(run.Name));
        // whoever waited for its start sees what the first episode did, its custom status, say
        if (instance.Status == InstanceStatus.Pending)
            executions.Become(instance, InstanceStatus.Running);
        instance.Updated = run.Time;
        instance.IsDirty = true;
        foreach (var message in run.Messages)
            memory.Consume(instance, message);
        if (run.Failure is { } failure)
            Fail(instance, run, HistoryOf(run, actions: 0), failure);
        else
            Apply(instance, run, run.Response!);
        if (instance.Generation == run.Generation)
            GoOn(instance, run);
        if (instance.Inbox.Count > 0)
            memory.Ready(instance);
    }

    /// <summary>The execution is the same after its episode: so are its span, and what the worker keeps of it.</summary>
    private void GoOn(Instance instance, EpisodeRun run)
    {
        instance.Span = Spans.Write(run.Response?.OrchestrationTraceContext) ?? instance.Span;
        if (instance.IsTerminal || run is not { Keep: true, Failure: null })
            return;
        sessions.Keep(instance.Id, instance.ExecutionId, instance.Episodes, run.Worker);
        batch.OnRollback(() => sessions.Forget(run.InstanceId));
    }

    private static List<HistoryEvent> HistoryOf(EpisodeRun run, int actions)
    {
        var history = new List<HistoryEvent>(run.Messages.Count + actions + 3) { Events.EpisodeBegins(run.Time) };
        history.AddRange(run.Messages.Select(message => message.Event));
        return history;
    }

    private void Apply(Instance instance, EpisodeRun run, OrchestratorResponse response)
    {
        var history = HistoryOf(run, response.Actions.Count);
        // Each episode tells all of it; a new execution that has not said anything yet keeps the last one's.
        if (response.CustomStatus is not null || instance.Generation == 0)
            instance.CustomStatus = response.CustomStatus;
        var completion = run.Completion;
        var toItself = new List<HistoryEvent>();
        foreach (var action in response.Actions)
        {
            // Who ends waits for nothing more: what its code, no longer fitting its history, asks for is nobody's.
            if (completion is not null && IsAwaited(action))
                continue;
            if (Events.Of(action, run.Time) is { } what)
                history.Add(what);
            if (Do(instance, action, toItself) is { } impossible)
            {
                Fail(instance, run, history, NotSupported(instance, impossible));
                return;
            }
        }
        if (completion is { OrchestrationStatus: OrchestrationStatus.ContinuedAsNew })
        {
            executions.Renew(instance, completion, toItself);
            return;
        }
        // What it sends itself has its turn after what came while it decided.
        instance.Inbox.AddRange(toItself.Select(sent => new Message(sent, instance.Generation)));
        history.Add(Events.EpisodeEnds(run.Time));
        database.AddEpisode(instance, history);
        if (completion is not null)
            executions.Finish(
                instance,
                (InstanceStatus)completion.OrchestrationStatus,
                completion.Result,
                FailureOf(completion)
            );
    }

    /// <summary>Does what an orchestrator asks for; what that is when this host can't, and else null.</summary>
    private string? Do(Instance instance, OrchestratorAction action, List<HistoryEvent> toItself)
    {
        switch (action.OrchestratorActionTypeCase)
        {
            case ActionCase.ScheduleTask:
                outbox.SendActivity(instance, action.Id, action.ScheduleTask);
                return null;
            case ActionCase.CreateSubOrchestration:
                executions.StartChild(instance, action.Id, action.CreateSubOrchestration);
                return null;
            case ActionCase.CreateTimer:
                outbox.SetTimer(instance, action.Id, action.CreateTimer.FireAt.ToDateTime());
                return null;
            case ActionCase.SendEvent:
                return Send(instance, action.SendEvent, toItself);
            case ActionCase.CompleteOrchestration:
                return null;
            case ActionCase.TerminateOrchestration:
                var end = action.TerminateOrchestration;
                requests.Terminate(end.InstanceId, end.Reason, end.Recurse);
                return null;
            default:
                return action.OrchestratorActionTypeCase.ToString();
        }
    }

    private string? Send(Instance instance, SendEventAction sent, List<HistoryEvent> toItself)
    {
        var to = sent.Instance.InstanceId;
        if (to.StartsWith('@'))
            return $"an entity, {to}";
        if (to == instance.Id)
            toItself.Add(Events.Raised(batch.Now, sent.Name, sent.Data));
        else
            requests.Raise(to, sent.Name, sent.Data);
        return null;
    }

    private static bool IsAwaited(OrchestratorAction action) =>
        action.OrchestratorActionTypeCase
            is ActionCase.ScheduleTask
                or ActionCase.CreateSubOrchestration
                or ActionCase.CreateTimer;

    /// <summary>It fails by name, instead of waiting for ever.</summary>
    private TaskFailureDetails NotSupported(Instance instance, string what)
    {
        logger.LogError("{InstanceId} asks for {What}, which this host can't do", instance.Id, what);
        return new()
        {
            ErrorType = "NotSupported",
            ErrorMessage =
                $"Orchestrator '{instance.Name}' asks for {what}: this host runs orchestrations and activities, and no entities.",
            IsNonRetriable = true,
        };
    }

    private void Fail(Instance instance, EpisodeRun run, List<HistoryEvent> history, TaskFailureDetails failure)
    {
        history.Add(Events.EpisodeEnds(run.Time));
        database.AddEpisode(instance, history);
        executions.Finish(instance, InstanceStatus.Failed, null, failure);
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
}

/// <summary>An episode has come to its end, or is to be run again.</summary>
internal sealed class EpisodeCommand(Episodes episodes, EpisodeRun run) : Command
{
    public override string What => run.ToString();

    public override void Apply() => episodes.End(run);
}
