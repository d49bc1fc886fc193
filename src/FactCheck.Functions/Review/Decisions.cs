using System.Security.Cryptography;
using System.Text.Json;
using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Review;

/// <summary>
/// A person answers a task. The same answer under the same idempotency key is taken once, and told as often as asked.
/// </summary>
public sealed class Decisions(
    CaseStore cases,
    CaseViews views,
    RatingScale ratings,
    Settings settings,
    TimeProvider time
)
{
    private const int LongestKey = 200;

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
            return Answers.Incomplete(
                "The decision is not complete.",
                "action",
                "Approve, Amend, Reject, Confirm or Return."
            );

        var asked = new AskedDecision(id, etag, wanted, KeyOf(request, id), request.Caller().Name, time.GetUtcNow());
        if (await FindAnswerAsync(article, asked, cancellation) is { } again)
            return again;
        try
        {
            var (answer, commit) = await cases.ChangeAsync(
                article,
                head => DecideAsync(head, asked, cancellation),
                new Orchestrations(client),
                cancellation
            );
            return commit is null && await FindAnswerAsync(article, asked, cancellation) is { } first ? first : answer;
        }
        catch (RowConflictException) when (!cancellation.IsCancellationRequested)
        {
            // The task changed between the look and the commit, or the same key was quicker.
            return await FindAnswerAsync(article, asked, cancellation) ?? Refusals.Stale();
        }
    }

    private async Task<CaseDecision<IResult>> DecideAsync(
        CaseHead head,
        AskedDecision asked,
        CancellationToken cancellation
    )
    {
        ArticleTrace.LinkTo(head);
        var task = await cases.TaskAsync(asked.TaskId, cancellation);
        var outcome = TaskDecider.Decide(task.Value, asked.Decision, ratings, settings.Desk);
        if (outcome is TaskOutcome.Refused { Kind: not RefusalKind.Invalid } refused)
            return new(Refusals.Of(refused, task.Value, asked.At));
        if (CaseViews.TagOf(task.ETag, head) != asked.ETag)
            return new(Refusals.Stale());
        if (outcome is TaskOutcome.Refused invalid)
            return new(Refusals.Of(invalid, task.Value, asked.At));
        if (DecisionRules.ObstacleTo(asked.Decision, head) is { } obstacle)
            return new(Answers.Conflict(obstacle));
        var taken = ((TaskOutcome.Taken)outcome).Task;
        return await AmendAsync(head, taken, cancellation) is { } statement
            ? Take(head, asked, task, taken, statement)
            : new(
                Answers.Incomplete(
                    "The decision is not complete.",
                    "amendment.span",
                    "It does not lie inside the article's text, or holds no words."
                )
            );
    }

    // The decision, its audit entry and the wake: one transaction under the task's ETag.
    private static CaseDecision<IResult> Take(
        CaseHead head,
        AskedDecision asked,
        Versioned<ReviewTask> before,
        ReviewTask after,
        Statement statement
    )
    {
        var next = (after.IsClosed ? head.Closing(after) : head) with { UpdatedAt = asked.At };
        var answer = new DecisionTaken(CaseViews.Of(after, "", statement, next, asked.At), CaseViews.Of(next));
        var change = new CaseChange(next).Replace(before, after).Insert(after.Id, asked.Decision);
        if (after.IsClosed)
            change.Put(statement);
        if (asked.Key is { } key)
            change.InsertAnswer(
                key,
                JsonSerializer.Serialize(new KeptAnswer(asked.Hash, answer), KeptJson.Default.KeptAnswer)
            );
        change.Note(
            asked.Who,
            AuditVerb.Decided,
            after.Id,
            ("action", asked.Decision.Action.ToString()),
            ("rating", asked.Decision.Rating),
            ("reason", asked.Decision.Reason?.ToString())
        );
        return new(Answers.Json(answer), change);
    }

    private async Task<Statement?> AmendAsync(CaseHead head, ReviewTask task, CancellationToken cancellation)
    {
        var statement = (await cases.FindStatementAsync(task.StatementId, cancellation))!.Value;
        if (task.Decision?.Amendment is not { } amendment)
            return statement;
        var article = amendment.Span is null ? null : await views.TextAsync(head, cancellation);
        return amendment.ApplyTo(statement, article);
    }

    private async Task<IResult?> FindAnswerAsync(string article, AskedDecision asked, CancellationToken cancellation)
    {
        if (asked.Key is null || await cases.FindAnswerAsync(article, asked.Key, cancellation) is not { } json)
            return null;
        var kept = JsonSerializer.Deserialize(json, KeptJson.Default.KeptAnswer)!;
        return kept.RequestHash == asked.Hash
            ? Answers.Json(kept.Answer)
            : Answers.Incomplete(
                "That Idempotency-Key was used for another decision.",
                "Idempotency-Key",
                "Use a new key for a new decision."
            );
    }

    // Another person's key, or one for another task, is another key.
    private static string? KeyOf(HttpRequest request, string taskId) =>
        request.Headers["Idempotency-Key"].ToString() switch
        {
            "" => null,
            { Length: > LongestKey } => throw new BadRequestException(
                $"An Idempotency-Key has at most {LongestKey} characters."
            ),
            var key => $"{request.Caller().Name}|{taskId}|{key}",
        };

    private sealed record AskedDecision(
        string TaskId,
        string ETag,
        NewDecision Wanted,
        string? Key,
        string Who,
        DateTimeOffset At
    )
    {
        /// <summary>Of what is asked, so that a key is not used for two different decisions.</summary>
        public string Hash { get; } =
            Convert.ToHexStringLower(
                SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Wanted, HttpJson.Default.NewDecision))
            );

        public Decision Decision { get; } =
            new()
            {
                Action = Wanted.Action!.Value,
                Rating = Wanted.Rating,
                Explanation = Wanted.Explanation,
                // Only the host takes copies: what a caller says about one is not believed.
                Evidence = [.. (Wanted.Evidence ?? []).Select(e => e with { Snapshot = null, SnapshotProblem = null })],
                Reason = Wanted.Reason,
                AlreadyCheckedAt = Wanted.AlreadyCheckedAt,
                Note = Wanted.Note,
                Amendment = Wanted.Amendment,
                By = Who,
                At = At,
            };
    }
}
