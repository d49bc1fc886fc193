using System.Text.Encodings.Web;
using System.Text.Json;
using FactCheck.Extraction;
using FactCheck.Extraction.Claims;
using FactCheck.Extraction.Evaluation;
using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Cli.Extract;

/// <summary><c>extract claims</c>, <c>evaluate claims</c> and <c>evaluate matching</c>.</summary>
internal static class ClaimCommands
{
    public static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    public static Verb Extract()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description =
                "Articles (.txt, .md, .html, .docx, .pdf, .srt, .vtt), or JSON lines {id, text} of one "
                + "sentence each with --format jsonl; - is standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var format = new Option<string>("--format")
        {
            Description = "text: the claims of a text. jsonl: {id, score} for every line, claim or not.",
            DefaultValueFactory = _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "jsonl");
        var explain = Options.Flag("--explain", "Also say which features made the score.");
        var weights = Weights();
        return new Verb(
            "claims",
            "Find what could be checked, and how much it deserves it.",
            "factcheck extract claims article.md --explain",
            "factcheck extract claims --format jsonl < sentences.jsonl > scores.jsonl",
            "factcheck extract claims article.md --weights desk-weights.json --json"
        )
            .With(files, format, explain, weights, QuoteCommands.Fast)
            .Does(
                (parse, output) =>
                {
                    var model = ModelOf(parse.GetValue(weights));
                    if (string.Equals(parse.GetValue(format), "jsonl", StringComparison.Ordinal))
                        ExtractLines(parse.GetValue(files) ?? [], model, parse.GetValue(explain), output);
                    else
                        ExtractTexts(
                            parse.GetValue(files) ?? [],
                            model,
                            QuoteCommands.ModelOf(parse),
                            parse.GetValue(explain),
                            output
                        );
                }
            );
    }

    public static Verb Evaluate()
    {
        var gold = new Argument<string>("GOLD.jsonl")
        {
            Description = "Gold lines {id, sentences:[{id, text, label}]}.",
        };
        var threshold = new Option<double>("--threshold")
        {
            Description = "From which score on a sentence counts as check-worthy.",
            DefaultValueFactory = _ => 0.5,
        };
        var weights = Weights();
        return new Verb(
            "claims",
            "Measure check-worthiness: P, R, F1 of the check-worthy sentences at the threshold; AP is the "
                + "mean precision at the rank of each, others first among equal scores.",
            "factcheck evaluate claims seeds/gold/claims.jsonl",
            "factcheck evaluate claims gold.jsonl --threshold 0.4 --predictions scores.jsonl"
        )
            .With(gold, threshold, EvaluateCommands.Predictions, weights)
            .Does(
                (parse, output) =>
                {
                    using var predictions = EvaluateCommands.PredictionsOf(parse);
                    Evaluate(
                            parse.GetRequiredValue(gold),
                            parse.GetValue(threshold),
                            predictions,
                            ModelOf(parse.GetValue(weights))
                        )
                        .Print(output);
                }
            );
    }

    public static Verb EvaluateMatching()
    {
        var queries = new Argument<string>("QUERIES.jsonl") { Description = "Lines {id, text, relevant:[id]}." };
        var documents = new Option<string>("--docs")
        {
            Description = "Earlier claims, lines {id, title, text}.",
            Required = true,
        };
        return new Verb(
            "matching",
            "Measure finding earlier claims: MAP@5 is the mean over queries of the average precision of the "
                + "first five answers.",
            "factcheck evaluate matching queries.jsonl --docs claims.jsonl --predictions answers.jsonl"
        )
            .With(queries, documents, EvaluateCommands.Predictions)
            .Does(
                (parse, output) =>
                {
                    using var predictions = EvaluateCommands.PredictionsOf(parse);
                    EvaluateMatching(parse.GetRequiredValue(queries), parse.GetRequiredValue(documents), predictions)
                        .Print(output);
                }
            );
    }

    public static Option<string?> Weights() =>
        new("--weights") { Description = "A weights file to use instead of the shipped one.", HelpName = "FILE" };

    public static CheckWorthinessModel ModelOf(string? file) =>
        file is null ? CheckWorthinessModel.Default : CheckWorthinessModel.Parse(File.ReadAllText(file));

    private static void ExtractLines(
        IReadOnlyList<string> files,
        CheckWorthinessModel model,
        bool explain,
        Output output
    )
    {
        foreach (var (id, text) in InsightLines.Texts(InputFiles.Lines(files)))
        {
            var worth = model.Score(text);
            output.Line(
                explain
                    ? JsonSerializer.Serialize(
                        new
                        {
                            id,
                            score = Rounded(worth),
                            worth.Reasons,
                        },
                        Plain
                    )
                    : Line(id, worth)
            );
        }
    }

    private static string Line(string id, CheckWorthiness worth) =>
        JsonSerializer.Serialize(new { id, score = Rounded(worth) }, Plain);

    private static double Rounded(CheckWorthiness worth) => Math.Round(worth.Score, 6);

    private static void ExtractTexts(
        IReadOnlyList<string> files,
        CheckWorthinessModel model,
        AttributionModel? attributions,
        bool explain,
        Output output
    )
    {
        var articles = new JsonArray();
        var extractor = new Extractor(model, attributions);
        foreach (var (name, article) in InputFiles.Articles(files))
        {
            var claims = extractor.Extract(article).Claims.OrderByDescending(c => c.Worth.Score).ToList();
            InputFiles.NoteIfNone(output, name, "claims", claims.Count);
            if (output.IsJson)
                articles.Add(
                    new JsonObject
                    {
                        ["file"] = name,
                        ["claims"] = new JsonArray([.. claims.Select(c => Json(c, article.Text))]),
                    }
                );
            else
                foreach (var claim in claims)
                    Tell(output, claim, article.Text, model, explain);
        }

        if (output.IsJson)
            output.Document(new JsonObject { ["articles"] = articles });
    }

    private static void Tell(Output output, Claim claim, string text, CheckWorthinessModel model, bool explain)
    {
        output.Line($"{claim.Worth.Score:0.00} {claim.Kind}  {claim.Claimant ?? "the article"}: {claim.Standalone}");
        if (!explain)
            return;
        var sentence = claim.Sentence.In(text);
        if (!string.Equals(sentence, claim.Standalone, StringComparison.Ordinal))
            output.Line($"       in the article: {sentence}");
        if (claim.Quote is not null)
            output.Line($"       claimed by {claim.Claimant ?? "nobody named"}, in a quote");
        output.Line($"       {model.Bias, 6:+0.00;-0.00} what every sentence starts with");
        foreach (var reason in claim.Worth.Reasons)
            output.Line($"       {TextTable.Explained(reason)}");
        // The score is the logistic function of the sum: what small features add to it is what is left.
        var rest =
            Math.Log(claim.Worth.Score / (1 - claim.Worth.Score)) - model.Bias - claim.Worth.Reasons.Sum(r => r.Weight);
        if (double.IsFinite(rest) && Math.Abs(rest) >= 0.005)
            output.Line($"       {rest, 6:+0.00;-0.00} smaller features together");
        output.Line();
    }

    private static JsonObject Json(Claim claim, string text) =>
        new()
        {
            ["score"] = Rounded(claim.Worth),
            ["kind"] = claim.Kind.ToString(),
            ["claimant"] = claim.Claimant,
            ["standalone"] = claim.Standalone,
            ["sentence"] = claim.Sentence.In(text),
            ["span"] = new JsonArray(claim.Span.Start, claim.Span.End),
            ["reasons"] = new JsonArray([
                .. claim.Worth.Reasons.Select(r => new JsonObject
                {
                    ["feature"] = r.Feature,
                    ["weight"] = r.Weight,
                    ["because"] = r.Because,
                }),
            ]),
        };

    private static Measured Evaluate(string gold, double threshold, TextWriter predictions, CheckWorthinessModel model)
    {
        // A sentence that comes twice under one id counts once, as it came last.
        var rows = new Dictionary<string, (double Score, bool Worthy)>(StringComparer.Ordinal);
        foreach (var (id, text, worthy) in InsightLines.Claims(File.ReadLines(gold)))
        {
            var worth = model.Score(text);
            predictions.WriteLine(Line(id, worth));
            rows[id] = (Rounded(worth), worthy);
        }

        var scores = ClaimScores.Of([.. rows.Values], threshold);
        var json = Measured.Prf(scores.Precision, scores.Recall, scores.F1);
        (json["sentences"], json["checkWorthy"], json["threshold"], json["averagePrecision"]) = (
            scores.Sentences,
            scores.Worthy,
            threshold,
            scores.AveragePrecision
        );
        return new([.. scores.Lines(threshold)], json);
    }

    private static Measured EvaluateMatching(string queries, string documents, TextWriter predictions)
    {
        var index = new ClaimIndex(InsightLines.Documents(File.ReadLines(documents)));
        var precisions = new List<double>();
        foreach (var (text, relevant) in InsightLines.Queries(File.ReadLines(queries)))
        {
            string[] answers = [.. index.Find(text, most: 5, leastScore: 0).Select(m => m.Id)];
            predictions.WriteLine(JsonSerializer.Serialize(new { text, answers }, Plain));
            precisions.Add(Ranking.AveragePrecision(answers, relevant));
        }

        var mean = precisions.DefaultIfEmpty().Average();
        return new(
            [$"queries {precisions.Count}, earlier claims {index.Count}", $"MAP@5 {mean:0.000}"],
            new()
            {
                ["queries"] = precisions.Count,
                ["documents"] = index.Count,
                ["mapAt5"] = mean,
            }
        );
    }
}
