using System.Reflection;

namespace FactCheck.Extraction;

/// <summary>Whole data files that are embedded in this assembly (folder <c>Data</c>).</summary>
internal static class EmbeddedData
{
    /// <summary>The text of a file.</summary>
    /// <param name="name">Its path below <c>Data</c>, with "/" between parts.</param>
    internal static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    internal static Stream Open(string name) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
        ?? throw new ArgumentException($"No data file '{name}' is embedded.", nameof(name));
}
