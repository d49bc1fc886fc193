using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FactCheck.Functions.Publishing;

namespace FactCheck.Tests.Contracts;

/// <summary>The JSON schemas of the records that are sent and taken, each found on the way from an endpoint.</summary>
internal sealed class ContractSchemas
{
    private readonly SortedDictionary<string, JsonObject> _schemas = new(StringComparer.Ordinal);
    private readonly HashSet<Type> _taken = [];

    /// <summary>What is taken may leave out what has a default, and so may all that is inside it.</summary>
    public ContractSchemas(IEnumerable<Type> taken)
    {
        foreach (var type in taken)
            Take(type);
    }

    /// <summary>The schemas that were asked for so far, and those inside them.</summary>
    public JsonObject ToJson() => new(_schemas.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, s.Value)));

    /// <summary>How the app reads and writes a record.</summary>
    public static JsonTypeInfo InfoOf(Type type) =>
        HttpJson.Default.GetTypeInfo(type)
        ?? ReportJson.Default.GetTypeInfo(type)
        ?? throw new InvalidOperationException($"{type} is no contract.");

    /// <summary>A plain schema, or a reference to the type's own.</summary>
    public JsonObject Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ItemOf(type) is { } item)
            return new() { ["type"] = "array", ["items"] = Of(item) };
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return new() { ["type"] = "object", ["additionalProperties"] = Of(typeof(string)) };
        if (PlainOf(type) is var (name, format))
            return format is null ? new() { ["type"] = name } : new() { ["type"] = name, ["format"] = format };
        var id = NameOf(type);
        if (!_schemas.ContainsKey(id))
        {
            _schemas[id] = [];
            _schemas[id] = type.IsEnum ? EnumOf(type) : RecordOf(type);
        }

        return new() { ["$ref"] = $"#/components/schemas/{id}" };
    }

    /// <summary>The properties of a record, as they are described where it stands alone.</summary>
    public JsonObject PropertiesOf(Type type) =>
        new(InfoOf(type).Properties.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Name, PropertyOf(type, p))));

    private static JsonObject EnumOf(Type type)
    {
        var said = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (f.Name, Meaning: DocComments.Summary(f)))
            .Where(f => f.Meaning is not null)
            .Select(f => $"{f.Name}: {f.Meaning}");
        return new()
        {
            ["type"] = "string",
            ["description"] = string.Join(' ', said.Prepend(DocComments.Summary(type))),
            ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(n => (JsonNode)n)]),
        };
    }

    private JsonObject RecordOf(Type type)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (DocComments.Summary(type) is { } summary)
            schema["description"] = summary;
        schema["properties"] = PropertiesOf(type);
        var required = InfoOf(type).Properties.Where(p => IsRequired(type, p)).Select(p => (JsonNode)p.Name).ToArray();
        if (required.Length > 0)
            schema["required"] = new JsonArray(required);
        return schema;
    }

    private JsonObject PropertyOf(Type type, JsonPropertyInfo info)
    {
        var schema = Of(info.PropertyType);
        var property = MemberOf(type, info);
        if (DocComments.Summary(property) is { } summary)
            schema["description"] = summary;
        if (property.GetCustomAttribute<StringLengthAttribute>() is { } length)
        {
            if (length.MinimumLength > 0)
                schema["minLength"] = length.MinimumLength;
            schema["maxLength"] = length.MaximumLength;
        }

        if (!_taken.Contains(type))
            return schema;
        if (!property.CanWrite || property.GetCustomAttribute<ReadOnlyAttribute>() is { IsReadOnly: true })
            schema["readOnly"] = true;
        else if (DefaultOf(type, info, property) is { } otherwise)
            schema["default"] = JsonSerializer.SerializeToNode(otherwise, InfoOf(otherwise.GetType()));
        return schema;
    }

    // What goes out holds everything that is not null; what comes in may leave out what has a default.
    private bool IsRequired(Type type, JsonPropertyInfo info) =>
        !info.IsGetNullable
        && (
            !_taken.Contains(type)
            || ParameterOf(type, MemberOf(type, info)) is { HasDefaultValue: false }
            || info.IsRequired
        );

    private object? DefaultOf(Type type, JsonPropertyInfo info, PropertyInfo property) =>
        info.IsGetNullable || IsRequired(type, info) ? null
        : ParameterOf(type, property) is { } parameter ? parameter.DefaultValue
        : property.GetValue(Activator.CreateInstance(type));

    private static ParameterInfo? ParameterOf(Type type, PropertyInfo property) =>
        type.GetConstructors().SelectMany(c => c.GetParameters()).FirstOrDefault(p => p.Name == property.Name);

    private static PropertyInfo MemberOf(Type type, JsonPropertyInfo info) =>
        type.GetProperties()
            .Single(p =>
                (
                    p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
                    ?? JsonNamingPolicy.CamelCase.ConvertName(p.Name)
                ) == info.Name
            );

    private void Take(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        type = ItemOf(type) ?? type;
        if (PlainOf(type) is null && !type.IsEnum && _taken.Add(type))
            foreach (var property in InfoOf(type).Properties)
                Take(property.PropertyType);
    }

    private static (string Name, string? Format)? PlainOf(Type type) =>
        type == typeof(string) || type == typeof(Who) ? ("string", null)
        : type == typeof(Uri) ? ("string", "uri")
        : type == typeof(DateTimeOffset) ? ("string", "date-time")
        : type == typeof(DateOnly) ? ("string", "date")
        : type == typeof(int) ? ("integer", "int32")
        : type == typeof(double) ? ("number", "double")
        : type == typeof(bool) ? ("boolean", null)
        : type == typeof(JsonObject) ? ("object", null)
        : null;

    private static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? type.GetGenericArguments()[0]
            : null;

    private static string NameOf(Type type) =>
        type.IsGenericType ? $"{type.GetGenericArguments()[0].Name}List" : type.Name;
}
