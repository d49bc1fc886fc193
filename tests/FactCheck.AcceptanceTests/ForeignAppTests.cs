using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace FactCheck.AcceptanceTests;

/// <summary>A host with the app of somebody else, for the tests of a class.</summary>
public sealed class SharedApp : IAsyncLifetime
{
    private readonly DataFolder _data = new();
    private HostProcess? _host;

    internal HostProcess Host => _host ?? throw new InvalidOperationException("The app does not run.");

    internal string Folder => _data.Path;

    internal string Seen => Path.Combine(_data.Path, "seen.txt");

    internal Caller Anybody => new(Host.Address);

    public async ValueTask InitializeAsync() =>
        _host = await HostProcess.RunAppAsync(
            _data,
            environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["Seen"] = Seen }
        );

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        _data.Dispose();
    }
}

/// <summary>
/// <c>factcheck host run</c> runs an app that knows nothing of this repository: routes, bodies, an orchestration,
/// blobs, timers, failures, management.
/// </summary>
public sealed class ForeignAppTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly Caller _anybody = shared.Anybody;

    [Fact]
    public async Task Routes_have_values_and_bodies_arrive()
    {
        Assert.Equal("home", (await _anybody.GetAsync("api")).Text);
        Assert.Equal("Hello Ada 3: from the body", (await PostAsync("api/hello/Ada/3", "from the body")).Text);
        Assert.Equal("Hello Ada : ", (await _anybody.GetAsync("api/hello/Ada")).Text);
        Assert.Equal("file deep/down/a b.txt", (await _anybody.GetAsync("api/files/deep/down/a%20b.txt")).Text);
        var body = new string('ä', 1_000_000);
        Assert.Equal(body, (await PostAsync("api/echo", body)).Text);
    }

    [Fact]
    public async Task A_function_that_throws_is_a_500_with_problem_details_that_tell_nothing_of_it()
    {
        var answer = await _anybody.GetAsync("api/throw");

        Assert.Equal(
            (HttpStatusCode.InternalServerError, "application/problem+json"),
            (answer.Status, answer.ContentType)
        );
        Assert.DoesNotContain("The sample throws", answer.Text, StringComparison.Ordinal);
        await shared.Host.UntilItSaysAsync("The sample throws.", Limits.Check);
    }

    [Fact]
    public async Task An_orchestration_waits_for_its_event_and_goes_on()
    {
        var started = await PostAsync("api/orders/Ada", "");
        Assert.Equal(HttpStatusCode.Accepted, started.Status);
        var id = JsonNode.Parse(started.Text)!.GetValue<string>();
        await UntilAsync(id, "Running");

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync($"api/orders/{id}/payment", "")).Status);

        var done = await UntilAsync(id, "Completed");
        Assert.Contains("NotSupportedException: Hello Ada paid 12.5", done.Text("output"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_folder_of_a_container_starts_its_function()
    {
        var inbox = Directory.CreateDirectory(Path.Combine(shared.Folder, "inbox")).FullName;
        await File.WriteAllTextAsync(Path.Combine(inbox, "letter.txt"), "Dear all");

        await Limits.UntilAsync(
            Limits.Check,
            () =>
                Task.FromResult(
                    File.Exists(shared.Seen) && File.ReadAllText(shared.Seen) == "letter.txt: Dear all\n"
                        ? "seen"
                        : null
                ),
            () => shared.Host.Output
        );
    }

    [Fact]
    public Task A_timer_function_runs_by_its_schedule() =>
        shared.Host.UntilItSaysAsync("Tick; late: False", Limits.Many);

    [Fact]
    public async Task Management_takes_the_hosts_key()
    {
        const string Instances = "runtime/webhooks/durabletask/instances";
        var key = (await File.ReadAllTextAsync(Path.Combine(shared.Folder, "keys", "host.key"))).Trim();
        Assert.Equal(HttpStatusCode.Forbidden, (await _anybody.GetAsync(Instances)).Status);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await _anybody.GetAsync(Instances, ("x-functions-key", key[..^1] + "g"))).Status
        );
        Assert.Equal(HttpStatusCode.OK, (await _anybody.GetAsync(Instances, ("x-functions-key", key))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _anybody.GetAsync($"{Instances}?code={key}")).Status);

        var id = JsonNode.Parse((await PostAsync("api/orders/Bea", "")).Text)!.GetValue<string>();
        await UntilAsync(id, "Running");
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await PostAsync($"{Instances}/nobody/terminate", "", ("x-functions-key", key))).Status
        );
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await PostAsync($"{Instances}/{id}/terminate?reason=a%20test", "", ("x-functions-key", key))).Status
        );
        await UntilAsync(id, "Terminated");
        Assert.Equal(
            HttpStatusCode.Gone,
            (await PostAsync($"{Instances}/{id}/terminate", "", ("x-functions-key", key))).Status
        );
        Assert.Equal(0, (await new CommandLine(shared.Host.Address, key).RunAsync("runtime", "show", id)).ExitCode);
    }

    // The worker fails a request whose function it has not begun after five seconds, and threads come slowly to one
    // that is cold.
    [Fact]
    public async Task No_request_fails_for_coming_while_every_thread_is_in_use()
    {
        await using var app = new SharedApp();
        await app.InitializeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.Anybody.GetAsync("api/block/700")));

        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.NoContent, answer.ToString()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_worker_that_ends_by_itself_is_started_again(int code)
    {
        await using var app = new SharedApp();
        await app.InitializeAsync();
        var worker = app.Host.WorkerId;

        var cut = await app.Anybody.SendAsync(HttpMethod.Post, $"api/exit/{code}", null);

        Assert.Equal((HttpStatusCode.BadGateway, "application/problem+json"), (cut.Status, cut.ContentType));
        Assert.Equal(HttpStatusCode.OK, (await app.Anybody.GetAsync("api/hello/Ada")).Status);
        Assert.NotEqual(worker, app.Host.WorkerId);
    }

    [Fact]
    public async Task A_function_that_takes_too_long_is_cancelled_and_only_a_stubborn_one_costs_the_worker()
    {
        using var folder = new DataFolder();
        var app = Path.Combine(folder.Path, "app");
        CopyFolder(HostProcess.SampleApp, app);
        await File.WriteAllTextAsync(
            Path.Combine(app, "host.json"),
            """{ "version": "2.0", "functionTimeout": "00:00:03" }"""
        );
        await using var host = await HostProcess.RunAppAsync(folder, app);
        var (caller, worker) = (new Caller(host.Address), host.WorkerId);

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await caller.GetAsync("api/hang")).Status);
        await host.UntilItSaysAsync("Hang was cancelled.", Limits.Check);
        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("api/hello/Ada")).Status);
        Assert.Equal(worker, host.WorkerId);

        // What else is in work goes on; a request that the worker died under may be told so.
        var id = JsonNode
            .Parse((await caller.SendAsync(HttpMethod.Post, "api/orders/Ada", null)).Text)!
            .GetValue<string>();
        var stubborn = caller.GetAsync("api/hang?stubborn");
        while (!stubborn.IsCompleted)
            Assert.Contains(
                (await caller.GetAsync("api/hello/Ada")).Status,
                (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.BadGateway]
            );
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await stubborn).Status);
        await Limits.UntilAsync(
            Limits.Start,
            () => Task.FromResult(host.WorkerId is { } now && now != worker ? "another" : null),
            () => $"another worker\n{host.Output}"
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await caller.SendAsync(HttpMethod.Post, $"api/orders/{id}/payment", null)).Status
        );
        await Limits.UntilAsync(
            Limits.Check,
            async () =>
                (await caller.GetAsync($"api/orders/{id}")).Json is { } order && order.Text("status") == "Completed"
                    ? order
                    : null,
            () => host.Output
        );
        Assert.False(Subprocess.IsRunning(worker!.Value));
    }

    private async Task<JsonNode> UntilAsync(string order, string status)
    {
        JsonNode? last = null;
        return await Limits.UntilAsync(
            Limits.Check,
            async () =>
                (last = (await _anybody.GetAsync($"api/orders/{order}")).Json).Text("status") == status ? last : null,
            () => $"{status}; it is {last}\n{shared.Host.Output}"
        );
    }

    private Task<Answer> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        _anybody.SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "text/plain"), headers);

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
