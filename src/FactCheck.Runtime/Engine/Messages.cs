using System.Text.Json;

namespace FactCheck.Runtime;

/// <summary>What happens to an orchestration from outside.</summary>
internal enum MessageKind : byte
{
    Started = 1,
    TaskCompleted = 2,
    TaskFailed = 3,
    ChildCompleted = 4,
    ChildFailed = 5,
    TimerFired = 6,
    EventRaised = 7,
    Rewound = 8,
}

/// <summary>One thing that happened. Stored in the inbox until an episode takes it, then in that episode's history.</summary>
internal sealed class Message
{
    public required MessageKind Kind { get; init; }

    /// <summary>The sequence id of the action that this answers; of a rewind, the id that the next action takes.</summary>
    public int TaskId { get; init; }

    /// <summary>Which execution of the instance asked for it; an answer to an earlier one is dropped.</summary>
    public int Generation { get; init; }

    /// <summary>An event's name.</summary>
    public string? Name { get; init; }

    /// <summary>A result or payload as JSON, or the failure's details as JSON, or why it was rewound.</summary>
    public string? Data { get; init; }

    /// <summary>A failure that another attempt can't mend.</summary>
    public bool Final { get; init; }

    /// <summary>The row in the inbox; 0 when it has none.</summary>
    public long Row { get; set; }

    public static Message Failure(MessageKind kind, int taskId, int generation, TaskFailureDetails failure, bool final = false) =>
        new() { Kind = kind, TaskId = taskId, Generation = generation, Data = Failures.ToJson(failure), Final = final };
}

/// <summary>What an orchestrator wants done.</summary>
internal enum ActionKind : byte
{
    Activity = 1,
    SubOrchestration = 2,
    Timer = 3,
    SendEvent = 4,
}

/// <summary>One thing that an orchestrator wants done. Kind and name at an id are what replay compares.</summary>
internal sealed class OrchestratorAction
{
    public required ActionKind Kind { get; init; }

    public required int Id { get; init; }

    /// <summary>The activity, orchestrator or event.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The instance that is started or sent to.</summary>
    public string? Target { get; init; }

    /// <summary>Input or payload as JSON; not kept in the history.</summary>
    public string? Input { get; init; }

    /// <summary>A timer's time, UTC ticks.</summary>
    public long Due { get; init; }

    /// <summary>The id of a call's first attempt: retries share the idempotency key.</summary>
    public int FirstAttempt { get; init; }

    public string? Version { get; init; }

    public IDictionary<string, string>? Tags { get; init; }

    public override string ToString() => Kind switch
    {
        ActionKind.Activity => $"activity '{Name}' (#{Id})",
        ActionKind.SubOrchestration => $"sub-orchestration '{Name}' (#{Id})",
        ActionKind.Timer => $"a timer (#{Id})",
        _ => $"event '{Name}' sent (#{Id})",
    };
}

/// <summary>One step of an execution: when, what came in, what went out.</summary>
internal sealed record Episode(DateTime Time, IReadOnlyList<Message> Messages, IReadOnlyList<OrchestratorAction> Actions);

/// <summary>Failures as JSON.</summary>
internal static class Failures
{
    public static string ToJson(TaskFailureDetails failure) => JsonSerializer.Serialize(failure, FailureJson.Default.TaskFailureDetails);

    public static TaskFailureDetails FromJson(string json) =>
        JsonSerializer.Deserialize(json, FailureJson.Default.TaskFailureDetails)
        ?? throw new InvalidDataException("A stored failure is null.");
}

[System.Text.Json.Serialization.JsonSerializable(typeof(TaskFailureDetails))]
[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class FailureJson : System.Text.Json.Serialization.JsonSerializerContext;
