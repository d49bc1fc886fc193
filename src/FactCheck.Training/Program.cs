using System.CommandLine;
using FactCheck.Extraction.Evaluation;
using FactCheck.Training;

// Makes the weights that ship in src/FactCheck.Extraction/Data. The same files give the same weights.
var source = new Option<string>("--source")
{
    Description = "What the data is; written into the file.",
    DefaultValueFactory = _ =>
        "ClaimBuster presidential debate sentences as in CheckThat! 2024 task 1 English, train split",
};
var checkWorthiness = Trainer(
    "check-worthiness",
    "Learn check-worthiness, from lines {sentences:[{text, label}]}.",
    (parse, lines, output) =>
    {
        var sentences = InsightLines.Claims(lines).Select(s => (s.Text, s.Worthy)).ToArray();
        var weights = CheckWorthinessTrainer.Train(sentences, parse.GetRequiredValue(source), TrainingOptions.Default);
        using var writer = new StreamWriter(output);
        writer.Write(weights.ToJson());
    }
);
checkWorthiness.Options.Add(source);
var root = new RootCommand("Learn the weights of a model from labelled data.")
{
    checkWorthiness,
    Trainer(
        "names",
        "Learn to find persons, organisations and places, from lines {text, entities:[{span, type}]}.",
        (_, lines, output) => NameTrainer.Train(lines, output)
    ),
    Trainer(
        "language",
        "Learn to tell languages, from lines {text, lang}.",
        (_, lines, output) => LanguageTrainer.Train(InsightLines.Languages(lines), output)
    ),
};
return root.Parse(args).Invoke();

static Command Trainer(string name, string description, Action<ParseResult, IEnumerable<string>, Stream> train)
{
    var files = new Argument<string[]>("TRAIN.jsonl")
    {
        Description = "Labelled lines.",
        Arity = ArgumentArity.OneOrMore,
    };
    var output = new Option<string>("--out") { Description = "The weights file to write.", Required = true };
    var command = new Command(name, description) { files, output };
    command.SetAction(parse =>
    {
        using var weights = File.Create(parse.GetRequiredValue(output));
        train(parse, parse.GetRequiredValue(files).SelectMany(File.ReadLines), weights);
    });
    return command;
}
