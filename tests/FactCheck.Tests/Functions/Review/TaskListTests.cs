namespace FactCheck.Tests.Functions.Review;

/// <summary>The queue in pages of the caller's size.</summary>
public sealed class TaskListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task Pages_of_any_size_hold_every_task_once_and_in_the_queues_order(int most)
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var (_, whole, _) = await desk.GetAsync<ListOf<TaskSummary>>(Role.Reviewer, "api/tasks");
        Assert.Equal((await desk.OpenTasksAsync(article)).Count, whole!.Items.Count);

        var listed = new List<string>();
        string? cursor = null;
        do
        {
            var (_, page, _) = await desk.GetAsync<ListOf<TaskSummary>>(
                Role.Reviewer,
                $"api/tasks?most={most}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}"
            );
            Assert.InRange(page!.Items.Count, 0, most);
            listed.AddRange(page.Items.Select(t => t.Id));
            cursor = page.Cursor;
        } while (cursor is not null);

        Assert.Equal(whole.Items.Select(t => t.Id), listed);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("many")]
    public async Task A_page_size_that_there_is_not_is_refused(string most)
    {
        await using var desk = await DeskHost.StartAsync();
        Assert.Equal(400, (await desk.GetAsync<ListOf<TaskSummary>>(Role.Reviewer, $"api/tasks?most={most}")).Status);
    }
}
