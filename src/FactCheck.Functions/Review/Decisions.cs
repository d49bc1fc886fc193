using System.Security.Cryptography;
using System.Text.Json;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Review;

using Answer = Results<Json<DecisionTaken>, NotFound, Conflict, Stale, Incomplete>;

/// <summary>A person answers a task. The same answer under the same idempotency key is taken once, and told as often as
/// asked.</summary>
[Tags("Tasks")]
public sealed class Decisions(
    CaseStore cases,
    ReadableCases readable,
    CaseViews views,
    RatingScale ratings,
    Settings settings,
    TimeProvider time
)
{
    private const int LongestKey = 200;
    private const string KeyMeaning =
        "Of your choice; sent again with the same decision it gets the first answer again.";

    /// <summary>Decide: approve, amend or reject; confirm or return what a colleague proposed.</summary>
    /// <param name="id">The task's id.</param>
    /// <returns>Taken.</returns>
    [Function(nameof(PostDecision)), Access(Role.Reviewer)]
    [Header("If-Match", "The ETag of the task as it was read.", Required = true, Example = "\"5f0c2d\"")]
    [Header("Idempotency-Key", KeyMeaning, MaxLength = LongestKey, Example = "b1f7a3c2-5a0e-4a86-9f1b-0c9e6f2d7a51")]
    [Takes(typeof(NewDecision))]
    public async Task<Results<Json<DecisionTaken>, NotFound, Conflict, Stale, Incomplete>> PostDecision(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tasks/{id}/decisions")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewDecision>(cancellation);
        if (wanted.Evidence?.Contains(null!) is true)
            throw new RefusedException("A piece of evidence is null.");
        var etag = request.IfMatch();
        if (await readable.FindTaskAsync(request.Caller(), id, cancellation) is not { Value.ArticleKey: var article })
            return new NotFound("task");
        if (wanted.Action is null)
            return new Incomplete(
                "The decision is not complete.",
                "action",
                "Approve, Amend, Reject, Confirm or Return."
            );

        var asked = new AskedDecision(id, etag, wanted, KeyOf(request, id), request.Caller(), time.GetUtcNow());
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
            return await FindAnswerAsync(article, asked, cancellation) ?? new Stale();
        }
    }

    private async Task<CaseDecision<Answer>> DecideAsync(
        CaseHead head,
        AskedDecision asked,
        CancellationToken cancellation
    )
    {
        ArticleTrace.LinkTo(head);
        // It may have been moved since it was looked at.
        if (await readable.FindTaskAsync(asked.Caller, asked.TaskId, cancellation) is not { } task)
            return new(new NotFound("task"));
        var outcome = TaskDecider.Decide(task.Value, asked.Decision, ratings, settings.Desk);
        if (outcome is TaskOutcome.Refused { Kind: not RefusalKind.Invalid } refused)
            return new(new Conflict(refused.Message, task.Value.LeaseAt(asked.At)));
        if (CaseViews.TagOf(task.ETag, head) != asked.ETag)
            return new(new Stale());
        if (outcome is TaskOutcome.Refused invalid)
            return new(new Incomplete(invalid.Message, invalid.Problems));
        if (DecisionRules.ObstacleTo(asked.Decision, head) is { } obstacle)
            return new(new Conflict(obstacle));
        var taken = ((TaskOutcome.Taken)outcome).Task;
        return await AmendAsync(head, taken, cancellation) is { } statement
            ? Take(head, asked, task, taken, statement)
            : new(
                new Incomplete(
                    "The decision is not complete.",
                    "amendment.span",
                    "It does not lie inside the article's text, or holds no words."
                )
            );
    }

    // The decision, its audit entry and the wake: one transaction under the task's ETag.
    private static CaseDecision<Answer> Take(
        CaseHead head,
        AskedDecision asked,
        Versioned<ReviewTask> before,
        ReviewTask after,
        Statement statement
    )
    {
        var next = (after.IsClosed ? head.Closing(after) : head) with { UpdatedAt = asked.At };
        var answer = new DecisionTaken(CaseViews.Of(after, "", statement, next, asked.At), CaseViews.Of(next));
        var change = new CaseChange(next).Replace(before, after);
        if (after.IsClosed)
            change.Put(statement);
        if (asked.Key is { } key)
            change.InsertAnswer(
                key,
                JsonSerializer.Serialize(new KeptAnswer(asked.Hash, answer), KeptJson.Default.KeptAnswer)
            );
        return new(new Json<DecisionTaken>(answer), change.Insert(after.Id, asked.Decision));
    }

    private async Task<Statement?> AmendAsync(CaseHead head, ReviewTask task, CancellationToken cancellation)
    {
        var statement = (await cases.FindStatementAsync(task.StatementId, cancellation))!.Value;
        if (task.Decision?.Amendment is not { } amendment)
            return statement;
        var article = amendment.Span is null ? null : await views.TextAsync(head, cancellation);
        return amendment.ApplyTo(statement, article);
    }

    private async Task<Answer?> FindAnswerAsync(string article, AskedDecision asked, CancellationToken cancellation)
    {
        if (asked.Key is null || await cases.FindAnswerAsync(article, asked.Key, cancellation) is not { } json)
            return null;
        var kept = JsonSerializer.Deserialize(json, KeptJson.Default.KeptAnswer)!;
        return kept.RequestHash == asked.Hash
            ? new Json<DecisionTaken>(kept.Answer)
            : new Incomplete(
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
            { Length: > LongestKey } => throw new RefusedException(
                $"An Idempotency-Key has at most {LongestKey} characters."
            ),
            var key => $"{request.Caller().Who.Id}|{taskId}|{key}",
        };

    private sealed record AskedDecision(
        string TaskId,
        string ETag,
        NewDecision Wanted,
        string? Key,
        Person Caller,
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
                By = Caller.Who,
                At = At,
            };
    }
}
