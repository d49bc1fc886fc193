using System.CommandLine;
using FactCheck.Cli;

var root = new RootCommand("Fact-check workflow: extraction, evaluation and operation from the command line.");
root.Subcommands.Add(ExtractCommands.Create());
root.Subcommands.Add(EvaluateCommands.Create());
root.Subcommands.Add(TrainCommands.Create());
root.Subcommands.Add(BenchCommands.Create());
return await root.Parse(args).InvokeAsync();
