using DurableTask.Core.Exceptions;
using FactCheck.Extraction.Text;
using FactCheck.Functions.Access;
using FactCheck.Functions.Archive;
using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Reverification;

/// <summary>What a look at one verdict came to.</summary>
/// <param name="OpenedTask">The task that shows what changed; null when nothing did.</param>
/// <param name="Problem">Why it could not be looked at; null when it could.</param>
public sealed record VerdictLook(string StatementId, string? OpenedTask, string? Problem)
{
    internal bool IsExtended => this is { OpenedTask: null, Problem: null };
}

/// <summary>What somebody wants looked at again.</summary>
/// <param name="StatementId">One verdict; null for what is due.</param>
/// <param name="Desks">See <see cref="ReverificationOrder.Desks"/>.</param>
public sealed record ReverificationWish(string? StatementId, IReadOnlyList<string>? Desks = null)
{
    /// <summary>Sets its id apart from those of the same second; nothing for everything that is due.</summary>
    internal string Suffix =>
        (StatementId ?? (Desks is null ? null : string.Join('|', Desks))) is { } about
            ? $"-{Base32.Hash(about, 10)}"
            : "";
}

/// <summary>The looks of one batch.</summary>
public sealed record ReverificationBatch(ReverificationOrder Of, VerdictLook[] Looks, bool IsLast);

/// <summary>The steps of <see cref="ReverificationRun"/>.</summary>
[Access(Role.Host)]
public sealed class ReverificationRunSteps(
    CaseStore cases,
    DeskIndex index,
    EvidenceArchive archive,
    Settings settings,
    TimeProvider time
)
{
    /// <summary>Verdicts of one batch: their ids stay far below the 64 KB that a payload may have.</summary>
    public const int BatchSize = 50;

    // A desk that was switched off for longer finds the rest in its next runs.
    private const int DaysBack = 400;

    // How soon a verdict that waits for an answer is thought of again.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromDays(1);

    /// <summary>Starts a run: everything that is due, or one verdict.</summary>
    /// <param name="what">Of which desks, or which verdict.</param>
    public static async Task<string> StartAsync(
        DurableTaskClient client,
        DeskIndex index,
        Who askedBy,
        ReverificationWish what,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var id = $"reverify-{now.UtcDateTime:yyyyMMddHHmmss}{what.Suffix}";
        var startedAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)); // ids are of the second, so is the moment
        try
        {
            // Listed first: afterwards the run may be through already, and its report would be overwritten.
            await index.AddAsync(
                new()
                {
                    Id = id,
                    AskedBy = askedBy,
                    StartedAt = startedAt,
                },
                cancellation
            );
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(ReverificationRun),
                new ReverificationOrder(id, startedAt, what.StatementId, Desks: what.Desks),
                new StartOrchestrationOptions(id),
                cancellation
            );
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Two asked within the same second: it runs once.
        }

        return id;
    }

    /// <summary>The next batch of verdicts that are due. Notes that the verdict no longer bears out are removed on the
    /// way.</summary>
    [Function(nameof(FindDue))]
    public async Task<string[]> FindDue([ActivityTrigger] ReverificationOrder what, CancellationToken cancellation)
    {
        if (what.StatementId is not null)
            return [what.StatementId];
        var now = time.GetUtcNow();
        var due = new List<string>();
        await foreach (var entry in index.DueAsync(now, DaysBack, cancellation))
        {
            switch (await DuenessAsync(entry, now, cancellation))
            {
                case Dueness.Due when await IsAskedForAsync(entry, what, cancellation):
                    due.Add(entry.StatementId);
                    break;
                case Dueness.Due:
                    break;
                case Dueness.Waits:
                    await index.AddDueAsync(entry.StatementId, now + AskAgainAfter, cancellation);
                    await index.RemoveDueAsync(entry, cancellation);
                    break;
                default:
                    await index.RemoveDueAsync(entry, cancellation);
                    break;
            }

            if (due.Count == BatchSize)
                break;
        }

        return [.. due];
    }

    /// <summary>Looks at what a verdict rests on. Unchanged: its review date moves on. Changed or gone: a task that
    /// shows the difference.</summary>
    [Function(nameof(LookAgain))]
    public async Task<VerdictLook> LookAgain(
        [ActivityTrigger] string statementId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        if (
            await cases.FindStatementAsync(statementId, cancellation)
            is not { Value: { Verdict: { } verdict } statement }
        )
            return new(statementId, null, "It has no published verdict.");
        var head = await cases.HeadAsync(StatementId.ArticleOf(statementId)!, cancellation);
        var pairs = new List<(Evidence, string?, EvidenceLook)>();
        foreach (var evidence in verdict.Evidence.Where(e => e.Url is not null))
            pairs.Add(
                (
                    evidence,
                    await archive.ArchivedAsync(evidence, cancellation),
                    await archive.LookAsync(evidence.Url!, cancellation)
                )
            );

        var drift = Reverifier.Compare(statement, head, pairs, SentencesOf);
        return drift.Count == 0
            ? await ExtendAsync(statement, cancellation)
            : await OpenAsync(client, statement, drift, cancellation);
    }

    /// <summary>Adds a batch to the report, once.</summary>
    [Function(nameof(Report))]
    public async Task Report([ActivityTrigger] ReverificationBatch batch, CancellationToken cancellation)
    {
        var report =
            await index.FindReverificationAsync(batch.Of.ReportId, batch.Of.StartedAt, cancellation)
            ?? throw new InvalidOperationException($"Re-verification {batch.Of.ReportId} is not listed.");
        if (report.Batches >= batch.Of.Batch)
            return;
        if (settings.Desk.Parted)
            report = report.Counting(await TalliesAsync(batch.Looks, cancellation));
        var opened = batch.Looks.Select(l => l.OpenedTask).OfType<string>();
        var failed = batch.Looks.Where(l => l.Problem is not null).Select(l => $"{l.StatementId}: {l.Problem}");
        await index.PutAsync(
            report with
            {
                Batches = batch.Of.Batch,
                Looked = report.Looked + batch.Looks.Length,
                Extended = report.Extended + batch.Looks.Count(l => l.IsExtended),
                Opened = [.. report.Opened.Union(opened, StringComparer.Ordinal).Take(ReverificationReport.MaxTasks)],
                Failed = [.. report.Failed.Union(failed, StringComparer.Ordinal).Take(ReverificationReport.MaxTasks)],
                FinishedAt = batch.IsLast ? time.GetUtcNow() : null,
            },
            cancellation
        );
    }

    // By the rule that holds for the editor who asked: with the desks that they were on then.
    private async Task<bool> IsAskedForAsync(
        DueEntry entry,
        ReverificationOrder what,
        CancellationToken cancellation
    ) =>
        what.Desks is null
        || (
            await cases.FindHeadAsync(StatementId.ArticleOf(entry.StatementId)!, cancellation) is { Value: var head }
            && new Person(Who.Host, Role.Editor, default) { Desks = what.Desks }.MayReview(head)
        );

    private async Task<IReadOnlyList<DeskTally>> TalliesAsync(VerdictLook[] looks, CancellationToken cancellation)
    {
        var tallies = new List<DeskTally>();
        foreach (var look in looks)
        {
            var head = await cases.HeadAsync(StatementId.ArticleOf(look.StatementId)!, cancellation);
            tallies.Add(new(head.Meta.Desk, 1, look.IsExtended ? 1 : 0));
        }

        return tallies;
    }

    private async Task<VerdictLook> ExtendAsync(Statement statement, CancellationToken cancellation)
    {
        var reviewBy = time.GetUtcNow() + settings.Publication.ReviewAfter;
        await cases.ChangeAsync(
            StatementId.ArticleOf(statement.Id)!,
            async head =>
                await cases.FindStatementAsync(statement.Id, cancellation)
                    is { Value: { Verdict: { } verdict } current }
                && verdict.ReviewBy < reviewBy
                    ? new CaseChange(head)
                        .Put(current with { Verdict = verdict with { ReviewBy = reviewBy } })
                        .Note(Who.Host, AuditVerb.Extended, statement.Id, ("reviewBy", $"{reviewBy:yyyy-MM-dd}"))
                    : null,
            cancellation: cancellation
        );
        await index.AddDueAsync(statement.Id, reviewBy, cancellation);
        return new(statement.Id, null, null);
    }

    private async Task<VerdictLook> OpenAsync(
        DurableTaskClient client,
        Statement statement,
        IReadOnlyList<Drift> drift,
        CancellationToken cancellation
    )
    {
        var orchestrations = new Orchestrations(client);
        var (task, _) = await cases.ChangeAsync(
            StatementId.ArticleOf(statement.Id)!,
            async head =>
            {
                var current = (await cases.FindStatementAsync(statement.Id, cancellation))!.Value;
                var latest = current.TaskId is { } last ? (await cases.FindTaskAsync(last, cancellation))?.Value : null;
                if (latest is { IsClosed: false })
                    return new CaseDecision<ReviewTask>(latest); // asked already: one question at a time
                var opened = TaskOpening.Reopen(head, current, latest, drift, settings.Desk, time.GetUtcNow());
                return new(
                    opened.Task,
                    new CaseChange(opened.Head)
                        .Insert(opened.Task)
                        .Put(opened.Statement)
                        .Note(Who.Host, AuditVerb.Reopened, opened.Task.Id, ("changes", $"{drift.Count}"))
                );
            },
            orchestrations,
            cancellation
        );
        // Whatever was lost behind the commit, now or in an earlier try: no later step looks after this task.
        await cases.RestoreAsync(task, orchestrations, cancellation);
        return new(statement.Id, task.Id, null);
    }

    private async Task<Dueness> DuenessAsync(DueEntry entry, DateTimeOffset now, CancellationToken cancellation)
    {
        if (
            await cases.FindStatementAsync(entry.StatementId, cancellation)
            is not { Value: { Verdict: { } verdict } statement }
        )
            return Dueness.Over;
        if (verdict.ReviewBy > now || verdict.Change == VerdictChange.Retraction)
            return Dueness.Over;
        // A verdict whose question is open again waits for its answer, and an answer for its publication; either may
        // never come.
        var task = statement.TaskId is null ? null : (await cases.FindTaskAsync(statement.TaskId, cancellation))?.Value;
        return task is { IsClosed: false } || (task is { State: TaskState.Decided } && task.Id != verdict.TaskId)
            ? Dueness.Waits
            : Dueness.Due;
    }

    private enum Dueness
    {
        Over,
        Waits,
        Due,
    }

    private static IReadOnlyList<string> SentencesOf(string text) =>
        [.. Sentences.In(text).Select(span => span.In(text))];
}
