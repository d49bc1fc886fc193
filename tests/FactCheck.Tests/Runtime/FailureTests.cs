using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>Failures, retries, and orchestrators that break the rules.</summary>
public sealed class FailureTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Fact]
    public async Task A_failed_activity_throws_with_its_type_message_and_cause()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Catch", async context =>
            {
                var failed = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Fail"));
                Assert.Equal("Fail", failed.TaskName);
                Assert.Equal(0, failed.TaskId);
                Assert.True(failed.FailureDetails.IsCausedBy<InvalidOperationException>());
                Assert.True(failed.FailureDetails.IsCausedBy<SystemException>());
                Assert.False(failed.FailureDetails.IsCausedBy<ArgumentException>());
                Assert.Contains(nameof(FailureTests), failed.FailureDetails.StackTrace, StringComparison.Ordinal);
                return $"{failed.FailureDetails.ErrorType}: {failed.FailureDetails.ErrorMessage} <- {failed.FailureDetails.InnerFailure!.ErrorMessage}";
            })
            .AddActivity<object, object>("Fail", _ => throw new InvalidOperationException("outer", new FormatException("inner")))
            .StartAsync();

        Assert.Equal("System.InvalidOperationException: outer <- inner", (await host.RunAsync("Catch")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_unhandled_failure_ends_the_orchestration_with_its_details()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Parent", context => context.CallSubOrchestratorAsync("Child"))
            .AddOrchestrator("Child", context => context.CallActivityAsync("Fail"))
            .AddActivity<object, object>("Fail", _ => throw new FormatException("bad"))
            .StartAsync();

        var ended = await host.RunAsync("Parent");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(typeof(TaskFailedException).FullName, ended.FailureDetails!.ErrorType);
        Assert.Equal("Task 'Child' (#0) failed with an unhandled exception: Task 'Fail' (#0) failed with an unhandled exception: bad", ended.FailureDetails.ErrorMessage);
        Assert.Equal("bad", ended.FailureDetails.InnerFailure!.InnerFailure!.ErrorMessage);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Retries_wait_first_times_coefficient_to_the_k_but_no_longer_than_the_maximum(bool evict)
    {
        var policy = new RetryPolicy(6, TimeSpan.FromSeconds(10), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(60));

        Assert.Equal("10 20 40 60 60", await WaitsAsync(policy, failures: 100, evict));
        Assert.Equal("10 20", await WaitsAsync(policy, failures: 2, evict));
    }

    [Fact]
    public async Task No_retry_starts_later_than_the_timeout_after_the_first_attempt()
    {
        var policy = new RetryPolicy(100, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(35));

        // At 30 s the time is not yet up, so there is one more wait; at 40 s it is.
        Assert.Equal("10 10 10 10", await WaitsAsync(policy, failures: 100, evict: false));
    }

    [Fact]
    public async Task A_failure_that_the_policy_does_not_handle_is_not_retried()
    {
        var policy = new RetryPolicy(100, TimeSpan.FromSeconds(10)) { HandleFailure = failure => !failure.IsCausedBy<FormatException>() };

        Assert.Equal("", await WaitsAsync(policy, failures: 100, evict: false));
    }

    [Fact]
    public async Task The_longest_wait_is_an_hour_unless_it_is_given()
    {
        Assert.Equal(TimeSpan.FromHours(1), new RetryPolicy(2, TimeSpan.FromSeconds(1)).MaxRetryInterval);
        Assert.Equal("2400 3600", await WaitsAsync(new RetryPolicy(3, TimeSpan.FromMinutes(40), 3), failures: 100, evict: false, stepMinutes: 20));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_retry_handler_is_asked_with_attempts_from_one_and_waits_for_nothing_of_its_own(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Handler", async context =>
            {
                var asked = new List<string>();
                var options = TaskOptions.FromRetryHandler(async retry =>
                {
                    asked.Add($"{retry.LastAttemptNumber} {retry.LastFailure.ErrorMessage} {retry.TotalRetryTime.TotalSeconds}");
                    if (retry.LastAttemptNumber == 1)
                        await retry.OrchestrationContext.CreateTimer(TimeSpan.FromSeconds(5), CancellationToken.None);
                    return retry.LastAttemptNumber < 3;
                });
                await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Fail", options));
                return asked;
            })
            .AddActivity<object, object>("Fail", _ => throw new FormatException("no"))
            .StartAsync();
        var id = await host.BeginAsync("Handler");
        await host.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(["1 no 0", "2 no 5", "3 no 5"], (await host.ReadAsync(id)).ReadOutputAs<string[]>()!);
    }

    [Fact]
    public async Task A_sub_orchestration_is_retried_under_its_id()
    {
        var runs = 0;
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Parent", context => context.CallSubOrchestratorAsync<string>(
                "Child", new SubOrchestrationOptions(TaskRetryOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromSeconds(1))), "child")))
            .AddOrchestrator("Child", context => ++runs == 1 ? throw new FormatException("once") : Task.FromResult(context.InstanceId))
            .StartAsync();
        var id = await host.BeginAsync("Parent");
        await host.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("child", (await host.ReadAsync(id)).ReadOutputAs<string>());
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task A_missing_function_fails_at_once_and_is_not_retried()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Miss", async context =>
            {
                var options = TaskOptions.FromRetryPolicy(new RetryPolicy(9, TimeSpan.FromDays(1)));
                var activity = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Nobody", options));
                var child = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallSubOrchestratorAsync("Nobody", options));
                return $"{activity.FailureDetails.ErrorType} {child.FailureDetails.ErrorType}";
            })
            .StartAsync();

        var ended = await host.RunAsync("Miss");
        Assert.Null(ended.FailureDetails);
        Assert.Equal("ActivityTaskNotFound OrchestratorTaskNotFound", ended.ReadOutputAs<string>());
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Nobody"));
        Assert.StartsWith("The function 'Nobody' doesn't exist, or is not an orchestrator. There are: Miss.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_no_longer_does_what_history_says_fails_with_expected_and_actual_and_keeps_its_history()
    {
        var changed = false;
        await using var host = await EmbeddedHost.ForTests().EvictAlways()
            .AddOrchestrator("Changing", async context =>
            {
                await context.CallActivityAsync(changed ? "New" : "Old");
                await context.WaitForExternalEvent<object>("go");
            })
            .AddActivity<object, object?>("Old", _ => Task.FromResult<object?>(null))
            .AddActivity<object, object?>("New", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await host.BeginAsync("Changing", id: "c");
        changed = true;
        await host.SendAsync(id, "go");

        var failure = (await host.ReadAsync(id)).FailureDetails!;
        Assert.EndsWith("NonDeterministicOrchestrationException", failure.ErrorType, StringComparison.Ordinal);
        Assert.Contains("its history expects activity 'Old' (#0), the code now gives activity 'New' (#0) there", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(3, host.Count("history")); // what it could not take in is kept too
    }

    [Fact]
    public async Task Code_that_does_less_than_history_says_fails_too_and_names_ignore_case()
    {
        var calls = 2;
        var name = "Act";
        await using var host = await EmbeddedHost.ForTests().EvictAlways()
            .AddOrchestrator("Fewer", async context =>
            {
                await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => context.CallActivityAsync(name)));
                await context.WaitForExternalEvent<object>("go");
                await context.WaitForExternalEvent<object>("go");
            })
            .AddActivity<object, object?>("Act", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await host.BeginAsync("Fewer");
        name = "ACT";
        await host.SendAsync(id, "go");
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync(id)).RuntimeStatus);
        calls = 1;
        await host.SendAsync(id, "go");

        Assert.Contains("expects activity 'Act' (#1), the code now gives nothing there", (await host.ReadAsync(id)).FailureDetails!.ErrorMessage, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Delay")]
    [InlineData("Run")]
    [InlineData("Foreign")]
    public async Task An_orchestrator_that_awaits_what_is_not_durable_fails_and_is_told_what_to_do(string how)
    {
        var outside = new TaskCompletionSource();
        await using var host = await EmbeddedHost.ForTests()
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

    [Fact]
    public async Task Continuations_run_on_the_orchestrators_own_thread()
    {
        await using var host = await EmbeddedHost.ForTests()
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

    [Fact]
    public async Task Input_and_output_that_cannot_be_read_or_written_fail_by_name()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("In", context => Task.FromResult(context.GetInput<int>()))
            .AddOrchestrator("Out", _ => Task.FromResult(new Cycle()))
            .AddOrchestrator("Act", context => context.CallActivityAsync("Number", "text"))
            .AddActivity<int, int>("Number", Task.FromResult)
            .StartAsync();

        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, (await host.RunAsync("In", "text")).FailureDetails!.ErrorType);
        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, (await host.RunAsync("Out")).FailureDetails!.ErrorType);
        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, (await host.RunAsync("Act")).FailureDetails!.InnerFailure!.ErrorType);
    }

    [Fact]
    public async Task An_activity_that_hangs_is_given_up_after_the_function_timeout()
    {
        await using var host = await EmbeddedHost.ForTests()
            .WithHostJson("""{ "functionTimeout": "00:10:00" }""")
            .AddOrchestrator("Hang", context => context.CallActivityAsync("Hang"))
            .AddActivity<object, object?>("Hang", async (_, _) =>
            {
                await Task.Delay(Timeout.Infinite);
                return null;
            })
            .StartAsync();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Hang");
        await host.Until(() => host.Count("activities") == 1);
        await Task.Delay(50); // it has been handed to its function
        host.Time.Advance(TimeSpan.FromMinutes(11));
        await host.WhenIdleAsync();

        Assert.Equal("Activity 'Hang' ran longer than functionTimeout, 00:10:00.", (await host.ReadAsync(id)).FailureDetails!.InnerFailure!.ErrorMessage);
    }

    /// <summary>The waits, in seconds, between the attempts of an activity that fails so many times.</summary>
    private static async Task<string> WaitsAsync(RetryPolicy policy, int failures, bool evict, int stepMinutes = 0)
    {
        var attempts = new List<DateTimeOffset>();
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict).WithTime(clock)
            .AddOrchestrator("Retry", context => context.CallActivityAsync("Fail", TaskOptions.FromRetryPolicy(policy)))
            .AddActivity<object, object?>("Fail", _ =>
            {
                attempts.Add(clock.GetUtcNow());
                return attempts.Count <= failures ? throw new FormatException("no") : Task.FromResult<object?>(null);
            })
            .StartAsync();
        var id = await host.BeginAsync("Retry");
        for (var i = 0; i < 20 && !(await host.ReadAsync(id)).IsCompleted; i++)
        {
            var before = attempts.Count;
            for (var step = 0; step < 500 && attempts.Count == before && !(await host.ReadAsync(id)).IsCompleted; step++)
                await host.AdvanceAsync(stepMinutes > 0 ? TimeSpan.FromMinutes(stepMinutes) : policy.FirstRetryInterval);
        }
        Assert.True((await host.ReadAsync(id)).IsCompleted);
        return string.Join(' ', attempts.Zip(attempts.Skip(1), (a, b) => (int)(b - a).TotalSeconds));
    }

    private sealed class Cycle
    {
        public Cycle Self => this;
    }
}
