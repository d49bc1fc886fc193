using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>The host that tests of others are run on.</summary>
public sealed class TestHostTests
{
    [Fact]
    public async Task Orchestrators_and_activities_are_lambdas_and_the_client_waits_for_them()
    {
        var told = new List<string>();
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Hello", async context =>
            {
                await context.CallActivityAsync("Tell", "begun");
                return await context.CallActivityAsync<string>("Greet", context.GetInput<string>());
            })
            .AddOrchestrator("Nothing", context => context.CallActivityAsync("Tell", "nothing"))
            .AddActivity("Greet", (string name) => Task.FromResult($"Hello, {name}"))
            .AddActivity("Tell", (string text) =>
            {
                told.Add(text);
                return Task.CompletedTask;
            })
            .StartAsync();

        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Hello", "Ana", CancellationToken.None);
        var ended = await host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        var nothing = await host.Client.WaitForInstanceCompletionAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync("nothing"), getInputsAndOutputs: true);

        Assert.Equal(("Hello, Ana", "Ana"), (ended.ReadOutputAs<string>(), ended.ReadInputAs<string>()));
        Assert.Null(nothing.SerializedOutput);
        Assert.Equal(["begun", "nothing"], told);
    }

    [Fact]
    public async Task Time_stands_still_until_it_is_moved_or_runs_as_it_does_for_everybody()
    {
        await using (var host = await EmbeddedHost.ForTests().AddOrchestrator("Sleep", context => context.CreateTimer(TimeSpan.FromDays(30), CancellationToken.None)).StartAsync())
        {
            var id = await host.BeginAsync("Sleep");
            await host.AdvanceAsync(TimeSpan.FromDays(29));
            Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);
            await host.AdvanceAsync(TimeSpan.FromDays(1));
            Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.ReadAsync(id)).RuntimeStatus);
        }

        await using var real = await EmbeddedHost.ForTests().InRealTime().AddOrchestrator("Sleep", context => context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None)).StartAsync();
        var before = DateTimeOffset.UtcNow;
        var ended = await real.Client.WaitForInstanceCompletionAsync(await real.Client.ScheduleNewOrchestrationInstanceAsync("Sleep"));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.InRange(ended.CreatedAt, before.AddSeconds(-1), DateTimeOffset.UtcNow);
        await Assert.ThrowsAsync<InvalidOperationException>(() => real.AdvanceAsync(TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task What_still_runs_after_a_generous_time_is_named()
    {
        var leave = new TaskCompletionSource();
        await using var host = await EmbeddedHost.ForTests().WithIdleLimit(TimeSpan.FromMilliseconds(100))
            .AddOrchestrator("Hang", context => context.CallActivityAsync("Hang"))
            .AddActivity<object?>("Hang", _ => leave.Task)
            .StartAsync();

        var busy = await Assert.ThrowsAsync<TimeoutException>(() => host.BeginAsync("Hang", id: "h"));

        Assert.Contains("activity 'Hang' of h", busy.Message, StringComparison.Ordinal);
        leave.SetResult();
    }
}
