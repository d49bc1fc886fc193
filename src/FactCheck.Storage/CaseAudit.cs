using System.Globalization;
using System.Text.Json;

namespace FactCheck.Storage;

/// <summary>Whether a case is what its audit trail says: the chain, the decisions and the tasks that hold them, the texts
/// and the published files. What a former release noted no hash of is taken as it is.</summary>
/// <param name="blobs">Null where the files are elsewhere: then only rows are looked at.</param>
/// <param name="seals">Null where heads have no seals: a desk on Azure without an audit key.</param>
public sealed class CaseAudit(ITableStore tables, CaseStore cases, IBlobStore? blobs, CaseSeals? seals = null)
{
    private const int MostLooks = 5;

    /// <summary>The same by an article's key; null when there is no such case, and none that is missed.</summary>
    public async Task<(IReadOnlyList<AuditEntry> Entries, string? Problem)?> CheckAsync(
        string article,
        CancellationToken cancellation = default
    )
    {
        if (seals is null)
            return await cases.FindHeadAsync(article, cancellation) is { Value: var unsealed }
                ? await CheckAsync(unsealed, cancellation)
                : null;
        var (found, problem) = await seals.LookAsync(article, cases.FindHeadAsync, cancellation);
        if (found is not null)
            return await CheckAsync(found.Value, cancellation);
        return problem is null ? null : ([], problem);
    }

    /// <summary>The entries that the head knows of, and the first contradiction in words; null when there is
    /// none.</summary>
    public async Task<(IReadOnlyList<AuditEntry> Entries, string? Problem)> CheckAsync(
        CaseHead head,
        CancellationToken cancellation = default
    )
    {
        for (var looks = 1; ; looks++)
        {
            var (entries, problem) = await LookAsync(head, cancellation);
            // Rows are read one after the other: what was committed in between is no contradiction.
            if (
                problem is null
                || looks == MostLooks
                || await cases.FindHeadAsync(head.Key, cancellation) is not { Value: var newer }
                || newer.AuditSeq == head.AuditSeq
            )
                return (entries, problem);
            head = newer;
        }
    }

    private async Task<(IReadOnlyList<AuditEntry> Entries, string? Problem)> LookAsync(
        CaseHead head,
        CancellationToken cancellation
    )
    {
        var unsealed = head.Seal is null ? null : "It is sealed, and there is no audit key to hold it against.";
        if (seals is not null)
        {
            (var found, unsealed) = await seals.LookAsync(head.Key, cases.FindHeadAsync, cancellation);
            head = found?.Value ?? head;
        }

        IReadOnlyList<AuditEntry> entries = [];
        try
        {
            (entries, var broken) = AuditChain.Check(head, await cases.AuditAsync(head.Key, cancellation));
            return (
                entries,
                broken
                    ?? unsealed
                    ?? LoggedOtherwise(head.Key, entries)
                    ?? await DecisionsAsync(head, entries, cancellation)
                    ?? (blobs is null ? null : await FilesAsync(blobs, head, entries, cancellation))
            );
        }
        catch (Exception error)
            when (error is JsonException or FormatException or ArgumentException or KeyNotFoundException)
        {
            return (entries, $"A row or an entry holds what no release writes: {error.Message}");
        }
    }

    private string? LoggedOtherwise(string article, IReadOnlyList<AuditEntry> entries) =>
        seals?.Log.Newest(article) is { Seq: > 0 } known && known.Seq <= entries.Count
            ? CaseSeals.ProblemOf(entries[known.Seq - 1].Hash, known)
            : null;

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
            .FirstOrDefault(t => !Fits(t.Decision, [.. madeOf[t.Id]]));
        return lied is null ? null : $"The task '{lied.Id}' holds another decision than was made.";
    }

    // What a task holds after all that was decided about it, oldest first.
    private static bool Fits(Decision? held, IReadOnlyList<Decision> made) =>
        made switch
        {
            [] or [.., { Action: DecisionAction.Return }] => held is null,
            [.., var proposed, { Action: DecisionAction.Confirm } confirmed] => held is not null
                && held.IsOf(proposed)
                && held.ConfirmedBy == confirmed.By,
            [.., var last] => held is not null && held.IsOf(last) && held.ConfirmedBy is null,
        };

    private static async Task<string?> FilesAsync(
        IBlobStore blobs,
        CaseHead head,
        IReadOnlyList<AuditEntry> entries,
        CancellationToken cancellation
    )
    {
        foreach (var entry in entries)
        {
            var (details, article) = (entry.Details, head.Key);
            var (what, noted, now) = details switch
            {
                _ when details.TryGetValue(AuditChain.Bytes, out var hash) => (
                    "The file that arrived",
                    hash,
                    await blobs.HashAsync(
                        CaseFiles.Texts,
                        CaseFiles.Original(article, details["content"]),
                        cancellation
                    )
                ),
                _ when details.TryGetValue(AuditChain.Text, out var hash) => (
                    "The text that was checked",
                    hash,
                    await blobs.HashAsync(
                        CaseFiles.Texts,
                        CaseFiles.Text(article, NumberOf(details["run"])),
                        cancellation
                    )
                ),
                _ when details.TryGetValue(AuditChain.Files, out var hash) => (
                    "What was published",
                    hash,
                    await blobs.HashOfReportAsync(article, NumberOf(details["version"]), cancellation)
                ),
                _ => ("", "", ""),
            };
            if (noted != now)
                return $"{what} with entry {entry.Seq.ToString(CultureInfo.InvariantCulture)} was changed, or is gone.";
        }

        return null;
    }

    private static int NumberOf(string number) => int.Parse(number, CultureInfo.InvariantCulture);
}
