using System.Text.Json;
using FactCheck.Extraction.Claims;

namespace FactCheck.Extraction.Evaluation;

/// <summary>Reads lines of labelled data; empty ones are passed over. A line that is not such an object is a
/// <see cref="JsonException"/>.</summary>
public static class InsightLines
{
    /// <summary>Sentences of lines <c>{id, sentences:[{id, text, label}]}</c>; label 1: check-worthy.</summary>
    public static IEnumerable<(string Id, string Text, bool Worthy)> Claims(IEnumerable<string> lines) =>
        Each(
                lines,
                line =>
                    List(line, "sentences")
                        .Select(s =>
                            (
                                Text(s, "id"),
                                Text(s, "text"),
                                Property(s, "label") is { ValueKind: JsonValueKind.Number } label
                                    && label.GetDouble() >= 0.5
                            )
                        )
            )
            .SelectMany(s => s);

    /// <summary>Texts of lines <c>{id, text}</c>.</summary>
    public static IEnumerable<(string Id, string Text)> Texts(IEnumerable<string> lines) =>
        Each(lines, line => (Text(line, "id"), Text(line, "text")));

    /// <summary>Persons, organisations and places of lines <c>{text, entities:[{span, type}]}</c>.</summary>
    public static IEnumerable<(string Text, IReadOnlyList<(TextSpan Span, EntityKind Kind)> Names)> Entities(
        IEnumerable<string> lines
    ) =>
        Each(
            lines,
            line =>
                (
                    Text(line, "text"),
                    (IReadOnlyList<(TextSpan, EntityKind)>)
                        [.. List(line, "entities").Select(Entity).Where(e => e.Kind != EntityKind.Other)]
                )
        );

    /// <summary>Lines <c>{text, score}</c>: -1 (or any lowest) to 1 as people felt it.</summary>
    public static IEnumerable<(string Text, double Score)> Sentiments(IEnumerable<string> lines) =>
        Each(lines, line => (Text(line, "text"), Property(line, "score").GetDouble()));

    /// <summary>Lines <c>{text, lang}</c> with an ISO 639-1 code.</summary>
    public static IEnumerable<(string Text, string Language)> Languages(IEnumerable<string> lines) =>
        Each(lines, line => (Text(line, "text"), Text(line, "lang")));

    /// <summary>Earlier claims of lines <c>{id, title?, text}</c>.</summary>
    public static IEnumerable<IndexedClaim> Documents(IEnumerable<string> lines) =>
        Each(
            lines,
            line => new IndexedClaim(
                Text(line, "id"),
                line.TryGetProperty("title", out var title)
                    ? $"{title.GetString()}. {Text(line, "text")}"
                    : Text(line, "text")
            )
        );

    /// <summary>Questions of lines <c>{id, text, relevant:[id]}</c>.</summary>
    public static IEnumerable<(string Text, IReadOnlySet<string> Relevant)> Queries(IEnumerable<string> lines) =>
        Each(
            lines,
            line =>
                (
                    Text(line, "text"),
                    (IReadOnlySet<string>)
                        List(line, "relevant").Select(r => r.ToString()).ToHashSet(StringComparer.Ordinal)
                )
        );

    /// <summary>Lines <c>{text, keys:[phrase]}</c>.</summary>
    public static IEnumerable<(string Text, IReadOnlyList<string> Keys)> KeyPhrases(IEnumerable<string> lines) =>
        Each(
            lines,
            line => (Text(line, "text"), (IReadOnlyList<string>)[.. List(line, "keys").Select(k => k.ToString())])
        );

    /// <summary>Articles of lines <c>{id, text?, sentences:[{text, label}]}</c>; label 1: check-worthy.</summary>
    public static IEnumerable<(string Id, string? Text, IReadOnlyList<(string Text, bool Worthy)> Sentences)> Articles(
        IEnumerable<string> lines
    ) =>
        Each(
            lines,
            line =>
                (
                    Text(line, "id"),
                    line.TryGetProperty("text", out _) ? Text(line, "text") : null,
                    (IReadOnlyList<(string, bool)>)
                        [
                            .. List(line, "sentences")
                                .Select(s =>
                                    (
                                        Text(s, "text"),
                                        Property(s, "label") is { ValueKind: JsonValueKind.Number } label
                                            && label.GetDouble() >= 0.5
                                    )
                                ),
                        ]
                )
        );

    /// <summary>Files of lines <c>{id, file, with:[text], without:[text]}</c>.</summary>
    public static IEnumerable<ReadingGold> Readings(IEnumerable<string> lines) =>
        Each(
            lines,
            line => new ReadingGold(
                Text(line, "id"),
                Text(line, "file"),
                [.. List(line, "with").Select(piece => piece.ToString())],
                [.. List(line, "without").Select(piece => piece.ToString())]
            )
        );

    private static IEnumerable<T> Each<T>(IEnumerable<string> lines, Func<JsonElement, T> read)
    {
        foreach (var line in lines.Where(l => !string.IsNullOrWhiteSpace(l)))
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("A line is no JSON object.");
            yield return read(document.RootElement.Clone());
        }
    }

    private static JsonElement Property(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value)
            ? value
            : throw new JsonException($"A line has no \"{name}\".");

    private static string Text(JsonElement owner, string name) =>
        Property(owner, name) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } value
            ? value.ToString()
            : throw new JsonException($"\"{name}\" is no text.");

    private static JsonElement.ArrayEnumerator List(JsonElement owner, string name) =>
        Property(owner, name) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray()
            : throw new JsonException($"\"{name}\" is no list.");

    private static (TextSpan Span, EntityKind Kind) Entity(JsonElement entity)
    {
        var span = List(entity, "span").Select(n => n.GetInt32()).ToArray();
        if (span is not [>= 0, var end] || end < span[0])
            throw new JsonException("A \"span\" is no [start, end].");
        return (TextSpan.FromBounds(span[0], end), KindOf(Text(entity, "type")));
    }

    private static EntityKind KindOf(string type) =>
        type.ToLowerInvariant() switch
        {
            "per" or "person" => EntityKind.Person,
            "org" or "organization" or "group" or "corporation" => EntityKind.Organization,
            "loc" or "location" or "place" => EntityKind.Location,
            _ => EntityKind.Other,
        };
}
