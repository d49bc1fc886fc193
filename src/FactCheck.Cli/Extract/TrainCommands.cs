using System.CommandLine;
using FactCheck.Cli.Terminal;
using FactCheck.Extraction.Claims;
using FactCheck.Extraction.Evaluation;
using FactCheck.Extraction.Insights;
using FactCheck.Extraction.Languages;

namespace FactCheck.Cli.Extract;

/// <summary>
/// <c>factcheck train …</c>: makes the weights that ship in <c>src/FactCheck.Extraction/Data</c>. The same files give
/// the same weights.
/// </summary>
internal static class TrainCommands
{
    private const string ClaimBuster =
        "ClaimBuster presidential debate sentences as in CheckThat! 2024 task 1 English, train split";

    public static Command Create() =>
        new("train", "Learn the weights of a model from labelled data.")
        {
            CheckWorthiness(),
            Trainer(
                "names",
                "Learn to find persons, organisations and places, from lines {text, entities:[{span, type}]}.",
                (lines, output) => NameTrainer.Train(lines, output)
            ),
            Trainer(
                "language",
                "Learn to tell languages, from lines {text, lang}.",
                (lines, output) => LanguageTrainer.Save(LanguageTrainer.Train(InsightLines.Languages(lines)), output)
            ),
        };

    private static Verb CheckWorthiness()
    {
        var source = new Option<string>("--source")
        {
            Description = "What the data is; written into the file.",
            DefaultValueFactory = _ => ClaimBuster,
        };
        var command = Files(
            "check-worthiness",
            "Learn check-worthiness, from lines {sentences:[{text, label}]}.",
            out var files,
            out var output
        );
        command.Options.Add(source);
        command.Does(
            (parse, _) =>
            {
                var sentences = InsightLines
                    .Claims(parse.GetRequiredValue(files).SelectMany(File.ReadLines))
                    .Select(s => (s.Text, s.Worthy))
                    .ToArray();
                var model = CheckWorthinessTrainer.Train(
                    sentences,
                    parse.GetRequiredValue(source),
                    TrainingOptions.Default
                );
                File.WriteAllText(parse.GetRequiredValue(output), CheckWorthinessTrainer.ToJson(model));
            }
        );
        return command;
    }

    private static Verb Trainer(string name, string description, Action<IEnumerable<string>, Stream> train)
    {
        var command = Files(name, description, out var files, out var output);
        command.Does(
            (parse, _) =>
            {
                using var weights = File.Create(parse.GetRequiredValue(output));
                train(parse.GetRequiredValue(files).SelectMany(File.ReadLines), weights);
            }
        );
        return command;
    }

    private static Verb Files(string name, string description, out Argument<string[]> files, out Option<string> output)
    {
        files = new("TRAIN.jsonl") { Description = "Labelled lines.", Arity = ArgumentArity.OneOrMore };
        output = new("--out") { Description = "The weights file to write.", Required = true };
        return new Verb(name, description, $"factcheck train {name} labelled.jsonl --out weights") { files, output };
    }
}
