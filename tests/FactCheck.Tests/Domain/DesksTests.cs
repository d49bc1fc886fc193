namespace FactCheck.Tests.Domain;

/// <summary>The rule of who reads what where desks are parted, and which desk an article is of.</summary>
public sealed class DesksTests
{
    [Theory]
    [InlineData(Role.Reviewer, "Sport", "Sport", true)]
    [InlineData(Role.Editor, "Culture,Sport", "Sport", true)]
    [InlineData(Role.Editor, "Culture", "Sport", false)]
    [InlineData(Role.Reviewer, "sp\u043Ert", "Sport", true)]
    [InlineData(Role.Reviewer, "", "Sport", false)]
    [InlineData(Role.Reviewer, "", null, true)]
    [InlineData(Role.Editor, "Sport", null, true)]
    [InlineData(Role.Editor, "Sport", Desks.Unreadable, false)]
    [InlineData(Role.Operator, "Sport", "Sport", false)]
    [InlineData(Role.Submitter, "Sport", "Sport", false)]
    public void Reviewers_and_editors_work_on_what_is_their_desks_or_nobodys(Role role, string on, string? of, bool may)
    {
        var person = Of(role, on);
        Assert.Equal(may, person.MayReview(OfDesk(of)));
        Assert.Equal(may, person.MayRead(OfDesk(of)));
        Assert.Equal(
            may || role is Role.Reviewer or Role.Editor,
            (person with { IsParted = false }).MayReview(OfDesk(of))
        );
    }

    /// <summary>Who hands something in reads it as a submitter does, whatever else they are.</summary>
    [Fact]
    public void What_they_handed_in_somebody_reads_on_any_desk_and_works_on_it_on_their_own()
    {
        var person = Of(Role.Reviewer, "Culture");
        var head = OfDesk("Sport") with { HandedInBy = "ana", SentBy = "ana", Stage = ArticleStage.Reading };
        Assert.Equal((true, false), (person.MayRead(head), person.MayReview(head)));
        Assert.False(person.SeesAll(head));
        Assert.Null(person.See(head).Meta.Title);
    }

    [Theory]
    [InlineData("sune", Role.Submitter, true)]
    [InlineData("edda", Role.Editor, false)]
    public void An_editor_replaces_no_article_that_they_do_not_read(string who, Role role, bool may) =>
        Assert.Equal(may, HandIns.MayReplace(new(who, role, default) { Desks = ["Culture"] }, "sune", OfDesk("Sport")));

    [Theory]
    [InlineData(0, null, null, null, null, null)]
    [InlineData(0, null, null, null, "Sport", "Sport")]
    [InlineData(0, null, null, "Culture", "Sport", "Culture")]
    [InlineData(0, null, null, "?", null, "?")]
    [InlineData(1, null, null, null, "Sport", null)] // a later version of everybody's
    [InlineData(1, null, null, "Culture", null, null)]
    [InlineData(1, null, null, "?", null, null)]
    [InlineData(1, "Sport", null, "Culture", null, "Sport")]
    [InlineData(1, "Sport", "Culture", "Culture", null, "Sport")] // an editor's word
    [InlineData(1, "Sport", "Sport", "?", null, "Sport")]
    [InlineData(1, "Sport", "Sport", null, null, "Sport")]
    [InlineData(1, "?", "?", null, null, null)] // mended
    [InlineData(1, "?", "?", null, "Sport", "Sport")]
    [InlineData(1, "?", "?", "Culture", null, "Culture")]
    [InlineData(1, "?", "?", "?", null, "?")]
    public void The_first_version_says_the_desk(
        int run,
        string? now,
        string? saidOnce,
        string? said,
        string? of,
        string? then
    )
    {
        var head = OfDesk(now) with { Run = run, SaidDesk = saidOnce };
        Assert.Equal(then, Desks.Arrive(head, said, of).Meta.Desk);
    }

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData("Sport", null, "sport", false)]
    [InlineData("Sport", null, "Culture", true)]
    [InlineData(null, null, "Culture", true)]
    [InlineData("Sport", "Culture", "culture", false)] // as it named at first
    public void A_desk_beside_a_later_version_is_passed_over(string? now, string? saidOnce, string? said, bool over) =>
        Assert.Equal(over, Desks.IsPassedOver(OfDesk(now) with { SaidDesk = saidOnce }, said));

    [Fact]
    public void A_report_tells_each_desk_of_its_own()
    {
        var (river, dam) = ($"{ArticleKey.Of("articles", "river")}.a-1", $"{ArticleKey.Of("articles", "dam")}.a-1");
        var report = new ReverificationReport
        {
            Id = "reverify-1",
            AskedBy = "edda",
            StartedAt = Some.Now,
            Batches = 1,
            Looked = 6,
            Extended = 3,
            Opened = [$"{river}.2", $"{dam}.2"],
            Failed = [$"{river}: It is gone.", $"{dam}: It is gone."],
        }
            .Counting([new("Sport", 1, 1), new("Sport", 1, 0), new("Culture", 1, 0)])
            .Counting([new(null, 1, 1), new("Culture", 2, 1)]);
        var theirs = new HashSet<string>(StringComparer.Ordinal) { ArticleKey.Of("articles", "river") };
        var seen = report.SeenBy(Of(Role.Editor, "Sport"), theirs)!;
        Assert.Equal((0, 3, 2, $"{river}.2"), (seen.Batches, seen.Looked, seen.Extended, Assert.Single(seen.Opened)));
        Assert.Equal($"{river}: It is gone.", Assert.Single(seen.Failed));
        Assert.Equal(["Sport", null], seen.ByDesk!.Select(t => t.Desk));
        var others = report with { ByDesk = [new("Sport", 2, 1)] };
        Assert.Null(others.SeenBy(Of(Role.Editor, "Culture"), new HashSet<string>(StringComparer.Ordinal)));
    }

    private static Person Of(Role role, string desks) =>
        new("ana", role, default) { Desks = desks.Split(',', StringSplitOptions.RemoveEmptyEntries) };

    private static CaseHead OfDesk(string? desk) => Desks.Move(Some.Head(), desk);
}
