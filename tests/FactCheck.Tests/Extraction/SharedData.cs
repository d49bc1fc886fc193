namespace FactCheck.Tests.Extraction;

/// <summary>
/// Yardsticks that may not be in this repository: the folder <c>shared/data</c> beside it, or below FACTCHECK_SHARED.
/// </summary>
internal static class SharedData
{
    /// <summary>The path of a file of a task, or null where the data is not at hand.</summary>
    public static string? Find(string task, string file)
    {
        var shared = Environment.GetEnvironmentVariable("FACTCHECK_SHARED") is { Length: > 0 } named
            ? named
            : Repository.PathOf("..", "shared");
        return Path.Combine(shared, "data", task, file) is var path && File.Exists(path) ? path : null;
    }

    /// <summary>The lines of a file of a task; the test is skipped where the data is not at hand.</summary>
    public static IEnumerable<string> Lines(string task, string file)
    {
        var path = Find(task, file);
        Assert.SkipWhen(path is null, $"needs ../shared: data/{task}/{file}");
        return File.ReadLines(path!);
    }
}
