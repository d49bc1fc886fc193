using FactCheck.Cli.Client;
using FactCheck.Storage;
using FactCheck.Storage.Local;

namespace FactCheck.Cli.Operate;

/// <summary>The list of people, wherever the desk keeps it.</summary>
internal interface IPeopleDesk : IAsyncDisposable
{
    Task<IReadOnlyList<PersonView>> ListAsync(CancellationToken cancellation);
    Task<Invitation> InviteAsync(string name, Role role, IReadOnlyList<string> desks, CancellationToken cancellation);
    Task<Invitation> LinkAsync(PersonView person, CancellationToken cancellation);
    Task<PersonView> ChangeAsync(PersonView person, PersonChange change, CancellationToken cancellation);
    Task EndAsync(PersonView person, CancellationToken cancellation);
    Task<AuditTrail> TrailAsync(CancellationToken cancellation);
}

/// <summary>On the data folder itself, whether a host runs on it or not.</summary>
internal sealed class PeopleInFolder(string folder, Uri address, bool make) : IPeopleDesk
{
    private readonly SqliteTables _tables = DataFolder.Open(folder, make);
    private Tokens? _tokens;

    private Tokens Tokens => _tokens ??= DataFolder.TokensOf(_tables);

    private People People => Tokens.People;

    public async Task<IReadOnlyList<PersonView>> ListAsync(CancellationToken cancellation) =>
        [.. (await Tokens.HoldersAsync(cancellation)).Select(h => PersonView.Of(h.Member, h.Seen, h.Held))];

    public Task<Invitation> InviteAsync(
        string name,
        Role role,
        IReadOnlyList<string> desks,
        CancellationToken cancellation
    ) => LinkAsync(() => People.InviteAsync(name, role, Who.CommandLine, desks, cancellation), cancellation);

    public Task<Invitation> LinkAsync(PersonView person, CancellationToken cancellation) =>
        LinkAsync(() => People.GiveAsync(person.Id, AuditVerb.LinkMade, Who.CommandLine, cancellation), cancellation);

    public async Task<PersonView> ChangeAsync(PersonView person, PersonChange change, CancellationToken cancellation)
    {
        var wanted = new PersonChanges(change.Name, change.Role, change.Readmit, change.Desks);
        return PersonView.Of(
            TakenOf(await People.ChangeAsync(person.Id, wanted, Who.CommandLine, cancellation)),
            null,
            []
        );
    }

    public async Task EndAsync(PersonView person, CancellationToken cancellation) =>
        TakenOf(await Tokens.EndAsync(person.Id, Who.CommandLine, cancellation));

    public async Task<AuditTrail> TrailAsync(CancellationToken cancellation)
    {
        var (entries, problem) = await People.TrailAsync(cancellation);
        return new(entries, problem is null, problem);
    }

    public ValueTask DisposeAsync() => _tables.DisposeAsync();

    private async Task<Invitation> LinkAsync(Func<Task<RosterOutcome>> give, CancellationToken cancellation)
    {
        var (outcome, code) = await Tokens.LinkAsync(give, cancellation);
        return new(
            PersonView.Of(TakenOf(outcome), null, []),
            SignInLink.Of(address, code!),
            TimeProvider.System.GetUtcNow() + People.Limits.InvitationLength
        );
    }

    private static Member TakenOf(RosterOutcome outcome) =>
        outcome is RosterOutcome.Taken { Member: var member }
            ? member
            : throw new RosterException((RosterOutcome.Refused)outcome);
}

/// <summary>Through a host, as one of its operators.</summary>
internal sealed class PeopleOfHost(DeskClient desk) : IPeopleDesk
{
    public async Task<IReadOnlyList<PersonView>> ListAsync(CancellationToken cancellation) =>
        (await desk.GetAsync("api/people", cancellation)).As<ListOf<PersonView>>().Items;

    public async Task<Invitation> InviteAsync(
        string name,
        Role role,
        IReadOnlyList<string> desks,
        CancellationToken cancellation
    ) =>
        (
            await desk.PostAsync(
                "api/people",
                () => DeskClient.Json(new NewPerson(name, role, desks), HttpJson.Default.NewPerson),
                canRepeat: false,
                cancellation
            )
        ).As<Invitation>();

    public async Task<Invitation> LinkAsync(PersonView person, CancellationToken cancellation) =>
        (
            await desk.PostAsync(
                $"{PathOf(person)}/invitation",
                () => new ByteArrayContent([]),
                canRepeat: false,
                cancellation
            )
        ).As<Invitation>();

    public async Task<PersonView> ChangeAsync(PersonView person, PersonChange change, CancellationToken cancellation) =>
        (
            await desk.PutAsync(
                PathOf(person),
                () => DeskClient.Json(change, HttpJson.Default.PersonChange),
                cancellation
            )
        ).As<PersonView>();

    public Task EndAsync(PersonView person, CancellationToken cancellation) =>
        desk.DeleteAsync(PathOf(person), cancellation);

    public async Task<AuditTrail> TrailAsync(CancellationToken cancellation) =>
        (await desk.GetAsync("api/people/trail", cancellation)).As<AuditTrail>();

    public ValueTask DisposeAsync()
    {
        desk.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string PathOf(PersonView person) => $"api/people/{Uri.EscapeDataString(person.Id)}";
}
