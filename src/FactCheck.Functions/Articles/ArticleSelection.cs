using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Articles;

/// <summary>From what a run found to the tasks of its article.</summary>
public sealed class ArticleSelection(CaseStore cases, IBlobStore blobs, Settings settings, TimeProvider time)
{
    /// <summary>Selects, and opens what was selected. A second time it only sees to it that all is open.</summary>
    /// <param name="statements">Everything found, in text order.</param>
    public async Task SelectAsync(
        ArticleRun run,
        ArticleText article,
        IReadOnlyList<Statement> statements,
        IOrchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        var found = Selector.Keep(statements, settings.Selection);
        var leftOut = statements.Count - found.Count;
        var isOpen = true;
        for (var goOn = true; goOn; )
        {
            (goOn, var commit) = await cases.ChangeAsync(
                run.ArticleKey,
                head => DecideAsync(head with { LeftOut = leftOut }, run, article, found, cancellation),
                orchestrations,
                cancellation
            );
            isOpen &= commit is { HasFollowed: true };
        }

        if (!isOpen)
            await OpenAsync(run, orchestrations, cancellation);
    }

    /// <summary>Puts every task where it belongs, with its clock.</summary>
    public async Task OpenAsync(ArticleRun run, IOrchestrations orchestrations, CancellationToken cancellation)
    {
        foreach (var (task, _) in await cases.TasksAsync(run.ArticleKey, cancellation))
            if (task.State != TaskState.Decided)
                await cases.RestoreAsync(task, orchestrations, cancellation);
    }

    // True while the next transaction closes what this one can't hold; the tasks of this run are opened by then.
    private async Task<CaseDecision<bool>> DecideAsync(
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
}
