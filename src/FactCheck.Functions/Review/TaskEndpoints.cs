using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Review;

/// <summary>One of the desk's tasks over HTTP, and whose it is: a lease, an assignment.</summary>
[Tags("Tasks")]
public sealed class TaskEndpoints(
    CaseStore cases,
    ReadableCases readable,
    DeskIndex index,
    CaseViews views,
    People people,
    Settings settings,
    TimeProvider time
)
{
    private const string FoughtOver = "Others changed the task in this very moment; try again.";

    // A row that is changed this often in a moment is fought over by people.
    private const int MostTries = 5;

    /// <summary>One task: the statement in its article, insights, earlier verdicts, history, ratings.</summary>
    /// <param name="id">The task's id.</param>
    /// <returns>The task.</returns>
    [Function(nameof(GetTask)), Access(Role.Reviewer)]
    public async Task<Results<Tagged<TaskDetail>, NotFound>> GetTask(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tasks/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) =>
        await readable.FindTaskAsync(request.Caller(), id, cancellation) is { } task
        && await views.DetailAsync(task, time.GetUtcNow(), cancellation) is { } detail
            ? new Tagged<TaskDetail>(detail, detail.Task.ETag)
            : new NotFound("task");

    /// <summary>Take the task for some minutes, or renew that.</summary>
    /// <param name="id">The task's id.</param>
    /// <returns>It is yours until the lease ends.</returns>
    [Function(nameof(PutLease)), Access(Role.Reviewer)]
    public async Task<Results<Tagged<TaskSummary>, NotFound, Conflict>> PutLease(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/tasks/{id}/lease")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var (caller, who) = (request.Caller(), request.Caller().Who);
        var others = await OthersLeasedAsync(who, id, cancellation);
        return await ChangeAsync(
            caller,
            id,
            task => TaskDecider.TakeLease(task, who, time.GetUtcNow(), settings.Desk, others),
            async (task, _) =>
            {
                await index.PutLeaseAsync(who, id, task.Value.Lease!, cancellation);
                return await SummaryAsync(task, cancellation);
            },
            cancellation
        );
    }

    // Hints, each of which its task must bear out; few enough to be looked at.
    private async Task<int> OthersLeasedAsync(Who who, string id, CancellationToken cancellation)
    {
        var hints = (await index.LeasesAsync(who, cancellation)).Where(task => task != id).ToList();
        if (hints.Count < settings.Desk.MaxLeases)
            return hints.Count;
        var count = 0;
        foreach (var hint in hints)
            if (
                (await cases.FindTaskAsync(hint, cancellation))?.Value is { IsClosed: false } task
                && who.Is(task.LeaseAt(time.GetUtcNow())?.Holder)
            )
                count++;
            else
                await index.RemoveLeaseAsync(who, hint, cancellation);
        return count;
    }

    /// <summary>Give the task back; an editor takes it from whoever works on it, which goes on the trail.</summary>
    /// <param name="id">The task's id.</param>
    /// <returns>Given back.</returns>
    [Function(nameof(DeleteLease)), Access(Role.Reviewer)]
    public async Task<Results<NoContent, NotFound, Conflict>> DeleteLease(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/tasks/{id}/lease")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var caller = request.Caller();
        if (await readable.FindTaskAsync(caller, id, cancellation) is not { Value: var seen })
            return new NotFound("task");
        if (seen.LeaseAt(time.GetUtcNow()) is { } lease && !caller.Who.Is(lease.Holder) && caller.May(Role.Editor))
            return await TakeFromAsync(seen, caller.Who, cancellation)
                ? TypedResults.NoContent()
                : new Conflict(FoughtOver);
        return await ChangeAsync(
            caller,
            id,
            task => TaskDecider.ReleaseLease(task, caller.Who, time.GetUtcNow()),
            async (_, _) =>
            {
                await index.RemoveLeaseAsync(caller.Who, id, cancellation);
                return TypedResults.NoContent();
            },
            cancellation
        );
    }

    // Another's lease: what is done to somebody's work stands on the trail. False when others were quicker.
    private async Task<bool> TakeFromAsync(ReviewTask seen, Who editor, CancellationToken cancellation)
    {
        try
        {
            await cases.ChangeAsync(
                seen.ArticleKey,
                async head =>
                {
                    var (task, now) = (await cases.TaskAsync(seen.Id, cancellation), time.GetUtcNow());
                    if (task.Value.LeaseAt(now) is not { Holder: var holder })
                        return null;
                    var released = TaskDecider.ReleaseLease(task.Value, editor, now, mayReleaseAnothers: true);
                    return new CaseChange(head)
                        .Replace(task, ((TaskOutcome.Taken)released).Task)
                        .NoteOfRelease(seen.Id, holder, editor);
                },
                cancellation: cancellation
            );
            return true;
        }
        catch (RowConflictException)
        {
            return false;
        }
    }

    /// <summary>Give the task to a person for days: to yourself, as an editor to anybody.</summary>
    /// <param name="id">The task's id.</param>
    /// <returns>Assigned.</returns>
    [Function(nameof(PutAssignment)), Access(Role.Reviewer)]
    [Takes(typeof(Assignment))]
    public async Task<Results<Tagged<TaskSummary>, NotFound, Conflict, Incomplete>> PutAssignment(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/tasks/{id}/assignment")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var (caller, assignee) = (request.Caller(), (await request.ReadAsync<Assignment>(cancellation)).Assignee);
        var isOwn = assignee is null || caller.Who.IsNamed(assignee);
        if (!isOwn && !caller.May(Role.Editor))
            return new Conflict(TaskDecider.OnlyEditors);
        var whose = isOwn ? caller : await ReviewerAsync(assignee!, cancellation);
        if (whose is null)
            return new Incomplete(
                "No reviewer or editor of this desk is called that.",
                "assignee",
                "Name somebody who decides tasks, as the desk does."
            );
        if (await ObstacleToReadingAsync(id, caller, whose, cancellation) is { } obstacle)
            return new Incomplete(obstacle, "assignee", "Name somebody of the article's desk.");
        var changed = await ChangeAsync(
            caller,
            id,
            task => TaskDecider.Assign(task, caller.Who, whose.Who, caller.May(Role.Editor)),
            SummaryAsync,
            cancellation
        );
        return changed.Result switch
        {
            Tagged<TaskSummary> summary => summary,
            NotFound missing => missing,
            var conflict => (Conflict)conflict,
        };
    }

    // Why somebody else can't be given the task. Of one that the caller may not read nothing is told here.
    private async Task<string?> ObstacleToReadingAsync(
        string id,
        Person caller,
        Person other,
        CancellationToken cancellation
    ) =>
        await readable.FindTaskAsync(caller, id, cancellation) is { Value.ArticleKey: var article }
        && !await readable.ListFor(other with { IsParted = caller.IsParted }).HasAsync(article, cancellation)
            ? $"{other.Name} may not read the article: it is of a desk that they are not on."
            : null;

    // Somebody let in who may decide tasks; of who comes by an issuer the role is what their token said last.
    private async Task<Person?> ReviewerAsync(string idOrName, CancellationToken cancellation)
    {
        var roster = await people.RosterByRoleAsync(cancellation);
        return
            roster.Find(idOrName) is { EndedAt: null } member
            && Roles.Within(Role.Reviewer, member.Role) == Role.Reviewer
            ? member.As(Role.Reviewer)
            : null;
    }

    /// <summary>The task is nobody's any more.</summary>
    /// <param name="id">The task's id.</param>
    /// <returns>Nobody's.</returns>
    [Function(nameof(DeleteAssignment)), Access(Role.Reviewer)]
    public Task<Results<NoContent, NotFound, Conflict>> DeleteAssignment(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/tasks/{id}/assignment")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            request.Caller(),
            id,
            task => TaskDecider.Assign(task, request.Caller().Who, null, request.Caller().May(Role.Editor)),
            (_, _) => Task.FromResult<NoContent?>(TypedResults.NoContent()),
            cancellation
        );

    // The host writes the row too, and so may the person's own second window: what is asked is asked again of the row
    // as it then is.
    private async Task<Results<T, NotFound, Conflict>> ChangeAsync<T>(
        Person caller,
        string id,
        Func<ReviewTask, TaskOutcome> change,
        Func<Versioned<ReviewTask>, CancellationToken, Task<T?>> answer,
        CancellationToken cancellation
    )
        where T : class, IResult
    {
        for (var tries = 1; ; tries++)
        {
            if (await readable.FindTaskAsync(caller, id, cancellation) is not { } task)
                return new NotFound("task");
            var outcome = change(task.Value.At(time.GetUtcNow()));
            if (outcome is TaskOutcome.Refused refused)
                return new Conflict(refused.Message, task.Value.LeaseAt(time.GetUtcNow()));
            try
            {
                var changed = ((TaskOutcome.Taken)outcome).Task;
                var written = await cases.ReplaceTaskAsync(task, changed, cancellation);
                return await answer(written, cancellation) is { } done ? done : new NotFound("task");
            }
            catch (RowConflictException) when (tries == MostTries)
            {
                return new Conflict(FoughtOver);
            }
            catch (RowConflictException)
            {
                // Changed between the look and the write: look again.
            }
        }
    }

    private async Task<Tagged<TaskSummary>?> SummaryAsync(Versioned<ReviewTask> task, CancellationToken cancellation) =>
        await views.SummaryAsync(task, time.GetUtcNow(), cancellation) is { } summary
            ? new(summary, summary.ETag)
            : null;
}

/// <summary>What it leaves on the audit trail that somebody's work is taken from them.</summary>
internal static class ReleaseNotes
{
    /// <summary>Notes from whom a task was taken, and by whom.</summary>
    public static CaseChange NoteOfRelease(this CaseChange change, string taskId, Who holder, Who by) =>
        change.Note(by, AuditVerb.Released, taskId, ("holder", holder.Name), ("holder id", holder.Id));
}
