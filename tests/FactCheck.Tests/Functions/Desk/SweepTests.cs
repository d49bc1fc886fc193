using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Desk;

/// <summary>What a crash or a failing store leaves behind is repaired within the hour, without a person.</summary>
public sealed class SweepTests
{
    [Fact]
    public async Task One_broken_case_keeps_the_sweep_from_no_other()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var broken = new string('a', ArticleKey.Length);
        await desk
            .Host.Services.GetRequiredService<ITableStore>()
            .CommitAsync("cases", broken, [new RowChange.Put("head", "{}")]);
        await desk
            .Host.Services.GetRequiredService<DeskIndex>()
            .AddArticleAsync(new(broken, "broken.txt", desk.Host.Time.GetUtcNow()));
        var waiting = (await desk.HeadAsync(article)).OpenTasks[0];
        var wake = new Wake(waiting, desk.Host.Time.GetUtcNow());
        await desk
            .Host.Services.GetRequiredService<ITableStore>()
            .CommitAsync("cases", article, [new RowChange.Put(CaseRows.Wake(waiting), CaseJson.Write(wake))]);
        var attempt = (await desk.OpenTasksAsync(article)).First(t => t.Id == waiting).Attempt;

        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(3));

        var head = await desk.HeadAsync(article);
        Assert.True(
            (await desk.OpenTasksAsync(article)).First(t => t.Id == head.OpenTasks[0]).Attempt > attempt,
            "its clock was woken"
        );
    }

    [Fact]
    public async Task A_task_that_fell_out_of_the_queue_comes_back()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var tables = desk.Host.Services.GetRequiredService<ITableStore>();
        foreach (var (key, _) in await QueueOf(desk).ListAsync(null, 100))
            await tables.CommitAsync("queue", "open|main|0", [new RowChange.Delete(key)]);

        for (var minute = 0; minute < 121; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));

        var (_, queue, _) = await desk.GetAsync<ListOf<TaskSummary>>(Role.Reviewer, "api/tasks");
        Assert.Equal((await desk.OpenTasksAsync(article)).Count, queue!.Items.Count);
    }

    [Fact]
    public async Task Tasks_that_could_not_be_put_in_the_queue_are_not_lost_with_the_run()
    {
        using var tables = new InterruptedTables();
        await using var desk = await DeskHost.StartAsync(with: tables.Under);
        tables.Before = (table, _) =>
            table == "queue" ? throw new IOException("The queue's table can't be written.") : Task.CompletedTask;
        var article = await desk.DropAsync("river.txt", RiverText.A);
        for (var minute = 0; minute < 30; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(ArticleStage.Reviewing, (await desk.HeadAsync(article)).Stage);
        Assert.Empty(await QueueOf(desk).ListAsync(null, 100));

        tables.Before = null;
        for (var minute = 0; minute < 121; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.NotEmpty(await desk.OpenTasksAsync(article));
        Assert.Equal((await desk.OpenTasksAsync(article)).Count, (await QueueOf(desk).ListAsync(null, 100)).Count);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(ArticleStage.Ready, (await desk.HeadAsync(article)).Stage);
    }

    private static TaskQueue QueueOf(DeskHost desk) => desk.Host.Services.GetRequiredService<TaskQueue>();

    [Fact]
    public async Task A_publication_that_could_not_be_announced_is_announced_later()
    {
        using var tables = new InterruptedTables();
        await using var desk = await DeskHost.StartAsync(with: tables.Under);
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        tables.Before = (table, _) =>
            table == "published" ? throw new IOException("The table does not answer.") : Task.CompletedTask;
        Assert.Equal(202, await desk.PublishAsync(article));
        for (var minute = 0; minute < 20; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await desk.HeadAsync(article)).PublicationDone);

        tables.Before = null;
        for (var minute = 0; minute < 20; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Contains("River clean-up", await desk.Host.Http.GetStringAsync("feed.json"), StringComparison.Ordinal);
        Assert.Single(await desk.AuditAsync(article), "published");
    }

    [Fact]
    public async Task A_check_that_failed_is_tried_again_when_the_article_is_handed_in_again()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.Cases.ChangeAsync(
            article,
            async head =>
                new CaseChange(head with { Stage = ArticleStage.Failed, Failure = "The store did not answer." }).Put(
                    (await desk.Cases.FindRunAsync(article, 1))! with
                    {
                        State = RunState.Failed,
                    }
                )
        );

        await desk.DropAsync("river.txt", RiverText.A);

        var head = await desk.HeadAsync(article);
        Assert.Equal((2, ArticleStage.Reviewing, null), (head.Run, head.Stage, head.Failure));
    }
}
