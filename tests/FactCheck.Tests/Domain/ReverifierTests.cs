namespace FactCheck.Tests.Domain;

public class ReverifierTests
{
    private const string Account = "The bridge cost 61 million. The town paid half. The state paid the rest.";

    [Theory]
    [InlineData(Account)]
    [InlineData("The state paid the rest. The bridge cost 61 million. The town paid half.")] // only moved about
    [InlineData("THE BRIDGE cost 61 million! The town  paid half. The state paid the rest.")] // only set otherwise
    public void What_still_says_the_same_has_not_drifted(string now) => Assert.Empty(Compare(Account, new(now, null)));

    [Fact]
    public void What_says_something_else_has_drifted_and_shows_the_difference()
    {
        var drift = Assert.Single(
            Compare(
                Account,
                new("The bridge cost 64 million. The town paid half. The state paid the rest. Bills are open.", null)
            )
        );
        Assert.Equal(("evidence", ReverificationFinding.Drifted), (drift.What, drift.Finding));
        Assert.Equal(["The bridge cost 61 million"], drift.Removed);
        Assert.Equal(["The bridge cost 64 million", "Bills are open"], drift.Added);
        Assert.Equal(Some.Evidence().Url, drift.Url);
    }

    [Fact]
    public void What_shows_nothing_any_more_is_gone_and_says_why()
    {
        var drift = Assert.Single(Compare(Account, new(null, "The link answered 404.")));
        Assert.Equal((ReverificationFinding.Gone, "The link answered 404."), (drift.Finding, drift.Message));
    }

    [Fact]
    public void Without_a_copy_a_person_must_look() =>
        Assert.Equal(ReverificationFinding.Drifted, Assert.Single(Compare(null, new(Account, null))).Finding);

    [Fact]
    public void A_statement_that_left_the_article_is_gone()
    {
        var drift = Assert.Single(Compare(Account, new(Account, null), Some.Head() with { Run = 2 }));
        Assert.Equal(("article", ReverificationFinding.Gone), (drift.What, drift.Finding));
        Assert.Equal([Some.Cost], drift.Removed);
    }

    [Theory]
    [InlineData(ArticleStage.Rejected)]
    [InlineData(ArticleStage.Failed)]
    public void A_run_that_was_never_read_says_nothing_about_the_statement(ArticleStage stage) =>
        Assert.Empty(Compare(Account, new(Account, null), Some.Head(stage) with { Run = 2 }));

    [Fact]
    public void A_long_difference_is_cut_but_counted()
    {
        var now = string.Join(". ", Enumerable.Range(1, 50).Select(i => $"Line {i} is new"));
        var drift = Assert.Single(Compare(Account, new(now, null)));
        Assert.Equal(Drift.MaxSentences, drift.Added.Count);
        Assert.Equal("3 sentences are gone and 50 are new.", drift.Message);
    }

    [Fact]
    public void A_file_that_was_archived_as_a_whole_and_can_be_read_by_now_is_unchanged()
    {
        Assert.Empty(Compare("File with SHA-256 aa.", new("Its text.", null, "File with SHA-256 aa.")));
        Assert.NotEmpty(Compare("File with SHA-256 aa.", new("Its text.", null, "File with SHA-256 bb.")));
    }

    [Fact]
    public void Everything_that_changed_is_told()
    {
        var drifts = Reverifier.Compare(
            Some.Claim(),
            Some.Head() with
            {
                Run = 2,
            },
            [
                (Some.Evidence("https://a.example"), Account, new(null, "gone")),
                (Some.Evidence("https://b.example"), Account, new(Account, null)),
                (Some.Evidence("https://c.example"), Account, new("Else.", null)),
            ],
            SentencesOf
        );
        Assert.Equal(
            ["article", "https://a.example/", "https://c.example/"],
            drifts.Select(d => d.What == "article" ? d.What : d.Url!.ToString())
        );
    }

    [Fact]
    public void A_sentence_is_shown_whole_up_to_its_longest_and_cut_beyond()
    {
        var (longest, longer) = (
            new string('a', Drift.MaxSentenceLength),
            new string('b', Drift.MaxSentenceLength + 1)
        );
        var drift = Assert.Single(Compare("It rained.", new($"{longest}. {longer}.", null)));
        Assert.Equal([longest, $"{longer[..^2]}…"], drift.Added);
    }

    private static IReadOnlyList<Drift> Compare(string? archived, EvidenceLook now, CaseHead? head = null) =>
        Reverifier.Compare(Some.Claim(), head ?? Some.Head(), [(Some.Evidence(), archived, now)], SentencesOf);

    private static string[] SentencesOf(string text) =>
        text.Split(['.', '!'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
