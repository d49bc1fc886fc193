using Microsoft.DurableTask.Protobuf;

namespace FactCheck.Host.Durable;

/// <summary>Runs episodes and activities somewhere else: in the functions of a worker, in a plain worker's work items, or in a test's lambdas.</summary>
internal interface ITaskRunner
{
    /// <summary>Changes when what was kept in memory of earlier episodes is gone.</summary>
    int Generation { get; }

    /// <summary>Whether an orchestrator can be run.</summary>
    bool HasOrchestrator(string name);

    /// <summary>Whether an activity can be run.</summary>
    bool HasActivity(string name);

    /// <summary>Runs an episode.</summary>
    /// <exception cref="Worker.WorkerLostException">It is not known whether it ran: it is to be run again, with its history.</exception>
    /// <exception cref="TimeoutException">It ran longer than it may: it is to be run again, with its history.</exception>
    /// <exception cref="EpisodeFailedException">The orchestration can't go on; it fails.</exception>
    Task<OrchestratorResponse> RunEpisodeAsync(string orchestrator, OrchestratorRequest request, CancellationToken cancellation);

    /// <summary>Runs an activity; its result as JSON, or how it failed.</summary>
    /// <exception cref="Worker.WorkerLostException">It is not known whether it ran: it is run again.</exception>
    Task<ActivityResponse> RunActivityAsync(ActivityRequest request, CancellationToken cancellation);
}

/// <summary>An episode failed for a reason of the orchestrator's own: its code is gone, or it does not fit its history.</summary>
internal sealed class EpisodeFailedException(TaskFailureDetails failure) : Exception(failure.ErrorMessage)
{
    /// <summary>What the orchestration ends with.</summary>
    public TaskFailureDetails Failure { get; } = failure;
}
