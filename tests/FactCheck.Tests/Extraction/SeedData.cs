namespace FactCheck.Tests.Extraction;

/// <summary>The folder <c>seeds</c> of this repository.</summary>
internal static class SeedData
{
    public static string Path(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "FactCheck.sln")))
                return System.IO.Path.Combine(folder.FullName, "seeds", name);
        throw new InvalidOperationException("The tests run outside their repository.");
    }

    public static IEnumerable<string> Lines(string name) => File.ReadLines(Path(name));
}
