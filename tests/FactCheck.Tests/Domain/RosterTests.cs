namespace FactCheck.Tests.Domain;

/// <summary>Who is let in, as what, and what a name may be.</summary>
public sealed class RosterTests
{
    private static readonly PeopleLimits Limits = new() { Max = 3 };
    private static readonly Roster Nobody = new([]);
    private static readonly Who Olga = new("olga-1", "olga");

    [Theory]
    [InlineData("QReviewer", "looks like qReviewer")]
    [InlineData("qRevlewer", "looks like qReviewer")]
    [InlineData("qReviewer", "There is a qReviewer already")]
    [InlineData("h0st", "looks like host")]
    [InlineData("host", "A name has")]
    [InlineData("a/b", "A name has")]
    [InlineData("qReviewer (2)", "A name has")]
    [InlineData("ana  b", "single spaces")]
    [InlineData("ana\u3164", "U+3164")]
    [InlineData("a\u115Fna", "U+115F")]
    [InlineData("\u1160ana", "U+1160")]
    [InlineData("ana\uFFA0", "U+FFA0")]
    [InlineData("qReviewer-1", "There is a qReviewer-1 already")] // somebody's id
    public void A_name_that_looks_like_anothers_is_refused_and_says_whose(string name, string why)
    {
        var refused = Assert.IsType<RosterOutcome.Refused>(Invite(Of("qReviewer"), name));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal("name", refused.Field);
    }

    [Fact]
    public void Names_stay_whose_they_were()
    {
        var renamed = Change(Of("ana"), name: "Ana Marić").Member;
        Assert.Equal(("Ana Marić", "ana"), (renamed.Name, Assert.Single(renamed.FormerNames)));
        Assert.IsType<RosterOutcome.Refused>(Invite(new([renamed]), "ana"));
        Assert.IsType<RosterOutcome.Refused>(
            Invite(new([renamed with { EndedAt = Some.Now }]), "Ana Maric".Replace("c", "ć"))
        );
        // to its own former name somebody may go back
        Assert.Equal("ana", Change(new([renamed]), name: "ana").Member.Name);
        // and what former releases kept under it is theirs throughout
        Assert.True(renamed.ToWho().Is("ana"));
    }

    [Fact]
    public void Who_comes_by_an_issuer_is_shown_with_what_sets_them_apart()
    {
        var first = Join(Nobody, "oidc-a", "qReviewer");
        var second = Join(new([first]), "oidc-b", "QReviewer");
        var third = Join(new([first, second]), "oidc-c", "qReviewer");
        Assert.Equal(
            [("qReviewer", null), ("QReviewer (2)", "qReviewer"), ("qReviewer (3)", "qReviewer")],
            new[] { first, second, third }.Select(m => (m.Name, m.LikeName))
        );
        // What a former release kept under a name is nobody's who only is called so.
        Assert.All(new[] { first, second, third }, m => Assert.False(m.ToWho().Is("qReviewer")));
        Assert.Contains(
            "what https://login.example says",
            Assert.IsType<RosterOutcome.Refused>(Change(new([first]), first.Id, new(Role: Role.Editor))).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Former data and former tokens know a name alone.</summary>
    [Fact]
    public void What_former_releases_kept_is_whose_an_operator_lets_in_under_that_name()
    {
        var ida = Join(Nobody, "oidc-a", "ida");
        var own = (RosterOutcome.Taken)new Roster([ida]).Join("ida-1", "ida", Role.Editor, null, Some.Now, new());
        Assert.Equal(("ida (2)", true), (own.Member.Name, own.Member.ToWho().Is("ida")));
        Assert.True(Of("ana").Members[0].ToWho().Is("ana"));
    }

    [Fact]
    public void Who_comes_by_an_issuer_gets_no_link_and_no_token_and_nobody_is_called_like_an_id()
    {
        var ana = Join(Nobody, "oidc-a", "ana");
        var roster = new Roster([ana]);
        foreach (
            var outcome in new[]
            {
                roster.Give(ana.Id, AuditVerb.LinkMade),
                roster.Admit("ana", Role.Reviewer, AuditVerb.TokenMade, Who.CommandLine, "x", Some.Now, Limits),
                roster.Admit("ana", Role.Editor, AuditVerb.TokenMade, Who.CommandLine, "x", Some.Now, Limits),
            }
        )
        {
            var refused = Assert.IsType<RosterOutcome.Refused>(outcome);
            Assert.Equal(RosterRefusal.OfIssuer, refused.Kind);
            Assert.Contains("signs in at their issuer", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(
            ("oidc-a (2)", "oidc-a"),
            (Join(roster, "oidc-b", "oidc-a").Name, Join(roster, "oidc-b", "oidc-a").LikeName)
        );
    }

    [Fact]
    public void Who_is_let_in_again_is_so_with_every_other_change_or_not_at_all()
    {
        var ended = new Roster([Of("ana").Members[0] with { EndedAt = Some.Now }, .. Of("ben").Members]);
        Assert.Equal("name", (Change(ended, "ana-1", new("Ben", Readmit: true)) as RosterOutcome.Refused)?.Field);
        var back = Assert.IsType<RosterOutcome.Taken>(Change(ended, "ana-1", new("Ana B", Role.Editor, Readmit: true)));
        Assert.Equal(("Ana B", Role.Editor, null), (back.Member.Name, back.Member.Role, back.Member.EndedAt));
        Assert.Equal((AuditVerb.Readmitted, Some.Now), (back.Verb, back.Member.ValidFrom));
    }

    [Fact]
    public void A_desk_keeps_an_operator_and_none_shuts_themselves_out()
    {
        var olga = Of("olga").Members[0] with { Role = Role.Operator };
        var otto = Of("otto").Members[0] with { Role = Role.Operator };
        var two = new Roster([olga, otto]);
        var gone = new Roster([olga, otto with { EndedAt = Some.Now }]);
        Assert.IsType<RosterOutcome.Taken>(two.End(otto.Id, Olga, Some.Now));
        Assert.IsType<RosterOutcome.Taken>(Change(two, otto.Id, new(Role: Role.Editor)));
        Assert.IsType<RosterOutcome.Taken>(Change(two, olga.Id, new("Olga B")));
        foreach (
            var refused in new[]
            {
                two.End(olga.Id, Olga, Some.Now),
                Change(two, olga.Id, new(Role: Role.Editor)),
                gone.End(olga.Id, otto.ToWho(), Some.Now),
                Change(gone, olga.Id, new(Role: Role.Editor), otto.ToWho()),
            }
        )
            Assert.Equal(RosterRefusal.Operator, Assert.IsType<RosterOutcome.Refused>(refused).Kind);
        Assert.IsType<RosterOutcome.Taken>(gone.End(olga.Id, Who.CommandLine, Some.Now));
        // A full list keeps no operator out, and none of them becomes one too many.
        var full = new Roster([olga, otto, .. Of("ana", "ben", "cleo").Members]);
        Assert.IsType<RosterOutcome.Taken>(full.Invite("oda", Role.Operator, Olga, "x", Some.Now, Limits));
        Assert.Equal(
            RosterRefusal.Full,
            (Change(full, otto.Id, new(Role: Role.Editor)) as RosterOutcome.Refused)?.Kind
        );
    }

    [Fact]
    public void There_are_only_so_many_and_ended_ones_make_room()
    {
        var full = Of("ana", "ben", "cleo");
        Assert.Equal(RosterRefusal.Full, Assert.IsType<RosterOutcome.Refused>(Invite(full, "dora")).Kind);
        Assert.IsType<RosterOutcome.Refused>(full.Join("oidc-d", "dora", Role.Editor, null, Some.Now, Limits));
        var ended = Assert.IsType<RosterOutcome.Taken>(full.End("ben-1", Olga, Some.Now)).Member;
        var room = new Roster([full.Members[0], ended, full.Members[2]]);
        var dora = Assert.IsType<RosterOutcome.Taken>(Invite(room, "dora")).Member;
        Assert.Equal(
            RosterRefusal.Full,
            Assert.IsType<RosterOutcome.Refused>(Again(new([.. room.Members, dora]), "ben-1")).Kind
        );
    }

    [Theory]
    [InlineData(Role.Reviewer, Role.Reviewer, Role.Reviewer, "made a link")]
    [InlineData(Role.Editor, Role.Reviewer, Role.Editor, "made a link")] // for less: nothing else changes
    [InlineData(Role.Reviewer, Role.Editor, Role.Editor, "changed")]
    [InlineData(Role.Operator, Role.Operator, Role.Operator, "made a link")]
    [InlineData(Role.Operator, Role.Reviewer, null, null)]
    [InlineData(Role.Editor, Role.Operator, null, null)]
    public void Who_is_let_in_again_under_their_name_has_the_role_at_least(
        Role has,
        Role asked,
        Role? then,
        string? noted
    )
    {
        var known = Of("ana").Members[0] with { Role = has };
        var outcome = new Roster([known]).Admit(
            "ana",
            asked,
            AuditVerb.LinkMade,
            Who.CommandLine,
            "x",
            Some.Now,
            Limits
        );
        Assert.Equal(then, (outcome as RosterOutcome.Taken)?.Member.Role);
        Assert.Equal(noted, (outcome as RosterOutcome.Taken)?.Verb?.Word);
        Assert.IsType<RosterOutcome.Refused>(
            new Roster([known with { EndedAt = Some.Now }]).Admit(
                "ana",
                has,
                AuditVerb.LinkMade,
                Who.CommandLine,
                "x",
                Some.Now,
                Limits
            )
        );
    }

    [Theory]
    [InlineData(Role.Public)]
    [InlineData(Role.Host)]
    [InlineData((Role)99)]
    public void No_other_role_is_given(Role role)
    {
        Assert.Equal(
            "role",
            (Nobody.Invite("ana", role, Who.Host, "x", Some.Now, Limits) as RosterOutcome.Refused)?.Field
        );
        Assert.Equal("role", (Change(Of("ana"), "ana-1", new(Role: role)) as RosterOutcome.Refused)?.Field);
    }

    [Fact]
    public void Who_is_not_on_the_list_is_neither_changed_nor_ended()
    {
        foreach (
            var outcome in new[] { Change(Nobody, "x", new("y")), Nobody.End("x", Olga, Some.Now), Again(Nobody, "x") }
        )
            Assert.Equal(RosterRefusal.Unknown, Assert.IsType<RosterOutcome.Refused>(outcome).Kind);
        var ended = new Roster([Of("ana").Members[0] with { EndedAt = Some.Now }]);
        Assert.Equal(RosterRefusal.Ended, (Change(ended, "ana-1", new("b")) as RosterOutcome.Refused)?.Kind);
    }

    [Theory]
    [InlineData("a/b", "A desk's name has")]
    [InlineData("host", "A desk's name has")]
    [InlineData("Sp\u043Ert", "looks like the desk Sport")]
    [InlineData("sport", "looks like the desk Sport")]
    [InlineData("A B C", "2 desks at most")]
    public void A_desk_that_can_be_none_or_looks_like_another_is_refused(string desks, string why)
    {
        var limits = new PeopleLimits { MaxDesks = 2 };
        var known = new Roster([Of("ana").Members[0] with { Desks = ["Sport"] }]);
        foreach (
            var outcome in new[]
            {
                known.Invite("ben", Role.Reviewer, Olga, "ben-1", Some.Now, limits, desks.Split(' ')),
                known.Change("ana-1", new(Desks: desks.Split(' ')), Olga, Some.Now, limits),
            }
        )
        {
            var refused = Assert.IsType<RosterOutcome.Refused>(outcome);
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
            Assert.Equal("desks", refused.Field);
        }
    }

    [Fact]
    public void Somebody_is_on_the_desks_that_were_given_last_whoever_says_what_their_role_is()
    {
        var outcome = Nobody.Invite("ana", Role.Editor, Olga, "ana-1", Some.Now, Limits, ["Sport", "Culture", "Sport"]);
        var roster = new Roster([((RosterOutcome.Taken)outcome).Member]);
        Assert.Equal(["Sport", "Culture"], roster.Members[0].Desks);
        Assert.Equal(("Sport", null), (roster.FindDesk("sp\u043Ert"), roster.FindDesk("Politics")));
        var renamed = (RosterOutcome.Taken)Change(roster, "ana-1", new("eva"));
        Assert.Equal(["Sport", "Culture"], renamed.Member.Desks);
        Assert.Null(((RosterOutcome.Taken)Change(roster, "ana-1", new(Desks: ["Sport", "Culture"]))).Verb);
        Assert.Empty(((RosterOutcome.Taken)Change(roster, "ana-1", new(Desks: []))).Member.Desks);
        var issued = new Roster([Join(Nobody, "oidc-a", "ana")]);
        Assert.Equal(["Sport"], ((RosterOutcome.Taken)Change(issued, "oidc-a", new(Desks: ["Sport"]))).Member.Desks);
        var ended = new Roster([roster.Members[0] with { EndedAt = Some.Now }]);
        Assert.Null(ended.FindDesk("Sport"));
        Assert.IsType<RosterOutcome.Taken>(
            ended.Invite("ben", Role.Reviewer, Olga, "ben-1", Some.Now, Limits, ["sport"])
        );
    }

    [Theory]
    [InlineData(Role.Submitter, null, null)]
    [InlineData(Role.Operator, null, null)]
    [InlineData(Role.Reviewer, null, "Sport")]
    [InlineData(Role.Editor, null, "Sport")]
    [InlineData(Role.Submitter, Role.Reviewer, "Sport")] // as their issuer said last
    [InlineData(Role.Reviewer, Role.Submitter, null)]
    public void A_desk_is_one_that_somebody_who_reviews_is_on(Role role, Role? said, string? found)
    {
        var member = Of("ana").Members[0] with
        {
            Role = role,
            Desks = ["Sport"],
            Issuer = said is null ? null : "https://i",
        };
        var seen = new Dictionary<string, Seen>(StringComparer.Ordinal);
        if (said is { } last)
            seen[member.Id] = new(Some.Now, last);
        Assert.Equal(found, new Roster([member]).With(seen).FindDesk("sport"));
    }

    private static Roster Of(params string[] names) =>
        new([.. names.Select(name => ((RosterOutcome.Taken)Invite(Nobody, name)).Member)]);

    private static RosterOutcome Invite(Roster roster, string name) =>
        roster.Invite(name, Role.Reviewer, Who.CommandLine, $"{name}-1", Some.Now, Limits);

    private static RosterOutcome.Taken Change(Roster roster, string name) =>
        (RosterOutcome.Taken)Change(roster, "ana-1", new(name));

    private static RosterOutcome Change(Roster roster, string id, PersonChanges change, Who? by = null) =>
        roster.Change(id, change, by ?? Olga, Some.Now, Limits);

    private static RosterOutcome Again(Roster roster, string id) => Change(roster, id, new(Readmit: true));

    private static Member Join(Roster roster, string id, string name) =>
        (
            (RosterOutcome.Taken)roster.Join(id, name, Role.Reviewer, ("https://login.example", id), Some.Now, new())
        ).Member;
}
