using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace FactCheck.Cli.Terminal;

/// <summary>Where answers go. Text for people, JSON for programs (<c>--json</c>); on a terminal with colours and moving
/// parts. Text comes from strangers' articles: control characters never reach the terminal.</summary>
internal sealed class Output(TextWriter output, TextWriter error, bool json, bool isTerminal, bool hasColor)
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print JSON for programs: one document, or a line each where a verb goes on for a while.",
        Recursive = true,
    };
    public static readonly Option<bool> NoColor = new("--no-color")
    {
        Description = "Print no colours; so does the environment variable NO_COLOR.",
        Recursive = true,
    };

    private const int WidthInFiles = 100;
    private const int WidthOfTablesInFiles = 160;
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _gate = new();

    /// <summary>One JSON document, or JSON lines where a verb goes on for a while.</summary>
    public bool IsJson { get; } = json;

    /// <summary>A person watches: progress may move.</summary>
    public bool IsTerminal { get; } = isTerminal && !json;

    public int Width => IsTerminal && Console.WindowWidth > 20 ? Console.WindowWidth : WidthInFiles;

    public static Output Of(ParseResult parse)
    {
        var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        var color =
            terminal
            && !parse.GetValue(NoColor)
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new(
            parse.InvocationConfiguration.Output,
            parse.InvocationConfiguration.Error,
            parse.GetValue(Json),
            terminal,
            color
        );
    }

    public void Line(string text = "")
    {
        lock (_gate)
            output.WriteLine(Clean(text));
    }

    public void Heading(string text)
    {
        lock (_gate)
            output.WriteLine(hasColor ? $"\e[1m{Clean(text)}\e[0m" : Clean(text));
    }

    /// <summary>A remark that is no part of the answer: on standard error, and not at all beside JSON.</summary>
    public void Note(string text)
    {
        if (IsJson)
            return;
        lock (_gate)
            error.WriteLine(Clean(text));
    }

    public void Fail(string message, int exitCode)
    {
        lock (_gate)
            error.WriteLine(
                IsJson
                    ? new JsonObject { ["error"] = message, ["exitCode"] = exitCode }.ToJsonString(OneLine)
                    : $"factcheck: {Clean(message)}"
            );
    }

    /// <summary>One document that is the whole answer.</summary>
    public void Document(JsonNode node)
    {
        lock (_gate)
            output.WriteLine(node.ToJsonString(Indented));
    }

    /// <summary>One document of several, a line each.</summary>
    public void JsonLine(JsonNode node)
    {
        lock (_gate)
            output.WriteLine(node.ToJsonString(OneLine));
    }

    /// <summary>A table for people; the last column takes the room that is left.</summary>
    public void Table(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var lines = TextTable.Lines(
            heads,
            [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Clean)])],
            IsTerminal ? Width : WidthOfTablesInFiles
        );
        Heading(lines[0]);
        foreach (var line in lines.Skip(1))
            Line(line);
    }

    /// <summary>The terminal for progress bars and tables that move.</summary>
    public IAnsiConsole Live() =>
        AnsiConsole.Create(
            new AnsiConsoleSettings { ColorSystem = hasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors }
        );

    /// <summary>Without what could move the cursor, change colours or turn the direction of writing.</summary>
    public static string Clean(string text)
    {
        if (!text.Any(IsUnsafe))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
            clean.Append(IsUnsafe(c) ? '\uFFFD' : c);
        return clean.ToString();
    }

    private static bool IsUnsafe(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t'))
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}

internal static class TextTable
{
    private const int LeastOfLast = 30;

    /// <summary>Heads and rows in columns; the last is cut to what is left of the width.</summary>
    public static IReadOnlyList<string> Lines(
        IReadOnlyList<string> heads,
        IReadOnlyList<IReadOnlyList<string>> rows,
        int width
    )
    {
        var widths = heads
            .Select((head, i) => rows.Select(row => Flat(row[i]).Length).Append(head.Length).Max())
            .ToArray();
        var before = widths[..^1].Sum(w => w + 2);
        widths[^1] = Math.Max(LeastOfLast, width - before);
        return [LineOf(heads), .. rows.Select(LineOf)];

        string LineOf(IReadOnlyList<string> cells) =>
            string.Concat(
                    cells.Select(
                        (cell, i) =>
                            i == cells.Count - 1 ? Shorten(Flat(cell), widths[i]) : Flat(cell).PadRight(widths[i] + 2)
                    )
                )
                .TrimEnd();
    }

    /// <summary>At most so many characters; an ellipsis stands for the rest.</summary>
    public static string Shorten(string text, int most) =>
        text.Length <= most ? text : text[..(most - 1)].TrimEnd() + "…";

    /// <summary>A time as the desk's people read it.</summary>
    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Lines of at most some width, each behind the same indent.</summary>
    public static IEnumerable<string> Wrap(string text, int width, string indent = "")
    {
        foreach (var paragraph in text.Split('\n'))
        {
            var line = new StringBuilder(indent);
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > indent.Length && line.Length + 1 + word.Length > width)
                {
                    yield return line.ToString();
                    line.Clear().Append(indent);
                }

                if (line.Length > indent.Length)
                    line.Append(' ');
                line.Append(word);
            }

            yield return line.ToString().TrimEnd();
        }
    }

    /// <summary>A feature with its weight, as the score was made of it.</summary>
    public static string Explained(CheckWorthinessReason reason) =>
        $"{reason.Weight, 6:+0.00;-0.00} {reason.Feature}{(reason.Because is { } words ? $" \"{words}\"" : "")}";

    private static string Flat(string cell) =>
        cell.Contains('\n', StringComparison.Ordinal) ? cell.ReplaceLineEndings(" ") : cell;
}
