using DurableTask.Core.Exceptions;
using FactCheck.Domain;
using FactCheck.Functions.Cases;
using FactCheck.Storage;

namespace FactCheck.Functions.Articles;

/// <summary>
/// From a blob to a run: the row first, then the orchestration. Events come late, twice and out of order, so what
/// counts is what the container holds now: same bytes and metadata as the newest run, nothing to do. Unless that run
/// failed, or was rejected and somebody hands the file in once more: the limits may be others now, or the host less
/// busy.
/// </summary>
public sealed class Intake(
    IBlobStore blobs,
    CaseStore cases,
    DeskIndex index,
    Settings settings,
    TimeProvider time,
    ILogger<Intake> log
)
{
    public async Task ArriveAsync(DurableTaskClient client, string name, CancellationToken cancellation)
    {
        // What people lay beside an article is no article; its change may be one of the article.
        var article = BlobSidecar.IsNamed(name) ? BlobSidecar.BlobOf(name) : name;
        if (ArticleNames.LitterOf(article) is { } litter)
        {
            log.LogInformation("{Name} was passed over: it is {Litter}", article, litter);
            return;
        }

        if (await blobs.FindAsync(Containers.Articles, article, cancellation) is not { } info)
            return;
        if (info.Length == 0)
        {
            // Made ahead of its content, as programs that copy or synchronise do; what they write into it later is
            // another version.
            log.LogInformation("{Name} was passed over: it is empty", article);
            return;
        }

        var key = await cases.KeyOfAsync(Containers.Articles, article, cancellation);
        using var arrival = ArticleTrace.Arriving(key, article);
        if (await CopyAsync(key, info, cancellation) is not { } copy)
            return;
        var (hash, etag, length) = copy;
        var seq = await AddRunAsync(
            key,
            article,
            run =>
                run is { State: not RunState.Failed }
                && run.ContentHash == hash
                && (run.State != RunState.Rejected || run.ETag == etag),
            new(0, etag, hash, length, time.GetUtcNow()),
            ArticleTrace.Begin(arrival),
            cancellation
        );
        if (seq is not { } run)
            return;

        await ScheduleAsync(client, new(key, run));
        await index.TellAsync(key, null, "arrived", cancellation);
    }

    /// <summary>Starts the check of a run; one that is there already is as good.</summary>
    public static async Task ScheduleAsync(DurableTaskClient client, ArticleRun run)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(CheckArticle),
                run,
                new StartOrchestrationOptions(CheckArticle.InstanceId(run))
            );
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Somebody was quicker, which is what was wanted.
        }
    }

    // What is checked is the copy: a blob that is overwritten or deleted while it is read changes nothing for its run.
    // Null when it is gone by now: its deletion is no version.
    private async Task<(string Hash, string ETag, long Length)?> CopyAsync(
        string key,
        BlobInfo info,
        CancellationToken cancellation
    )
    {
        if (info.Length > settings.Reading.MaxBytes)
            return TooLarge(info.ETag, info.Length);
        if (await blobs.ReadAsync(Containers.Articles, info.Name, cancellation) is not { } blob)
            return null;
        if (blob.Content.Length > settings.Reading.MaxBytes)
            return TooLarge(blob.ETag, blob.Content.Length);

        var hash = ContentHash.Of(blob.Content, info.Metadata);
        await blobs.WriteAsync(
            Containers.Texts,
            RunFiles.Original(key, hash),
            blob.Content,
            "application/octet-stream",
            null,
            cancellation
        );
        return (hash, blob.ETag, blob.Content.Length);

        static (string, string, long) TooLarge(string etag, long length) =>
            ($"too-large-{Base32.Hash(etag, 20)}", etag, length);
    }

    // Returns the run to start; null when there is nothing to do.
    private async Task<int?> AddRunAsync(
        string key,
        string name,
        Func<CaseRun?, bool> isSame,
        CaseRun run,
        string? trace,
        CancellationToken cancellation
    )
    {
        if (
            await cases.FindHeadAsync(key, cancellation) is null
            && await CreateAsync(key, name, run, trace, cancellation)
        )
            return 1;

        int? start = null;
        await cases.ChangeAsync(
            key,
            async head =>
            {
                start = null;
                var latest = await cases.FindRunAsync(key, head.Run, cancellation);
                if (isSame(latest))
                {
                    // The row may be all that a crash left: its orchestration is started again until the run says it
                    // is over.
                    if (latest!.State == RunState.Arrived)
                        start = head.Run;
                    return null;
                }

                await index.ActivateAsync(head, cancellation);
                var next = run with { Seq = head.Run + 1 };
                start = next.Seq;
                return new CaseChange(
                    head with
                    {
                        Name = name,
                        Run = next.Seq,
                        ContentHash = next.ContentHash,
                        Trace = trace,
                        Stage = ArticleStage.Received,
                        Rejection = null,
                        Failure = null,
                    }
                )
                    .Insert(next)
                    .Note(AuditNote.Host, "arrived", key, ("run", next.Seq.ToString()), ("content", run.ContentHash));
            },
            cancellation
        );
        if (start is > 1)
            log.LogInformation("Article {Article} ({Name}): run {Run}", key, name, start);
        return start;
    }

    private async Task<bool> CreateAsync(
        string key,
        string name,
        CaseRun run,
        string? trace,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var head = new CaseHead
        {
            Key = key,
            Name = name,
            Run = 1,
            ContentHash = run.ContentHash,
            Trace = trace,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await index.AddArticleAsync(new(key, name, now), cancellation);
        try
        {
            await cases.CreateAsync(
                new CaseChange(head)
                    .Insert(run with { Seq = 1 })
                    .Note(AuditNote.Host, "arrived", key, ("run", "1"), ("content", run.ContentHash)),
                cancellation
            );
            log.LogInformation("Article {Article} ({Name}): run 1", key, name);
            return true;
        }
        catch (RowConflictException)
        {
            return false; // another event made the case: go on as with any case that is there
        }
    }
}
