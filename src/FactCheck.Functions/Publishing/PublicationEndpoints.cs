using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Publishing;

/// <summary>An editor asks to publish or to retract.</summary>
public sealed class PublicationEndpoints(CaseStore cases, Publications publications, Site site, Settings settings)
{
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
        var wish = new PublicationWish(wanted.Retract, wanted.Change, wanted.Note);
        if (wish.ProblemsFor(settings.Desk) is { Count: > 0 } problems)
            return Answers.Incomplete("The publication is not complete.", problems);
        var orchestrations = new Orchestrations(client);
        return await publications.AskAsync(id, request.Caller().Name, wish, orchestrations, cancellation) switch
        {
            PublicationOutcome.Asked asked => Accepted(id, asked.Publication),
            PublicationOutcome.Underway underway => Accepted(id, underway.Publication),
            PublicationOutcome.Refused refused => Answers.Conflict(refused.Obstacle),
            var other => throw new InvalidOperationException($"Nothing is known to do with {other}."),
        };
    }

    private IResult Accepted(string id, CasePublication publication)
    {
        var url = site.ReportUrl(id).ToString();
        return Answers.Accepted(url, new PublicationAsked(id, publication.Version, url));
    }
}
