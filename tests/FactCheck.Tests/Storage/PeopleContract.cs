using System.Text.Json.Nodes;
using FactCheck.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Storage;

/// <summary>The list of people and their tokens on every table store: SQLite here, Azure Table Storage's emulator in the
/// acceptance tests. Names are of each test's own, as stores are shared.</summary>
public abstract class PeopleContract
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly Who Olga = new("olga-1", "olga");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    protected abstract ITableStore Store { get; }

    private People People => new(Store, _time);

    private Tokens Tokens => new(Store, _time, new SigningKey(new byte[32]), People);

    [Fact]
    public async Task Whoever_is_let_in_is_on_the_list_and_every_change_on_the_trail()
    {
        var member = await InviteAsync("ana");
        Assert.Matches($"^ana-{_run}-[a-z2-7]{{8}}$", member.Id);
        Assert.IsType<RosterOutcome.Taken>(await People.ChangeAsync(member.Id, new(Role: Role.Editor), Olga));
        Assert.IsType<RosterOutcome.Taken>(await People.EndAsync(member.Id, Olga));
        Assert.IsType<RosterOutcome.Taken>(await People.EndAsync(member.Id, Olga)); // nothing more to note
        Assert.IsType<RosterOutcome.Taken>(await People.ChangeAsync(member.Id, new(Readmit: true), Olga));
        await Tokens.CreateCodeAsync(member.Name, Role.Submitter, Hour, Olga);
        await Tokens.IssueAsync(member.Name, Role.Submitter, Hour, Olga);

        var known = await People.FindAsync(member.Id);
        Assert.Equal((Role.Editor, null, Olga), (known!.Role, known.EndedAt, known.InvitedBy));
        var (entries, problem) = await People.TrailAsync();
        Assert.Null(problem);
        Assert.Equal(
            [
                "olga invited Reviewer",
                "olga changed Editor",
                "olga ended Editor",
                "olga let in again Editor",
                "olga made a link Editor",
                "olga made a token Editor",
            ],
            entries.Where(e => e.Subject == member.Id).Select(e => $"{e.Who} {e.What} {e.Details["role"]}")
        );
        Assert.All(entries.Where(e => e.Subject == member.Id), e => Assert.Equal("olga-1", e.Details["person"]));
    }

    [Fact]
    public async Task Two_who_are_let_in_at_once_under_names_that_look_alike_are_not_both()
    {
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    People.InviteAsync($"{(i % 2 == 0 ? "qReviewer" : "QReviewer")} {_run}", Role.Editor, Olga)
                )
        );
        Assert.Single(outcomes.OfType<RosterOutcome.Taken>());
        Assert.Null((await People.TrailAsync()).Problem);
    }

    [Fact]
    public async Task An_account_of_an_issuer_is_one_person_however_often_it_calls_at_once()
    {
        var known = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => KnowAsync($"https://a.example/{_run}", $"{i % 2}", $"ivo {_run}"))
        );
        Assert.Equal(2, known.Select(m => m.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(
            [$"ivo {_run}", $"ivo {_run} (2)"],
            known.Select(m => m.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        // The same subject of another issuer is another person, and no two are written alike.
        var other = await KnowAsync($"https://a.example/{_run}0", "", $"ivo {_run}");
        Assert.DoesNotContain(other.Id, known.Select(m => m.Id));
        Assert.Equal(known[0].Id, (await KnowAsync($"https://a.example/{_run}", "0", "Renamed There")).Id);
    }

    [Fact]
    public async Task When_somebody_was_last_here_is_written_once_an_hour()
    {
        var (member, people) = (await InviteAsync("ana"), People);
        await people.SeeAsync(member, Role.Reviewer);
        _time.Advance(TimeSpan.FromMinutes(59));
        await people.SeeAsync(member, Role.Reviewer);
        await People.SeeAsync(member, Role.Reviewer); // another process
        Assert.Equal(_time.GetUtcNow().AddMinutes(-59), (await People.SeenAsync())[member.Id].At);
        _time.Advance(TimeSpan.FromMinutes(1));
        await people.SeeAsync(member, Role.Reviewer);
        Assert.Equal(_time.GetUtcNow(), (await People.SeenAsync())[member.Id].At);
        await people.SeeAsync(member, Role.Editor); // what a token says now is told at once
        Assert.Equal(Role.Editor, (await People.SeenAsync())[member.Id].Role);
    }

    [Fact]
    public async Task Whoever_is_ended_holds_nothing_any_more()
    {
        var member = await InviteAsync("ana");
        var (token, _) = await Tokens.IssueAsync(member, Role.Reviewer, Hour);
        var (other, record) = await Tokens.IssueAsync(await InviteAsync("ben"), Role.Reviewer, Hour);
        var code = await Tokens.CreateCodeAsync(member, Role.Reviewer, Hour);
        Assert.Equal(member.Id, (await Tokens.FindPersonAsync(token))?.Who.Id);

        await Tokens.EndAsync(member.Id, Olga);

        Assert.Equal(new TokenHolder(null, Roster.EndedReason), await Tokens.HolderOfAsync(token));
        Assert.Null(await Tokens.TradeCodeAsync(code, Hour));
        Assert.Equal(record.PersonId, (await Tokens.FindPersonAsync(other))?.Who.Id);
        // Let in again, somebody needs a new link.
        await People.ChangeAsync(member.Id, new(Readmit: true), Olga);
        Assert.Equal(new TokenHolder(null), await Tokens.HolderOfAsync(token));
        Assert.Null(await Tokens.TradeCodeAsync(code, Hour));
    }

    /// <summary>Also where nothing came to revoking: the host ended in between.</summary>
    [Fact]
    public async Task What_was_made_before_somebody_was_let_in_again_stays_dead()
    {
        var member = await InviteAsync("ana");
        var (token, _) = await Tokens.IssueAsync(member, Role.Reviewer, Hour);
        var code = await Tokens.CreateCodeAsync(member, Role.Reviewer, Hour);
        await People.EndAsync(member.Id, Olga);
        _time.Advance(TimeSpan.FromSeconds(1));
        var back = (RosterOutcome.Taken)await People.ChangeAsync(member.Id, new(Readmit: true), Olga);

        Assert.Equal(new TokenHolder(null), await Tokens.HolderOfAsync(token));
        Assert.Empty(await Tokens.HeldByAsync(back.Member));
        Assert.Null(await Tokens.TradeCodeAsync(code, Hour));
        var (again, _) = await Tokens.IssueAsync(back.Member, Role.Reviewer, Hour);
        Assert.NotNull(await Tokens.FindPersonAsync(again));
    }

    [Fact]
    public async Task Who_comes_by_an_issuer_signs_in_there_alone()
    {
        var member = await KnowAsync($"https://a.example/{_run}", "1", $"ina {_run}");
        await Assert.ThrowsAsync<RosterException>(() => Tokens.IssueAsync(member.Name, Role.Reviewer, Hour));
        await Assert.ThrowsAsync<RosterException>(() => Tokens.CreateCodeAsync(member.Name, Role.Reviewer, Hour));
        // What a build before this one made for them counts no more.
        Assert.Null(await Tokens.TradeCodeAsync(await Tokens.CreateCodeAsync(member, Role.Reviewer, Hour), Hour));
        var (token, _) = await Tokens.IssueAsync(member, Role.Reviewer, Hour);
        Assert.Contains("issuer", (await Tokens.HolderOfAsync(token)).Refused, StringComparison.Ordinal);
        // Former data and former tokens of that name are another's.
        var former = await Tokens.FindPersonAsync(await FormerTokenAsync(member.Name, Role.Reviewer));
        Assert.NotEqual(member.Id, former?.Who.Id);
        Assert.False(member.ToWho().Is(member.Name));
    }

    /// <summary>Also where nothing came to revoking: the host ended in between.</summary>
    [Fact]
    public async Task Whoever_is_ended_is_told_why()
    {
        var member = await InviteAsync("ana");
        var (token, _) = await Tokens.IssueAsync(member, Role.Reviewer, Hour);
        await People.EndAsync(member.Id, Olga);
        Assert.Equal(new TokenHolder(null, Roster.EndedReason), await Tokens.HolderOfAsync(token));
    }

    [Theory]
    [InlineData(Role.Editor, Role.Reviewer, Role.Reviewer)]
    [InlineData(Role.Reviewer, Role.Submitter, Role.Submitter)]
    [InlineData(Role.Reviewer, Role.Editor, Role.Reviewer)]
    [InlineData(Role.Editor, Role.Operator, null)]
    public async Task A_token_allows_no_more_than_its_holder_may_now(Role token, Role then, Role? counts)
    {
        var member = await InviteAsync("ana", token);
        var (issued, _) = await Tokens.IssueAsync(member, token, Hour);
        await People.ChangeAsync(member.Id, new(Role: then), Olga);
        var holder = await Tokens.HolderOfAsync(issued);
        Assert.Equal((counts, counts is null), (holder.Person?.Role, holder.Refused is not null));
    }

    [Fact]
    public async Task A_token_of_a_former_release_belongs_to_the_person_who_is_made_for_its_name()
    {
        var name = $"Ida {_run}";
        var (reviewing, editing) = (
            await FormerTokenAsync(name, Role.Reviewer),
            await FormerTokenAsync(name, Role.Editor)
        );
        var alike = await FormerTokenAsync($"lda {_run}", Role.Reviewer);

        var reviewer = await Tokens.FindPersonAsync(reviewing);
        var editor = await Tokens.FindPersonAsync(editing);
        var other = await Tokens.FindPersonAsync(alike);

        Assert.Equal((Role.Reviewer, Role.Editor), (reviewer?.Role, editor?.Role));
        Assert.True(reviewer!.Who.Is(editor!.Who));
        Assert.True(reviewer.Who.Is(name));
        Assert.Equal(($"lda {_run} (2)", false), (other?.Name, other!.Who.Is(name)));
        Assert.True(other.Who.Is($"lda {_run}"));
        await Tokens.EndAsync(reviewer.Who.Id!, Olga);
        Assert.Null(await Tokens.FindPersonAsync(editing));
    }

    [Theory]
    [InlineData("role")]
    [InlineData("gone")]
    [InlineData("made")]
    [InlineData("entry")]
    [InlineData("head")]
    public async Task Whoever_changes_the_list_behind_its_trail_is_found(string how)
    {
        // A list of its own: what is broken here must not break the others' tests.
        var store = new Elsewhere(Store, "people" + _run);
        var people = new People(store, _time);
        var member = ((RosterOutcome.Taken)await people.InviteAsync("ana", Role.Reviewer, Olga)).Member;
        await people.ChangeAsync(member.Id, new("Ana B"), Olga);
        Assert.Null((await people.TrailAsync()).Problem);

        var row = await store.FindAsync("people", "all", $"p|{member.Id}");
        RowChange change = how switch
        {
            "role" => new RowChange.Put(row!.Key, row.Json.Replace("Reviewer", "Editor", StringComparison.Ordinal)),
            "gone" => new RowChange.Delete(row!.Key),
            "made" => new RowChange.Put("p|eve-1", row!.Json.Replace(member.Id, "eve-1", StringComparison.Ordinal)),
            "entry" => new RowChange.Delete("a|00000001"),
            _ => new RowChange.Put("head", (await HeadOfFirstAsync(store)).ToJsonString()),
        };
        await store.CommitAsync("people", "all", [change]);

        Assert.NotNull((await people.TrailAsync()).Problem);
    }

    private static async Task<JsonObject> HeadOfFirstAsync(ITableStore store)
    {
        var first = JsonNode.Parse((await store.FindAsync("people", "all", "a|00000001"))!.Json)!;
        return new() { ["seq"] = 1, ["hash"] = (string)first["hash"]! };
    }

    private async Task<Member> InviteAsync(string name, Role role = Role.Reviewer) =>
        ((RosterOutcome.Taken)await People.InviteAsync($"{name} {_run}", role, Olga)).Member;

    private async Task<Member> KnowAsync(string issuer, string subject, string name) =>
        ((RosterOutcome.Taken)await People.KnowAsync(issuer, subject, name, Role.Reviewer)).Member;

    // As 0.1 issued it: its row and its subject hold the name alone.
    private async Task<string> FormerTokenAsync(string name, Role role)
    {
        var member = new Member
        {
            Id = name,
            Name = name,
            Role = role,
            InvitedBy = Who.Host,
            Since = default,
        };
        var (token, record) = await Tokens.IssueAsync(member, role, Hour);
        var row = (await Store.FindAsync("tokens", "all", record.Id))!;
        var json = JsonNode.Parse(row.Json)!.AsObject();
        Assert.True(json.Remove("personId"));
        json.Remove("isSession");
        await Store.CommitAsync("tokens", "all", [new RowChange.Put(row.Key, json.ToJsonString())]);
        return token;
    }

    /// <summary>The store, with one table in place of "people".</summary>
    private sealed class Elsewhere(ITableStore store, string table) : ITableStore
    {
        public Task<TableRow?> FindAsync(
            string _,
            string partition,
            string key,
            CancellationToken cancellation = default
        ) => store.FindAsync(table, partition, key, cancellation);

        public Task<IReadOnlyList<TableRow>> ListAsync(
            string _,
            string partition,
            string prefix = "",
            string? after = null,
            int most = int.MaxValue,
            CancellationToken cancellation = default
        ) => store.ListAsync(table, partition, prefix, after, most, cancellation);

        public Task<IReadOnlyDictionary<string, string>> CommitAsync(
            string _,
            string partition,
            IReadOnlyCollection<RowChange> changes,
            CancellationToken cancellation = default
        ) => store.CommitAsync(table, partition, changes, cancellation);
    }
}
