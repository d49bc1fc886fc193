using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace FactCheck.AcceptanceTests;

/// <summary>
/// Whoever runs the desk sees and steers its orchestrations from a terminal: while the host runs, and after it has
/// stopped.
/// </summary>
public sealed class OperateTests
{
    [Fact]
    public async Task An_operator_sees_and_steers_a_running_host_and_reads_the_file_of_a_stopped_one()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.DropAsync("ferry.txt", Texts.Ferry);
        var check = $"check-{ArticleKey.Of("articles", "ferry.txt")}-1";
        var oskar = await OperatorAsync(desk);

        var list = await oskar.RunAsync("runtime", "list", "--prefix", "review-");
        Assert.True(list.ExitCode == 0, list.Error);
        Assert.All(list.Lines.Skip(1), line => Assert.Matches("^Running .* timer until .+ UTC \\(in ", line));
        var review = (await oskar.RunAsync("runtime", "list", "--prefix", "review-", "--json"))
            .Json.List("items")[0]
            .Text("instanceId");
        Assert.Equal(
            "Completed",
            (await oskar.RunAsync("runtime", "show", check, "--json")).Json.Text("runtimeStatus")
        );
        Assert.Contains(
            "ExecutionCompleted",
            (await oskar.RunAsync("runtime", "history", check)).Output,
            StringComparison.Ordinal
        );

        Assert.Equal(0, (await oskar.RunAsync("runtime", "suspend", review)).ExitCode);
        Assert.Contains(
            "somebody to resume it",
            (await oskar.RunAsync("runtime", "show", review)).Output,
            StringComparison.Ordinal
        );
        Assert.Equal(0, (await oskar.RunAsync("runtime", "resume", review)).ExitCode);
        Assert.Equal(0, (await oskar.RunAsync("runtime", "raise", review, "nobody-waits-for-this")).ExitCode);
        Assert.Equal(5, (await oskar.RunAsync("runtime", "purge", review)).ExitCode);
        var running = (await oskar.RunAsync("runtime", "export")).Lines;
        Assert.Contains(
            "A host runs on this file",
            (await new CommandLine().RunAsync("runtime", "list", "--data", desk.Data.Path)).Error,
            StringComparison.Ordinal
        );

        Assert.Equal(0, await desk.Host.StopAsync());
        var before = Directory.GetFiles(desk.Data.Path).Order(StringComparer.Ordinal);
        var stopped = await new CommandLine().RunAsync("runtime", "export", "--data", desk.Data.Path);
        Assert.Equal(
            (0, "1"),
            (
                stopped.ExitCode,
                JsonNode.Parse(stopped.Lines.Single(l => l.Contains(check, StringComparison.Ordinal)))![
                    "output"
                ]!.ToJsonString()
            )
        );
        Assert.Equal(running.Count, stopped.Lines.Count);
        Assert.Contains(
            "timer until ",
            (await new CommandLine().RunAsync("runtime", "show", review, "--data", desk.Data.Path)).Output,
            StringComparison.Ordinal
        );
        Assert.Equal(before, Directory.GetFiles(desk.Data.Path).Order(StringComparer.Ordinal));
        Assert.Equal(7, (await oskar.RunAsync("runtime", "terminate", review)).ExitCode);

        await desk.StartAgainAsync();
        Assert.Equal(0, (await oskar.RunAsync("runtime", "terminate", review, "--reason", "a test")).ExitCode);
        Assert.Equal(0, (await oskar.RunAsync("runtime", "purge", review, check)).ExitCode);
        Assert.Equal(3, (await oskar.RunAsync("runtime", "show", check)).ExitCode);
    }

    [Fact]
    public async Task A_host_exports_its_traces_and_figures_to_the_collector_that_the_environment_names()
    {
        using var collector = new Collector();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        };
        await using var desk = await Desk.OpenAsync(environment);
        await desk.DropAsync("ferry.txt", Texts.Ferry);
        await (await desk.EditorAsync()).GetAsync("api/claims?q=Mira+Kovac");

        await collector.UntilAsync(
            "v1/traces",
            "activity:Ingest",
            "create_orchestration:CheckArticle",
            "article.arrive",
            "api/claims"
        );
        await collector.UntilAsync("v1/metrics", "factcheck.host.commits", "factcheck.host.instances");
        Assert.Equal(0, await desk.Host.StopAsync());
        Assert.DoesNotContain("Kovac", collector.Of("v1/traces"), StringComparison.Ordinal);
        Assert.Equal("", collector.Of("v1/logs"));
    }

    private static async Task<CommandLine> OperatorAsync(Desk desk) =>
        new(desk.Host.Address, (await desk.AsAsync("Oskar", "Operator")).Token);

    /// <summary>Takes what is exported over HTTP. Names are plain text in protobuf.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly LocalServer _server;
        private readonly Dictionary<string, StringBuilder> _received = new(StringComparer.Ordinal);
        private readonly Lock _gate = new();

        public Collector() => _server = new(TakeAsync);

        public Uri Address => _server.Address;

        public string Of(string path)
        {
            lock (_gate)
                return _received.TryGetValue(path, out var text) ? text.ToString() : "";
        }

        public Task UntilAsync(string path, params string[] words) =>
            Limits.UntilAsync(
                Limits.Check,
                () =>
                    Task.FromResult(
                        Array.TrueForAll(words, word => Of(path).Contains(word, StringComparison.Ordinal)) ? path : null
                    ),
                () =>
                    $"{string.Join(", ", words.Where(word => !Of(path).Contains(word, StringComparison.Ordinal)))} at {path}"
            );

        public void Dispose() => _server.Dispose();

        private async Task TakeAsync(HttpListenerContext call)
        {
            using var body = new MemoryStream();
            await call.Request.InputStream.CopyToAsync(body);
            lock (_gate)
            {
                var path = call.Request.Url!.AbsolutePath.TrimStart('/');
                if (!_received.TryGetValue(path, out var text))
                    _received.Add(path, text = new());
                text.Append(Encoding.UTF8.GetString(body.ToArray()));
            }

            call.Response.Close();
        }
    }
}
