using FactCheck.Functions.Cases;
using FactCheck.Functions.Review;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Review;

/// <summary>Clocks that a former release started ask the row what they wait for, and are woken as their task says.</summary>
public sealed class FormerClockTests
{
    [Theory]
    [InlineData(false, 0)] // its first wait
    [InlineData(true, 1)] // after a reminder: the row names the next attempt first
    public async Task A_clock_without_its_wait_sees_the_decision(bool waitsAgain, int attempt)
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 1 });
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = Assert.Single(await desk.OpenTasksAsync(article));
        var clock = new ReviewClock(task.Id).InstanceId();
        await desk.Host.Client.TerminateInstanceAsync(clock);
        await desk.Host.WhenIdleAsync();
        await desk.Host.Client.PurgeInstanceAsync(clock);
        await desk.Host.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(ReviewStatement),
            new { taskId = task.Id, waitsAgain },
            new StartOrchestrationOptions(clock)
        );
        await desk.Host.WhenIdleAsync();
        Assert.Equal(attempt, Assert.Single(await desk.OpenTasksAsync(article)).Attempt);

        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));

        Assert.Equal(
            OrchestrationRuntimeStatus.Completed,
            (await desk.Host.Client.GetInstanceAsync(clock))!.RuntimeStatus
        );
        Assert.Empty(await desk.Host.Services.GetRequiredService<CaseStore>().WakesAsync(article));
    }
}
