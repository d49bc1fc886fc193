using FactCheck.Tests.Storage;

namespace FactCheck.Tests.Functions;

/// <summary>
/// Host or worker die at moments that people know; what was acknowledged stands, and nothing happens twice.
/// </summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Tasks_wait_and_a_decision_goes_through_after_a_crash()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var before = (await desk.OpenTasksAsync(article)).Select(t => t.Id).ToList();

        await desk.Host.CrashAsync();
        await desk.Host.StartAsync();
        await desk.Host.WhenIdleAsync();

        Assert.Equal(before, (await desk.OpenTasksAsync(article)).Select(t => t.Id));
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(202, await desk.PublishAsync(article));
        Assert.Single(await desk.AuditAsync(article), "published");
    }

    [Fact]
    public async Task A_publication_that_was_asked_for_happens_once_after_a_crash()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        var (status, _, _) = await desk.SendAsync<PublicationAsked>(
            Role.Editor,
            HttpMethod.Post,
            $"api/articles/{article}/publication",
            new NewPublication(false, null, null)
        );
        Assert.Equal(202, status);

        await desk.Host.CrashAsync();
        await desk.Host.StartAsync();
        await desk.Host.WhenIdleAsync();

        Assert.Equal(1, (await desk.HeadAsync(article)).PublicationDone);
        Assert.Single(await desk.AuditAsync(article), "published");
        Assert.Contains("River clean-up", await desk.Host.Http.GetStringAsync("feed.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_whose_event_was_lost_is_found_by_the_sweep()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = (await desk.OpenTasksAsync(article))[0];
        // The row says decided, and the clock never heard of it: what a crash between commit and event leaves.
        await desk.Cases.ChangeAsync(
            article,
            async head =>
            {
                var current = await desk.Cases.TaskAsync(task.Id);
                var decision = new Decision
                {
                    Action = DecisionAction.Reject,
                    Reason = RejectReason.NotWorthIt,
                    By = "ana",
                    At = desk.Host.Time.GetUtcNow(),
                };
                return new FactCheck.Storage.CaseChange(
                    head with
                    {
                        OpenTasks = [.. head.OpenTasks.Where(t => t != task.Id)],
                    }
                ).Replace(current, current.Value with { State = TaskState.Decided, Decision = decision });
            },
            new DeafOrchestrations()
        );

        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Single(await desk.Cases.WakesAsync(article));
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.Empty(await desk.Cases.WakesAsync(article));
        Assert.True((await desk.Host.Client.GetInstanceAsync($"review-{task.Id}"))!.IsCompleted);
    }

    [Fact]
    public async Task A_task_whose_clock_died_gets_a_new_one()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = (await desk.OpenTasksAsync(article))[0];
        await desk.Host.Client.TerminateInstanceAsync($"review-{task.Id}");
        await desk.Host.WhenIdleAsync();

        for (var minute = 0; minute < 121; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(
            OrchestrationRuntimeStatus.Running,
            (await desk.Host.Client.GetInstanceAsync($"review-{task.Id}"))!.RuntimeStatus
        );
    }
}
