using FactCheck.Storage;

namespace FactCheck.Tests.Functions;

/// <summary>Two things at once: neither undoes the other.</summary>
public sealed class RaceTests
{
    [Fact]
    public async Task A_revision_keeps_a_verdict_that_comes_out_while_it_is_compared()
    {
        using var tables = new InterruptedTables();
        await using var desk = await DeskHost.StartAsync(with: tables.Under);
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var statement = (await desk.Cases.StatementsAsync(article)).First(s =>
            s.Anchor.Exact.Contains("31 million", StringComparison.Ordinal)
        );
        var verdict = new Verdict
        {
            Version = 1,
            Change = VerdictChange.First,
            Rating = "True",
            TaskId = "t",
            PublishedAt = desk.Host.Time.GetUtcNow(),
            ReviewBy = desk.Host.Time.GetUtcNow().AddDays(90),
        };
        tables.Once(
            (table, changes) =>
                table == "cases"
                && changes.Any(c => c.Key.StartsWith("stmt|", StringComparison.Ordinal))
                && changes.All(c => c.Key != "head"),
            () =>
                desk.Cases.ChangeAsync(
                    article,
                    async head =>
                        new CaseChange(head).Put(
                            (await desk.Cases.FindStatementAsync(statement.Id))!.Value with
                            {
                                Verdict = verdict,
                            }
                        )
                )
        );

        await desk.DropAsync("river.txt", RiverText.B);
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));

        var after = (await desk.Cases.FindStatementAsync(statement.Id))!.Value;
        Assert.Equal((2, 1), (after.LastRun, after.Verdict?.Version));
        Assert.Equal(ArticleStage.Reviewing, (await desk.HeadAsync(article)).Stage);
    }

    [Fact]
    public async Task A_publication_keeps_what_changes_about_a_statement_meanwhile()
    {
        using var tables = new InterruptedTables();
        await using var desk = await DeskHost.StartAsync(with: tables.Under);
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        var statement = (await desk.Cases.StatementsAsync(article)).First(s => s.TaskId is not null);
        tables.Once(
            (table, changes) =>
                table == "cases"
                && changes.Any(c => c is RowChange.Put && c.Key.StartsWith("pub|", StringComparison.Ordinal)),
            () =>
                desk.Cases.ChangeAsync(
                    article,
                    async head =>
                        new CaseChange(head).Put(
                            (await desk.Cases.FindStatementAsync(statement.Id))!.Value with
                            {
                                LastRun = 9,
                            }
                        )
                )
        );

        Assert.Equal(202, await desk.PublishAsync(article));

        var after = (await desk.Cases.FindStatementAsync(statement.Id))!.Value;
        Assert.Equal((9, 1), (after.LastRun, after.Verdict?.Version));
    }

    [Fact]
    public async Task A_place_that_was_marked_in_an_older_version_is_not_taken_for_one_in_the_newer()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = await desk.TaskAboutAsync(article, "31 million");
        var (_, seen, etag) = await desk.GetAsync<TaskDetail>(Role.Reviewer, $"api/tasks/{task.Id}", "ana");
        Assert.Equal(etag, seen!.Task.ETag);
        await desk.DropAsync("river.txt", RiverText.WithoutFigure);

        var amended = DeskHost.Approve(task) with
        {
            Action = DecisionAction.Amend,
            Amendment = new(Span: seen.Statement.Span),
        };
        var (stale, _, _) = await desk.SendAsync<Problem>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/tasks/{task.Id}/decisions",
            amended,
            etag,
            "ana"
        );
        Assert.Equal(412, stale);

        var (_, now, fresh) = await desk.GetAsync<TaskDetail>(Role.Reviewer, $"api/tasks/{task.Id}", "ana");
        var (status, _, _) = await desk.SendAsync<DecisionTaken>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/tasks/{task.Id}/decisions",
            amended with
            {
                Amendment = new(Span: now!.Statement.Span),
            },
            fresh,
            "ana"
        );
        Assert.Equal(200, status);
    }

    [Fact]
    public async Task What_the_extractor_no_longer_finds_can_still_be_added_where_it_stands()
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 1 });
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var candidate = (await desk.Cases.StatementsAsync(article)).First(s =>
            s is { Kind: StatementKind.Claim, TaskId: null }
        );
        await desk.Cases.ChangeAsync(article, head => new CaseChange(head).Put(candidate with { LastRun = 0 }));

        var (status, task, _) = await desk.SendAsync<TaskSummary>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/articles/{article}/statements",
            new NewStatement(
                null,
                StatementKind.Claim,
                new(candidate.Anchor.Position, candidate.Anchor.Exact.Length),
                null
            )
        );

        Assert.Equal((201, candidate.Id), (status, task?.StatementId));
    }
}
