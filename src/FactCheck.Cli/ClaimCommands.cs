using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using FactCheck.Domain;
using FactCheck.Extraction;
using FactCheck.Extraction.Evaluation;

namespace FactCheck.Cli;

/// <summary><c>extract claims</c>, <c>evaluate claims</c> and <c>evaluate matching</c>.</summary>
internal static class ClaimCommands
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Extract()
    {
        var files = new Argument<string[]>("FILE") { Description = "Articles (.txt, .md, .html, .docx, .pdf, .srt, .vtt), or JSON lines {id, text} of one sentence each with --format jsonl; - is standard input.", Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string>("--format") { Description = "text: the claims of a text. jsonl: {id, score} for every line, claim or not.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "jsonl");
        var explain = new Option<bool>("--explain") { Description = "Also say which features made the score." };
        var weights = Weights();
        var command = new Command("claims", "Find what could be checked, and how much it deserves it.") { files, format, explain, weights };
        command.SetAction(parse => Failure.InOneLine(() =>
        {
            var model = ModelOf(parse.GetValue(weights));
            if (string.Equals(parse.GetValue(format), "jsonl", StringComparison.Ordinal)) ExtractLines(parse.GetValue(files) ?? [], model, parse.GetValue(explain));
            else ExtractTexts(parse.GetValue(files) ?? [], model, parse.GetValue(explain));
        }));
        return command;
    }

    public static Command Evaluate()
    {
        var gold = new Argument<string>("GOLD.jsonl") { Description = "Gold lines {id, sentences:[{id, text, label}]}." };
        var threshold = new Option<double>("--threshold") { Description = "From which score on a sentence counts as check-worthy.", DefaultValueFactory = _ => 0.5 };
        var predictions = new Option<string?>("--predictions") { Description = "Also write the prediction lines that were scored to this file." };
        var weights = Weights();
        var command = new Command(
            "claims",
            "Measure check-worthiness: P, R, F1 of the check-worthy sentences at the threshold; AP is the mean precision at the rank of each, others first among equal scores.")
        {
            gold, threshold, predictions, weights,
        };
        command.SetAction(parse => Failure.InOneLine(() =>
            Evaluate(parse.GetRequiredValue(gold), parse.GetValue(threshold), parse.GetValue(predictions), ModelOf(parse.GetValue(weights)))));
        return command;
    }

    public static Command EvaluateMatching()
    {
        var queries = new Argument<string>("QUERIES.jsonl") { Description = "Lines {id, text, relevant:[id]}." };
        var documents = new Option<string>("--docs") { Description = "Earlier claims, lines {id, title, text}.", Required = true };
        var command = new Command("matching", "Measure finding earlier claims. MAP@5 is the mean over queries of the average precision of the first five answers.") { queries, documents };
        command.SetAction(parse => Failure.InOneLine(() => EvaluateMatching(parse.GetRequiredValue(queries), parse.GetRequiredValue(documents))));
        return command;
    }

    private static Option<string?> Weights() => new("--weights") { Description = "A weights file to use instead of the shipped one." };

    private static CheckWorthinessModel ModelOf(string? file) => file is null ? CheckWorthinessModel.Default : CheckWorthinessModel.Parse(File.ReadAllText(file));

    private static void ExtractLines(IReadOnlyList<string> files, CheckWorthinessModel model, bool explain)
    {
        foreach (var (id, text) in InsightLines.Texts(InputFiles.Lines(files)))
        {
            var worth = model.Score(text);
            Console.Out.WriteLine(explain ? JsonSerializer.Serialize(new { id, score = Rounded(worth), worth.Reasons }, Plain) : Line(id, worth));
        }
    }

    private static string Line(string id, CheckWorthiness worth) => JsonSerializer.Serialize(new { id, score = Rounded(worth) }, Plain);

    private static double Rounded(CheckWorthiness worth) => Math.Round(worth.Score, 6);

    private static void ExtractTexts(IReadOnlyList<string> files, CheckWorthinessModel model, bool explain)
    {
        foreach (var article in InputFiles.Articles(files))
        {
            foreach (var claim in new Extractor(model).Extract(article).Claims.OrderByDescending(c => c.Worth.Score))
            {
                Console.Out.WriteLine($"{claim.Worth.Score:0.00} {claim.Kind}  {claim.Claimant ?? "the article"}: {claim.Standalone}");
                if (!explain) continue;
                foreach (var reason in claim.Worth.Reasons) Console.Out.WriteLine($"       {reason.Weight,6:+0.00;-0.00} {reason.Feature}{(reason.Because is { } words ? $" \"{words}\"" : "")}");
            }
        }
    }

    private static void Evaluate(string gold, double threshold, string? predictions, CheckWorthinessModel model)
    {
        using var output = predictions is null ? TextWriter.Null : new StreamWriter(predictions);
        var rows = new List<(double, bool)>();
        foreach (var (id, text, worthy) in InsightLines.Claims(File.ReadLines(gold)))
        {
            var worth = model.Score(text);
            output.WriteLine(Line(id, worth));
            rows.Add((Rounded(worth), worthy));
        }

        var scores = ClaimScores.Of(rows, threshold);
        Console.Out.WriteLine($"  sentences {scores.Sentences}, check-worthy {scores.Worthy} ({100.0 * scores.Worthy / Math.Max(1, scores.Sentences):0.0}%)");
        Console.Out.WriteLine($"  P {100 * scores.Precision:0.0}  R {100 * scores.Recall:0.0}  F1 {100 * scores.F1:0.0}  at {threshold}");
        Console.Out.WriteLine($"  AP {scores.AveragePrecision:0.000}");
    }

    private static void EvaluateMatching(string queries, string documents)
    {
        var index = new ClaimIndex(InsightLines.Documents(File.ReadLines(documents)));
        var precisions = InsightLines.Queries(File.ReadLines(queries))
            .Select(q => Ranking.AveragePrecision([.. index.Find(q.Text, most: 5, leastScore: 0).Select(m => m.Id)], q.Relevant)).ToArray();
        Console.Out.WriteLine($"  queries {precisions.Length}, earlier claims {index.Count}");
        Console.Out.WriteLine($"  MAP@5 {precisions.DefaultIfEmpty().Average():0.000}");
    }
}

/// <summary>What a user can get wrong is said in one line; anything else is a defect and keeps its trace.</summary>
internal static class Failure
{
    public static int InOneLine(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or JsonException or InvalidDataException or InvalidWeightsException)
        {
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
    }
}
