using System.Text.Json.Nodes;
using FactCheck.Host;
using FactCheck.Host.Worker;
using FactCheck.Host.Worker.Rpc;

namespace FactCheck.Tests.Host.Worker;

public sealed class SupervisorTests
{
    [Fact]
    public async Task A_function_is_called_and_answers()
    {
        await using var host = await new Supervised(new()).StartAsync();
        Assert.Equal("\"hello\"", await host.InvokeAsync("\"hello\""));
        Assert.Equal(1, host.Supervisor.Generation);
    }

    [Fact]
    public async Task A_function_that_returns_nothing_returns_null()
    {
        await using var host = await new Supervised(
            new() { OnInvoke = (worker, request) => worker.ReturnAsync(request, new()) }
        ).StartAsync();
        Assert.Null(await host.InvokeAsync());
    }

    [Fact]
    public async Task A_function_that_throws_has_failed_and_the_worker_goes_on()
    {
        var workers = new FakeWorkers
        {
            OnInvoke = (worker, request) => worker.ThrowAsync(request.InvocationId, "boom"),
        };
        await using var host = await new Supervised(workers).StartAsync();
        var failed = await Assert.ThrowsAsync<FunctionFailedException>(() => host.InvokeAsync());
        Assert.Equal("boom", failed.Error.Message);
        Assert.Equal(1, workers.Count);
    }

    [Fact]
    public async Task Messages_may_be_larger_than_any_default()
    {
        await using var host = await new Supervised(new()).StartAsync();
        var large = new string('x', 30_000_000);
        Assert.Equal(large, await host.InvokeAsync(large));
    }

    [Fact]
    public async Task A_worker_that_never_connects_stops_the_start()
    {
        await using var host = new Supervised(
            new() { InsteadOfConnecting = (_, _) => { } },
            settings => settings with { ConnectLimit = TimeSpan.FromMilliseconds(100) }
        );
        await host.ListenAsync();
        var refused = await Assert.ThrowsAsync<FunctionHostException>(() => host.Supervisor.StartAsync(default));
        Assert.Contains("did not connect", refused.Message);
        Assert.Contains("last words", refused.Message);
        Assert.True(host.Workers.Current.WasKilled);
    }

    [Fact]
    public async Task A_worker_that_exits_before_it_connects_stops_the_start_at_once()
    {
        await using var host = new Supervised(new() { InsteadOfConnecting = (worker, _) => worker.Exit(134) });
        await host.ListenAsync();
        var refused = await Assert.ThrowsAsync<FunctionHostException>(() => host.Supervisor.StartAsync(default));
        Assert.Contains("exit code 134", refused.Message);
        Assert.Contains("last words", refused.Message);
    }

    [Theory]
    [InlineData(StreamingMessage.ContentOneofCase.WorkerInitRequest)]
    [InlineData(StreamingMessage.ContentOneofCase.FunctionsMetadataRequest)]
    [InlineData(StreamingMessage.ContentOneofCase.FunctionLoadRequest)]
    public async Task A_worker_that_never_gets_ready_stops_the_start(object ignored)
    {
        var workers = new FakeWorkers { Ignores = { (StreamingMessage.ContentOneofCase)ignored } };
        await using var host = new Supervised(
            workers,
            settings =>
                settings with
                {
                    InitLimit = TimeSpan.FromMilliseconds(100),
                    LoadLimit = TimeSpan.FromMilliseconds(100),
                }
        );
        await host.ListenAsync();
        var refused = await Assert.ThrowsAsync<FunctionHostException>(() => host.Supervisor.StartAsync(default));
        Assert.Contains($"did not answer to {ignored}", refused.Message);
        Assert.True(workers.Current.WasKilled);
    }

    [Fact]
    public async Task Two_functions_of_one_name_stop_the_start()
    {
        await using var host = new Supervised(new() { Functions = { FakeWorkers.Function("work", "httpTrigger") } });
        await host.ListenAsync();
        Assert.Contains(
            "'work'",
            (await Assert.ThrowsAsync<FunctionHostException>(() => host.Supervisor.StartAsync(default))).Message
        );
    }

    [Fact]
    public async Task What_can_not_be_run_is_left_out()
    {
        var workers = new FakeWorkers
        {
            Functions =
            {
                FakeWorkers.Function("Broken", "httpTrigger"),
                FakeWorkers.Function("Queued", "queueTrigger"),
                FakeWorkers.Function("Off", "timerTrigger"),
                new RpcFunctionMetadata { Name = "Odd", RawBindings = { "[]", "{" } },
            },
            FailsToLoad = { "Broken" },
        };
        await using var host = await new Supervised(
            workers,
            settings =>
                settings with
                {
                    Environment = new Dictionary<string, string> { ["AzureWebJobs.Off.Disabled"] = "true" },
                }
        ).StartAsync();
        Assert.Equal(["Work"], host.Supervisor.Functions.Select(function => function.Name));
    }

    [Fact]
    public async Task Ids_are_the_hosts_own_and_stay()
    {
        await using var host = await new Supervised(new()).StartAsync();
        var first = Assert.Single(host.Workers.Current.Loaded);
        host.Workers.Current.Exit(1);
        await Supervised.UntilAsync(() => host.Supervisor.Generation == 2, "a second worker");
        var second = Assert.Single(host.Workers.Current.Loaded);
        Assert.Equal(first.FunctionId, second.FunctionId);
        Assert.NotEqual(string.Empty, second.Metadata.ScriptFile);
    }

    [Theory]
    [InlineData(139)]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task What_ran_in_a_worker_that_dies_is_lost_and_the_next_one_takes_what_comes(int code)
    {
        var workers = new FakeWorkers { OnInvoke = (_, _) => Task.CompletedTask };
        await using var host = await new Supervised(workers).StartAsync();
        var first = host.InvokeAsync();
        var second = host.InvokeAsync();
        workers.OnInvoke = (worker, request) => worker.ReturnAsync(request, request.InputData[0].Data);
        workers.Current.Exit(code);
        Assert.Contains(
            $"exit code {code}.",
            (await Assert.ThrowsAsync<WorkerLostException>(() => first.WaitAsync(TimeSpan.FromMinutes(1)))).Message
        );
        await Assert.ThrowsAsync<WorkerLostException>(() => second);
        Assert.Equal("2", await host.InvokeAsync("2"));
        Assert.Equal(2, host.Supervisor.Generation);
    }

    [Fact]
    public async Task The_clock_of_an_invocation_that_died_with_its_worker_does_not_end_the_next_one()
    {
        var workers = new FakeWorkers { OnInvoke = (_, _) => Task.CompletedTask };
        workers.OnCancel = (worker, id) => worker.ThrowAsync(id, "cancelled");
        await using var host = await new Supervised(
            workers,
            settings =>
                settings with
                {
                    FunctionTimeout = TimeSpan.FromSeconds(2),
                    CancelGrace = TimeSpan.FromMinutes(1),
                }
        ).StartAsync();
        var dead = host.InvokeAsync();
        workers.Current.Exit(1);
        await Assert.ThrowsAsync<WorkerLostException>(() => dead);
        // Each takes the whole of its time, which begins after that of the dead one.
        await Assert.ThrowsAsync<TimeoutException>(() => host.InvokeAsync());
        await Assert.ThrowsAsync<TimeoutException>(() => host.InvokeAsync());
        Assert.Equal((2, 2), (workers.Count, workers.Current.Cancellations));
        Assert.False(workers.Current.WasKilled);
    }

    [Fact]
    public async Task A_worker_that_has_ended_by_itself_is_asked_for_nothing_more()
    {
        var workers = new FakeWorkers();
        await using var host = await new Supervised(workers).StartAsync();
        var session = host.Supervisor.Ready!;
        var worker = workers.Current;
        worker.Exit(0);
        await session.Ended.WaitAsync(TimeSpan.FromMinutes(1));
        await session.TerminateAsync().WaitAsync(TimeSpan.FromMinutes(1)); // as a stop does that comes in that moment
        session.Condemn("too late");
        Assert.False(session.TryBegin(host.Call(), out _));
        Assert.False(worker.WasTerminated || worker.WasKilled);
        await Supervised.UntilAsync(() => host.Supervisor.Generation == 2, "a second worker");
        Assert.Equal("6", await host.InvokeAsync("6"));
    }

    [Fact]
    public async Task A_worker_that_is_still_being_started_is_sent_nothing()
    {
        var workers = new FakeWorkers();
        await using var host = await new Supervised(workers).StartAsync();
        workers.Ignores.Add(StreamingMessage.ContentOneofCase.FunctionLoadRequest);
        var first = workers.Current;
        first.Exit(1);
        await Supervised.UntilAsync(
            () => workers.Current != first && workers.Current.Loading > 0,
            "a second worker that loads"
        );
        var call = host.InvokeAsync("5");
        await Task.Delay(50);
        Assert.False(call.IsCompleted);
        workers.Ignores.Clear();
        workers.Current.Exit(1);
        Assert.Equal("5", await call);
    }

    [Fact]
    public async Task A_worker_whose_stream_ends_is_replaced()
    {
        await using var host = await new Supervised(new()).StartAsync();
        var first = host.Workers.Current;
        first.Disconnect();
        await Supervised.UntilAsync(() => host.Supervisor.Generation == 2, "a second worker");
        Assert.True(first.WasKilled);
        Assert.Equal("3", await host.InvokeAsync("3"));
    }

    [Fact]
    public async Task Answers_that_nobody_asked_for_hurt_nobody()
    {
        var workers = new FakeWorkers
        {
            OnInvoke = async (worker, request) =>
            {
                await worker.SendAsync(new() { InvocationResponse = new() { InvocationId = "unknown" } });
                await worker.SendAsync(new() { InvocationResponse = new() });
                await worker.SendAsync(new() { RequestId = "nobody's", FunctionLoadResponse = new() });
                await worker.SendAsync(new() { StartStream = new() { WorkerId = "again" } });
                await worker.SendAsync(
                    new()
                    {
                        RpcLog = new() { Level = (RpcLog.Types.Level)99, Message = "{broken" },
                    }
                );
                await worker.SendAsync(new());
                await worker.ReturnAsync(request, request.InputData[0].Data);
                await worker.ThrowAsync(request.InvocationId, "a second answer");
            },
        };
        await using var host = await new Supervised(workers).StartAsync();
        for (var i = 0; i < 20; i++)
            Assert.Equal($"{i}", await host.InvokeAsync($"{i}"));
        Assert.Equal(1, workers.Count);
    }

    [Fact]
    public async Task A_stranger_is_not_taken_for_a_worker()
    {
        await using var host = await new Supervised(new()).StartAsync();
        var stranger = new FakeWorker(new(), host.Workers.Current.Start);
        await stranger.RunAsync("stranger").WaitAsync(TimeSpan.FromSeconds(5));
        await new FakeWorker(new(), host.Workers.Current.Start)
            .RunAsync(host.Workers.Current.Start.WorkerId)
            .WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("4", await host.InvokeAsync("4"));
    }

    [Fact]
    public async Task What_runs_too_long_is_cancelled_until_it_answers_and_its_worker_lives()
    {
        var workers = new FakeWorkers { OnInvoke = (_, _) => Task.CompletedTask };
        workers.OnCancel = (worker, id) =>
            worker.Cancellations < 2 ? Task.CompletedTask : worker.ThrowAsync(id, "cancelled");
        await using var host = await new Supervised(
            workers,
            settings => settings with { FunctionTimeout = TimeSpan.FromMilliseconds(100) }
        ).StartAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => host.InvokeAsync());
        Assert.Equal(2, workers.Current.Cancellations);
        Assert.Equal(1, workers.Count);
    }

    [Fact]
    public async Task What_can_not_be_cancelled_costs_its_worker()
    {
        var workers = new FakeWorkers { OnInvoke = (_, _) => Task.CompletedTask };
        await using var host = await new Supervised(
            workers,
            settings => settings with { CancelGrace = TimeSpan.FromMilliseconds(100) }
        ).StartAsync();
        var other = host.InvokeAsync();
        var stubborn = host.Supervisor.InvokeAsync(
            host.Call() with
            {
                Timeout = TimeSpan.FromMilliseconds(100),
            },
            default
        );
        await Assert.ThrowsAsync<TimeoutException>(() => stubborn);
        await Assert.ThrowsAsync<WorkerLostException>(() => other);
        await Supervised.UntilAsync(() => host.Supervisor.Generation == 2, "a second worker");
    }

    [Fact]
    public async Task Who_leaves_is_cancelled_and_the_worker_is_told()
    {
        var workers = new FakeWorkers { OnInvoke = (_, _) => Task.CompletedTask };
        await using var host = await new Supervised(workers).StartAsync();
        using var leave = new CancellationTokenSource();
        var call = host.InvokeAsync(cancellation: leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Supervised.UntilAsync(() => workers.Current.Cancellations > 0, "told to cancel");
    }

    [Fact]
    public async Task A_worker_that_does_not_say_that_it_lives_is_replaced()
    {
        var workers = new FakeWorkers { Ignores = { StreamingMessage.ContentOneofCase.WorkerStatusRequest } };
        await using var host = await new Supervised(
            workers,
            settings => settings with { ProbeInterval = TimeSpan.FromMilliseconds(40) }
        ).StartAsync();
        var first = workers.Current;
        await Supervised.UntilAsync(() => host.Supervisor.Generation == 2, "a second worker");
        Assert.True(first.WasKilled);
    }

    [Fact]
    public async Task Deaths_one_after_the_other_end_the_host_with_the_last_words()
    {
        var workers = new FakeWorkers();
        await using var host = await new Supervised(workers).StartAsync();
        var call = host.Call();
        workers.InsteadOfConnecting = (worker, count) =>
        {
            worker.LastWords = $"words of {count}";
            worker.Exit(1);
        };
        workers.Current.Exit(1);
        var lost = await host.Lost.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains("10 times", lost.Message);
        Assert.Contains("words of 10", lost.Message);
        await Assert.ThrowsAsync<WorkerLostException>(() => host.Supervisor.InvokeAsync(call, default));
    }

    [Fact]
    public async Task A_worker_that_asks_for_a_restart_has_not_died()
    {
        await using var host = await new Supervised(
            new(),
            settings => settings with { MostQuickDeaths = 2 }
        ).StartAsync();
        for (var generation = 2; generation < 6; generation++)
        {
            host.Workers.Current.Exit(200);
            await Supervised.UntilAsync(() => host.Supervisor.Generation == generation, $"worker {generation}");
        }
        Assert.False(host.Lost.Task.IsCompleted);
    }

    [Fact]
    public async Task What_waits_for_a_worker_is_bounded()
    {
        var workers = new FakeWorkers();
        await using var host = await new Supervised(
            workers,
            settings => settings with { MostWaiting = 3, ReadyLimit = TimeSpan.FromMilliseconds(500) }
        ).StartAsync();
        var call = host.Call();
        workers.InsteadOfConnecting = (_, _) => { };
        workers.Current.Exit(1);
        await Supervised.UntilAsync(() => host.Supervisor.Ready is null, "no worker");
        var waiting = Enumerable
            .Range(0, 3)
            .Select(_ => host.Supervisor.InvokeAsync(call with { Id = Guid.NewGuid().ToString() }, default))
            .ToArray();
        Assert.Contains(
            "Too many",
            (await Assert.ThrowsAsync<WorkerLostException>(() => host.Supervisor.InvokeAsync(call, default))).Message
        );
        foreach (var one in waiting)
            Assert.Contains("within", (await Assert.ThrowsAsync<WorkerLostException>(() => one)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_is_asked_to_end_and_then_made_to(bool isStubborn)
    {
        var workers = new FakeWorkers();
        if (isStubborn)
            workers.Ignores.Add(StreamingMessage.ContentOneofCase.WorkerTerminate);
        var host = await new Supervised(workers).StartAsync();
        await host.DisposeAsync();
        Assert.Equal(!isStubborn, workers.Current.WasTerminated);
        Assert.Equal(isStubborn, workers.Current.WasKilled);
        Assert.Equal(1, workers.Count);
    }

    [Fact]
    public async Task The_durable_client_is_told_where_to_find_the_host()
    {
        InvocationRequest? seen = null;
        var workers = new FakeWorkers
        {
            Functions =
            {
                FakeWorkers.Function(
                    "Start",
                    "httpTrigger",
                    "",
                    """{"name":"client","type":"durableClient","direction":"In","taskHub":"hub"}"""
                ),
            },
            OnInvoke = (worker, request) => worker.ReturnAsync(seen = request, null),
        };
        await using var host = await new Supervised(
            workers,
            settings => settings with { PublicAddress = new("http://127.0.0.1:9/") }
        ).StartAsync();
        await host.Supervisor.InvokeAsync(host.Call("Start"), default);
        var client = JsonNode.Parse(seen!.InputData.Single(data => data.Name == "client").Data.String)!;
        Assert.Equal("http://127.0.0.1:9/runtime/webhooks/durabletask", client["httpBaseUrl"]!.GetValue<string>());
        Assert.Equal("hub", client["taskHubName"]!.GetValue<string>());
        Assert.Equal(int.MaxValue, client["maxGrpcMessageSizeInBytes"]!.GetValue<int>());
        Assert.Equal("\"00:01:40\"", client["grpcHttpClientTimeout"]!.GetValue<string>());
        Assert.Contains(":" + host.Settings.HostEndpoint.Port, client["rpcBaseUrl"]!.GetValue<string>());
        Assert.NotNull(seen.TraceContext);
        Assert.All(seen.InputData, data => Assert.NotNull(data.Data));
    }
}
