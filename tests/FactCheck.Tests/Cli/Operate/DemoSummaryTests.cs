using FactCheck.Cli.Operate;

namespace FactCheck.Tests.Cli.Operate;

/// <summary>What a demo prints: one screen, however much was found.</summary>
public sealed class DemoSummaryTests
{
    private const int Screen = 34;

    [Theory, InlineData(0), InlineData(1), InlineData(14), InlineData(500)]
    public void It_fits_on_a_screen(int count)
    {
        var lines = DemoSummary
            .Short([.. Enumerable.Range(1, count).Select(i => Article($"article-{i}.md", 40))], 100)
            .ToList();

        Assert.True(lines.Count <= Screen, $"{lines.Count} lines");
        Assert.All(lines, line => Assert.True(line.Length <= 100, line));
    }

    [Fact]
    public void Each_article_has_a_line_with_its_counts_and_the_first_ones_their_most_check_worthy_statements()
    {
        var lines = DemoSummary.Short([Article("a.md", 4), Article("much-longer.md", 1)], 100).ToList();

        Assert.Equal("  a.md              2 quotes   2 claims   4 for review", lines[0]);
        Assert.Equal("  much-longer.md    0 quotes   1 claims   1 for review", lines[1]);
        Assert.Equal("Most worth checking in a.md, \"Title of a.md\":", lines[3]);
        Assert.Equal("  0.40 quote Ana Kral: Statement 4 of a.md", lines[4]);
        Assert.Equal("             why: A number (412)", lines[5]);
        Assert.Equal(
            ["  0.30 claim –: Statement 3 of a.md", "  0.20 quote Ana Kral: Statement 2 of a.md"],
            lines[6..8]
        );
        Assert.DoesNotContain(lines, line => line.Contains("Statement 1 of a.md", StringComparison.Ordinal));
    }

    [Fact]
    public void What_could_not_be_checked_says_why_and_is_counted_among_the_rest()
    {
        var rejected = new DemoArticle(
            Summary("sheet.md") with
            {
                Stage = ArticleStage.Rejected,
                Rejection = new(RejectionReason.Unsupported, "This is an Excel workbook."),
            },
            []
        );
        var failed = new DemoArticle(
            Summary("broken.md") with
            {
                Stage = ArticleStage.Failed,
                Failure = "The disk is full.",
            },
            []
        );

        Assert.Equal(
            ["  sheet.md   rejected: This is an Excel workbook.", "  broken.md  failed: The disk is full."],
            DemoSummary.Short([rejected, failed], 100)
        );
        var many = DemoSummary.Short([.. Enumerable.Range(0, 20).Select(i => Article($"{i}.md", 2)), rejected], 100);
        Assert.Contains("  … and 7 more: 6 quotes, 6 claims, 12 for review; 1 could not be checked", many);
    }

    [Fact]
    public void In_full_every_chosen_statement_has_its_reasons_and_the_best_quotes_that_were_not_chosen_follow()
    {
        var article = Article("a.md", 4);
        var candidate = article.Statements[1] with { TaskId = null, Score = 0.19, Text = "A candidate" };

        var lines = DemoSummary.Full(article with { Statements = [.. article.Statements, candidate] }).ToList();

        Assert.Equal("Title of a.md (Reviewing): 3 quotes, 2 claims, 4 chosen for review", lines[1]);
        Assert.Equal(4, lines.Count(line => line.StartsWith("             why: ", StringComparison.Ordinal)));
        Assert.Equal(["  also quoted, left as candidates:", "  0.19 Ana Kral: A candidate"], lines[^2..]);
    }

    private static DemoArticle Article(string name, int statements) =>
        new(Summary(name), [.. Enumerable.Range(1, statements).Select(i => Statement($"Statement {i} of {name}", i))]);

    private static ArticleSummary Summary(string name) =>
        new(
            "id",
            name,
            $"Title of {name}",
            null,
            Purpose.ThirdParty,
            ArticleStage.Reviewing,
            1,
            0,
            0,
            0,
            null,
            null,
            0,
            false,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch,
            null,
            null,
            null
        );

    private static StatementView Statement(string text, int i) =>
        new(
            $"id.{i}",
            i % 2 == 0 ? StatementKind.Quote : StatementKind.Claim,
            text,
            i % 2 == 0 ? "Ana Kral" : null,
            null,
            1,
            null,
            null,
            i / 10.0,
            [new("number", 0.9, "412")],
            [],
            [],
            null,
            null,
            $"task-{i}",
            null,
            null,
            null,
            null,
            null,
            null
        );
}
