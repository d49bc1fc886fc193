using System.Text;
using FactCheck.Extraction.Text;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Configuration;
using FactCheck.Tests.Extraction.Documents;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Articles;

/// <summary>From a dropped file to tasks, and through revisions.</summary>
public sealed class ArticleTests
{
    [Fact]
    public async Task A_file_that_was_rejected_is_read_again_when_it_is_handed_in_again()
    {
        Settings? settings = null;
        await using var desk = await DeskHost.StartAsync(s => (settings = s).Reading.MaxCharacters = 100);
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(
            (1, ArticleStage.Rejected),
            (await desk.HeadAsync(article) is var before ? (before.Run, before.Stage) : default)
        );

        settings!.Reading.MaxCharacters = 10_000;
        await desk.DropAsync("river.txt", RiverText.A);

        Assert.Equal(
            (2, ArticleStage.Reviewing),
            (await desk.HeadAsync(article) is var head ? (head.Run, head.Stage) : default)
        );
    }

    [Fact]
    public async Task A_dropped_file_has_its_tasks_open()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);

        var head = await desk.HeadAsync(article);
        var tasks = await desk.OpenTasksAsync(article);
        Assert.Equal(ArticleStage.Reviewing, head.Stage);
        Assert.Equal("River clean-up falls behind", head.Meta.Title);
        Assert.InRange(tasks.Count, 2, 8);
        Assert.Equal(
            [.. tasks.Select(t => t.Id).Order(StringComparer.Ordinal)],
            head.OpenTasks.Order(StringComparer.Ordinal)
        );
        var (_, queue, _) = await desk.GetAsync<ListOf<TaskSummary>>(Role.Reviewer, "api/tasks");
        Assert.Equal(tasks.Count, queue!.Items.Count);
        Assert.Contains(
            queue.Items,
            t => t is { Kind: StatementKind.Claim } && t.Text.Contains("4,200 tonnes", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_same_file_again_does_nothing()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var before = await desk.AuditAsync(article);

        await desk.DropAsync("river.txt", RiverText.A);

        Assert.Equal(1, (await desk.HeadAsync(article)).Run);
        Assert.Equal(before, await desk.AuditAsync(article));
    }

    [Fact]
    public async Task A_revision_opens_only_what_changed()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var before = await desk.OpenTasksAsync(article);

        await desk.DropAsync("river.txt", RiverText.B);

        var tasks = await desk.TasksAsync(article);
        var fresh = tasks.Where(t => t.Run == 2).ToList();
        var changed = Assert.Single(fresh, t => t.Origin == TaskOrigin.Changed);
        var statement = (await desk.Cases.FindStatementAsync(changed.StatementId))!.Value;
        Assert.Contains("3,900", statement.Text, StringComparison.Ordinal);
        Assert.NotNull(statement.Replaces);
        var (_, shown, _) = await desk.GetAsync<TaskDetail>(Role.Reviewer, $"api/tasks/{changed.Id}");
        Assert.Contains("4,200", shown!.Statement.Replaces!, StringComparison.Ordinal);
        var closed = Assert.Single(tasks, t => t.State == TaskState.Superseded && t.StatementId == statement.Replaces);
        Assert.Contains(closed.Id, before.Select(t => t.Id));
        var kept = before.Where(t => tasks.Single(n => n.Id == t.Id).State != TaskState.Superseded).ToList();
        Assert.True(kept.Count >= 1, "what did not change keeps its task");
        Assert.All(kept, t => Assert.Equal(t.CreatedAt, tasks.Single(n => n.Id == t.Id).CreatedAt));
    }

    [Fact]
    public async Task A_then_B_then_A_asks_again_what_B_had_closed()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var first = (await desk.OpenTasksAsync(article))
            .Select(t => t.StatementId)
            .Order(StringComparer.Ordinal)
            .ToList();

        await desk.DropAsync("river.txt", RiverText.B);
        await desk.DropAsync("river.txt", RiverText.A);

        Assert.Equal(3, (await desk.HeadAsync(article)).Run);
        Assert.Equal(
            first,
            (await desk.OpenTasksAsync(article)).Select(t => t.StatementId).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_decision_survives_a_revision_that_leaves_its_statement_alone()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var audit = await desk.TaskAboutAsync(article, "31 million");
        Assert.Equal(200, await desk.DecideAsync(audit.Id, DeskHost.Approve(audit)));

        await desk.DropAsync("river.txt", RiverText.B);

        Assert.Equal(TaskState.Decided, (await desk.TasksAsync(article)).Single(t => t.Id == audit.Id).State);
        Assert.DoesNotContain(await desk.OpenTasksAsync(article), t => t.StatementId == audit.StatementId);
    }

    [Fact]
    public async Task A_statement_that_vanished_closes_its_task_and_its_clock()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = await desk.TaskAboutAsync(article, "4,200");

        await desk.DropAsync("river.txt", RiverText.WithoutFigure);

        Assert.Equal(TaskState.Superseded, (await desk.TasksAsync(article)).Single(t => t.Id == task.Id).State);
        Assert.True((await desk.Host.Client.GetInstanceAsync($"review-{task.Id}"))!.IsCompleted);
        Assert.Empty(await desk.Cases.WakesAsync(article));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_says_why_and_delays_nothing()
    {
        await using var desk = await DeskHost.StartAsync();
        var empty = await desk.DropAsync("empty.txt", " \n");
        var good = await desk.DropAsync("river.txt", RiverText.A);

        var head = await desk.HeadAsync(empty);
        Assert.Equal(ArticleStage.Rejected, head.Stage);
        Assert.Equal(RejectionReason.Empty, head.Rejection!.Reason);
        Assert.Equal(ArticleStage.Reviewing, (await desk.HeadAsync(good)).Stage);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_rejected_without_being_read()
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Reading.MaxBytes = 1_000);
        var article = await desk.DropAsync("large.txt", new string('x', 1_001));

        Assert.Equal(RejectionReason.TooLarge, (await desk.HeadAsync(article)).Rejection!.Reason);
        Assert.False(Directory.Exists(Path.Combine(desk.Data, "texts", article)));
    }

    [Fact]
    public async Task What_lies_beside_an_article_is_known_and_its_change_is_a_revision()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.DropAsync("river.txt.meta.json", """{"outlet":"Example Post","purpose":"OwnCopy"}""");
        var article = await desk.DropAsync("river.txt", RiverText.A);
        Assert.Equal(
            ("Example Post", Purpose.OwnCopy),
            ((await desk.HeadAsync(article)).Meta.Outlet, (await desk.HeadAsync(article)).Meta.Purpose)
        );

        await desk.DropAsync("river.txt.meta.json", """{"outlet":"Example Courier"}""");

        Assert.Equal(2, (await desk.HeadAsync(article)).Run);
        Assert.Equal("Example Courier", (await desk.HeadAsync(article)).Meta.Outlet);
    }

    /// <summary>What hides whether it is own copy must not make it public; and an editor can look and answer.</summary>
    [Theory]
    [InlineData("{\"outlet\":\"Caf\xE9\",\"purpose\":\"OwnCopy\"}", "latin1")]
    [InlineData("{\"purpose\":\"OwnCopy\"}", "utf-16")]
    [InlineData("{\"purpose\":\"OwnCopy\" \"outlet\":\"Example Post\"}")]
    [InlineData("{\"purpose\":\"OwnCopy\"")]
    [InlineData("[\"OwnCopy\"]")]
    [InlineData("{\"purpose\":true}")]
    [InlineData("{\"purpose\":\"Mine\"}")]
    [InlineData("{\"purpose\":{\"is\":\"OwnCopy\"}}")]
    [InlineData("true")]
    [InlineData("")]
    [InlineData("{\"purpose\":\"OwnCopy\",\"purpose\":\"ThirdParty\"}")]
    public async Task What_cannot_be_read_beside_an_article_closes_it_until_an_editor_answers(
        string beside,
        string charset = "utf-8"
    )
    {
        await using var desk = await DeskHost.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(desk.Data, "articles")).FullName;
        await File.WriteAllBytesAsync(
            Path.Combine(folder, "river.txt.meta.json"),
            Encoding.GetEncoding(charset).GetBytes(beside)
        );
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));

        Assert.Equal(409, await desk.PublishAsync(article));
        var (_, seen, _) = await desk.GetAsync<ArticleDetail>(Role.Reviewer, $"api/articles/{article}");
        Assert.Equal(Purpose.OwnCopy, seen!.Article.Purpose);
        Assert.Contains("can't be read", seen.Article.PurposeProblem, StringComparison.Ordinal);

        var (status, _, _) = await desk.SendAsync<ArticleSummary>(
            Role.Editor,
            HttpMethod.Post,
            $"api/articles/{article}/purpose",
            new NewPurpose(Purpose.ThirdParty, "It is in print.")
        );
        Assert.Equal(200, status);
        Assert.Equal(202, await desk.PublishAsync(article));
    }

    [Theory]
    [InlineData("{\"Purpose \":\"OwnCopy\"}")]
    [InlineData("{\"purpose:\":\"own copy\"}")]
    [InlineData("{\"purpose\":[\"OwnCopy\"]}")]
    [InlineData("{\"purpose\":\"ThirdParty\",\"PURPOSE\":\"OwnCopy\"}")]
    public async Task Own_copy_is_understood_however_it_is_written(string beside)
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.DropAsync("river.txt.meta.json", beside);
        var head = await desk.HeadAsync(await desk.DropAsync("river.txt", RiverText.A));
        Assert.Equal((Purpose.OwnCopy, null), (head.Meta.Purpose, head.PurposeOrigin!.Problem));
    }

    [Fact]
    public async Task Of_a_text_with_no_end_of_statements_the_best_are_kept_and_the_rest_is_told()
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxStatements = 30 });
        var text = string.Join("\n\n", Enumerable.Range(1, 100).Select(i => $"The bridge cost {i} million euros."));
        var article = await desk.DropAsync("bridges.txt", text);

        var (_, detail, _) = await desk.GetAsync<ArticleDetail>(Role.Reviewer, $"api/articles/{article}");
        Assert.Equal((30, 70), (detail!.Article.Statements, detail.Article.LeftOut));
        Assert.Equal(30, (await desk.Cases.StatementsAsync(article)).Count);
        Assert.Equal(8, detail.Tasks.Count);
    }

    [Fact]
    public async Task A_costly_file_waits_for_its_turn_as_long_as_it_takes()
    {
        using var busy = new FileReader(new Settings { Reading = { MaxCostlyAtOnce = 0 } }, SharedReaders.All);
        await using var desk = await DeskHost.StartAsync(with: options =>
            options.Services.Add(services => services.AddSingleton(busy))
        );
        var folder = Directory.CreateDirectory(Path.Combine(desk.Data, "articles")).FullName;
        var pdf = Handmade.Pdf(Handmade.At(72, 700, 12, "The river rose by 4 metres."));
        await File.WriteAllBytesAsync(Path.Combine(folder, "river.pdf"), pdf);
        await desk.Host.WhenIdleAsync();
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));

        var head = await desk.HeadAsync(ArticleKey.Of("articles", "river.pdf"));
        Assert.Equal((ArticleStage.Reading, null, null), (head.Stage, head.Failure, head.Rejection));
    }

    [Theory]
    [InlineData("03.04.2026", DateOrder.Unknown, "2026-04-03", null)]
    [InlineData("2026-04-03T08:15:00+02:00", DateOrder.MonthDay, "2026-04-03", null)]
    [InlineData("03/04/2026", DateOrder.DayMonth, "2026-04-03", null)]
    [InlineData("03/04/2026", DateOrder.MonthDay, "2026-03-04", null)]
    [InlineData("03/04/2026", DateOrder.Unknown, null, "03/04/2026")]
    [InlineData("last week", DateOrder.DayMonth, null, "last week")]
    public async Task A_date_beside_a_dropped_file_is_read_in_the_desks_order_or_told(
        string written,
        DateOrder order,
        string? published,
        string? unread
    )
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Reading.DateOrder = order);
        await desk.DropAsync("river.txt.meta.json", $$"""{"published":"{{written}}"}""");
        var article = await desk.DropAsync("river.txt", RiverText.A);

        var (_, detail, _) = await desk.GetAsync<ArticleDetail>(Role.Reviewer, $"api/articles/{article}");
        Assert.Equal((published, unread), (detail!.Meta.Published?.ToString("yyyy-MM-dd"), detail.Meta.UnreadDate));
    }

    [Fact]
    public async Task Own_copy_is_never_published()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.DropAsync("river.txt.meta.json", """{"purpose":"OwnCopy"}""");
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));

        Assert.Equal(409, await desk.PublishAsync(article));
        Assert.False(Directory.Exists(Path.Combine(desk.Data, "reports")));
    }

    [Fact]
    public async Task A_reviewer_promotes_a_candidate_and_adds_what_was_missed()
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 1 });
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var (_, statements, _) = await desk.GetAsync<ListOf<StatementView>>(
            Role.Reviewer,
            $"api/articles/{article}/statements"
        );
        var candidate = statements!.Items.First(s => s.TaskId is null);

        var (promoted, task, _) = await desk.SendAsync<TaskSummary>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/articles/{article}/statements",
            new NewStatement(candidate.Id, null, null, null)
        );
        Assert.Equal((201, TaskOrigin.Promoted), (promoted, task!.Origin));

        var (_, detail, _) = await desk.GetAsync<ArticleDetail>(Role.Reviewer, $"api/articles/{article}");
        var lovely = detail!.Text!.IndexOf("The river is lovely", StringComparison.Ordinal);
        var (added, mine, _) = await desk.SendAsync<TaskSummary>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/articles/{article}/statements",
            new NewStatement(null, StatementKind.Claim, new(lovely, 29), null)
        );
        Assert.Equal((201, TaskOrigin.Added), (added, mine!.Origin));

        var (again, _, _) = await desk.SendAsync<Problem>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/articles/{article}/statements",
            new NewStatement(null, StatementKind.Claim, new(lovely, 29), null)
        );
        Assert.Equal(409, again);
        await desk.Host.WhenIdleAsync();
        Assert.Equal(
            200,
            await desk.DecideAsync(
                mine.Id,
                DeskHost.Approve(
                    new()
                    {
                        Id = mine.Id,
                        ArticleKey = article,
                        StatementId = mine.StatementId,
                        Kind = StatementKind.Claim,
                        Run = 1,
                        Round = 1,
                        Origin = TaskOrigin.Added,
                        Priority = 1,
                        CreatedAt = default,
                        Deadline = default,
                        NextReminder = default,
                    }
                )
            )
        );
    }

    [Fact]
    public async Task Internal_evidence_is_for_those_who_decide()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = ArticleKey.Of("articles", "river.txt");
        await desk.UploadAsync("river.txt", RiverText.A, "submitter");
        await desk.DecideAllAsync(
            article,
            t =>
                DeskHost.Approve(t) with
                {
                    Evidence = [new() { Excerpt = "heard on the telephone", Visibility = EvidenceVisibility.Internal }],
                }
        );
        Assert.Equal(202, await desk.PublishAsync(article));

        var (_, seen, _) = await desk.GetAsync<ListOf<StatementView>>(
            Role.Reviewer,
            $"api/articles/{article}/statements"
        );
        var (_, hidden, _) = await desk.GetAsync<ListOf<StatementView>>(
            Role.Submitter,
            $"api/articles/{article}/statements"
        );
        Assert.Contains(seen!.Items, s => s.Verdict is { Evidence.Count: 1 });
        Assert.DoesNotContain(hidden!.Items, s => s.Verdict is { Evidence.Count: > 0 });
    }

    [Fact]
    public async Task Every_step_survives_being_replayed_after_each_await()
    {
        await using var desk = await DeskHost.StartAsync(with: options =>
            options.Host = host => host.ReplayAlways = true
        );
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DropAsync("river.txt", RiverText.B);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(202, await desk.PublishAsync(article));
        Assert.Equal(ArticleStage.Published, (await desk.HeadAsync(article)).Stage);
    }
}
