using FactCheck.Domain;
using FactCheck.Extraction;

namespace FactCheck.Cli;

/// <summary>Files named on the command line; "-" or none is standard input.</summary>
internal static class InputFiles
{
    /// <summary>The lines of all files in turn.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<string> names) => OrStandardInput(names).SelectMany(LinesOf);

    /// <summary>Each file as a whole, with its name.</summary>
    public static IEnumerable<(string Name, string Text)> Texts(IReadOnlyList<string> names) =>
        OrStandardInput(names).Select(name => (name, IsStandardInput(name) ? Console.In.ReadToEnd() : File.ReadAllText(name)));

    /// <summary>A file as the workflow reads it.</summary>
    /// <exception cref="CommandException">It is no article; the message says why.</exception>
    public static ArticleText Article(string path) => ArticleReader.Read(File.ReadAllBytes(path), path, new(), ReadLimits.Default) switch
    {
        ReadResult.Read(var article) => article,
        ReadResult.Rejected(var why) => throw new CommandException(ExitCode.Failed, $"{path}: {why.Message}"),
        var other => throw new InvalidOperationException($"Unknown result {other}."),
    };

    private static IReadOnlyList<string> OrStandardInput(IReadOnlyList<string> names) => names.Count == 0 ? ["-"] : names;

    private static bool IsStandardInput(string name) => string.Equals(name, "-", StringComparison.Ordinal);

    private static IEnumerable<string> LinesOf(string name)
    {
        if (!IsStandardInput(name)) return File.ReadLines(name);
        return StandardInputLines();
    }

    private static IEnumerable<string> StandardInputLines()
    {
        while (Console.In.ReadLine() is { } line) yield return line;
    }
}
