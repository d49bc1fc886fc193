using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Publishing;

/// <summary>An editor asks to publish or to retract.</summary>
[Tags("Articles")]
public sealed class PublicationEndpoints(CaseStore cases, Publications publications, Site site, Settings settings)
{
    /// <summary>Publish what is decided, or take everything back. Asked twice, it is published once.</summary>
    /// <param name="id">The article's id.</param>
    /// <returns>Asked for; it is out when the article's publishedVersion says so.</returns>
    [Function(nameof(PostPublication)), Access(Role.Editor)]
    [Takes(typeof(NewPublication))]
    public async Task<Results<AcceptedAt<PublicationAsked>, NotFound, Conflict, Incomplete>> PostPublication(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles/{id}/publication")]
            HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewPublication>(cancellation);
        if (await cases.FindHeadAsync(id, cancellation) is null)
            return new NotFound("article");
        var wish = new PublicationWish(wanted.Retract, wanted.Change, wanted.Note);
        if (wish.ProblemsFor(settings.Desk) is { Count: > 0 } problems)
            return new Incomplete("The publication is not complete.", problems);
        var orchestrations = new Orchestrations(client);
        return await publications.AskAsync(id, request.Caller().Name, wish, orchestrations, cancellation) switch
        {
            PublicationOutcome.Asked asked => Accepted(id, asked.Publication),
            PublicationOutcome.Underway underway => Accepted(id, underway.Publication),
            PublicationOutcome.Refused refused => new Conflict(refused.Obstacle),
            var other => throw new InvalidOperationException($"Nothing is known to do with {other}."),
        };
    }

    private AcceptedAt<PublicationAsked> Accepted(string id, CasePublication publication)
    {
        var url = site.ReportUrl(id).ToString();
        return new(url, new(id, publication.Version, url));
    }
}
