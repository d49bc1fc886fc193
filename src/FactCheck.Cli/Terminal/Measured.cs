namespace FactCheck.Cli.Terminal;

/// <summary>What an evaluation prints: lines for people, the same as JSON, shares as fractions of 1.</summary>
internal sealed record Measured(IReadOnlyList<string> Lines, JsonObject Json)
{
    public void Print(Output output)
    {
        if (output.IsJson)
            output.Document(Json);
        else
            foreach (var line in Lines)
                output.Line($"  {line}");
    }

    public static JsonObject Prf(double precision, double recall, double f1) =>
        new()
        {
            ["precision"] = precision,
            ["recall"] = recall,
            ["f1"] = f1,
        };
}
