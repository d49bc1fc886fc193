using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

/// <summary>The worker or the host goes away under a reviewer's hands, and comes back.</summary>
public sealed class AwayTests(PageDesk shared) : IClassFixture<PageDesk>
{
    private const string Typed = "Typed before it went away.";

    [Fact]
    public async Task While_the_worker_is_started_again_the_page_waits_and_keeps_what_is_typed()
    {
        var (task, visit) = await TypeAsync("worker.txt");
        await using var tab = visit;
        var worker = await shared.Desk.WorkerAsync();
        // Stopped before it is killed: so the page is surely waiting for an answer when it dies.
        await visit.Page.RunAndWaitForRequestAsync(
            () => Subprocess.SignalAsync(worker, "STOP"),
            request => request.Url.Contains("/api/changes", StringComparison.Ordinal)
        );
        await Subprocess.SignalAsync(worker, "KILL");

        await visit.Expect("#connection").ToContainTextAsync("Back in a moment");
        await visit.Expect("#explanation").ToHaveValueAsync(Typed);
        await visit.Find("#send-decision").ClickAsync();
        await AssertDecidedAsync(visit, task);
        Assert.NotEqual(worker, await shared.Desk.WorkerAsync());
    }

    [Fact]
    public async Task While_the_host_is_started_again_the_page_waits_and_keeps_what_is_typed()
    {
        var (task, visit) = await TypeAsync("host.txt");
        await using var tab = visit;
        await shared.Desk.KillAsync();

        await visit.Find("#send-decision").ClickAsync();
        await visit.Expect("#connection").ToContainTextAsync("Back in a moment");
        await visit.Expect("#explanation").ToHaveValueAsync(Typed);
        await shared.Desk.StartAgainAsync();

        await AssertDecidedAsync(visit, task);
    }

    // As Azure's host does, whose worker is gone.
    [Fact]
    public async Task A_500_without_a_word_is_a_host_that_will_be_back()
    {
        var (task, visit) = await TypeAsync("speechless.txt");
        await using var tab = visit;
        await visit.Page.RouteAsync(
            "**/decisions",
            route => route.FulfillAsync(new() { Status = 500 }),
            new() { Times = 1 }
        );

        await visit.Find("#send-decision").ClickAsync();

        await visit.Expect("#connection").ToContainTextAsync("Back in a moment");
        await AssertDecidedAsync(visit, task);
    }

    private async Task<(string Task, Visit Visit)> TypeAsync(string name)
    {
        var task = (await shared.OneTaskAsync(name)).Text("id");
        var visit = await shared.VisitAsync(await shared.Desk.ReviewerAsync(), $"#/task/{task}");
        await visit.Find("#rating-Unproven").CheckAsync();
        await visit.Find("#explanation").FillAsync(Typed);
        await visit.Expect("#work").ToContainTextAsync("You work on it");
        return (task, visit);
    }

    private async Task AssertDecidedAsync(Visit visit, string task)
    {
        await Assertions.Expect(visit.Status).ToContainTextAsync("Decided.");
        await visit.Expect("#connection").ToBeHiddenAsync();
        var history = (await (await shared.Desk.ReviewerAsync()).GetAsync($"api/tasks/{task}")).Json.List("history");
        Assert.Equal(Typed, Assert.Single(history).Text("explanation"));
        visit.AssertQuiet();
    }
}
