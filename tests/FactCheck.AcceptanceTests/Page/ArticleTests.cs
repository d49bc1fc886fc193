using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

/// <summary>Articles: handing in, statements, publication.</summary>
public sealed class ArticleTests(PageDesk shared) : IClassFixture<PageDesk>
{
    private const string Attack = "<img src=x onerror=alert(1)>";
    private const string Escape = "</script><script>alert(2)</script>";

    private HostedDesk Desk => shared.Desk;

    [Fact]
    public async Task An_article_that_is_uploaded_shows_up_and_is_read()
    {
        await using var visit = await shared.VisitAsync(await Desk.SubmitterAsync());
        await visit.Expect("#main h1").ToHaveTextAsync("Articles");
        await visit.Expect("#nav a").ToHaveCountAsync(1);

        await visit.Find("#upload").ClickAsync();
        await visit.Expect("#upload-results").ToHaveTextAsync("Choose a file first.");
        await visit
            .Find("#file")
            .SetInputFilesAsync(
                (FilePayload[])
                    [
                        new()
                        {
                            Name = "by-hand.txt",
                            MimeType = "text/plain",
                            Buffer = System.Text.Encoding.UTF8.GetBytes(Texts.Short),
                        },
                        new()
                        {
                            Name = "photo.jpg",
                            MimeType = "image/jpeg",
                            Buffer = [1, 2, 3],
                        },
                    ]
            );
        await visit.Find("#upload").ClickAsync();

        await visit.Expect("#upload-results").ToContainTextAsync("by-hand.txt: received.");
        await visit.Expect("#upload-results p >> nth=1").ToContainTextAsync("photo.jpg:");
        await visit.Expect("#upload-results p >> nth=1").Not.ToContainTextAsync("received");
        var item = visit.Find("#articles > li").Filter(new() { HasText = "by-hand.txt" });
        await Assertions.Expect(item).ToContainTextAsync("In review");
        await item.Locator("h2 a").ClickAsync();
        await visit.Expect("#article-stage").ToHaveTextAsync("In review");
        await visit.Expect("#article-text mark.is-task").ToContainTextAsync("€3.4 million");
        await visit.Expect(".promote").ToHaveCountAsync(0);
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_recording_shows_when_each_statement_is_said()
    {
        await Desk.HandInAsync("housing-committee.vtt", Texts.Seed("articles/housing-committee.vtt"));
        var article = await Desk.UntilAsync("housing-committee.vtt", found => found.Text("stage") == "Reviewing");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/article/{IdOf(article)}");

        var said = visit.Find(".statement-item").Filter(new() { HasText = "at 00:00:56", Has = visit.Find("a") }).First;
        await Assertions.Expect(said).ToContainTextAsync("Graziella Farrugia");
        await said.Locator("a", new() { HasText = "Open the task" }).ClickAsync();
        await visit.Expect(".facts >> nth=0").ToContainTextAsync("at 00:00:56");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task An_article_says_how_it_was_read_and_is_read_otherwise()
    {
        var article = await Desk.DropAsync("read-otherwise.txt", Texts.Short);
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/article/{IdOf(article)}");

        await visit.Find("#how-read > summary").ClickAsync();
        await visit.Expect("#receipt").ToContainTextAsync("the first lines of the text");
        await visit.Find("#reading-otherwise > summary").ClickAsync();
        await visit.Find("#reading-language").FillAsync("English");
        await visit.Find("#read-otherwise").ClickAsync();
        await visit.Expect("#reading-language-error").ToContainTextAsync("two-letter");

        await visit.Find("#reading-language").FillAsync("en");
        await visit.Find("#reading-title").FillAsync("The desk's own title");
        await visit.Find("#read-otherwise").ClickAsync();
        await visit.Expect("#article-head h1").ToHaveTextAsync("The desk's own title");
        await visit.Expect("#receipt").ToContainTextAsync("said by the desk");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task An_editor_publishes_when_everything_is_decided_and_the_report_opens_with_its_verdict()
    {
        var article = await Desk.DropAsync("published.txt", Texts.Short);
        await using var visit = await shared.VisitAsync(await Desk.EditorAsync(), $"#/article/{IdOf(article)}");
        await visit.Expect("#obstacle").ToContainTextAsync("It can’t be published now.");
        await visit.Expect("#publish").ToBeDisabledAsync();

        await HostedDesk.DecideAllAsync(await Desk.ReviewerAsync(), article);

        await visit.Expect("#obstacle").ToHaveTextAsync("It can be published.");
        await visit.Expect("#article-stage").ToHaveTextAsync("Ready to publish");
        await visit.Find("#publish").ClickAsync();
        await Assertions.Expect(visit.Status).ToContainTextAsync("It is being published.");
        await visit.Expect("#article-stage").ToHaveTextAsync("Published, version 1");
        var report = await visit.Page.RunAndWaitForPopupAsync(() =>
            visit.Find("#article-head a").Filter(new() { HasText = "Read the published fact check" }).ClickAsync()
        );

        await Assertions.Expect(report.Locator("h1")).ToHaveTextAsync("Quay wall gives way");
        await Assertions.Expect(report.Locator(".verdict h2")).ToContainTextAsync("€3.4 million");
        await Assertions.Expect(report.Locator(".verdict .rating strong")).ToHaveTextAsync("Unproven");
        await visit.Expect("#publications").ToContainTextAsync("Version 1 by Edda");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task What_closed_an_article_is_said_on_its_page_and_an_editor_answers_it_there()
    {
        await Desk.HandInAsync("closed.txt.meta.json", "{\"purpose\":\"OwnCopy\""u8.ToArray());
        var article = await Desk.DropAsync("closed.txt", Texts.Short);
        await HostedDesk.DecideAllAsync(await Desk.ReviewerAsync(), article);
        await using var visit = await shared.VisitAsync(await Desk.EditorAsync(), $"#/article/{IdOf(article)}");
        await visit.Expect("#purpose-problem").ToContainTextAsync("can't be read");
        await visit.Expect("#obstacle").ToContainTextAsync("never public");

        await visit.Find("#changing-purpose summary").ClickAsync();
        await visit.Find("#purpose").SelectOptionAsync("ThirdParty");
        await visit.Find("#change-purpose").ClickAsync();
        await visit.Expect("#purpose-why-error").ToHaveTextAsync("Say how it is known.");
        await visit.Find("#purpose-why").FillAsync("It is in print since Monday.");
        await visit.Find("#change-purpose").ClickAsync();

        await Assertions.Expect(visit.Status).ToContainTextAsync("It is changed.");
        await visit.Expect("#purpose-problem").ToBeHiddenAsync();
        await visit.Expect("#obstacle").ToHaveTextAsync("It can be published.");
    }

    [Fact]
    public async Task A_reviewer_cannot_publish()
    {
        var article = await Desk.DropAsync("not-mine.txt", Texts.Short);
        await HostedDesk.DecideAllAsync(await Desk.ReviewerAsync(), article);
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/article/{IdOf(article)}");

        await visit.Expect("#obstacle").ToHaveTextAsync("An editor can publish it.");
        await visit.Expect("#publish").ToHaveCountAsync(0);
        await visit.Expect("#retract").ToHaveCountAsync(0);
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_candidate_becomes_a_task()
    {
        await Desk.HandInAsync("candidates.md", Texts.Seed("articles/city-budget.md"));
        var article = await Desk.UntilAsync("candidates.md", found => found.Text("stage") == "Reviewing");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/article/{IdOf(article)}");
        var candidate = visit.Find("#statements > li").Filter(new() { Has = visit.Find(".promote") }).First;
        var (id, words) = (
            await candidate.GetAttributeAsync("data-statement"),
            await candidate.Locator(".words").TextContentAsync()
        );
        await Assertions
            .Expect(visit.Find($"#article-text mark.is-candidate[data-statements~='{id}']").First)
            .ToBeVisibleAsync();

        await candidate.Locator(".promote").ClickAsync();

        await visit.Expect($"[data-statement='{id}'] .kicker").ToContainTextAsync("Task: open");
        await visit.Expect($"[data-statement='{id}']").ToBeFocusedAsync();
        await Assertions
            .Expect(visit.Find($"#article-text mark.is-task[data-statements~='{id}']").First)
            .ToBeVisibleAsync();
        await visit.Find("#status a").ClickAsync();
        await visit.Expect("#statement").ToHaveTextAsync(words!);
        await visit.Expect("#why").ToContainTextAsync("Somebody promoted it from the candidates.");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_statement_that_was_missed_is_added_from_a_selection()
    {
        var article = await Desk.DropAsync(
            "missed.txt",
            Texts.Short.Replace("The harbour", "It is late.\n\nThe harbour", StringComparison.Ordinal)
        );
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/article/{IdOf(article)}");

        await visit.Find("#add-statement").ClickAsync();
        await visit.Expect("#new-span-error").ToHaveTextAsync("Say which words.");
        await visit.Expect("#new-span").ToBeFocusedAsync();
        await visit.Find("#article-text p").First.SelectTextAsync();
        await visit.Find("#new-span-take").ClickAsync();
        await visit.Expect("#new-span").ToHaveValueAsync("It is late.");
        await visit.Expect("#new-span-where").ToHaveTextAsync("Found in paragraph 1.");
        await visit.Find("#new-kind-Claim").CheckAsync();
        await visit.Find("#add-statement").ClickAsync();

        await Assertions.Expect(visit.Status).ToContainTextAsync("A task was opened for it.");
        await Assertions.Expect(visit.Find("#statements > li").First).ToContainTextAsync("Added by Rasmus");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Hostile_words_stay_words_wherever_they_are_shown()
    {
        var article = await Desk.DropAsync(
            "hostile.md",
            $"""
            ---
            title: "Port {Attack} {Escape} is safe"
            author: "{Attack}"
            outlet: "{Escape}"
            source: "javascript:alert(3)"
            ---

            The port of Ostmoor spent €3.4 million on `{Attack}` and `{Escape}` walls in 2021.

            """
        );
        var (reviewer, editor) = (await Desk.ReviewerAsync(), await Desk.EditorAsync());
        var text = article.Text("text");
        Assert.Contains(Attack, text, StringComparison.Ordinal);
        var span = new
        {
            start = text.IndexOf("€3.4 million", StringComparison.Ordinal),
            length = text.IndexOf("walls", StringComparison.Ordinal)
                - text.IndexOf("€3.4 million", StringComparison.Ordinal),
        };
        var added = await reviewer.PostAsync(
            $"api/articles/{IdOf(article)}/statements",
            new
            {
                kind = "Quote",
                span,
                speaker = $"Eve {Attack} {Escape}",
            }
        );
        Assert.True(added.Status == System.Net.HttpStatusCode.Created, added.ToString());
        await using var visit = await shared.VisitAsync(editor, "#/queue");

        await Assertions
            .Expect(visit.Find($"[data-task='{added.Json.Text("id")}']"))
            .ToContainTextAsync($"Said by Eve {Attack} {Escape}");
        await AssertOnlyWordsAsync(visit.Page);
        await visit.GoAsync($"#/task/{added.Json.Text("id")}");
        await visit.Expect("#task-head").ToContainTextAsync($"Eve {Attack} {Escape}");
        await visit.Expect("#article-title").ToContainTextAsync(Escape);
        await visit.Expect("#article-text mark.asked").ToContainTextAsync(Attack);
        await AssertOnlyWordsAsync(visit.Page);
        await visit.GoAsync("#/articles");
        await visit.Expect("#articles").ToContainTextAsync($"Port {Attack} {Escape} is safe");
        await AssertOnlyWordsAsync(visit.Page);
        await visit.GoAsync($"#/article/{IdOf(article)}");
        await visit.Expect("#main h1").ToHaveTextAsync($"Port {Attack} {Escape} is safe");
        await visit.Expect("#statements").ToContainTextAsync($"Eve {Attack}");
        await AssertOnlyWordsAsync(visit.Page);

        await HostedDesk.DecideAllAsync(reviewer, (await HostedDesk.FindAsync(editor, "hostile.md"))!);
        await Desk.PublishAsync("hostile.md");
        await visit.GoAsync($"reports/{IdOf(article)}");
        await visit.Expect("h1").ToHaveTextAsync($"Port {Attack} {Escape} is safe");
        await visit.Expect("article.verdict .speaker").ToContainTextAsync($"Eve {Attack} {Escape}");
        await AssertOnlyWordsAsync(visit.Page);
        visit.AssertQuiet();
    }

    private static string IdOf(JsonNode article) => article["article"]!.Text("id");

    private static async Task AssertOnlyWordsAsync(IPage page)
    {
        await Assertions.Expect(page.Locator("body img")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("body script")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("a[href^='javascript:']")).ToHaveCountAsync(0);
    }
}
