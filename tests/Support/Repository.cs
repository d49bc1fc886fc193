using System.Text.RegularExpressions;

namespace FactCheck.Support;

/// <summary>The files that the tests were built from.</summary>
public static class Repository
{
    private static readonly string Root = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>What a pattern's group "it" finds in the C# files of a folder, each once.</summary>
    public static IReadOnlyList<string> FindInCode(string folder, string pattern) =>
        [
            .. Directory
                .EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file =>
                    Regex.Matches(
                        File.ReadAllText(file),
                        pattern,
                        RegexOptions.ExplicitCapture,
                        TimeSpan.FromSeconds(10)
                    )
                )
                .Select(match => match.Groups["it"].Value)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "FactCheck.sln")))
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new DirectoryNotFoundException($"There is no FactCheck.sln above {AppContext.BaseDirectory}.");
        return folder;
    }
}
