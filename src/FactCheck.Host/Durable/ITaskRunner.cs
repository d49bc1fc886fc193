using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>Runs episodes and activities as a worker's functions, as work items, or as a test's lambdas.</summary>
internal interface ITaskRunner
{
    /// <summary>Changes when what was kept in memory of earlier episodes is gone.</summary>
    int Generation { get; }

    /// <summary>Whether instances are kept in memory from one episode to the next.</summary>
    bool HasSessions => true;

    /// <summary>About the bytes of messages that an episode takes, but at least one message; the rest waits.</summary>
    long MostEpisodeBytes => long.MaxValue;

    bool HasOrchestrator(string name);

    bool HasActivity(string name);

    /// <exception cref="WorkerLostException">It may have run: it is run again, with its history.</exception>
    /// <exception cref="TimeoutException">It ran too long: it is run again, with its history.</exception>
    /// <exception cref="EpisodeFailedException">The orchestration can't go on; it fails.</exception>
    /// <exception cref="EpisodeWithdrawnException">It was withdrawn before anybody ran it.</exception>
    Task<OrchestratorResponse> RunEpisodeAsync(EpisodeCall episode, CancellationToken cancellation);

    /// <summary>Runs an activity; its result as JSON, or how it failed.</summary>
    /// <exception cref="WorkerLostException">It is not known whether it ran: it is run again.</exception>
    Task<ActivityResponse> RunActivityAsync(ActivityRequest request, CancellationToken cancellation);

    /// <summary>An instance has been ended: an episode of it that nobody has begun need not be run any more.</summary>
    void Withdraw(string instanceId) { }

    /// <summary>The host stops: what nobody has begun is cancelled, what is in work may come to its end.</summary>
    void Close() { }
}

/// <summary>An episode that is to be run. Its past is read when whoever runs it needs it.</summary>
/// <param name="version">The instance's; empty for none.</param>
/// <param name="key">Of the instance whose past goes with it; null when it has none, or needs none.</param>
internal sealed class EpisodeCall(
    string orchestrator,
    string version,
    OrchestratorRequest request,
    Database? database = null,
    long? key = null
)
{
    public string Orchestrator => orchestrator;

    public string Version => version;

    public OrchestratorRequest Request => request;

    /// <summary>About the bytes of its past.</summary>
    public async Task<long> PastBytesAsync() =>
        key is { } instance ? await database!.ReadAsync(connection => History.Bytes(connection, instance)) : 0;

    public async Task<OrchestratorRequest> WithPastAsync()
    {
        if (key is not { } instance)
            return request;
        var whole = request.Clone();
        foreach (var episode in await database!.ReadAsync(connection => History.Episodes(connection, instance)))
            whole.PastEvents.Add(episode);
        return whole;
    }
}

/// <summary>The orchestrator's own failure: its code is gone, or does not fit its history.</summary>
internal sealed class EpisodeFailedException(TaskFailureDetails failure) : Exception(failure.ErrorMessage)
{
    public TaskFailureDetails Failure { get; } = failure;
}

/// <summary>Nobody needs an episode any more: its instance has ended.</summary>
internal sealed class EpisodeWithdrawnException(string message) : Exception(message);
