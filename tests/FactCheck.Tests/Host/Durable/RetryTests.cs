namespace FactCheck.Tests.Host.Durable;

/// <summary>Retries by policy and by handler.</summary>
public sealed class RetryTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Retries_wait_first_times_coefficient_to_the_k_but_no_longer_than_the_maximum(bool evict)
    {
        var policy = new RetryPolicy(
            6,
            TimeSpan.FromSeconds(10),
            backoffCoefficient: 2,
            maxRetryInterval: TimeSpan.FromSeconds(60)
        );

        Assert.Equal("10 20 40 60 60", await WaitsAsync(policy, failures: 100, evict));
        Assert.Equal("10 20", await WaitsAsync(policy, failures: 2, evict));
    }

    [Fact]
    public async Task A_sub_orchestration_is_retried_under_its_id()
    {
        var runs = 0;
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync<string>(
                        "Child",
                        new SubOrchestrationOptions(
                            TaskRetryOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromSeconds(1))),
                            "child"
                        )
                    )
            )
            .AddOrchestrator(
                "Child",
                context => ++runs == 1 ? throw new FormatException("once") : Task.FromResult(context.InstanceId)
            )
            .StartAsync();
        var id = await host.BeginAsync("Parent");
        await host.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("child", (await host.ReadAsync(id)).ReadOutputAs<string>());
        Assert.Equal(2, runs);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_wait_between_attempts_is_a_durable_timer_that_outlives_the_host(bool evict)
    {
        var attempts = 0;
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Retry",
                context =>
                    context.CallActivityAsync<string>(
                        "Fail",
                        TaskOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromDays(1)))
                    )
            )
            .AddActivity<object?, string>(
                "Fail",
                _ => ++attempts == 1 ? throw new FormatException() : Task.FromResult("done")
            )
            .StartAsync();
        var id = await host.BeginAsync("Retry");
        Assert.Equal(1, host.Count("timers"));
        await host.CrashAsync();
        host.Time.Advance(TimeSpan.FromDays(3));
        await host.StartAsync();
        await host.WhenIdleAsync();

        Assert.Equal("done", (await host.ReadAsync(id)).ReadOutputAs<string>());
        Assert.Equal(2, attempts);
    }

    /// <summary>The waits, in seconds, between the attempts of an activity that fails so many times.</summary>
    private static async Task<string> WaitsAsync(RetryPolicy policy, int failures, bool evict, int stepMinutes = 0)
    {
        var attempts = new List<DateTimeOffset>();
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(
            new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)
        );
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .WithTime(clock)
            .AddOrchestrator("Retry", context => context.CallActivityAsync("Fail", TaskOptions.FromRetryPolicy(policy)))
            .AddActivity<object, object?>(
                "Fail",
                _ =>
                {
                    attempts.Add(clock.GetUtcNow());
                    return attempts.Count <= failures
                        ? throw new FormatException("no")
                        : Task.FromResult<object?>(null);
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Retry");
        for (var i = 0; i < 20 && !(await host.ReadAsync(id)).IsCompleted; i++)
        {
            var before = attempts.Count;
            for (
                var step = 0;
                step < 500 && attempts.Count == before && !(await host.ReadAsync(id)).IsCompleted;
                step++
            )
                await host.AdvanceAsync(
                    stepMinutes > 0 ? TimeSpan.FromMinutes(stepMinutes) : policy.FirstRetryInterval
                );
        }
        Assert.True((await host.ReadAsync(id)).IsCompleted);
        return string.Join(' ', attempts.Zip(attempts.Skip(1), (a, b) => (int)(b - a).TotalSeconds));
    }
}
