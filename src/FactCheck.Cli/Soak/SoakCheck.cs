using System.Diagnostics;
using FactCheck.Cli.Client;
using FactCheck.Cli.Runtime;
using FactCheck.Domain;
using FactCheck.Host.Durable;

namespace FactCheck.Cli.Soak;

/// <summary>Holds the desk to what it acknowledged. What is not so becomes a sentence in the ledger.</summary>
internal sealed class SoakCheck(SoakHost host, People people, Ledger ledger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly InstanceState[] Open =
    [
        InstanceState.Pending,
        InstanceState.Running,
        InstanceState.Suspended,
    ];

    /// <summary>
    /// Waits until nothing is left to do: whoever lost its wake is woken by the sweep. What has not ended then is
    /// stuck.
    /// </summary>
    public async Task RestAsync(CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        IReadOnlyList<InstanceStatus> open;
        while (
            (open = await InstancesAsync(Open, cancellation)).Count > 0
            && Stopwatch.GetElapsedTime(start) < People.Patience
        )
            await Task.Delay(Pause, cancellation);
        foreach (var stuck in open)
            ledger.Fault($"Instance {stuck.InstanceId} ({stuck.Name}) is stuck: {stuck.RuntimeStatus}.");
        foreach (var failed in await InstancesAsync([InstanceState.Failed], cancellation))
            ledger.Fault($"Instance {failed.InstanceId} ({failed.Name}) has failed: {failed.Output}");
        var poison = await people.AskAsync(
            Post.Operator,
            client => new HostInstances(client).PoisonAsync(cancellation),
            cancellation
        );
        foreach (var blob in poison.Select(PoisonStatus.Of))
            ledger.Fault($"Blob {blob.ContainerName}/{blob.BlobName} was given up: {blob.Reason}");
    }

    /// <summary>Every article, once, with all that was acknowledged of it and nothing twice.</summary>
    public async Task ArticlesAsync(CancellationToken cancellation)
    {
        var listed = await people.AskAsync(
            Post.Editor,
            editor => editor.ArticlesAsync(int.MaxValue, cancellation),
            cancellation
        );
        var times = listed
            .GroupBy(article => article.Name, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Count(), StringComparer.Ordinal);
        foreach (var article in ledger.Articles)
        {
            var found = times.GetValueOrDefault(article.Name);
            times.Remove(article.Name);
            if (found != 1)
                ledger.Fault($"{article.Name} was handed in and is listed {found} times.");
            else
                foreach (var problem in await ProblemsOfAsync(article, cancellation))
                    ledger.Fault($"{article.Name}: {problem}");
        }

        // Who hands one in repeats it until it is answered, so that there is none that may or may not be there.
        foreach (var name in times.Keys)
            ledger.Fault($"{name} is listed, and nobody handed it in.");
    }

    /// <summary>What a host that has stopped leaves behind.</summary>
    public void File()
    {
        using var file = RuntimeFile.OpenRead(host.Data);
        if (file.Owner is { } owner)
            ledger.Fault($"runtime.db still belongs to {owner}.");
        var (activities, timers, messages) = file.Outbox;
        if ((activities, timers, messages) != (0, 0, 0))
            ledger.Fault(
                $"At rest runtime.db holds {activities} activities, {timers} timers and {messages} messages that are still to be done."
            );
    }

    private async Task<IReadOnlyList<string>> ProblemsOfAsync(Acknowledged article, CancellationToken cancellation)
    {
        var detail = (
            await people.AskAsync(
                Post.Editor,
                editor => editor.GetAsync($"api/articles/{article.Id}", cancellation),
                cancellation
            )
        ).As<ArticleDetail>();
        var trail = (
            await people.AskAsync(
                Post.Editor,
                editor => editor.GetAsync($"api/audit/{article.Id}", cancellation),
                cancellation
            )
        ).As<AuditTrail>();
        var (tasks, version) = (detail.Tasks, detail.Article.PublishedVersion);
        var problems = new List<string>();
        Hold(detail.Article.Run == 1, $"its check ran {detail.Article.Run} times");
        Hold(
            trail.Intact
                && AuditChain.FirstBreak(
                    trail.Entries,
                    trail.Entries.Count,
                    trail.Entries is [.., var last] ? last.Hash : ""
                )
                    is null,
            $"its audit chain does not hold: {trail.Problem}"
        );
        Hold(Times("arrived") == 1, $"it arrived {Times("arrived")} times");
        Hold(Times("selected") == 1, $"its tasks were selected {Times("selected")} times");
        Hold(
            article.Tasks is null
                || article.Tasks.ToHashSet(StringComparer.Ordinal).SetEquals(tasks.Select(task => task.Id)),
            "its tasks are not those that it had"
        );
        foreach (var task in article.Decided)
        {
            var decided = trail.Entries.Count(entry => entry.What == "decided" && entry.Subject == task);
            Hold(
                decided == 1 && tasks.Any(now => now.Id == task && now.State == TaskState.Decided),
                $"task {task} was decided, and is so {decided} times"
            );
        }

        Hold(
            Times("decided") == article.Decided.Count,
            $"{article.Decided.Count} decisions were acknowledged, {Times("decided")} are there"
        );
        Hold(version >= article.Version, $"version {article.Version} was in public; now it is {version}");
        Hold(
            Times("published") == version && Times("asked to publish") == version,
            $"version {version} was asked for {Times("asked to publish")} times and published {Times("published")} times"
        );
        for (var each = 1; each <= version; each++)
            Hold(
                System.IO.File.Exists(Path.Combine(host.Data, "reports", article.Id, $"v{each:D4}", "report.html")),
                $"the report of version {each} is not there"
            );
        return problems;

        int Times(string what) => trail.Entries.Count(entry => entry.What == what);

        void Hold(bool isSo, string problem)
        {
            if (!isSo)
                problems.Add(problem + ".");
        }
    }

    private async Task<IReadOnlyList<InstanceStatus>> InstancesAsync(
        IReadOnlyList<InstanceState> states,
        CancellationToken cancellation
    )
    {
        var (items, _) = await people.AskAsync(
            Post.Operator,
            client => new HostInstances(client).ListAsync(new(null, states, null), null, 100, cancellation),
            cancellation
        );
        return [.. items.Select(InstanceStatus.Of)];
    }
}
