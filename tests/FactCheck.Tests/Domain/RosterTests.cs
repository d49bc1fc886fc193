namespace FactCheck.Tests.Domain;

/// <summary>Who is let in, as what, and what a name may be.</summary>
public sealed class RosterTests
{
    private static readonly PeopleLimits Limits = new() { Max = 3 };
    private static readonly Roster Nobody = new([]);

    [Theory]
    [InlineData("QReviewer", "looks like qReviewer")]
    [InlineData("qRevlewer", "looks like qReviewer")]
    [InlineData("qReviewer", "There is a qReviewer already")]
    [InlineData("h0st", "looks like host")]
    [InlineData("host", "A name has")]
    [InlineData("a/b", "A name has")]
    [InlineData("qReviewer (2)", "A name has")]
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
        // What a former release kept under a name is the first one's alone.
        Assert.Equal([true, false, false], new[] { first, second, third }.Select(m => m.ToWho().Is("qReviewer")));
        Assert.Contains(
            "what https://login.example says",
            Assert.IsType<RosterOutcome.Refused>(new Roster([first]).Change(first.Id, null, Role.Editor)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void There_are_only_so_many_and_ended_ones_make_room()
    {
        var full = Of("ana", "ben", "cleo");
        Assert.Equal(RosterRefusal.Full, Assert.IsType<RosterOutcome.Refused>(Invite(full, "dora")).Kind);
        Assert.IsType<RosterOutcome.Refused>(full.Join("oidc-d", "dora", Role.Editor, null, Some.Now, Limits));
        var ended = Assert.IsType<RosterOutcome.Taken>(full.End("ben-1", Some.Now)).Member;
        var room = new Roster([full.Members[0], ended, full.Members[2]]);
        var dora = Assert.IsType<RosterOutcome.Taken>(Invite(room, "dora")).Member;
        Assert.Equal(
            RosterRefusal.Full,
            Assert.IsType<RosterOutcome.Refused>(new Roster([.. room.Members, dora]).Readmit("ben-1", Limits)).Kind
        );
    }

    [Theory]
    [InlineData(Role.Reviewer, Role.Reviewer, Role.Reviewer, false)]
    [InlineData(Role.Editor, Role.Reviewer, Role.Editor, false)] // a link for less changes nothing
    [InlineData(Role.Reviewer, Role.Editor, Role.Editor, true)]
    [InlineData(Role.Operator, Role.Operator, Role.Operator, false)]
    [InlineData(Role.Operator, Role.Reviewer, null, false)]
    [InlineData(Role.Editor, Role.Operator, null, false)]
    public void Who_is_let_in_again_under_their_name_has_the_role_at_least(
        Role has,
        Role asked,
        Role? then,
        bool isNoted
    )
    {
        var known = Of("ana").Members[0] with { Role = has };
        var outcome = new Roster([known]).Admit("ana", asked, Who.CommandLine, "x", Some.Now, Limits);
        Assert.Equal(then, (outcome as RosterOutcome.Taken)?.Member.Role);
        Assert.Equal(isNoted, outcome is RosterOutcome.Taken { Verb: not null });
        Assert.IsType<RosterOutcome.Refused>(
            new Roster([known with { EndedAt = Some.Now }]).Admit("ana", has, Who.CommandLine, "x", Some.Now, Limits)
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
        Assert.Equal("role", (Of("ana").Change("ana-1", null, role) as RosterOutcome.Refused)?.Field);
    }

    [Fact]
    public void Who_is_not_on_the_list_is_neither_changed_nor_ended()
    {
        foreach (
            var outcome in new[]
            {
                Nobody.Change("x", "y", null),
                Nobody.End("x", Some.Now),
                Nobody.Readmit("x", Limits),
            }
        )
            Assert.Equal(RosterRefusal.Unknown, Assert.IsType<RosterOutcome.Refused>(outcome).Kind);
        var ended = new Roster([Of("ana").Members[0] with { EndedAt = Some.Now }]);
        Assert.Equal(RosterRefusal.Ended, (ended.Change("ana-1", "b", null) as RosterOutcome.Refused)?.Kind);
    }

    private static Roster Of(params string[] names) =>
        new([.. names.Select(name => ((RosterOutcome.Taken)Invite(Nobody, name)).Member)]);

    private static RosterOutcome Invite(Roster roster, string name) =>
        roster.Invite(name, Role.Reviewer, Who.CommandLine, $"{name}-1", Some.Now, Limits);

    private static RosterOutcome.Taken Change(Roster roster, string name) =>
        (RosterOutcome.Taken)roster.Change("ana-1", name, null);

    private static Member Join(Roster roster, string id, string name) =>
        (
            (RosterOutcome.Taken)roster.Join(id, name, Role.Reviewer, ("https://login.example", id), Some.Now, new())
        ).Member;
}
