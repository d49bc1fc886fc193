using DurableTask.Core.Exceptions;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Ids that are in use, ended, protected or not allowed.</summary>
public sealed class IdReuseTests
{
    [Fact]
    public async Task An_id_in_use_is_refused_and_an_ended_one_is_replaced_unless_protected()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", "first", id: "a");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.BeginAsync("Wait", id: "a"));
        await host.SendAsync("a", "go", "done");

        var keep = new StartOrchestrationOptions("a").WithDedupeStatuses(OrchestrationRuntimeStatus.Completed);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() =>
            host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", keep)
        );
        Assert.Equal("done", (await host.ReadAsync("a")).ReadOutputAs<string>());

        await host.BeginAsync("Wait", "second", id: "a");
        var again = await host.ReadAsync("a");
        Assert.Equal(
            (OrchestrationRuntimeStatus.Running, "second", null),
            (again.RuntimeStatus, again.ReadInputAs<string>(), again.SerializedOutput)
        );
    }

    [Fact]
    public async Task Of_two_who_start_the_same_id_at_once_exactly_one_wins()
    {
        await using var host = await Hosts.WaitingAsync();

        var starts = Enumerable
            .Range(0, 20)
            .Select(i =>
                host.Client.ScheduleNewOrchestrationInstanceAsync(
                    "Wait",
                    i,
                    new StartOrchestrationOptions("same"),
                    CancellationToken.None
                )
            )
            .ToArray();
        await Task.WhenAll(starts).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(1, starts.Count(start => start.IsCompletedSuccessfully));
        Assert.Equal(19, starts.Count(start => start.Exception?.InnerException is OrchestrationAlreadyExistsException));
    }

    [Theory]
    [InlineData("running", OrchestrationRuntimeStatus.Running)]
    [InlineData("suspended", OrchestrationRuntimeStatus.Suspended)]
    [InlineData("pending", OrchestrationRuntimeStatus.Pending)]
    public async Task An_id_whose_instance_has_not_ended_is_refused_whatever_it_does(
        string id,
        OrchestrationRuntimeStatus status
    )
    {
        await using var host = await Hosts.WaitingAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Wait",
            new StartOrchestrationOptions(id, id == "pending" ? host.Time.GetUtcNow().AddDays(1) : null)
        );
        await host.WhenIdleAsync();
        if (id == "suspended")
            await host.Client.SuspendInstanceAsync(id);

        var refused = await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() =>
            host.BeginAsync("Quick", id: id)
        );

        Assert.Equal($"An orchestration instance '{id}' already exists; it is {status}.", refused.Message);
        Assert.Equal((status, "Wait"), ((await host.ReadAsync(id)).RuntimeStatus, (await host.ReadAsync(id)).Name));
    }

    [Fact]
    public async Task An_ended_instance_whose_state_is_not_protected_is_replaced_and_nothing_of_it_is_left()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", "first", id: "a");
        await host.Client.TerminateInstanceAsync("a", "enough");
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Quick",
            7,
            new StartOrchestrationOptions("a").WithDedupeStatuses(OrchestrationRuntimeStatus.Completed),
            CancellationToken.None
        );
        await host.WhenIdleAsync();

        Assert.Equal(("Quick", 7), ((await host.ReadAsync("a")).Name, (await host.ReadAsync("a")).ReadOutputAs<int>()));
        Assert.Equal((1L, 2L, 2L), (host.Count("instances"), host.Count("history"), host.Count("payloads")));
    }

    [Fact]
    public async Task A_child_whose_id_is_in_use_fails_its_parents_call_at_once()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync(
                        "Wait",
                        new SubOrchestrationOptions(
                            TaskRetryOptions.FromRetryPolicy(new RetryPolicy(9, TimeSpan.FromDays(1))),
                            "w"
                        )
                    )
            )
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await host.BeginAsync("Wait", id: "w");

        var failure = (await host.RunAsync("Parent")).FailureDetails!;

        Assert.Equal("OrchestrationAlreadyExists", failure.InnerFailure!.ErrorType);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("w")).RuntimeStatus);
    }

    [Fact]
    public async Task Ids_differ_by_case()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", id: "a");
        await host.BeginAsync("Wait", id: "A");

        Assert.Equal(2, host.Count("instances"));
    }
}
