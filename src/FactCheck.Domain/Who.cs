using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FactCheck.Domain;

/// <summary>Somebody who did something, as it is kept: which person, and what they were called then. Former releases kept
/// names alone. Whether two are the same person only <see cref="Is"/> says; <c>==</c> compares what is kept.</summary>
/// <param name="Id">Of the list of people; null for what is no person, and where a former release kept it.</param>
/// <param name="Name">For show.</param>
[JsonConverter(typeof(WhoJson))]
public sealed record Who(string? Id, string Name)
{
    /// <summary>The host's own steps.</summary>
    public static Who Host { get; } = new(null, AuditNote.Host);

    /// <summary>Whatever puts files into the watched folder, or straight into the container.</summary>
    public static Who Folder { get; } = new(null, Person.Folder);

    /// <summary>Whoever uses the command line on the data folder.</summary>
    public static Who CommandLine { get; } = new(null, Person.CommandLine);

    /// <summary>Somebody whom an older release did not note.</summary>
    public static Who Unknown { get; } = new(null, "");

    /// <summary>The name by which former releases knew this person; null where they didn't, or meant another. Known of
    /// people who act now, and never kept.</summary>
    public string? Formerly { get; init; }

    /// <summary>True for the same person, whatever they were called when.</summary>
    public bool Is(Who? other) =>
        other is not null
        && (Id, other.Id) switch
        {
            (not null, not null) => Id == other.Id,
            (not null, null) => Formerly == other.Name,
            (null, not null) => Name == other.Formerly,
            _ => Name == other.Name,
        };

    /// <summary>True where it is sure that this is another person: of somebody whom a former release kept by name, only
    /// who was known to it can say so.</summary>
    public bool IsSurelyNot(Who other) =>
        !Is(other)
        && (Id, other.Id) switch
        {
            (not null, null) => Formerly is not null,
            (null, not null) => other.Formerly is not null,
            _ => true,
        };

    /// <summary>True where somebody who names a person by id or by name may mean this one.</summary>
    public bool IsNamed(string idOrName) => Name == idOrName || (Id is not null && Id == idOrName);

    /// <inheritdoc/>
    public bool Equals(Who? other) => other is not null && (Id, Name) == (other.Id, other.Name);

    /// <inheritdoc/>
    public override int GetHashCode() => (Id, Name).GetHashCode();

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>A name alone, as former releases kept it.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Who?(string? name) => name is null ? null : new(null, name);
}

/// <summary>Somebody in a row: a plain string is a name alone.</summary>
public sealed class WhoJson : JsonConverter<Who>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">It is something else.</exception>
    public override Who Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new(null, reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Somebody is a name, or an id and a name.");
        string? id = null,
            name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.GetString();
            reader.Read();
            if (property == "id")
                id = reader.GetString();
            else if (property == "name")
                name = reader.GetString();
            else
                reader.Skip();
        }

        return new(id, name ?? throw new JsonException("Somebody has no name."));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Who value, JsonSerializerOptions options)
    {
        if (value.Id is null)
        {
            writer.WriteStringValue(value.Name);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("id", value.Id);
        writer.WriteString("name", value.Name);
        writer.WriteEndObject();
    }
}
