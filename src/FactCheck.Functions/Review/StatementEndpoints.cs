using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Review;

/// <summary>An article's statements over HTTP: what was found, and what a person adds or promotes.</summary>
[Tags("Articles")]
public sealed class StatementEndpoints(
    CaseStore cases,
    ReadableCases readable,
    CaseViews views,
    Settings settings,
    TimeProvider time
)
{
    /// <summary>Every claim and quote of an article: candidates and those with tasks.</summary>
    /// <param name="id">The article's id.</param>
    /// <returns>The whole list, in text order.</returns>
    [Function(nameof(GetStatements)), Access(Role.Submitter)]
    public async Task<Results<Json<ListOf<StatementView>>, NotFound>> GetStatements(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles/{id}/statements")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var caller = request.Caller();
        if (await readable.FindAsync(caller, id, cancellation) is not { } head)
            return new NotFound("article");
        var text = caller.SeesAll(head) ? (await views.TextAsync(head, cancellation))?.Text ?? "" : "";
        var statements = (await cases.StatementsAsync(id, cancellation)).Where(s => caller.Sees(s, head)).ToList();
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
        return new Json<ListOf<StatementView>>(
            new([.. caller.MayReview(head) ? items : items.Select(WithoutInternal)])
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

    /// <summary>Add what the extractor missed, or promote a candidate: opens a task.</summary>
    /// <param name="id">The article's id.</param>
    /// <returns>The task.</returns>
    [Function(nameof(PostStatement)), Access(Role.Reviewer)]
    [Takes(typeof(NewStatement))]
    public async Task<Results<CreatedAt<TaskSummary>, NotFound, Conflict, Incomplete>> PostStatement(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles/{id}/statements")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewStatement>(cancellation);
        if (await readable.FindToReviewAsync(request.Caller(), id, cancellation) is not { } seen)
            return new NotFound("article");
        var article = await views.TextAsync(seen, cancellation) ?? new("", new());
        var addition = new Addition(
            wanted.CandidateId,
            wanted.Kind,
            wanted.Span,
            wanted.Speaker,
            request.Caller().Who,
            time.GetUtcNow()
        );
        if (Additions.ProblemsOf(addition, article.Text) is { Count: > 0 } problems)
            return new Incomplete("The statement is not complete.", problems);

        var (outcome, commit) = await cases.ChangeAsync(
            id,
            async head => ToDecision(addition, await DecideAsync(head, seen, addition, article, cancellation)),
            new Orchestrations(client),
            cancellation
        );
        return outcome switch
        {
            AdditionOutcome.Opened { Task: var opened } => new CreatedAt<TaskSummary>(
                $"/api/tasks/{opened.Task.Id}",
                CaseViews.Of(
                    opened.Task,
                    commit!.ETagOfTask(opened.Task.Id),
                    opened.Statement,
                    commit.Head,
                    time.GetUtcNow()
                )
            ),
            AdditionOutcome.Unknown => new NotFound("candidate"),
            AdditionOutcome.Refused refused => new Conflict(refused.Message),
            _ => throw new InvalidOperationException($"Nothing is known to do with {outcome}."),
        };
    }

    private async Task<AdditionOutcome> DecideAsync(
        CaseHead head,
        CaseHead seen,
        Addition addition,
        ArticleText article,
        CancellationToken cancellation
    )
    {
        var id = Additions.IdOf(addition, head.Key, article);
        var known = (await cases.FindStatementAsync(id, cancellation))?.Value;
        var last = known?.TaskId is { } task ? (await cases.FindTaskAsync(task, cancellation))?.Value : null;
        return Additions.Decide(head, seen.Run, addition, article, known, last, settings.Desk);
    }

    private static CaseDecision<AdditionOutcome> ToDecision(Addition addition, AdditionOutcome outcome)
    {
        if (outcome is not AdditionOutcome.Opened { Task: var opened })
            return new(outcome);
        var verb = opened.Task.Origin == TaskOrigin.Added ? AuditVerb.Added : AuditVerb.Promoted;
        var change = new CaseChange(opened.Head)
            .Put(opened.Statement)
            .Insert(opened.Task)
            .Note(addition.Who, verb, opened.Task.Id);
        return new(outcome, change);
    }
}
