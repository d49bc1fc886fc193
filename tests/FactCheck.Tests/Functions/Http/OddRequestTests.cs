using Grpc.Core;

namespace FactCheck.Tests.Functions.Http;

/// <summary>Requests that no page sends: each gets an answer that says what is wrong, and changes nothing.</summary>
public sealed class OddRequestTests
{
    public static TheoryData<string, NewDecision> Decisions =>
        new()
        {
            { "evidence", Approval() with { Evidence = [.. Enumerable.Repeat(Words(new string('я', 5_000)), 9)] } },
            { "amendment.span", Approval() with { Action = DecisionAction.Amend, Amendment = new(Span: new(-5, 3)) } },
            {
                "amendment.span",
                Approval() with
                {
                    Action = DecisionAction.Amend,
                    Amendment = new(Span: new(3, int.MaxValue)),
                }
            },
            {
                "amendment.span",
                Approval() with
                {
                    Action = DecisionAction.Amend,
                    Amendment = new(Span: new(BlankAt, 2)),
                }
            },
            {
                "alreadyCheckedAt",
                new(
                    DecisionAction.Reject,
                    null,
                    null,
                    null,
                    RejectReason.AlreadyChecked,
                    new("https://a.example/" + new string('a', 6_000)),
                    null,
                    null
                )
            },
        };

    // Between the first two paragraphs of the text.
    private static int BlankAt =>
        "The agency removed 4,200 tonnes of waste from the river in 2024, 12 percent less than in 2023.".Length;

    [Theory]
    [MemberData(nameof(Decisions))]
    public async Task An_odd_decision_is_named(string field, NewDecision decision)
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = await desk.TaskAboutAsync(article, "4,200");
        var (_, _, etag) = await desk.GetAsync<TaskDetail>(Role.Reviewer, $"api/tasks/{task.Id}");

        var (status, problem, _) = await desk.SendAsync<Problem>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/tasks/{task.Id}/decisions",
            decision,
            etag
        );

        Assert.Equal(422, status);
        Assert.Contains(field, problem!.Errors!.Keys);
    }

    [Fact]
    public async Task A_stranger_on_the_machine_reads_and_starts_no_orchestration()
    {
        await using var desk = await DeskHost.StartAsync();
        var stranger = desk.Host.Stranger;

        foreach (
            var ask in (Func<Task>[])
                [
                    () => stranger.GetInstanceAsync("any"),
                    () => stranger.ScheduleNewOrchestrationInstanceAsync("CheckArticle"),
                    () => stranger.GetAllInstancesAsync().CountAsync().AsTask(),
                ]
        )
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(ask)).StatusCode);

        Assert.Null(await desk.Host.Client.GetInstanceAsync("any"));
    }

    [Fact]
    public async Task An_idempotency_key_that_is_too_long_is_refused_and_not_ignored()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = (await desk.OpenTasksAsync(article))[0];
        var (_, _, etag) = await desk.GetAsync<TaskDetail>(Role.Reviewer, $"api/tasks/{task.Id}");
        var (status, _, _) = await desk.SendAsync<Problem>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/tasks/{task.Id}/decisions",
            DeskHost.Approve(task),
            etag,
            key: new('k', 201)
        );
        Assert.Equal(400, status);
    }

    [Fact]
    public async Task A_reader_reports_only_about_what_is_published()
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 1 });
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(202, await desk.PublishAsync(article));
        var statements = await desk.Cases.StatementsAsync(article);

        Assert.Equal(202, await ReportAsync(desk, article));
        Assert.Equal(202, await ReportAsync(desk, statements.First(s => s.Verdict is not null).Id));
        Assert.Equal(422, await ReportAsync(desk, statements.First(s => s.Verdict is null).Id));
        Assert.Equal(422, await ReportAsync(desk, $"{article}.{new string('x', 400_000)}"));
    }

    [Fact]
    public async Task Readers_who_report_keep_nobody_from_signing_in()
    {
        await using var desk = await DeskHost.StartAsync(settings =>
            settings.Public = new() { RequestsPerHour = 1, TotalPerHour = 1 }
        );
        Assert.Equal(422, await ReportAsync(desk, "none"));
        Assert.Equal(429, await ReportAsync(desk, "none"));
        var (status, _, _) = await desk.SendAsync<Problem>(
            Role.Public,
            HttpMethod.Post,
            "api/session",
            new SignIn("none")
        );
        Assert.Equal(401, status);
    }

    [Fact]
    public async Task A_sentence_without_an_end_stops_no_check()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync(
            "long.txt",
            $"{RiverText.A}\n\nУ 2024 години {string.Concat(Enumerable.Repeat("агенција је уклонила 4.200 тона отпада и ", 3_000))}крај.\n"
        );
        for (var minute = 0; minute < 20; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(
            (ArticleStage.Reviewing, null),
            ((await desk.HeadAsync(article)).Stage, (await desk.HeadAsync(article)).Failure)
        );
    }

    private static async Task<int> ReportAsync(DeskHost desk, string id) =>
        (
            await desk.SendAsync<Problem>(
                Role.Public,
                HttpMethod.Post,
                "api/corrections",
                new NewCorrectionRequest(id, "The figure is from 2023.", null)
            )
        ).Status;

    private static Evidence Words(string excerpt) => new() { Excerpt = excerpt };

    private static NewDecision Approval() =>
        new(DecisionAction.Approve, "Unproven", "As the register shows.", null, null, null, null, null);
}
