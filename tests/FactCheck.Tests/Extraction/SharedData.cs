namespace FactCheck.Tests.Extraction;

/// <summary>
/// Yardsticks that may not be in this repository: the folder <c>shared/data</c> beside it, or below FACTCHECK_SHARED.
/// </summary>
internal static class SharedData
{
    /// <summary>The path of a file of a task, or null where the data is not at hand.</summary>
    public static string? Find(string task, string file)
    {
        if (Environment.GetEnvironmentVariable("FACTCHECK_SHARED") is { Length: > 0 } shared)
            return Existing(shared, task, file);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FactCheck.sln")))
                return folder.Parent is { } parent
                    ? Existing(Path.Combine(parent.FullName, "shared"), task, file)
                    : null;
        }

        return null;
    }

    /// <summary>The lines of a file of a task; the test is skipped where the data is not at hand.</summary>
    public static IEnumerable<string> Lines(string task, string file)
    {
        var path = Find(task, file);
        Xunit.Assert.SkipWhen(path is null, $"needs ../shared: data/{task}/{file}");
        return File.ReadLines(path!);
    }

    private static string? Existing(string shared, string task, string file) =>
        Path.Combine(shared, "data", task, file) is var path && File.Exists(path) ? path : null;
}
