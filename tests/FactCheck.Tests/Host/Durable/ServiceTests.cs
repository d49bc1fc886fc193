using Grpc.Core;
using Microsoft.DurableTask.Protobuf;

namespace FactCheck.Tests.Host.Durable;

/// <summary>What the protocol says and Microsoft's client does not show: status codes, waits that have to be asked
/// again, policies.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task A_wait_that_takes_long_is_answered_so_that_the_client_asks_again_and_ends_when_the_instance_does()
    {
        var builder = Waiting();
        builder.LongestWait = TimeSpan.FromMilliseconds(30);
        await using var host = await builder.StartAsync();
        await host.BeginAsync("Wait", id: "w");
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Wait",
            new StartOrchestrationOptions("later", host.Time.GetUtcNow().AddHours(1))
        );
        var end = host.Client.WaitForInstanceCompletionAsync("w", getInputsAndOutputs: true);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(
                StatusCode.DeadlineExceeded,
                await CodeAsync(host.Service.WaitForInstanceCompletionAsync(new() { InstanceId = "w" }))
            );
            Assert.Equal(
                StatusCode.DeadlineExceeded,
                await CodeAsync(host.Service.WaitForInstanceStartAsync(new() { InstanceId = "later" }))
            );
        }
        Assert.False(end.IsCompleted);

        await host.SendAsync("w", "go", "done");
        Assert.Equal("done", (await end).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_instance_that_is_not_there_yet_is_waited_for()
    {
        await using var host = await Waiting().StartAsync();
        var end = host.Client.WaitForInstanceCompletionAsync("w", getInputsAndOutputs: true);
        await host.BeginAsync("Wait", id: "w");
        Assert.False(end.IsCompleted);
        await host.SendAsync("w", "go", "done");

        Assert.Equal("done", (await end).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Whoever_waits_is_told_when_the_host_stops()
    {
        await using var host = await Waiting().StartAsync();
        await host.BeginAsync("Wait", id: "w");
        var wait = CodeAsync(host.Service.WaitForInstanceCompletionAsync(new() { InstanceId = "w" }));
        await host.Engine.StopAsync();

        Assert.Equal(StatusCode.Unavailable, await wait);
        Assert.Equal(
            StatusCode.Unavailable,
            await CodeAsync(host.Service.GetInstanceAsync(new() { InstanceId = "w" }))
        );
        Assert.Equal(
            StatusCode.Unavailable,
            await CodeAsync(host.Service.RaiseEventAsync(new() { InstanceId = "w", Name = "go" }))
        );
    }

    [Fact]
    public async Task What_is_not_there_does_not_exist_and_is_not_found()
    {
        await using var host = await Waiting().StartAsync();
        var service = host.Service;

        Assert.False((await service.GetInstanceAsync(new() { InstanceId = "nobody" })).Exists);
        Assert.Equal(0, (await service.PurgeInstancesAsync(new() { InstanceId = "nobody" })).DeletedInstanceCount);
        StatusCode[] codes =
        [
            await CodeAsync(service.RaiseEventAsync(new() { InstanceId = "nobody", Name = "e" })),
            await CodeAsync(service.TerminateInstanceAsync(new() { InstanceId = "nobody" })),
            await CodeAsync(service.SuspendInstanceAsync(new() { InstanceId = "nobody" })),
            await CodeAsync(service.ResumeInstanceAsync(new() { InstanceId = "nobody" })),
            await CodeAsync(service.RewindInstanceAsync(new() { InstanceId = "nobody" })),
            await CodeAsync(service.RestartInstanceAsync(new() { InstanceId = "nobody" })),
            (await Assert.ThrowsAsync<RpcException>(() => host.HistoryAsync("nobody"))).StatusCode,
        ];
        Assert.All(codes, code => Assert.Equal(StatusCode.NotFound, code));
    }

    [Fact]
    public async Task What_cannot_be_meant_is_an_invalid_argument_and_entities_are_unimplemented()
    {
        await using var host = await Waiting().StartAsync();
        var service = host.Service;
        var id = new string('i', 1_001);

        StatusCode[] invalid =
        [
            await CodeAsync(service.StartInstanceAsync(new() { InstanceId = "x" })),
            await CodeAsync(service.StartInstanceAsync(new() { InstanceId = id, Name = "Wait" })),
            await CodeAsync(service.GetInstanceAsync(new())),
            await CodeAsync(service.RaiseEventAsync(new() { InstanceId = "x" })),
            await CodeAsync(service.RaiseEventAsync(new() { Name = "e" })),
            await CodeAsync(service.PurgeInstancesAsync(new())),
            await CodeAsync(service.ListInstanceIdsAsync(new() { LastInstanceKey = "nonsense" })),
        ];
        Assert.All(invalid, code => Assert.Equal(StatusCode.InvalidArgument, code));
        Assert.Equal(StatusCode.Unimplemented, await CodeAsync(service.SignalEntityAsync(new())));
        Assert.Equal(
            StatusCode.FailedPrecondition,
            await CodeAsync(service.CreateTaskHubAsync(new() { RecreateIfExists = true }))
        );
        await service.HelloAsync(new());
        Assert.Equal(0, host.Count("instances"));
    }

    [Fact]
    public async Task A_policy_that_lets_running_instances_be_replaced_ends_the_one_that_runs_and_tells_its_parent()
    {
        await using var host = await Waiting()
            .AddOrchestrator(
                "Parent",
                async context =>
                {
                    var failure = await Assert.ThrowsAsync<TaskFailedException>(() =>
                        context.CallSubOrchestratorAsync("Wait", options: new SubOrchestrationOptions(instanceId: "c"))
                    );
                    return failure.FailureDetails.ErrorMessage;
                }
            )
            .StartAsync();
        await host.BeginAsync("Parent", id: "p");
        var policy = new OrchestrationIdReusePolicy { ReplaceableStatus = { OrchestrationStatus.Completed } };
        Assert.Equal(
            StatusCode.AlreadyExists,
            await CodeAsync(
                host.Service.StartInstanceAsync(
                    new()
                    {
                        InstanceId = "c",
                        Name = "Wait",
                        OrchestrationIdReusePolicy = policy,
                    }
                )
            )
        );
        policy.ReplaceableStatus.Add(OrchestrationStatus.Running);

        await host.Service.StartInstanceAsync(
            new()
            {
                InstanceId = "c",
                Name = "Wait",
                OrchestrationIdReusePolicy = policy,
            }
        );
        await host.WhenIdleAsync();
        await host.SendAsync("c", "go", "of the second");

        Assert.Equal("Sub-orchestration 'c' was terminated.", await host.OutputAsync<string>("p"));
        Assert.Equal("of the second", await host.OutputAsync<string>("c"));
        Assert.Equal(
            StatusCode.AlreadyExists,
            await CodeAsync(
                host.Service.StartInstanceAsync(
                    new()
                    {
                        InstanceId = "c",
                        Name = "Wait",
                        OrchestrationIdReusePolicy = new(),
                    }
                )
            )
        );
    }

    [Fact]
    public async Task A_start_without_an_id_gets_one_and_tags_come_back_with_the_instance_and_reach_its_orchestrator()
    {
        await using var host = await Waiting().StartAsync();

        var id = (
            await host.Service.StartInstanceAsync(new() { Name = "Wait", Tags = { { "desk", "sport" }, { "ž", "" } } })
        ).InstanceId;
        await host.WhenIdleAsync();

        Assert.Equal(32, id.Length);
        var tags = (await host.Client.ListAsync()).Single().Tags;
        Assert.Equal(("sport", ""), (tags["desk"], tags["ž"]));
        Assert.Equal(
            "sport",
            (await host.HistoryAsync(id)).Single(one => one.ExecutionStarted is not null).ExecutionStarted.Tags["desk"]
        );
    }

    [Fact]
    public async Task A_long_history_comes_in_pieces_that_any_client_can_take()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Long",
                async context =>
                {
                    for (var i = 0; i < 8; i++)
                        await context.CallActivityAsync<string>("Big");
                }
            )
            .AddActivity<object?, string>("Big", _ => Task.FromResult(new string('x', 1024 * 1024)))
            .StartAsync();
        await host.RunAsync("Long", id: "l");

        var sizes = new List<int>();
        var answers = 0;
        using var stream = host.Service.StreamInstanceHistory(new() { InstanceId = "l" });
        await foreach (var chunk in stream.ResponseStream.ReadAllAsync())
        {
            sizes.Add(chunk.CalculateSize());
            answers += chunk.Events.Count(one => one.TaskCompleted is not null);
        }
        Assert.Equal(8, answers);
        Assert.All(sizes, size => Assert.InRange(size, 1, 4 * 1024 * 1024 - 1));
    }

    private static TestHubBuilder Waiting() =>
        TestHub.ForTests().AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"));

    private static async Task<StatusCode> CodeAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
