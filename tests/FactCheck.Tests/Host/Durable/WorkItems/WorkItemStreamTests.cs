using FactCheck.Host.Durable.WorkItems;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Host.Durable.WorkItems;

/// <summary>To whom work items go, and whose answer counts, when workers come, go, are silent or say what they may
/// not.</summary>
public sealed class WorkItemStreamTests
{
    [Fact]
    public async Task Without_a_worker_work_waits_and_the_next_one_gets_it()
    {
        await using var hub = await HubAsync();
        await StartAsync(hub, "a", "Any", 1);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await hub.ReadAsync("a")).RuntimeStatus);

        using var worker = await HandWorker.ConnectAsync(hub);
        var (request, token) = await worker.EpisodeAsync();
        Assert.Equal("a", request.InstanceId);
        Assert.All(request.NewEvents, one => Assert.NotNull(one.Timestamp));
        var start = hub.Client.WaitForInstanceStartAsync("a", getInputsAndOutputs: true);
        Assert.False(start.IsCompleted); // it has begun when an episode has told how
        await worker.Service.CompleteOrchestratorTaskAsync(
            new()
            {
                InstanceId = "a",
                CompletionToken = token,
                CustomStatus = "\"begun\"",
                Actions = { HandWorker.Call(0, "Greet", "[1]") },
            }
        );
        Assert.Equal("begun", (await start).ReadCustomStatusAs<string>());
        var (activity, activityToken) = await worker.ActivityAsync();
        Assert.Equal(
            ("Greet", "[1]", 0, "a", request.ExecutionId),
            (
                activity.Name,
                activity.Input,
                activity.TaskId,
                activity.OrchestrationInstance.InstanceId,
                activity.OrchestrationInstance.ExecutionId
            )
        );
        await worker.AnswerAsync(activity, activityToken, "2");
        var (next, last) = await worker.EpisodeAsync();
        Assert.Equal("2", next.NewEvents.Single(one => one.TaskCompleted is not null).TaskCompleted.Result);
        await worker.AnswerAsync("a", last, HandWorker.End("3"));
        await hub.WhenIdleAsync();
        Assert.Equal(3, await hub.OutputAsync<int>("a"));
    }

    [Fact]
    public async Task What_a_worker_has_in_hand_when_its_stream_breaks_goes_to_another_and_the_first_answer_counts()
    {
        await using var hub = await HubAsync();
        using var second = await HandWorker.ConnectAsync(hub, new() { MaxConcurrentOrchestrationWorkItems = 2 });
        string late;
        using (var first = await HandWorker.ConnectAsync(hub))
        {
            await StartAsync(hub, "a", "Any", 0);
            await StartAsync(hub, "b", "Any", 0);
            late = (await first.EpisodeAsync()).Token; // each has one: the one with less to do is given more
        }
        var episodes = new[] { await second.EpisodeAsync(), await second.EpisodeAsync() };
        Assert.Equal(["a", "b"], episodes.Select(episode => episode.Request.InstanceId).Order(StringComparer.Ordinal));

        var lost = episodes[1];
        await second.AnswerAsync(lost.Request.InstanceId, late, HandWorker.End("\"late\"")); // it was on its way
        // nobody wants it any more
        await second.AnswerAsync(lost.Request.InstanceId, lost.Token, HandWorker.End("\"again\""));
        await second.AnswerAsync(episodes[0].Request.InstanceId, episodes[0].Token, HandWorker.End("\"once\""));
        await hub.WhenIdleAsync();
        Assert.Equal("late", await hub.OutputAsync<string>(lost.Request.InstanceId));
        Assert.Equal("once", await hub.OutputAsync<string>(episodes[0].Request.InstanceId));
    }

    [Fact]
    public async Task What_takes_each_worker_along_rests_so_that_the_others_get_theirs()
    {
        await using var hub = await HubAsync();
        await StartAsync(hub, "deadly", "Any", 1);
        await StartAsync(hub, "harmless", "Any", 2);
        var one = new GetWorkItemsRequest { MaxConcurrentOrchestrationWorkItems = 1 };
        for (var death = 0; death < 2; death++)
        {
            using (var victim = await HandWorker.ConnectAsync(hub, one))
                Assert.Equal("deadly", (await victim.EpisodeAsync()).Request.InstanceId);
            // Until its death is noticed, only the harmless one waits for the next.
            await hub.Until(() => hub.Items is { Workers: 0, Waiting: 2 });
        }

        using var other = await HandWorker.ConnectAsync(hub, one);
        var (request, token) = await other.EpisodeAsync();
        Assert.Equal("harmless", request.InstanceId);
        await other.AnswerAsync("harmless", token, HandWorker.End("1"));
        Assert.Equal("deadly", (await other.EpisodeAsync()).Request.InstanceId);
    }

    [Fact]
    public async Task An_id_is_free_again_when_its_instance_was_terminated_before_any_worker_took_it()
    {
        await using var hub = await HubAsync();
        await StartAsync(hub, "order-17", "Mistyped", 1);
        await hub.Client.TerminateInstanceAsync("order-17");
        await StartAsync(hub, "order-17", "Any", 1);

        using var worker = await HandWorker.ConnectAsync(hub);
        var (_, token) = await worker.EpisodeAsync();
        await worker.AnswerAsync("order-17", token, HandWorker.End("17"));
        await hub.WhenIdleAsync();
        Assert.Equal(17, await hub.OutputAsync<int>("order-17"));
    }

    [Fact]
    public async Task A_worker_that_answers_nothing_loses_what_it_has_to_another()
    {
        await using var hub = await HubAsync();
        using var silent = await HandWorker.ConnectAsync(hub);
        await StartAsync(hub, "a", "Any", 0);
        await silent.EpisodeAsync();
        using var other = await HandWorker.ConnectAsync(hub);
        hub.Time.Advance(hub.Items.EpisodeLease - hub.Items.PingPeriod);
        Assert.NotNull((await other.ReadAsync()).HealthPing); // and not the item yet
        hub.Time.Advance(hub.Items.PingPeriod);

        var (_, token) = await other.EpisodeAsync();
        await other.AnswerAsync("a", token, HandWorker.Call(0, "Slow"));
        var (_, slow) = await silent.ActivityAsync(); // it has nothing to do
        hub.Time.Advance(hub.Items.ActivityLease);
        var (activity, again) = await other.ActivityAsync();
        Assert.NotEqual(slow, again);
        await other.AnswerAsync(activity, again, "1");
        await other.AnswerAsync("a", (await NextEpisodeAsync(silent, other)).Token, HandWorker.End("1"));
        await hub.WhenIdleAsync();
        Assert.Equal(1, await hub.OutputAsync<int>("a"));
    }

    [Fact]
    public async Task A_worker_that_takes_nothing_any_more_counts_as_gone()
    {
        using var items = new WorkItemQueue(new FakeTimeProvider(), NullLogger.Instance)
        {
            SendLimit = TimeSpan.FromMilliseconds(20),
        };
        var stuck = items.ServeAsync(new(), new StuckWriter(), "stuck", CancellationToken.None);
        var answer = items.RunActivityAsync(
            new()
            {
                Name = "A",
                OrchestrationInstance = new() { InstanceId = "i" },
            },
            CancellationToken.None
        );
        await Assert.ThrowsAsync<TimeoutException>(() => stuck);

        Assert.Equal((0, 1), (items.Workers, items.Waiting));
        Assert.False(answer.IsCompleted);
        items.Close();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task A_worker_gets_no_more_at_once_than_it_asked_for_of_each_kind()
    {
        await using var hub = await HubAsync();
        using var worker = await HandWorker.ConnectAsync(
            hub,
            new() { MaxConcurrentOrchestrationWorkItems = 2, MaxConcurrentActivityWorkItems = 1 }
        );
        foreach (var id in (string[])["a", "b", "c"])
            await hub.Client.ScheduleNewOrchestrationInstanceAsync("Any", new StartOrchestrationOptions(id));
        await hub.Until(() => hub.Items.Waiting == 1);
        var (first, token) = await worker.EpisodeAsync();
        await worker.EpisodeAsync();
        await NothingAsync(hub, worker);
        await worker.AnswerAsync(first.InstanceId, token, HandWorker.Call(0, "A"), HandWorker.Call(1, "B"));
        await hub.Until(() => hub.Items.Waiting == 1);

        var kinds = new[] { await worker.NextAsync(), await worker.NextAsync() }
            .Select(item => item.RequestCase)
            .Order();
        Assert.Equal([WorkItem.RequestOneofCase.OrchestratorRequest, WorkItem.RequestOneofCase.ActivityRequest], kinds);
        await NothingAsync(hub, worker);
    }

    [Fact]
    public async Task Filters_name_what_a_worker_gets_by_name_and_version()
    {
        await using var hub = await HubAsync();
        var filters = new WorkItemFilters
        {
            Orchestrations =
            {
                new OrchestrationFilter { Name = "wanted" },
                new OrchestrationFilter { Name = "Versioned", Versions = { "2" } },
            },
            Activities =
            {
                new ActivityFilter { Name = "Act", Versions = { "" } },
            },
        };
        using var picky = await HandWorker.ConnectAsync(hub, new() { WorkItemFilters = filters });
        await StartAsync(hub, "no", "Other", 1);
        await StartAsync(hub, "old", "Versioned", 2, "1");
        await StartAsync(hub, "new", "Versioned", 2, "2");
        await StartAsync(hub, "yes", "Wanted", 2);

        Assert.Equal("new", (await picky.EpisodeAsync()).Request.InstanceId);
        var (_, token) = await picky.EpisodeAsync();
        await picky.AnswerAsync(
            "yes",
            token,
            HandWorker.Call(0, "Act"),
            HandWorker.Call(1, "Act", version: "3"),
            HandWorker.Call(2, "Else")
        );
        Assert.Equal(0, (await picky.ActivityAsync()).Request.TaskId);
        await hub.Until(() => hub.Items.Waiting == 4);
        await NothingAsync(hub, picky);
        using var any = await HandWorker.ConnectAsync(hub);
        var rest = new List<string>();
        for (var i = 0; i < 4; i++)
            rest.Add(await any.NextAsync() is { ActivityRequest: { } activity } ? activity.Name : "an episode");
        Assert.Equal(["Act", "Else", "an episode", "an episode"], rest.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_abandoned_is_offered_again_after_a_pause_or_when_another_worker_comes()
    {
        await using var hub = await HubAsync();
        using var worker = await HandWorker.ConnectAsync(hub);
        await StartAsync(hub, "a", "Any", 0);
        var (_, token) = await worker.EpisodeAsync();
        await worker.Service.AbandonTaskOrchestratorWorkItemAsync(new() { CompletionToken = token });
        Assert.Equal(1, hub.Items.Waiting);
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        (_, token) = await worker.EpisodeAsync();
        await worker.AnswerAsync("a", token, HandWorker.Call(0, "A"));
        var (_, abandoned) = await worker.ActivityAsync();
        await worker.Service.AbandonTaskActivityWorkItemAsync(new() { CompletionToken = abandoned });

        using var other = await HandWorker.ConnectAsync(hub);
        Assert.Equal("A", (await other.ActivityAsync()).Request.Name);
        Assert.Equal(
            StatusCode.NotFound,
            await CodeAsync(worker.Service.CompleteActivityTaskAsync(new() { CompletionToken = abandoned }))
        );
    }

    [Fact]
    public async Task A_token_completes_what_it_was_given_with_and_nothing_else()
    {
        await using var hub = await HubAsync();
        using var worker = await HandWorker.ConnectAsync(hub);
        await StartAsync(hub, "a", "Any", 0);
        var (_, token) = await worker.EpisodeAsync();
        var service = worker.Service;

        Assert.Equal(32, token.Length);
        Assert.Equal(
            StatusCode.NotFound,
            await CodeAsync(service.CompleteOrchestratorTaskAsync(new() { InstanceId = "a" }))
        );
        Assert.Equal(
            StatusCode.NotFound,
            await CodeAsync(
                service.CompleteOrchestratorTaskAsync(new() { InstanceId = "a", CompletionToken = new string('0', 32) })
            )
        );
        Assert.Equal(
            StatusCode.NotFound,
            await CodeAsync(service.CompleteActivityTaskAsync(new() { InstanceId = "a", CompletionToken = token }))
        );
        Assert.Equal(
            StatusCode.NotFound,
            await CodeAsync(service.AbandonTaskActivityWorkItemAsync(new() { CompletionToken = token }))
        );
        Assert.Equal(
            StatusCode.FailedPrecondition,
            await CodeAsync(service.CompleteOrchestratorTaskAsync(new() { InstanceId = "b", CompletionToken = token }))
        );
        Assert.Equal(
            StatusCode.FailedPrecondition,
            await CodeAsync(
                service.CompleteOrchestratorTaskAsync(
                    new()
                    {
                        InstanceId = "a",
                        CompletionToken = token,
                        NumEventsProcessed = 1,
                    }
                )
            )
        );
        Assert.Equal(StatusCode.Unimplemented, await CodeAsync(service.CompleteEntityTaskAsync(new())));
        await worker.AnswerAsync("a", token, HandWorker.End("1"));
        await worker.AnswerAsync("a", token, HandWorker.End("2")); // its answer was lost, and it asks again
        await hub.WhenIdleAsync();
        Assert.Equal(1, await hub.OutputAsync<int>("a"));
    }

    [Fact]
    public async Task A_host_of_functions_has_no_work_items()
    {
        await using var hub = await TestHub.ForTests().StartAsync();
        using var call = hub.Service.GetWorkItems(new());

        Assert.Equal(
            StatusCode.Unimplemented,
            (
                await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None))
            ).StatusCode
        );
        Assert.Equal(StatusCode.Unimplemented, await CodeAsync(hub.Service.CompleteActivityTaskAsync(new())));
    }

    [Fact]
    public async Task Parts_of_an_answer_count_once_each_in_their_order_and_go_with_the_stream()
    {
        await using var hub = await HubAsync();
        string token;
        using (var first = await HandWorker.ConnectAsync(hub))
        {
            await StartAsync(hub, "a", "Any", 0);
            (_, token) = await first.EpisodeAsync();
            Assert.Equal(StatusCode.OK, await PartAsync(first, token, 0, true, HandWorker.Call(0, "Lost")));
            Assert.Equal(StatusCode.FailedPrecondition, await PartAsync(first, token, 2, false));
        }
        using var worker = await HandWorker.ConnectAsync(hub);
        (_, token) = await worker.EpisodeAsync();
        Assert.Equal(StatusCode.OK, await PartAsync(worker, token, 0, true, HandWorker.Call(0, "A")));
        Assert.Equal(StatusCode.OK, await PartAsync(worker, token, 0, true, HandWorker.Call(0, "A")));
        Assert.Equal(StatusCode.OK, await PartAsync(worker, token, 1, false, HandWorker.Call(1, "B")));
        Assert.Equal(StatusCode.OK, await PartAsync(worker, token, 1, false, HandWorker.Call(1, "B")));

        var names = new[] { (await worker.ActivityAsync()).Request.Name, (await worker.ActivityAsync()).Request.Name };
        Assert.Equal(["A", "B"], names.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["A", "B"],
            (await hub.HistoryAsync("a"))
                .Where(one => one.TaskScheduled is not null)
                .Select(one => one.TaskScheduled.Name)
        );
    }

    [Fact]
    public async Task An_answer_that_grows_without_end_fails_its_orchestration()
    {
        await using var hub = await HubAsync();
        using var worker = await HandWorker.ConnectAsync(hub);
        await StartAsync(hub, "a", "Any", 0);
        var (_, token) = await worker.EpisodeAsync();
        var large = HandWorker.Call(0, "A", new string('x', 16 * 1024 * 1024));
        for (var i = 0; i < 4; i++)
            Assert.Equal(StatusCode.OK, await PartAsync(worker, token, i, true, large));
        await hub.WhenIdleAsync();

        Assert.Equal("AnswerTooLarge", (await hub.ReadAsync("a")).FailureDetails!.ErrorType);
    }

    [Fact]
    public async Task Answers_that_are_too_many_for_one_message_have_their_turn_one_episode_after_the_other()
    {
        await using var hub = await HubAsync();
        using var worker = await HandWorker.ConnectAsync(hub);
        await StartAsync(hub, "a", "Any", 0);
        var (_, token) = await worker.EpisodeAsync();
        await worker.AnswerAsync("a", token, [.. Enumerable.Range(0, 4).Select(i => HandWorker.Call(i, "Big"))]);
        var activities = new List<(ActivityRequest Request, string Token)>();
        while (activities.Count < 4)
            activities.Add(await worker.ActivityAsync());
        foreach (var (activity, answer) in activities)
            await worker.AnswerAsync(activity, answer, new string('x', 900_000));
        // the first is in an episode
        await hub.Until(() => hub.Engine.CallAsync("look", _ => hub.Engine.Memory.Find("a")!.Inbox.Count).Result == 3);

        var (answers, episodes) = (0, 0);
        while (answers < 4)
        {
            var (request, next) = await worker.EpisodeAsync();
            Assert.InRange(
                request.CalculateSize() - request.PastEvents.Sum(one => one.CalculateSize()),
                900_000,
                1_000_000
            );
            answers += request.NewEvents.Count(one => one.TaskCompleted is not null);
            episodes++;
            await worker.AnswerAsync("a", next, answers < 4 ? [] : [HandWorker.End("4")]);
        }
        await hub.WhenIdleAsync();
        Assert.Equal(4, episodes);
        Assert.Equal(4, await hub.OutputAsync<int>("a"));
    }

    [Fact]
    public async Task Each_episode_goes_on_with_the_span_of_the_first_after_a_restart_too()
    {
        await using var hub = await HubAsync();
        var span = new OrchestrationTraceContext
        {
            SpanID = "00f067aa0ba902b7",
            SpanStartTime = Timestamp.FromDateTime(new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc)),
        };
        using (var first = await HandWorker.ConnectAsync(hub))
        {
            await StartAsync(hub, "a", "Any", 0);
            var (request, token) = await first.EpisodeAsync();
            Assert.Null(request.OrchestrationTraceContext);
            await first.Service.CompleteOrchestratorTaskAsync(
                new()
                {
                    InstanceId = "a",
                    CompletionToken = token,
                    OrchestrationTraceContext = span,
                    Actions = { HandWorker.Call(0, "A") },
                }
            );
            await first.ActivityAsync();
        }
        await hub.CrashAsync();
        await hub.StartAsync();

        using var worker = await HandWorker.ConnectAsync(hub);
        var (activity, answer) = await worker.ActivityAsync();
        await worker.AnswerAsync(activity, answer, "1");
        Assert.Equal(span, (await worker.EpisodeAsync()).Request.OrchestrationTraceContext);
    }

    [Fact]
    public async Task A_worker_s_traces_reach_the_activities_and_children_that_it_asks_for()
    {
        const string Of = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var hub = await HubAsync();
        using var worker = await HandWorker.ConnectAsync(hub);
        await StartAsync(hub, "a", "Any", 0);
        var (_, token) = await worker.EpisodeAsync();
        var trace = new TraceContext { TraceParent = Of };
        var call = new OrchestratorAction
        {
            Id = 0,
            ScheduleTask = new() { Name = "A", ParentTraceContext = trace },
        };
        var child = new OrchestratorAction
        {
            Id = 1,
            CreateSubOrchestration = new()
            {
                Name = "Child",
                InstanceId = "c",
                ParentTraceContext = trace,
            },
        };
        await worker.AnswerAsync("a", token, call, child);

        var items = new[] { await worker.NextAsync(), await worker.NextAsync() };
        Assert.Equal(
            Of,
            items.Single(item => item.ActivityRequest is not null).ActivityRequest.ParentTraceContext.TraceParent
        );
        var started = items
            .Single(item => item.OrchestratorRequest is not null)
            .OrchestratorRequest.NewEvents.Single(one => one.ExecutionStarted is not null);
        Assert.Equal(Of, started.ExecutionStarted.ParentTraceContext.TraceParent);
    }

    [Fact]
    public async Task A_worker_fetches_the_history_of_the_execution_it_was_given_and_of_no_other()
    {
        await using var hub = await HubAsync();
        using var worker = await HandWorker.ConnectAsync(
            hub,
            new() { Capabilities = { WorkerCapability.HistoryStreaming } }
        );
        await StartAsync(hub, "a", "Any", 0);
        var (_, token) = await worker.EpisodeAsync();
        await worker.AnswerAsync("a", token, HandWorker.Call(0, "A", new string('x', 2_000_000)));
        var (activity, answer) = await worker.ActivityAsync();
        await worker.AnswerAsync(activity, answer, "1");
        var (request, last) = await worker.EpisodeAsync();
        Assert.True(request.RequiresHistoryStreaming);
        Assert.Empty(request.PastEvents);

        var past = await PastAsync(worker, request.ExecutionId);
        Assert.Equal(4, past.Count);
        Assert.All(past, one => Assert.NotNull(one.Timestamp));
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => PastAsync(worker, "another"))).StatusCode
        );
        await worker.AnswerAsync("a", last, HandWorker.End("1"));
    }

    [Fact]
    public async Task A_host_that_stops_waits_for_what_is_in_hand_and_for_nothing_else_and_the_next_gives_out_the_rest()
    {
        await using var hub = await TestHub
            .ForTests()
            .WithPlainWorkers()
            .Configure(options => options.DrainTimeout = TimeSpan.FromMinutes(10))
            .StartAsync();
        var worker = await HandWorker.ConnectAsync(hub, new() { MaxConcurrentOrchestrationWorkItems = 1 });
        await StartAsync(hub, "a", "Any", 0);
        await StartAsync(hub, "b", "Any", 1);
        var (_, token) = await worker.EpisodeAsync();
        var stop = hub.StopAsync();
        await hub.Until(() => hub.Items.Waiting == 0);
        Assert.False(stop.IsCompleted);
        await worker.AnswerAsync("a", token, HandWorker.End("1"));
        Assert.True(await worker.HasEndedAsync()); // in good order, so that it connects again
        worker.Dispose();
        await stop;
        await hub.StartAsync();

        Assert.Equal(1, await hub.OutputAsync<int>("a"));
        using var next = await HandWorker.ConnectAsync(hub);
        Assert.Equal("b", (await next.EpisodeAsync()).Request.InstanceId);
        Assert.Equal(
            StatusCode.NotFound,
            await CodeAsync(
                next.Service.CompleteOrchestratorTaskAsync(new() { InstanceId = "a", CompletionToken = token })
            )
        );
    }

    private static Task<TestHub> HubAsync() =>
        TestHub.ForTests().WithPlainWorkers().Configure(options => options.DrainTimeout = TimeSpan.Zero).StartAsync();

    /// <summary>Starts an instance, and waits until its episode is offered and so many items find no worker.</summary>
    private static async Task StartAsync(
        TestHub hub,
        string id,
        string orchestrator,
        int waiting,
        string? version = null
    )
    {
        var offered = hub.Items.Offered;
        await hub.Client.ScheduleNewOrchestrationInstanceAsync(
            orchestrator,
            new StartOrchestrationOptions(id) { Version = version is null ? default : new TaskVersion(version) }
        );
        await hub.Until(() => hub.Items.Offered > offered);
        Assert.Equal(waiting, hub.Items.Waiting);
    }

    /// <summary>Nothing comes until the next sign of life.</summary>
    private static async Task NothingAsync(TestHub hub, HandWorker worker)
    {
        hub.Time.Advance(hub.Items.PingPeriod);
        Assert.NotNull((await worker.ReadAsync()).HealthPing);
    }

    private static async Task<(OrchestratorRequest Request, string Token)> NextEpisodeAsync(
        HandWorker one,
        HandWorker other
    )
    {
        var (first, second) = (one.EpisodeAsync(), other.EpisodeAsync());
        return await await Task.WhenAny(first, second);
    }

    private static async Task<StatusCode> PartAsync(
        HandWorker worker,
        string token,
        int index,
        bool more,
        params OrchestratorAction[] actions
    )
    {
#pragma warning disable CS0612 // deprecated, and what workers send
        var part = new OrchestratorResponse
        {
            InstanceId = "a",
            CompletionToken = token,
            IsPartial = more,
            ChunkIndex = index,
            Actions = { actions },
        };
#pragma warning restore CS0612
        return await CodeAsync(worker.Service.CompleteOrchestratorTaskAsync(part));
    }

    private static async Task<List<HistoryEvent>> PastAsync(HandWorker worker, string execution)
    {
        var past = new List<HistoryEvent>();
        using var stream = worker.Service.StreamInstanceHistory(
            new()
            {
                InstanceId = "a",
                ExecutionId = execution,
                ForWorkItemProcessing = true,
            }
        );
        await foreach (var chunk in stream.ResponseStream.ReadAllAsync())
            past.AddRange(chunk.Events);
        return past;
    }

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

    private sealed class StuckWriter : IServerStreamWriter<WorkItem>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(WorkItem message) => new TaskCompletionSource().Task;

        public Task WriteAsync(WorkItem message, CancellationToken cancellationToken) => WriteAsync(message);
    }
}
