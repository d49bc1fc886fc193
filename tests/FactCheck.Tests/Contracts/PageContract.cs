using System.Text.Json.Nodes;
using FactCheck.Functions;

namespace FactCheck.Tests.Contracts;

/// <summary>
/// contract.js, the shapes of openapi.json as the page's type checker reads them; without those of what the public
/// reads, which the page never asks for.
/// </summary>
internal static class PageContract
{
    private const int Width = 120;
    private const string Head =
        "// What goes over HTTP (src/FactCheck.Contracts), for the type checker only: no browser loads this file. A test\n"
        + "// writes it (tests/FactCheck.Tests/Contracts).\n";

    public static string Write(JsonObject document)
    {
        var hidden = typeof(Services).Assembly.GetTypes().Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var types = document["components"]!["schemas"]!.AsObject().Where(s => !hidden.Contains(s.Key));
        return $"{Head}\n{string.Concat(types.Select(t => TypedefOf(t.Key, t.Value!)))}\nexport {{}};\n";
    }

    private static string TypedefOf(string name, JsonNode schema)
    {
        var pieces = schema["properties"] is JsonObject properties
            ? PropertiesOf(properties, schema["required"]?.AsArray())
            : ValuesOf(schema["enum"]!.AsArray());
        string[] words = ["@typedef", .. pieces, name];
        var line = $"/** {string.Join(' ', words)} */\n";
        return line.Length <= Width ? line : $"/**\n{Layout.Fill(words, " * ", Width)}\n */\n";
    }

    private static IEnumerable<string> PropertiesOf(JsonObject properties, JsonArray? required)
    {
        var always = required?.Select(r => (string)r!).ToHashSet(StringComparer.Ordinal) ?? [];
        var written = properties.Select(p => $"{p.Key}{(always.Contains(p.Key) ? "" : "?")}: {TypeOf(p.Value!)}");
        return ["{{", .. string.Join(",\n", written).Split('\n'), "}}"];
    }

    private static IEnumerable<string> ValuesOf(JsonArray values) =>
        ["{", .. values.Select((v, i) => $"{(i == 0 ? "" : "| ")}'{v}'"), "}"];

    private static string TypeOf(JsonNode schema) =>
        (string?)schema["$ref"] is { } reference
            ? reference.Split('/')[^1]
            : (string)schema["type"]! switch
            {
                "array" => $"{TypeOf(schema["items"]!)}[]",
                "object" => "Record<string, string>",
                "integer" => "number",
                var plain => plain,
            };
}
