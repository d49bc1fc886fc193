using FactCheck.Host.Durable;
using FactCheck.Host.Storage;
using Microsoft.DurableTask.Converters;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Answers that come twice, late or in another order, and events at every moment.</summary>
public sealed class OutOfOrderTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task The_second_answer_to_a_task_is_ignored_whenever_it_comes(bool evict)
    {
        var calls = new Calls();
        await using var host = await calls
            .Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Two",
                async context =>
                {
                    var first = await context.CallActivityAsync<string>("Ask", "first");
                    return first + await context.CallActivityAsync<string>("Ask", "second");
                }
            )
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Two", new StartOrchestrationOptions("t"));
        var first = await calls.NextAsync(host);
        await AnswerAsync(host, first, "1", "1 again", "1 once more"); // in one batch
        var second = await calls.NextAsync(host);
        await AnswerAsync(host, first, "1 late"); // while another is awaited
        await AnswerAsync(host, second, "2");
        await AnswerAsync(host, second, "2 late"); // after the end
        calls.Leave();
        await host.WhenIdleAsync();

        Assert.Equal("12", (await host.ReadAsync("t")).ReadOutputAs<string>());
        Assert.Equal(0, host.Count("inbox") + host.Count("activities"));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_answer_to_an_earlier_execution_is_not_taken_by_the_next_and_its_own_call_is_not_forgotten(
        bool evict
    )
    {
        var calls = new Calls();
        await using var host = await calls
            .Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Anew",
                async context =>
                {
                    var answer = await context.CallActivityAsync<string>("Ask");
                    if (context.GetInput<string>() is null)
                        context.ContinueAsNew(answer);
                    return context.GetInput<string>() + answer;
                }
            )
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Anew", new StartOrchestrationOptions("a"));
        var first = await calls.NextAsync(host);
        await AnswerAsync(host, first, "1");
        var second = await calls.NextAsync(host); // #0 again, of the next execution
        await AnswerAsync(host, first, "1 late");
        Assert.Equal(1, host.Count("activities"));
        await AnswerAsync(host, second, "2");
        calls.Leave();
        await host.WhenIdleAsync();

        Assert.Equal("12", (await host.ReadAsync("a")).ReadOutputAs<string>());
        Assert.NotEqual(
            first.Request.OrchestrationInstance.ExecutionId,
            second.Request.OrchestrationInstance.ExecutionId,
            StringComparer.Ordinal
        );
    }

    [Fact]
    public async Task An_answer_to_an_instance_that_was_replaced_is_not_taken_by_the_one_of_the_same_id()
    {
        var calls = new Calls();
        await using var host = await calls
            .Host()
            .AddOrchestrator("One", context => context.CallActivityAsync<string>("Ask"))
            .StartAsync();
        var options = new StartOrchestrationOptions("o");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("One", options);
        var first = await calls.NextAsync(host);
        await host.Client.TerminateInstanceAsync("o");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("One", options);
        var second = await calls.NextAsync(host);
        await AnswerAsync(host, first, "of the first");
        await AnswerAsync(host, second, "of the second");
        calls.Leave();
        await host.WhenIdleAsync();

        Assert.Equal("of the second", (await host.ReadAsync("o")).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Answers_in_any_order_find_their_calls(bool evict)
    {
        var calls = new Calls();
        await using var host = await calls
            .Host()
            .ReplayAlways(evict)
            .WithHostJson("""{ "extensions": { "durableTask": { "maxConcurrentActivityFunctions": 40 } } }""")
            .AddOrchestrator(
                "Fan",
                async context =>
                    string.Join(
                        ' ',
                        await Task.WhenAll(
                            Enumerable.Range(0, 20).Select(i => context.CallActivityAsync<int>("Ask", i))
                        )
                    )
            )
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Fan", new StartOrchestrationOptions("f"));
        var asked = new List<ActivityCall>();
        while (asked.Count < 20)
            asked.Add(await calls.NextAsync(host));
        foreach (var call in asked.OrderBy(call => (call.Request.TaskId * 7) % 20))
            await AnswerAsync(host, call, call.Request.TaskId);
        calls.Leave();
        await host.WhenIdleAsync();

        Assert.Equal(string.Join(' ', Enumerable.Range(0, 20)), (await host.ReadAsync("f")).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_child_that_ends_after_its_parent_tells_nobody(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync("Child", options: new SubOrchestrationOptions(instanceId: "c"))
            )
            .AddOrchestrator("Child", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await host.BeginAsync("Parent", id: "p");
        await host.Client.TerminateInstanceAsync("p", "enough");
        await host.SendAsync("c", "go", "too late");

        Assert.Equal("enough", (await host.ReadAsync("p")).ReadOutputAs<string>());
        Assert.Equal("too late", (await host.ReadAsync("c")).ReadOutputAs<string>());
        Assert.Equal(0, host.Count("inbox"));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task An_event_is_kept_while_an_activity_runs_while_suspended_and_at_a_new_beginning(bool evict)
    {
        var calls = new Calls();
        await using var host = await calls
            .Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Moments",
                async context =>
                {
                    if (context.GetInput<string>() is { } before)
                        return before
                            + await context.WaitForExternalEvent<string>("c")
                            + await context.WaitForExternalEvent<string>("d")
                            + await context.WaitForExternalEvent<string>("d");
                    await context.CallActivityAsync("Ask");
                    var seen =
                        await context.WaitForExternalEvent<string>("a")
                        + await context.WaitForExternalEvent<string>("b");
                    context.ContinueAsNew(seen);
                    return "not this";
                }
            )
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Moments", new StartOrchestrationOptions("m"));
        var call = await calls.NextAsync(host);
        await host.Client.RaiseEventAsync("m", "d", "4"); // for the next execution
        await host.Client.RaiseEventAsync("m", "a", "1"); // while an activity runs
        await AnswerAsync(host, call, "");
        calls.Leave();
        await host.WhenIdleAsync();
        await host.Client.SuspendInstanceAsync("m");
        await host.SendAsync("m", "b", "2"); // while suspended
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.ReadAsync("m")).RuntimeStatus);
        // In one batch: the resumption leads to the new beginning, and two events come with it.
        var batch = new[]
        {
            host.Client.ResumeInstanceAsync("m"),
            host.Client.RaiseEventAsync("m", "c", "3"),
            host.Client.RaiseEventAsync("m", "d", "5"),
        };
        await Task.WhenAll(batch);
        await host.WhenIdleAsync();

        Assert.Equal("12345", (await host.ReadAsync("m")).ReadOutputAs<string>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Of_a_thousand_events_in_a_burst_none_is_lost_over_new_beginnings(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Burst",
                async context =>
                {
                    var sum = context.GetInput<int[]>() ?? [0, 0];
                    for (var i = 0; i < 7 && sum[0] < 1000; i++)
                        sum = [sum[0] + 1, sum[1] + await context.WaitForExternalEvent<int>("n")];
                    if (sum[0] < 1000)
                        context.ContinueAsNew(sum);
                    return sum[1];
                }
            )
            .StartAsync();
        await host.BeginAsync("Burst", id: "b");

        await Task.WhenAll(Enumerable.Range(1, 1000).Select(i => host.Client.RaiseEventAsync("b", "n", i)).ToArray());
        await host.WhenIdleAsync();

        Assert.Equal(500_500, (await host.ReadAsync("b")).ReadOutputAs<int>());
    }

    private static async Task AnswerAsync(TestHub host, ActivityCall call, params object[] answers)
    {
        foreach (var answer in answers)
            host.Engine.PostAnswer(
                call,
                Events.Answer(
                    host.Time.GetUtcNow().UtcDateTime,
                    call.Request.TaskId,
                    JsonDataConverter.Default.Serialize(answer)
                )
            );
        await host.Engine.CallAsync("wait", _ => true); // what was posted before is on disk
    }

    /// <summary>An activity that never answers by itself: the test does, as often and as late as it likes.</summary>
    private sealed class Calls
    {
        private readonly System.Threading.Channels.Channel<ActivityOf> _asked =
            System.Threading.Channels.Channel.CreateUnbounded<ActivityOf>();
        private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TestHubBuilder Host() =>
            TestHub
                .ForTests()
                .AddActivity<object?, string>(
                    "Ask",
                    async (_, call) =>
                    {
                        await _asked.Writer.WriteAsync(call);
                        await _leave.Task;
                        return "its own, which comes last";
                    }
                );

        /// <summary>The next call, as the engine made it of the instance that is there now.</summary>
        public async Task<ActivityCall> NextAsync(TestHub host)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            var asked = await _asked.Reader.ReadAsync(patience.Token);
            return await host.Engine.CallAsync(
                "find",
                engine =>
                {
                    var instance = host.Engine.Memory.Find(asked.InstanceId)!;
                    Assert.Equal(asked.Request.OrchestrationInstance.ExecutionId, instance.ExecutionId);
                    return new ActivityCall(instance.Key, instance.Generation, asked.Request);
                }
            );
        }

        public void Leave() => _leave.TrySetResult();
    }
}
