using Microsoft.DurableTask.Worker.Grpc;

namespace FactCheck.Tests.Host.Durable.WorkItems;

/// <summary>Orchestrations that Microsoft's own plain worker runs, by the work items it is given.</summary>
public sealed class WorkItemTests
{
    [Fact]
    public async Task A_plain_worker_runs_activities_children_timers_and_events_and_what_fails_fails()
    {
        await using var hub = await TestHub.ForTests().WithPlainWorkers().StartAsync();
        await using var worker = await PlainWorker.StartAsync(
            hub,
            tasks =>
                tasks
                    .AddOrchestratorFunc<string, string>(
                        "Parent",
                        async (context, name) =>
                        {
                            var greeting = await context.CallActivityAsync<string>("Greet", name);
                            var child = await context.CallSubOrchestratorAsync<string>("Child", greeting);
                            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                            var failure = await Assert.ThrowsAsync<TaskFailedException>(() =>
                                context.CallActivityAsync("Nobody")
                            );
                            return $"{child}, {await context.WaitForExternalEvent<string>("more")}, {failure.FailureDetails.ErrorType}";
                        }
                    )
                    .AddOrchestratorFunc<string, string>("Child", (_, greeting) => Task.FromResult(greeting + "!"))
                    .AddActivityFunc<string, string>("Greet", (_, name) => $"Hello {name}")
        );
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Parent", "you", new StartOrchestrationOptions("p"));
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Unknown", new StartOrchestrationOptions("u"));
        await hub.Until(() => hub.Count("timers") == 1);
        await hub.AdvanceAsync(TimeSpan.FromHours(1));
        await hub.SendAsync("p", "more", "and more");

        Assert.Equal("Hello you!, and more, ActivityTaskNotFound", await hub.OutputAsync<string>("p"));
        Assert.Equal("OrchestratorTaskNotFound", (await hub.ReadAsync("u")).FailureDetails!.ErrorType);
        Assert.Equal((0, 0, 0), (hub.Count("activities"), hub.Count("timers"), hub.Count("inbox")));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_long_history_is_fetched_by_workers_that_can_and_travels_inside_for_others(bool can)
    {
        var replayed = 0;
        await using var hub = await TestHub.ForTests().WithPlainWorkers().StartAsync();
        await using var worker = await PlainWorker.StartAsync(
            hub,
            tasks =>
                tasks
                    .AddOrchestratorFunc<int>(
                        "Long",
                        async context =>
                        {
                            var length = 0;
                            for (var i = 0; i < 5; i++)
                                length += (await context.CallActivityAsync<string>("Page", "x")).Length;
                            if (!context.IsReplaying)
                                replayed++;
                            return length;
                        }
                    )
                    .AddActivityFunc<string, string>("Page", (_, letter) => new string(letter[0], 600_000)),
            options =>
            {
                if (!can)
                    options.Capabilities.Clear();
            }
        );

        Assert.Equal(3_000_000, (await hub.RunAsync("Long")).ReadOutputAs<int>());
        Assert.Equal(1, replayed);
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_a_message_comes_in_parts()
    {
        await using var hub = await TestHub.ForTests().WithPlainWorkers().StartAsync();
        await using var worker = await PlainWorker.StartAsync(
            hub,
            tasks =>
                tasks
                    .AddOrchestratorFunc<int>(
                        "Fan",
                        async context =>
                            (
                                await Task.WhenAll(
                                    Enumerable
                                        .Range(0, 40)
                                        .Select(i =>
                                            context.CallActivityAsync<string>("Measure", new string('x', 60_000 + i))
                                        )
                                )
                            ).Sum(int.Parse)
                    )
                    .AddActivityFunc<string, string>("Measure", (_, text) => $"{text.Length}"),
            options =>
                options.CompleteOrchestrationWorkItemChunkSizeInBytes =
                    GrpcDurableTaskWorkerOptions.MinCompleteOrchestrationWorkItemChunkSizeInBytes
        );

        Assert.Equal((40 * 60_000) + 780, (await hub.RunAsync("Fan", id: "f")).ReadOutputAs<int>());
        Assert.Equal(40, (await hub.HistoryAsync("f")).Count(one => one.TaskScheduled is not null));
    }
}
