using System.Security.Cryptography;
using System.Text;

namespace FactCheck.Domain;

/// <summary>
/// The first row of an article's case: where it stands. Every change of the case goes through its ETag.
/// </summary>
public sealed record CaseHead
{
    /// <summary>See <see cref="ArticleKey"/>.</summary>
    public required string Key { get; init; }

    /// <summary>The blob's name in the container <c>articles</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What is known beside the text.</summary>
    public ArticleMeta Meta { get; init; } = new();

    /// <summary>How far it has come.</summary>
    public ArticleStage Stage { get; init; } = ArticleStage.Received;

    /// <summary>The newest run; 0 before the first.</summary>
    public int Run { get; init; }

    /// <summary>The newest run's <see cref="CaseRun.ContentHash"/>; null where an older release made the run.</summary>
    public string? ContentHash { get; init; }

    /// <summary>Where the trace of the newest run begins, as a W3C traceparent; null when nobody traced it.</summary>
    public string? Trace { get; init; }

    /// <summary>Tasks that wait for somebody, by id.</summary>
    public IReadOnlyList<string> OpenTasks { get; init; } = [];

    /// <summary>Statements in the newest run's text, tasks among them.</summary>
    public int Statements { get; init; }

    /// <summary>Why the file could not be read; null when it was.</summary>
    public Rejection? Rejection { get; init; }

    /// <summary>Why the run failed, for whoever runs the desk; null when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>The newest publication asked for; 0 before the first.</summary>
    public int PublicationAsked { get; init; }

    /// <summary>The newest publication that is out; 0 while nothing is public.</summary>
    public int PublicationDone { get; init; }

    /// <summary>
    /// The newest publication that feeds and search know of. Lower than <see cref="PublicationDone"/>: they are still
    /// to be told.
    /// </summary>
    public int Announced { get; init; }

    /// <summary>True when what was published was taken back as a whole.</summary>
    public bool Retracted { get; init; }

    /// <summary>Number of the newest audit entry; 0 before the first.</summary>
    public int AuditSeq { get; init; }

    /// <summary>Hash of the newest audit entry; empty before the first.</summary>
    public string AuditHash { get; init; } = "";

    /// <summary>When the first run arrived.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What people know it by.</summary>
    public string TitleOrName() => Meta.Title ?? Name;
}

/// <summary>How far a run has come.</summary>
public enum RunState
{
    Arrived,
    Done,
    Rejected,
    Superseded,
    Failed,
}

/// <summary>One version of an article that arrived. Written before its orchestration is started.</summary>
/// <param name="Seq">1 for the first.</param>
/// <param name="ETag">The blob's when it was read.</param>
/// <param name="ContentHash">What arrived, see <see cref="Domain.ContentHash"/>; of a file that is too large to be
/// read, "too-large-" and a hash of its version.</param>
/// <param name="Length">In bytes.</param>
public sealed record CaseRun(
    int Seq,
    string ETag,
    string ContentHash,
    long Length,
    DateTimeOffset ArrivedAt,
    RunState State = RunState.Arrived
);

/// <summary>Tells one version of an article from another.</summary>
public static class ContentHash
{
    /// <summary>
    /// SHA-256 of the bytes and of the metadata beside them, lower-case hex. Without metadata it is that of the bytes
    /// alone.
    /// </summary>
    /// <param name="content">The bytes.</param>
    /// <param name="metadata">What was handed in beside them; the order and the case of names don't count.</param>
    public static string Of(ReadOnlySpan<byte> content, IReadOnlyDictionary<string, string> metadata)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content);
        foreach (var (name, value) in metadata.OrderBy(m => m.Key, StringComparer.OrdinalIgnoreCase))
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name.ToLowerInvariant()}={value.Length}:{value}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>What an editor asked to have published.</summary>
/// <param name="Version">1 for the first.</param>
/// <param name="Retraction">True: take everything back.</param>
/// <param name="Change">How changed verdicts are called; null lets the rules decide (<see
/// cref="Publication.ChangeOf"/>).</param>
/// <param name="PublishedAt">When it was out; null before.</param>
public sealed record CasePublication(
    int Version,
    string AskedBy,
    DateTimeOffset AskedAt,
    bool Retraction = false,
    VerdictChange? Change = null,
    string? Note = null,
    DateTimeOffset? PublishedAt = null
);

/// <summary>A decision that its orchestration has not seen yet. Swept until it has.</summary>
public sealed record Wake(string TaskId, DateTimeOffset At);

/// <summary>One link of an article's audit chain.</summary>
/// <param name="Seq">1 for the first.</param>
/// <param name="Who">A person's name, or "host".</param>
/// <param name="What">What happened, as verb phrase: "decided", "published".</param>
/// <param name="Details">Small facts; never a text.</param>
/// <param name="Previous">Hash of the entry before; empty for the first.</param>
/// <param name="Hash">SHA-256 over everything above, lower-case hex.</param>
public sealed record AuditEntry(
    int Seq,
    DateTimeOffset At,
    string Who,
    string What,
    string Subject,
    IReadOnlyDictionary<string, string> Details,
    string Previous,
    string Hash
);

/// <summary>Something to put on the audit chain.</summary>
/// <param name="Who">A person's name, or "host".</param>
public sealed record AuditNote(
    string Who,
    string What,
    string Subject,
    IReadOnlyDictionary<string, string>? Details = null
)
{
    /// <summary>The name that the host's own steps carry.</summary>
    public const string Host = "host";
}

/// <summary>The hash chain: an entry that was changed, removed or moved breaks it.</summary>
public static class AuditChain
{
    /// <summary>Makes the next entry.</summary>
    public static AuditEntry Append(int lastSeq, string lastHash, AuditNote note, DateTimeOffset at)
    {
        var details = note.Details ?? new Dictionary<string, string>(StringComparer.Ordinal);
        var entry = new AuditEntry(lastSeq + 1, at, note.Who, note.What, note.Subject, details, lastHash, "");
        return entry with { Hash = HashOf(entry) };
    }

    /// <summary>
    /// The first entry that does not fit its neighbours or its own hash, in words; null when the chain holds.
    /// </summary>
    /// <param name="entries">In order.</param>
    /// <param name="headSeq">What the head row says is the newest number.</param>
    public static string? FirstBreak(IEnumerable<AuditEntry> entries, int headSeq, string headHash)
    {
        var (seq, hash) = (0, "");
        foreach (var entry in entries)
        {
            if (entry.Seq != seq + 1)
                return $"Entry {seq + 1} is missing.";
            if (entry.Previous != hash)
                return $"Entry {entry.Seq} does not follow entry {seq}.";
            if (HashOf(entry) != entry.Hash)
                return $"Entry {entry.Seq} was changed.";
            (seq, hash) = (entry.Seq, entry.Hash);
        }

        return seq == headSeq && hash == headHash ? null : $"The chain ends at entry {seq}, the case says {headSeq}.";
    }

    private static string HashOf(AuditEntry entry)
    {
        // Every part carries its length, so that no two different entries are written the same way.
        var text = new StringBuilder();
        void Part(string part) => text.Append(part.Length).Append(':').Append(part).Append('\n');
        Part(entry.Seq.ToString());
        Part(entry.At.UtcDateTime.ToString("o"));
        Part(entry.Who);
        Part(entry.What);
        Part(entry.Subject);
        foreach (var (name, value) in entry.Details.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            Part(name);
            Part(value);
        }

        Part(entry.Previous);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
