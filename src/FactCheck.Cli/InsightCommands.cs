using System.CommandLine;
using FactCheck.Domain;
using FactCheck.Extraction;
using FactCheck.Extraction.Evaluation;

namespace FactCheck.Cli;

/// <summary><c>evaluate ner</c>, <c>evaluate sentiment</c> and <c>evaluate language</c>.</summary>
internal static class InsightCommands
{
    private static readonly EntityKind[] Names = [EntityKind.Person, EntityKind.Organization, EntityKind.Location];

    public static Command Entities() => Verb(
        "ner", "Measure names: P, R, F1 of persons, organisations and places with exactly the gold's span and kind.", "Gold lines {text, entities:[{span, type}]}.", EvaluateEntities);

    public static Command Sentiment() => Verb(
        "sentiment", "Measure sentiment: Pearson's r of the score with what people felt.", "Gold lines {text, score}.", EvaluateSentiment);

    public static Command Language() => Verb(
        "language", "Measure language: the share of texts whose language is right; unknown counts as wrong.", "Gold lines {text, lang}.", EvaluateLanguage);

    private static Command Verb(string name, string metric, string shape, Action<string> evaluate)
    {
        var gold = new Argument<string>("GOLD.jsonl") { Description = shape };
        var command = new Command(name, metric) { gold };
        command.SetAction(parse => Failure.InOneLine(() => evaluate(parse.GetRequiredValue(gold))));
        return command;
    }

    private static void EvaluateEntities(string gold)
    {
        var all = EntityScores.None;
        var byKind = Names.ToDictionary(k => k, _ => EntityScores.None);
        foreach (var (text, names) in InsightLines.Entities(File.ReadLines(gold)))
        {
            var found = EntityFinder.In(text).Where(e => Names.Contains(e.Kind)).Select(e => (e.Span, e.Kind)).ToArray();
            all = all.And(found, names);
            foreach (var kind in Names) byKind[kind] = byKind[kind].And(found.Where(f => f.Kind == kind), names.Where(n => n.Kind == kind));
        }

        Console.Out.WriteLine($"  all           {Figures(all)}");
        foreach (var kind in Names) Console.Out.WriteLine($"  {kind,-13} {Figures(byKind[kind])}");
    }

    private static string Figures(EntityScores scores) => $"P {100 * scores.Precision:0.0}  R {100 * scores.Recall:0.0}  F1 {100 * scores.F1:0.0}";

    private static void EvaluateSentiment(string gold)
    {
        var pairs = InsightLines.Sentiments(File.ReadLines(gold)).Select(s => (SentimentScorer.Score(s.Text, new(0, s.Text.Length)), s.Score)).ToArray();
        Console.Out.WriteLine($"  texts {pairs.Length}");
        Console.Out.WriteLine($"  r {Correlation.Pearson(pairs):0.000}");
    }

    private static void EvaluateLanguage(string gold)
    {
        var answers = InsightLines.Languages(File.ReadLines(gold)).Select(t => (Gold: t.Language, Found: LanguageModel.Default.Guess(t.Text).Language)).ToArray();
        var right = answers.Count(a => string.Equals(a.Gold, a.Found, StringComparison.Ordinal));
        Console.Out.WriteLine($"  texts {answers.Length}, unknown {answers.Count(a => a.Found is null)}");
        Console.Out.WriteLine($"  accuracy {100.0 * right / Math.Max(1, answers.Length):0.0}");
    }
}
