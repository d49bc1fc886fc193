using System.Text.Json.Nodes;

namespace FactCheck.Tests.Functions;

/// <summary>
/// The names by which instances that wait, links that people kept, and settings of an installed app know the
/// functions. They are those of 0.1.0; whoever renames one breaks what is stored.
/// </summary>
public sealed class FunctionNamesTests
{
    [Fact]
    public async Task Functions_their_triggers_and_routes_are_named_as_they_were()
    {
        var metadata = JsonNode
            .Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "functions.metadata")))!
            .AsArray();
        var names = metadata.Select(LineOf).Order(StringComparer.Ordinal).Select(line => $"{line}\n");
        Approved.Matches(string.Concat(names), "tests/FactCheck.Tests/Functions/functions.approved.txt");
    }

    private static string LineOf(JsonNode? function)
    {
        var trigger = function!["bindings"]!
            .AsArray()
            .Single(binding => ((string)binding!["type"]!).EndsWith("Trigger", StringComparison.Ordinal))!;
        var type = ((string)trigger["type"]!)[..^"Trigger".Length];
        return $"{function["name"]}: {type} {Methods(trigger)} {trigger["route"] ?? trigger["schedule"] ?? trigger["path"]}"
            .Replace("  ", " ", StringComparison.Ordinal)
            .TrimEnd();
    }

    private static string Methods(JsonNode trigger) =>
        string.Join(',', trigger["methods"]?.AsArray().Select(method => ((string)method!).ToUpperInvariant()) ?? []);
}
