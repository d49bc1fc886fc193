namespace FactCheck.Cli.Extract;

/// <summary><c>factcheck evaluate …</c>: each yardstick adds one verb.</summary>
internal static class EvaluateCommands
{
    public static Command Create() =>
        new("evaluate", "Measure extraction against labelled data, offline.")
        {
            QuoteCommands.Evaluate(),
            ClaimCommands.Evaluate(),
            ClaimCommands.EvaluateMatching(),
            InsightCommands.Entities(),
            InsightCommands.Sentiment(),
            InsightCommands.Language(),
            InsightCommands.KeyPhrases(),
            SelectionCommand.Evaluate(),
            ReadingCommands.Evaluate(),
        };

    public static readonly Option<string?> Predictions = Options.Text(
        "--predictions",
        "FILE",
        "Also write the prediction lines that were scored to this file."
    );

    public static TextWriter PredictionsOf(ParseResult parse) =>
        parse.GetValue(Predictions) is { } file ? new StreamWriter(file) : TextWriter.Null;
}
