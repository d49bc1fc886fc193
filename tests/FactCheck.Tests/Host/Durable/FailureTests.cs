namespace FactCheck.Tests.Host.Durable;

/// <summary>What is kept of a failure and whom it reaches.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task A_failed_activity_throws_with_its_type_message_and_cause()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Catch",
                async context =>
                {
                    var failed = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Fail"));
                    Assert.Equal("Fail", failed.TaskName);
                    Assert.Equal(0, failed.TaskId);
                    Assert.True(failed.FailureDetails.IsCausedBy<InvalidOperationException>());
                    Assert.True(failed.FailureDetails.IsCausedBy<SystemException>());
                    Assert.False(failed.FailureDetails.IsCausedBy<ArgumentException>());
                    Assert.Contains(nameof(FailureTests), failed.FailureDetails.StackTrace, StringComparison.Ordinal);
                    return $"{failed.FailureDetails.ErrorType}: {failed.FailureDetails.ErrorMessage} <- "
                        + $"{failed.FailureDetails.InnerFailure!.ErrorMessage}";
                }
            )
            .AddActivity<object, object>(
                "Fail",
                _ => throw new InvalidOperationException("outer", new FormatException("inner"))
            )
            .StartAsync();

        Assert.Equal(
            "System.InvalidOperationException: outer <- inner",
            (await host.RunAsync("Catch")).ReadOutputAs<string>()
        );
    }

    [Fact]
    public async Task An_unhandled_failure_ends_the_orchestration_with_its_details()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator("Parent", context => context.CallSubOrchestratorAsync("Child"))
            .AddOrchestrator("Child", context => context.CallActivityAsync("Fail"))
            .AddActivity<object, object>("Fail", _ => throw new FormatException("bad"))
            .StartAsync();

        var ended = await host.RunAsync("Parent");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(typeof(TaskFailedException).FullName, ended.FailureDetails!.ErrorType);
        Assert.Equal(
            "Task 'Child' (#0) failed with an unhandled exception: Task 'Fail' (#0) failed with an unhandled exception: bad",
            ended.FailureDetails.ErrorMessage
        );
        Assert.Equal("bad", ended.FailureDetails.InnerFailure!.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public async Task A_missing_function_fails_at_once_and_is_not_retried()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Miss",
                async context =>
                {
                    var options = TaskOptions.FromRetryPolicy(new RetryPolicy(9, TimeSpan.FromDays(1)));
                    var activity = await Assert.ThrowsAsync<TaskFailedException>(() =>
                        context.CallActivityAsync("Nobody", options)
                    );
                    var child = await Assert.ThrowsAsync<TaskFailedException>(() =>
                        context.CallSubOrchestratorAsync("Nobody", options)
                    );
                    return $"{activity.FailureDetails.ErrorType} {child.FailureDetails.ErrorType}";
                }
            )
            .StartAsync();

        var ended = await host.RunAsync("Miss");
        Assert.Null(ended.FailureDetails);
        Assert.Equal("ActivityTaskNotFound OrchestratorTaskNotFound", ended.ReadOutputAs<string>());
        Assert.Equal("OrchestratorTaskNotFound", (await host.RunAsync("Nobody")).FailureDetails!.ErrorType);
    }

    [Fact]
    public async Task A_child_that_is_terminated_fails_its_parents_call()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync("Child", options: new SubOrchestrationOptions(instanceId: "c"))
            )
            .AddOrchestrator("Child", context => context.WaitForExternalEvent<string>("never"))
            .StartAsync();
        await host.BeginAsync("Parent", id: "p");
        await host.Client.TerminateInstanceAsync("c");
        await host.WhenIdleAsync();

        Assert.Equal(
            (OrchestrationRuntimeStatus.Failed, "Sub-orchestration 'c' was terminated."),
            (
                (await host.ReadAsync("p")).RuntimeStatus,
                (await host.ReadAsync("p")).FailureDetails!.InnerFailure!.ErrorMessage
            )
        );
    }
}
