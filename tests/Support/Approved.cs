namespace FactCheck.Support;

/// <summary>
/// Texts that people have read and approved, as files of the repository. With the environment variable
/// <c>FACTCHECK_APPROVE=1</c> a test writes what it has in place of comparing: the diff is what is to be read then.
/// </summary>
public static class Approved
{
    private static readonly bool Approves = Environment.GetEnvironmentVariable("FACTCHECK_APPROVE") is "1";

    /// <summary>Holds a text against its approved file, whatever the line ends.</summary>
    /// <param name="file">Its path from the root of the repository.</param>
    public static void Matches(string text, string file)
    {
        var path = Repository.PathOf(file);
        text = text.ReplaceLineEndings("\n");
        if (Approves)
            File.WriteAllText(path, text);
        var approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (text == approved)
            return;
        var (now, before) = (text.Split('\n'), approved.Split('\n'));
        var at = now.Zip(before).TakeWhile(pair => pair.First == pair.Second).Count();
        throw new InvalidDataException(
            $"""
            {file} differs from line {at + 1} on. If that is meant: FACTCHECK_APPROVE=1, this test, and read the diff.
            approved: {before.ElementAtOrDefault(at) ?? "(its end)"}
            now:      {now.ElementAtOrDefault(at) ?? "(its end)"}
            """
        );
    }
}
