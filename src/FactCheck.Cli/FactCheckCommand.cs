using System.CommandLine.Help;
using System.CommandLine.Invocation;
using FactCheck.Cli.Desk;
using FactCheck.Cli.Extract;
using FactCheck.Cli.Operate;
using FactCheck.Cli.Runtime;
using FactCheck.Cli.Soak;

namespace FactCheck.Cli;

/// <summary><c>factcheck</c>: every verb, and what all of them share.</summary>
internal static class FactCheckCommand
{
    // Longer than a host drains what runs, and then stops its worker.
    private static readonly TimeSpan StoppingTakes = TimeSpan.FromSeconds(30);

    private static readonly Lazy<RootCommand> Tree = new(Create);

    public static RootCommand Root => Tree.Value;

    public static async Task<int> RunAsync(string[] args, InvocationConfiguration? configuration = null)
    {
        // Somebody who types the name alone wants to know what there is; a script that forgot its verb is told.
        if (args.Length == 0 && configuration is null && !Console.IsOutputRedirected)
            args = ["--help"];
        var parse = Root.Parse(args);
        configuration ??= new();
        if (parse.CommandResult.Command is Verb { IsLongRunning: true })
            configuration.ProcessTerminationTimeout = StoppingTakes;
        configuration.EnableDefaultExceptionHandler = false;
        if (parse.Action is not ParseErrorAction)
            return await parse.InvokeAsync(configuration);

        foreach (var error in parse.Errors)
            await configuration.Error.WriteLineAsync($"factcheck: {Output.Clean(error.Message)}");
        await configuration.Error.WriteLineAsync($"For what it takes: {PathOf(parse.CommandResult)} --help");
        return ExitCode.Usage;
    }

    private static RootCommand Create()
    {
        var root = new RootCommand(
            "Fact-check workflow for a news desk. demo and serve run the desk; verbs that talk to one take "
                + "--host and --token; the others work offline, on files or on the data folder (--data)."
        )
        {
            DemoCommand.Create(),
            ServeCommand.Create(),
            SignInCommand.Create(),
            UploadCommand.Create(),
            WatchCommand.Create(),
            ReviewCommands.Create(),
            PublishCommand.Create(),
            ExtractCommands.Create(),
            EvaluateCommands.Create(),
            PeopleCommands.Create(),
            TokenCommands.Create(),
            AuditCommands.Create(),
            AccessLogCommand.Create(),
            CopyCommands.Backup(),
            CopyCommands.Restore(),
            RuntimeCommands.Create(),
            HostRunCommand.Create(),
            SoakCommand.Create(),
            new Command("bench", "Measure speed.") { DeskBench.Create(), ExtractionBench.Create() },
            CompletionCommand.Create(),
            Output.Json,
            Output.NoColor,
        };
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction standard } help)
                help.Action = new FullHelp(standard);
        }

        return root;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult parent
            ? $"{PathOf(parent)} {command.Command.Name}"
            : "factcheck";

    /// <summary>The usual help, then examples; for the root also exit codes and the environment.</summary>
    private sealed class FullHelp(HelpAction standard) : SynchronousCommandLineAction
    {
        private const int DetailsWidth = 100;

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            // Only a terminal has a width.
            if (output != Console.Out)
                standard.MaxWidth = int.MaxValue;
            standard.Invoke(parseResult);
            var command = parseResult.CommandResult.Command;
            if (command is Verb { Details.Length: > 0 } detailed)
                WriteDetails(output, detailed.Details);
            if (command is Verb { Examples.Count: > 0 } verb)
                WriteExamples(output, verb.Examples);
            if (command is RootCommand)
                WriteRoot(output);
            return ExitCode.Done;
        }

        // Lines that are laid out already stay as they are.
        private static void WriteDetails(TextWriter output, string details)
        {
            output.WriteLine("Details:");
            foreach (
                var line in details
                    .Split('\n')
                    .SelectMany(l => l.StartsWith(' ') ? [$"  {l}"] : TextTable.Wrap(l, DetailsWidth, "  "))
            )
                output.WriteLine(line);
            output.WriteLine();
        }

        private static void WriteExamples(TextWriter output, IReadOnlyList<string> examples)
        {
            output.WriteLine("Examples:");
            foreach (var example in examples)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }

        private static void WriteRoot(TextWriter output)
        {
            output.WriteLine("Exit codes:");
            foreach (var (code, meaning) in ExitCode.All)
                output.WriteLine($"  {code, 3}  {meaning}");
            output.WriteLine();
            output.WriteLine("Environment:");
            output.WriteLine("  FACTCHECK_HOST   the host, when --host is not given");
            output.WriteLine(
                "  FACTCHECK_TOKEN  the token, when --token is not given; keeps it out of the list of processes"
            );
            output.WriteLine("  NO_COLOR         no colours");
            output.WriteLine();
            WriteExamples(
                output,
                [
                    "factcheck demo",
                    "factcheck serve",
                    "factcheck token create ana Editor --data .factcheck",
                    "factcheck upload articles/ --wait",
                    "factcheck review list",
                    "factcheck publish city-budget.md --wait",
                ]
            );
        }
    }
}
