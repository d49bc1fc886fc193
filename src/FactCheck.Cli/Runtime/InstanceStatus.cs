using System.Text.Json;
using System.Text.Json.Serialization;

namespace FactCheck.Cli.Runtime;

/// <summary>How an instance stands, as the HTTP management names it. The host has the same names; to understand a
/// command line, it need not be loaded.</summary>
internal enum InstanceState
{
    Pending,
    Running,
    Completed,
    Failed,
    Terminated,
    Suspended,
}

/// <summary>An Activity, SubOrchestration, Timer, Event or Start by its name; of what is Unread, how many.</summary>
internal sealed record InstanceWait(string Kind, string? Name, string? InstanceId, DateTimeOffset? Until);

/// <summary>An instance, as the HTTP management shows it.</summary>
internal sealed record InstanceStatus(
    string Name,
    string InstanceId,
    InstanceState RuntimeStatus,
    JsonNode? Input,
    JsonNode? CustomStatus,
    JsonNode? Output,
    DateTimeOffset CreatedTime,
    DateTimeOffset LastUpdatedTime,
    string? ParentInstanceId,
    string? TraceParent,
    IReadOnlyList<InstanceWait>? Waits
)
{
    public bool HasEnded =>
        RuntimeStatus is InstanceState.Completed or InstanceState.Failed or InstanceState.Terminated;

    public static InstanceStatus Of(JsonNode json) => Read(json, RuntimeJson.Default.InstanceStatus);

    /// <summary>A record of the answer's JSON.</summary>
    /// <exception cref="CommandException">The host speaks another language.</exception>
    public static T Read<T>(JsonNode json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return json.Deserialize(type) ?? throw new JsonException("null");
        }
        catch (JsonException odd)
        {
            throw new CommandException(
                ExitCode.Failed,
                $"The answer can't be read as {typeof(T).Name}: {odd.Message} Is it of another release?",
                odd
            );
        }
    }
}

/// <summary>A blob that was given up.</summary>
internal sealed record PoisonStatus(
    string FunctionId,
    string ContainerName,
    string BlobName,
    string Reason,
    DateTimeOffset At
)
{
    public static PoisonStatus Of(JsonNode json) => InstanceStatus.Read(json, RuntimeJson.Default.PoisonStatus);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(InstanceStatus))]
[JsonSerializable(typeof(PoisonStatus))]
internal sealed partial class RuntimeJson : JsonSerializerContext;
