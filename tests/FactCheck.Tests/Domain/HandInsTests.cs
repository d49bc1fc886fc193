namespace FactCheck.Tests.Domain;

/// <summary>Whose a name is while nothing, something or another's version has arrived.</summary>
public class HandInsTests
{
    private static readonly DateTimeOffset Then = Some.Now;

    [Fact]
    public void A_claim_holds_an_hour_and_what_nobody_claims_is_the_folders()
    {
        var claimed = HandIns.None.And(new("sune", "a", Then));
        Assert.Equal("sune", claimed.HolderOf(null, isThere: false, Then.AddMinutes(59)));
        Assert.Null(claimed.HolderOf(null, isThere: false, Then.AddMinutes(60)));
        Assert.Equal("sune", claimed.HolderOf(null, isThere: true, Then.AddMinutes(59)));
        Assert.Equal(Person.Folder, claimed.HolderOf(null, isThere: true, Then.AddMinutes(60)));
        Assert.Null(HandIns.None.HolderOf(null, isThere: false, Then));
        Assert.Equal(Person.Folder, HandIns.None.HolderOf(null, isThere: true, Then));
    }

    [Fact]
    public void A_case_says_who_holds_its_name_and_where_it_does_not_nobody_does()
    {
        var claimed = HandIns.None.And(new("sune", "a", Then));
        Assert.Equal("tove", claimed.HolderOf(Some.Head() with { HandedInBy = "tove" }, isThere: true, Then));
        Assert.Equal("", claimed.HolderOf(Some.Head() with { HandedInBy = null }, isThere: true, Then));
    }

    [Fact]
    public void Each_content_is_its_senders_until_it_has_arrived()
    {
        var waiting = HandIns.None.And(new("sune", "a", Then)).And(new("edda", "b", Then)).And(new("edda", "a", Then));
        Assert.Equal(
            ("edda", "edda", Person.Folder),
            (waiting.SenderOf("a"), waiting.SenderOf("b"), waiting.SenderOf("c"))
        );
        Assert.Equal(Person.Folder, waiting.Without("a").SenderOf("a"));
        Assert.Single(waiting.Without("a").Waiting);
    }

    [Fact]
    public void A_claim_that_ran_out_is_no_longer_anybodys_and_many_at_once_do_not_grow_without_end()
    {
        var stale = HandIns.None.And(new("sune", "a", Then)).And(new("tove", "b", Then.AddHours(1)));
        Assert.Equal("tove", stale.HolderOf(null, isThere: false, Then.AddHours(1)));

        var many = Enumerable.Range(0, 100).Aggregate(HandIns.None, (all, i) => all.And(new("sune", $"{i}", Then)));
        Assert.Equal(32, many.Waiting.Count);
        Assert.Equal(("sune", "sune"), (many.SenderOf("0"), many.SenderOf("99")));
    }

    [Theory]
    [InlineData("sune", Role.Submitter, "sune", true)]
    [InlineData("sune", Role.Reviewer, "tove", false)]
    [InlineData("sune", Role.Editor, "tove", false)] // of whatever desk it will be
    [InlineData("sune", Role.Submitter, "", false)]
    [InlineData("sune", Role.Submitter, null, true)]
    [InlineData("sune", Role.Operator, "tove", false)]
    public void A_name_is_its_holders_and_editors(string who, Role role, string? holder, bool may)
    {
        var person = new Person(who, role, default);
        Assert.Equal(may, HandIns.MayReplace(person, holder));
        Assert.Equal(may || role == Role.Editor, HandIns.MayReplace(person with { IsParted = false }, holder));
    }

    [Theory]
    [InlineData("sune", "sune", true)]
    [InlineData("sune", "folder", false)]
    [InlineData("folder", "sune", false)]
    [InlineData(null, null, false)]
    public void A_submitter_reads_what_is_theirs_from_first_to_last(string? holder, string? sender, bool may) =>
        Assert.Equal(
            may,
            new Person("sune", Role.Submitter, default).MayRead(
                Some.Head() with
                {
                    HandedInBy = holder,
                    SentBy = sender,
                }
            )
        );
}
