using FactCheck.Domain;
using FactCheck.Functions.Http;
using Xunit;

namespace FactCheck.Tests.Workflow;

/// <summary>
/// An article goes its whole way, from the folder to its publication, while host or worker die on it: at a commit of the engine or of the desk, before it
/// and after it. However that falls, what comes of it is what comes of an undisturbed way: nothing is lost, nothing happens twice.
/// </summary>
public sealed class AnyMomentTests
{
    /// <summary>More of the commits with FACTCHECK_FULL=1.</summary>
    private static readonly bool Full = Environment.GetEnvironmentVariable("FACTCHECK_FULL") == "1";

    private static readonly int Sample = Full ? 16 : 4;

    private static readonly string River = ArticleKey.Of("articles", "river.txt");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_host_dies_at_a_commit_of_its_engine(bool after)
    {
        var (expected, commits, _) = await UndisturbedAsync();
        foreach (var commit in Moments(commits))
        {
            await using var desk = await StartAsync();
            desk.Host.DieAtCommit(commit, after);
            Assert.Equal($"{expected}\nat commit {commit}", $"{await GoAsync(desk)}\nat commit {commit}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_host_dies_at_a_commit_of_the_desk(bool after)
    {
        var (expected, _, commits) = await UndisturbedAsync();
        foreach (var commit in Moments(commits))
        {
            using var tables = new InterruptedTables();
            await using var desk = await StartAsync(tables);
            At(tables, commit, after, desk.Host.Die);
            Assert.Equal($"{expected}\nat commit {commit}", $"{await GoAsync(desk)}\nat commit {commit}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_worker_dies_at_a_commit_of_the_desk(bool after)
    {
        var (expected, _, commits) = await UndisturbedAsync();
        foreach (var commit in Moments(commits))
        {
            using var tables = new InterruptedTables();
            await using var desk = await StartAsync(tables);
            At(tables, commit, after, desk.Host.KillWorker);
            Assert.Equal($"{expected}\nat commit {commit}", $"{await GoAsync(desk)}\nat commit {commit}");
        }
    }

    private static async Task<DeskHost> StartAsync(InterruptedTables? tables = null)
    {
        var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 2 }, tables is null ? null : tables.Under);
        // Whoever decides and publishes has a token by then: that it is issued is no part of the way.
        Assert.Equal(200, (await desk.GetAsync<Me>(Role.Reviewer, "api/me", "ana")).Status);
        Assert.Equal(200, (await desk.GetAsync<Me>(Role.Editor, "api/me")).Status);
        return desk;
    }

    private static async Task<(string Outcome, int EngineCommits, int DeskCommits)> UndisturbedAsync()
    {
        using var tables = new InterruptedTables();
        await using var desk = await StartAsync(tables);
        await desk.Host.WhenIdleAsync();
        var (before, commits) = (desk.Host.Commits, 0);
        tables.After = () =>
        {
            Interlocked.Increment(ref commits);
            return Task.CompletedTask;
        };
        var outcome = await GoAsync(desk);
        return (outcome, desk.Host.Commits - before, commits);
    }

    private static IEnumerable<int> Moments(int commits)
    {
        Assert.InRange(commits, 20, 500);
        var random = new Random(4);
        return Enumerable.Range(0, Sample).Select(part => 1 + (part * commits / Sample) + random.Next(commits / Sample));
    }

    /// <summary>Lets something happen at the n-th commit. Who made it hears nothing any more.</summary>
    private static void At(InterruptedTables tables, int commit, bool after, Action happens)
    {
        var commits = 0;
        Func<Task> count = () =>
        {
            if (Interlocked.Increment(ref commits) != commit) return Task.CompletedTask;
            happens();
            return Task.Delay(Timeout.Infinite);
        };
        if (after) tables.After = count;
        else tables.Before = (_, _) => count();
    }

    /// <summary>Goes the way, again from where it stands when the host died on it. What came of it, as a text to compare.</summary>
    private static async Task<string> GoAsync(DeskHost desk)
    {
        while (true)
        {
            var way = WayAsync(desk);
            await Task.WhenAny(way, desk.Host.Died);
            if (!desk.Host.Died.IsCompleted)
            {
                await way;
                return await OutcomeAsync(desk);
            }

            await desk.Host.CrashAsync();
            await way.ContinueWith(ended => ended.Exception, TaskScheduler.Default);
            await desk.Host.StartAsync();
        }
    }

    private static async Task WayAsync(DeskHost desk)
    {
        if (!File.Exists(Path.Combine(desk.Data, "articles", "river.txt"))) await desk.DropAsync("river.txt", Articles.A);
        await UntilAsync(desk, head => head?.Stage is ArticleStage.Reviewing or ArticleStage.Ready or ArticleStage.Published);
        for (var tries = 0; await desk.OpenTasksAsync(River) is [var task, ..]; tries++)
        {
            Assert.True(tries < 20, "The tasks can't be decided.");
            AnsweredOrLost(200, await desk.DecideAsync(task.Id, DeskHost.Approve(task)));
        }

        for (var tries = 0; (await desk.HeadAsync(River)).PublicationAsked == 0; tries++)
        {
            Assert.True(tries < 20, "It can't be published.");
            AnsweredOrLost(202, await desk.PublishAsync(River));
        }

        await UntilAsync(desk, head => head is { PublicationDone: 1, Announced: 1 });
        await UntilAsync(desk, async _ => (await desk.Cases.WakesAsync(River)).Count == 0 && await RunningAsync(desk) == 0);
    }

    // A worker that died with a request leaves open whether it was done; the page asks again, and so does this.
    private static void AnsweredOrLost(int expected, int status) => Assert.Contains(status, new[] { expected, 502, 503 });

    private static Task UntilAsync(DeskHost desk, Func<CaseHead?, bool> isSo) => UntilAsync(desk, head => Task.FromResult(isSo(head)));

    private static async Task UntilAsync(DeskHost desk, Func<CaseHead?, Task<bool>> isSo)
    {
        await desk.Host.WhenIdleAsync();
        for (var minute = 0; !await isSo((await desk.Cases.FindHeadAsync(River))?.Value); minute++)
        {
            Assert.True(minute < 150, "It does not get on.");
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));
        }
    }

    private static async Task<int> RunningAsync(DeskHost desk) => await desk.Host.Client.GetAllInstancesAsync().CountAsync(instance => !instance.IsCompleted);

    private static async Task<string> OutcomeAsync(DeskHost desk)
    {
        var head = await desk.HeadAsync(River);
        var audit = await desk.Cases.AuditAsync(River);
        Assert.Null(AuditChain.FirstBreak(audit, head.AuditSeq, head.AuditHash));
        var lines = audit.Select(entry => $"{entry.What} {entry.Subject}").ToList();
        foreach (var task in await desk.TasksAsync(River)) lines.Add($"{task.Id} {task.State} {(await desk.Cases.DecisionsAsync(task.Id)).Count}");
        lines.AddRange((await desk.Cases.StatementsAsync(River)).Select(statement => $"{statement.Id} {statement.Verdict?.Version}"));
        lines.AddRange((await desk.Cases.PublicationsAsync(River)).Select(publication => $"version {publication.Version} {publication.PublishedAt is not null}"));
        lines.Sort(StringComparer.Ordinal);
        var feed = await desk.Host.Http.GetStringAsync("feed.json");
        lines.Add($"{head.Stage}, run {head.Run}, in the feed {feed.Split($"/reports/{River}\"").Length - 1}");
        return string.Join('\n', lines);
    }
}
