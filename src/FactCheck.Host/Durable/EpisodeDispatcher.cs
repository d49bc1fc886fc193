using FactCheck.Host.Storage;
using Google.Protobuf.WellKnownTypes;

namespace FactCheck.Host.Durable;

/// <summary>An episode on its way: what it took, where it began, and what came of it.</summary>
internal sealed class EpisodeRun(Instance instance, DateTime time, IReadOnlyList<Message> messages)
{
    public long Key { get; } = instance.Key;

    public string InstanceId { get; } = instance.Id;

    public string Name { get; } = instance.Name;

    public string Version { get; } = instance.Version;

    public string ExecutionId { get; } = instance.ExecutionId;

    public int Generation { get; } = instance.Generation;

    /// <summary>Episodes before it.</summary>
    public int Episodes { get; } = instance.Episodes;

    public string? Trace { get; } = instance.Trace;

    public string? Span { get; } = instance.Span;

    /// <summary>The orchestrator's clock while it runs.</summary>
    public DateTime Time { get; } = time;

    public IReadOnlyList<Message> Messages { get; } = messages;

    /// <summary>The worker holds the instance, so that only what is new is sent.</summary>
    public bool HasSession { get; init; }

    /// <summary>The worker is to hold the instance from now on.</summary>
    public bool Keep { get; init; }

    /// <summary>The worker that answered.</summary>
    public int Worker { get; set; }

    /// <summary>What the orchestrator wants; null when it is to be run again, or failed.</summary>
    public OrchestratorResponse? Response { get; set; }

    /// <summary>How the orchestrator ends its execution; null when it goes on.</summary>
    public CompleteOrchestrationAction? Completion =>
        Response?.Actions.FirstOrDefault(action => action.CompleteOrchestration is not null)?.CompleteOrchestration;

    /// <summary>Why the orchestration can't go on.</summary>
    public TaskFailureDetails? Failure { get; set; }

    public override string ToString() => $"an episode of '{Name}' ({InstanceId})";
}

/// <summary>Sends episodes to whoever runs them, a limited number at a time, and hands in what came of each.</summary>
internal sealed class EpisodeDispatcher(
    ITaskRunner runner,
    Database database,
    HostJson host,
    IdleTracker idle,
    ILogger logger,
    Action<EpisodeRun> done
) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly WorkLimiter _work = new(host.MaxOrchestrators, idle);

    public void Enqueue(EpisodeRun run) => _work.Enqueue(run, stop => RunAsync(run, stop));

    public async Task StopAsync(TimeSpan drain) => await _work.StopAsync(drain);

    public void Dispose() => _work.Dispose();

    private async Task RunAsync(EpisodeRun run, CancellationToken stop)
    {
        var span = Spans.Episode(run);
        try
        {
            run.Worker = runner.Generation;
            run.Response = await AskAsync(run, withHistory: !run.HasSession, stop);
            if (run.Response.RequiresHistory)
                run.Response = await AskAsync(run, withHistory: true, stop);
            if (run.Completion is { OrchestrationStatus: OrchestrationStatus.Failed } end)
                span.Failed(end.FailureDetails?.ErrorType ?? "OrchestrationFailed");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested || _work.IsStopping)
        {
            span.End();
            return; // the host stops: it runs at the next start
        }
        catch (EpisodeWithdrawnException)
        {
            logger.LogDebug("{Episode} is not run: its instance has ended", run);
        }
        catch (EpisodeFailedException failed)
        {
            span.Failed(failed.Failure.ErrorType);
            logger.LogError(
                "{InstanceId} can't go on: {Error}: {Message}",
                run.InstanceId,
                failed.Failure.ErrorType,
                failed.Message
            );
            run.Failure = failed.Failure;
        }
        catch (Exception again)
        {
            // Whatever it is, it is not the orchestrator's doing: nothing is lost by running it again.
            Tell(run, again);
            span.Failed(again.GetType().FullName!);
            await Task.WhenAny(Task.Delay(Pause, stop)); // ends when the host stops, without a word
        }
        span.End();
        done(run);
    }

    private void Tell(EpisodeRun run, Exception again)
    {
        var isExpected = again is WorkerLostException or TimeoutException;
        logger.Log(
            isExpected ? LogLevel.Warning : LogLevel.Error,
            isExpected ? null : again,
            "{Episode} is run again: {Reason}",
            run,
            again.Message
        );
    }

    private Task<OrchestratorResponse> AskAsync(EpisodeRun run, bool withHistory, CancellationToken stop)
    {
        var request = new OrchestratorRequest
        {
            InstanceId = run.InstanceId,
            ExecutionId = run.ExecutionId,
            OrchestrationTraceContext = Spans.Read(run.Span),
        };
        request.NewEvents.Add(Events.EpisodeBegins(run.Time));
        foreach (var message in run.Messages)
            request.NewEvents.Add(message.Event);
        if (runner.HasSessions)
        {
            request.Properties.Add("IsExtendedSession", Value.ForBool(run.Keep));
            request.Properties.Add("IncludeState", Value.ForBool(withHistory));
            request.Properties.Add("ExtendedSessionIdleTimeoutInSeconds", Value.ForNumber(Sessions.IdleSeconds));
        }
        if (host.DefaultVersion.Length > 0)
            // of the children that it starts
            request.Properties.Add("defaultVersion", Value.ForString(host.DefaultVersion));
        return runner.RunEpisodeAsync(
            new EpisodeCall(run.Name, run.Version, request, database, withHistory && run.Episodes > 0 ? run.Key : null),
            stop
        );
    }
}
