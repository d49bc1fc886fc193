namespace FactCheck.Tests.Functions.Review;

/// <summary>What a verdict rests on is copied when it is decided: by the time it is published the page may be another.
/// </summary>
public sealed class ArchiveOfDecisionsTests
{
    [Fact]
    public async Task The_clock_of_a_decided_task_takes_the_copies_before_anybody_publishes()
    {
        using var site = new ChangingSite();
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 1 });
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, task => DeskHost.Approve(task, site.Page));

        var decided = Assert.Single(await desk.TasksAsync(article));
        Assert.NotNull(Assert.Single(decided.Decision!.Evidence).Snapshot);
        Assert.Contains("archived", await desk.AuditAsync(article));
        Assert.Equal(1, site.Requests);
    }
}
