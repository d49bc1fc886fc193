using FactCheck.Domain;
using FactCheck.Functions.Publishing;
using FactCheck.Functions.Workflow;
using FactCheck.Storage;

namespace FactCheck.Functions.Http;

/// <summary>Articles over HTTP: hand in, follow, add what the extractor missed, publish.</summary>
public sealed class Articles(
    CaseStore cases,
    DeskIndex index,
    IBlobStore blobs,
    Intake intake,
    Views views,
    Site site,
    Settings settings,
    TimeProvider time
)
{
    private const int PageSize = 50;

    [Function(nameof(PostArticle)), Access(Role.Submitter)]
    public async Task<IResult> PostArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        if (!request.HasFormContentType)
            return await StoreAsync(request, client, request.Query["name"], cancellation);
        // What is over the limit is never read into memory: a part is read only up to it.
        if (request.ContentLength is null || request.ContentLength > settings.Reading.MaxBytes + 64 * 1024)
            return TooLarge();
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(cancellation);
        }
        catch (InvalidDataException error)
        {
            throw new BadRequestException($"The form can't be read: {error.Message}");
        }

        if (form.Files is not [var file, ..])
            throw new BadRequestException("The form holds no file.");
        if (file.Length > settings.Reading.MaxBytes)
            return TooLarge();
        var content = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(content, cancellation);
        var metadata = ArticleFile
            .MetadataNames.Where(name => !string.IsNullOrWhiteSpace(form[name]))
            .ToDictionary(name => name, name => form[name].ToString(), StringComparer.OrdinalIgnoreCase);
        // Taken for another's article, the newsroom's own copy could become public.
        if (metadata.TryGetValue("purpose", out var purpose) && Metadata.PurposeOf(metadata) is null)
            throw new BadRequestException(
                $"The purpose is {nameof(Purpose.ThirdParty)} or {nameof(Purpose.OwnCopy)}, not '{purpose}'."
            );
        var asked = request.Query["name"].ToString();
        return await StoreAsync(client, asked.Length > 0 ? asked : file.FileName, content, metadata, cancellation);
    }

    [Function(nameof(PutArticle)), Access(Role.Submitter)]
    public Task<IResult> PutArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/articles/{*name}")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    ) => StoreAsync(request, client, name, cancellation);

    [Function(nameof(GetArticles)), Access(Role.Submitter)]
    public async Task<IResult> GetArticles(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var page = await index.ArticlesAsync(request.Cursor(), PageSize, cancellation);
        var summaries = new List<ArticleSummary>();
        foreach (var entry in page.Items)
        {
            // An entry whose case is another one is left over from a crash between the two: the case has its own.
            if (
                await cases.FindHeadAsync(entry.Key, cancellation) is { Value: var head }
                && head.CreatedAt == entry.CreatedAt
            )
                summaries.Add(Views.Of(head));
        }

        return Answers.Json(new ListOf<ArticleSummary>(summaries, page.Cursor));
    }

    [Function(nameof(GetArticle)), Access(Role.Submitter)]
    public async Task<IResult> GetArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        if (await cases.FindHeadAsync(id, cancellation) is not { Value: var head })
            return Answers.NotFound("article");
        var statements = (await cases.StatementsAsync(id, cancellation)).ToDictionary(
            s => s.Id,
            StringComparer.Ordinal
        );
        var all = await cases.TasksAsync(id, cancellation);
        var tasks = all.GroupBy(t => t.Value.StatementId, StringComparer.Ordinal)
            .Select(g => g.MaxBy(t => t.Value.Round)!)
            .ToList();
        var summaries = tasks
            .Where(t => statements.ContainsKey(t.Value.StatementId))
            .Select(t => Views.Of(t.Value, t.ETag, statements[t.Value.StatementId], head, time.GetUtcNow()))
            .OrderByDescending(t => t.Priority);
        return Answers.Json(
            new ArticleDetail(
                Views.Of(head),
                head.Meta,
                (await views.TextAsync(head, cancellation))?.Text,
                [.. summaries],
                await cases.PublicationsAsync(id, cancellation),
                Publication.ObstacleTo(head, all.Select(t => t.Value)),
                head.PublicationDone > 0 ? site.ReportUrl(id).ToString() : null
            )
        );
    }

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
                Views.Of(
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
            Views.Of(done.Task, committed.ETagOfTask(done.Task.Id), done.Statement, committed.Head, time.GetUtcNow())
        );
    }

    [Function(nameof(PostPublication)), Access(Role.Editor)]
    public async Task<IResult> PostPublication(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles/{id}/publication")]
            HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewPublication>(cancellation);
        if (await cases.FindHeadAsync(id, cancellation) is null)
            return Answers.NotFound("article");
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (wanted.Retract && string.IsNullOrWhiteSpace(wanted.Note))
            problems["note"] = "A retraction tells the public why.";
        if (wanted.Note?.Length > settings.Desk.MaxWords)
            problems["note"] = $"At most {settings.Desk.MaxWords} characters.";
        if (wanted.Change is not (null or VerdictChange.Update or VerdictChange.Clarification))
            problems["change"] = "Update or Clarification; corrections are found by comparing ratings.";
        if (problems.Count > 0)
            return Answers.Problem(
                StatusCodes.Status422UnprocessableEntity,
                "The publication is not complete.",
                problems
            );

        var (asked, obstacle) = await Releasing.AskAsync(
            cases,
            index,
            client,
            id,
            request.Caller().Name,
            new(wanted.Retract, wanted.Change, wanted.Note),
            time.GetUtcNow(),
            cancellation
        );
        return asked is null
            ? Answers.Problem(StatusCodes.Status409Conflict, obstacle!)
            : Answers.Accepted(
                site.ReportUrl(id).ToString(),
                new PublicationAsked(id, asked.Version, site.ReportUrl(id).ToString())
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

    private async Task<IResult> StoreAsync(
        HttpRequest request,
        DurableTaskClient client,
        string? name,
        CancellationToken cancellation
    ) =>
        await request.ReadBytesAsync(settings.Reading.MaxBytes, cancellation) is { } content
            ? await StoreAsync(client, name, content, new(StringComparer.OrdinalIgnoreCase), cancellation)
            : TooLarge();

    private async Task<IResult> StoreAsync(
        DurableTaskClient client,
        string? name,
        byte[] content,
        Dictionary<string, string> metadata,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new BadRequestException("Give the article a name: ?name=article.txt, or the file name of the form.");
        if (!ArticleFile.IsNamed(name))
            return Answers.Problem(
                StatusCodes.Status415UnsupportedMediaType,
                $"The name must end in one of {string.Join(", ", ArticleFile.Endings)}: these kinds of file are read."
            );
        if (ArticleNames.LitterOf(name) is { } litter)
            throw new BadRequestException($"'{name}' is {litter}, not an article.");
        if (content.Length == 0)
            throw new BadRequestException("The file is empty: it has 0 bytes.");
        var id = await cases.KeyOfAsync(Containers.Articles, name, cancellation);
        // The blob that the article has already, in whichever form its name is written there: else there were two of
        // them.
        if (await cases.FindHeadAsync(id, cancellation) is { Value: var known })
            name = known.Name;
        using var upload = ArticleTrace.Uploading(name);
        try
        {
            // A new version without metadata keeps what is known: the newsroom's own copy must not become public by
            // an upload.
            foreach (
                var (key, value) in (await blobs.FindAsync(Containers.Articles, name, cancellation))?.Metadata
                    ?? new Dictionary<string, string>(StringComparer.Ordinal)
            )
                if (ArticleFile.MetadataNames.Contains(key, StringComparer.OrdinalIgnoreCase))
                    metadata.TryAdd(key, value);
            await blobs.WriteAsync(
                Containers.Articles,
                name,
                content,
                "application/octet-stream",
                metadata,
                cancellation
            );
        }
        catch (ArgumentException error)
        {
            // What .NET puts behind the message is for programmers.
            var why = error.Message.Replace($" (Parameter '{error.ParamName}')", "", StringComparison.Ordinal);
            throw new BadRequestException(
                error.ParamName == "name"
                    ? $"An article can't have that name: {why}"
                    : $"The article can't be stored: {why}"
            );
        }

        // The container's own event follows and finds nothing left to do; the caller need not wait for it.
        await intake.ArriveAsync(client, name, cancellation);
        return Answers.Accepted($"/api/articles/{id}", new ArticleAccepted(id, name));
    }

    private IResult TooLarge() =>
        Answers.Problem(
            StatusCodes.Status413PayloadTooLarge,
            $"An article has at most {settings.Reading.MaxBytes:N0} bytes, and says how many in Content-Length when it comes as a form."
        );
}
