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
    [InlineData("cms", Role.Submitter, "Spotr", "Nobody who reviews is on a desk")]
    [InlineData("cms", Role.Submitter, "a/b", "Nobody who reviews is on a desk")]
    [InlineData("lena", Role.Submitter, "Letters", "Nobody who reviews is on a desk")]
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
    [InlineData("{\"desk\":\"Re\u0301gion\"}", "R\u00E9gion")] // letter and accent apart
    [InlineData("{\"desk\":\"Sport\",\"Desk \":\"sport\"}", "Sport")]
    [InlineData("{\"desk\":\"Sport\",\"Desk \":\"Culture\"}", "?")]
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

    [Theory]
    [InlineData("{\"outlet\":\"Courier\"}", null)]
    [InlineData("{\"desk\":\"Sport\"}", "Sport")]
    [InlineData(null, null)] // it is taken away
    public async Task What_could_not_be_read_counts_no_more_once_it_is_mended(string? mended, string? of)
    {
        await using var desk = await StartAsync();
        await desk.DropAsync("river.txt.meta.json", "{\"desk\":\"Sport\"");
        await desk.DropAsync("river.txt", RiverText.A);
        Assert.Equal("?", (await desk.HeadAsync(River)).Meta.Desk);
        if (mended is not null)
            await desk.DropAsync("river.txt.meta.json", mended);
        else
        {
            File.Delete(Path.Combine(desk.Data, "articles", "river.txt.meta.json"));
            await desk.DropAsync("river.txt", RiverText.A);
        }

        Assert.Equal((2, of), (await desk.HeadAsync(River) is var head ? (head.Run, head.Meta.Desk) : default));
    }

    [Theory]
    [InlineData("{\"desk\":\"Culture\"")]
    [InlineData("{\"desk\":\"Culture\"}")]
    [InlineData("{\"desk\":\"Spotr\"}")]
    [InlineData("{\"desk\":\"a/b\"}")]
    public async Task What_lies_beside_a_later_version_neither_hides_an_article_nor_takes_it(string beside)
    {
        await using var desk = await StartAsync();
        foreach (var of in new[] { null, "{\"desk\":\"Sport\"}" })
        {
            var name = of is null ? "open.txt" : "river.txt";
            if (of is not null)
                await desk.DropAsync($"{name}.meta.json", of);
            await desk.DropAsync(name, RiverText.A);
            var before = await desk.HeadAsync(ArticleKey.Of("articles", name));
            Assert.Equal(of is null ? null : "Sport", before.Meta.Desk);
            await desk.DropAsync($"{name}.meta.json", beside);
            await desk.DropAsync(name, RiverText.B);
            var after = await desk.HeadAsync(before.Key);
            Assert.True(after.Run > before.Run);
            Assert.Equal(before.Meta.Desk, after.Meta.Desk);
        }
    }

    [Theory]
    [InlineData("sune", Role.Submitter, "Sport")]
    [InlineData("cms", Role.Submitter, null)]
    public async Task Who_handed_an_article_in_does_not_take_it_to_another_desk(string who, Role role, string? first)
    {
        await using var desk = await StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, who, role, desk: first);
        await desk.JoinAsync("sune", Role.Submitter, "Culture");
        var before = await desk.HeadAsync(River);
        var (status, problem) = await desk.UploadAsync("river.txt", RiverText.B, who, role, desk: "Culture");
        Assert.Equal(409, status);
        Assert.Contains("an editor moves it", problem, StringComparison.Ordinal);
        var after = await desk.HeadAsync(River);
        Assert.Equal((before.AuditSeq, before.AuditHash), (after.AuditSeq, after.AuditHash));
    }

    [Fact]
    public async Task Only_an_editor_moves_an_article_that_is_there()
    {
        await using var desk = await StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "cms", desk: "Sport");
        Assert.Equal(200, await MoveAsync(desk, "Culture"));
        foreach (var (text, said) in new[] { (RiverText.B, "sport"), (RiverText.A, null), (RiverText.B, "Culture") })
        {
            // What sends each version with the desk that it named once goes on.
            Assert.Equal(202, (await desk.UploadAsync("river.txt", text, "cms", desk: said)).Status);
            Assert.Equal("Culture", (await desk.HeadAsync(River)).Meta.Desk);
        }

        Assert.Equal(409, (await desk.UploadAsync("river.txt", RiverText.A, "cms", desk: "Politics")).Status);
        Assert.Equal(
            [("cms", null, "Sport"), ("edda", "Sport", "Culture")],
            (await desk.Cases.AuditAsync(River))
                .Where(e => e.What == AuditVerb.ChangedDesk.Word)
                .Select(e => (e.Who, e.Details.GetValueOrDefault("before"), e.Details.GetValueOrDefault("after")))
        );
    }

    /// <summary>Whoever may not read it by now is not told where it is.</summary>
    [Fact]
    public async Task A_desk_in_a_version_of_who_may_not_read_the_article_is_passed_over()
    {
        await using var desk = await StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "cms", desk: "Sport");
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.B, "edda", Role.Editor)).Status);
        Assert.Equal(404, (await desk.GetAsync<ArticleDetail>(Role.Submitter, $"api/articles/{River}", "cms")).Status);
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.A, "cms", desk: "Culture")).Status);
        Assert.Equal("Sport", (await desk.HeadAsync(River)).Meta.Desk);
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
        Assert.Equal(422, await MoveAsync(desk, "Letters")); // who is on it reviews nothing
        Assert.Equal(422, await MoveAsync(desk, null));
        Assert.Equal(404, await MoveAsync(desk, "Culture", "cora"));
        Assert.Equal(200, await MoveAsync(desk, "culture"));
        Assert.Equal(404, await MoveAsync(desk, "Sport"));
        var given = (await desk.Cases.FindTaskAsync(task.Id))!.Value;
        Assert.Equal((null, null, TaskState.Open), (given.Assignee, given.Lease, given.State));
        var released = Assert.Single(await desk.Cases.AuditAsync(River), e => e.What == AuditVerb.Released.Word);
        Assert.Equal(("edda", "rune"), (released.Who, released.Details["holder"]));
        Assert.Contains(River, await desk.ReadAsync("api/tasks", "cora", Role.Editor), StringComparison.Ordinal);
        Assert.Equal(200, await MoveAsync(desk, "", "cora")); // everybody's
        Assert.Contains(River, await desk.ReadAsync("api/tasks", "rune", Role.Reviewer), StringComparison.Ordinal);
        Assert.True((await desk.GetAsync<AuditTrail>(Role.Editor, $"api/audit/{River}", "edda")).Body!.Intact);
    }

    /// <summary>Whoever is on other desks by now keeps nobody from a task, and nobody is told of them.</summary>
    [Fact]
    public async Task Who_is_on_other_desks_by_now_holds_no_task_any_more()
    {
        await using var desk = await StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        var path = $"api/tasks/{(await desk.OpenTasksAsync(River))[0].Id}";
        Assert.Equal(200, await SendAsync(desk, HttpMethod.Put, $"{path}/assignment", new Assignment("rune")));
        Assert.Equal(
            200,
            (await desk.SendAsync<TaskSummary>(Role.Reviewer, HttpMethod.Put, $"{path}/lease", who: "rune")).Status
        );
        Assert.Equal(409, (await LeaseAsync("remy")).Status);

        await desk.JoinAsync("rune", Role.Reviewer, "Culture");
        foreach (var list in new[] { path, "api/tasks", $"api/tasks?article={River}", $"api/articles/{River}" })
            Assert.DoesNotContain("rune", await desk.ReadAsync(list, "remy", Role.Reviewer), StringComparison.Ordinal);
        Assert.Equal(200, (await LeaseAsync("remy")).Status);
        var decision = new NewDecision(
            DecisionAction.Reject,
            null,
            null,
            null,
            RejectReason.NotWorthIt,
            null,
            null,
            null
        );
        Assert.Equal(200, await desk.DecideAsync(path["api/tasks/".Length..], decision, "remy"));

        async Task<(int Status, TaskSummary?, string?)> LeaseAsync(string who)
        {
            await desk.JoinAsync("remy", Role.Reviewer, "Sport");
            return await desk.SendAsync<TaskSummary>(Role.Reviewer, HttpMethod.Put, $"{path}/lease", who: who);
        }
    }

    /// <summary>The length of what lies beside another's article is told by no refusal.</summary>
    [Fact]
    public async Task Whose_a_name_is_is_asked_before_what_lies_beside_it()
    {
        await using var desk = await StartAsync();
        await desk.DropAsync("river.txt.meta.json", $"{{\"outlet\":\"{new string('a', 5_000)}\",\"desk\":\"Sport\"}}");
        await desk.DropAsync("river.txt", RiverText.A);
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent("The river rose."u8.ToArray()), "file", "river.txt" },
            { new StringContent(new string('b', 5_000)), "title" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/articles") { Content = form };
        request.Headers.Authorization = new("Bearer", await desk.TokenAsync("lena", Role.Submitter));
        using var response = await desk.Host.Http.SendAsync(request);
        Assert.Equal(409, (int)response.StatusCode);
    }

    /// <summary>That something else changed is not to be told from a cursor.</summary>
    [Fact]
    public async Task The_cursor_of_changes_is_of_what_they_are_told_alone()
    {
        await using var desk = await StartAsync();
        var start = (await ChangesAsync(null)).Cursor!;
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        var nothing = await ChangesAsync(start);
        Assert.Equal((0, start), (nothing.Items.Count, nothing.Cursor));
        await desk.Host.AdvanceAsync(TimeSpan.FromSeconds(1));
        await desk.UploadAsync("dam.txt", RiverText.B, "cora", Role.Editor);
        var theirs = await ChangesAsync(start);
        Assert.All(theirs.Items, c => Assert.Equal(ArticleKey.Of("articles", "dam.txt"), c.ArticleId));
        Assert.NotEmpty(theirs.Items);
        Assert.Empty((await ChangesAsync(theirs.Cursor)).Items);
        await desk.Host.AdvanceAsync(TimeSpan.FromSeconds(1));
        await desk.UploadAsync("dam.txt", RiverText.A, "cora", Role.Editor);
        Assert.NotEmpty((await ChangesAsync(theirs.Cursor)).Items);

        async Task<ListOf<Change>> ChangesAsync(string? cursor) =>
            (
                await desk.GetAsync<ListOf<Change>>(
                    Role.Editor,
                    $"api/changes{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}",
                    "cora"
                )
            ).Body!;
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
        await desk.JoinAsync("lena", Role.Submitter, "Letters");
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
