using System.Net;
using System.Text.Json.Nodes;
using Xunit;

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

    [Fact]
    public async Task The_same_file_again_does_nothing()
    {
        var article = await _desk.DropAsync("ferry-same.txt", Texts.Ferry);

        _desk.Data.Drop("ferry-same.txt", Texts.Ferry);
        await _desk.DropAsync("ferry-after-same.txt", Texts.Ferry); // the event of the first is through by then

        var editor = await _desk.EditorAsync();
        var again = await Desk.FindAsync(editor, "ferry-same.txt");
        Assert.Equal(1, again!["article"]!.Number("run"));
        Assert.Equal(TasksOf(article), TasksOf(again));
        Assert.Equal(["arrived", "selected"], await _desk.AuditAsync(again["article"]!.Text("id")));
    }

    [Fact]
    public async Task A_revision_asks_about_what_changed_and_about_nothing_else()
    {
        var before = await _desk.DropAsync("ferry-revised.txt", Texts.Ferry);
        var after = await _desk.DropAsync("ferry-revised.txt", Texts.FerryRevised, run: 2);

        var changed = Assert.Single(Desk.OpenTasks(after), t => Says(t, "€5.1 million"));
        Assert.Equal("Changed", changed.Text("origin"));
        Assert.Equal("Superseded", TaskOn(after, "€4.6 million").Text("state"));
        Assert.Equal("Superseded", TaskOn(after, "a loan of €9 million").Text("state"));
        var kept = Desk.OpenTasks(before)
            .Where(t => !Says(t, "€4.6 million") && !Says(t, "a loan of €9 million"))
            .Select(t => t.Text("id"))
            .ToList();
        Assert.InRange(kept.Count, 2, 6);
        Assert.Equal(
            kept.Order(StringComparer.Ordinal),
            Desk.OpenTasks(after)
                .Where(t => t.Text("origin") != "Changed")
                .Select(t => t.Text("id"))
                .Order(StringComparer.Ordinal)
        );

        var reviewer = await _desk.ReviewerAsync();
        var queue = (await reviewer.GetAsync($"api/tasks?article={after["article"]!.Text("id")}&state=Open")).Json.List(
            "items"
        );
        Assert.Equal(TasksOf(after, "Open"), queue.Select(t => t.Text("id")).Order(StringComparer.Ordinal));
        var replaced = (await reviewer.GetAsync($"api/tasks/{changed.Text("id")}")).Json["statement"]!;
        Assert.Contains("€4.6 million", replaced.Text("replaces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_outlives_a_revision_that_leaves_its_statement_alone()
    {
        var before = await _desk.DropAsync("ferry-decided.txt", Texts.Ferry);
        var task = TaskOn(before, "182,000 passengers").Text("id");
        Assert.Equal(HttpStatusCode.OK, (await Desk.DecideAsync(await _desk.ReviewerAsync(), task)).Status);

        var after = await _desk.DropAsync("ferry-decided.txt", Texts.FerryRevised, run: 2);

        Assert.Equal("Decided", after.List("tasks").Single(t => t.Text("id") == task).Text("state"));
    }

    [Fact]
    public async Task The_first_text_again_is_a_new_run_that_asks_again_what_was_closed()
    {
        var first = await _desk.DropAsync("ferry-back.txt", Texts.Ferry);
        await _desk.DropAsync("ferry-back.txt", Texts.FerryRevised, run: 2);
        var third = await _desk.DropAsync("ferry-back.txt", Texts.Ferry, run: 3);

        Assert.Equal(StatementsOf(first), StatementsOf(third));
        Assert.EndsWith(
            ".2",
            Desk.OpenTasks(third).Single(t => Says(t, "€4.6 million")).Text("id"),
            StringComparison.Ordinal
        );
        Assert.Equal(3, (await _desk.AuditAsync(third["article"]!.Text("id"))).Count(what => what == "arrived"));
    }

    [Fact]
    public async Task What_lies_beside_a_file_is_known_of_it()
    {
        _desk.Data.Drop(
            "own-copy.txt.meta.json",
            """{ "outlet": "The Ostmoor Courier", "sourceUrl": "https://example.org/quay", "published": "2025-05-04", "purpose": "OwnCopy" }"""
        );
        var article = await _desk.DropAsync("own-copy.txt", Texts.Short);

        Assert.Equal("The Ostmoor Courier", article["meta"]!.Text("outlet"));
        Assert.Equal("https://example.org/quay", article["meta"]!.Text("sourceUrl"));
        Assert.Equal("2025-05-04", article["meta"]!.Text("published"));
        await Desk.DecideAllAsync(await _desk.ReviewerAsync(), article);
        var refused = await (await _desk.EditorAsync()).PostAsync(
            $"api/articles/{article["article"]!.Text("id")}/publication",
            new { }
        );
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("own copy", refused.Json.Text("detail"), StringComparison.Ordinal);
    }

    private static bool Says(JsonNode task, string words) =>
        task.Text("text").Contains(words, StringComparison.Ordinal);

    private static JsonNode TaskOn(JsonNode article, string words) => article.List("tasks").First(t => Says(t, words));

    private static IReadOnlyList<string> TasksOf(JsonNode article, string? state = null) =>
        [
            .. article
                .List("tasks")
                .Where(t => state is null || t.Text("state") == state)
                .Select(t => t.Text("id"))
                .Order(StringComparer.Ordinal),
        ];

    private static IReadOnlyList<string> StatementsOf(JsonNode article) =>
        [.. Desk.OpenTasks(article).Select(t => t.Text("statementId")).Order(StringComparer.Ordinal)];
}
