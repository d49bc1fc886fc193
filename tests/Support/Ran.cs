using System.Text.Json.Nodes;

namespace FactCheck.Support;

/// <summary>What a program did.</summary>
public sealed record Ran(int ExitCode, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException("The answer is null.");

    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Everything it wrote.</summary>
    public string Said => Output + Error;
}
