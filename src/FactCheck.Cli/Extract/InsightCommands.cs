using FactCheck.Extraction.Evaluation;
using FactCheck.Extraction.Insights;
using FactCheck.Extraction.Languages;

namespace FactCheck.Cli.Extract;

/// <summary><c>evaluate ner</c>, <c>sentiment</c>, <c>language</c> and <c>keyphrases</c>.</summary>
internal static class InsightCommands
{
    private static readonly EntityKind[] Names = [EntityKind.Person, EntityKind.Organization, EntityKind.Location];

    public static Verb Entities() =>
        Evaluation(
            "ner",
            "Measure names: P, R, F1 of persons, organisations and places with exactly the gold's span and kind.",
            "Gold lines {text, entities:[{span, type}]}.",
            EvaluateEntities
        );

    public static Verb Sentiment() =>
        Evaluation(
            "sentiment",
            "Measure sentiment: r is Pearson's correlation of the score with what people felt.",
            "Gold lines {text, score}.",
            EvaluateSentiment
        );

    public static Verb Language() =>
        Evaluation(
            "language",
            "Measure language: accuracy is the share of texts whose language is right, in percent; unknown "
                + "counts as wrong.",
            "Gold lines {text, lang}.",
            EvaluateLanguage
        );

    public static Verb KeyPhrases()
    {
        var k = Options.Number("--k", "How many phrases of each text count, the most telling first.", 10);
        var verb = Evaluation(
            "keyphrases",
            "Measure key phrases: P, R, F1 of the first k phrases of each text that equal a gold phrase in "
                + "letters and digits, over all texts.",
            "Gold lines {text, keys:[phrase]}.",
            (gold, parse, output) => EvaluateKeyPhrases(gold, parse.GetValue(k), output)
        );
        verb.Options.Add(k);
        return verb;
    }

    private static Verb Evaluation(
        string name,
        string metric,
        string shape,
        Func<string, ParseResult, TextWriter, Measured> evaluate
    )
    {
        var gold = new Argument<string>("GOLD.jsonl") { Description = shape };
        return new Verb(
            name,
            metric,
            $"factcheck evaluate {name} gold.jsonl",
            $"factcheck evaluate {name} gold.jsonl --predictions found.jsonl --json"
        )
            .With(gold, EvaluateCommands.Predictions)
            .Does(
                (parse, output) =>
                {
                    using var predictions = EvaluateCommands.PredictionsOf(parse);
                    evaluate(parse.GetRequiredValue(gold), parse, predictions).Print(output);
                }
            );
    }

    private static Measured EvaluateEntities(string gold, ParseResult parse, TextWriter predictions)
    {
        var all = EntityScores.None;
        var byKind = Names.ToDictionary(k => k, _ => EntityScores.None);
        foreach (var (text, names) in InsightLines.Entities(File.ReadLines(gold)))
        {
            var found = EntityFinder
                .In(text)
                .Where(e => Names.Contains(e.Kind))
                .Select(e => (e.Span, e.Kind))
                .ToArray();
            predictions.WriteLine(
                Line(
                    text,
                    "entities",
                    new JsonArray([
                        .. found.Select(f =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["span"] = new JsonArray(f.Span.Start, f.Span.End),
                                    ["type"] = f.Kind.ToString(),
                                }
                        ),
                    ])
                )
            );
            all = all.And(found, names);
            foreach (var kind in Names)
                byKind[kind] = byKind[kind].And(found.Where(f => f.Kind == kind), names.Where(n => n.Kind == kind));
        }

        var json = new JsonObject { ["all"] = Json(all) };
        foreach (var kind in Names)
            json[kind.ToString()] = Json(byKind[kind]);
        return new(
            [$"all           {Figures(all)}", .. Names.Select(kind => $"{kind, -13} {Figures(byKind[kind])}")],
            json
        );
    }

    private static Measured EvaluateSentiment(string gold, ParseResult parse, TextWriter predictions)
    {
        var pairs = new List<(double, double)>();
        foreach (var (text, felt) in InsightLines.Sentiments(File.ReadLines(gold)))
        {
            var score = SentimentScorer.Score(text, new(0, text.Length));
            predictions.WriteLine(Line(text, "score", score));
            pairs.Add((score, felt));
        }

        var r = Correlation.Pearson(pairs);
        return new([$"texts {pairs.Count}", $"r {r:0.000}"], new() { ["texts"] = pairs.Count, ["r"] = r });
    }

    private static Measured EvaluateLanguage(string gold, ParseResult parse, TextWriter predictions)
    {
        var (texts, unknown, right) = (0, 0, 0);
        foreach (var (text, language) in InsightLines.Languages(File.ReadLines(gold)))
        {
            var found = LanguageModel.Default.Guess(text).Language;
            predictions.WriteLine(Line(text, "lang", found));
            texts++;
            unknown += found is null ? 1 : 0;
            right += string.Equals(language, found, StringComparison.Ordinal) ? 1 : 0;
        }

        return new(
            [$"texts {texts}, unknown {unknown}", $"accuracy {100.0 * right / Math.Max(1, texts):0.0}"],
            new()
            {
                ["texts"] = texts,
                ["unknown"] = unknown,
                ["accuracy"] = (double)right / Math.Max(1, texts),
            }
        );
    }

    private static Measured EvaluateKeyPhrases(string gold, int k, TextWriter predictions)
    {
        var scores = KeyPhraseScores.None;
        foreach (var (text, keys) in InsightLines.KeyPhrases(File.ReadLines(gold)))
        {
            var found = FactCheck.Extraction.Insights.KeyPhrases.Of(text, k);
            predictions.WriteLine(Line(text, "keys", new JsonArray([.. found.Select(f => (JsonNode)f)])));
            scores = scores.And(found, keys, k);
        }

        var json = Measured.Prf(scores.Precision, scores.Recall, scores.F1);
        (json["texts"], json["k"], json["gold"]) = (scores.Texts, k, scores.Gold);
        return new(
            [
                $"texts {scores.Texts}, gold phrases {scores.Gold}",
                $"P@{k} {100 * scores.Precision:0.0}  R@{k} {100 * scores.Recall:0.0}  F1@{k} {100 * scores.F1:0.0}",
            ],
            json
        );
    }

    private static string Line(string text, string name, JsonNode? value) =>
        new JsonObject { ["text"] = text, [name] = value }.ToJsonString(ClaimCommands.Plain);

    private static string Figures(EntityScores scores) =>
        $"P {100 * scores.Precision:0.0}  R {100 * scores.Recall:0.0}  F1 {100 * scores.F1:0.0}";

    private static JsonObject Json(EntityScores scores) => Measured.Prf(scores.Precision, scores.Recall, scores.F1);
}
