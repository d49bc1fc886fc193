using FactCheck.Functions.Configuration;

namespace FactCheck.Tests.Functions.Articles;

/// <summary>How an article comes to its desk, where desks are parted, and from one to another.</summary>
public sealed class DeskTests
{
    private static readonly string River = ArticleKey.Of("articles", "river.txt");

    [Fact]
    public async Task An_upload_is_for_the_desk_that_it_names_else_for_its_senders_only_one_else_for_everybody()
    {
        await using var desk = await StartAsync();
        Assert.Equal("Sport", await HandedInAsync("a.txt", "sune"));
        Assert.Equal("Sport", await HandedInAsync("b.txt", "edda", Role.Editor, "sport"));
        Assert.Null(await HandedInAsync("c.txt", "edda", Role.Editor));
        Assert.Null(await HandedInAsync("d.txt", "cms"));
        Assert.Equal("Culture", await HandedInAsync("e.txt", "cms", desk: " Culture "));

        async Task<string?> HandedInAsync(string name, string who, Role role = Role.Submitter, string? desk = null) =>
            (await HandInAsync(name, who, role, desk)).Meta.Desk;

        async Task<CaseHead> HandInAsync(string name, string who, Role role, string? of)
        {
            Assert.Equal(202, (await desk.UploadAsync(name, RiverText.A, who, role, desk: of)).Status);
            return await desk.HeadAsync(ArticleKey.Of("articles", name));
        }
    }

    [Theory]
    [InlineData("sune", Role.Submitter, "Culture", "one of yours, Sport")]
    [InlineData("edda", Role.Editor, "Culture", "one of yours, Sport, Politics")]
    [InlineData("cms", Role.Submitter, "Spotr", "Nobody is on a desk")]
    [InlineData("cms", Role.Submitter, "a/b", "Nobody is on a desk")]
    public async Task A_desk_that_is_not_the_senders_and_one_that_nobody_is_on_are_refused(
        string who,
        Role role,
        string of,
        string why
    )
    {
        await using var desk = await StartAsync();
        var (status, problem) = await desk.UploadAsync("river.txt", RiverText.A, who, role, desk: of);
        Assert.Equal(400, status);
        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.Null(await desk.Cases.FindHeadAsync(River));
    }

    [Theory]
    [InlineData("{\"Desk \":\"culture\"}", "Culture")]
    [InlineData("{\"outlet\":\"Courier\"}", null)]
    [InlineData("{\"desk\":\"Spotr\"}", "Spotr")]
    [InlineData("{\"desk\":\"a/b\"}", "?")] // nobody's: a slip must not show it to everybody
    [InlineData("{\"desk\":\"Sport\"", "?")]
    public async Task What_lies_beside_a_file_says_its_desk(string beside, string? of)
    {
        await using var desk = await StartAsync();
        await desk.DropAsync("river.txt.meta.json", beside);
        await desk.DropAsync("river.txt", RiverText.A);
        var head = await desk.HeadAsync(River);
        Assert.Equal((of, ArticleStage.Reviewing), (head.Meta.Desk, head.Stage));
    }

    [Fact]
    public async Task An_editors_word_stands_until_a_version_says_something_else()
    {
        await using var desk = await StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "cms", desk: "Sport");
        Assert.Equal(200, await MoveAsync(desk, "Culture"));
        await desk.UploadAsync("river.txt", RiverText.B, "cms", desk: "Sport");
        Assert.Equal("Culture", (await desk.HeadAsync(River)).Meta.Desk);
        await desk.UploadAsync("river.txt", RiverText.A, "cms");
        Assert.Equal("Culture", (await desk.HeadAsync(River)).Meta.Desk);
        await desk.UploadAsync("river.txt", RiverText.B, "cms", desk: "Politics");
        Assert.Equal("Politics", (await desk.HeadAsync(River)).Meta.Desk);

        Assert.Equal(
            [("cms", null, "Sport"), ("edda", "Sport", "Culture"), ("cms", "Culture", "Politics")],
            (await desk.Cases.AuditAsync(River))
                .Where(e => e.What == AuditVerb.ChangedDesk.Word)
                .Select(e => (e.Who, e.Details.GetValueOrDefault("before"), e.Details.GetValueOrDefault("after")))
        );
    }

    [Fact]
    public async Task An_editor_moves_what_they_read_and_whoever_reads_it_no_more_gives_back_its_tasks()
    {
        await using var desk = await StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        var task = (await desk.OpenTasksAsync(River))[0];
        Assert.Equal(
            200,
            await SendAsync(desk, HttpMethod.Put, $"api/tasks/{task.Id}/assignment", new Assignment("rune"))
        );
        Assert.Equal(
            200,
            (
                await desk.SendAsync<TaskSummary>(
                    Role.Reviewer,
                    HttpMethod.Put,
                    $"api/tasks/{task.Id}/lease",
                    who: "rune"
                )
            ).Status
        );

        Assert.Equal(422, await MoveAsync(desk, "Spotr"));
        Assert.Equal(422, await MoveAsync(desk, null));
        Assert.Equal(404, await MoveAsync(desk, "Culture", "cora"));
        Assert.Equal(200, await MoveAsync(desk, "culture"));
        Assert.Equal(404, await MoveAsync(desk, "Sport"));
        var given = (await desk.Cases.FindTaskAsync(task.Id))!.Value;
        Assert.Equal((null, null, TaskState.Open), (given.Assignee, given.Lease, given.State));
        Assert.Contains(River, await desk.ReadAsync("api/tasks", "cora", Role.Editor), StringComparison.Ordinal);
        Assert.Equal(200, await MoveAsync(desk, "", "cora")); // everybody's
        Assert.Contains(River, await desk.ReadAsync("api/tasks", "rune", Role.Reviewer), StringComparison.Ordinal);
        Assert.True((await desk.GetAsync<AuditTrail>(Role.Editor, $"api/audit/{River}", "edda")).Body!.Intact);
    }

    [Fact]
    public async Task A_task_is_assigned_to_nobody_who_may_not_read_it()
    {
        await using var desk = await StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        var path = $"api/tasks/{(await desk.OpenTasksAsync(River))[0].Id}/assignment";
        var (status, problem, _) = await desk.SendAsync<Problem>(
            Role.Editor,
            HttpMethod.Put,
            path,
            new Assignment("cora"),
            who: "edda"
        );
        Assert.Equal(422, status);
        Assert.Equal("cora may not read the article: it is of a desk that they are not on.", problem!.Detail);
        Assert.Equal(200, await SendAsync(desk, HttpMethod.Put, path, new Assignment("rune")));
    }

    [Fact]
    public async Task What_is_due_is_looked_at_for_the_desk_that_asks_and_its_report_counts_no_others()
    {
        using var site = new ChangingSite();
        await using var desk = await StartAsync(settings =>
            settings.Publication = settings.Publication with { ReviewAfter = TimeSpan.FromHours(1) }
        );
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        await PublishAsync(desk, site.Page);
        await desk.Host.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal(0, Assert.Single(await AskAsync("cora")).Looked);
        var looked = Assert.Single(await AskAsync("edda"), r => r.AskedBy.Name == "edda");
        Assert.True(looked.Looked > 0 && looked.Looked == looked.Extended);
        Assert.DoesNotContain(await ListAsync("cora"), r => r.AskedBy.Name == "edda");

        await desk.Host.AdvanceAsync(TimeSpan.FromDays(1)); // the schedule's
        Assert.All(await ListAsync("cora"), r => Assert.Equal((0, 0), (r.Looked, r.Extended)));
        Assert.Contains(await ListAsync("edda"), r => r.AskedBy.Name == "host" && r.Looked == looked.Looked);

        async Task<IReadOnlyList<ReverificationReport>> AskAsync(string who)
        {
            Assert.Equal(
                202,
                await SendAsync(desk, HttpMethod.Post, "api/reverifications", new NewReverification(null), who)
            );
            await desk.Host.WhenIdleAsync();
            return await ListAsync(who);
        }

        async Task<IReadOnlyList<ReverificationReport>> ListAsync(string who) =>
            (await desk.GetAsync<ListOf<ReverificationReport>>(Role.Editor, "api/reverifications", who)).Body!.Items;
    }

    private static async Task PublishAsync(DeskHost desk, Uri evidence)
    {
        foreach (var task in await desk.OpenTasksAsync(River))
        {
            var (_, _, etag) = await desk.GetAsync<TaskDetail>(Role.Editor, $"api/tasks/{task.Id}", "edda");
            await desk.SendAsync<DecisionTaken>(
                Role.Editor,
                HttpMethod.Post,
                $"api/tasks/{task.Id}/decisions",
                DeskHost.Approve(task, evidence),
                etag,
                "edda"
            );
            await desk.Host.WhenIdleAsync();
        }

        var path = $"api/articles/{River}/publication";
        Assert.Equal(202, await SendAsync(desk, HttpMethod.Post, path, new NewPublication()));
        await desk.Host.WhenIdleAsync();
    }

    private static async Task<DeskHost> StartAsync(Action<Settings>? change = null)
    {
        var desk = await DeskHost.StartAsync(settings =>
        {
            settings.Desk = settings.Desk with { Parted = true };
            change?.Invoke(settings);
        });
        await desk.JoinAsync("sune", Role.Submitter, "Sport");
        await desk.JoinAsync("rune", Role.Reviewer, "Sport");
        await desk.JoinAsync("edda", Role.Editor, "Sport", "Politics");
        await desk.JoinAsync("cora", Role.Editor, "Culture");
        await desk.JoinAsync("cms", Role.Submitter);
        return desk;
    }

    private static Task<int> MoveAsync(DeskHost desk, string? to, string who = "edda") =>
        SendAsync(desk, HttpMethod.Post, $"api/articles/{River}/desk", new NewDesk(to), who);

    private static async Task<int> SendAsync(
        DeskHost desk,
        HttpMethod method,
        string path,
        object body,
        string who = "edda"
    ) => (await desk.SendAsync<Problem>(Role.Editor, method, path, body, who: who)).Status;
}
