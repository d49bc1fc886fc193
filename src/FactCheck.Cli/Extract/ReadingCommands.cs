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
        var explain = Options.Flag(
            "--explain",
            "Print how it was read instead: what was taken and from where, what was left out, what is doubtful."
        );
        return new Verb(
            "text",
            "Print the text of an article that would be checked.",
            "factcheck extract text page.html",
            "factcheck extract text page.html --explain",
            "factcheck extract text --format jsonl *.html > texts.jsonl"
        )
            .With(files, format, explain)
            .Does(
                (parse, output) =>
                {
                    if (parse.GetValue(explain))
                        Explain(parse.GetValue(files) ?? [], output);
                    else
                        Extract(
                            parse.GetValue(files) ?? [],
                            string.Equals(parse.GetValue(format), "jsonl", StringComparison.Ordinal),
                            output
                        );
                }
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

    private static void Explain(IReadOnlyList<string> files, Output output)
    {
        var articles = new JsonArray();
        foreach (var (name, article) in InputFiles.Articles(files))
        {
            if (article.Receipt is not { } receipt)
                output.Note($"{name} holds no words.");
            else if (output.IsJson)
                articles.Add(
                    new JsonObject
                    {
                        ["file"] = name,
                        ["receipt"] = JsonSerializer.SerializeToNode(receipt, HttpJson.Of<ReadingReceipt>()),
                    }
                );
            else
                Tell(name, receipt, output);
        }

        if (output.IsJson)
            output.Document(new JsonObject { ["articles"] = articles });
    }

    private static void Tell(string name, ReadingReceipt receipt, Output output)
    {
        output.Line(name);
        foreach (var fact in Enum.GetValues<ArticleFact>())
        {
            var found = receipt.Facts.FirstOrDefault(f => f.Fact == fact);
            output.Line($"  {fact, -10} {(found is null ? "not found" : $"{found.Value} ({found.From})")}");
        }

        output.Line($"  {"Taken", -10} {receipt.Taken}");
        foreach (var part in receipt.LeftOut)
            output.Line($"  {"Left out", -10} {part.Size}: {part.What}");
        foreach (var finding in receipt.Findings)
            output.Line($"  {"Doubtful", -10} {finding.Message}");
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
