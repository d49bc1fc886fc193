using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Review;

/// <summary>An article's statements over HTTP: what was found, and what a person adds or promotes.</summary>
public sealed class StatementEndpoints(
    CaseStore cases,
    DeskIndex index,
    CaseViews views,
    Settings settings,
    TimeProvider time
)
{
    [Function(nameof(GetStatements)), Access(Role.Submitter)]
    public async Task<IResult> GetStatements(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles/{id}/statements")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        if (await cases.FindHeadAsync(id, cancellation) is not { Value: var head })
            return Answers.NotFound("article");
        var text = (await views.TextAsync(head, cancellation))?.Text ?? "";
        var statements = await cases.StatementsAsync(id, cancellation);
        var wording = statements.ToDictionary(s => s.Id, s => s.Text, StringComparer.Ordinal);
        var states = (await cases.TasksAsync(id, cancellation)).ToDictionary(
            t => t.Value.Id,
            t => t.Value.State,
            StringComparer.Ordinal
        );
        var items = statements
            .Select(s =>
                CaseViews.Of(
                    s,
                    text,
                    head,
                    s.TaskId is { } task && states.TryGetValue(task, out var state) ? state : null,
                    s.Replaces is null ? null : wording.GetValueOrDefault(s.Replaces)
                )
            )
            .OrderBy(s => s.Span is null)
            .ThenBy(s => s.Span?.Start);
        return Answers.Json(
            new ListOf<StatementView>([.. request.Caller().May(Role.Reviewer) ? items : items.Select(WithoutInternal)])
        );
    }

    // What the desk keeps to itself is for those who decide.
    private static StatementView WithoutInternal(StatementView statement) =>
        statement.Verdict is { } verdict
            ? statement with
            {
                Verdict = verdict with
                {
                    Evidence = [.. verdict.Evidence.Where(e => e.Visibility == EvidenceVisibility.Public)],
                },
            }
            : statement;

    [Function(nameof(PostStatement)), Access(Role.Reviewer)]
    public async Task<IResult> PostStatement(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles/{id}/statements")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewStatement>(cancellation);
        if (await cases.FindHeadAsync(id, cancellation) is not { Value: var before })
            return Answers.NotFound("article");
        var article = await views.TextAsync(before, cancellation) ?? new("", new());
        var who = request.Caller().Name;
        if (ProblemsOf(wanted, article.Text) is { Count: > 0 } problems)
            return Answers.Problem(
                StatusCodes.Status422UnprocessableEntity,
                "The statement is not complete.",
                problems
            );

        IResult? refusal = null;
        (ReviewTask Task, Statement Statement)? opened = null;
        var committed = await cases.ChangeAsync(
            id,
            async head =>
            {
                (refusal, opened) = (null, null);
                if (head.Run != before.Run)
                    return Refuse(
                        StatusCodes.Status409Conflict,
                        "A newer version of the article has just arrived; look at it, then add the statement."
                    );
                if (head.Stage is not (ArticleStage.Reviewing or ArticleStage.Ready or ArticleStage.Published))
                    return Refuse(
                        StatusCodes.Status409Conflict,
                        $"The article is {head.Stage}: statements can be added when its check is through."
                    );
                if (head.OpenTasks.Count >= settings.Desk.MaxOpenTasks)
                    return Refuse(
                        StatusCodes.Status409Conflict,
                        $"The article has {head.OpenTasks.Count} open tasks; at most {settings.Desk.MaxOpenTasks}."
                    );
                var statement = await StatementOfAsync(wanted, head, article, who, cancellation);
                if (statement is null)
                    return Refuse(StatusCodes.Status404NotFound, "There is no such candidate.");
                if (statement.LastRun < head.Run)
                    return Refuse(StatusCodes.Status409Conflict, "The statement is gone from the article.");
                var last = statement.TaskId is null
                    ? null
                    : (await cases.FindTaskAsync(statement.TaskId, cancellation))?.Value;
                if (last is { IsClosed: false })
                    return Refuse(StatusCodes.Status409Conflict, "The statement has an open task already.");

                var origin =
                    statement.AddedBy == who && statement.TaskId is null && wanted.CandidateId is null
                        ? TaskOrigin.Added
                        : TaskOrigin.Promoted;
                var task = Revision.NewTask(
                    id,
                    statement,
                    head.Run,
                    (last?.Round ?? 0) + 1,
                    origin,
                    [$"{(origin == TaskOrigin.Added ? "added" : "promoted")} by {who}"],
                    settings.Desk,
                    time.GetUtcNow()
                );
                opened = (task, statement with { TaskId = task.Id });
                // before the commit too: from then on the sweep looks after it
                await index.ActivateAsync(head, cancellation);
                return new CaseChange(
                    head with
                    {
                        OpenTasks = [.. head.OpenTasks, task.Id],
                        Stage = ArticleStage.Reviewing,
                    }
                )
                    .Put(opened.Value.Statement)
                    .Insert(task)
                    .Note(who, origin == TaskOrigin.Added ? "added" : "promoted", task.Id);

                CaseChange? Refuse(int status, string detail)
                {
                    refusal = Answers.Problem(status, detail);
                    return null;
                }
            },
            cancellation
        );
        if (committed is null || opened is not { } done)
            return refusal!;

        await index.ActivateAsync(committed.Head, cancellation);
        await index.EnqueueAsync(done.Task, null, cancellation);
        await Clocks.StartAsync(client, done.Task.Id);
        await index.TellAsync(id, done.Task.Id, "opened", cancellation);
        return Answers.Created(
            $"/api/tasks/{done.Task.Id}",
            CaseViews.Of(
                done.Task,
                committed.ETagOfTask(done.Task.Id),
                done.Statement,
                committed.Head,
                time.GetUtcNow()
            )
        );
    }

    private static Dictionary<string, string> ProblemsOf(NewStatement wanted, string text)
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (wanted.CandidateId is not null)
        {
            if (wanted.Kind is not null || wanted.Span is not null)
                problems["candidateId"] = "Name a candidate, or give a kind and a span; not both.";
            return problems;
        }

        if (wanted.Kind is not { } kind || !Enum.IsDefined(kind))
            problems["kind"] = "Claim or Quote.";
        if (wanted.Span is not { Length: > 0 } span || !span.FitsIn(text))
            problems["span"] =
                $"A start and a length inside the article's text, which has {text.Length} UTF-16 code units; no character is cut in two.";
        else if (span.Length > 2_000 || string.IsNullOrWhiteSpace(span.In(text)))
            problems["span"] = "1 to 2,000 characters with words in them.";
        if (wanted.Speaker?.Length > 200)
            problems["speaker"] = "At most 200 characters.";
        return problems;
    }

    // A span that the extractor found too is the same statement: nobody checks it twice.
    private async Task<Statement?> StatementOfAsync(
        NewStatement wanted,
        CaseHead head,
        ArticleText article,
        string who,
        CancellationToken cancellation
    )
    {
        if (wanted.CandidateId is { } candidate)
            return StatementId.ArticleOf(candidate) == head.Key
                ? (await cases.FindStatementAsync(candidate, cancellation))?.Value
                : null;
        var (kind, span) = (wanted.Kind!.Value, wanted.Span!.Value);
        var words = span.In(article.Text);
        var speaker = string.IsNullOrWhiteSpace(wanted.Speaker) ? null : wanted.Speaker.Trim();
        var id = StatementId.Of(head.Key, kind, words, speaker, 1);
        // What the extractor found in an earlier version stands here again: somebody has just marked it.
        if ((await cases.FindStatementAsync(id, cancellation))?.Value is { } known)
            return known.LastRun < head.Run
                ? known with
                {
                    LastRun = head.Run,
                    Anchor = TextAnchor.Of(article, span),
                }
                : known;
        return new Statement
        {
            Id = id,
            Kind = kind,
            Anchor = TextAnchor.Of(article, span),
            Text = words.Trim(),
            Speaker = speaker,
            SpeakerReason = speaker is null ? null : $"named by {who}",
            SpeakerConfidence = speaker is null ? 0 : 1,
            Worth = new(1, [new("added by hand", 1, null)]),
            FirstRun = head.Run,
            LastRun = head.Run,
            AddedBy = who,
        };
    }
}
