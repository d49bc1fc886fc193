using System.Text.Json;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Evaluation;

namespace FactCheck.Cli.Extract;

/// <summary><c>extract text</c> and <c>evaluate reading</c>.</summary>
internal static class ReadingCommands
{
    public static Verb Extract()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Articles (.txt, .md, .html, .docx, .pdf, .srt, .vtt); - is standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var format = new Option<string>("--format")
        {
            Description = "text: the paragraphs, a blank line between. jsonl: one line {id, text} a file.",
            DefaultValueFactory = _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "jsonl");
        return new Verb(
            "text",
            "Print the text of an article that would be checked.",
            "factcheck extract text page.html",
            "factcheck extract text --format jsonl *.html > texts.jsonl"
        )
            .With(files, format)
            .Does(
                (parse, output) =>
                    Extract(
                        parse.GetValue(files) ?? [],
                        string.Equals(parse.GetValue(format), "jsonl", StringComparison.Ordinal),
                        output
                    )
            );
    }

    public static Verb Evaluate()
    {
        var gold = new Argument<string>("GOLD.jsonl")
        {
            Description = "Gold lines {id, file, with:[text], without:[text]}; files are named from where it stands.",
        };
        return new Verb(
            "reading",
            "Measure finding the article in a file. Figures, in percent of all pieces (white space is folded): P is the "
                + "share of the pieces found that must be there, R the share of those that must be there that were found, F "
                + "their harmonic mean. A page with nothing right gave none of its pieces; refused: it was not read at all.",
            "factcheck evaluate reading reading.jsonl",
            "factcheck evaluate reading reading.jsonl --predictions texts.jsonl"
        )
            .With(gold, EvaluateCommands.Predictions)
            .Does(
                (parse, output) =>
                {
                    using var predictions = EvaluateCommands.PredictionsOf(parse);
                    Evaluate(parse.GetRequiredValue(gold), predictions).Print(output);
                }
            );
    }

    private static void Extract(IReadOnlyList<string> files, bool asLines, Output output)
    {
        var articles = new JsonArray();
        foreach (var (name, article) in InputFiles.Articles(files))
        {
            if (output.IsJson)
                articles.Add(new JsonObject { ["file"] = name, ["text"] = article.Text });
            else
                output.Line(asLines ? Line(name, article.Text) : article.Text);
        }

        if (output.IsJson)
            output.Document(new JsonObject { ["articles"] = articles });
    }

    private static Measured Evaluate(string gold, TextWriter predictions)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(gold))!;
        var scores = ReadingScores.None;
        foreach (var page in InsightLines.Readings(File.ReadLines(gold)))
        {
            var text = TextOf(Path.Combine(folder, page.File));
            predictions.WriteLine(Line(page.Id, text ?? ""));
            scores = scores.And(page, text);
        }

        var json = Measured.Prf(scores.Precision, scores.Recall, scores.F1);
        (json["pages"], json["lost"], json["refused"]) = (scores.Pages, scores.Lost, scores.Refused);
        return new([.. scores.Lines()], json);
    }

    private static string? TextOf(string file) =>
        ArticleReader.Read(File.ReadAllBytes(file), file, new(), ReadLimits.Default) is ReadResult.Read(var article)
            ? article.Text
            : null;

    private static string Line(string id, string text) =>
        JsonSerializer.Serialize(new { id, text }, ClaimCommands.Plain);
}
