using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Publishing;

namespace FactCheck.Functions.Articles;

/// <summary>What came of reading a file.</summary>
/// <param name="IsBusy">True when nothing was read, since enough costly files are being read just now.</param>
public sealed record IngestResult(RunState State, int Chunks = 0, bool IsBusy = false)
{
    /// <summary>False when the run is over.</summary>
    public bool GoOn => State == RunState.Arrived;
}

/// <summary>A part of a run's text.</summary>
public sealed record ChunkOfRun(ArticleRun Run, int Chunk);

/// <summary>A run that can't go on.</summary>
public sealed record FailedRun(ArticleRun Run, string Error);

/// <summary>The steps of <see cref="CheckArticle"/>. Each may run twice and changes nothing the second time.</summary>
[Access(Role.Host)]
public sealed class CheckArticleSteps(
    CaseStore cases,
    PublishedVerdicts verdicts,
    IBlobStore blobs,
    RunFiles files,
    FileReader reader,
    Extractor extractor,
    ITextAnalytics analytics,
    Settings settings,
    UploadLimits limits,
    TimeProvider time,
    ILogger<CheckArticleSteps> log
)
{
    /// <summary>Bytes to text, or a rejection that names its reason.</summary>
    [Function(nameof(Ingest))]
    public async Task<IngestResult> Ingest([ActivityTrigger] ArticleRun run, CancellationToken cancellation)
    {
        if (!await IsNewestAsync(run, cancellation))
            return new(RunState.Superseded);
        await EnterAsync(run, ArticleStage.Reading, cancellation);
        switch (await ReadAsync(run, cancellation))
        {
            case null:
                return new(RunState.Arrived, IsBusy: true);
            case ReadResult.Rejected { Rejection: var rejection }:
                await RejectAsync(run, rejection, cancellation);
                return new(RunState.Rejected);
            case ReadResult.Read { Article: var article }:
                await files.WriteAsync(run, article, cancellation);
                await KnowAsync(run, article, cancellation);
                return new(RunState.Arrived, ChunksOf(article).Count);
            case var other:
                throw new InvalidOperationException($"Nothing is known to do with {other}.");
        }
    }

    /// <summary>Text to quotes and claims.</summary>
    [Function(nameof(Extract))]
    public async Task Extract([ActivityTrigger] ArticleRun run, CancellationToken cancellation)
    {
        var text = await files.TextAsync(run, cancellation);
        await files.WriteAsync(run, extractor.Extract(text), cancellation);
        await EnterAsync(run, ArticleStage.Analyzing, cancellation);
    }

    /// <summary>A part of the text to insights.</summary>
    [Function(nameof(Analyze))]
    public async Task Analyze([ActivityTrigger] ChunkOfRun part, CancellationToken cancellation)
    {
        var article = await files.TextAsync(part.Run, cancellation);
        var span = ChunksOf(article)[part.Chunk];
        var insights = await analytics.AnalyzeAsync(span.In(article.Text), article.Meta.Language, cancellation);
        await files.WriteAsync(part.Run, part.Chunk, insights.Shift(span.Start), cancellation);
    }

    /// <summary>Statements to earlier verdicts about the same or a similar thing.</summary>
    [Function(nameof(Match))]
    public async Task Match([ActivityTrigger] ArticleRun run, CancellationToken cancellation)
    {
        var earlier = await verdicts.CurrentAsync(cancellation);
        var (statements, _) = await StatementsAsync(
            run,
            new Dictionary<string, IReadOnlyList<EarlierVerdict>>(StringComparer.Ordinal),
            cancellation
        );
        var alike = statements.Select(s => (s.Id, Found: earlier.Like(s))).Where(m => m.Found.Count > 0).ToList();
        var hidden = await cases.HiddenAsync(alike.SelectMany(m => m.Found).Select(ArticleOf), cancellation);
        var matches = alike
            .Select(m => (m.Id, Found: m.Found.Where(f => !hidden.Contains(ArticleOf(f))).ToList()))
            .Where(m => m.Found.Count > 0);
        await files.WriteAsync(
            run,
            matches.ToDictionary(m => m.Id, IReadOnlyList<EarlierVerdict> (m) => m.Found, StringComparer.Ordinal),
            cancellation
        );
        await EnterAsync(run, ArticleStage.Selecting, cancellation);
    }

    private static string ArticleOf(EarlierVerdict verdict) => StatementId.ArticleOf(verdict.StatementId)!;

    /// <summary>Statements to the few that become tasks; what an earlier revision left is compared with what is there
    /// now.</summary>
    [Function(nameof(Select))]
    public async Task Select(
        [ActivityTrigger] ArticleRun run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var article = await files.TextAsync(run, cancellation);
        var (found, leftOut) = await StatementsAsync(run, await files.MatchesAsync(run, cancellation), cancellation);
        for (var goOn = true; goOn; )
            (goOn, _) = await cases.ChangeAsync(
                run.ArticleKey,
                head => SelectAsync(head with { LeftOut = leftOut }, run, article, found, cancellation),
                new Orchestrations(client),
                cancellation
            );
    }

    /// <summary>Tasks to the queue, each with its clock: what was lost after the selection was committed.</summary>
    [Function(nameof(OpenReviews))]
    public async Task OpenReviews(
        [ActivityTrigger] ArticleRun run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var orchestrations = new Orchestrations(client);
        foreach (var (task, _) in await cases.TasksAsync(run.ArticleKey, cancellation))
            if (task.State != TaskState.Decided)
                await cases.RestoreAsync(task, orchestrations, cancellation);
    }

    /// <summary>A run that can't go on says so on its article, and delays nothing else.</summary>
    [Function(nameof(MarkFailed))]
    public async Task MarkFailed([ActivityTrigger] FailedRun failed, CancellationToken cancellation) =>
        await EndAsync(
            failed.Run,
            RunState.Failed,
            head => head with { Stage = ArticleStage.Failed, Failure = failed.Error },
            failed.Error,
            cancellation
        );

    // True while the next transaction closes what this one can't hold; the tasks of this run are opened by then.
    private async Task<CaseDecision<bool>> SelectAsync(
        CaseHead head,
        ArticleRun run,
        ArticleText article,
        IReadOnlyList<Statement> found,
        CancellationToken cancellation
    )
    {
        if (head.Run != run.Seq)
            return new(false);
        var rows = await cases.VersionedStatementsAsync(run.ArticleKey, cancellation);
        var tasks = await cases.TasksAsync(run.ArticleKey, cancellation);
        var plan = Revision.Plan(
            run.ArticleKey,
            run.Seq,
            article,
            found,
            [.. rows.Select(r => r.Value)],
            [.. tasks.Select(t => t.Value)],
            settings.Selection,
            settings.Desk,
            time.GetUtcNow()
        );
        plan = plan with { Opened = [.. plan.Opened.Where(o => tasks.All(t => t.Value.Id != o.Id))] };
        var row = await cases.FindRunAsync(run.ArticleKey, run.Seq, cancellation);
        // A second time, since whoever did it ended before anybody heard of it: it stands, and is not told twice.
        if (row is { State: RunState.Done } && plan.Opened.Count == 0 && plan.Superseded.Count == 0)
            return new(false);
        await PutUnaskedAheadAsync(plan, rows, run, cancellation);
        var text = await blobs.HashAsync(Containers.Texts, CaseFiles.Text(head.Key, run.Seq), cancellation);
        IReadOnlyList<ReviewTask> closing = [.. plan.Superseded.Take(DeskPolicy.MostOpenTasks)];
        var little = head.LittleRead ?? LittleRead.Of(TextSize.Of(article.Text), plan.Present);
        return new(
            closing.Count < plan.Superseded.Count,
            ChangeOf(head with { LittleRead = little }, plan, closing, tasks, row!, text)
        );
    }

    private Task PutUnaskedAheadAsync(
        RevisionPlan plan,
        IReadOnlyList<Versioned<Statement>> rows,
        ArticleRun run,
        CancellationToken cancellation
    )
    {
        var etags = rows.ToDictionary(r => r.Value.Id, r => r.ETag, StringComparer.Ordinal);
        var unasked = plan.Statements.Where(s => !plan.Opens(s.Id)).Select(s => (s, etags.GetValueOrDefault(s.Id)));
        return cases.PutAheadAsync(run.ArticleKey, unasked, cancellation);
    }

    private static CaseChange ChangeOf(
        CaseHead head,
        RevisionPlan plan,
        IReadOnlyList<ReviewTask> closing,
        IReadOnlyList<Versioned<ReviewTask>> tasks,
        CaseRun run,
        string? text
    )
    {
        var change = new CaseChange(
            head with
            {
                Statements = plan.Present,
                OpenTasks = plan.OpenTasks,
                Stage = plan.OpenTasks.Count > 0 ? ArticleStage.Reviewing : ArticleStage.Ready,
            }
        );
        foreach (var statement in plan.Statements.Where(s => plan.Opens(s.Id)))
            change.Put(statement);
        foreach (var task in plan.Opened)
            change.Insert(task);
        foreach (var task in closing)
            change.Replace(tasks.First(t => t.Value.Id == task.Id), task);
        return change
            .Put(run with { State = RunState.Done })
            .Note(
                Who.Host,
                AuditVerb.Selected,
                head.Key,
                ("run", $"{run.Seq}"),
                ("statements", $"{plan.Present}"),
                (AuditChain.Text, text),
                ("opened", string.Join(' ', plan.Opened.Select(t => t.Id))),
                ("superseded", string.Join(' ', closing.Select(t => t.Id)))
            );
    }

    // Null while it is not the file's turn.
    private async Task<ReadResult?> ReadAsync(ArticleRun run, CancellationToken cancellation)
    {
        var row =
            await cases.FindRunAsync(run.ArticleKey, run.Seq, cancellation)
            ?? throw new InvalidOperationException($"Run {run.Seq} of {run.ArticleKey} has no row.");
        var head = await cases.HeadAsync(run.ArticleKey, cancellation);
        if (
            await blobs.ReadAsync(Containers.Texts, CaseFiles.Original(run.ArticleKey, row.ContentHash), cancellation)
            is not { } blob
        )
            return new ReadResult.Rejected(limits.RejectionOf(row));

        var info = await blobs.FindAsync(Containers.Articles, head.Name, cancellation);
        var known = info is null ? new() : Metadata.Read(info.Metadata, settings.Reading.DateOrder);
        // What lies beside it says of the purpose was heard when it arrived.
        known = known with
        {
            Purpose = Purpose.ThirdParty,
        };
        return await reader.ReadAsync(blob.Content, head.Name, known, row.Reading, cancellation);
    }

    // What the file says of itself, in the case from now on.
    private async Task KnowAsync(ArticleRun run, ArticleText article, CancellationToken cancellation)
    {
        var meta = article.Meta;
        await EnterAsync(
            run,
            ArticleStage.Extracting,
            cancellation,
            head =>
            {
                var known = head with
                {
                    Stage = ArticleStage.Extracting,
                    Meta = meta with { Purpose = head.Meta.Purpose, Desk = head.Meta.Desk },
                    LittleRead = article.Receipt?.WhyLittle(),
                };
                var isOwn = meta.Purpose == Purpose.OwnCopy;
                return new CaseChange(PurposeOrigin.Read(known, isOwn)).NoteOfPurpose(head);
            }
        );
        // Who dropped it into a folder looks at no page.
        if (meta.UnreadDate is { } date)
            log.LogWarning("Article {Article}: {Problem}", run.ArticleKey, ArticleMeta.WhyUnread(date));
    }

    private async Task RejectAsync(ArticleRun run, Rejection rejection, CancellationToken cancellation)
    {
        await EndAsync(
            run,
            RunState.Rejected,
            head => head with { Stage = ArticleStage.Rejected, Rejection = rejection },
            $"{rejection.Reason}: {rejection.Message}",
            cancellation
        );
        // Who dropped it into a folder looks at no page.
        log.LogWarning(
            "Article {Name} was rejected: {Reason}",
            (await cases.HeadAsync(run.ArticleKey, cancellation)).Name,
            rejection.Message
        );
    }

    private Task EndAsync(
        ArticleRun run,
        RunState state,
        Func<CaseHead, CaseHead> end,
        string why,
        CancellationToken cancellation
    ) =>
        cases.ChangeAsync(
            run.ArticleKey,
            async head =>
                // One that ended already stays so: what it opened stands.
                await cases.FindRunAsync(run.ArticleKey, run.Seq, cancellation) is { State: RunState.Arrived } row
                    ? new CaseChange(head.Run == run.Seq ? end(head) : head)
                        .Put(row with { State = state })
                        .Note(Who.Host, AuditVerb.EndOf(state), run.ArticleKey, ("run", $"{run.Seq}"), ("why", why))
                    : null,
            cancellation: cancellation
        );

    private async Task<bool> IsNewestAsync(ArticleRun run, CancellationToken cancellation)
    {
        if ((await cases.HeadAsync(run.ArticleKey, cancellation)).Run == run.Seq)
            return true;
        await EndAsync(run, RunState.Superseded, head => head, "a newer version arrived", cancellation);
        return false;
    }

    private Task EnterAsync(
        ArticleRun run,
        ArticleStage stage,
        CancellationToken cancellation,
        Func<CaseHead, CaseChange>? change = null
    ) =>
        cases.ChangeAsync(
            run.ArticleKey,
            head =>
                head.Run != run.Seq || head.Stage >= stage ? null
                : change is null ? new CaseChange(head with { Stage = stage })
                : change(head),
            cancellation: cancellation
        );

    private async Task<(IReadOnlyList<Statement> Kept, int LeftOut)> StatementsAsync(
        ArticleRun run,
        IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>> matches,
        CancellationToken cancellation
    )
    {
        var text = await files.TextAsync(run, cancellation);
        var found = Statements.Of(
            run.ArticleKey,
            run.Seq,
            text,
            await files.ExtractionAsync(run, cancellation),
            await files.InsightsAsync(run, cancellation),
            matches
        );
        var kept = Selector.Keep(found, settings.Selection);
        return (kept, found.Count - kept.Count);
    }

    private IReadOnlyList<TextSpan> ChunksOf(ArticleText article) => Chunks.Of(article.Text, analytics.MaxCharacters);
}
