namespace FactCheck.AcceptanceTests;

/// <summary>Articles that are put into the data folder, and their revisions.</summary>
public sealed class DroppedFileTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private readonly Desk _desk = shared.Desk;

    [Fact]
    public async Task A_dropped_file_has_tasks_that_say_who_said_what()
    {
        var article = await _desk.DropAsync("ferry-tasks.txt", Texts.Ferry);

        Assert.Equal("Ferry line to the islands to close", article["article"]!.Text("title"));
        var tasks = Desk.OpenTasks(article);
        Assert.InRange(tasks.Count, 4, 8);
        Assert.Contains(
            tasks,
            t => t.Text("kind") == "Claim" && t.Text("text").Contains("182,000 passengers", StringComparison.Ordinal)
        );
        Assert.Contains(tasks, t => t.Text("kind") == "Quote" && (string?)t["speaker"] == "Iveta Brandsma");
        Assert.Equal(["arrived", "selected"], await _desk.AuditAsync(article["article"]!.Text("id")));
    }

    [Theory]
    [InlineData(
        "school-meals.docx",
        "Free school meals reach two in three pupils in Ellersund",
        "Marit Sandbakk, education correspondent",
        "2026-02-12"
    )]
    [InlineData(
        "tram-extension.pdf",
        "Tram to Kestrel Hill late and €58 million dearer",
        "Ottoline Brandt",
        "2026-03-02"
    )]
    public async Task A_document_is_checked_under_its_own_title(
        string name,
        string title,
        string byline,
        string published
    )
    {
        _desk.Data.Drop(name, Texts.Seed($"articles/{name}"));
        var article = await _desk.UntilAsync(name, found => found.Text("stage") == "Reviewing");

        Assert.Equal(
            [title, byline, published],
            [article["meta"]!.Text("title"), article["meta"]!.Text("byline"), article["meta"]!.Text("published")]
        );
        Assert.Equal(8, Desk.OpenTasks(article).Count);
        Assert.DoesNotContain("Page ", article.Text("text"), StringComparison.Ordinal);
        Assert.DoesNotContain("almost all", article.Text("text"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("housing-committee.vtt", "612 families", "Graziella Farrugia")]
    [InlineData("harbour-interview.srt", "41 ships", "BRANDSMA")]
    public async Task What_was_said_keeps_its_time_up_to_the_published_report(string name, string words, string speaker)
    {
        _desk.Data.Drop(name, Texts.Seed($"articles/{name}"));
        var article = await _desk.UntilAsync(name, found => found.Text("stage") == "Reviewing");
        var id = article["article"]!.Text("id");
        var statements = (await (await _desk.EditorAsync()).GetAsync($"api/articles/{id}/statements")).Json.List(
            "items"
        );
        var said = Assert.Single(
            statements,
            s => s.Text("kind") == "Quote" && s.Text("text").Contains(words, StringComparison.Ordinal)
        );
        Assert.Equal(speaker, said.Text("speaker"));
        Assert.Matches("^00:0[01]:[0-5][0-9]$", said.Text("at"));
        var task = (
            await (await _desk.ReviewerAsync()).GetAsync($"api/tasks/{Desk.OpenTasks(article)[0].Text("id")}")
        ).Json;
        Assert.Matches("^00:0[01]:[0-5][0-9]$", task["statement"]!.Text("at"));

        await Desk.DecideAllAsync(await _desk.ReviewerAsync(), article);
        await _desk.PublishAsync(name);
        var report = await _desk.Anybody.GetAsync($"reports/{id}");
        Assert.Contains(
            $"<p class=\"about\">At {task["statement"]!.Text("at")}</p>",
            report.Text,
            StringComparison.Ordinal
        );
        Assert.All(
            (await _desk.Anybody.GetAsync($"reports/{id}.json")).Json.List("verdicts"),
            v => Assert.Matches("^00:0[01]:[0-5][0-9]$", v.Text("at"))
        );
    }
}
