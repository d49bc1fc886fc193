using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

/// <summary>Every view against WCAG 2.2 A and AA, in light and dark, and on a narrow screen.</summary>
public sealed class AccessibilityTests(PageDesk shared) : IClassFixture<PageDesk>
{
    private const int Narrow = 320;

    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    };

    private HostedDesk Desk => shared.Desk;

    [Fact]
    public async Task The_sign_in_is_accessible()
    {
        await using var visit = await shared.VisitAsync("#code=used-long-ago");
        await visit.Expect("#sign-in-message").ToBeVisibleAsync();
        await AssertAccessibleAsync(visit);
    }

    [Fact]
    public async Task The_queue_is_accessible()
    {
        var task = await shared.OneTaskAsync("queue.txt");
        await (await Desk.OtherReviewerAsync()).PutAsync($"api/tasks/{task.Text("id")}/lease", null);
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), "#/queue");
        await visit.Expect("#tasks .holder >> nth=0").ToBeVisibleAsync();
        await AssertAccessibleAsync(visit);
    }

    [Fact]
    public async Task A_task_is_accessible()
    {
        await Desk.HandInAsync("task.txt", Texts.Seed("articles/peace-guardian-2025.txt"));
        var article = await Desk.UntilAsync("task.txt", found => found.Text("stage") == "Reviewing");
        await using var visit = await shared.VisitAsync(
            await Desk.EditorAsync(),
            $"#/task/{HostedDesk.OpenTasks(article)[0].Text("id")}"
        );
        await visit.Find("#why summary").ClickAsync();
        await visit.Find("#assignment summary").ClickAsync();
        await visit.Find("#add-evidence").ClickAsync();
        await visit.Find("#action-Amend").CheckAsync();
        await visit.Expect("#work").ToContainTextAsync("You work on it");
        await AssertAccessibleAsync(visit);
    }

    [Fact]
    public async Task A_decision_with_errors_is_accessible()
    {
        var task = await shared.OneTaskAsync("errors.txt");
        await using var visit = await shared.VisitAsync(await Desk.ReviewerAsync(), $"#/task/{task.Text("id")}");
        await visit.Find("#add-evidence").ClickAsync();
        await visit.Find("#evidence-1-url").FillAsync("no link");
        await visit.Find("#send-decision").ClickAsync();
        await visit.Expect("#explanation-error").ToBeVisibleAsync();
        await AssertAccessibleAsync(visit);
    }

    [Fact]
    public async Task An_article_is_accessible()
    {
        await Desk.HandInAsync("article.md", Texts.Seed("articles/city-budget.md"));
        var article = await Desk.UntilAsync("article.md", found => found.Text("stage") == "Reviewing");
        await using var visit = await shared.VisitAsync(
            await Desk.EditorAsync(),
            $"#/article/{article["article"]!.Text("id")}"
        );
        await visit.Expect("#statements > li >> nth=0").ToBeVisibleAsync();
        await visit.Find("#add-statement").ClickAsync();
        await visit.Expect("#new-kind-error").ToBeVisibleAsync();
        await AssertAccessibleAsync(visit);
    }

    [Fact]
    public async Task The_articles_are_accessible()
    {
        await Desk.HandInAsync("blank.txt", "  \n"u8.ToArray());
        await Desk.UntilAsync("blank.txt", article => article.Text("stage") == "Rejected");
        await using var visit = await shared.VisitAsync(await Desk.EditorAsync(), "#/articles");
        await visit.Expect("#articles .notice.bad >> nth=0").ToBeVisibleAsync();
        await visit.Find("#upload").ClickAsync();
        await AssertAccessibleAsync(visit);
    }

    [Fact]
    public async Task A_report_is_accessible()
    {
        var article = await Desk.DropAsync("report.txt", Texts.Short);
        var task = HostedDesk.OpenTasks(article)[0].Text("id");
        await HostedDesk.DecideAsync(
            await Desk.ReviewerAsync(),
            task,
            new
            {
                action = "Approve",
                rating = "Mixed",
                explanation = "The sum is right, the year is not.",
                evidence = new[]
                {
                    new
                    {
                        url = "https://example.org/a-very-long-address-that-does-not-break-by-itself/harbour-of-ostmoor/accounts/2021",
                        publisher = "Harbour of Ostmoor",
                        excerpt = "€3.4 million",
                        stance = "Context",
                    },
                },
            }
        );
        await Desk.PublishAsync("report.txt", new { note = "The first version." });
        await using var visit = await shared.VisitAsync($"reports/{article["article"]!.Text("id")}");
        await visit.Expect(".verdict .rating strong").ToHaveTextAsync("Mixed");
        await AssertAccessibleAsync(visit);
        await visit.GoAsync($"claims/{article.List("tasks")[0].Text("statementId")}");
        await AssertAccessibleAsync(visit);
    }

    private static async Task AssertAccessibleAsync(Visit visit)
    {
        visit.AssertQuiet();
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            var found = await visit.Page.RunAxe(Rules);
            Assert.NotEmpty(found.Passes);
            Assert.Empty(
                found.Violations.SelectMany(violation =>
                    violation.Nodes.Select(node => $"{scheme}: {violation.Id} ({violation.Help}): {node.Html}")
                )
            );
        }

        await visit.Page.SetViewportSizeAsync(Narrow, 640);
        Assert.Equal(
            "",
            await visit.Page.EvaluateAsync<string>(
                """
                () => document.documentElement.scrollWidth <= innerWidth ? '' : [...document.querySelectorAll('body *')]
                  .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
                  .map(element => element.outerHTML.slice(0, 120)).slice(0, 5).join('\n') || 'too wide'
                """
            )
        );
    }
}
