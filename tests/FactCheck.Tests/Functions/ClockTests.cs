namespace FactCheck.Tests.Functions;

/// <summary>Weeks and months, in which only the clock moves.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task Nobody_answered_for_two_weeks()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);

        for (var day = 0; day < 14; day++)
            await desk.Host.AdvanceAsync(TimeSpan.FromDays(1));

        var tasks = await desk.OpenTasksAsync(article);
        Assert.NotEmpty(tasks);
        // Every third day a reminder (days 3 and 6); from the deadline on day 7 editors see it first (and on days 10
        // and 13).
        Assert.All(tasks, task => Assert.Equal((5, true, 100), (task.Reminders, task.Escalated, task.Priority)));
        Assert.Equal(tasks.Count, (await desk.AuditAsync(article)).Count(what => what == "escalated"));
        var (_, queue, _) = await desk.GetAsync<ListOf<TaskSummary>>(Role.Reviewer, "api/tasks");
        Assert.All(queue!.Items, task => Assert.True(task.Escalated));
        Assert.Equal(tasks.Count, queue.Items.Count);
        Assert.Equal(200, await desk.DecideAsync(tasks[0].Id, DeskHost.Approve(tasks[0])));
    }

    [Fact]
    public async Task A_verdict_is_looked_at_again_after_its_review_date_and_extended_when_nothing_changed()
    {
        using var site = new ChangingSite();
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk, site);
        var before = await VerdictsAsync(desk, article);
        var looks = site.Requests;

        await desk.Host.AdvanceAsync(TimeSpan.FromDays(91));

        Assert.Empty(await desk.OpenTasksAsync(article));
        Assert.True(site.Requests > looks, "the evidence was looked at");
        var after = await VerdictsAsync(desk, article);
        Assert.All(after, v => Assert.Equal(1, v.Version));
        Assert.All(after.Zip(before), pair => Assert.True(pair.First.ReviewBy > pair.Second.ReviewBy));
        Assert.Equal(ArticleStage.Published, (await desk.HeadAsync(article)).Stage);
    }

    [Fact]
    public async Task A_page_that_changed_opens_a_task_that_shows_the_difference_and_ends_in_a_correction()
    {
        using var site = new ChangingSite();
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk, site);

        site.Text = "The register lists the figure as reported. It was found to be wrong in April.";
        await desk.Host.AdvanceAsync(TimeSpan.FromDays(91));

        var tasks = await desk.OpenTasksAsync(article);
        Assert.NotEmpty(tasks);
        var drift = Assert.Single(tasks[0].Drift);
        Assert.Equal((ReverificationFinding.Drifted, site.Page), (drift.Finding, drift.Url));
        Assert.Equal(["It was last audited in January."], drift.Removed);
        Assert.Equal(["It was found to be wrong in April."], drift.Added);
        Assert.Equal(ArticleStage.Reviewing, (await desk.HeadAsync(article)).Stage);

        await desk.DecideAllAsync(
            article,
            t => DeskHost.Approve(t, site.Page, t.Kind == StatementKind.Claim ? "False" : "Misquoted")
        );
        Assert.Equal(202, await desk.PublishAsync(article));
        var verdicts = await VerdictsAsync(desk, article);
        Assert.All(verdicts, v => Assert.Equal((2, VerdictChange.Correction), (v.Version, v.Change)));
        Assert.All(verdicts, v => Assert.Contains(v.PreviousRating, new[] { "True", "Accurate" }));
        var page = await desk.Host.Http.GetStringAsync($"reports/{article}");
        Assert.Contains("The rating was True; it is now False.", page, StringComparison.Ordinal);
        Assert.Contains("River clean-up", await desk.Host.Http.GetStringAsync("corrections"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_gone_opens_a_task()
    {
        using var site = new ChangingSite();
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk, site);

        site.Text = null;
        await desk.Host.AdvanceAsync(TimeSpan.FromDays(91));

        var tasks = await desk.OpenTasksAsync(article);
        Assert.NotEmpty(tasks);
        Assert.All(tasks, t => Assert.Equal(ReverificationFinding.Gone, Assert.Single(t.Drift).Finding));
    }

    [Fact]
    public async Task An_editor_asks_for_a_look_before_the_date()
    {
        using var site = new ChangingSite();
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk, site);
        var statement = (await desk.Cases.StatementsAsync(article)).First(s => s.Verdict is not null);

        site.Text = "The register lists another figure.";
        var (status, asked, _) = await desk.SendAsync<ReverificationAsked>(
            Role.Editor,
            HttpMethod.Post,
            "api/reverifications",
            new NewReverification(statement.Id)
        );
        await desk.Host.WhenIdleAsync();

        Assert.Equal(202, status);
        var task = Assert.Single(await desk.OpenTasksAsync(article));
        Assert.Equal(statement.Id, task.StatementId);
        var (_, reports, _) = await desk.GetAsync<ListOf<ReverificationReport>>(Role.Editor, "api/reverifications");
        var report = reports!.Items.Single(r => r.Id == asked!.Id);
        Assert.Equal((1, 0, task.Id), (report.Looked, report.Extended, Assert.Single(report.Opened)));
        Assert.NotNull(report.FinishedAt);
    }

    private static async Task<string> PublishedAsync(DeskHost desk, ChangingSite site)
    {
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t, site.Page));
        Assert.Equal(202, await desk.PublishAsync(article));
        Assert.All(await VerdictsAsync(desk, article), v => Assert.NotNull(Assert.Single(v.Evidence).Snapshot));
        return article;
    }

    private static async Task<IReadOnlyList<Verdict>> VerdictsAsync(DeskHost desk, string article)
    {
        IReadOnlyList<Verdict> verdicts =
        [
            .. (await desk.Cases.StatementsAsync(article)).Select(s => s.Verdict).OfType<Verdict>(),
        ];
        Assert.NotEmpty(verdicts);
        return verdicts;
    }
}
