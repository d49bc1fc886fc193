namespace FactCheck.Tests.Host.Durable;

/// <summary>What an orchestrator may do, live and replayed.</summary>
public sealed class OrchestrationTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_calls_activities_one_after_another(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Sum",
                async context =>
                {
                    var sum = 0;
                    for (var i = 1; i <= context.GetInput<int>(); i++)
                        sum += await context.CallActivityAsync<int>("Square", i);
                    return sum;
                }
            )
            .AddActivity<int, int>("Square", x => Task.FromResult(x * x))
            .StartAsync();

        var ended = await host.RunAsync("Sum", 5);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(55, ended.ReadOutputAs<int>());
        Assert.Equal(5, ended.ReadInputAs<int>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_fans_out_and_in(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Fan",
                async context =>
                {
                    var all = await Task.WhenAll(
                        Enumerable.Range(0, 50).Select(i => context.CallActivityAsync<int>("Twice", i))
                    );
                    return all.Sum();
                }
            )
            .AddActivity<int, int>("Twice", x => Task.FromResult(x * 2))
            .StartAsync();

        Assert.Equal(2450, (await host.RunAsync("Fan")).ReadOutputAs<int>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_sub_orchestration_knows_its_parent_and_returns_to_it(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync<string>(
                        "Child",
                        7,
                        new SubOrchestrationOptions(instanceId: "the-child")
                    )
            )
            .AddOrchestrator(
                "Child",
                async context =>
                {
                    var twice = await context.CallActivityAsync<int>("Twice", context.GetInput<int>());
                    return $"{context.InstanceId} of {context.Parent!.Name} {context.Parent.InstanceId}: {twice}";
                }
            )
            .AddActivity<int, int>("Twice", x => Task.FromResult(x * 2))
            .StartAsync();

        var ended = await host.RunAsync("Parent", id: "the-parent");

        Assert.Equal("the-child of Parent the-parent: 14", ended.ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.ReadAsync("the-child")).RuntimeStatus);
    }
}
