using System.Collections.Immutable;

namespace FactCheck.Runtime;

/// <summary>The state of an instance.</summary>
public enum OrchestrationRuntimeStatus
{
    /// <summary>Started; now running or waiting.</summary>
    Running = 0,

    /// <summary>Ended with an output.</summary>
    Completed = 1,

    /// <summary>Between two runs.</summary>
    ContinuedAsNew = 2,

    /// <summary>Ended with an error.</summary>
    Failed = 3,

    /// <summary>Not used by this host.</summary>
    Canceled = 4,

    /// <summary>Ended from outside.</summary>
    Terminated = 5,

    /// <summary>Scheduled, not started yet.</summary>
    Pending = 6,

    /// <summary>Started, halted until it is resumed.</summary>
    Suspended = 7,
}

/// <summary>What is known of an instance.</summary>
public sealed class OrchestrationMetadata(string name, string instanceId)
{
    /// <summary>The orchestrator.</summary>
    public string Name { get; } = name;

    /// <summary>The instance.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>Reads the payloads; the default one when null.</summary>
    public DataConverter? DataConverter { get; init; }

    /// <summary>Its state.</summary>
    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    /// <summary>When it was scheduled.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last did something.</summary>
    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>JSON; null unless it was asked for.</summary>
    public string? SerializedInput { get; init; }

    /// <summary>JSON; null unless it was asked for, and ended.</summary>
    public string? SerializedOutput { get; init; }

    /// <summary>JSON; null unless it was asked for, and set.</summary>
    public string? SerializedCustomStatus { get; init; }

    /// <summary>Why it failed.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    /// <summary>Notes given at the start.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Is it running?</summary>
    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    /// <summary>Has it ended, well or not?</summary>
    public bool IsCompleted => RuntimeStatus
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>The input.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadInputAs<T>() => Read<T>(SerializedInput);

    /// <summary>The output.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadOutputAs<T>() => Read<T>(SerializedOutput);

    /// <summary>The custom status.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadCustomStatusAs<T>() => Read<T>(SerializedCustomStatus);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} (ID={InstanceId}, {RuntimeStatus}, created {CreatedAt:s}Z, updated {LastUpdatedAt:s}Z){(FailureDetails is null ? "" : $" {FailureDetails}")}";

    /// <summary>Whether payloads were fetched.</summary>
    internal bool HasPayloads { get; init; } = true;

    private T? Read<T>(string? data) => HasPayloads
        ? (DataConverter ?? JsonDataConverter.Default).Deserialize<T>(data)
        : throw new InvalidOperationException(
            $"Inputs and outputs of {InstanceId} were not fetched: ask with getInputsAndOutputs, or with FetchInputsAndOutputs in a query.");
}

/// <summary>Which instances to list; by id, within a prefix.</summary>
/// <param name="CreatedFrom">Not before.</param>
/// <param name="CreatedTo">Not after.</param>
/// <param name="Statuses">All when null.</param>
/// <param name="TaskHubNames">This host has one; ignored.</param>
/// <param name="InstanceIdPrefix">Case counts.</param>
/// <param name="PageSize">Items per page.</param>
/// <param name="FetchInputsAndOutputs">Whether payloads are read.</param>
/// <param name="ContinuationToken">Where to go on.</param>
public record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
    IEnumerable<string>? TaskHubNames = null,
    string? InstanceIdPrefix = null,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = null)
{
    /// <summary>Items per page.</summary>
    public const int DefaultPageSize = 100;
}

/// <summary>How an instance is terminated.</summary>
/// <param name="Output">What it leaves as output.</param>
/// <param name="Recursive">Also its sub-orchestrations.</param>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);

/// <summary>How an instance is purged.</summary>
/// <param name="Recursive">Also its sub-orchestrations.</param>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>Which ended instances are purged.</summary>
/// <param name="CreatedFrom">Not before.</param>
/// <param name="CreatedTo">Not after.</param>
/// <param name="Statuses">All that ended when null.</param>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null)
{
    /// <summary>For how long at most; the answer says whether all was done.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>What was purged.</summary>
public class PurgeResult
{
    /// <summary>A count, without saying whether all was done.</summary>
    public PurgeResult(int count)
        : this(count, null)
    {
    }

    /// <summary>A count and whether all was done.</summary>
    public PurgeResult(int count, bool? isComplete)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        (PurgedInstanceCount, IsComplete) = (count, isComplete);
    }

    /// <summary>How many instances are gone.</summary>
    public int PurgedInstanceCount { get; }

    /// <summary>Whether nothing that matches is left; null when unknown.</summary>
    public bool? IsComplete { get; }
}

/// <summary>Helpers for starting an instance.</summary>
public static class StartOrchestrationOptionsExtensions
{
    /// <summary>The states that can be protected from being replaced.</summary>
    public static readonly IReadOnlyList<OrchestrationRuntimeStatus> ValidDedupeStatuses =
    [
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated,
        OrchestrationRuntimeStatus.Canceled,
    ];

    /// <summary>An earlier instance of the same id in one of these states must not be replaced.</summary>
    public static StartOrchestrationOptions WithDedupeStatuses(this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses) =>
        options with { DedupeStatuses = [.. dedupeStatuses.Select(status => status.ToString())] };
}

/// <summary>An instance with this id exists, and must not be replaced.</summary>
public class OrchestrationAlreadyExistsException : Exception
{
    /// <summary>Without saying which.</summary>
    public OrchestrationAlreadyExistsException() { }

    /// <summary>Saying which.</summary>
    public OrchestrationAlreadyExistsException(string message)
        : base(message)
    {
    }

    /// <summary>Saying which, and why.</summary>
    public OrchestrationAlreadyExistsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
