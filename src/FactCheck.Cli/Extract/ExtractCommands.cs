namespace FactCheck.Cli.Extract;

/// <summary><c>factcheck extract …</c>: each kind of thing adds one verb.</summary>
internal static class ExtractCommands
{
    public static Command Create() =>
        new("extract", "Find quotes and claims in text, or the text in a file, offline.")
        {
            QuoteCommands.Extract(),
            ClaimCommands.Extract(),
            ReadingCommands.Extract(),
        };
}
