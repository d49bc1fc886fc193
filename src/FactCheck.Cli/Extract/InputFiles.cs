using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Cli.Extract;

/// <summary>Files named on the command line; "-" or none is standard input.</summary>
internal static class InputFiles
{
    // What people have at hand beside articles.
    private static readonly HashSet<string> OtherFormats = (
        ".doc .docm .dot .dotx .epub .key .numbers .ods .odp .odt .pages .ppt .pptx .rtf .xls .xlsb .xlsm "
        + ".xlsx .7z .gz "
        + ".rar .tar .zip .bmp .gif .heic .jpeg .jpg .png .svg .tif .tiff .webp .avi .m4a .mov .mp3 .mp4 .ogg "
        + ".wav .webm"
    )
        .Split(' ')
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> Lines(IReadOnlyList<string> names) => OrStandardInput(names).SelectMany(LinesOf);

    /// <summary>Each file with its name, as the workflow reads it: plain text, Markdown, HTML, DOCX, PDF or subtitles.
    /// What comes through standard input, and text under another ending, is read as plain text.</summary>
    /// <exception cref="CommandException">The workflow would refuse a file; the message says why.</exception>
    public static IEnumerable<(string Name, ArticleText Article)> Articles(IReadOnlyList<string> names) =>
        OrStandardInput(names)
            .Select(name => (name, IsStandardInput(name) ? OfStandardInput() : Article(name, alsoOtherText: true)));

    /// <summary>Says, beside the answer, that a file holds nothing of what was looked for.</summary>
    public static void NoteIfNone(Output output, string file, string what, int found)
    {
        if (found == 0)
            output.Note($"No {what} were found in {(IsStandardInput(file) ? "standard input" : file)}.");
    }

    /// <summary>A file as the workflow reads it, or other text as plain text where that is asked for.</summary>
    /// <exception cref="CommandException">It is no article; the message says why.</exception>
    public static ArticleText Article(string path, bool alsoOtherText = false)
    {
        var bytes = File.ReadAllBytes(path);
        return ArticleReader.Read(bytes, path, new(), ReadLimits.Default) switch
        {
            ReadResult.Read(var article) => article,
            ReadResult.Rejected({ Reason: RejectionReason.Unsupported })
                when alsoOtherText
                    && MayBeText(path, bytes)
                    && ArticleReader.Read(bytes, "other.txt", new(), ReadLimits.Default) is ReadResult.Read(var text) =>
                text,
            ReadResult.Rejected(var why) => throw new CommandException(ExitCode.Failed, $"{path}: {why.Message}"),
            var other => throw new InvalidOperationException($"Unknown result {other}."),
        };
    }

    // A format that holds text among other things would be read as text, and nothing would be found in it.
    private static bool MayBeText(string path, byte[] bytes) =>
        !OtherFormats.Contains(Path.GetExtension(path)) && !bytes.AsSpan().Contains((byte)0);

    private static ArticleText OfStandardInput()
    {
        var text = Console.In.ReadToEnd();
        return
            ArticleReader.Read(System.Text.Encoding.UTF8.GetBytes(text), "-", new(), ReadLimits.Default)
                is ReadResult.Read(var article)
            ? article
            : new(text, new());
    }

    private static IReadOnlyList<string> OrStandardInput(IReadOnlyList<string> names) =>
        names.Count == 0 ? ["-"] : names;

    private static bool IsStandardInput(string name) => string.Equals(name, "-", StringComparison.Ordinal);

    private static IEnumerable<string> LinesOf(string name)
    {
        if (!IsStandardInput(name))
            return File.ReadLines(name);
        return StandardInputLines();
    }

    private static IEnumerable<string> StandardInputLines()
    {
        while (Console.In.ReadLine() is { } line)
            yield return line;
    }
}
