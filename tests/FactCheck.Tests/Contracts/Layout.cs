using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FactCheck.Tests.Contracts;

/// <summary>Writes for people who read diffs: what is short shares a line, what is long has one.</summary>
internal static class Layout
{
    private const int Width = 140;
    private const int Short = 58;

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>JSON with two spaces for a level.</summary>
    public static string Json(JsonNode document) => Json(document, 0, 0) + "\n";

    /// <summary>Pieces one after the other, as many short ones as a line holds.</summary>
    /// <param name="before">What every line begins with.</param>
    public static string Fill(IEnumerable<string> pieces, string before, int width)
    {
        var (text, used) = (new StringBuilder(), width);
        foreach (var piece in pieces)
        {
            var isNew = piece.Length > Short || used + 1 + piece.Length > width;
            text.Append(
                    !isNew ? " "
                    : text.Length == 0 ? before
                    : $"\n{before}"
                )
                .Append(piece);
            used = piece.Length > Short ? width : (isNew ? before.Length : used + 1) + piece.Length;
        }

        return text.ToString();
    }

    private static string Json(JsonNode? node, int indent, int used)
    {
        var line = OnALine(node);
        if (node is not (JsonObject or JsonArray) || indent + used + line.Length < Width || IsLeaf(node))
            return line;
        var (open, close, parts) = node is JsonObject value
            ? ('{', '}', value.Select(p => $"{Quoted(p.Key)}: {Json(p.Value, indent + 2, p.Key.Length + 4)}").ToList())
            : ('[', ']', node.AsArray().Select(item => Json(item, indent + 2, 0)).ToList());
        var pieces = parts.Select((part, i) => i < parts.Count - 1 ? $"{part}," : part);
        var before = new string(' ', indent + 2);
        return $"{open}\n{Fill(pieces, before, Width)}\n{before[2..]}{close}";
    }

    private static bool IsLeaf(JsonNode node) => node is JsonObject value && value.All(p => p.Value is JsonValue);

    private static string OnALine(JsonNode? node) =>
        node switch
        {
            JsonObject { Count: > 0 } value =>
                $"{{ {string.Join(", ", value.Select(p => $"{Quoted(p.Key)}: {OnALine(p.Value)}"))} }}",
            JsonArray array => $"[{string.Join(", ", array.Select(OnALine))}]",
            null => "null",
            _ => node.ToJsonString(Plain),
        };

    private static string Quoted(string name) => JsonSerializer.Serialize(name, Plain);
}
