using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>What an orchestrator may rely on, live and replayed.</summary>
public sealed class OrchestrationTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_calls_activities_one_after_another(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Sum", async context =>
            {
                var sum = 0;
                for (var i = 1; i <= context.GetInput<int>(); i++)
                    sum += await context.CallActivityAsync<int>("Square", i);
                return sum;
            })
            .AddActivity<int, int>("Square", x => Task.FromResult(x * x))
            .StartAsync();

        var ended = await host.RunAsync("Sum", 5);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(55, ended.ReadOutputAs<int>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_fans_out_and_in(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Fan", async context =>
            {
                var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => context.CallActivityAsync<int>("Twice", i)));
                return all.Sum();
            })
            .AddActivity<int, int>("Twice", x => Task.FromResult(x * 2))
            .StartAsync();

        Assert.Equal(2450, (await host.RunAsync("Fan")).ReadOutputAs<int>());
    }
}
