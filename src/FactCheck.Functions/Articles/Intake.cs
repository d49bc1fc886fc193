using FactCheck.Functions.Cases;
using FactCheck.Storage.Rules;

namespace FactCheck.Functions.Articles;

/// <summary>From a blob to a run: the row first, then the orchestration. Events come late, twice and out of order, so
/// what counts is what the container holds now: what the newest run covers (<see cref="CaseRun.Covers"/>) is not run
/// again.</summary>
public sealed class Intake(
    IBlobStore blobs,
    CaseStore cases,
    UploadLimits limits,
    TimeProvider time,
    ILogger<Intake> log
)
{
    public async Task ArriveAsync(DurableTaskClient client, string name, CancellationToken cancellation)
    {
        // What people lay beside an article is no article; its change may be one of the article.
        var article = BlobSidecar.IsNamed(name) ? BlobSidecar.BlobOf(name) : name;
        if (
            IsPassedOver(article, null)
            || await blobs.FindAsync(Containers.Articles, article, cancellation) is not { } info
            || IsPassedOver(article, info.Length)
        )
            return;

        var key = await cases.KeyOfAsync(Containers.Articles, article, cancellation);
        using var arrival = ArticleTrace.Arriving(key, article);
        if (await CopyAsync(key, info, cancellation) is not { } copy)
            return;
        var by = HandIns.SenderOf(await cases.FindHandInsAsync(key, cancellation), copy.Hash);
        var run = new CaseRun(0, copy.ETag, copy.Hash, copy.Length, time.GetUtcNow());
        var arrived = new Arrival(article, run, by, copy.Bytes, ArticleTrace.Begin(arrival));
        await AddRunAsync(key, arrived, new Orchestrations(client), cancellation);
    }

    private bool IsPassedOver(string name, long? length)
    {
        if (UploadLimits.ObstacleTo(name, length) is not { } obstacle)
            return false;
        log.LogInformation("{Name} was passed over: {Obstacle}", ArticleNames.Undisguised(name), obstacle);
        return true;
    }

    // What is checked is the copy: a blob that is overwritten or deleted while it is read changes nothing for its run.
    // Null when it is gone by now: its deletion is no version.
    private async Task<Copy?> CopyAsync(string key, BlobInfo info, CancellationToken cancellation)
    {
        if (!limits.TakesFile(info.Length))
            return TooLarge(info.ETag, info.Length);
        if (await blobs.ReadAsync(Containers.Articles, info.Name, cancellation) is not { } blob)
            return null;
        if (!limits.TakesFile(blob.Content.Length))
            return TooLarge(blob.ETag, blob.Content.Length);

        var hash = ContentHash.Of(blob.Content, info.Metadata);
        await blobs.WriteAsync(
            Containers.Texts,
            CaseFiles.Original(key, hash),
            blob.Content,
            "application/octet-stream",
            null,
            cancellation
        );
        return new(hash, blob.ETag, blob.Content.Length, AuditChain.HashOf(blob.Content));

        static Copy TooLarge(string etag, long length) => new(UploadLimits.HashOfTooLarge(etag), etag, length, null);
    }

    private async Task AddRunAsync(
        string key,
        Arrival arrived,
        Orchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        if (
            await cases.FindHeadAsync(key, cancellation) is null
            && await CreateAsync(key, arrived, orchestrations, cancellation)
        )
            return;

        var (covered, commit) = await cases.ChangeAsync(
            key,
            async head =>
            {
                var latest = await cases.FindRunAsync(key, head.Run, cancellation);
                // What a person wanted read otherwise, they want in later versions, too.
                var run = arrived.Run with
                {
                    Reading = latest?.Reading,
                };
                return latest?.Covers(run) is true
                    ? new CaseDecision<(CaseHead Head, CaseRun Run)?>((head, latest))
                    : new(null, Receive(head, arrived with { Run = run }));
            },
            orchestrations,
            cancellation
        );
        if (commit is not null)
            log.LogInformation("Article {Article} ({Name}): run {Run}", key, arrived.Name, commit.Head.Run);
        // The row may be all that a crash left: its orchestration is started again until the run says it is over.
        else if (covered is { Run.State: RunState.Arrived } stands)
            await orchestrations.StartCheckAsync(stands.Head, cancellation);
    }

    // False when another event made the case: then it is one that is there.
    private async Task<bool> CreateAsync(
        string key,
        Arrival arrived,
        Orchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var head = new CaseHead
        {
            Key = key,
            Name = arrived.Name,
            HandedInBy = arrived.By,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (!await cases.CreateAsync(Receive(head, arrived), orchestrations, cancellation))
            return false;
        log.LogInformation("Article {Article} ({Name}): run 1", key, arrived.Name);
        return true;
    }

    private static CaseChange Receive(CaseHead head, Arrival arrived)
    {
        var run = arrived.Run with { Seq = head.Run + 1 };
        return new CaseChange(head.Receiving(arrived.Name, run, arrived.Trace))
            .Insert(run)
            .Note(
                arrived.By,
                AuditVerb.Arrived,
                head.Key,
                ("run", $"{run.Seq}"),
                ("content", run.ContentHash),
                (AuditChain.Bytes, arrived.Bytes),
                ("by way of", arrived.By == Person.Folder ? "the folder" : "HTTP")
            );
    }

    // What was copied: its hash with what lies beside it, and the hash of its bytes alone, where they were read.
    private sealed record Copy(string Hash, string ETag, long Length, string? Bytes);

    // A version as it came: whose place in the case is not known yet.
    private sealed record Arrival(string Name, CaseRun Run, string By, string? Bytes, string? Trace);
}
