using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FactCheck.Host;
using FactCheck.Host.Http;
using FactCheck.Host.Worker.Rpc;
using FactCheck.Tests.Host.Worker;
using Microsoft.AspNetCore.Http;
using Health = FactCheck.Host.Http.Health;

namespace FactCheck.Tests.Host.Http;

public sealed class FrontTests
{
    [Fact]
    public async Task A_function_answers_below_the_prefix_and_gets_its_routes_values()
    {
        await using var front = await new FakeFront().StartAsync();
        Assert.Equal("done", await front.Client.GetStringAsync("/api/work/bob?x=1"));
        Assert.Equal("bob", front.Invocation!.TriggerMetadata["name"].String);
        Assert.Equal("""{"x":"1"}""", front.Invocation.TriggerMetadata["Query"].Json);
        Assert.NotNull(front.Invocation.InputData[0].Data.Http);
        Assert.Equal(HttpStatusCode.NotFound, (await front.Client.GetAsync("/work/bob")).StatusCode);
    }

    [Theory]
    [InlineData("/", "Home")]
    [InlineData("/a/1", "Number")]
    [InlineData("/a/b", "Text")]
    [InlineData("/a/b/c", "Rest")]
    [InlineData("/Named", "Named")]
    public async Task Routes_are_those_of_Azure(string path, string function)
    {
        await using var front = await new FakeFront(
            null,
            new() { RoutePrefix = "" },
            FakeWorkers.Function("Home", "httpTrigger", ""","route":"{ignored:maxlength(0)?}","methods":["get"]"""),
            FakeWorkers.Function("Number", "httpTrigger", ""","route":"a/{id:int}" """),
            FakeWorkers.Function("Text", "httpTrigger", ""","route":"a/{id}" """),
            FakeWorkers.Function("Rest", "httpTrigger", ""","route":"a/{*rest}" """),
            FakeWorkers.Function("Named", "httpTrigger")
        ).StartAsync();
        Assert.Equal("done", await front.Client.GetStringAsync(path));
        Assert.Equal(function, front.Invocation!.FunctionId);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await front.Client.PostAsync("/", null)).StatusCode);
    }

    [Theory]
    [InlineData("admin/x", "belongs to the host")]
    [InlineData("Runtime", "belongs to the host")]
    [InlineData("a/{", "is no route")]
    public async Task A_route_that_can_not_be_used_stops_the_start_by_its_name(string route, string why)
    {
        await using var front = new FakeFront(
            null,
            new() { RoutePrefix = "" },
            FakeWorkers.Function("Mine", "httpTrigger", $$""","route":"{{route}}" """)
        );
        var refused = await Assert.ThrowsAsync<FunctionHostException>(front.StartAsync);
        Assert.Contains("Mine", refused.Message);
        Assert.Contains(why, refused.Message);
    }

    [Fact]
    public async Task Two_functions_with_one_route_stop_the_start()
    {
        var other = FakeWorkers.Function("Other", "httpTrigger", ""","route":"X","methods":["GET","put"]""");
        await using var front = new FakeFront(
            null,
            new(),
            FakeWorkers.Function("Mine", "httpTrigger", ""","route":"x","methods":["get"]"""),
            other
        );
        Assert.Contains(
            "Mine and Function Other",
            (await Assert.ThrowsAsync<FunctionHostException>(front.StartAsync)).Message
        );
    }

    [Fact]
    public async Task The_invocations_header_is_the_hosts_and_what_strangers_say_of_themselves_is_only_in_the_metadata()
    {
        await using var front = await new FakeFront().StartAsync();
        Dictionary<string, string> seen = [];
        front.Function = context =>
        {
            seen = context.Request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            );
            context.Response.Headers["x-ms-invocation-id"] = "mine";
            return context.Response.WriteAsync("done");
        };
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/work");
        request.Headers.Add("x-ms-invocation-id", "theirs");
        foreach (var name in new[] { "For", "Host", "Proto", "Prefix" })
            request.Headers.Add($"X-Forwarded-{name}", "evil");
        var response = await front.Client.SendAsync(request);
        Assert.False(response.Headers.Contains("x-ms-invocation-id"));
        Assert.Equal(front.Invocation!.InvocationId, seen["x-ms-invocation-id"]);
        Assert.Equal(
            ("127.0.0.1", "http", front.Client.BaseAddress!.Authority),
            (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["X-Forwarded-Host"])
        );
        Assert.False(seen.ContainsKey("X-Forwarded-Prefix"));
        var headers = JsonNode.Parse(front.Invocation.TriggerMetadata["Headers"].Json)!;
        Assert.Equal("evil", headers["X-Forwarded-For"]!.GetValue<string>());
        Assert.Null(headers["x-ms-invocation-id"]);
    }

    [Fact]
    public async Task A_function_that_throws_before_it_answers_is_500_with_problem_details()
    {
        await using var front = await new FakeFront().StartAsync();
        front.Function = _ => throw new InvalidOperationException("secret");
        var response = await front.Client.GetAsync("/api/work");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_function_that_throws_while_it_answers_is_cut_off()
    {
        await using var front = await new FakeFront().StartAsync();
        front.Function = async context =>
        {
            await context.Response.WriteAsync("the first half");
            await context.Response.Body.FlushAsync();
            await Task.Delay(300);
            throw new InvalidOperationException("then");
        };
        var response = await front.Client.GetAsync("/api/work", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(response.Content.ReadAsStringAsync);
    }

    [Fact]
    public async Task An_invocation_that_fails_before_its_request_is_taken_does_not_leave_it_hanging()
    {
        await using var front = await new FakeFront().StartAsync();
        front.Function = _ => Task.Delay(TimeSpan.FromSeconds(30));
        front.Workers.OnInvoke = (worker, request) => worker.ThrowAsync(request.InvocationId, "could not be bound");
        Assert.Equal(
            HttpStatusCode.InternalServerError,
            (await front.Client.GetAsync("/api/work").WaitAsync(TimeSpan.FromSeconds(10))).StatusCode
        );
    }

    [Theory]
    [InlineData("application/json", "application/problem+json")]
    [InlineData("text/html,*/*", "text/html")]
    public async Task A_worker_that_dies_meanwhile_is_502(string accept, string type)
    {
        await using var front = await new FakeFront().StartAsync();
        front.Workers.OnInvoke = (worker, _) =>
        {
            worker.Exit(1);
            return Task.CompletedTask;
        };
        front.Function = context => Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted);
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/work") { Headers = { { "Accept", accept } } };
        var response = await front.Client.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task While_there_is_no_worker_a_request_waits_and_then_is_told_when_to_come_again()
    {
        await using var front = await new FakeFront().StartAsync();
        front.Workers.InsteadOfConnecting = (_, _) => { };
        front.Workers.Current.Exit(1);
        await Supervised.UntilAsync(() => front.Host.Supervisor.Ready is null, "no worker");
        var response = await front.Client.GetAsync("/api/work");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await front.Client.GetAsync(Health.Path)).StatusCode);
    }

    // A 404 would be final: who asks would not come again.
    [Fact]
    public async Task A_request_that_waited_for_a_start_that_failed_is_503_too()
    {
        await using var front = new FakeFront(
            new()
            {
                AppDirectory = "",
                DataDirectory = "",
                Urls = "http://127.0.0.1:0",
                RequestWait = TimeSpan.FromMinutes(5),
            }
        );
        Task<HttpResponseMessage>? waiting = null;
        front.Workers.InsteadOfConnecting = (worker, _) =>
        {
            waiting = front.Client.GetAsync("/api/work");
            worker.Kill();
        };
        await Assert.ThrowsAsync<FunctionHostException>(front.StartAsync);

        front.Front.GiveUp();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await waiting!).StatusCode);
    }

    [Fact]
    public async Task A_request_that_came_while_the_worker_was_started_again_is_answered()
    {
        await using var front = await new FakeFront(
            new()
            {
                AppDirectory = "",
                DataDirectory = "",
                Urls = "http://127.0.0.1:0",
            }
        ).StartAsync();
        var first = front.Host.Supervisor.Ready;
        front.Workers.Current.Exit(1);
        await Supervised.UntilAsync(() => front.Host.Supervisor.Ready != first, "the end of the first worker");
        Assert.Equal("done", await front.Client.GetStringAsync("/api/work"));
    }

    [Theory]
    [InlineData(null, 230)] // no limit
    [InlineData("00:30:00", 230)]
    [InlineData("00:00:03", 8)]
    public void A_client_is_kept_waiting_while_the_function_may_run_and_no_longer_than_by_Azure(
        string? functionTimeout,
        int seconds
    ) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            HttpFunctions.Patience(
                functionTimeout is null ? null : TimeSpan.Parse(functionTimeout),
                new FunctionHostOptions { AppDirectory = "", DataDirectory = "" }.AnswerWait
            )
        );

    // A forwarder left to itself gives up after 100 s: that is only waited for with FACTCHECK_FULL=1.
    [Fact]
    public async Task A_function_of_two_minutes_answers()
    {
        await using var front = await new FakeFront().StartAsync();
        front.Client.Timeout = Timeout.InfiniteTimeSpan;
        front.Function = async context =>
        {
            await Task.Delay(
                TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("FACTCHECK_FULL") == "1" ? 120 : 0.5)
            );
            await context.Response.WriteAsync("at last");
        };
        Assert.Equal("at last", await front.Client.GetStringAsync("/api/work"));
    }

    [Fact]
    public async Task A_function_that_has_not_answered_in_time_is_504_and_runs_on()
    {
        var end = new TaskCompletionSource();
        await using var front = await new FakeFront(
            new()
            {
                AppDirectory = "",
                DataDirectory = "",
                Urls = "http://127.0.0.1:0",
                AnswerWait = TimeSpan.FromMilliseconds(300),
            }
        ).StartAsync();
        front.Function = _ => end.Task;
        var response = await front.Client.GetAsync("/api/work").WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Contains("may still run", await response.Content.ReadAsStringAsync());
        Assert.Equal((0, 1), (front.Workers.Current.Cancellations, front.Workers.Count));
        end.SetResult();
    }

    [Fact]
    public async Task A_busy_worker_is_sent_a_request_when_it_has_a_thread_for_it()
    {
        var (end, begun) = (new TaskCompletionSource(), 0);
        await using var front = await new FakeFront().StartAsync();
        front.Function = context =>
        {
            Interlocked.Increment(ref begun);
            return context.Request.Query.ContainsKey("quick") ? Task.CompletedTask : end.Task;
        };
        var slow = Enumerable.Range(0, 8).Select(_ => front.Client.GetAsync("/api/work")).ToList();
        await Supervised.UntilAsync(() => Volatile.Read(ref begun) == 8, "eight that run");
        // there is nobody to answer it
        front.Workers.Ignores.Add(StreamingMessage.ContentOneofCase.WorkerStatusRequest);
        var asked = front.Workers.Current.Asked;
        using var leave = new CancellationTokenSource();
        var impatient = front.Client.GetAsync("/api/work?quick", leave.Token);
        await Supervised.UntilAsync(() => front.Workers.Current.Asked > asked, "that it is asked");
        Assert.Equal(8, begun);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);

        front.Workers.Ignores.Clear();

        Assert.Equal(HttpStatusCode.OK, (await front.Client.GetAsync("/api/work?quick")).StatusCode);
        Assert.Equal(9, begun);
        end.SetResult();
        await Task.WhenAll(slow);
    }

    [Fact]
    public async Task Large_bodies_go_both_ways()
    {
        await using var front = await new FakeFront().StartAsync();
        front.Function = async context =>
        {
            using var copy = new MemoryStream(); // this client reads nothing before it has sent everything
            await context.Request.Body.CopyToAsync(copy);
            await context.Response.Body.WriteAsync(copy.ToArray());
        };
        var body = new byte[25_000_000];
        Random.Shared.NextBytes(body);
        var response = await front.Client.PostAsync("/api/work", new ByteArrayContent(body));
        Assert.True(response.IsSuccessStatusCode, front.Failure?.ToString());
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_413_and_no_reset(bool chunked)
    {
        await using var front = await new FakeFront(
            new()
            {
                AppDirectory = "",
                DataDirectory = "",
                Urls = "http://127.0.0.1:0",
                MaxRequestBodyBytes = 1_000_000,
            }
        ).StartAsync();
        front.Function = context => context.Request.Body.CopyToAsync(Stream.Null);
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/work")
        {
            Content = new ByteArrayContent(new byte[5_000_000]),
        };
        request.Headers.TransferEncodingChunked = chunked;
        var response = await front.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("1,000,000", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost:1234", HttpStatusCode.OK)]
    [InlineData("desk.localhost", HttpStatusCode.OK)]
    [InlineData("[::1]:80", HttpStatusCode.OK)]
    [InlineData("desk.example", HttpStatusCode.OK)]
    public async Task On_the_loopback_only_its_own_names_are_answered(string name, HttpStatusCode expected)
    {
        await using var front = await new FakeFront(
            new()
            {
                AppDirectory = "",
                DataDirectory = "",
                Urls = "http://127.0.0.1:0",
                AllowedHosts = { "desk.example" },
            }
        ).StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/work") { Headers = { Host = name } };
        Assert.Equal(expected, (await front.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_client_that_leaves_cancels_its_invocation()
    {
        await using var front = await new FakeFront().StartAsync();
        front.Function = context => Task.Delay(TimeSpan.FromSeconds(30), CancellationToken.None);
        front.Workers.OnInvoke = (_, _) => Task.CompletedTask;
        using var leave = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => front.Client.GetAsync("/api/work", leave.Token));
        await Supervised.UntilAsync(() => front.Workers.Current.Cancellations > 0, "told to cancel");
    }

    [Fact]
    public async Task The_host_says_how_it_is()
    {
        await using var front = await new FakeFront().StartAsync();
        Assert.Contains("\"worker\":true", await front.Client.GetStringAsync(Health.Path));
        front.Problems.Add("The inbox can't be read.");
        var response = await front.Client.GetAsync(Health.Path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains(
            "The inbox can't be read.",
            JsonNode.Parse(await response.Content.ReadAsStringAsync())!["problems"]![0]!.GetValue<string>()
        );
    }

    [Fact]
    public async Task The_workers_port_and_the_public_one_know_nothing_of_each_other()
    {
        await using var front = await new FakeFront().StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/AzureFunctionsRpcMessages.FunctionRpc/EventStream");
        Assert.Equal(HttpStatusCode.NotFound, (await front.Client.SendAsync(request)).StatusCode);
        using var http2 = new HttpClient
        {
            BaseAddress = front.Host.Settings.HostEndpoint,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Assert.Equal(HttpStatusCode.NotFound, (await http2.GetAsync("/api/work")).StatusCode);
    }

    [Fact]
    public void As_many_connections_as_descriptors_allow_and_too_few_are_named()
    {
        Assert.Equal([96, 9_840, 25_000], new[] { 512, 20_000, int.MaxValue }.Select(Connections.Fitting));
        Assert.Contains("ulimit -n", Assert.Throws<FunctionHostException>(() => Connections.Fitting(256)).Message);
    }

    [Fact]
    public async Task Idle_connections_make_room_for_others()
    {
        var connections = new Connections(3);
        await using var front = await new IdleServer(connections).StartAsync();
        var idle = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            idle.Add(new TcpClient());
            await idle[^1].ConnectAsync(IPAddress.Loopback, front.Port);
        }
        using var client = new HttpClient();
        Assert.Equal("here", await client.GetStringAsync($"http://127.0.0.1:{front.Port}/"));
        await Supervised.UntilAsync(() => connections.Count <= 4, "that idle connections are closed");
        foreach (var one in idle)
            one.Dispose();
    }
}
