using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>The worker, the host, or both are killed at any moment: nothing that was acknowledged is lost, and nothing happens twice.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Seed = 4711;
    private const int Desks = 3;

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_whatever_is_killed_and_when()
    {
        var kills = Limits.IsFull ? 20 : 6;
        var random = new Random(Seed);
        await using var desk = await Desk.OpenAsync();
        var (submitter, reviewer, editor) = (await desk.SubmitterAsync(), await desk.ReviewerAsync(), await desk.EditorAsync());
        var done = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        using var enough = new CancellationTokenSource();
        var work = Enumerable.Range(1, Desks).Select(number => Task.Run(async () =>
        {
            for (var i = 1; !enough.IsCancellationRequested; i++)
            {
                var name = $"article-{number}-{i}.txt";
                done[name] = await RunAsync(desk, submitter, reviewer, editor, name, $"{Texts.Short}\nIt is {number * 1_000 + i} metres long.\n");
            }
        })).ToList();

        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(100, 3_000));
            if (work.Find(task => task.IsFaulted) is { } failed) await failed;
            var orphan = desk.Host.WorkerId;
            if (kill % 3 != 1) await desk.Host.KillWorkerAsync();
            if (kill % 3 == 0) continue; // the host starts another by itself
            await desk.Host.KillAsync();
            await desk.StartAgainAsync(untilReady: false);
            Assert.True(orphan is not { } left || left == desk.Host.WorkerId || !Subprocess.IsRunning(left), "the worker of the killed host still runs");
        }

        await enough.CancelAsync();
        await Task.WhenAll(work).WaitAsync(Limits.Many);
        output.WriteLine($"{kills} kills, {done.Count} articles");
        await AssertAllThereOnceAsync(desk, editor, done);
    }

    // A worker that is stopped can't notice that its host is gone, and here the shell that would end it is killed first: it must not wake up and go on
    // beside the next one's.
    [Fact]
    public async Task A_worker_that_outlived_its_host_is_gone_when_the_next_one_serves()
    {
        await using var desk = await Desk.OpenAsync();
        var orphan = desk.Host.WorkerId!.Value;
        await Subprocess.SignalAsync(orphan, "STOP");
        foreach (var watcher in (await Subprocess.ChildrenAsync(desk.Host.Id)).Where(child => child != orphan)) await Subprocess.SignalAsync(watcher, "KILL");
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

        await Limits.UntilAsync(Limits.Start, () => Task.FromResult(Subprocess.IsRunning(orphan) ? null : "ended"), () => "the worker's end");
    }

    /// <summary>Takes an article the whole way, as people with patience do: who got no answer asks again. What it found of its tasks.</summary>
    private static async Task<string> RunAsync(Desk desk, Caller submitter, Caller reviewer, Caller editor, string name, string text)
    {
        var accepted = await desk.AskAsync(() => submitter.UploadAsync(name, text), HttpStatusCode.Accepted);
        var path = $"api/articles/{accepted.Json.Text("id")}";
        var article = await UntilAsync(desk, editor, path, found => found["article"]!.Text("stage") == "Reviewing");
        foreach (var task in Desk.OpenTasks(article)) await desk.DecidePatientlyAsync(reviewer, task.Text("id"));

        await desk.AskAsync(() => editor.PostAsync($"{path}/publication", new { }), HttpStatusCode.Accepted);
        await UntilAsync(desk, editor, path, found => found["article"]!.Text("stage") == "Published");
        return string.Join(' ', article.List("tasks").Select(task => task.Text("id")).Order(StringComparer.Ordinal));
    }

    private static Task<JsonNode> UntilAsync(Desk desk, Caller editor, string path, Func<JsonNode, bool> isSo)
    {
        JsonNode? last = null;
        return Limits.UntilAsync(Limits.Many, async () => isSo(last = (await desk.AskAsync(() => editor.GetAsync(path), HttpStatusCode.OK)).Json) ? last : null, () => $"{path}; it is {last?["article"]}");
    }

    private static async Task AssertAllThereOnceAsync(Desk desk, Caller editor, ConcurrentDictionary<string, string> done)
    {
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await desk.AskAsync(() => editor.GetAsync($"api/articles{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}"), HttpStatusCode.OK)).Json;
            foreach (var summary in page.List("items"))
            {
                names.Add(summary.Text("name"));
                var article = (await desk.AskAsync(() => editor.GetAsync($"api/articles/{summary.Text("id")}"), HttpStatusCode.OK)).Json;
                var tasks = article.List("tasks");
                Assert.Equal(done[summary.Text("name")], string.Join(' ', tasks.Select(task => task.Text("id")).Order(StringComparer.Ordinal)));
                Assert.All(tasks, task => Assert.Equal("Decided", task.Text("state")));
                Assert.Equal(tasks.Count, tasks.Select(task => task.Text("statementId")).Distinct(StringComparer.Ordinal).Count());
                Assert.Equal(1, article["article"]!.Number("run"));
                var audit = await desk.AuditAsync(summary.Text("id"));
                Assert.Single(audit, what => what == "arrived");
                Assert.Single(audit, what => what == "selected");
                Assert.Equal(tasks.Count, audit.Count(what => what == "decided"));
                Assert.Equal(article["article"]!.Number("publishedVersion"), audit.Count(what => what == "published"));
            }

            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);
        Assert.Equal(done.Keys.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));

        await AssertAtRestAsync(desk);
    }

    // Whoever lost its wake is woken by the sweep, after two minutes at the latest.
    private static async Task AssertAtRestAsync(Desk desk)
    {
        var operators = new CommandLine(desk.Host.Address, (await desk.AsAsync("Oskar", "Operator")).Token);
        var last = "";
        await Limits.UntilAsync(Limits.Many, async () =>
        {
            var list = await operators.RunAsync("runtime", "list", "--json", "--most", "1000");
            last = list.Said;
            return list.ExitCode == 0 && list.Json.List("items").Count == 0 ? last : null;
        }, () => $"no instance that has not ended; there are {last}\n{desk.Host.Output}");
        await desk.AssertNoPoisonAsync();

        Assert.Equal(0, await desk.Host.StopAsync());
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(desk.Data.Path, "runtime.db"), Pooling = false }.ToString());
        connection.Open();
        foreach (var outbox in (string[])["activities", "inbox", "timers"])
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT COUNT(*) FROM {outbox}";
            Assert.True(command.ExecuteScalar() is 0L, $"{outbox} is empty at rest");
        }
    }
}
