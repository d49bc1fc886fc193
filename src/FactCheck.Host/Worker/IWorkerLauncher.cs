namespace FactCheck.Host.Worker;

/// <summary>What a worker is told at its start.</summary>
internal sealed record WorkerStart(
    Uri HostEndpoint,
    string WorkerId,
    string RequestId,
    IReadOnlyDictionary<string, string> Environment
);

/// <summary>Starts workers.</summary>
internal interface IWorkerLauncher
{
    /// <summary>Starts one; it connects by itself.</summary>
    /// <exception cref="FunctionHostException">It can't be started.</exception>
    Task<IWorkerHandle> LaunchAsync(WorkerStart start, CancellationToken cancellation);
}

/// <summary>A worker that was started.</summary>
internal interface IWorkerHandle : IAsyncDisposable
{
    /// <summary>Its process; null when it has none of its own.</summary>
    int? ProcessId { get; }

    /// <summary>Done when it has ended, with its exit code.</summary>
    Task<int> Exited { get; }

    /// <summary>The last lines it wrote, for whoever asks why it ended.</summary>
    string LastWords { get; }

    void Kill();
}
