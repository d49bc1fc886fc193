using FactCheck.Extraction;
using FactCheck.Extraction.Evaluation;

namespace FactCheck.Cli.Extract;

/// <summary><c>evaluate selection</c>: whether what a desk would check comes up.</summary>
internal static class SelectionCommand
{
    public static Verb Evaluate()
    {
        var gold = new Argument<string>("GOLD.jsonl")
        {
            Description = "Gold lines {id, sentences:[{text, label}]}, with a \"text\" where they have one.",
        };
        var texts = Options.Text(
            "--texts",
            "PATH",
            "Where the articles stand: a folder of files named by id, or JSON lines {id, text}. Without it a "
                + "line's own text, else its sentences, a paragraph each."
        );
        var weights = ClaimCommands.Weights();
        return new Verb(
            "selection",
            "Measure what comes up for review: recall@8 is the share of the gold check-worthy sentences, "
                + "over all articles, that the opened tasks (at most 8) cover by half; recall@20 the same of the "
                + "first 20 candidates.",
            "factcheck evaluate selection seeds/gold/claims.jsonl --texts seeds/articles"
        )
            .With(gold, texts, weights, QuoteCommands.Fast)
            .Does(
                (parse, output) =>
                {
                    var extractor = new Extractor(
                        ClaimCommands.ModelOf(parse.GetValue(weights)),
                        QuoteCommands.ModelOf(parse)
                    );
                    var articles = InsightLines.Articles(File.ReadLines(parse.GetRequiredValue(gold)));
                    Measure(articles, TextsOf(parse.GetValue(texts)), extractor).Print(output);
                }
            );
    }

    private static Measured Measure(
        IEnumerable<(string Id, string? Text, IReadOnlyList<(string Text, bool Worthy)> Sentences)> articles,
        Func<string, string?, ArticleText?> textOf,
        Extractor extractor
    )
    {
        var policy = new SelectionPolicy();
        var scores = SelectionScores.None;
        foreach (var (id, text, sentences) in articles)
        {
            var article = textOf(id, text) ?? new(text ?? string.Join("\n\n", sentences.Select(s => s.Text)), new());
            var worthy = sentences.Where(s => s.Worthy).Select(s => s.Text);
            scores = scores.And(id, article, [.. worthy], extractor, policy);
        }

        return Print(scores, policy.MaxTasks);
    }

    private static Measured Print(SelectionScores scores, int most) =>
        new(
            [
                $"articles {scores.Articles}, check-worthy sentences {scores.Gold}",
                $"recall@{most} {scores.Recall:0.000}  (a perfect order: {scores.Best:0.000})",
                $"recall@20 {scores.RecallOfTwenty:0.000}",
                $"tasks {scores.Tasks}, at most {scores.MostTasks} an article",
            ],
            new()
            {
                ["articles"] = scores.Articles,
                ["gold"] = scores.Gold,
                [$"recallAt{most}"] = scores.Recall,
                ["best"] = scores.Best,
                ["recallAt20"] = scores.RecallOfTwenty,
                ["tasks"] = scores.Tasks,
                ["mostTasks"] = scores.MostTasks,
            }
        );

    private static Func<string, string?, ArticleText?> TextsOf(string? path)
    {
        if (path is null)
            return (_, _) => null;
        // A line that brings its own text needs no file.
        if (Directory.Exists(path))
            return (id, own) =>
                Path.Combine(path, id) is var file && (own is null || File.Exists(file))
                    ? InputFiles.Article(file)
                    : null;
        var texts = InsightLines
            .Texts(File.ReadLines(path))
            .ToDictionary(t => t.Id, t => t.Text, StringComparer.Ordinal);
        return (id, _) =>
            texts.TryGetValue(id, out var text)
                ? new(text, new())
                : throw new CommandException(ExitCode.NotFound, $"'{path}' has no text of '{id}'.");
    }
}
