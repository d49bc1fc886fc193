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
    People people,
    Settings settings,
    TimeProvider time,
    ILogger<Intake> log
)
{
    private const int MostLooks = 5;

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
        if (await CopyAsync(key, info, cancellation) is not { } read)
            return;
        var copy = await HearDeskAsync(read, cancellation);
        await AddRunAsync(key, article, copy, ArticleTrace.Begin(arrival), new Orchestrations(client), cancellation);
    }

    private bool IsPassedOver(string name, long? length)
    {
        if (UploadLimits.ObstacleTo(name, length) is not { } obstacle)
            return false;
        // What hides its name may be meant as an article.
        var level = ArticleNames.DisguiseIn(name) is null ? LogLevel.Information : LogLevel.Warning;
        log.Log(level, "{Name} was passed over: {Obstacle}", ArticleNames.Undisguised(name), obstacle);
        return true;
    }

    // What is checked is the copy: a blob that is overwritten or deleted while it is read changes nothing for its run.
    // Null when it is gone by now: its deletion is no version.
    private async Task<Copy?> CopyAsync(string key, BlobInfo info, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            if (!limits.TakesFile(info.Length))
                return CopyOf(info, info.ETag, UploadLimits.HashOfTooLarge(info.ETag), info.Length, null);
            if (await blobs.ReadAsync(Containers.Articles, info.Name, cancellation) is not { } blob)
                return null;
            // Overwritten between the two looks: bytes and what lies beside them must be of one version.
            if (blob.ETag != info.ETag && tries < MostLooks)
            {
                if (await blobs.FindAsync(Containers.Articles, info.Name, cancellation) is not { } newer)
                    return null;
                info = newer;
                continue;
            }

            if (!limits.TakesFile(blob.Content.Length))
                return CopyOf(info, blob.ETag, UploadLimits.HashOfTooLarge(blob.ETag), blob.Content.Length, null);
            var hash = ContentHash.Of(blob.Content, info.Metadata);
            await KeepAsync(CaseFiles.Original(key, hash), blob.Content, cancellation);
            return CopyOf(info, blob.ETag, hash, blob.Content.Length, AuditChain.HashOf(blob.Content));
        }
    }

    // Where desks are not parted, what names one is something else's.
    private async Task<Copy> HearDeskAsync(Copy copy, CancellationToken cancellation) =>
        settings.Desk.Parted && copy.Desk is { } desk
            ? copy with
            {
                Desk = (await people.RosterByRoleAsync(cancellation)).FindDesk(desk) ?? desk,
            }
            : copy with
            {
                Desk = null,
            };

    // The audit trail tells of its bytes: what is there stays as it is.
    private async Task KeepAsync(string name, byte[] content, CancellationToken cancellation)
    {
        if (await blobs.FindAsync(Containers.Texts, name, cancellation) is null)
            await blobs.WriteAsync(Containers.Texts, name, content, "application/octet-stream", null, cancellation);
    }

    private Copy CopyOf(BlobInfo info, string etag, string hash, long length, string? bytes) =>
        new(
            new(0, etag, hash, length, time.GetUtcNow()),
            Metadata.SaidPurposeOf(info.Metadata),
            bytes,
            Metadata.SaidDeskOf(info.Metadata)
        );

    private async Task AddRunAsync(
        string key,
        string name,
        Copy copy,
        string? trace,
        Orchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        if (
            await cases.FindHeadAsync(key, cancellation) is null
            && await CreateAsync(key, name, copy, trace, orchestrations, cancellation)
        )
            return;

        var (covered, commit) = await cases.ChangeAsync(
            key,
            async head =>
            {
                var latest = await cases.FindRunAsync(key, head.Run, cancellation);
                // What a person wanted read otherwise, they want in later versions, too.
                var asked = copy with
                {
                    Run = copy.Run with { Reading = latest?.Reading },
                };
                return latest?.Covers(asked.Run) is true
                    ? new CaseDecision<(CaseHead Head, CaseRun Run)?>((head, latest))
                    : new(null, Receive(head, name, asked, trace, await cases.HandInsAsync(key, cancellation)));
            },
            orchestrations,
            cancellation
        );
        if (commit is not null)
            await TellAsync(commit.Head, copy, cancellation);
        // The row may be all that a crash left: its orchestration is started again until the run says it is over.
        else if (covered is { Run.State: RunState.Arrived } stands)
            await orchestrations.StartCheckAsync(stands.Head, cancellation);
    }

    // False when another event made the case: then it is one that is there.
    private async Task<bool> CreateAsync(
        string key,
        string name,
        Copy copy,
        string? trace,
        Orchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var handIns = await cases.HandInsAsync(key, cancellation);
        var head = new CaseHead
        {
            Key = key,
            Name = name,
            // Whoever claimed the name holds it, also where the folder's version came first.
            HandedInBy = handIns.HolderOf(null, isThere: false, now) ?? handIns.SenderOf(copy.Run.ContentHash),
            CreatedAt = now,
            UpdatedAt = now,
        };
        var change = Receive(head, name, copy, trace, handIns);
        if (!await cases.CreateAsync(change, orchestrations, cancellation))
            return false;
        await TellAsync(change.Head, copy, cancellation);
        return true;
    }

    private static CaseChange Receive(CaseHead head, string name, Copy copy, string? trace, HandIns handIns)
    {
        var run = copy.Run with { Seq = head.Run + 1 };
        var by = handIns.SenderOf(run.ContentHash);
        // What lies beside it counts from here on, whatever becomes of the run.
        var ofDesk = Desks.Arrive(head, copy.Desk, handIns.DeskOf(run.ContentHash));
        var change = new CaseChange(PurposeOrigin.Arrive(ofDesk.Receiving(name, by, run, trace), copy.Beside)).Insert(
            run
        );
        if (handIns.Waiting.Count > 0)
            change.Put(handIns.Without(run.ContentHash));
        return change
            .Note(
                by,
                AuditVerb.Arrived,
                head.Key,
                ("run", $"{run.Seq}"),
                ("content", run.ContentHash),
                (AuditChain.Bytes, copy.Bytes),
                ("by way of", by == Who.Folder ? "the folder" : "HTTP")
            )
            .NoteOfPurpose(head)
            .NoteOfDesk(head, by);
    }

    // Who dropped it into a folder looks at no page.
    private async Task TellAsync(CaseHead head, Copy copy, CancellationToken cancellation)
    {
        log.LogInformation("Article {Article} ({Name}): run {Run}", head.Key, head.Name, head.Run);
        if (head.PurposeOrigin?.Problem is { } problem)
            log.LogWarning("Article {Article}: {Problem}", head.Key, problem);
        if (Desks.IsPassedOver(head, copy.Desk))
            log.LogWarning(
                "Article {Article}: the desk '{Said}' beside a later version was passed over; it is {Desk}'s until an editor moves it",
                head.Key,
                copy.Desk,
                head.Meta.Desk ?? "everybody"
            );
        if (
            settings.Desk.Parted
            && head.Meta.Desk is { } desk
            && (await people.RosterByRoleAsync(cancellation)).FindDesk(desk) is null
        )
            log.LogWarning(
                "Article {Article}: nobody who reviews is on its desk '{Desk}', so that no reviewer sees it",
                head.Key,
                desk
            );
    }

    // What was copied: a run that has no number yet, what lies beside it, and the hash of its bytes where they were read.
    private sealed record Copy(CaseRun Run, SaidPurpose Beside, string? Bytes, string? Desk);
}
