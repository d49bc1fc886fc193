using System.Text.Json.Nodes;

namespace FactCheck.AcceptanceTests;

/// <summary>
/// The worker, the host, or both are killed at any moment: nothing that was acknowledged is lost, and nothing happens
/// twice.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    // In full an hour's soak is the verb's own; here it is as much as CI has time for.
    private static readonly string[] Soak = Limits.IsFull
        ? ["--minutes", "2", "--kill-every", "3"]
        : ["--minutes", "0.25", "--kill-every", "1"];

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_whatever_is_killed_and_when()
    {
        using var data = new DataFolder();
        await using var soak = Start(data, [.. Soak, "--seed", "4711", "--json"]);
        var ran = await soak.EndAsync(Limits.Many);
        output.WriteLine(ran.Said);

        Assert.True(ran.ExitCode == 0, ran.Said);
        var counted = JsonNode.Parse(ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!;
        Assert.All(
            Limits.IsFull ? ["worker", "host", "both"] : (string[])[],
            victim => Assert.NotEqual(0, counted["killed"]!.Number(victim))
        );
        Assert.NotEqual(0, counted.Number("restarts"));
        Assert.All(
            (string[])["articles", "tasks", "decisions", "publications"],
            what => Assert.NotEqual(0, counted.Number(what))
        );
        Assert.Equal(counted.Number("tasks"), counted.Number("decisions"));
    }

    // Who takes away what was published while the desk works is found out; so the run above could have failed.
    [Fact]
    public async Task A_soak_says_what_was_lost()
    {
        using var data = new DataFolder();
        var reports = Path.Combine(data.Path, "reports");
        await using var soak = Start(data, ["--minutes", "0.05", "--kill-every", "100"]);
        var lost = await Limits.UntilAsync(
            Limits.Start,
            () =>
                Task.FromResult(
                    Directory.Exists(reports)
                        ? Directory.EnumerateFiles(reports, "report.html", SearchOption.AllDirectories).FirstOrDefault()
                        : null
                ),
            () => "a report"
        );
        File.Delete(lost);
        var ran = await soak.EndAsync(Limits.Many);

        Assert.True(ran.ExitCode == 6, ran.Said);
        Assert.Matches(@"factcheck: soak-\d-\d+\.txt: the report of version 1 is not there\.", ran.Error);
        Assert.DoesNotContain("Nothing is lost", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_soak_takes_no_folder_in_which_something_is()
    {
        using var data = new DataFolder();
        data.Drop("mine.txt", Texts.Short);

        var ran = await new CommandLine().RunAsync("soak", "--data", data.Path);

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("is not empty", ran.Error, StringComparison.Ordinal);
        Assert.Equal([data.Articles], Directory.EnumerateFileSystemEntries(data.Path));
    }

    // A worker that is stopped can't notice that its host is gone, and here the shell that would end it is killed
    // first: it must not wake up and go on beside the next one's.
    [Fact]
    public async Task A_worker_that_outlived_its_host_is_gone_when_the_next_one_serves()
    {
        await using var desk = await Desk.OpenAsync();
        var orphan = desk.Host.WorkerId!.Value;
        await Subprocess.SignalAsync(orphan, "STOP");
        foreach (var watcher in (await Subprocess.ChildrenAsync(desk.Host.Id)).Where(child => child != orphan))
            await Subprocess.SignalAsync(watcher, "KILL");
        await desk.Host.KillAsync();
        Assert.True(Subprocess.IsRunning(orphan));

        await desk.StartAgainAsync();

        Assert.False(Subprocess.IsRunning(orphan));
        Assert.NotEqual(orphan, desk.Host.WorkerId);
        await desk.DropAsync("after.txt", Texts.Short);
    }

    [Fact]
    public async Task A_worker_whose_host_was_killed_ends_by_itself()
    {
        await using var desk = await Desk.OpenAsync();
        var orphan = desk.Host.WorkerId!.Value;

        await desk.Host.KillAsync();

        await Limits.UntilAsync(
            Limits.Start,
            () => Task.FromResult(Subprocess.IsRunning(orphan) ? null : "ended"),
            () => "the worker's end"
        );
    }

    private static Subprocess Start(DataFolder data, string[] arguments)
    {
        Directory.Delete(data.Articles);
        return new CommandLine().Start(["soak", "--data", data.Path, .. arguments]);
    }
}
