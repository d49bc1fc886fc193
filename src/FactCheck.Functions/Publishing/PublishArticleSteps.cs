using DurableTask.Core.Exceptions;
using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Archive;
using FactCheck.Functions.Cases;
using FactCheck.Storage;

namespace FactCheck.Functions.Publishing;

/// <summary>What an editor says about a publication.</summary>
/// <param name="Retract">True takes everything back.</param>
/// <param name="Change">"Clarification" where an update only explains better.</param>
/// <param name="ByPolicy">True when nobody asked: the desk's policy publishes what is ready, and never what an editor
/// took back.</param>
internal sealed record PublicationWish(
    bool Retract = false,
    VerdictChange? Change = null,
    string? Note = null,
    bool ByPolicy = false
)
{
    /// <summary>True for a publication that does just what is wished.</summary>
    public bool Is(CasePublication publication) =>
        (publication.Retraction, publication.Change, publication.Note) == (Retract, Change, Note);
}

/// <summary>The steps of <see cref="PublishArticle"/>.</summary>
[Access(Role.Host)]
public sealed class PublishArticleSteps(
    CaseStore cases,
    DeskIndex index,
    RunFiles files,
    ReportWriter reports,
    Settings settings,
    TimeProvider time
)
{
    /// <summary>
    /// Notes that a publication was asked for, then starts it. Null and the obstacle when it can't be.
    /// </summary>
    internal static async Task<(CasePublication? Asked, string? Obstacle)> AskAsync(
        CaseStore cases,
        DeskIndex index,
        DurableTaskClient client,
        string articleKey,
        string who,
        PublicationWish wish,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        CasePublication? asked = null;
        string? obstacle = null;
        await cases.ChangeAsync(
            articleKey,
            async head =>
            {
                (asked, obstacle) = (
                    null,
                    wish.Retract
                        ? ObstacleToRetraction(head)
                        : Publication.ObstacleTo(
                            head,
                            (await cases.TasksAsync(articleKey, cancellation)).Select(t => t.Value)
                        )
                );
                if (wish.ByPolicy && head is not { Stage: ArticleStage.Ready, Retracted: false })
                    obstacle ??= "There is nothing that the desk's policy publishes.";
                if (obstacle is not null)
                    return null;
                if (head.PublicationAsked > head.PublicationDone)
                {
                    // Asking twice for the same gets the same. Anything else must not be taken for it: a retraction
                    // would be lost.
                    asked = await cases.FindPublicationAsync(articleKey, head.PublicationAsked, cancellation);
                    if (asked is null || !wish.Is(asked))
                        (asked, obstacle) = (
                            null,
                            $"Version {head.PublicationAsked} is being published just now; ask again when it is out."
                        );
                    return null;
                }

                // before the commit too: from then on the sweep looks after it
                await index.ActivateAsync(head, cancellation);
                asked = new(head.PublicationAsked + 1, who, now, wish.Retract, wish.Change, wish.Note);
                return new CaseChange(head with { PublicationAsked = asked.Version })
                    .Insert(asked)
                    .Note(
                        who,
                        wish.Retract ? "asked to retract" : "asked to publish",
                        articleKey,
                        ("version", asked.Version.ToString()),
                        ("note", wish.Note)
                    );
            },
            cancellation
        );
        if (asked is null)
            return (null, obstacle);
        var current = await cases.HeadAsync(articleKey, cancellation);
        await index.ActivateAsync(current, cancellation);
        using var trace = ArticleTrace.Continue("article.publish", current);
        await ScheduleAsync(client, new(articleKey, asked.Version));
        return (asked, null);
    }

    /// <summary>Starts a publication; one that is there already is as good.</summary>
    public static async Task ScheduleAsync(DurableTaskClient client, PublicationRun run)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(PublishArticle),
                run,
                new StartOrchestrationOptions(PublishArticle.InstanceId(run))
            );
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Somebody was quicker, which is what was wanted.
        }
    }

    /// <summary>Closed tasks whose evidence was not archived yet: the editor was quicker than the copy.</summary>
    [Function(nameof(TasksWithoutArchive))]
    public async Task<string[]> TasksWithoutArchive(
        [ActivityTrigger] PublicationRun run,
        CancellationToken cancellation
    ) => [.. (await AnswersAsync(run.ArticleKey, cancellation)).Where(EvidenceArchive.IsWanted).Select(t => t.Id)];

    /// <summary>
    /// Decides once what the version says. A task that closes later belongs to the next version: pages, rows and
    /// feeds must not differ.
    /// </summary>
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

    /// <summary>
    /// The verdicts, as many as a transaction holds at a time, and with the last of them the head: from there on it
    /// is public.
    /// </summary>
    [Function(nameof(Release))]
    public async Task Release([ActivityTrigger] PublicationRun run, CancellationToken cancellation)
    {
        var (publication, verdicts) = (
            await PublicationAsync(run, cancellation),
            await files.VerdictsAsync(run, cancellation)
        );
        for (var goOn = true; goOn; )
        {
            await cases.ChangeAsync(
                run.ArticleKey,
                async head =>
                {
                    goOn = false;
                    if (head.PublicationDone >= run.Version)
                        return null;
                    // Read under the head's version: what else changed about a statement must not be undone.
                    var rows = (await cases.StatementsAsync(run.ArticleKey, cancellation)).ToDictionary(
                        s => s.Id,
                        StringComparer.Ordinal
                    );
                    var behind = verdicts.Where(v => !IsOut(rows[v.Id].Verdict, v.Verdict!)).ToList();
                    goOn = behind.Count > CaseStore.RowsABatch;
                    var isBehind =
                        !publication.Retraction
                        && (await AnswersAsync(run.ArticleKey, cancellation)).Any(answer => !IsIn(verdicts, answer));
                    var change = new CaseChange(goOn ? head : Out(head, publication, isBehind));
                    foreach (var verdict in behind.Take(CaseStore.RowsABatch))
                        change.Put(rows[verdict.Id] with { Verdict = verdict.Verdict });
                    return goOn
                        ? change
                        : change
                            .Put(publication with { PublishedAt = time.GetUtcNow() })
                            .Note(
                                publication.AskedBy,
                                publication.Retraction ? "retracted" : "published",
                                run.ArticleKey,
                                ("version", run.Version.ToString()),
                                ("verdicts", verdicts.Count.ToString())
                            );
                },
                cancellation
            );
        }
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
        {
            if (statement.Verdict!.Change == VerdictChange.Retraction)
            {
                await index.WithdrawAsync(statement.Id, cancellation);
                continue;
            }

            await index.PublishAsync(
                new PublishedStatement(
                    statement.Id,
                    statement.Kind,
                    statement.Text,
                    statement.Speaker,
                    statement.Verdict!.Rating,
                    head.TitleOrName(),
                    statement.Verdict.PublishedAt
                ),
                cancellation
            );
            await index.AddDueAsync(statement.Id, statement.Verdict.ReviewBy, cancellation);
        }

        await index.PublishAsync(reports.Announcement(head, publication, verdicts), cancellation);
        await index.TellAsync(run.ArticleKey, null, publication.Retraction ? "retracted" : "published", cancellation);
        await cases.ChangeAsync(
            run.ArticleKey,
            current =>
                current.Announced < run.Version ? new CaseChange(current with { Announced = run.Version }) : null,
            cancellation
        );
        // What closed meanwhile was told that a version is on its way already.
        if (settings.Publication.Automatic)
            await AskAsync(
                cases,
                index,
                client,
                run.ArticleKey,
                AuditNote.Host,
                new(ByPolicy: true),
                time.GetUtcNow(),
                cancellation
            );
    }

    private static string? ObstacleToRetraction(CaseHead head) =>
        head switch
        {
            { PublicationDone: 0 } => "Nothing of it is public.",
            { Retracted: true } => "It is retracted already.",
            _ => null,
        };

    // A verdict that a later look has extended since it was put in place stays as it is.
    private static bool IsOut(Verdict? now, Verdict planned) =>
        now is not null && now.Version == planned.Version && now.TaskId == planned.TaskId;

    private static Verdict Retracted(Verdict before, CasePublication publication) =>
        before.Change == VerdictChange.Retraction ? before : Publication.Retract(before, publication.AskedAt);

    // What closed after the version was decided waits to be published: the article is ready again, and whoever
    // publishes sees it.
    private static CaseHead Out(CaseHead head, CasePublication publication, bool isBehind) =>
        head with
        {
            PublicationDone = publication.Version,
            Retracted = publication.Retraction,
            Stage = head.Stage == ArticleStage.Ready && !isBehind ? ArticleStage.Published : head.Stage,
        };

    private static bool IsIn(IReadOnlyList<Statement> verdicts, ReviewTask answer) =>
        Publication.HasVerdict(answer)
            ? verdicts.Any(v => v.Verdict!.TaskId == answer.Id)
            : verdicts.All(v => v.Id != answer.StatementId || v.Verdict!.Change == VerdictChange.Retraction);

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
        var rows = (await cases.StatementsAsync(run.ArticleKey, cancellation)).ToDictionary(
            s => s.Id,
            StringComparer.Ordinal
        );
        // A publication of an earlier release has no such file: there the rows say what was public.
        var published =
            await files.FindVerdictsAsync(run with { Version = head.PublicationDone }, cancellation)
            ?? [.. rows.Values.Where(s => s.Verdict is not null)];
        return [.. published.Select(s => s with { Verdict = Retracted(rows[s.Id].Verdict!, publication) })];
    }

    // The moment of publication is the moment it was asked for, whenever the step runs.
    private async Task<IReadOnlyList<Statement>> VerdictsAsync(
        PublicationRun run,
        CasePublication publication,
        CancellationToken cancellation
    )
    {
        var statements = (await cases.StatementsAsync(run.ArticleKey, cancellation)).ToDictionary(
            s => s.Id,
            StringComparer.Ordinal
        );
        var verdicts = new List<Statement>();
        foreach (var task in await AnswersAsync(run.ArticleKey, cancellation))
        {
            var statement = statements[task.StatementId];
            if (Publication.HasVerdict(task))
                verdicts.Add(
                    statement with
                    {
                        Verdict = Publication.Next(
                            statement.Verdict,
                            task,
                            publication.Change,
                            settings.Publication,
                            publication.AskedAt
                        ),
                    }
                );
            else if (statement.Verdict is { } before)
                verdicts.Add(statement with { Verdict = Retracted(before, publication) });
        }

        return verdicts;
    }

    // The last answer about each statement. A later question that is open, or was dropped unanswered, takes nothing
    // back.
    private async Task<IEnumerable<ReviewTask>> AnswersAsync(string articleKey, CancellationToken cancellation) =>
        (await cases.TasksAsync(articleKey, cancellation))
            .Select(t => t.Value)
            .Where(t => t is { State: TaskState.Decided, Decision: not null })
            .GroupBy(t => t.StatementId, StringComparer.Ordinal)
            .Select(g => g.MaxBy(t => t.Round)!);
}
