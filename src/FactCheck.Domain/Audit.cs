using System.Security.Cryptography;
using System.Text;

namespace FactCheck.Domain;

/// <summary>One link of an audit chain: of an article's, or of the people's.</summary>
/// <param name="Seq">1 for the first.</param>
/// <param name="Who">A person's name, "folder", "command line" or "host"; which person, the details say.</param>
/// <param name="What">What happened, as verb phrase: "decided", "published".</param>
/// <param name="Subject">The id of what it happened to.</param>
/// <param name="Details">Small facts; never an article's text.</param>
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

/// <summary>What can happen to a case: the word for it on the audit chain, and in the feed of changes.</summary>
public sealed record AuditVerb
{
    public static readonly AuditVerb Arrived = new("arrived");
    public static readonly AuditVerb Rejected = new("rejected");
    public static readonly AuditVerb Superseded = new("superseded");
    public static readonly AuditVerb Failed = new("failed");
    public static readonly AuditVerb Selected = new("selected");
    public static readonly AuditVerb Added = new("added") { Feed = "opened" };
    public static readonly AuditVerb Promoted = new("promoted") { Feed = "opened" };
    public static readonly AuditVerb Reopened = new("reopened");
    public static readonly AuditVerb Reminded = new("reminded");
    public static readonly AuditVerb Escalated = new("escalated") { Feed = "reminded" };
    public static readonly AuditVerb Decided = new("decided");
    public static readonly AuditVerb Archived = new("archived") { Feed = null };
    public static readonly AuditVerb AskedToPublish = new("asked to publish") { Feed = null };
    public static readonly AuditVerb AskedToRetract = new("asked to retract") { Feed = null };
    public static readonly AuditVerb Published = new("published");
    public static readonly AuditVerb Retracted = new("retracted");
    public static readonly AuditVerb ReadOtherwise = new("read otherwise");
    public static readonly AuditVerb ChangedPurpose = new("changed the purpose");
    public static readonly AuditVerb ChangedDesk = new("changed the desk");
    public static readonly AuditVerb Released = new("released") { Feed = "taken" };
    public static readonly AuditVerb Extended = new("extended") { Feed = null };

    // Of people.
    public static readonly AuditVerb Invited = new("invited") { Feed = null };
    public static readonly AuditVerb Joined = new("joined") { Feed = null };
    public static readonly AuditVerb LinkMade = new("made a link") { Feed = null };
    public static readonly AuditVerb TokenMade = new("made a token") { Feed = null };
    public static readonly AuditVerb ChangedPerson = new("changed") { Feed = null };
    public static readonly AuditVerb EndedPerson = new("ended") { Feed = null };
    public static readonly AuditVerb Readmitted = new("let in again") { Feed = null };

    private AuditVerb(string word) => (Word, Feed) = (word, word);

    /// <summary>A verb phrase: "decided", "published". Stored for good.</summary>
    public string Word { get; }

    /// <summary>What pages that poll are told; null for what no page shows.</summary>
    public string? Feed { get; private init; }

    /// <summary>How a run ended.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It did not end without tasks.</exception>
    public static AuditVerb EndOf(RunState state) =>
        state switch
        {
            RunState.Rejected => Rejected,
            RunState.Superseded => Superseded,
            RunState.Failed => Failed,
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A run ends otherwise."),
        };
}

/// <summary>Something to put on the audit chain.</summary>
public sealed record AuditNote(
    Who Who,
    AuditVerb What,
    string Subject,
    IReadOnlyDictionary<string, string>? Details = null
)
{
    /// <summary>The name that the host's own steps carry.</summary>
    public const string Host = "host";

    /// <summary>A note with small facts; those without a value are left out.</summary>
    public static AuditNote Of(
        Who who,
        AuditVerb what,
        string subject,
        params IEnumerable<(string Name, string? Value)> details
    ) =>
        new(
            who,
            what,
            subject,
            details.Where(d => d.Value is not null).ToDictionary(d => d.Name, d => d.Value!, StringComparer.Ordinal)
        );
}

/// <summary>The hash chain: an entry that was changed, removed or moved breaks it.</summary>
public static class AuditChain
{
    /// <summary>Names of details that hold the SHA-256 of what an entry is about: a decision's row, the bytes that
    /// arrived, the text that was checked, the files that were published.</summary>
    public const string Decision = "decision";

    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    /// <inheritdoc cref="Decision"/>
    public const string Bytes = "bytes";

    /// <inheritdoc cref="Decision"/>
    public const string Text = "text";

    /// <inheritdoc cref="Decision"/>
    public const string Files = "files";

    /// <summary>Name of the detail that holds the id of who did it.</summary>
    public const string ById = "person";

    /// <summary>SHA-256, lower-case hex.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <inheritdoc cref="HashOf(ReadOnlySpan{byte})"/>
    public static string HashOf(string text) => HashOf(Encoding.UTF8.GetBytes(text));

    /// <summary>Makes the next entry.</summary>
    public static AuditEntry Append(int lastSeq, string lastHash, AuditNote note, DateTimeOffset at)
    {
        var details = new Dictionary<string, string>(note.Details ?? Nothing, StringComparer.Ordinal);
        if (note.Who.Id is { } person)
            details[ById] = person;
        var entry = new AuditEntry(lastSeq + 1, at, note.Who.Name, note.What.Word, note.Subject, details, lastHash, "");
        return entry with { Hash = HashOf(entry) };
    }

    /// <summary>Adds entries to a case, in order; gives them, and the case that ends its chain with them.</summary>
    public static (IReadOnlyList<AuditEntry> Entries, CaseHead Head) Append(
        CaseHead head,
        IReadOnlyList<AuditNote> notes,
        DateTimeOffset at
    )
    {
        var entries = new List<AuditEntry>(notes.Count);
        foreach (var note in notes)
        {
            entries.Add(Append(head.AuditSeq, head.AuditHash, note, at));
            head = head with { AuditSeq = entries[^1].Seq, AuditHash = entries[^1].Hash };
        }

        return (entries, head);
    }

    /// <summary>Entries that the head knows of, none of a later one, and their <see cref="FirstBreak"/>.</summary>
    public static (IReadOnlyList<AuditEntry> Entries, string? Problem) Check(
        CaseHead head,
        IEnumerable<AuditEntry> entries
    )
    {
        var known = entries.Where(e => e.Seq <= head.AuditSeq).ToList();
        return (known, FirstBreak(known, head.AuditSeq, head.AuditHash));
    }

    /// <summary>The first entry (in order) that misfits its neighbours or its own hash, in words; else null.</summary>
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

        return seq == headSeq && hash == headHash ? null : $"The chain ends at entry {seq}, its head says {headSeq}.";
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
        return HashOf(text.ToString());
    }
}
