using System.Collections.Concurrent;
using FactCheck.Host;
using FactCheck.Host.Durable;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Workers that forget, end in the middle, or answer when nobody wants it any more.</summary>
public sealed class WorkerTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_worker_that_forgot_gets_the_history_and_one_that_did_not_only_what_is_new(bool knows)
    {
        var requests = new ConcurrentQueue<(bool WithState, int Past, int New)>();
        var builder = TestHub
            .ForTests()
            .AddOrchestrator(
                "Three",
                async context =>
                    await context.WaitForExternalEvent<string>("a")
                    + await context.WaitForExternalEvent<string>("b")
                    + await context.WaitForExternalEvent<string>("c")
            );
        builder.Runner.OnEpisode = (_, request) =>
            requests.Enqueue(
                (request.Properties["IncludeState"].BoolValue, request.PastEvents.Count, request.NewEvents.Count)
            );
        await using var host = await builder.StartAsync();
        await host.BeginAsync("Three", id: "t");
        await host.SendAsync("t", "a", "1");
        if (knows)
            host.Runner.Forget();
        else
            host.Runner.DropSessions();
        await host.SendAsync("t", "b", "2");
        await host.SendAsync("t", "c", "3");

        Assert.Equal("123", await host.OutputAsync<string>("t"));
        // Each with its OrchestratorStarted. Past are two episodes of three events: started, what came, completed.
        (bool, int, int)[] expected = knows
            ? [(true, 0, 2), (false, 0, 2), (true, 6, 2), (false, 0, 2)]
            : [(true, 0, 2), (false, 0, 2), (false, 0, 2), (true, 6, 2), (false, 0, 2)];
        Assert.Equal(expected, requests);
    }

    [Fact]
    public async Task A_session_is_used_until_its_time_is_up()
    {
        var whole = 0;
        var builder = TestHub
            .ForTests()
            .AddOrchestrator(
                "Two",
                async context =>
                    await context.WaitForExternalEvent<string>("a") + await context.WaitForExternalEvent<string>("b")
            );
        builder.Runner.OnEpisode = (_, request) => whole += request.Properties["IncludeState"].BoolValue ? 1 : 0;
        await using var host = await builder.StartAsync();
        await host.BeginAsync("Two", id: "t");
        await host.AdvanceAsync(TimeSpan.FromSeconds(Sessions.IdleSeconds - 1));
        await host.SendAsync("t", "a", "1");
        Assert.Equal(1, whole);
        await host.AdvanceAsync(TimeSpan.FromSeconds(Sessions.IdleSeconds + 1));
        await host.SendAsync("t", "b", "2");

        Assert.Equal("12", await host.OutputAsync<string>("t"));
        Assert.Equal(2, whole);
    }

    [Fact]
    public void There_are_only_so_many_sessions_and_those_whose_time_is_up_make_room()
    {
        var time = new FakeTimeProvider();
        using var runner = new LambdaRunner();
        var sessions = new Sessions(runner, time, never: false);
        var most = 0;
        for (; sessions.HasRoom(); most++)
            sessions.Keep($"i{most}", "x", 1, runner.Generation);
        Assert.Equal(4_096, most);
        Assert.True(sessions.Take("i0", "x", 1));
        Assert.False(sessions.Take("i0", "x", 1)); // it is in use
        Assert.True(sessions.HasRoom());
        Assert.False(sessions.Take("i1", "another execution", 1));
        Assert.False(sessions.Take("i2", "x", 2));
        sessions.Keep("i0", "x", 2, runner.Generation);
        sessions.Keep("i1", "x", 1, runner.Generation);
        sessions.Keep("i2", "x", 1, runner.Generation);
        Assert.False(sessions.HasRoom());
        runner.Forget();
        Assert.False(sessions.Take("i3", "x", 1));
        time.Advance(TimeSpan.FromSeconds(Sessions.IdleSeconds));
        Assert.True(sessions.HasRoom());
        Assert.False(new Sessions(runner, time, never: true).HasRoom());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_worker_that_ends_in_the_middle_of_an_episode_or_an_activity_runs_it_again_and_nothing_is_doubled(
        bool afterwards
    )
    {
        var said = new ConcurrentQueue<string>();
        var lost = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        void Lose(string what)
        {
            if (lost.TryAdd(what, true))
                throw new WorkerLostException($"A test ended it at {what}.");
        }
        var builder = TestHub
            .ForTests()
            .AddOrchestrator(
                "Row",
                async context =>
                    await context.CallActivityAsync<string>("Say", "a")
                    + await context.CallSubOrchestratorAsync<string>(
                        "Child",
                        new SubOrchestrationOptions(instanceId: "c")
                    )
            )
            .AddOrchestrator("Child", context => context.CallActivityAsync<string>("Say", "b"))
            .AddActivity<string, string>(
                "Say",
                (text, call) =>
                {
                    said.Enqueue(text);
                    if (afterwards)
                        Lose($"activity {text}");
                    return Task.FromResult(text);
                }
            );
        builder.Runner.OnActivity = request =>
            Lose(afterwards ? "no activity before it ran" : $"activity {request.Input}");
        lost["no activity before it ran"] = true;
        if (afterwards)
            builder.Runner.OnAnswer = (request, _) =>
                Task.Run(() =>
                    Lose($"{request.InstanceId} {request.NewEvents.Count} {request.NewEvents[^1].EventTypeCase}")
                );
        else
            builder.Runner.OnEpisode = (_, request) =>
                Lose($"{request.InstanceId} {request.NewEvents.Count} {request.NewEvents[^1].EventTypeCase}");
        await using var host = await builder.StartAsync();
        await host.BeginAsync("Row", id: "r");

        Assert.Equal("ab", await host.OutputAsync<string>("r"));
        Assert.Equal(8, lost.Count); // five episodes, two activities, and what is none
        Assert.Equal(afterwards ? "aabb" : "ab", string.Concat(said));
        var history = (await host.HistoryAsync("r"))
            .Concat(await host.HistoryAsync("c"))
            .Select(one => one.EventTypeCase)
            .ToList();
        Assert.Equal(
            (2, 2, 1, 1),
            (
                Of(HistoryEvent.EventTypeOneofCase.TaskScheduled),
                Of(HistoryEvent.EventTypeOneofCase.TaskCompleted),
                Of(HistoryEvent.EventTypeOneofCase.SubOrchestrationInstanceCreated),
                Of(HistoryEvent.EventTypeOneofCase.SubOrchestrationInstanceCompleted)
            )
        );
        int Of(HistoryEvent.EventTypeOneofCase kind) => history.Count(one => one == kind);
    }

    [Theory, InlineData("terminated"), InlineData("purged"), InlineData("replaced"), InlineData("restarted")]
    public async Task An_episode_of_what_is_no_more_comes_to_nothing_and_the_next_of_its_id_waits_for_it(string what)
    {
        var gate = new Gate();
        var said = new ConcurrentQueue<string>();
        var builder = TestHub
            .ForTests()
            .AddOrchestrator("Say", context => context.CallActivityAsync<string>("Say", context.GetInput<string>()))
            .AddActivity<string, string>(
                "Say",
                text =>
                {
                    said.Enqueue(text);
                    return Task.FromResult(text);
                }
            );
        builder.Runner.OnAnswer = (_, _) => gate.PassAsync();
        await using var host = await builder.StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Say",
            "first",
            new StartOrchestrationOptions("s"),
            CancellationToken.None
        );
        await gate.Reached;
        await host.Client.TerminateInstanceAsync("s", "enough");
        if (what == "purged")
            Assert.Equal(1, (await host.Client.PurgeInstanceAsync("s")).PurgedInstanceCount);
        if (what is "purged" or "replaced")
            await host.Client.ScheduleNewOrchestrationInstanceAsync(
                "Say",
                "second",
                new StartOrchestrationOptions("s"),
                CancellationToken.None
            );
        if (what == "restarted")
            await host.Client.RestartAsync("s");
        // one of an id at a time, since the worker tells them apart by nothing else
        Assert.Equal(1, host.Runner.Episodes);
        gate.Open();
        await host.WhenIdleAsync();

        if (what == "terminated")
            Assert.Equal("enough", (await host.ReadAsync("s")).ReadOutputAs<string>());
        else
            Assert.Equal(what == "restarted" ? "first" : "second", await host.OutputAsync<string>("s"));
        Assert.Equal(what == "terminated" ? 0 : 1, said.Count);
        Assert.Equal((0, 0), (host.Count("activities"), host.Count("inbox")));
    }

    [Theory, InlineData("Fail"), InlineData("Terminate")]
    public async Task An_answer_that_memory_alone_has_outlives_a_commit_that_fails(string how)
    {
        var gate = new Gate();
        var fail = 0;
        var answers = new ConcurrentDictionary<string, TaskCompletionSource<string>>(StringComparer.Ordinal);
        TaskCompletionSource<string> Answer(string name) =>
            answers.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        var builder = TestHub
            .ForTests()
            .AddOrchestrator(
                "Both",
                async context =>
                {
                    var b = context.CallActivityAsync<string>("Ask", "b");
                    return await context.CallActivityAsync<string>("Ask", "a")
                        + await b
                        + await context.CallActivityAsync<string>("Ask", "c");
                }
            )
            .AddActivity<string, string>("Ask", name => Answer(name).Task)
            .Configure(options =>
                options.OnCommit = _ => Interlocked.Decrement(ref fail) >= 0 ? CommitFault.Fail : CommitFault.None
            );
        builder.Runner.OnAnswer = (request, _) =>
            request.NewEvents.Any(one => one.TaskCompleted?.Result == "\"a\"") ? gate.PassAsync() : Task.CompletedTask;
        await using var host = await builder.StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Both", new StartOrchestrationOptions("x"));
        Answer("a").SetResult("a");
        await gate.Reached;
        Answer("b").SetResult("b"); // while an episode is at work: only memory has it
        await host.Until(() =>
            host.Engine.CallAsync("look", _ => host.Engine.Memory.Find("x")!.Inbox.Count).Result == 1
        );
        Volatile.Write(ref fail, how == "Fail" ? 1 : 3);
        if (how == "Terminate")
            // three times, then it is given up
            await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => host.Client.TerminateInstanceAsync("x"));
        gate.Open();
        Answer("c").SetResult("c");
        await host.WhenIdleAsync();

        Assert.Equal("abc", await host.OutputAsync<string>("x"));
        Assert.Equal(0, host.Count("activities") + host.Count("inbox"));
    }

    [Fact]
    public async Task An_orchestrator_that_cannot_go_on_fails_and_what_is_no_episode_s_failure_is_tried_again()
    {
        var odd = 0;
        var builder = TestHub.ForTests().AddOrchestrator("One", _ => Task.FromResult(1));
        builder.Runner.OnEpisode = (_, request) =>
        {
            if (request.InstanceId == "gone")
                throw new EpisodeFailedException(
                    new Microsoft.DurableTask.Protobuf.TaskFailureDetails
                    {
                        ErrorType = "Gone",
                        ErrorMessage = "its code is gone",
                    }
                );
            if (odd++ == 0)
                throw new TimeoutException("it took too long");
        };
        await using var host = await builder.StartAsync();
        await host.BeginAsync("One", id: "gone");
        await host.BeginAsync("One", id: "slow");

        Assert.Equal(
            ("Gone", "its code is gone"),
            (
                (await host.ReadAsync("gone")).FailureDetails!.ErrorType,
                (await host.ReadAsync("gone")).FailureDetails!.ErrorMessage
            )
        );
        Assert.Equal(1, await host.OutputAsync<int>("slow"));
        Assert.Equal(2, odd);
    }

    [Fact]
    public async Task Activities_that_are_cut_short_by_a_stop_run_at_the_next_start()
    {
        var runs = 0;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await TestHub
            .ForTests()
            .Configure(options => options.DrainTimeout = TimeSpan.FromMilliseconds(20))
            .AddOrchestrator("Slow", context => context.CallActivityAsync<string>("Slow"))
            .AddActivity<object?, string>(
                "Slow",
                async (_, call) =>
                {
                    if (Interlocked.Increment(ref runs) > 1)
                        return "at last";
                    begun.SetResult();
                    await Task.Delay(Timeout.Infinite, call.Cancellation);
                    return "never";
                }
            )
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Slow", new StartOrchestrationOptions("s"));
        await begun.Task;
        await host.StopAsync();
        await host.StartAsync();
        await host.WhenIdleAsync();

        Assert.Equal("at last", await host.OutputAsync<string>("s"));
        Assert.Equal(2, runs);
    }

    /// <summary>Holds up whoever passes until it is opened.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromMinutes(1));

        public void Open() => _open.TrySetResult();

        public Task PassAsync()
        {
            _reached.TrySetResult();
            return _open.Task;
        }
    }
}
