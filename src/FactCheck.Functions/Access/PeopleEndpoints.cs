using FactCheck.Functions.Http;

namespace FactCheck.Functions.Access;

/// <summary>The list of people over HTTP, for whoever runs the desk.</summary>
[Tags("People"), Access(Role.Operator)]
public sealed class PeopleEndpoints(
    People people,
    Tokens tokens,
    AccessLog access,
    Settings settings,
    TimeProvider time
)
{
    private const int EntriesAPage = 100;
    private const string ByIssuer = "This desk lets nobody in itself: whoever its issuer gives a role comes by that.";

    /// <summary>Everybody who is or was let in: those who are by name, then the others.</summary>
    /// <returns>The whole list.</returns>
    [Function(nameof(GetPeople))]
    public async Task<Json<ListOf<PersonView>>> GetPeople(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/people")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var holders = await tokens.HoldersAsync(cancellation);
        return new Json<ListOf<PersonView>>(
            new([
                .. holders
                    .OrderBy(h => h.Member.EndedAt is not null)
                    .ThenBy(h => h.Member.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(h => PersonView.Of(h.Member, h.Seen, h.Held)),
            ])
        );
    }

    /// <summary>Let somebody in: they are put on the list, and a link signs them in, once.</summary>
    /// <returns>The person, and their link: nothing keeps it.</returns>
    [Function(nameof(PostPerson))]
    [Takes(typeof(NewPerson))]
    public async Task<Results<CreatedAt<Invitation>, Conflict, Incomplete>> PostPerson(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/people")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var (wanted, by) = (await request.ReadAsync<NewPerson>(cancellation), request.Caller().Who);
        if (wanted.Role is not { } role)
            return new Incomplete("The person is not complete.", "role", "Submitter, Reviewer, Editor or Operator.");
        if (!tokens.IssuesTokens)
            return new Conflict(ByIssuer);
        var (outcome, code) = await tokens.LinkAsync(
            () => people.InviteAsync(wanted.Name ?? "", role, by, wanted.Desks, cancellation),
            cancellation
        );
        return outcome switch
        {
            RosterOutcome.Taken { Member: var member } => new CreatedAt<Invitation>(
                $"/api/people/{member.Id}",
                await InvitationAsync(request, member, code!, cancellation)
            ),
            RosterOutcome.Refused { Field: { } field } wrong => new Incomplete(wrong.Message, field, wrong.Message),
            var refused => new Conflict(((RosterOutcome.Refused)refused).Message),
        };
    }

    /// <summary>Make somebody another link, for when the first is lost or too old.</summary>
    /// <param name="id">The person's id.</param>
    /// <returns>The person, and their link: nothing keeps it.</returns>
    [Function(nameof(PostInvitation))]
    public async Task<Results<Json<Invitation>, NotFound, Conflict>> PostInvitation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/people/{id}/invitation")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        if (await people.FindAsync(id, cancellation) is null)
            return new NotFound("person");
        if (!tokens.IssuesTokens)
            return new Conflict(ByIssuer);
        var (outcome, code) = await tokens.LinkAsync(
            () => people.GiveAsync(id, AuditVerb.LinkMade, request.Caller().Who, cancellation),
            cancellation
        );
        return outcome switch
        {
            RosterOutcome.Taken { Member: var member } => new Json<Invitation>(
                await InvitationAsync(request, member, code!, cancellation)
            ),
            var refused => new Conflict(((RosterOutcome.Refused)refused).Message),
        };
    }

    /// <summary>Give somebody another name for show, another role or other desks, or let them in again. What is not given
    /// stays.</summary>
    /// <param name="id">The person's id.</param>
    /// <returns>The person as they are from now on.</returns>
    [Function(nameof(PutPerson))]
    [Takes(typeof(PersonChange))]
    public async Task<Results<Json<PersonView>, NotFound, Conflict, Incomplete>> PutPerson(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/people/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var (wanted, by) = (await request.ReadAsync<PersonChange>(cancellation), request.Caller().Who);
        var change = new PersonChanges(wanted.Name, wanted.Role, wanted.Readmit, wanted.Desks);
        return await people.ChangeAsync(id, change, by, cancellation) switch
        {
            RosterOutcome.Taken { Member: var member } => new Json<PersonView>(await ViewAsync(member, cancellation)),
            RosterOutcome.Refused { Kind: RosterRefusal.Unknown } => new NotFound("person"),
            RosterOutcome.Refused { Field: { } field } wrong => new Incomplete(wrong.Message, field, wrong.Message),
            var refused => new Conflict(((RosterOutcome.Refused)refused).Message),
        };
    }

    /// <summary>End somebody's access: every session, token and link of theirs at once. Nobody ends themselves, nor the
    /// last operator.</summary>
    /// <param name="id">The person's id.</param>
    /// <returns>Ended, now or before.</returns>
    [Function(nameof(DeletePerson))]
    public async Task<Results<NoContent, NotFound, Conflict>> DeletePerson(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/people/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) =>
        await tokens.EndAsync(id, request.Caller().Who, cancellation) switch
        {
            RosterOutcome.Taken => TypedResults.NoContent(),
            RosterOutcome.Refused { Kind: RosterRefusal.Unknown } => new NotFound("person"),
            var refused => new Conflict(((RosterOutcome.Refused)refused).Message),
        };

    /// <summary>What became of the list: who did what to whom, and when.</summary>
    /// <returns>The people's own chain of entries, and whether it holds.</returns>
    [Function(nameof(GetPeopleTrail))]
    public async Task<Json<AuditTrail>> GetPeopleTrail(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/people/trail")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var (entries, problem) = await people.TrailAsync(cancellation);
        return new Json<AuditTrail>(new(entries, problem is null, problem));
    }

    /// <summary>Who signed in, who was refused and who handed in what, newest first.</summary>
    /// <returns>Up to 100.</returns>
    [Function(nameof(GetAccess))]
    [Cursor]
    public async Task<Json<ListOf<AccessEntry>>> GetAccess(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/access")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var page = await access.ReadAsync(request.Cursor(), EntriesAPage, settings.Access.LogDays, cancellation);
        return new Json<ListOf<AccessEntry>>(new(page.Items, page.Cursor));
    }

    private async Task<Invitation> InvitationAsync(
        HttpRequest request,
        Member member,
        string code,
        CancellationToken cancellation
    )
    {
        var address = settings.PublicBaseUrl?.ToString() ?? $"{request.Scheme}://{request.Host}/";
        var until = time.GetUtcNow() + settings.People.InvitationLength;
        // The code stands in the fragment, which no browser sends and no log holds.
        return new(await ViewAsync(member, cancellation), $"{address}#code={code}", until);
    }

    private async Task<PersonView> ViewAsync(Member member, CancellationToken cancellation)
    {
        var seen = (await people.SeenAsync(cancellation)).GetValueOrDefault(member.Id);
        return PersonView.Of(member, seen, await tokens.HeldByAsync(member, cancellation));
    }
}
