using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Publishing;

/// <summary>Asks for versions of a fact check: by an editor's wish, or by the desk's policy.</summary>
public sealed class Publications(CaseStore cases, Settings settings, TimeProvider time)
{
    /// <summary>Notes that a version is asked for and starts it; one that is underway is started anew.</summary>
    public async Task<PublicationOutcome> AskAsync(
        string articleKey,
        Who who,
        PublicationWish wish,
        IOrchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        var (outcome, _) = await cases.ChangeAsync(
            articleKey,
            async head => Decide(head, await AskAsync(head, who, wish, cancellation), who, wish),
            orchestrations,
            cancellation
        );
        if (outcome is PublicationOutcome.Underway)
            await orchestrations.StartPublicationAsync(await cases.HeadAsync(articleKey, cancellation), cancellation);
        return outcome;
    }

    /// <summary>Publishes what is ready, where the desk's policy does that by itself.</summary>
    public Task AskByPolicyAsync(string articleKey, IOrchestrations orchestrations, CancellationToken cancellation) =>
        settings.Publication.Automatic
            ? AskAsync(articleKey, Who.Host, new(ByPolicy: true), orchestrations, cancellation)
            : Task.CompletedTask;

    private async Task<PublicationOutcome> AskAsync(
        CaseHead head,
        Who who,
        PublicationWish wish,
        CancellationToken cancellation
    )
    {
        var tasks = await cases.TasksAsync(head.Key, cancellation);
        var underway =
            head.PublicationAsked > head.PublicationDone
                ? await cases.FindPublicationAsync(head.Key, head.PublicationAsked, cancellation)
                : null;
        return Publication.Ask(head, tasks.Select(t => t.Value), underway, wish, who, time.GetUtcNow());
    }

    private static CaseDecision<PublicationOutcome> Decide(
        CaseHead head,
        PublicationOutcome outcome,
        Who who,
        PublicationWish wish
    ) =>
        outcome is PublicationOutcome.Asked { Publication: var asked }
            ? new(
                outcome,
                new CaseChange(head with { PublicationAsked = asked.Version })
                    .Insert(asked)
                    .Note(
                        who,
                        wish.Retract ? AuditVerb.AskedToRetract : AuditVerb.AskedToPublish,
                        head.Key,
                        ("version", $"{asked.Version}"),
                        ("note", wish.Note)
                    )
            )
            : new(outcome);
}

/// <summary>An editor asks to publish or to retract.</summary>
[Tags("Articles")]
public sealed class PublicationEndpoints(
    ReadableCases readable,
    Publications publications,
    Site site,
    Settings settings
)
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
        if (await readable.FindToReviewAsync(request.Caller(), id, cancellation) is null)
            return new NotFound("article");
        var wish = new PublicationWish(wanted.Retract, wanted.Change, wanted.Note);
        if (wish.ProblemsFor(settings.Desk) is { Count: > 0 } problems)
            return new Incomplete("The publication is not complete.", problems);
        var orchestrations = new Orchestrations(client);
        return await publications.AskAsync(id, request.Caller().Who, wish, orchestrations, cancellation) switch
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
