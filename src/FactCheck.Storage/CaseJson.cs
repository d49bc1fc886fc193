using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FactCheck.Storage;

/// <summary>How rows are written: camelCase, enums by name, nothing for null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(CaseHead))]
[JsonSerializable(typeof(HandIns))]
[JsonSerializable(typeof(CaseRun))]
[JsonSerializable(typeof(CasePublication))]
[JsonSerializable(typeof(Statement))]
[JsonSerializable(typeof(IReadOnlyList<Statement>))]
[JsonSerializable(typeof(ReviewTask))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Decision))]
[JsonSerializable(typeof(Wake))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(ArticleText))]
[JsonSerializable(typeof(ArticleExtraction))]
[JsonSerializable(typeof(TextInsights))]
[JsonSerializable(typeof(ReverificationReport))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>>))]
[JsonSerializable(typeof(ArticleEntry))]
[JsonSerializable(typeof(QueueEntry))]
[JsonSerializable(typeof(ChangeEntry))]
[JsonSerializable(typeof(PublishedStatement))]
[JsonSerializable(typeof(PublishedArticle))]
[JsonSerializable(typeof(DueEntry))]
public sealed partial class CaseJson : JsonSerializerContext
{
    /// <summary>Writes a value the way rows and blobs hold it.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, InfoOf<T>());

    /// <summary>Reads what <see cref="Write{T}"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize(json, InfoOf<T>()) ?? throw new JsonException($"A {typeof(T).Name} is missing.");

    private static JsonTypeInfo<T> InfoOf<T>() => (JsonTypeInfo<T>)Default.GetTypeInfo(typeof(T))!;
}
