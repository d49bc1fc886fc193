using System.Reflection;

namespace FactCheck.Extraction.Text;

/// <summary>
/// What is embedded in this assembly (folder <c>Data</c>), by its path below that folder, with "/" between parts.
/// </summary>
internal static class DataFiles
{
    /// <summary>The lines of a word list without comments and empty lines, trimmed.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static IReadOnlyList<string> Lines(string name) =>
        [.. Text(name).Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length > 0 && line[0] != '#')];

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

    internal static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    internal static Stream Open(string name) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
        ?? throw new ArgumentException($"No data file '{name}' is embedded.", nameof(name));
}
