using System.Globalization;
using System.Text.Json;
using FactCheck.Storage.Audit;

namespace FactCheck.Storage;

/// <summary>A case's head is not what the desk wrote last. Nothing is built on it, and nothing of it is shown to the
/// public, until somebody has looked at it.</summary>
public sealed class TamperedCaseException(string article, string problem)
    : Exception($"The case of article '{article}' is not what the desk wrote. {problem}")
{
    /// <summary>What is wrong, in a sentence.</summary>
    public string Problem => problem;
}

/// <summary>Seals the heads of cases, and holds them against the log outside the database: a head that was made up, an
/// older one that was put back, and one whose newest entries are lost are found.</summary>
public sealed class CaseSeals(AuditKey key, AuditLog log)
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task _loading = Task.CompletedTask;
    private long _looked;

    /// <summary>The log.</summary>
    public AuditLog Log => log;

    /// <summary>What is wrong with the log itself, in sentences.</summary>
    public IReadOnlyList<string> LogProblems =>
        key.HasSealedAll && !log.IsReady
            ?
            [
                .. log.Problems,
                $"The audit key sealed this desk before, and the log at {log.Place} knows nothing of it: it is not the one "
                    + "that it was.",
            ]
            : log.Problems;

    /// <summary>The head with the seal that it should have.</summary>
    public CaseHead Seal(CaseHead head) =>
        head with
        {
            Seal = key.Seal("head", CaseJson.Write(head with { Seal = null })),
        };

    /// <summary>The log begins before the first head is sealed.</summary>
    public Task BeginAsync(CancellationToken cancellation) =>
        log.Begun is not null ? Task.CompletedTask : BeginAnewAsync(cancellation);

    /// <summary>Logs a commit that added audit entries.</summary>
    public void Committed(CaseHead head) => log.Note(head);

    /// <summary>Reads a head and says what contradicts it; null where nothing does. The log first: a commit in between
    /// leaves the head ahead of it, never behind.</summary>
    public async Task<(Versioned<CaseHead>? Head, string? Problem)> LookAsync(
        string article,
        Func<string, CancellationToken, Task<Versioned<CaseHead>?>> find,
        CancellationToken cancellation
    )
    {
        await log.LoadOnceAsync(cancellation);
        for (var again = false; ; again = true)
        {
            var known = log.Newest(article);
            var (head, problem) = await FoundAsync(article, find, cancellation);
            problem ??= ProblemOf(head?.Value, known);
            if (problem is null || again)
                return (head, problem);
            // Another process may have said since that it is right.
            await LoadAgainAsync().WaitAsync(cancellation);
        }
    }

    /// <summary>What contradicts a head, in a sentence; null where nothing does.</summary>
    /// <param name="known">What the log knew before the head was read.</param>
    public string? ProblemOf(CaseHead? head, AuditLine? known) =>
        (head, known) switch
        {
            (null, null or { Seq: 0 }) => null,
            (null, _) => $"The log knows its entry {Number(known.Seq)} of {Time(known.At)}, and the case is gone.",
            _ => SealProblemOf(head, known)
                ?? (
                    known is null ? null
                    : known.Seq > head.AuditSeq
                        ? $"It ends at entry {Number(head.AuditSeq)}, and the log knows entry {Number(known.Seq)} of "
                            + $"{Time(known.At)}: an older copy was put back, or what was written last is lost."
                    : known.Seq == head.AuditSeq ? ProblemOf(head.AuditHash, known)
                    : null
                ),
        };

    /// <summary>What contradicts the entry of the log's number, by its hash; null where nothing does.</summary>
    /// <param name="hash">Null where there is no such entry.</param>
    public static string? ProblemOf(string? hash, AuditLine known) =>
        hash == known.Hash ? null : $"Its entry {Number(known.Seq)} is another than the log knows.";

    private string? SealProblemOf(CaseHead head, AuditLine? known) =>
        head.Seal switch
        {
            // What former releases left has no seal until it has been taken, once.
            null when !key.HasSealedAll && !log.IsReady && known is null or { Kind: AuditLineKind.Taken } => null,
            null => "Its head has no seal: something else than this desk wrote it.",
            { } seal when key.IsOfAnother(seal) => "Its head is sealed with another key than the desk's audit key.",
            { } seal when Seal(head).Seal != seal => "Its head was changed: the seal does not fit.",
            _ when known is null && !(head.UpdatedAt >= log.Begun) =>
                $"It is sealed, and the log does not know it: the log at {log.Place} is not the one that it was.",
            _ => null,
        };

    private static async Task<(Versioned<CaseHead>? Head, string? Problem)> FoundAsync(
        string article,
        Func<string, CancellationToken, Task<Versioned<CaseHead>?>> find,
        CancellationToken cancellation
    )
    {
        try
        {
            return (await find(article, cancellation), null);
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            return (null, UnreadableHead(error));
        }
    }

    /// <summary>Whether a row holds what no release writes.</summary>
    public static bool IsUnreadable(Exception error) => error is JsonException or FormatException or ArgumentException;

    /// <summary>Says so of a head.</summary>
    public static string UnreadableHead(Exception error) =>
        $"Its head can't be read: {error.Message.ReplaceLineEndings(" ")}";

    private async Task BeginAnewAsync(CancellationToken cancellation)
    {
        await log.LoadOnceAsync(cancellation);
        await log.BeginAsync(cancellation);
    }

    // One reading for everybody who asks meanwhile or soon after: nobody is refused for what it is about to tell.
    private Task LoadAgainAsync()
    {
        lock (_gate)
        {
            var now = Environment.TickCount64;
            if (!_loading.IsCompleted || (_looked != 0 && now - _looked < LookAgainAfter.TotalMilliseconds))
                return _loading;
            _looked = now;
            return _loading = log.LoadAsync();
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
