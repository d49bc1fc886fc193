using System.Security.Cryptography;
using System.Text.Json;
using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Review;

/// <summary>The desk's tasks over HTTP: the queue, a lease, an assignment, a decision.</summary>
public sealed class TaskEndpoints(
    CaseStore cases,
    DeskIndex index,
    CaseViews views,
    RatingScale ratings,
    Settings settings,
    TimeProvider time,
    ILogger<TaskEndpoints> log
)
{
    private const int PageSize = 50;
    private const int MostAtOnce = 100;

    // A filter that hardly anything passes must not walk the whole queue in one call; the cursor goes on from there.
    private const int MostLooked = 500;

    // A row that is changed this often in a moment is fought over by people.
    private const int MostTries = 5;

    [Function(nameof(GetTasks)), Access(Role.Reviewer)]
    public async Task<IResult> GetTasks(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tasks")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var filter = new TaskFilter(
            request.QueryOf<TaskState>("state"),
            request.QueryOf<StatementKind>("kind"),
            AssigneeOf(request)
        );
        if (request.Query["article"].ToString() is { Length: > 0 } article)
            return Answers.Json(new ListOf<TaskSummary>(await OfArticleAsync(article, filter, cancellation)));

        var (cursor, most) = (request.Cursor(), request.Most(PageSize, MostAtOnce));
        var found = new List<TaskSummary>();
        for (var looked = 0; looked < MostLooked && found.Count < most; )
        {
            var page = await index.QueueAsync(cursor, PageSize, cancellation);
            foreach (var (key, entry) in page)
            {
                cursor = key;
                if (
                    await FromQueueAsync(key, entry, filter, cancellation) is { } task
                    && found.All(t => t.Id != task.Id)
                )
                    found.Add(task);
                if (found.Count == most)
                    break;
            }

            looked += page.Count;
            if (page.Count < PageSize)
                return Answers.Json(new ListOf<TaskSummary>(found, found.Count == most ? cursor : null));
        }

        return Answers.Json(new ListOf<TaskSummary>(found, cursor));
    }

    [Function(nameof(GetTask)), Access(Role.Reviewer)]
    public async Task<IResult> GetTask(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tasks/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) =>
        await cases.FindTaskAsync(id, cancellation) is { } task
        && await views.DetailAsync(task, time.GetUtcNow(), cancellation) is { } detail
            ? Answers.WithETag(detail, detail.Task.ETag)
            : Answers.NotFound("task");

    [Function(nameof(PutLease)), Access(Role.Reviewer)]
    public Task<IResult> PutLease(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/tasks/{id}/lease")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            task => TaskDecider.TakeLease(task, request.Caller().Name, time.GetUtcNow(), settings.Desk),
            cancellation
        );

    [Function(nameof(DeleteLease)), Access(Role.Reviewer)]
    public Task<IResult> DeleteLease(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/tasks/{id}/lease")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            task => TaskDecider.ReleaseLease(task, request.Caller().Name, time.GetUtcNow()),
            cancellation,
            Results.NoContent()
        );

    [Function(nameof(PutAssignment)), Access(Role.Reviewer)]
    public async Task<IResult> PutAssignment(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/tasks/{id}/assignment")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var (caller, assignee) = (request.Caller(), (await request.ReadAsync<Assignment>(cancellation)).Assignee);
        if (assignee is not null && !Person.IsName(assignee))
            return Answers.Problem(
                StatusCodes.Status422UnprocessableEntity,
                "That is no name.",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["assignee"] = Person.NameRule }
            );
        return await ChangeAsync(
            id,
            task => TaskDecider.Assign(task, caller.Name, assignee ?? caller.Name, caller.May(Role.Editor)),
            cancellation
        );
    }

    [Function(nameof(DeleteAssignment)), Access(Role.Reviewer)]
    public Task<IResult> DeleteAssignment(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/tasks/{id}/assignment")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            task => TaskDecider.Assign(task, request.Caller().Name, null, request.Caller().May(Role.Editor)),
            cancellation,
            Results.NoContent()
        );

    [Function(nameof(PostDecision)), Access(Role.Reviewer)]
    public async Task<IResult> PostDecision(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tasks/{id}/decisions")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewDecision>(cancellation);
        if (wanted.Evidence?.Contains(null!) is true)
            throw new BadRequestException("A piece of evidence is null.");
        var etag = request.IfMatch();
        if (await cases.FindTaskAsync(id, cancellation) is not { Value.ArticleKey: var article })
            return Answers.NotFound("task");
        if (wanted.Action is null)
            return Answers.Problem(
                StatusCodes.Status422UnprocessableEntity,
                "The decision is not complete.",
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["action"] = "Approve, Amend, Reject, Confirm or Return.",
                }
            );

        if (request.Headers["Idempotency-Key"].ToString().Length > 200)
            throw new BadRequestException("An Idempotency-Key has at most 200 characters.");
        var key = request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } given
            ? $"{request.Caller().Name}|{id}|{given}"
            : null;
        var hash = Convert.ToHexStringLower(
            SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(wanted, HttpJson.Default.NewDecision))
        );
        if (key is not null && await FindAnswerAsync(article, key, hash, cancellation) is { } again)
            return again;

        var making = new DecisionMaking(request.Caller().Name, time.GetUtcNow(), id, etag, wanted, key, hash);
        try
        {
            var (refusal, taken) = await DecideAsync(making, article, cancellation);
            if (refusal is not null)
                return key is not null && await FindAnswerAsync(article, key, hash, cancellation) is { } first
                    ? first
                    : refusal;
            await FollowUpAsync(client, taken!, cancellation);
            return Answers.Json(taken!.Answer);
        }
        catch (RowConflictException) when (!cancellation.IsCancellationRequested)
        {
            // The task changed between the look and the commit, or the same key was quicker.
            return key is not null && await FindAnswerAsync(article, key, hash, cancellation) is { } answered
                ? answered
                : Stale();
        }
    }

    private async Task<(IResult? Refusal, TakenDecision? Taken)> DecideAsync(
        DecisionMaking making,
        string article,
        CancellationToken cancellation
    )
    {
        IResult? refusal = null;
        TakenDecision? taken = null;
        CaseHead? seen = null;
        await cases.ChangeAsync(
            article,
            async head =>
            {
                (refusal, taken, seen) = (null, null, head);
                var (task, etag) = (await cases.FindTaskAsync(making.TaskId, cancellation))!;
                var statement = (await cases.FindStatementAsync(task.StatementId, cancellation))!.Value;
                var outcome = TaskDecider.Decide(task, making.Decision, ratings, settings.Desk);
                if (outcome is TaskOutcome.Refused { Kind: not RefusalKind.Invalid } refused)
                    refusal = Of(refused, task);
                else if (CaseViews.TagOf(etag, head) != making.ETag)
                    refusal = Stale();
                else if (outcome is TaskOutcome.Refused invalid)
                    refusal = Of(invalid, task);
                else if (
                    making.Decision.Amendment?.Span is not null
                    && head.Stage != ArticleStage.Rejected
                    && !CaseViews.IsRead(head)
                )
                    refusal = Answers.Problem(
                        StatusCodes.Status409Conflict,
                        "A newer version of the article is being read; mark the place again when it is there."
                    );
                else if (
                    await AmendAsync(
                        head,
                        statement,
                        ((TaskOutcome.Taken)outcome).Task.Decision?.Amendment,
                        cancellation
                    )
                    is not { } amended
                )
                    refusal = Answers.Problem(
                        StatusCodes.Status422UnprocessableEntity,
                        "The decision is not complete.",
                        new Dictionary<string, string>(StringComparer.Ordinal)
                        {
                            ["amendment.span"] = "It does not lie inside the article's text, or holds no words.",
                        }
                    );
                else
                    (taken, statement) = (making.Take(head, task, ((TaskOutcome.Taken)outcome).Task, amended), amended);
                return taken?.ToChange(etag, statement);
            },
            cancellation
        );
        ArticleTrace.LinkTo(seen!);
        return (refusal, taken);
    }

    // Hints and the wake-up come after the commit. Should one be lost, the row has it and the sweep repairs it: the
    // decision stands either way.
    private async Task FollowUpAsync(DurableTaskClient client, TakenDecision taken, CancellationToken cancellation)
    {
        try
        {
            await index.EnqueueAsync(taken.After, taken.Before, cancellation);
            await index.TellAsync(taken.After.ArticleKey, taken.After.Id, "decided", cancellation);
            if (taken.After.IsClosed)
                await Clocks.WakeAsync(client, taken.After, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.LogWarning(
                error,
                "Task {Task}: decided, but its clock could not be told; the sweep will",
                taken.After.Id
            );
        }
    }

    // An amended wording, speaker or place is the statement's own from the moment the decision closes the task.
    private async Task<Statement?> AmendAsync(
        CaseHead head,
        Statement statement,
        Amendment? amendment,
        CancellationToken cancellation
    )
    {
        if (amendment is null)
            return statement;
        var anchor = statement.Anchor;
        if (amendment.Span is { } span)
        {
            var article = await views.TextAsync(head, cancellation) ?? new("", new());
            if (!span.FitsIn(article.Text) || string.IsNullOrWhiteSpace(span.In(article.Text)))
                return null;
            anchor = TextAnchor.Of(article, span);
        }

        return statement with
        {
            Anchor = anchor,
            Text = amendment.Text?.Trim() ?? (amendment.Span is null ? statement.Text : anchor.Exact.Trim()),
            Speaker =
                amendment.Speaker is null ? statement.Speaker
                : amendment.Speaker.Trim() is { Length: > 0 } speaker ? speaker
                : null,
        };
    }

    // The host writes the row too, and so may the person's own second window: what is asked is asked again of the row
    // as it then is.
    private async Task<IResult> ChangeAsync(
        string id,
        Func<ReviewTask, TaskOutcome> change,
        CancellationToken cancellation,
        IResult? answer = null
    )
    {
        for (var tries = 1; ; tries++)
        {
            if (await cases.FindTaskAsync(id, cancellation) is not { } task)
                return Answers.NotFound("task");
            if (change(task.Value) is not TaskOutcome.Taken { Task: var changed })
                return Of((TaskOutcome.Refused)change(task.Value), task.Value);
            try
            {
                var written =
                    changed == task.Value ? task : await cases.ReplaceTaskAsync(changed, task.ETag, cancellation);
                await index.TellAsync(changed.ArticleKey, changed.Id, "taken", cancellation);
                if (answer is not null)
                    return answer;
                return await views.SummaryAsync(written, time.GetUtcNow(), cancellation) is { } summary
                    ? Answers.WithETag(summary, summary.ETag)
                    : Answers.NotFound("task");
            }
            catch (RowConflictException) when (tries == MostTries)
            {
                return Answers.Problem(
                    StatusCodes.Status409Conflict,
                    "Others changed the task in this very moment; try again."
                );
            }
            catch (RowConflictException)
            {
                // Changed between the look and the write: look again.
            }
        }
    }

    private async Task<IReadOnlyList<TaskSummary>> OfArticleAsync(
        string article,
        TaskFilter filter,
        CancellationToken cancellation
    )
    {
        var found = new List<TaskSummary>();
        foreach (var task in await cases.TasksAsync(article, cancellation))
            if (
                filter.Passes(task.Value)
                && await views.SummaryAsync(task, time.GetUtcNow(), cancellation) is { } summary
            )
                found.Add(summary);
        return [.. found.OrderByDescending(t => t.Priority).ThenBy(t => t.Deadline)];
    }

    private async Task<TaskSummary?> FromQueueAsync(
        string key,
        QueueEntry entry,
        TaskFilter filter,
        CancellationToken cancellation
    )
    {
        if (await cases.FindTaskAsync(entry.TaskId, cancellation) is not { } task || task.Value.IsClosed)
        {
            await index.DequeueAsync(key, cancellation);
            return null;
        }

        if (!DeskIndex.IsPlaceOf(key, task.Value))
        {
            // A crash left it where it stood before; shown here this once, from now on in its place.
            await index.EnqueueAsync(task.Value, null, cancellation);
            await index.DequeueAsync(key, cancellation);
        }

        return filter.Passes(task.Value) ? await views.SummaryAsync(task, time.GetUtcNow(), cancellation) : null;
    }

    private async Task<IResult?> FindAnswerAsync(
        string article,
        string key,
        string hash,
        CancellationToken cancellation
    )
    {
        if (await cases.FindAnswerAsync(article, key, cancellation) is not { } json)
            return null;
        var kept = JsonSerializer.Deserialize(json, HttpJson.Default.KeptAnswer)!;
        return kept.RequestHash == hash
            ? Answers.Json(kept.Answer)
            : Answers.Problem(
                StatusCodes.Status422UnprocessableEntity,
                "That Idempotency-Key was used for another decision.",
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Idempotency-Key"] = "Use a new key for a new decision.",
                }
            );
    }

    private IResult Of(TaskOutcome.Refused refused, ReviewTask task) =>
        refused.Kind switch
        {
            RefusalKind.Invalid => Answers.Problem(
                StatusCodes.Status422UnprocessableEntity,
                refused.Message,
                refused.Problems
            ),
            _ => Answers.Problem(StatusCodes.Status409Conflict, refused.Message, null, task.LeaseAt(time.GetUtcNow())),
        };

    private static IResult Stale() =>
        Answers.Problem(
            StatusCodes.Status412PreconditionFailed,
            "The task was changed since you read it. Read it again, then decide."
        );

    private static string? AssigneeOf(HttpRequest request) =>
        request.Query["assignee"].ToString() switch
        {
            "" => null,
            "me" => request.Caller().Name,
            var name => name,
        };

    private sealed record TaskFilter(TaskState? State, StatementKind? Kind, string? Assignee)
    {
        public bool Passes(ReviewTask task) =>
            (State is null || task.State == State)
            && (Kind is null || task.Kind == Kind)
            && (Assignee is null || task.Assignee == Assignee || task.Lease?.Holder == Assignee);
    }
}

/// <summary>A decision on its way to the row.</summary>
internal sealed record DecisionMaking(
    string Who,
    DateTimeOffset At,
    string TaskId,
    string ETag,
    NewDecision Wanted,
    string? IdempotencyKey,
    string RequestHash
)
{
    public Decision Decision { get; } =
        new()
        {
            Action = Wanted.Action!.Value,
            Rating = Wanted.Rating,
            Explanation = Wanted.Explanation,
            // Only the host takes copies: what a caller says about one is not believed.
            Evidence =
            [
                .. (Wanted.Evidence ?? []).Select(e => (e ?? new()) with { Snapshot = null, SnapshotProblem = null }),
            ],
            Reason = Wanted.Reason,
            AlreadyCheckedAt = Wanted.AlreadyCheckedAt,
            Note = Wanted.Note,
            Amendment = Wanted.Amendment,
            By = Who,
            At = At,
        };

    public TakenDecision Take(CaseHead head, ReviewTask before, ReviewTask after, Statement statement)
    {
        var open = after.IsClosed ? [.. head.OpenTasks.Where(t => t != after.Id)] : head.OpenTasks;
        var stage =
            after.IsClosed && open.Count == 0 && head.Stage == ArticleStage.Reviewing ? ArticleStage.Ready : head.Stage;
        var next = head with { OpenTasks = open, Stage = stage, UpdatedAt = At };
        return new(this, next, before, after, new(CaseViews.Of(after, "", statement, next, At), CaseViews.Of(next)));
    }
}

/// <summary>A decision that the rules took.</summary>
internal sealed record TakenDecision(
    DecisionMaking Making,
    CaseHead Head,
    ReviewTask Before,
    ReviewTask After,
    DecisionTaken Answer
)
{
    /// <summary>The decision, its audit entry and the wake: one transaction under the task's ETag.</summary>
    public CaseChange ToChange(string etag, Statement statement)
    {
        var change = new CaseChange(Head).Replace(After, etag).Insert(After.Id, Making.Decision);
        if (After.IsClosed)
            change.Put(statement).Put(new Wake(After.Id, Making.At));
        if (Making.IdempotencyKey is { } key)
            change.InsertAnswer(
                key,
                JsonSerializer.Serialize(new KeptAnswer(Making.RequestHash, Answer), HttpJson.Default.KeptAnswer)
            );
        return change.Note(
            Making.Who,
            "decided",
            After.Id,
            ("action", Making.Decision.Action.ToString()),
            ("rating", Making.Decision.Rating),
            ("reason", Making.Decision.Reason?.ToString())
        );
    }
}
