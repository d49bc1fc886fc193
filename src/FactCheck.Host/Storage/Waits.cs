using System.Globalization;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>What an instance waits for.</summary>
internal enum WaitKind
{
    Activity,
    SubOrchestration,
    Timer,
    Event,

    /// <summary>The time at which it is to start.</summary>
    Start,

    /// <summary>What has come in and no episode has taken: for a moment, or for as long as it is suspended.</summary>
    Unread,
}

/// <summary>One thing that an instance waits for.</summary>
/// <param name="Name">The activity or orchestrator; of what is unread, how many.</param>
/// <param name="Until">When a timer is due, UTC.</param>
internal sealed record Wait(WaitKind Kind, string? Name, string? Target = null, DateTime? Until = null);

/// <summary>What instances wait for; on the caller's thread.</summary>
internal static class Waits
{
    private const string WaitsOf = """
        SELECT 0, task, name, NULL, NULL FROM activities WHERE key = $1
        UNION ALL SELECT 1, parent_task, name, id, NULL FROM instances
          WHERE parent_key = $1 AND parent_generation = $2 AND completed IS NULL
        UNION ALL SELECT 2, task, NULL, NULL, due FROM timers WHERE key = $1 AND task >= 0
        UNION ALL SELECT 5, 0, COUNT(*) - $3, NULL, NULL FROM inbox WHERE key = $1 HAVING COUNT(*) > $3
        ORDER BY 1, 2
        """;

    /// <summary>What it waits for, in the order in which it was asked for; nothing once it has ended.</summary>
    public static List<Wait> Of(SqliteConnection connection, Instance instance)
    {
        var waits = new List<Wait>();
        if (instance.IsTerminal)
            return waits;
        if (instance.Status == InstanceStatus.Pending && instance.StartAt != default)
            waits.Add(new(WaitKind.Start, null, null, instance.StartAt));
        // That it is to be suspended is unread too, and no news.
        var known = instance.Status == InstanceStatus.Suspended ? 1 : 0;
        waits.AddRange(Rows.Of(connection, WaitsOf, [instance.Key, instance.Generation, known], ReadWait));
        // Which events an orchestrator waits for only its code knows.
        if (waits.Count == 0 && instance is { Status: InstanceStatus.Running, Episodes: > 0 })
            waits.Add(new(WaitKind.Event, null));
        return waits;
    }

    private static Wait ReadWait(SqliteDataReader row) =>
        new(
            (WaitKind)row.GetInt32(0),
            row.IsDBNull(2) ? null : Convert.ToString(row.GetValue(2), CultureInfo.InvariantCulture),
            Rows.Text(row, 3),
            row.IsDBNull(4) ? null : Rows.Time(row.GetInt64(4))
        );
}
