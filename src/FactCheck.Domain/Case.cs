using System.Security.Cryptography;
using System.Text;

namespace FactCheck.Domain;

/// <summary>First row of an article's case: where it stands. Every change of the case goes through its ETag.</summary>
public sealed record CaseHead
{
    /// <summary>See <see cref="ArticleKey"/>.</summary>
    public required string Key { get; init; }

    /// <summary>The blob's name in the container <c>articles</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Who handed in its first version: a person, or <see cref="Who.Folder"/>; null where an older release
    /// took it in. The name is theirs.</summary>
    public Who? HandedInBy { get; init; }

    /// <summary>Who sent its newest version; null where an older release took it in.</summary>
    public Who? SentBy { get; init; }

    /// <summary>What is known beside the text.</summary>
    public ArticleMeta Meta { get; init; } = new();

    /// <summary>How it came to its purpose; null where an older release read it.</summary>
    public PurposeOrigin? PurposeOrigin { get; init; }

    /// <summary>The desk that what lies beside the file named when it was heard; null where it named none.</summary>
    public string? SaidDesk { get; init; }

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

    /// <summary>Statements that were found in it and not kept (<see cref="SelectionPolicy.MaxStatements"/>).</summary>
    public int LeftOut { get; init; }

    /// <summary>Why the file could not be read; null when it was.</summary>
    public Rejection? Rejection { get; init; }

    /// <summary>Why the run failed, for whoever runs the desk; null when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Why it seems that too little was read, or that there is nothing to check; null where it does
    /// not.</summary>
    public string? LittleRead { get; init; }

    /// <summary>The newest publication asked for; 0 before the first.</summary>
    public int PublicationAsked { get; init; }

    /// <summary>The newest publication that is out; 0 while nothing is public.</summary>
    public int PublicationDone { get; init; }

    /// <summary>The newest publication that feeds and search know; may lag <see cref="PublicationDone"/>.</summary>
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

    /// <summary>Over everything above: only who holds the desk's audit key can make one. Null where a former release,
    /// or a desk without such a key, wrote it.</summary>
    public string? Seal { get; init; }

    /// <summary>What people know it by.</summary>
    public string TitleOrName() => Meta.Title ?? Name;

    /// <summary>True while the statements stand in the newest text; false while a newer run is being read.</summary>
    public bool IsRead() => Stage is ArticleStage.Reviewing or ArticleStage.Ready or ArticleStage.Published;

    /// <summary>With a new version of the article, under the name that it has now.</summary>
    public CaseHead Receiving(string name, Who? by, CaseRun run, string? trace) =>
        this with
        {
            Name = name,
            SentBy = by,
            Run = run.Seq,
            ContentHash = run.ContentHash,
            Trace = trace,
            Stage = ArticleStage.Received,
            Rejection = null,
            Failure = null,
            LittleRead = null,
        };

    /// <summary>With one more task that waits for somebody.</summary>
    public CaseHead Opening(ReviewTask task) =>
        this with
        {
            OpenTasks = [.. OpenTasks, task.Id],
            Stage = IsRead() ? ArticleStage.Reviewing : Stage,
        };

    /// <summary>Without a task that was closed; with the last of them the article is ready.</summary>
    public CaseHead Closing(ReviewTask task)
    {
        IReadOnlyList<string> open = [.. OpenTasks.Where(id => id != task.Id)];
        var isReady = open.Count == 0 && Stage == ArticleStage.Reviewing;
        return this with { OpenTasks = open, Stage = isReady ? ArticleStage.Ready : Stage };
    }
}

/// <summary>Tells one version of an article from another.</summary>
public static class ContentHash
{
    /// <summary>SHA-256 of the bytes and of the metadata beside them, lower-case hex; without metadata, of the bytes
    /// alone. The order and the case of names don't count.</summary>
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
/// <param name="Note">Public.</param>
/// <param name="PublishedAt">When it was out; null before.</param>
public sealed record CasePublication(
    int Version,
    Who AskedBy,
    DateTimeOffset AskedAt,
    bool Retraction = false,
    VerdictChange? Change = null,
    string? Note = null,
    DateTimeOffset? PublishedAt = null
);

/// <summary>A decision that its orchestration has not seen yet. Swept until it has.</summary>
public sealed record Wake(string TaskId, DateTimeOffset At);
