namespace FactCheck.Runtime;

/// <summary>The orchestrators and activities that the engine can run, by name; names ignore case.</summary>
internal sealed class DurableFunctions
{
    public Dictionary<string, Func<Execution, Task<object?>>> Orchestrators { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, Func<ActivityCall, CancellationToken, Task<string?>>> Activities { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>One run of an activity; it may be run again after a crash, with the same idempotency key.</summary>
internal sealed record ActivityCall(
    long Key, string InstanceId, string ExecutionId, int Generation, int TaskId, int FirstAttempt, string Name, string? Input, string? Trace)
{
    /// <summary>The same over retries and restarts; another one after ContinueAsNew.</summary>
    public string IdempotencyKey => $"{ExecutionId}:{FirstAttempt}";

    public override string ToString() => $"activity '{Name}' of {InstanceId}";
}
