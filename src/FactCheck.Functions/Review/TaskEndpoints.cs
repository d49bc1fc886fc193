using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Review;

/// <summary>One of the desk's tasks over HTTP, and whose it is: a lease, an assignment.</summary>
public sealed class TaskEndpoints(CaseStore cases, CaseViews views, Settings settings, TimeProvider time)
{
    // A row that is changed this often in a moment is fought over by people.
    private const int MostTries = 5;

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
            return Answers.Incomplete("That is no name.", "assignee", Person.NameRule);
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
                return Refusals.Of((TaskOutcome.Refused)change(task.Value), task.Value, time.GetUtcNow());
            try
            {
                var written = await cases.ReplaceTaskAsync(task, changed, cancellation);
                if (answer is not null)
                    return answer;
                return await views.SummaryAsync(written, time.GetUtcNow(), cancellation) is { } summary
                    ? Answers.WithETag(summary, summary.ETag)
                    : Answers.NotFound("task");
            }
            catch (RowConflictException) when (tries == MostTries)
            {
                return Answers.Conflict("Others changed the task in this very moment; try again.");
            }
            catch (RowConflictException)
            {
                // Changed between the look and the write: look again.
            }
        }
    }
}
