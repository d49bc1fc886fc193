using System.Globalization;

namespace FactCheck.Storage;

/// <summary>Whether a case is what its audit trail says: the chain, the decisions and the tasks that hold them, the texts
/// and the published files. What a release before 0.2 did not note a hash of is taken as it is.</summary>
/// <param name="blobs">Null where the files are elsewhere: then only rows are looked at.</param>
public sealed class CaseAudit(ITableStore tables, CaseStore cases, IBlobStore? blobs)
{
    /// <summary>The entries that the head knows of, and the first contradiction in words; null when there is
    /// none.</summary>
    public async Task<(IReadOnlyList<AuditEntry> Entries, string? Problem)> CheckAsync(
        CaseHead head,
        CancellationToken cancellation = default
    )
    {
        var (entries, broken) = AuditChain.Check(head, await cases.AuditAsync(head.Key, cancellation));
        return (
            entries,
            broken
                ?? await DecisionsAsync(head, entries, cancellation)
                ?? (blobs is null ? null : await FilesAsync(blobs, head, entries, cancellation))
        );
    }

    private async Task<string?> DecisionsAsync(
        CaseHead head,
        IReadOnlyList<AuditEntry> entries,
        CancellationToken cancellation
    )
    {
        var made = entries.Where(e => e.What == AuditVerb.Decided.Word).ToDictionary(e => e.Seq);
        var rows = await tables.ListAsync(CaseRows.Table, head.Key, CaseRows.AllDecisions, cancellation: cancellation);
        var decisions = new List<(string Task, Decision Decision)>();
        foreach (var row in rows)
        {
            var (task, seq) = CaseRows.DecisionOf(row.Key);
            if (!made.Remove(seq, out var entry) || entry.Subject != task)
                return $"A decision about '{task}' is on no entry.";
            if (entry.Details.TryGetValue(AuditChain.Decision, out var hash) && hash != AuditChain.HashOf(row.Json))
                return $"The decision of entry {seq.ToString(CultureInfo.InvariantCulture)} was changed.";
            decisions.Add((task, CaseJson.Read<Decision>(row.Json)));
        }

        if (made.Count > 0)
            return $"The decision of entry {made.Keys.Min().ToString(CultureInfo.InvariantCulture)} is gone.";
        var madeOf = decisions.ToLookup(d => d.Task, d => d.Decision, StringComparer.Ordinal);
        var lied = (await cases.TasksAsync(head.Key, cancellation))
            .Select(t => t.Value)
            .FirstOrDefault(t => t.Decision is { } held && !madeOf[t.Id].Any(held.IsOf));
        return lied is null ? null : $"The task '{lied.Id}' holds a decision that nobody made.";
    }

    private static async Task<string?> FilesAsync(
        IBlobStore blobs,
        CaseHead head,
        IReadOnlyList<AuditEntry> entries,
        CancellationToken cancellation
    )
    {
        foreach (var entry in entries)
        {
            var (what, now) = entry.Details switch
            {
                { } d when d.ContainsKey(AuditChain.Bytes) => (
                    "The file that arrived",
                    await blobs.HashAsync(CaseFiles.Texts, CaseFiles.Original(head.Key, d["content"]), cancellation)
                ),
                { } d when d.ContainsKey(AuditChain.Text) => (
                    "The text that was checked",
                    await blobs.HashAsync(CaseFiles.Texts, CaseFiles.Text(head.Key, NumberOf(d["run"])), cancellation)
                ),
                { } d when d.ContainsKey(AuditChain.Files) => (
                    "What was published",
                    await blobs.HashOfReportAsync(head.Key, NumberOf(d["version"]), cancellation)
                ),
                _ => ("", null),
            };
            if (what.Length > 0 && !entry.Details.Values.Contains(now, StringComparer.Ordinal))
                return $"{what} with entry {entry.Seq.ToString(CultureInfo.InvariantCulture)} was changed, or is gone.";
        }

        return null;
    }

    private static int NumberOf(string number) => int.Parse(number, CultureInfo.InvariantCulture);
}
