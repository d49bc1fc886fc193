using FactCheck.Domain;
using FactCheck.Extraction;

namespace FactCheck.Cli;

/// <summary>Files named on the command line; "-" or none is standard input.</summary>
internal static class InputFiles
{
    /// <summary>The lines of all files in turn.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<string> names) => OrStandardInput(names).SelectMany(LinesOf);

    /// <summary>
    /// Each file as the workflow reads it: plain text, Markdown, HTML, DOCX, PDF or subtitles. Standard input, and text in a file that ends
    /// otherwise, is taken as it is.
    /// </summary>
    /// <exception cref="InvalidDataException">The workflow would refuse the file; the message says why.</exception>
    public static IEnumerable<ArticleText> Articles(IReadOnlyList<string> names) => OrStandardInput(names).Select(ArticleOf);

    private static ArticleText ArticleOf(string name)
    {
        if (IsStandardInput(name)) return new(Console.In.ReadToEnd(), new());
        var bytes = File.ReadAllBytes(name);
        return ArticleReader.Read(bytes, name, new(), ReadLimits.Default) switch
        {
            ReadResult.Read(var article) => article,
            ReadResult.Rejected({ Reason: RejectionReason.Unsupported }) when !bytes.AsSpan().Contains((byte)0) && ArticleReader.Read(bytes, "text.txt", new(), ReadLimits.Default) is ReadResult.Read(var article) => article,
            ReadResult.Rejected(var rejection) => throw new InvalidDataException($"{name}: {rejection.Reason}: {rejection.Message}"),
            var other => throw new InvalidOperationException($"Nothing is known to do with {other}."),
        };
    }

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
