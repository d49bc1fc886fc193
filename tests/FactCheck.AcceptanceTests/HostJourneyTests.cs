using System.Net;
using System.Text.Json.Nodes;
using FactCheck.AcceptanceTests.Storage;

namespace FactCheck.AcceptanceTests;

/// <summary>
/// The same day at the desk on the embedded host and, where it is at hand, on Azure's own: its output says how long
/// each part took. In full (<c>FACTCHECK_FULL=1</c>) the worker is also killed while articles are checked, and the
/// orchestrations must come to an end.
/// </summary>
public sealed class HostJourneyTests(Azurite azurite, ITestOutputHelper output)
{
    private const string Embedded = "the embedded host";
    private const string Azures = "Azure's host";
    private const int TasksOfASample = 8;
    private const int ReviewersAtOnce = 4;

    public static TheoryData<string> HostsAtHand => AzureDesk.Program is null ? [Embedded] : [Embedded, Azures];

    [Theory]
    [MemberData(nameof(HostsAtHand))]
    public async Task Every_sample_is_checked_decided_and_published_once_though_the_worker_is_killed(string host)
    {
        await using HostedDesk desk = host == Azures ? await AzureDesk.OpenAsync(azurite) : await Desk.OpenAsync();
        var (reviewer, editor) = (await desk.ReviewerAsync(), await desk.EditorAsync());
        var stages = new Stages(desk.Start);

        var articles = await HandInAsync(desk, Texts.SeedsIn("articles"));
        var tasks = articles.SelectMany(HostedDesk.OpenTasks).Select(task => task.Text("id")).ToList();
        Assert.Equal(articles.Count * TasksOfASample, tasks.Count);
        stages.Add($"{articles.Count} articles → {tasks.Count} tasks open");

        await DecideAsync(desk, reviewer, tasks);
        stages.Add("decided, the worker killed at half of them");

        await PublishAsync(desk, editor, articles);
        stages.Add("published");

        output.WriteLine($"{host}: {stages}");
        if (Limits.IsFull)
            await UntilAtRestAsync(desk);
        await AssertAllThereOnceAsync(desk, editor, articles);
    }

    private static Task UntilAtRestAsync(HostedDesk desk) =>
        Limits.UntilAsync(
            Limits.Many,
            async () => await desk.RunningAsync() is [] ? desk : null,
            () => $"the end of every orchestration\n{desk.Output}"
        );

    private static async Task<IReadOnlyList<JsonNode>> HandInAsync(HostedDesk desk, IReadOnlyList<FileInfo> samples)
    {
        foreach (var sample in samples)
            await desk.HandInAsync(sample.Name, await File.ReadAllBytesAsync(sample.FullName));
        if (Limits.IsFull)
        {
            await desk.UntilAsync(samples[0].Name, _ => true); // the others are queued, or being checked
            await desk.KillWorkerAsync();
            await desk.AskAsync(() => desk.Anybody.GetAsync("health/ready"), HttpStatusCode.OK);
        }

        var articles = new List<JsonNode>();
        foreach (var sample in samples)
            articles.Add(
                await desk.UntilAsync(sample.Name, article => article.Text("stage") == "Reviewing", Limits.Many)
            );
        return articles;
    }

    private static async Task DecideAsync(HostedDesk desk, Caller reviewer, IReadOnlyList<string> tasks)
    {
        var begun = 0;
        await Parallel.ForEachAsync(
            tasks,
            new ParallelOptions { MaxDegreeOfParallelism = ReviewersAtOnce },
            async (task, _) =>
            {
                if (Interlocked.Increment(ref begun) == tasks.Count / 2)
                    await desk.KillWorkerAsync();
                await desk.DecidePatientlyAsync(reviewer, task);
            }
        );
    }

    private static async Task PublishAsync(HostedDesk desk, Caller editor, IReadOnlyList<JsonNode> articles)
    {
        foreach (var path in articles.Select(article => $"api/articles/{IdOf(article)}/publication"))
            await desk.AskAsync(() => editor.PostAsync(path, new { }), HttpStatusCode.Accepted);
        foreach (var article in articles)
            await desk.UntilAsync(
                article["article"]!.Text("name"),
                now => now.Text("stage") == "Published",
                Limits.Many
            );
        var listed = 0;
        await Limits.UntilAsync(
            Limits.Many,
            async () => (listed = (await FeedAsync(desk)).Count) >= articles.Count ? desk : null,
            () => $"{articles.Count} articles in the feed; there are {listed}"
        );
    }

    private static async Task AssertAllThereOnceAsync(HostedDesk desk, Caller editor, IReadOnlyList<JsonNode> articles)
    {
        foreach (var before in articles)
        {
            var (id, tasks) = (IdOf(before), before.List("tasks"));
            var after = (await editor.GetAsync($"api/articles/{id}")).Json;
            Assert.Equal(tasks.Select(task => task.Text("id")), after.List("tasks").Select(task => task.Text("id")));
            Assert.All(after.List("tasks"), task => Assert.Equal("Decided", task.Text("state")));
            Assert.Equal((1, 1), (after["article"]!.Number("run"), after["article"]!.Number("publishedVersion")));
            string[] trail =
            [
                "arrived",
                "selected",
                .. Enumerable.Repeat("decided", tasks.Count),
                "asked to publish",
                "published",
            ];
            Assert.Equal(trail, await desk.AuditAsync(id));
            Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync($"reports/{id}")).Status);
        }

        var reports = articles.Select(article => new Uri(desk.Address, $"reports/{IdOf(article)}").ToString());
        Assert.Equal(reports.Order(StringComparer.Ordinal), await FeedAsync(desk));
    }

    private static string IdOf(JsonNode article) => article["article"]!.Text("id");

    private static async Task<IReadOnlyList<string>> FeedAsync(HostedDesk desk) =>
        [
            .. (await desk.Anybody.GetAsync("feed.json"))
                .Json.List("items")
                .Select(item => item.Text("url"))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>How long each part took.</summary>
    private sealed class Stages(TimeSpan start)
    {
        private readonly List<(string Name, TimeSpan Took)> _stages = [("start → first 200", start)];
        private long _since = TimeProvider.System.GetTimestamp();

        /// <summary>Ends a stage, which began where the one before ended.</summary>
        public void Add(string name)
        {
            var now = TimeProvider.System.GetTimestamp();
            _stages.Add((name, TimeProvider.System.GetElapsedTime(_since, now)));
            _since = now;
        }

        public override string ToString() =>
            string.Join(
                "; ",
                _stages
                    .Append(("total", TimeSpan.FromTicks(_stages.Sum(stage => stage.Took.Ticks))))
                    .Select(stage => $"{stage.Item1} {stage.Item2.TotalSeconds:0.0} s")
            );
    }
}
