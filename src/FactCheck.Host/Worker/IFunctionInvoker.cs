using FactCheck.Host.Worker.Rpc;

namespace FactCheck.Host.Worker;

/// <summary>A function as the worker listed it.</summary>
/// <param name="Id">The host's own id, the same over restarts of the worker.</param>
/// <param name="Trigger">The binding that starts it, as JSON: <c>type</c>, <c>name</c>, and what the type adds
/// (<c>route</c>, <c>methods</c>, <c>path</c>, <c>schedule</c>, …).</param>
internal sealed record HostedFunction(
    string Id,
    string Name,
    System.Text.Json.Nodes.JsonObject Trigger,
    IReadOnlyList<System.Text.Json.Nodes.JsonObject> Inputs
)
{
    public string TriggerType => Trigger["type"]!.GetValue<string>();

    /// <summary>The name of the parameter that the trigger's data is bound to.</summary>
    public string TriggerName => Trigger["name"]!.GetValue<string>();

    public bool Is(string type) => string.Equals(TriggerType, type, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One call of a function.</summary>
/// <param name="Input">The trigger's data; the invoker adds the inputs of other bindings (the durable client).</param>
/// <param name="Metadata">Of the trigger: parts of a blob's name, an activity's instance, a route's values.</param>
internal sealed record Invocation(
    HostedFunction Function,
    TypedData Input,
    IReadOnlyDictionary<string, TypedData> Metadata
)
{
    /// <summary>Sent with the call, and in the header of an HTTP request; fresh for each.</summary>
    public string Id { get; init; } = Guid.NewGuid().ToString();

    /// <summary>The W3C traceparent of what asks for it; the current one when null.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How long it may run; <c>functionTimeout</c> when null.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Calls functions of the worker that runs now; waits, with a limit, while one is starting.</summary>
internal interface IFunctionInvoker
{
    /// <summary>What the worker can do; empty before the first has started.</summary>
    IReadOnlyList<HostedFunction> Functions { get; }

    /// <summary>Counts workers: what one of them kept in memory is gone when this has changed.</summary>
    int Generation { get; }

    /// <summary>Calls a function; what it returned, null for nothing.</summary>
    /// <exception cref="FunctionFailedException">It threw.</exception>
    /// <exception cref="WorkerLostException">The worker ended, or there was none: it may have run.</exception>
    /// <exception cref="TimeoutException">It ran longer than it may.</exception>
    /// <exception cref="OperationCanceledException">Cancelled here; the worker has been told.</exception>
    Task<TypedData?> InvokeAsync(Invocation invocation, CancellationToken cancellation);
}

/// <summary>A function threw, or its input could not be bound.</summary>
internal sealed class FunctionFailedException(string function, RpcException error)
    : Exception($"{function}: {error.Message}")
{
    public RpcException Error { get; } = error;
}
