using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

/// <summary>The queue and one task: what a reviewer sees, types and sends.</summary>
public sealed class ReviewTests(PageDesk shared) : IClassFixture<PageDesk>
{
    // Letters outside ASCII, a letter with a combining mark, and signs that take two UTF-16 units, before and inside
    // what is marked.
    private const string Acute = "\u0301";
    private const string Worldly = $"""
        Šumava’s 🚋 tram: Đurđa Übelacker’s plan

        In 2024 🚋🚋 the tram of Ústí carried 412,000 people, 12 percent more than in 2019, say Cafe{Acute} owners.

        “The 🚋 costs €9 million a year and carries 1,100 people a day,” said Đurđa Übelacker, the mayor of Ústí.

        The 🏗️ tunnel under Čapkova Street cost €31 million in 2023.

        """;

    private HostedDesk Desk => shared.Desk;

    [Fact]
    public async Task The_queue_shows_the_most_urgent_task_first()
    {
        await Desk.DropAsync("urgent-1.txt", Texts.Ferry);
        await Desk.DropAsync("urgent-2.txt", Texts.Short);
        var reviewer = await Desk.ReviewerAsync();
        await using var visit = await shared.VisitAsync(reviewer);
        await visit.Expect("#main h1").ToHaveTextAsync("Queue");

        var known = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var name in (string[])["urgent-1.txt", "urgent-2.txt"])
        foreach (var task in (await HostedDesk.FindAsync(reviewer, name))!.List("tasks"))
            known[task.Text("id")] = task;
        while (await visit.Find("#load-more").IsVisibleAsync())
        {
            var shown = await visit.Find("#tasks > li").CountAsync();
            await visit.Find("#load-more").ClickAsync();
            await Assertions.Expect(visit.Find("#tasks > li").Nth(shown)).ToBeVisibleAsync();
        }

        var order = (
            await visit.Find("#tasks > li").EvaluateAllAsync<string[]>("items => items.map(item => item.dataset.task)")
        )
            .Where(known.ContainsKey)
            .ToList();
        Assert.Equal(known.Count, order.Count);
        var urgency = order.Select(id => (-known[id].Number("priority"), known[id].Text("deadline"))).ToList();
        Assert.Equal(urgency.Order(), urgency);
        await Assertions
            .Expect(visit.Find($"[data-task='{order[0]}'] h2 a"))
            .ToHaveTextAsync(known[order[0]].Text("text"));
        visit.AssertQuiet();
    }

    [Fact]
    public async Task The_queue_can_be_narrowed_and_the_address_keeps_how()
    {
        var claim = await shared.OneTaskAsync("narrowed.txt");
        var filterer = await Desk.AsAsync("Finn", "Reviewer");
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await filterer.PutAsync($"api/tasks/{claim.Text("id")}/assignment", new { assignee = (string?)null })
            ).Status
        );
        await using var visit = await shared.VisitAsync(filterer);

        await visit.Find("#mine").CheckAsync();
        await visit.Expect("#tasks > li").ToHaveCountAsync(1);
        await visit.Expect("#tasks .assignee").ToHaveTextAsync("Assigned to Finn");
        await visit.Find("#kind").SelectOptionAsync("Quote");
        await visit.Expect("#queue-empty").ToContainTextAsync("No task matches");
        await Assertions.Expect(visit.Status).ToHaveTextAsync("No tasks match.");
        await visit.Page.ReloadAsync();
        await visit.Expect("#mine").ToBeCheckedAsync();
        await visit.Expect("#kind").ToHaveValueAsync("Quote");
        await visit.Expect("#queue-empty").ToBeVisibleAsync();
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_task_shows_its_statement_marked_in_its_article_and_what_is_known_about_it()
    {
        var quote = await shared.OneTaskAsync("marked.txt", "Quote");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), "#/queue");

        await visit.Find($"[data-task='{quote.Text("id")}'] h2 a").ClickAsync();

        await visit.Expect("#main h1").ToHaveTextAsync("Did they say it, in these words, in this sense?");
        await visit.Expect("#statement").ToHaveTextAsync(quote.Text("text"));
        await visit.Expect("#article-text mark.asked").ToHaveTextAsync(quote.Text("text"));
        await visit.Expect("#article-text mark.asked").ToBeInViewportAsync();
        await visit.Expect("#article-text").ToContainTextAsync("The council approved a loan of €9 million");
        await visit.Expect("#task-head").ToContainTextAsync("Iveta Brandsma");
        await visit.Expect("#why").ToContainTextAsync("picked as one of the statements most worth a check");
        await visit.Expect("#insights").ToContainTextAsync("Mood");
        await visit.Expect("#history").ToHaveCountAsync(0);
        await visit.Expect("dd:empty").ToHaveCountAsync(0);
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_mark_covers_its_words_in_a_text_with_letters_of_every_kind()
    {
        var worldly = await Desk.DropAsync("worldly.txt", Worldly);
        await Desk.HandInAsync("guardian.txt", Texts.Seed("articles/peace-guardian-2025.txt"));
        var guardian = await Desk.UntilAsync("guardian.txt", article => article.Text("stage") == "Reviewing");
        var reviewer = await Desk.ReviewerAsync();
        await using var visit = await shared.VisitAsync(reviewer);
        var tasks = HostedDesk
            .OpenTasks(worldly)
            .Concat(HostedDesk.OpenTasks(guardian).Take(3))
            .Select(task => task.Text("id"))
            .ToList();
        Assert.True(tasks.Count > 4, $"{tasks.Count} tasks");

        foreach (var task in tasks)
        {
            var detail = (await reviewer.GetAsync($"api/tasks/{task}")).Json;
            var (text, span) = (detail.Text("text"), detail["statement"]!["span"]!);
            var exact = text.Substring(span.Number("start"), span.Number("length"));
            await visit.GoAsync($"#/task/{task}");
            await visit.Expect("#statement").ToHaveTextAsync(detail["statement"]!.Text("text"));

            Assert.Equal(exact, string.Concat(await visit.Find("#article-text mark.asked").AllTextContentsAsync()));
            var before = await visit
                .Find("#article-text")
                .EvaluateAsync<string>(
                    "text => { const range = document.createRange(); range.setStart(text, 0); "
                        + "range.setEndBefore(text.querySelector('mark.asked')); return range.toString(); }"
                );
            Assert.Equal(
                text[..span.Number("start")].Replace("\n", "", StringComparison.Ordinal),
                before.Replace("\n", "", StringComparison.Ordinal)
            );
        }

        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_decision_that_lacks_something_puts_focus_there_and_keeps_what_was_typed()
    {
        var task = await shared.OneTaskAsync("lacking.txt");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/task/{task.Text("id")}");

        await visit.Find("#explanation").FillAsync("The port's own figures say so.");
        await visit.Find("#send-decision").ClickAsync();
        await visit.Expect("#decision-problem").ToContainTextAsync("Not sent: one field needs another look.");
        await visit.Expect("#rating-error").ToBeVisibleAsync();
        await visit.Expect("#rating input >> nth=0").ToBeFocusedAsync();

        await visit.Find("#rating-True").CheckAsync();
        await visit.Find("#send-decision").ClickAsync();
        await visit.Expect("#add-evidence-error").ToBeVisibleAsync();
        await visit.Expect("#add-evidence").ToBeFocusedAsync();
        await visit.Expect("#rating-error").ToBeHiddenAsync();

        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Expect("#evidence-1-url").ToBeFocusedAsync();
        await visit.Find("#evidence-1-url").FillAsync("javascript:alert(1)");
        await visit.Find("#evidence-1-title").FillAsync("Traffic report 2023");
        await visit.Find("#send-decision").ClickAsync();
        await visit.Expect("#evidence-1-url-error").ToBeVisibleAsync();
        await visit.Expect("#evidence-1-url").ToBeFocusedAsync();
        await visit.Expect("#evidence-1-url").ToHaveAttributeAsync("aria-invalid", "true");

        await visit.Page.ReloadAsync();
        await visit.Expect("#explanation").ToHaveValueAsync("The port's own figures say so.");
        await visit.Expect("#rating-True").ToBeCheckedAsync();
        await visit.Expect("#evidence-1-title").ToHaveValueAsync("Traffic report 2023");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_rating_with_its_explanation_and_evidence_is_sent_and_the_next_task_opens()
    {
        var reviewer = await Desk.ReviewerAsync();
        var task = await shared.OneTaskAsync("approved.txt");
        await using var visit = await shared.VisitAsync(reviewer, $"#/task/{task.Text("id")}");

        await visit.Find("#start-work").ClickAsync();
        await visit.Expect("#work").ToContainTextAsync("You work on it; others wait until");
        await visit.Find("#rating-MostlyTrue").CheckAsync();
        await visit.Find("#explanation").FillAsync("The figures agree but for a rounding.");
        await visit.Find("#add-evidence").ClickAsync();
        await visit.Find("#evidence-1-url").FillAsync("https://example.org/traffic-2023");
        await visit.Find("#evidence-1-title").FillAsync("Traffic report 2023");
        await visit.Find("#evidence-1-excerpt").FillAsync("182,014 passengers");
        await visit.Find("#evidence-1-stance").SelectOptionAsync("Supports");
        await visit.Find("#send-decision").ClickAsync();

        await Assertions.Expect(visit.Status).ToContainTextAsync("Here is the next task.");
        Assert.Contains("#/task/", visit.Page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(task.Text("id"), visit.Page.Url, StringComparison.Ordinal);
        await visit.Expect("#main h1").ToBeFocusedAsync();
        await visit.Expect("#explanation").ToHaveValueAsync("");
        var decision = await DecisionAsync(task.Text("id"));
        Assert.Equal(
            ("Approve", "MostlyTrue", "The figures agree but for a rounding."),
            (decision.Text("action"), decision.Text("rating"), decision.Text("explanation"))
        );
        var evidence = Assert.Single(decision.List("evidence"));
        Assert.Equal(
            ("https://example.org/traffic-2023", "Supports", "182,014 passengers"),
            (evidence.Text("url"), evidence.Text("stance"), evidence.Text("excerpt"))
        );

        await visit.GoAsync($"#/task/{task.Text("id")}");
        await visit.Expect("#history").ToContainTextAsync("Rasmus rated it as it stands");
        await visit.Expect("#decision-form").ToHaveCountAsync(0);
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_statement_can_be_changed_and_rated()
    {
        var task = await shared.OneTaskAsync("amended.txt");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/task/{task.Text("id")}");

        await visit.Find("#action-Amend").CheckAsync();
        await visit.Find("#text").FillAsync("The ferry carried 182,000 passengers in 2023.");
        await visit.Find("#speaker").FillAsync("the port of Ostmoor");
        await visit.Find("#span").FillAsync("carried 99 passengers");
        await visit.Expect("#span-where").ToHaveTextAsync("The article does not hold these words.");
        await visit.Find("#rating-Unproven").CheckAsync();
        await visit.Find("#explanation").FillAsync("No traffic report is public.");
        await visit.Find("#send-decision").ClickAsync();
        await visit.Expect("#span").ToBeFocusedAsync();
        await visit.Find("#span").FillAsync("carried 182,000 passengers in 2023");
        await visit.Expect("#span-where").ToHaveTextAsync("Found in paragraph 1.");
        await visit.Find("#send-decision").ClickAsync();

        await Assertions.Expect(visit.Status).ToContainTextAsync("Decided.");
        var detail = (await (await Desk.ReviewerAsync()).GetAsync($"api/tasks/{task.Text("id")}")).Json;
        var (statement, span) = (detail["statement"]!, detail["statement"]!["span"]!);
        Assert.Equal(
            ("The ferry carried 182,000 passengers in 2023.", "the port of Ostmoor"),
            (statement.Text("text"), statement.Text("speaker"))
        );
        Assert.Equal(
            "carried 182,000 passengers in 2023",
            detail.Text("text").Substring(span.Number("start"), span.Number("length"))
        );
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_statement_that_is_not_to_be_checked_is_set_aside_with_a_reason()
    {
        var task = await shared.OneTaskAsync("set-aside.txt", "Quote");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/task/{task.Text("id")}");

        await visit.Find("#action-Reject").CheckAsync();
        await visit.Expect("#rating").ToBeHiddenAsync();
        await visit.Find("#send-decision").ClickAsync();
        await visit.Expect("#reason-error").ToBeVisibleAsync();
        await visit.Expect("#reason input >> nth=0").ToBeFocusedAsync();
        await visit.Find("#reason-AlreadyChecked").CheckAsync();
        await visit.Expect("#already-checked-at").ToBeVisibleAsync();
        await visit.Find("#reason-NotWorthIt").CheckAsync();
        await visit.Expect("#already-checked-at").ToBeHiddenAsync();
        await visit.Find("#note").FillAsync("Small talk.");
        await visit.Find("#send-decision").ClickAsync();

        await Assertions.Expect(visit.Status).ToContainTextAsync("Decided.");
        var decision = await DecisionAsync(task.Text("id"));
        Assert.Equal(
            ("Reject", "NotWorthIt", "Small talk."),
            (decision.Text("action"), decision.Text("reason"), decision.Text("note"))
        );
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_task_that_somebody_else_holds_says_who_and_opens_when_it_is_free()
    {
        var id = (await shared.OneTaskAsync("held.txt")).Text("id");
        var other = await Desk.OtherReviewerAsync();
        Assert.Equal(HttpStatusCode.OK, (await other.PutAsync($"api/tasks/{id}/lease", null)).Status);
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/task/{id}");

        await visit.Expect("#work").ToContainTextAsync("Olga works on it until");
        await visit.Expect("#decision-form").ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.NoContent, (await other.DeleteAsync($"api/tasks/{id}/lease")).Status);

        await visit.Expect("#decision-form").ToBeVisibleAsync();
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Work_that_somebody_else_began_first_is_refused_by_name()
    {
        var id = (await shared.OneTaskAsync("begun.txt")).Text("id");
        var other = await Desk.OtherReviewerAsync();
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/task/{id}");
        await visit.Expect("#decision-form").ToBeVisibleAsync();
        await DeafenAsync(visit);
        Assert.Equal(HttpStatusCode.OK, (await other.PutAsync($"api/tasks/{id}/lease", null)).Status);

        await visit.Find("#start-work").ClickAsync();

        await Assertions.Expect(visit.Status).ToContainTextAsync("Olga");
        await visit.Expect("#work").ToContainTextAsync("Olga works on it until");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_task_that_was_changed_meanwhile_keeps_what_was_typed_and_takes_it_the_second_time()
    {
        var id = (await shared.OneTaskAsync("changed.txt")).Text("id");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/task/{id}");
        await visit.Find("#rating-Unproven").CheckAsync();
        await visit.Find("#explanation").FillAsync("Written before the change.");
        await visit.Expect("#work").ToContainTextAsync("You work on it");
        await DeafenAsync(visit);
        var assigned = await (await Desk.EditorAsync()).PutAsync(
            $"api/tasks/{id}/assignment",
            new { assignee = "Rasmus" }
        );
        Assert.True(assigned.Status == HttpStatusCode.OK, assigned.ToString());

        var refusal = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.Find("#send-decision").ClickAsync(),
            response => response.Url.EndsWith("/decisions", StringComparison.Ordinal)
        );
        Assert.Equal(412, refusal.Status);
        await visit.Expect("#decision-problem").ToContainTextAsync("somebody changed this task meanwhile");
        await visit.Expect("#decision-problem").ToContainTextAsync("Now assigned to Rasmus.");
        await visit.Expect("#explanation").ToHaveValueAsync("Written before the change.");
        await visit.Expect("#rating-Unproven").ToBeCheckedAsync();
        await visit.Find("#send-decision").ClickAsync();

        await Assertions.Expect(visit.Status).ToContainTextAsync("Decided.");
        Assert.Equal("Written before the change.", (await DecisionAsync(id)).Text("explanation"));
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_decision_that_is_sent_while_work_only_starts_is_taken_at_once()
    {
        var id = (await shared.OneTaskAsync("quick.txt")).Text("id");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/task/{id}");
        await visit.Expect("#decision-form").ToBeVisibleAsync();
        var (asked, sent) = (new TaskCompletionSource(), new TaskCompletionSource());
        await visit.Page.RouteAsync(
            "**/lease",
            async route =>
            {
                var answer = await route.FetchAsync();
                asked.TrySetResult();
                await sent.Task;
                await route.FulfillAsync(new() { Response = answer });
            }
        );

        await visit.Find("#rating-Unproven").CheckAsync();
        await visit.Find("#explanation").FillAsync("Typed and sent in a moment.");
        await asked.Task;
        await visit.Find("#send-decision").ClickAsync();
        await visit.Expect("#send-decision").ToHaveTextAsync("Sending …");
        sent.SetResult();

        await Assertions.Expect(visit.Status).ToContainTextAsync("Decided.");
        Assert.Equal("Typed and sent in a moment.", (await DecisionAsync(id)).Text("explanation"));
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_task_that_was_decided_in_another_window_is_not_decided_twice()
    {
        var id = (await shared.OneTaskAsync("decided-elsewhere.txt")).Text("id");
        var reviewer = await Desk.ReviewerAsync();
        await using var visit = await shared.VisitAsync(reviewer, $"#/task/{id}");
        await visit.Find("#rating-Unproven").CheckAsync();
        await visit.Find("#explanation").FillAsync("From the first window.");
        await visit.Expect("#work").ToContainTextAsync("You work on it");
        await DeafenAsync(visit);
        Assert.Equal(
            HttpStatusCode.OK,
            (await HostedDesk.DecideAsync(reviewer, id, new { action = "Reject", reason = "NotAClaim" })).Status
        );

        await visit.Find("#send-decision").ClickAsync();

        await Assertions.Expect(visit.Status).ToContainTextAsync("Not sent:");
        await visit.Expect("#work").ToContainTextAsync("Closed: decided.");
        await visit.Expect("#history").ToContainTextAsync("Not a claim");
        Assert.Single((await reviewer.GetAsync($"api/tasks/{id}")).Json.List("history"));
        visit.AssertQuiet();
    }

    /// <summary>Keeps the page from hearing of changes by itself, as in the seconds between two looks.</summary>
    private static Task DeafenAsync(Visit visit) =>
        visit.Page.RouteAsync(
            "**/api/changes*",
            route => route.FulfillAsync(new() { ContentType = "application/json", Body = """{ "items": [] }""" })
        );

    private async Task<JsonNode> DecisionAsync(string task)
    {
        var detail = (await (await Desk.ReviewerAsync()).GetAsync($"api/tasks/{task}")).Json;
        Assert.Equal("Decided", detail["task"]!.Text("state"));
        return Assert.Single(detail.List("history"));
    }
}
