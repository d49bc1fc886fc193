using System.CommandLine;
using FactCheck.Cli;

namespace FactCheck.Tests.Cli;

/// <summary>What came of a command line, in process.</summary>
internal sealed record Typed(int ExitCode, string Output, string Error)
{
    public static async Task<Typed> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await FactCheckCommand.RunAsync(
            args,
            new InvocationConfiguration { Output = output, Error = error }
        );
        return new(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Every verb that a person types and that does something.</summary>
    public static IEnumerable<Command> Verbs() =>
        Below([], FactCheckCommand.Root).Where(c => c.Command.Subcommands.Count == 0).Select(c => c.Command);

    /// <summary>The words that lead to each command, verb or group, the root's first.</summary>
    public static IEnumerable<string[]> Commands() => Below([], FactCheckCommand.Root).Select(c => c.Path);

    private static IEnumerable<(string[] Path, Command Command)> Below(string[] path, Command command) =>
        command
            .Subcommands.Where(sub => !sub.Hidden)
            .SelectMany(sub => Below([.. path, sub.Name], sub))
            .Prepend((path, command));
}
