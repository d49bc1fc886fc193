using FactCheck.Functions.Access;
using FactCheck.Functions.Archive;
using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Publishing;

/// <summary>The steps of <see cref="PublishArticle"/>.</summary>
[Access(Role.Host)]
public sealed class PublishArticleSteps(
    CaseStore cases,
    DeskIndex index,
    Publications publications,
    RunFiles files,
    ReportWriter reports,
    IBlobStore blobs,
    RatingScale ratings,
    Settings settings,
    TimeProvider time
)
{
    /// <summary>Closed tasks whose evidence was not archived yet: the editor was quicker than the copy.</summary>
    [Function(nameof(TasksWithoutArchive))]
    public async Task<string[]> TasksWithoutArchive(
        [ActivityTrigger] PublicationRun run,
        CancellationToken cancellation
    ) => [.. (await AnswersAsync(run.ArticleKey, cancellation)).Where(EvidenceArchive.IsWanted).Select(t => t.Id)];

    /// <summary>Decides once what the version says. A task that closes later belongs to the next version: pages, rows
    /// and feeds must not differ.</summary>
    [Function(nameof(Compose))]
    public async Task Compose([ActivityTrigger] PublicationRun run, CancellationToken cancellation)
    {
        if (await files.FindVerdictsAsync(run, cancellation) is not null)
            return;
        var publication = await PublicationAsync(run, cancellation);
        await files.WriteAsync(
            run,
            publication.Retraction
                ? await RetractedAsync(run, publication, cancellation)
                : await VerdictsAsync(run, publication, cancellation),
            cancellation
        );
    }

    /// <summary>Writes every page of the version, under a name of its own: nothing public changes yet.</summary>
    [Function(nameof(Render))]
    public async Task Render([ActivityTrigger] PublicationRun run, CancellationToken cancellation)
    {
        var head = await cases.HeadAsync(run.ArticleKey, cancellation);
        if (head.PublicationDone >= run.Version)
            return;
        await reports.WriteAsync(
            head,
            await PublicationAsync(run, cancellation),
            await files.VerdictsAsync(run, cancellation),
            await cases.PublicationsAsync(run.ArticleKey, cancellation),
            cancellation
        );
    }

    /// <summary>The verdicts, as many as a transaction holds at a time, and with the last of them the head: from there
    /// on it is public.</summary>
    [Function(nameof(Release))]
    public async Task Release([ActivityTrigger] PublicationRun run, CancellationToken cancellation)
    {
        var (publication, verdicts) = (
            await PublicationAsync(run, cancellation),
            await files.VerdictsAsync(run, cancellation)
        );
        var written = await blobs.HashOfReportAsync(run.ArticleKey, run.Version, cancellation);
        for (var goOn = true; goOn; )
            (goOn, _) = await cases.ChangeAsync(
                run.ArticleKey,
                head => ReleaseAsync(head, publication, verdicts, written, cancellation),
                null,
                cancellation
            );
    }

    // True while verdicts are left for the next transaction.
    private async Task<CaseDecision<bool>> ReleaseAsync(
        CaseHead head,
        CasePublication publication,
        IReadOnlyList<Statement> verdicts,
        string written,
        CancellationToken cancellation
    )
    {
        if (head.PublicationDone >= publication.Version)
            return new(false);
        // Read under the head's version: what else changed about a statement must not be undone.
        var rows = await StatementsAsync(head.Key, cancellation);
        var behind = verdicts.Where(v => !Publication.IsOut(rows[v.Id].Verdict, v.Verdict!)).ToList();
        var goOn = behind.Count > CaseStore.RowsABatch;
        var answers = await AnswersAsync(head.Key, cancellation);
        var change = new CaseChange(goOn ? head : Publication.Release(head, publication, verdicts, answers));
        foreach (var verdict in behind.Take(CaseStore.RowsABatch))
            change.Put(rows[verdict.Id] with { Verdict = verdict.Verdict });
        if (goOn)
            return new(true, change);
        change
            .Put(publication with { PublishedAt = time.GetUtcNow() })
            .Note(
                publication.AskedBy,
                publication.Retraction ? AuditVerb.Retracted : AuditVerb.Published,
                head.Key,
                ("version", $"{publication.Version}"),
                ("verdicts", $"{verdicts.Count}"),
                (AuditChain.Files, written)
            );
        return new(false, change);
    }

    /// <summary>Feeds, search, and the days on which the verdicts are looked at again.</summary>
    [Function(nameof(Announce))]
    public async Task Announce(
        [ActivityTrigger] PublicationRun run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var head = await cases.HeadAsync(run.ArticleKey, cancellation);
        var (publication, verdicts) = (
            await PublicationAsync(run, cancellation),
            await files.VerdictsAsync(run, cancellation)
        );
        // Where a newer version is out, search and review dates are that one's to say.
        foreach (var statement in head.PublicationDone == run.Version ? verdicts : [])
            await AnnounceAsync(head, statement, statement.Verdict!, cancellation);
        await index.PublishAsync(Feeds.LineOf(head, publication, verdicts, ratings), cancellation);
        await cases.ChangeAsync(
            run.ArticleKey,
            current =>
                current.Announced < run.Version ? new CaseChange(current with { Announced = run.Version }) : null,
            cancellation: cancellation
        );
        // What closed meanwhile was told that a version is on its way already.
        await publications.AskByPolicyAsync(run.ArticleKey, new Orchestrations(client), cancellation);
    }

    private async Task AnnounceAsync(
        CaseHead head,
        Statement statement,
        Verdict verdict,
        CancellationToken cancellation
    )
    {
        if (verdict.Change == VerdictChange.Retraction)
        {
            await index.WithdrawAsync(statement.Id, cancellation);
            return;
        }

        var published = new PublishedStatement(
            statement.Id,
            statement.Kind,
            statement.Text,
            statement.Speaker,
            verdict.Rating,
            head.TitleOrName(),
            verdict.PublishedAt
        );
        await index.PublishAsync(published, cancellation);
        await index.AddDueAsync(statement.Id, verdict.ReviewBy, cancellation);
    }

    private async Task<CasePublication> PublicationAsync(PublicationRun run, CancellationToken cancellation) =>
        await cases.FindPublicationAsync(run.ArticleKey, run.Version, cancellation)
        ?? throw new InvalidOperationException($"Publication {run.Version} of {run.ArticleKey} has no row.");

    // What is taken back is what was public, in its words: a statement may have been amended since.
    private async Task<IReadOnlyList<Statement>> RetractedAsync(
        PublicationRun run,
        CasePublication publication,
        CancellationToken cancellation
    )
    {
        var head = await cases.HeadAsync(run.ArticleKey, cancellation);
        var rows = await StatementsAsync(run.ArticleKey, cancellation);
        // A publication of an earlier release has no such file: there the rows say what was public.
        var published =
            await files.FindVerdictsAsync(run with { Version = head.PublicationDone }, cancellation)
            ?? [.. rows.Values.Where(s => s.Verdict is not null)];
        return [.. published.Select(s => s with { Verdict = Publication.Retract(rows[s.Id].Verdict!, publication) })];
    }

    private async Task<IReadOnlyList<Statement>> VerdictsAsync(
        PublicationRun run,
        CasePublication publication,
        CancellationToken cancellation
    ) =>
        Publication.Compose(
            publication,
            await AnswersAsync(run.ArticleKey, cancellation),
            await StatementsAsync(run.ArticleKey, cancellation),
            settings.Publication
        );

    private async Task<IReadOnlyList<ReviewTask>> AnswersAsync(string articleKey, CancellationToken cancellation) =>
        Publication.AnswersAmong((await cases.TasksAsync(articleKey, cancellation)).Select(t => t.Value));

    private async Task<IReadOnlyDictionary<string, Statement>> StatementsAsync(
        string articleKey,
        CancellationToken cancellation
    ) => (await cases.StatementsAsync(articleKey, cancellation)).ToDictionary(s => s.Id, StringComparer.Ordinal);
}
