using System.CommandLine;

namespace FactCheck.Cli;

/// <summary><c>factcheck evaluate …</c>: each yardstick adds one verb.</summary>
internal static class EvaluateCommands
{
    public static Command Create() => new("evaluate", "Measure extraction against labelled data.")
    {
        QuoteCommands.Evaluate(),
        ClaimCommands.Evaluate(),
        ClaimCommands.EvaluateMatching(),
        InsightCommands.Entities(),
        InsightCommands.Sentiment(),
        InsightCommands.Language(),
    };
}
