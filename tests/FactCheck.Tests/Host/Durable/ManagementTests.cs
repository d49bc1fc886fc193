using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Tests.Host.Durable;

/// <summary>HTTP management under /runtime/webhooks/durabletask/instances: what Azure answers, to who may.</summary>
public sealed class ManagementTests
{
    private const string Root = "/runtime/webhooks/durabletask/instances";

    public static TheoryData<string, string> Routes =>
        new()
        {
            { "GET", "" },
            { "DELETE", "?createdTimeFrom=2000-01-01" },
            { "GET", "/w" },
            { "DELETE", "/w" },
            { "POST", "/w/raiseEvent/go" },
            { "POST", "/w/terminate" },
            { "POST", "/w/suspend" },
            { "POST", "/w/resume" },
            { "POST", "/w/rewind" },
            { "POST", "/w/restart" },
            { "GET", "/runtime/webhooks/blobs/poison" },
            { "POST", "/runtime/webhooks/blobs/poison/retry?container=a&name=b" },
        };

    [Theory, MemberData(nameof(Routes))]
    public async Task Who_may_not_manage_is_refused_whatever_the_route(string method, string path)
    {
        await using var host = await HostAsync(http => http.Request.Headers.ContainsKey("x-operator"));
        await host.BeginAsync("Wait", id: "w");

        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(host, method, path)).Status);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("w")).RuntimeStatus);
    }

    [Fact]
    public async Task A_running_instance_is_202_with_a_location_and_a_time_to_ask_again_an_ended_one_200_and_an_unknown_one_404()
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Wait", new { Desk = "sport" }, id: "w");

        using var running = await host.Http.GetAsync(Root + "/w");
        Assert.Equal(
            (HttpStatusCode.Accepted, TimeSpan.FromSeconds(5)),
            (running.StatusCode, running.Headers.RetryAfter!.Delta)
        );
        Assert.Equal(new Uri(host.BaseAddress, Root + "/w"), running.Headers.Location);
        Assert.Equal(
            """{"name":"Wait","instanceId":"w","runtimeStatus":"Running","input":{"Desk":"sport"},"customStatus":"waiting","output":null"""
                + ""","createdTime":"2030-01-01T00:00:00Z","lastUpdatedTime":"2030-01-01T00:00:00Z","historyEvents":null}""",
            await running.Content.ReadAsStringAsync()
        );

        await host.Client.SuspendInstanceAsync("w");
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(host, "GET", "/w")).Status);
        await host.Client.ResumeInstanceAsync("w");
        await host.SendAsync("w", "go", "done");
        var (status, body) = await SendAsync(host, "GET", "/w?showInput=false");
        Assert.Equal(
            (HttpStatusCode.OK, "Completed", "done"),
            (status, (string?)body!["runtimeStatus"], (string?)body["output"])
        );
        Assert.Null(body["input"]);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, "GET", "/nobody")).Status);
    }

    [Fact]
    public async Task A_failed_instance_says_why_and_is_500_only_for_who_asks_for_that()
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Fail", id: "f");

        var (status, body) = await SendAsync(host, "GET", "/f");
        Assert.Equal(
            (HttpStatusCode.OK, "Failed", "System.FormatException: no"),
            (status, (string?)body!["runtimeStatus"], (string?)body["output"])
        );
        Assert.Equal(
            HttpStatusCode.InternalServerError,
            (await SendAsync(host, "GET", "/f?returnInternalServerErrorOnFailure=true")).Status
        );
    }

    [Fact]
    public async Task An_event_is_202_then_410_and_its_payload_must_be_json()
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Wait", id: "w");

        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await SendAsync(host, "POST", "/w/raiseEvent/go", "{", "application/json")).Status
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await SendAsync(host, "POST", "/w/raiseEvent/go", "text", "text/plain")).Status
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await SendAsync(
                    host,
                    "POST",
                    "/w/raiseEvent/go",
                    $"\"{new string('x', 11 * 1024 * 1024)}\"",
                    "application/json"
                )
            ).Status
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await SendAsync(host, "POST", "/nobody/raiseEvent/go", "1", "application/json")).Status
        );
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await SendAsync(host, "POST", "/w/raiseEvent/GO", "\"done\"", "application/json")).Status
        );
        await host.WhenIdleAsync();
        Assert.Equal("done", (await host.ReadAsync("w")).ReadOutputAs<string>());
        Assert.Equal(
            HttpStatusCode.Gone,
            (await SendAsync(host, "POST", "/w/raiseEvent/go", "1", "application/json")).Status
        );
    }

    [Theory]
    [InlineData("terminate", OrchestrationRuntimeStatus.Terminated)]
    [InlineData("suspend", OrchestrationRuntimeStatus.Suspended)]
    [InlineData("resume", OrchestrationRuntimeStatus.Running)]
    public async Task Terminate_suspend_and_resume_are_202_404_and_410(string what, OrchestrationRuntimeStatus then)
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Wait", id: "w");
        await host.BeginAsync("Fail", id: "f");

        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(host, "POST", $"/w/{what}?reason=lunch")).Status);
        Assert.Equal(then, (await host.ReadAsync("w")).RuntimeStatus);
        Assert.Equal(what == "terminate" ? "lunch" : null, (await host.ReadAsync("w")).ReadOutputAs<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, "POST", $"/nobody/{what}")).Status);
        Assert.Equal(HttpStatusCode.Gone, (await SendAsync(host, "POST", $"/f/{what}")).Status);
    }

    [Fact]
    public async Task Rewind_is_202_for_a_failed_instance_410_for_an_ended_409_for_a_running_and_404_for_none()
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Fail", id: "f");
        await host.BeginAsync("Wait", id: "w");

        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(host, "POST", "/f/rewind?reason=mended")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(host, "POST", "/w/rewind")).Status);
        await host.SendAsync("w", "go");
        Assert.Equal(HttpStatusCode.Gone, (await SendAsync(host, "POST", "/w/rewind")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, "POST", "/nobody/rewind")).Status);
    }

    [Fact]
    public async Task Restart_is_202_with_links_to_the_new_instance()
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Wait", "in", id: "w");
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await SendAsync(host, "POST", "/w/restart?restartWithNewInstanceId=false")).Status
        );

        var (status, links) = await SendAsync(host, "POST", "/w/restart");
        await host.WhenIdleAsync();

        var id = (string)links!["id"]!;
        Assert.Equal((HttpStatusCode.Accepted, "in"), (status, (await host.ReadAsync(id)).ReadInputAs<string>()));
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await host.Http.GetAsync(new Uri((string)links["statusQueryGetUri"]!))).StatusCode
        );
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, "POST", "/nobody/restart")).Status);
    }

    [Fact]
    public async Task Purge_says_how_many_and_leaves_what_runs()
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Wait", id: "w");
        foreach (var id in new[] { "a", "b", "c" })
            await host.BeginAsync("Fail", id: id);

        Assert.Equal((HttpStatusCode.OK, """{"instancesDeleted":1}"""), await TextAsync(host, "DELETE", "/a"));
        Assert.Equal((HttpStatusCode.OK, """{"instancesDeleted":0}"""), await TextAsync(host, "DELETE", "/w"));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, "DELETE", "/a")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, "DELETE", "")).Status);
        Assert.Equal(
            (HttpStatusCode.OK, """{"instancesDeleted":2}"""),
            await TextAsync(host, "DELETE", "?createdTimeFrom=2029-12-31T00:00:00Z&runtimeStatus=Failed,Completed")
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await SendAsync(host, "DELETE", "?createdTimeFrom=2029-12-31T00:00:00Z")).Status
        );
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("w")).RuntimeStatus);
    }

    [Fact]
    public async Task Instances_are_listed_by_filter_in_pages_that_a_header_continues()
    {
        await using var host = await HostAsync();
        for (var i = 0; i < 3; i++)
            await host.BeginAsync("Wait", i, id: $"w{i}");
        await host.BeginAsync("Fail", id: "f");

        using var first = await host.Http.GetAsync(Root + "?top=2&instanceIdPrefix=w&runtimeStatus=Running");
        using var next = new HttpRequestMessage(
            HttpMethod.Get,
            Root + "?top=2&instanceIdPrefix=w&runtimeStatus=Running"
        );
        next.Headers.Add("x-ms-continuation-token", first.Headers.GetValues("x-ms-continuation-token"));
        using var second = await host.Http.SendAsync(next);

        Assert.Equal("w0 w1 | w2", $"{await IdsAsync(first)} | {await IdsAsync(second)}");
        foreach (
            var bad in new[]
            {
                "top=0",
                "top=x",
                "runtimeStatus=Sleeping",
                "createdTimeFrom=yesterday",
                "showInput=perhaps",
            }
        )
            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, "GET", "?" + bad)).Status);
    }

    [Fact]
    public async Task The_history_is_shown_to_who_asks_for_it_even_that_of_an_instance_whose_code_was_changed()
    {
        var name = "Say";
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways()
            .WithManagement()
            .AddOrchestrator(
                "Story",
                async context =>
                {
                    await context.CallActivityAsync(name, "x");
                    _ = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    context.SendEvent("nobody", "hello", 1);
                    await context.WaitForExternalEvent<string>("e");
                }
            )
            .AddActivity<string, string>("Say", Task.FromResult)
            .StartAsync();
        await host.BeginAsync("Story", 7, id: "s");
        name = "Other";
        await host.SendAsync("s", "e", "news");

        var (_, body) = await SendAsync(host, "GET", "/s?showHistory=true&showHistoryOutput=true");

        const string asked = "\"ScheduledTime\":\"2030-01-01T00:00:00.0000000Z\"";
        const string at = "\"Timestamp\":\"2030-01-01T00:00:00.0000000Z\"";
        var events = body!["historyEvents"]!.AsArray().Select(line => line!.ToJsonString()).ToArray();
        Assert.Equal(
            [
                $$"""{"EventType":"ExecutionStarted","FunctionName":"Story","Input":7,{{at}}}""",
                $$"""{"EventType":"TaskCompleted","FunctionName":"Say","Result":"x",{{asked}},{{at}}}""",
                $$"""{"EventType":"EventRaised","Name":"e","Input":"news",{{at}}}""",
                $$"""{"EventType":"TimerCreated","FireAt":"2030-01-01T01:00:00.0000000Z",{{at}}}""",
                $$"""{"EventType":"EventSent","Name":"hello","InstanceId":"nobody",{{at}}}""",
            ],
            events[..^1]
        );
        Assert.Contains("\"OrchestrationStatus\":\"Failed\"", events[^1], StringComparison.Ordinal);
        Assert.Contains(
            "A previous execution of this orchestration scheduled an activity task",
            events[^1],
            StringComparison.Ordinal
        );
    }

    private static Task<TestHub> HostAsync(Func<HttpContext, bool>? allowed = null) =>
        TestHub
            .ForTests()
            .WithManagement(allowed)
            .AddOrchestrator(
                "Wait",
                context =>
                {
                    context.SetCustomStatus("waiting");
                    return context.WaitForExternalEvent<string>("go");
                }
            )
            .AddOrchestrator("Fail", _ => throw new FormatException("no"))
            .StartAsync();

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(
        TestHub host,
        string method,
        string path,
        string? body = null,
        string type = "application/json"
    )
    {
        var (status, text) = await TextAsync(host, method, path, body, type);
        return (status, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    private static async Task<(HttpStatusCode Status, string Text)> TextAsync(
        TestHub host,
        string method,
        string path,
        string? body = null,
        string type = "application/json"
    )
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            path.StartsWith("/runtime", StringComparison.Ordinal) ? path : Root + path
        );
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        using var response = await host.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<string> IdsAsync(HttpResponseMessage response) =>
        string.Join(
            ' ',
            JsonNode
                .Parse(await response.Content.ReadAsStringAsync())!
                .AsArray()
                .Select(one => (string)one!["instanceId"]!)
        );
}
