using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FactCheck.Cli.Client;

namespace FactCheck.Cli.Soak;

/// <summary>What a desk managed under load; times in milliseconds.</summary>
/// <param name="Checked">Articles a second, from the first upload until the last is checked.</param>
/// <param name="Page">The queue as somebody reads it meanwhile, 95th percentile.</param>
/// <param name="Decisions">A second, by all reviewers.</param>
/// <param name="Queue">The queue as the reviewers read it, 95th percentile.</param>
/// <param name="Busy">Answers that it gave only when asked again, or that came too late.</param>
internal sealed record DeskFigures(double Checked, double Page, double Decisions, double Queue, int Busy);

/// <summary>A burst of uploads and a room full of reviewers, on a desk of its own.</summary>
internal sealed class DeskLoad(string data, string? build, int uploads, int reviewers, TimeSpan length)
{
    private const int Uploaders = 16;
    private const int Seed = 1;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentBag<DeskClient> _clients = [];
    private int _busy;

    /// <exception cref="CommandException">The desk did not start, or an article was not checked.</exception>
    public async Task<DeskFigures> MeasureAsync(CancellationToken cancellation)
    {
        await using var host = new SoakHost(data, build);
        host.Start();
        await host.UntilReadyAsync(cancellation);
        try
        {
            var cms = await SignInAsync(host, "cms", Role.Editor, cancellation);
            var people = new List<DeskClient>();
            for (var i = 1; i <= reviewers; i++)
                people.Add(await SignInAsync(host, $"reviewer {i}", Role.Reviewer, cancellation));
            var (perSecond, page) = await BurstAsync(cms, people[0], cancellation);
            var (decisions, queue) = await DecideAsync(people, cancellation);
            return new(perSecond, page, decisions, queue, _busy);
        }
        finally
        {
            foreach (var client in _clients)
                client.Dispose();
        }
    }

    private async Task<DeskClient> SignInAsync(SoakHost host, string name, Role role, CancellationToken cancellation)
    {
        var token = await host.MakeTokenAsync(name, role, cancellation);
        var client = new DeskClient(host.Address, token, pause: PauseAsync);
        _clients.Add(client);
        return client;
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _busy);
        return Task.Delay(pause, cancellation);
    }

    private async Task<(double PerSecond, double Page)> BurstAsync(
        DeskClient cms,
        DeskClient reader,
        CancellationToken cancellation
    )
    {
        using var isDone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = ReadOnAsync(reader, isDone.Token);
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, uploads),
            new ParallelOptions { MaxDegreeOfParallelism = Uploaders, CancellationToken = cancellation },
            async (i, stop) =>
            {
                var text = SoakText.Of(new Random(Seed + i));
                await cms.PutAsync($"api/articles/{NameOf(i)}", () => new StringContent(text), stop);
            }
        );
        for (var i = 0; i < uploads; i++)
            await UntilCheckedAsync(cms, NameOf(i), cancellation);
        var perSecond = uploads / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await isDone.CancelAsync();
        return (perSecond, Quantile95(await reading));
    }

    private static async Task UntilCheckedAsync(DeskClient cms, string name, CancellationToken cancellation)
    {
        while (true)
        {
            var stage = (await cms.ArticleAsync(name, cancellation)).Article.Stage;
            if (stage is ArticleStage.Rejected or ArticleStage.Failed)
                throw new CommandException(ExitCode.EndedBadly, $"The check of {name} ended as {stage}.");
            if (stage >= ArticleStage.Reviewing)
                return;
            await Task.Delay(Look, cancellation);
        }
    }

    // Reads the queue again and again until told to stop; the milliseconds that each took.
    private static async Task<List<double>> ReadOnAsync(DeskClient reader, CancellationToken cancellation)
    {
        var times = new List<double>();
        try
        {
            while (true)
            {
                times.Add((await ReadQueueAsync(reader, cancellation)).Milliseconds);
                await Task.Delay(Look, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return times;
        }
    }

    private async Task<(double PerSecond, double Queue)> DecideAsync(
        List<DeskClient> people,
        CancellationToken cancellation
    )
    {
        var times = new ConcurrentBag<double>();
        var decided = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            people.Select(
                async (reviewer, number) =>
                {
                    var random = new Random(Seed + number);
                    while (Stopwatch.GetElapsedTime(start) < length)
                    {
                        var (tasks, milliseconds) = await ReadQueueAsync(reviewer, cancellation);
                        times.Add(milliseconds);
                        if (tasks.Count == 0)
                            return; // nothing is left to decide
                        if (await TryDecideAsync(reviewer, tasks[random.Next(tasks.Count)], random, cancellation))
                            Interlocked.Increment(ref decided);
                    }
                }
            )
        );
        return (decided / Stopwatch.GetElapsedTime(start).TotalSeconds, Quantile95(times));
    }

    private static async Task<(IReadOnlyList<TaskSummary> Tasks, double Milliseconds)> ReadQueueAsync(
        DeskClient reader,
        CancellationToken cancellation
    )
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await reader.GetAsync("api/tasks?state=Open", cancellation);
        return (answer.As<ListOf<TaskSummary>>().Items, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>False where somebody else was faster.</summary>
    private static async Task<bool> TryDecideAsync(
        DeskClient reviewer,
        TaskSummary task,
        Random random,
        CancellationToken cancellation
    )
    {
        try
        {
            var leased = await reviewer.PutAsync($"api/tasks/{task.Id}/lease", null, cancellation);
            await reviewer.DecideAsync(
                $"api/tasks/{task.Id}/decisions",
                SoakDesk.DecisionOn(task, random),
                leased.As<TaskSummary>().ETag,
                Guid.NewGuid().ToString("N"),
                cancellation
            );
            return true;
        }
        catch (HostException taken) when (taken.Status is 409 or 412)
        {
            return false;
        }
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"burst-{number:0000}.txt");

    private static double Quantile95(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[(int)(0.95 * (sorted.Length - 1))];
    }
}
