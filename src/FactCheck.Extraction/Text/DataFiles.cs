using System.Reflection;

namespace FactCheck.Extraction.Text;

/// <summary>The word lists that are embedded in this assembly (folder <c>Data</c>).</summary>
internal static class DataFiles
{
    /// <summary>The lines of a data file without comments and empty lines, trimmed.</summary>
    /// <param name="name">Its path below <c>Data</c>, with "/" between parts.</param>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static IReadOnlyList<string> Lines(string name)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new ArgumentException($"No data file '{name}' is embedded.", nameof(name));
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            line = line.Trim();
            if (line.Length > 0 && line[0] != '#')
                lines.Add(line);
        }

        return lines;
    }

    /// <summary>The lines of a file of the form <c>key: word word …</c>.</summary>
    public static IEnumerable<(string Key, string[] Words)> Groups(string name) =>
        Lines(name)
            .Select(line => line.Split(':', 2))
            .Select(parts =>
                (
                    parts[0].Trim(),
                    parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                )
            );
}
