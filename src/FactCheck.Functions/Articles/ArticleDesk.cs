using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Functions.Review;

namespace FactCheck.Functions.Articles;

/// <summary>Which desk works on an article is said by editors who work on it.</summary>
[Tags("Articles")]
public sealed class ArticleDesk(
    CaseStore cases,
    ReadableCases readable,
    People people,
    Settings settings,
    TimeProvider time
)
{
    private const string NotParted =
        "This newsroom does not part its desks (Desk:Parted): every article is everybody's.";
    private const string FoughtOver = "Others changed one of its tasks in this very moment; try again.";

    /// <summary>Move an article to another desk, or make it everybody's. Whoever is not on that desk sees it no more, and
    /// gives back the tasks of it.</summary>
    /// <param name="id">The article's id.</param>
    /// <returns>The article as it is from now on.</returns>
    [Function(nameof(PostDesk)), Access(Role.Editor)]
    [Takes(typeof(NewDesk))]
    public async Task<Results<Json<ArticleSummary>, NotFound, Conflict, Incomplete>> PostDesk(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles/{id}/desk")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var (caller, wanted) = (request.Caller(), (await request.ReadAsync<NewDesk>(cancellation)).Desk?.Trim());
        if (await readable.FindToReviewAsync(caller, id, cancellation) is null)
            return new NotFound("article");
        if (!settings.Desk.Parted)
            return new Conflict(NotParted);
        if (wanted is null)
            return new Incomplete("The desk is not named.", "desk", "A desk; an empty text makes it everybody's.");
        var roster = await people.RosterByRoleAsync(cancellation);
        var desk = wanted.Length == 0 ? null : roster.FindDesk(wanted);
        if (wanted.Length > 0 && desk is null)
            return new Incomplete(
                "There is no such desk.",
                "desk",
                $"Nobody who reviews is on a desk that is called '{wanted}'."
            );
        try
        {
            var (found, commit) = await cases.ChangeAsync(
                id,
                // It may have been moved since it was looked at.
                async head =>
                    caller.MayReview(head)
                        ? new CaseDecision<CaseHead?>(
                            head,
                            await MoveAsync(head, desk, caller.Who, roster, cancellation)
                        )
                        : new(null),
                null,
                cancellation
            );
            return found is null
                ? new NotFound("article")
                : new Json<ArticleSummary>(CaseViews.Of(commit?.Head ?? found));
        }
        catch (RowConflictException)
        {
            return new Conflict(FoughtOver);
        }
    }

    private async Task<CaseChange?> MoveAsync(
        CaseHead head,
        string? desk,
        Who who,
        Roster roster,
        CancellationToken cancellation
    )
    {
        if (head.Meta.Desk == desk)
            return null;
        var change = new CaseChange(Desks.Move(head, desk));
        foreach (var task in await cases.TasksAsync(head.Key, cancellation))
        {
            if (
                Desks.Held(task.Value, whose => roster.MayReview(whose, change.Head)) is var after
                && after == task.Value
            )
                continue;
            change.Replace(task, after);
            if (after.Lease is null && task.Value.LeaseAt(time.GetUtcNow()) is { Holder: var holder })
                change.NoteOfRelease(task.Value.Id, holder, who);
        }

        return change.NoteOfDesk(head, who);
    }
}

/// <summary>What a change of the desk leaves on the audit trail.</summary>
internal static class DeskNotes
{
    /// <summary>Notes the desk before and after, where they differ; one that is missing there is everybody's.</summary>
    public static CaseChange NoteOfDesk(this CaseChange change, CaseHead before, Who by) =>
        change.Head.Meta.Desk == before.Meta.Desk
            ? change
            : change.Note(
                by,
                AuditVerb.ChangedDesk,
                before.Key,
                ("before", before.Meta.Desk),
                ("after", change.Head.Meta.Desk)
            );
}
