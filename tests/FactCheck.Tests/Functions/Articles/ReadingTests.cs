using FactCheck.Functions.Cases;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Articles;

/// <summary>What an article says of its reading, and reading it otherwise.</summary>
public sealed class ReadingTests
{
    private const string Page = """
        <!doctype html><html lang=en><body><nav><p>The archive holds 4,100 reports since 1990, says the desk.</p></nav>
        <article><h1>Toll rises</h1><p>The toll for the Orsel bridge rose to 3.50 euros in May, the agency said on Monday.</p>
        <p>The agency expects 12 million crossings this year, 300,000 more than in the year before, it said.</p></article>
        """;

    [Fact]
    public async Task An_article_shows_how_it_was_read()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("toll.html", Page);

        var receipt = (await DetailAsync(desk, article)).Receipt!;
        Assert.Equal(
            ("Toll rises", FactSource.Headline),
            receipt.Facts.Where(f => f.Fact == ArticleFact.Title).Select(f => (f.Value, f.Source)).Single()
        );
        Assert.Contains(receipt.LeftOut, part => part is { Kind: LeftOutKind.Navigation, Size.Words: 10 });
    }

    [Fact]
    public async Task A_text_that_an_older_release_read_has_no_receipt()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("toll.html", Page);
        var files = desk.Host.Services.GetRequiredService<RunFiles>();
        var text = await files.TextAsync(new(article, 1), CancellationToken.None);
        await files.WriteAsync(new(article, 1), text with { Receipt = null }, CancellationToken.None);

        var detail = await DetailAsync(desk, article);
        Assert.Equal((text.Text, null), (detail.Text, detail.Receipt));
    }

    [Theory]
    [InlineData("toll.txt", "Good morning, everybody.", "no claim and no quote")]
    [InlineData("toll.html", "<html><p>The toll rose to 3.50 euros in May, said Ana Kral.</p>", "11 words")]
    public async Task Where_little_was_read_the_article_and_the_list_say_so(string name, string text, string words)
    {
        await using var desk = await DeskHost.StartAsync();
        var padding = name.EndsWith(".html", StringComparison.Ordinal) ? $"<!-- {new string('x', 40_000)} -->" : "";
        var article = await desk.DropAsync(name, text + padding);

        var (_, list, _) = await desk.GetAsync<ListOf<ArticleSummary>>(Role.Reviewer, "api/articles");
        Assert.Contains(words, Assert.Single(list!.Items).LittleRead, StringComparison.Ordinal);
        await desk.DropAsync(name, RiverText.A);
        Assert.Null((await DetailAsync(desk, article)).Article.LittleRead);
    }

    [Fact]
    public async Task Read_otherwise_it_is_checked_again_and_asked_twice_it_is_once()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("toll.html", Page);
        var wanted = new NewReading(true, " Toll of the bridge rises ", "2025-11-19", "Orsel Post", "EN");

        Assert.Equal(202, (await AskAsync<ArticleSummary>(desk, article, wanted)).Status);
        Assert.Equal(202, (await AskAsync<ArticleSummary>(desk, article, wanted)).Status);

        var detail = await DetailAsync(desk, article);
        Assert.Equal(2, detail.Article.Run);
        Assert.Contains("4,100 reports", detail.Text, StringComparison.Ordinal);
        Assert.Equal(
            ("Toll of the bridge rises", new DateOnly(2025, 11, 19), "Orsel Post", "en"),
            (detail.Meta.Title, detail.Meta.Published, detail.Meta.Outlet, detail.Meta.Language)
        );
        Assert.Equal(
            new ReadingOptions(true, "Toll of the bridge rises", new(2025, 11, 19), "Orsel Post", "en"),
            detail.Receipt!.Asked
        );
        Assert.Single(await desk.AuditAsync(article), what => what == "read otherwise");
    }

    [Fact]
    public async Task What_is_wanted_holds_for_later_versions_until_it_is_wanted_otherwise()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("toll.html", Page);
        await AskAsync<ArticleSummary>(desk, article, new(Title: "The desk's title"));

        await desk.DropAsync("toll.html", Page); // the same bytes
        Assert.Equal(2, (await desk.HeadAsync(article)).Run);
        await desk.DropAsync("toll.html", Page.Replace("3.50", "3.80", StringComparison.Ordinal));
        var later = await desk.HeadAsync(article);
        Assert.Equal((3, "The desk's title"), (later.Run, later.Meta.Title));

        await AskAsync<ArticleSummary>(desk, article, new());
        var last = await desk.HeadAsync(article);
        Assert.Equal((4, "Toll rises"), (last.Run, last.Meta.Title));
    }

    [Fact]
    public async Task What_is_wrong_is_told_beside_its_field()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("toll.html", Page);
        var wanted = new NewReading(false, new string('x', 301), "19/11/2025", new string('x', 201), "English");

        var (status, problem) = await AskAsync<Problem>(desk, article, wanted);

        Assert.Equal(422, status);
        Assert.Equal(["language", "outlet", "published", "title"], problem!.Errors!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, (await desk.HeadAsync(article)).Run);
        Assert.Equal(404, (await AskAsync<Problem>(desk, new string('a', 26), new(true))).Status);
    }

    [Fact]
    public async Task A_submitter_does_not_say_how_it_is_read()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = ArticleKey.Of("articles", "toll.html");
        await desk.UploadAsync("toll.html", Page, "submitter");

        Assert.Equal(403, (await AskAsync<Problem>(desk, article, new(true), Role.Submitter)).Status);
        Assert.Equal(1, (await desk.HeadAsync(article)).Run);
    }

    private static async Task<ArticleDetail> DetailAsync(DeskHost desk, string article) =>
        (await desk.GetAsync<ArticleDetail>(Role.Reviewer, $"api/articles/{article}")).Body!;

    private static async Task<(int Status, T? Body)> AskAsync<T>(
        DeskHost desk,
        string article,
        NewReading wanted,
        Role role = Role.Reviewer
    )
    {
        var path = $"api/articles/{article}/reading";
        var (status, body, _) = await desk.SendAsync<T>(role, HttpMethod.Post, path, wanted);
        await desk.Host.WhenIdleAsync();
        return (status, body);
    }
}
