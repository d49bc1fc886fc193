using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Functions.Publishing;

namespace FactCheck.Functions.Articles;

/// <summary>Whether an article may ever be public is said by those who may publish it.</summary>
[Tags("Articles")]
public sealed class ArticlePurpose(
    CaseStore cases,
    ReadableCases readable,
    Publications publications,
    Settings settings
)
{
    /// <summary>Say what an article is checked for: own copy is never public, another's article may be.</summary>
    /// <param name="id">The article's id.</param>
    /// <returns>The article as it is from now on.</returns>
    [Function(nameof(PostPurpose)), Access(Role.Editor)]
    [Takes(typeof(NewPurpose))]
    public async Task<Results<Json<ArticleSummary>, NotFound, Incomplete>> PostPurpose(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles/{id}/purpose")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewPurpose>(cancellation);
        if (ProblemsOf(wanted) is { Count: > 0 } problems)
            return new Incomplete("The purpose is not complete.", problems);
        if (await readable.FindToReviewAsync(request.Caller(), id, cancellation) is null)
            return new NotFound("article");
        var who = request.Caller().Who;
        var commit = await cases.ChangeAsync(
            id,
            head =>
                !request.Caller().MayReview(head)
                    ? null
                    : new CaseChange(PurposeOrigin.Answer(head, wanted.Purpose!.Value, who)).Note(
                        who,
                        AuditVerb.ChangedPurpose,
                        id,
                        ("purpose", $"{wanted.Purpose}"),
                        ("why", wanted.Why)
                    ),
            cancellation: cancellation
        );
        if (commit is null)
            return new NotFound("article"); // moved in that moment
        // What waited for this word alone may go out now.
        await publications.AskByPolicyAsync(id, new Orchestrations(client), cancellation);
        return new Json<ArticleSummary>(CaseViews.Of(commit.Head));
    }

    private Dictionary<string, string> ProblemsOf(NewPurpose wanted)
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (wanted.Purpose is not { } purpose || !Enum.IsDefined(purpose))
            problems["purpose"] = $"{nameof(Purpose.ThirdParty)} or {nameof(Purpose.OwnCopy)}.";
        if (Blank.Is(wanted.Why))
            problems["why"] = "Say how it is known.";
        else if (wanted.Why.Length > settings.Desk.MaxWords)
            problems["why"] = $"At most {settings.Desk.MaxWords} characters.";
        return problems;
    }
}

/// <summary>What a version that changes the purpose leaves on the audit trail.</summary>
internal static class PurposeNotes
{
    /// <summary>Notes what the change makes of the purpose, where that is something else than before.</summary>
    public static CaseChange NoteOfPurpose(this CaseChange change, CaseHead before)
    {
        var (purpose, problem) = (change.Head.Meta.Purpose, change.Head.PurposeOrigin?.Problem);
        return purpose == before.Meta.Purpose && problem == before.PurposeOrigin?.Problem
            ? change
            : change.Note(Who.Host, AuditVerb.ChangedPurpose, before.Key, ("purpose", $"{purpose}"), ("why", problem));
    }
}
