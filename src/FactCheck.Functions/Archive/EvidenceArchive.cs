using System.Security.Cryptography;
using System.Text;
using FactCheck.Extraction.Documents;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Archive;

/// <summary>Archived copies of evidence, and later looks at it.</summary>
public sealed class EvidenceArchive(IBlobStore blobs, EvidenceFetcher fetcher, FileReader reader, TimeProvider time)
{
    // A page has no more characters than bytes; a document is packed, and may have more: as many as a long report.
    // Each takes some hundred bytes while it is read.
    private const int LongestDocument = 1_000_000;

    /// <summary>True for a closed task with links that nobody tried to copy yet.</summary>
    public static bool IsWanted(ReviewTask task) =>
        task is { State: TaskState.Decided, Decision: { Rating: not null } decision }
        && decision.Evidence.Any(e => e is { Url: not null, Snapshot: null, SnapshotProblem: null });

    /// <summary>The evidence with its copy, or with why none could be taken.</summary>
    public async Task<Evidence> CopyAsync(Evidence evidence, CancellationToken cancellation)
    {
        if (evidence is not { Url: { } url, Snapshot: null })
            return evidence;
        var look = await LookAsync(url, cancellation);
        if (look.Text is null)
            return evidence with { SnapshotProblem = look.Problem };
        var bytes = Encoding.UTF8.GetBytes(look.Text);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await blobs.WriteAsync(
            Containers.Evidence,
            $"{hash}.txt",
            bytes,
            "text/plain; charset=utf-8",
            null,
            cancellation
        );
        return evidence with { Snapshot = new(hash, $"{hash}.txt", time.GetUtcNow()), SnapshotProblem = null };
    }

    /// <summary>The text of the archived copy; null when there is none, or when it is not what was archived.</summary>
    public async Task<string?> ArchivedAsync(Evidence evidence, CancellationToken cancellation)
    {
        if (
            evidence.Snapshot is not { } snapshot
            || await blobs.ReadAsync(Containers.Evidence, snapshot.Blob, cancellation) is not { } blob
        )
            return null;
        return Convert.ToHexStringLower(SHA256.HashData(blob.Content)) == snapshot.Sha256
            ? Encoding.UTF8.GetString(blob.Content)
            : null;
    }

    /// <summary>The text that a link shows now.</summary>
    public async Task<EvidenceLook> LookAsync(Uri url, CancellationToken cancellation)
    {
        var page = await fetcher.FetchAsync(url, cancellation);
        if (page.Content is null)
            return new(null, page.Problem);
        ReadResult read;
        try
        {
            var limits = new ReadLimits(
                page.Content.Length + 1,
                FileReader.IsDocument(page.Content) ? LongestDocument : page.Content.Length + 1
            );
            read = await reader.ReadInTurnAsync(page.Content, page.FileName, limits, cancellation);
        }
        // A page that nobody here wrote must not hold up a publication. That no reader starts is not the page's fault.
        catch (Exception error)
            when (error is not (OperationCanceledException or ObjectDisposedException or IOException))
        {
            return new(null, $"It can't be read: {error.Message}");
        }

        var file = $"File with SHA-256 {Convert.ToHexStringLower(SHA256.HashData(page.Content))}.";
        return read switch
        {
            ReadResult.Read { Article: var article } => new(article.Text, null, file),
            // What can't be read as text (an image, a scan) can still be told from another version of itself.
            ReadResult.Rejected
            {
                Rejection.Reason: RejectionReason.Unsupported
                    or RejectionReason.NotText
                    or RejectionReason.Encrypted
                    or RejectionReason.ImageOnly
            } => new(file, null, file),
            ReadResult.Rejected when FileReader.IsDocument(page.Content) => new(file, null, file),
            ReadResult.Rejected { Rejection: var rejection } => new(null, rejection.Message),
            var other => throw new InvalidOperationException($"Nothing is known to do with {other}."),
        };
    }
}

/// <summary>Takes the copies that a verdict rests on.</summary>
[Access(Role.Host)]
public sealed class ArchiveSteps(CaseStore cases, EvidenceArchive archive)
{
    /// <summary>Copies of what a verdict rests on, as it was when it was decided. A link that can't be copied says why,
    /// and stops nothing.</summary>
    [Function(nameof(ArchiveEvidence))]
    public async Task ArchiveEvidence([ActivityTrigger] string taskId, CancellationToken cancellation)
    {
        var (task, _) = await cases.TaskAsync(taskId, cancellation);
        if (!EvidenceArchive.IsWanted(task))
            return;
        var evidence = new List<Evidence>();
        foreach (var item in task.Decision!.Evidence)
            evidence.Add(await archive.CopyAsync(item, cancellation));
        await cases.ChangeAsync(
            task.ArticleKey,
            async head =>
            {
                var current = await cases.TaskAsync(taskId, cancellation);
                if (!EvidenceArchive.IsWanted(current.Value))
                    return null;
                var decision = current.Value.Decision! with { Evidence = evidence };
                return new CaseChange(head)
                    .Replace(current, current.Value with { Decision = decision })
                    .Note(
                        Who.Host,
                        AuditVerb.Archived,
                        taskId,
                        ("copies", $"{evidence.Count(e => e.Snapshot is not null)}"),
                        ("problems", $"{evidence.Count(e => e.SnapshotProblem is not null)}")
                    );
            },
            cancellation: cancellation
        );
    }
}
