using FactCheck.Storage.Local;

namespace FactCheck.Storage;

/// <summary>Whether a data folder is whole, before anything in it is opened to be written.</summary>
public static class DeskCheck
{
    /// <summary>The desk's rows, in a data folder.</summary>
    public const string Rows = "desk.db";

    /// <summary>The host's orchestrations, in a data folder.</summary>
    public const string Orchestrations = "runtime.db";

    /// <summary>Longer than this nobody waits for a start; <c>audit verify</c> looks at all of it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // What only a desk writes, and never before its rows. "articles" may be filled before the first start.
    private static readonly string[] OfADesk =
    [
        CaseFiles.Texts,
        CaseFiles.Reports,
        "evidence",
        DeskAudit.LogFolder,
        DeskStorage.NoteName,
    ];

    /// <summary>Refuses a folder whose rows are gone: an empty desk in their place would look as if all were well.
    /// </summary>
    /// <exception cref="DamagedDeskException">They are.</exception>
    public static void MustHaveItsRows(string data)
    {
        var rows = new FileInfo(Path.Combine(data, Rows));
        if (rows is { Exists: true, Length: > 0 })
            return;
        var left = OfADesk.Where(name => IsThere(Path.Combine(data, name))).ToList();
        if (left.Count > 0)
            throw new DamagedDeskException(
                $"'{rows.FullName}' is {(rows.Exists ? "empty" : "missing")}, and beside it are {string.Join(", ", left)}: "
                    + "the desk's tasks, decisions and audit trail were in it. No new desk is made in its place. "
                    + RestoreGuide(data)
            );
    }

    /// <summary>Looks through both databases, as far as the time goes.</summary>
    /// <returns>What could not be looked at, in sentences.</returns>
    /// <exception cref="DamagedDeskException">One is damaged.</exception>
    public static IReadOnlyList<string> Look(string data, TimeSpan limit)
    {
        var unseen = new List<string>();
        Look(Rows, $"Tasks, decisions and the audit trail are in it. {RestoreGuide(data)}");
        Look(
            Orchestrations,
            "It holds the clocks of open tasks and what is under way. Put back a copy of it, or move it away: then "
                + "checks, publications and clocks are started again from the desk's rows, within the hour."
        );
        return unseen;

        void Look(string name, string mend)
        {
            var file = Path.Combine(data, name);
            if (!File.Exists(file) || new FileInfo(file).Length == 0)
                return;
            var (isWhole, problem) = SqliteCheck.Look(file, limit);
            if (problem is not null)
                throw new DamagedDeskException($"'{file}' is damaged ({problem}). {mend}");
            if (!isWhole)
                unseen.Add($"'{file}' is large: only a part of it was looked through in {limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>What to do, for whoever runs the desk.</summary>
    public static string RestoreGuide(string data) =>
        $"Move this folder away and put back your newest copy: factcheck restore COPY --data {data} (docs/operate.md, "
        + "'When a desk does not start').";

    private static bool IsThere(string path) =>
        File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any());
}
