using System.Globalization;

namespace FactCheck.Storage;

/// <summary>Row keys of a case's partition.</summary>
public static class CaseRows
{
    /// <summary>The table.</summary>
    public const string Table = "cases";

    /// <summary>The first row.</summary>
    public const string Head = "head";

    internal const string HandIns = "handin";
    internal const string Statements = "stmt|";
    internal const string Tasks = "task|";
    internal const string Runs = "run|";
    internal const string Wakes = "wake|";
    internal const string AuditEntries = "audit|";
    internal const string Publications = "pub|";

    internal static string Statement(string id) => Statements + id;

    internal static string Task(string id) => Tasks + id;

    internal static string Run(int seq) => Runs + seq.ToString("D6", CultureInfo.InvariantCulture);

    internal static string Wake(string taskId) => Wakes + taskId;

    internal static string Audit(int seq) => AuditEntries + seq.ToString("D8", CultureInfo.InvariantCulture);

    internal static string Publication(int version) =>
        Publications + version.ToString("D4", CultureInfo.InvariantCulture);

    internal const string AllDecisions = "dec|";

    internal static string Decisions(string taskId) => $"{AllDecisions}{taskId}|";

    /// <summary>The task of a decision, and the number of the audit entry that tells of it.</summary>
    internal static (string Task, int Seq) DecisionOf(string key)
    {
        var end = key.LastIndexOf('|');
        return (key[AllDecisions.Length..end], int.Parse(key.AsSpan(end + 1), CultureInfo.InvariantCulture));
    }

    internal static string Decision(string taskId, int seq) =>
        Decisions(taskId) + seq.ToString("D8", CultureInfo.InvariantCulture);

    // A caller chooses the key: only its hash is safe as a row key.
    internal const string Answers = "idem|";

    internal static string Answer(string idempotencyKey) => Answers + Base32.Hash(idempotencyKey, 32);
}
