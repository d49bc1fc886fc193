using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf.Collections;

namespace FactCheck.Host.Durable;

/// <summary>An instance's tags as they are stored.</summary>
internal static class Tags
{
    public static string? Write(MapField<string, string> tags) =>
        tags.Count == 0
            ? null
            : JsonSerializer.Serialize(
                new Dictionary<string, string>(tags, StringComparer.Ordinal),
                TagsContext.Default.DictionaryStringString
            );

    public static Dictionary<string, string> Read(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, TagsContext.Default.DictionaryStringString) ?? [];
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class TagsContext : JsonSerializerContext;
