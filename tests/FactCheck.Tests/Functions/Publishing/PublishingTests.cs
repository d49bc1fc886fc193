using System.Text.Json;
using FactCheck.Storage;
using FactCheck.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Publishing;

/// <summary>What is public stays true to what was decided, whatever comes in between.</summary>
public sealed class PublishingTests
{
    [Fact]
    public async Task A_retraction_is_not_mistaken_for_a_publication_that_is_under_way()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        await desk.Cases.ChangeAsync(
            article,
            head =>
                new CaseChange(head with { PublicationAsked = 2 }).Insert(
                    new CasePublication(2, "editor", desk.Host.Time.GetUtcNow())
                ),
            new DeafOrchestrations()
        );

        Assert.Equal(409, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));
        Assert.Equal(202, await desk.PublishAsync(article));
        Assert.Equal(2, (await desk.HeadAsync(article)).PublicationDone);
        Assert.Equal(202, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));
        Assert.True((await desk.HeadAsync(article)).Retracted);
    }

    [Fact]
    public async Task What_an_earlier_release_published_can_be_taken_back()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        // It did not keep beside the rows what it published.
        File.Delete(Path.Combine(desk.Data, "texts", article, "publication-0001.json"));

        Assert.Equal(422, await desk.PublishAsync(article, new(true, null, null)));
        Assert.Equal(202, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));

        Assert.True((await desk.HeadAsync(article)).Retracted);
        foreach (var path in new[] { $"claims/{statement.Id}", $"api/claims/{statement.Id}/claimreview" })
        {
            using var page = await desk.Host.Http.GetAsync(path);
            Assert.Equal(410, (int)page.StatusCode);
        }
    }

    [Fact]
    public async Task A_desk_that_publishes_by_itself_publishes_once_and_never_what_an_editor_took_back()
    {
        await using var desk = await DeskHost.StartAsync(settings =>
            (settings.Publication, settings.Selection) = (new() { Automatic = true }, new() { MaxTasks = 2 })
        );
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(1, (await desk.HeadAsync(article)).PublicationAsked);

        Assert.Equal(202, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));
        var candidate = (await desk.Cases.StatementsAsync(article)).First(s => s.TaskId is null);
        await ReopenAsync(desk, article, candidate.Id);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));

        var head = await desk.HeadAsync(article);
        Assert.Equal((2, true), (head.PublicationAsked, head.Retracted));
    }

    [Fact]
    public async Task A_verdict_whose_later_question_was_dropped_stays_public()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        await ReopenAsync(desk, article, statement.Id);
        await desk.DropAsync("river.txt", RiverText.WithoutFigure);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));

        Assert.Equal(202, await desk.PublishAsync(article));

        Assert.Equal(2, (await desk.HeadAsync(article)).PublicationDone);
        using var page = await desk.Host.Http.GetAsync($"claims/{statement.Id}");
        Assert.Equal(200, (int)page.StatusCode);
    }

    [Fact]
    public async Task A_verdict_whose_statement_a_later_look_rejects_is_taken_back()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        await ReopenAsync(desk, article, statement.Id);
        await desk.DecideAllAsync(
            article,
            _ => new(DecisionAction.Reject, null, null, null, RejectReason.NotAClaim, null, null, null)
        );

        Assert.Equal(202, await desk.PublishAsync(article));

        using var page = await desk.Host.Http.GetAsync($"claims/{statement.Id}");
        Assert.Equal(410, (int)page.StatusCode);
        var verdict = (await desk.Cases.FindStatementAsync(statement.Id))!.Value.Verdict!;
        Assert.Equal((2, VerdictChange.Retraction), (verdict.Version, verdict.Change));
        Assert.False((await desk.HeadAsync(article)).Retracted);
        var (_, claims, _) = await desk.GetAsync<ListOf<FoundClaim>>(Role.Submitter, "api/claims");
        Assert.DoesNotContain(claims!.Items, c => c.StatementId == statement.Id);
        Assert.NotEmpty(claims.Items);
    }

    [Fact]
    public async Task A_correction_is_announced_once()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        await ReopenAsync(desk, article, statement.Id);
        await desk.DecideAllAsync(
            article,
            t =>
                DeskHost.Approve(t, rating: "Unproven") with
                {
                    Rating = "Satire",
                    Evidence = [new() { Excerpt = "It was a joke." }],
                }
        );
        Assert.Equal(202, await desk.PublishAsync(article));
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(202, await desk.PublishAsync(article));

        var corrections = await desk.Host.Services.GetRequiredService<DeskIndex>().CorrectionsAsync(null, 10);
        Assert.Equal([2], corrections.Items.Select(c => c.Version));
        var page = await desk.Host.Http.GetStringAsync("corrections");
        Assert.Contains("corrected from Unproven", page, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await desk.Host.Http.GetStringAsync($"reports/{article}.json"));
        Assert.Equal("Unproven", VerdictIn(report, statement.Id).GetProperty("previousRatingLabel").GetString());
    }

    [Fact]
    public async Task A_character_that_xml_does_not_know_does_not_break_the_feed()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(
            article,
            t =>
                DeskHost.Approve(t) with
                {
                    Action = DecisionAction.Amend,
                    Amendment = new(Text: "The agency removed\u0001 waste 😀."),
                }
        );
        Assert.Equal(202, await desk.PublishAsync(article));

        Assert.Contains("removed waste 😀", await desk.Host.Http.GetStringAsync("feed.xml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\npurpose: own copy\n---\n", null)]
    [InlineData("", """{"purpose":"own copy"}""")]
    [InlineData("---\npurpose: own cpoy\n---\n", null)]
    [InlineData("", """{"purpose":"OwnCpoy"}""")]
    public async Task Own_copy_stays_own_copy_whatever_a_new_version_says_until_an_editor_says_otherwise(
        string frontMatter,
        string? beside
    )
    {
        await using var desk = await DeskHost.StartAsync();
        if (beside is not null)
            await desk.DropAsync("river.md.meta.json", beside);
        var article = await desk.DropAsync("river.md", frontMatter + RiverText.A);
        Assert.Equal(Purpose.OwnCopy, (await desk.HeadAsync(article)).Meta.Purpose);
        if (beside is not null)
            File.Delete(Path.Combine(desk.Data, "articles", "river.md.meta.json"));

        await desk.DropAsync("river.md", RiverText.B);
        Assert.Equal(Purpose.OwnCopy, (await desk.HeadAsync(article)).Meta.Purpose);

        await desk.DropAsync("river.md.meta.json", """{"purpose":"ThirdParty"}""");
        var head = await desk.HeadAsync(article);
        Assert.Equal(Purpose.OwnCopy, head.Meta.Purpose);
        Assert.Contains("says otherwise", head.PurposeOrigin!.Problem, StringComparison.Ordinal);

        Assert.Equal(403, (await AnswerAsync(desk, article, Purpose.ThirdParty, Role.Reviewer)).Status);
        var (status, answer) = await AnswerAsync(desk, article, Purpose.ThirdParty);
        Assert.Equal((200, Purpose.ThirdParty, null), (status, answer!.Purpose, answer.PurposeProblem));
        await desk.DropAsync("river.md", RiverText.WithoutFigure);
        Assert.Equal(Purpose.ThirdParty, (await desk.HeadAsync(article)).Meta.Purpose);
        Assert.Contains("changed the purpose", await desk.AuditAsync(article));
    }

    [Fact]
    public async Task More_verdicts_than_a_transaction_holds_are_published_together()
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 20 });
        var article = await desk.DropAsync(
            "districts.txt",
            string.Join(
                "\n\n",
                Enumerable
                    .Range(1, 110)
                    .Select(n => $"The agency removed {4_000 + n} tonnes of waste from district {n} in 2024.")
            )
        );
        while (
            (await desk.Cases.StatementsAsync(article))
                .Where(s => s is { Kind: StatementKind.Claim, TaskId: null })
                .Take(20)
                .ToList()
                is { Count: > 0 } rest
        )
        {
            await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
            foreach (var candidate in rest)
                await ReopenAsync(desk, article, candidate.Id);
        }

        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(202, await desk.PublishAsync(article));

        Assert.Equal(1, (await desk.HeadAsync(article)).PublicationDone);
        Assert.InRange(
            (await desk.Cases.StatementsAsync(article)).Count(s => s.Verdict is not null),
            101,
            int.MaxValue
        );
        Assert.Equal(202, await desk.PublishAsync(article, new(true, null, "The source withdrew them.")));
        Assert.All(
            (await desk.Cases.StatementsAsync(article)).Where(s => s.Verdict is not null),
            s => Assert.Equal(VerdictChange.Retraction, s.Verdict!.Change)
        );
        Assert.Single(await desk.AuditAsync(article), "published");
    }

    [Fact]
    public async Task What_is_decided_while_the_pages_are_written_belongs_to_the_next_version()
    {
        using var tables = new InterruptedTables();
        await using var desk = await DeskHost.StartAsync(with: tables.Under);
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        await ReopenAsync(desk, article, statement.Id);
        await desk.DecideAllAsync(
            article,
            t => DeskHost.Approve(t, rating: "Satire") with { Evidence = [new() { Excerpt = "It was a joke." }] }
        );
        tables.Once(
            (table, changes) =>
                table == CaseRows.Table
                && changes.Any(c =>
                    c is RowChange.Put { Key: var key } && key.StartsWith("pub|", StringComparison.Ordinal)
                ),
            async () =>
            {
                var task = await TaskOfAsync(desk, statement.Id);
                await desk.Cases.ChangeAsync(
                    article,
                    head =>
                        new CaseChange(head).Replace(
                            task,
                            task.Value with
                            {
                                Decision = task.Value.Decision! with { Rating = "Outdated" },
                            }
                        )
                );
            }
        );

        Assert.Equal(202, await desk.PublishAsync(article));
        Assert.Equal(("Satire", "Satire"), await ShownAndKeptAsync(desk, statement.Id));
        Assert.Equal(202, await desk.PublishAsync(article));
        Assert.Equal(("Outdated", "Outdated"), await ShownAndKeptAsync(desk, statement.Id));
    }

    [Theory]
    [InlineData(false, 1, ArticleStage.Ready)]
    [InlineData(true, 2, ArticleStage.Published)]
    public async Task What_closes_while_the_pages_are_written_is_not_forgotten(
        bool automatic,
        int versions,
        ArticleStage stage
    )
    {
        using var tables = new InterruptedTables();
        await using var desk = await DeskHost.StartAsync(
            settings =>
                (settings.Publication, settings.Selection) = (new() { Automatic = automatic }, new() { MaxTasks = 2 }),
            tables.Under
        );
        var article = await desk.DropAsync("river.txt", RiverText.A);
        tables.Once(
            (table, changes) =>
                table == CaseRows.Table
                && changes.Any(c =>
                    c is RowChange.Put { Key: var key } && key.StartsWith("pub|", StringComparison.Ordinal)
                ),
            async () =>
            {
                var (late, closed) = (
                    (await desk.Cases.StatementsAsync(article)).First(s =>
                        s is { Kind: StatementKind.Claim, TaskId: null }
                    ),
                    (await desk.TasksAsync(article))[0]
                );
                var task = closed with { Id = $"{late.Id}.1", StatementId = late.Id, Round = 1 };
                await desk.Cases.ChangeAsync(
                    article,
                    head => new CaseChange(head).Put(late with { TaskId = task.Id }).Insert(task),
                    new DeafOrchestrations()
                );
            }
        );

        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        if (!automatic)
            Assert.Equal(202, await desk.PublishAsync(article));
        await desk.Host.WhenIdleAsync();

        var head = await desk.HeadAsync(article);
        Assert.Equal((versions, stage), (head.PublicationDone, head.Stage));
        if (!automatic)
            Assert.Equal(202, await desk.PublishAsync(article));
        var statements = await desk.Cases.StatementsAsync(article);
        Assert.All(await desk.TasksAsync(article), t => Assert.Contains(statements, s => s.Verdict?.TaskId == t.Id));
    }

    [Fact]
    public async Task A_retraction_repeats_the_words_that_were_public()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        await ReopenAsync(desk, article, statement.Id);
        await desk.DecideAllAsync(
            article,
            t =>
                DeskHost.Approve(t) with
                {
                    Action = DecisionAction.Amend,
                    Amendment = new(Text: "Internal: the figure was leaked."),
                }
        );

        Assert.Equal(202, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));

        Assert.DoesNotContain(
            "leaked",
            await desk.Host.Http.GetStringAsync($"reports/{article}.json"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("reports/{0}")]
    [InlineData("reports/{0}.json")]
    [InlineData("claims/{1}")]
    [InlineData("api/claims/{1}/claimreview")]
    [InlineData("feed.json")]
    [InlineData("feed.xml")]
    [InlineData("corrections")]
    public async Task What_is_public_may_be_kept_for_a_minute_and_is_asked_for_by_its_tag_and_by_its_head(string path)
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var url = string.Format(path, article, (await StatementAsync(desk, article, "4,200")).Id);

        using var whole = await desk.Host.Http.GetAsync(url);
        Assert.Equal("public, max-age=60, stale-while-revalidate=30", whole.Headers.CacheControl!.ToString());
        using var head = await desk.Host.Http.SendAsync(new(HttpMethod.Head, url));
        Assert.Equal((200, whole.Headers.ETag), ((int)head.StatusCode, head.Headers.ETag));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        using var again = new HttpRequestMessage(HttpMethod.Get, url);
        again.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
        using var known = await desk.Host.Http.SendAsync(again);
        Assert.Equal(304, (int)known.StatusCode);

        await desk.PublishAsync(article, new(true, null, "It was another river."));
        using var after = await desk.Host.Http.GetAsync(url);
        if (after.IsSuccessStatusCode)
            Assert.NotEqual(whole.Headers.ETag, after.Headers.ETag);
        else
            Assert.Equal("no-store", after.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task What_becomes_own_copy_after_its_publication_is_not_shown_any_more()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        Assert.Contains(article, await desk.Host.Http.GetStringAsync("feed.json"), StringComparison.Ordinal);

        await desk.DropAsync("river.txt.meta.json", """{"purpose":"own copy"}""");

        Assert.Equal(Purpose.OwnCopy, (await desk.HeadAsync(article)).Meta.Purpose);
        foreach (
            var page in new[]
            {
                $"reports/{article}",
                $"reports/{article}.json",
                $"claims/{statement.Id}",
                $"api/claims/{statement.Id}/claimreview",
            }
        )
        {
            using var answer = await desk.Host.Http.GetAsync(page);
            Assert.Equal(404, (int)answer.StatusCode);
        }

        foreach (var feed in new[] { "feed.json", "feed.xml", "corrections" })
            Assert.DoesNotContain(article, await desk.Host.Http.GetStringAsync(feed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_reads_published_verdicts_again_only_when_one_changed()
    {
        using var tables = new InterruptedTables();
        await using var desk = await DeskHost.StartAsync(with: tables.Under);
        var article = await PublishedAsync(desk);
        Assert.NotEmpty(await SearchAsync(desk));
        var before = tables.Lists;

        Assert.NotEmpty(await SearchAsync(desk));
        Assert.Equal(before, tables.Lists);

        Assert.Equal(202, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));
        Assert.Empty(await SearchAsync(desk));
    }

    private static async Task<IReadOnlyList<FoundClaim>> SearchAsync(DeskHost desk) =>
        (await desk.GetAsync<ListOf<FoundClaim>>(Role.Submitter, "api/claims?q=waste+from+the+river")).Body!.Items;

    private static async Task<Versioned<ReviewTask>> TaskOfAsync(DeskHost desk, string statementId) =>
        (await desk.Cases.FindTaskAsync((await desk.Cases.FindStatementAsync(statementId))!.Value.TaskId!))!;

    private static async Task<(string Shown, string Kept)> ShownAndKeptAsync(DeskHost desk, string statementId)
    {
        var path = $"reports/{StatementId.ArticleOf(statementId)}.json";
        using var report = JsonDocument.Parse(await desk.Host.Http.GetStringAsync(path));
        return (
            VerdictIn(report, statementId).GetProperty("rating").GetString()!,
            (await desk.Cases.FindStatementAsync(statementId))!.Value.Verdict!.Rating
        );
    }

    private static JsonElement VerdictIn(JsonDocument report, string statementId) =>
        report
            .RootElement.GetProperty("verdicts")
            .EnumerateArray()
            .First(v => v.GetProperty("statementId").GetString() == statementId);

    private static async Task<string> PublishedAsync(DeskHost desk)
    {
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(202, await desk.PublishAsync(article));
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(5));
        return article;
    }

    private static async Task ReopenAsync(DeskHost desk, string article, string statementId)
    {
        var (status, _, _) = await desk.SendAsync<TaskSummary>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/articles/{article}/statements",
            new NewStatement(statementId, null, null, null)
        );
        Assert.Equal(201, status);
        await desk.Host.WhenIdleAsync();
    }

    private static async Task<(int Status, ArticleSummary? Article)> AnswerAsync(
        DeskHost desk,
        string article,
        Purpose purpose,
        Role role = Role.Editor
    )
    {
        var (status, answer, _) = await desk.SendAsync<ArticleSummary>(
            role,
            HttpMethod.Post,
            $"api/articles/{article}/purpose",
            new NewPurpose(purpose, "It is on their site.")
        );
        return (status, answer);
    }

    private static async Task<Statement> StatementAsync(DeskHost desk, string article, string words) =>
        (await desk.Cases.StatementsAsync(article)).First(s =>
            s is { Kind: StatementKind.Claim, Verdict: not null } && s.Text.Contains(words, StringComparison.Ordinal)
        );
}
