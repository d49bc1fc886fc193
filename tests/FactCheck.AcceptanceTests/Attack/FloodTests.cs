namespace FactCheck.AcceptanceTests.Attack;

/// <summary>Files that once kept a desk from its work, and filled its disk.</summary>
public sealed class FloodTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const int Kilobytes = 190;

    // Of all of them, with the log that is folded in later.
    private const long MostBytes = 48 * 1024 * 1024;

    private readonly Desk _desk = shared.Desk;

    [Theory]
    [InlineData("said.txt", "said ")]
    [InlineData("said-it.txt", "Ann Berg said it cost 3 euros. ")]
    [InlineData("quotes.txt", "“Yes,” said Ann Berg. ")]
    public async Task An_article_of_nothing_but_speech_has_so_many_statements_and_says_what_was_left_out(
        string name,
        string words
    )
    {
        var flood = string.Concat(Enumerable.Repeat(words, Kilobytes * 1024 / words.Length));
        await _desk.HandInAsync(name, System.Text.Encoding.UTF8.GetBytes(flood));
        var good = await _desk.DropAsync($"beside-{name}", Texts.Ferry);

        Assert.NotEmpty(Desk.OpenTasks(good));
        var article = (await _desk.UntilAsync(name, found => found.Text("stage") is "Reviewing" or "Ready"))[
            "article"
        ]!;
        Assert.InRange(article.Number("statements"), 0, 2_000);
        Assert.True(article.Number("statements") < 2_000 || article.Number("leftOut") > 0, article.ToString());
        Assert.InRange(
            new DirectoryInfo(_desk.Data.Path).EnumerateFiles("desk.db*").Sum(file => file.Length),
            1,
            MostBytes
        );
    }
}
