using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;

namespace FactCheck.Storage;

/// <summary>What was taken as it is.</summary>
/// <param name="Aside">The folder in which the former log is; null where it goes on.</param>
public sealed record TakenAsIs(int Articles, string? Aside);

/// <summary>Goes on with a desk that is not what its audit log says: only ever by somebody's word, which the log
/// keeps.</summary>
public static class DeskRepair
{
    private const int LongestWhy = 500;

    /// <summary>Takes every case as it is. A log that is damaged itself, or sealed with a key that is lost, is put aside
    /// and begun anew.</summary>
    /// <param name="by">Who says so.</param>
    /// <exception cref="DamagedDeskException">The key is missing, and no new one is wanted.</exception>
    public static Task<TakenAsIs> AcceptAsync(
        SqliteTables tables,
        DeskAudit audit,
        bool newKey,
        string by,
        TimeProvider time,
        CancellationToken cancellation = default
    ) => WriteAsync(tables, audit, newKey, AuditLineKind.Accepted, by, "", time, cancellation);

    /// <summary>Notes that a copy was put back: from here on its cases are right, though the log knew more.</summary>
    /// <returns>What the log knew, and the copy does not.</returns>
    public static async Task<IReadOnlyList<AuditFinding>> NoteRestoreAsync(
        SqliteTables tables,
        DeskAudit audit,
        CopyManifest copy,
        string by,
        TimeProvider time,
        CancellationToken cancellation = default
    )
    {
        IReadOnlyList<AuditFinding> missing;
        var key = audit.ReadOrMakeKey();
        await using (var log = audit.OpenLog(key, time))
        {
            missing = await new AuditCheck(tables, new(key, log), time).RunAsync(mend: false, cancellation);
        }

        var why = $"A copy of {copy.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC was put back.";
        await WriteAsync(tables, audit, newKey: false, AuditLineKind.Restored, by, why, time, cancellation);
        return missing;
    }

    private static async Task<TakenAsIs> WriteAsync(
        SqliteTables tables,
        DeskAudit audit,
        bool newKey,
        AuditLineKind kind,
        string by,
        string why,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var aside = newKey ? audit.SetAside(key: true, time.GetUtcNow()) : null;
        var key = audit.ReadOrMakeKey();
        var problems = await ProblemsAsync(audit, key, time, cancellation);
        if (problems.Count > 0)
            (aside, why) = (audit.SetAside(key: false, time.GetUtcNow()), $"{why} {string.Join(' ', problems)}".Trim());
        await using var log = audit.OpenLog(key, time);
        var check = new AuditCheck(tables, new(key, log), time);
        var articles = await check.AcceptAsync(
            kind,
            by,
            why is "" ? null
                : why.Length > LongestWhy ? why[..LongestWhy]
                : why,
            cancellation
        );
        audit.NoteSealed(log);
        return new(articles, aside);
    }

    private static async Task<IReadOnlyList<string>> ProblemsAsync(
        DeskAudit audit,
        AuditKey key,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        await using var log = audit.OpenLog(key, time);
        await log.LoadAsync(whole: true, cancellation);
        return log.Problems;
    }
}
