namespace FactCheck.Tests.Extraction;

/// <summary>The folder <c>seeds</c> of this repository.</summary>
internal static class SeedData
{
    public static string Path(string name) => Repository.PathOf("seeds", name);

    public static IEnumerable<string> Lines(string name) => File.ReadLines(Path(name));
}
