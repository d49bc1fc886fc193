using FactCheck.Host;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace FactCheck.Tests.Host.Durable;

/// <summary>What an orchestrator may do, live and replayed.</summary>
public sealed class OrchestrationTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_calls_activities_one_after_another(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
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
        Assert.Equal(5, ended.ReadInputAs<int>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_orchestrator_fans_out_and_in(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Fan", async context =>
            {
                var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => context.CallActivityAsync<int>("Twice", i)));
                return all.Sum();
            })
            .AddActivity<int, int>("Twice", x => Task.FromResult(x * 2))
            .StartAsync();

        Assert.Equal(2450, (await host.RunAsync("Fan")).ReadOutputAs<int>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_sub_orchestration_knows_its_parent_and_returns_to_it(bool evict)
    {
        await using var host = await TestHub.ForTests().ReplayAlways(evict)
            .AddOrchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child", 7, new SubOrchestrationOptions(instanceId: "the-child")))
            .AddOrchestrator("Child", async context =>
            {
                var twice = await context.CallActivityAsync<int>("Twice", context.GetInput<int>());
                return $"{context.InstanceId} of {context.Parent!.Name} {context.Parent.InstanceId}: {twice}";
            })
            .AddActivity<int, int>("Twice", x => Task.FromResult(x * 2))
            .StartAsync();

        var ended = await host.RunAsync("Parent", id: "the-parent");

        Assert.Equal("the-child of Parent the-parent: 14", ended.ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.ReadAsync("the-child")).RuntimeStatus);
    }

    [Fact]
    public async Task Entities_are_refused_as_the_base_class_refuses_them()
    {
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("Entities", context => Task.FromResult(Assert.Throws<NotSupportedException>(() => context.Entities).Message))
            .StartAsync();

        Assert.Contains("not supported", (await host.RunAsync("Entities")).ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Continuations_run_on_the_orchestrators_own_thread()
    {
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("Continue", async context =>
            {
                var thread = Environment.CurrentManagedThreadId;
                var continued = context.CallActivityAsync<int>("One").ContinueWith(one => (One: one.Result, Environment.CurrentManagedThreadId));
                var (one, there) = await continued;
                await Task.Yield();
                return one == 1 && thread == there && thread == Environment.CurrentManagedThreadId;
            })
            .AddActivity<object, int>("One", _ => Task.FromResult(1))
            .StartAsync();

        Assert.True((await host.RunAsync("Continue")).ReadOutputAs<bool>());
    }

    [Theory]
    [InlineData("Delay")]
    [InlineData("Run")]
    [InlineData("Foreign")]
    public async Task An_orchestrator_that_awaits_what_is_not_durable_fails_and_is_told_what_to_do(string how)
    {
        var outside = new TaskCompletionSource();
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("Delay", async _ => await Task.Delay(TimeSpan.FromMinutes(5)))
            .AddOrchestrator("Run", async _ => await Task.Run(() => Thread.Sleep(200)))
            .AddOrchestrator("Foreign", async context =>
            {
                // Something durable is open, so that only the straying shows.
                var wait = context.WaitForExternalEvent<string>("never");
                await Task.WhenAny(outside.Task, wait);
                await context.CallActivityAsync("Nothing");
            })
            .StartAsync();
        var id = await host.BeginAsync(how);
        outside.SetResult();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var ended = await host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);

        Assert.Contains("awaits something that is not durable", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("context.CreateTimer", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }
}
