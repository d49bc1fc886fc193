using System.Text.Json.Nodes;
using FactCheck.Cli.Terminal;
using FactCheck.Host.Storage;
using FactCheck.Tests.Host.Durable;

namespace FactCheck.Tests.Cli.Runtime;

/// <summary>
/// <c>factcheck runtime</c>: what waits on whom, on a host that runs and in the file of one that has stopped.
/// </summary>
public sealed class RuntimeVerbTests
{
    private static readonly BlobReceipt GivenUp = new(
        "Fragile",
        "fragile",
        "a b.txt",
        "etag",
        BlobState.Poison,
        5,
        new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        "System.FormatException: bad"
    );

    private static readonly string[][] OfWhatHasNotEnded =
    [
        ["raise", "e", "approval"],
        ["terminate", "e"],
        ["suspend", "e"],
        ["resume", "e"],
        ["rewind", "e"],
    ];

    [Theory, InlineData(true), InlineData(false)]
    public async Task Show_says_in_plain_words_what_an_instance_waits_for(bool running)
    {
        await using var host = await HostAsync();
        await BeginAllAsync(host);
        if (!running)
            await host.CrashAsync(); // the activity that hangs would hold up a stop

        await SaysAsync(host, running, "event", "timer until 2030-01-03 00:00 UTC");
        await SaysAsync(host, running, "activity", "activity Hang");
        await SaysAsync(host, running, "parent", "Event child");
        await SaysAsync(host, running, "child", "called by  parent", "timer until");
        await SaysAsync(host, running, "later", "its time to start, until 2030-01-02 00:00 UTC");
        await SaysAsync(
            host,
            running,
            "halted",
            "somebody to resume it (factcheck runtime resume halted)",
            "(1 that came meanwhile)"
        );
        await SaysAsync(host, running, "failed", "state      Failed", "System.FormatException: no");
        Assert.DoesNotContain(
            "waits for",
            (await OnAsync(host, running, "show", "done")).Output,
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.NotFound, (await OnAsync(host, running, "show", "nobody")).ExitCode);
    }

    [Fact]
    public async Task A_stopped_hosts_file_says_what_the_host_said()
    {
        await using var host = await HostAsync();
        await BeginAllAsync(host);
        string[][] lines =
        [
            ["list", "--all"],
            ["list", "--most", "3"],
            ["show", "event"],
            ["history", "parent"],
            ["export"],
            ["export", "--state", "Failed"],
            ["poison"],
        ];
        var said = new List<string>();
        foreach (var line in lines)
            said.Add((await OnAsync(host, true, [.. line, "--json"])).Output);
        await host.CrashAsync();

        foreach (var (line, before) in lines.Zip(said))
            Assert.Equal(before, (await OnAsync(host, false, [.. line, "--json"])).Output);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task List_has_what_has_not_ended_or_failed_and_goes_on_where_it_stopped(bool running)
    {
        await using var host = await HostAsync();
        await BeginAllAsync(host);
        if (!running)
            await host.CrashAsync();

        Assert.Equal("activity child event failed halted later parent", await IdsAsync(host, running));
        Assert.Equal("activity child done event failed halted later parent", await IdsAsync(host, running, "--all"));
        Assert.Equal("failed halted", await IdsAsync(host, running, "--state", "Failed", "Suspended"));
        Assert.Equal("parent", await IdsAsync(host, running, "--prefix", "pa"));

        var first = JsonNode.Parse((await OnAsync(host, running, "list", "--most", "4", "--json")).Output)!;
        Assert.Equal(4, first["items"]!.AsArray().Count);
        Assert.Equal("halted later parent", await IdsAsync(host, running, "--cursor", (string)first["cursor"]!));
        var table = (await OnAsync(host, running, "list")).Output.Split('\n');
        Assert.Matches("^STATE +AGE +QUIET +ORCHESTRATOR +INSTANCE +WAITS FOR$", table[0]);
        Assert.Contains(
            table,
            line =>
                line.StartsWith("Failed", StringComparison.Ordinal)
                && line.EndsWith("– System.FormatException: no", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task History_tells_what_happened_in_order()
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Event", id: "e");
        await host.SendAsync("e", "Approval", "yes");

        var lines = (await OnAsync(host, true, "history", "e")).Output.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );

        Assert.Equal(
            ["ExecutionStarted  Event", "EventRaised  Approval", "ExecutionCompleted  Completed"],
            lines
                .Skip(1)
                .Where(l => !l.Contains("Timer", StringComparison.Ordinal))
                .Select(l => string.Join("  ", l[21..].Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        );
    }

    [Fact]
    public async Task An_instance_is_steered_and_what_can_not_be_done_is_told_with_its_exit_code()
    {
        await using var host = await HostAsync();
        await host.BeginAsync("Event", id: "e");
        await host.BeginAsync("Event", id: "t");
        await host.BeginAsync("Fail", id: "f");

        Assert.Equal((ExitCode.Done, "suspended e"), await DoneAsync(host, "suspend", "e"));
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.ReadAsync("e")).RuntimeStatus);
        Assert.Equal((ExitCode.Done, "resumed e"), await DoneAsync(host, "resume", "e"));
        Assert.Equal(
            (ExitCode.Done, "raised approval for e"),
            await DoneAsync(host, "raise", "e", "approval", "\"yes\"")
        );
        await host.WhenIdleAsync();
        Assert.Equal("yes", (await host.ReadAsync("e")).ReadOutputAs<string>());
        Assert.Equal(
            (ExitCode.Done, "terminated t"),
            await DoneAsync(host, "terminate", "t", "--reason", "the wrong file & more")
        );
        Assert.Equal("the wrong file & more", (await host.ReadAsync("t")).ReadOutputAs<string>());
        Assert.Equal((ExitCode.Done, "rewound f"), await DoneAsync(host, "rewind", "f", "--reason", "mended"));

        foreach (var verb in OfWhatHasNotEnded)
        {
            var over = await OnAsync(host, true, verb);
            Assert.Equal(
                (ExitCode.Conflict, true),
                (over.ExitCode, over.Error.Contains("has ended", StringComparison.Ordinal))
            );
            Assert.Equal(ExitCode.NotFound, (await OnAsync(host, true, [verb[0], "nobody", .. verb[2..]])).ExitCode);
        }
    }

    [Fact]
    public async Task Purge_forgets_what_has_ended_by_id_or_by_age_and_nothing_else()
    {
        await using var host = await HostAsync(realTime: true); // an age is one by the caller's clock
        foreach (var id in (string[])["a", "b", "c"])
            await host.BeginAsync("Fail", id: id);
        await host.BeginAsync("Event", id: "e");

        var named = await OnAsync(host, true, "purge", "a", "e", "nobody");
        Assert.Equal((ExitCode.NotFound, "purged a"), (named.ExitCode, named.Output.Trim()));
        Assert.Contains("'e' has not ended", named.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Done, "0 purged."), await DoneAsync(host, "purge", "--older-than", "1d"));
        Assert.Equal(
            (ExitCode.Done, "0 purged."),
            await DoneAsync(host, "purge", "--older-than", "0s", "--state", "Completed")
        );
        Assert.Equal("b c e", await IdsAsync(host, true, "--all"));
        Assert.Equal((ExitCode.Done, "2 purged."), await DoneAsync(host, "purge", "--older-than", "0s"));
        Assert.Equal("e", await IdsAsync(host, true, "--all"));
    }

    [Fact]
    public async Task Export_writes_a_line_an_instance_into_a_file_that_only_its_owner_reads()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "instances.jsonl");
        await using var host = await HostAsync();
        for (var i = 0; i < 120; i++)
            await host.BeginAsync("Fail", i, id: $"f{i:000}"); // more than a page

        var done = await OnAsync(host, true, "export", "--output", file);

        var lines = (await File.ReadAllLinesAsync(file)).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal((ExitCode.Done, "120 written."), (done.ExitCode, done.Error.Trim()));
        Assert.Equal(Enumerable.Range(0, 120), lines.Select(line => (int)line["input"]!));
        Assert.All(
            lines,
            line =>
                Assert.Equal(
                    ["ExecutionStarted", "ExecutionCompleted"],
                    line["historyEvents"]!.AsArray().Select(e => (string)e!["EventType"]!)
                )
        );
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(ExitCode.Failed, (await OnAsync(host, true, "export", "--output", file)).ExitCode);
    }

    [Fact]
    public async Task A_blob_that_was_given_up_is_listed_and_tried_again_when_somebody_says_so()
    {
        var retried = new List<string>();
        await using var host = await TestHub
            .ForTests()
            .WithManagement(
                retry: (container, name) =>
                {
                    retried.Add($"{container}/{name}");
                    return Task.FromResult(
                        name == GivenUp.Name
                            && retried.Count(one => one.EndsWith(GivenUp.Name, StringComparison.Ordinal)) == 1
                    );
                }
            )
            .StartAsync();
        await host.Engine.WriteAsync("receipt", database => database.Save(GivenUp));

        Assert.Contains("fragile/a b.txt", (await OnAsync(host, true, "poison")).Output, StringComparison.Ordinal);
        Assert.Contains(
            "factcheck runtime poison",
            (await OnAsync(host, true, "list")).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.NotFound, (await OnAsync(host, true, "retry", "fragile/other.txt")).ExitCode);
        Assert.Equal(
            (ExitCode.Done, "is tried again: fragile/a b.txt"),
            await DoneAsync(host, "retry", "fragile/a b.txt")
        );
        Assert.Equal(ExitCode.NotFound, (await OnAsync(host, true, "retry", "fragile/a b.txt")).ExitCode);
        Assert.Equal(["fragile/other.txt", "fragile/a b.txt", "fragile/a b.txt"], retried);
    }

    [Fact]
    public async Task Who_may_not_manage_the_host_gets_exit_code_4_whatever_the_verb()
    {
        await using var host = await HostAsync(allowed: false);
        await host.BeginAsync("Event", id: "e");
        foreach (
            var verb in (string[][])
                [
                    ["list"],
                    ["show", "e"],
                    ["history", "e"],
                    ["poison"],
                    ["export"],
                    ["raise", "e", "x"],
                    ["terminate", "e"],
                    ["suspend", "e"],
                    ["resume", "e"],
                    ["rewind", "e"],
                    ["retry", "a/b"],
                    ["purge", "e"],
                    ["purge", "--older-than", "1d"],
                ]
        )
        {
            var refused = await OnAsync(host, true, verb);
            Assert.True(
                (refused.ExitCode, refused.Output) is (ExitCode.Refused, ""),
                $"{string.Join(' ', verb)}: {refused}"
            );
        }

        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("e")).RuntimeStatus);
    }

    [Fact]
    public async Task A_folder_without_a_file_or_with_another_one_is_told()
    {
        using var folder = new TempFolder();

        await File.WriteAllTextAsync(Path.Combine(folder.Path, "runtime.db"), new string('x', 5000));
        var other = await Typed.RunAsync("runtime", "list", "--data", folder.Path);
        Assert.Equal((ExitCode.Failed, ""), (other.ExitCode, other.Output));
        Assert.Contains("can't be read", other.Error, StringComparison.Ordinal);
    }

    private static Task<TestHub> HostAsync(bool allowed = true, bool realTime = false) =>
        (realTime ? TestHub.ForTests().InRealTime() : TestHub.ForTests())
            .WithManagement(_ => allowed)
            .Configure(options => options.DrainTimeout = TimeSpan.Zero)
            .AddOrchestrator("Event", context => context.WaitForExternalEvent<string>("Approval", TimeSpan.FromDays(2)))
            .AddOrchestrator("Activity", context => context.CallActivityAsync<string>("Hang"))
            .AddOrchestrator(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync<string>(
                        "Event",
                        null,
                        new SubOrchestrationOptions(instanceId: "child")
                    )
            )
            .AddOrchestrator("Fail", _ => throw new FormatException("no"))
            .AddOrchestrator("Quick", _ => Task.FromResult(1))
            .AddActivity<string?, string>(
                "Hang",
                async (_, context) =>
                {
                    await Task.Delay(Timeout.Infinite, context.Cancellation);
                    return "never";
                }
            )
            .StartAsync();

    /// <summary>One of each way to wait.</summary>
    private static async Task BeginAllAsync(TestHub host)
    {
        await host.BeginAsync("Event", id: "event");
        await host.BeginAsync("Event", id: "halted");
        await host.Client.SuspendInstanceAsync("halted");
        await host.SendAsync("halted", "other");
        await host.BeginAsync("Parent", id: "parent");
        await host.BeginAsync("Fail", id: "failed");
        await host.BeginAsync("Quick", id: "done");
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Quick",
            null,
            new StartOrchestrationOptions("later", host.Time.GetUtcNow().AddDays(1))
        );
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Activity",
            null,
            new StartOrchestrationOptions("activity")
        );
        await host.Client.WaitForInstanceStartAsync("activity");
    }

    private static async Task SaysAsync(TestHub host, bool running, string id, params string[] words)
    {
        var shown = await OnAsync(host, running, "show", id);
        Assert.Equal((ExitCode.Done, ""), (shown.ExitCode, shown.Error));
        Assert.All(words, word => Assert.Contains(word, shown.Output, StringComparison.Ordinal));
    }

    private static async Task<string> IdsAsync(TestHub host, bool running, params string[] options)
    {
        var list = await OnAsync(host, running, ["list", .. options, "--json"]);
        return string.Join(
            ' ',
            JsonNode.Parse(list.Output)!["items"]!.AsArray().Select(item => (string)item!["instanceId"]!)
        );
    }

    private static async Task<(int ExitCode, string Output)> DoneAsync(TestHub host, params string[] line)
    {
        var typed = await OnAsync(host, true, line);
        return (typed.ExitCode, typed.Output.Trim() + typed.Error.Trim());
    }

    private static Task<Typed> OnAsync(TestHub host, bool running, params string[] line) =>
        Typed.RunAsync([
            "runtime",
            .. line,
            .. running ? (string[])["--host", host.BaseAddress.ToString()] : ["--data", host.DataDirectory],
        ]);
}
