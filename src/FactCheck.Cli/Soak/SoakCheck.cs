using System.Diagnostics;
using FactCheck.Cli.Client;
using FactCheck.Cli.Runtime;
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

    /// <summary>Waits until nothing is left to do: the sweep wakes who lost its wake. The rest is stuck.</summary>
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
                $"At rest runtime.db holds {activities} activities, {timers} timers and {messages} messages "
                    + "that are still to be done."
            );
    }

    private async Task<IReadOnlyList<string>> ProblemsOfAsync(Acknowledged article, CancellationToken cancellation)
    {
        var detail = await AskEditorAsync<ArticleDetail>($"api/articles/{article.Id}", cancellation);
        var trail = await AskEditorAsync<AuditTrail>($"api/audit/{article.Id}", cancellation);
        return
        [
            .. ProblemsOfCheck(article, detail, trail)
                .Concat(ProblemsOfDecisions(article, detail, trail))
                .Concat(ProblemsOfPublications(article, detail, trail))
                .Select(problem => problem + "."),
        ];
    }

    private async Task<T> AskEditorAsync<T>(string path, CancellationToken cancellation) =>
        (await people.AskAsync(Post.Editor, editor => editor.GetAsync(path, cancellation), cancellation)).As<T>();

    private static int Times(AuditTrail trail, string what) => trail.Entries.Count(entry => entry.What == what);

    private static IEnumerable<string> ProblemsOfCheck(Acknowledged article, ArticleDetail detail, AuditTrail trail)
    {
        if (detail.Article.Run != 1)
            yield return $"its check ran {detail.Article.Run} times";
        var hash = trail.Entries is [.., var last] ? last.Hash : "";
        if (!trail.Intact || AuditChain.FirstBreak(trail.Entries, trail.Entries.Count, hash) is not null)
            yield return $"its audit chain does not hold: {trail.Problem}";
        if (Times(trail, "arrived") is not 1 and var arrived)
            yield return $"it arrived {arrived} times";
        if (Times(trail, "selected") is not 1 and var selected)
            yield return $"its tasks were selected {selected} times";
        var tasks = article.Tasks?.ToHashSet(StringComparer.Ordinal);
        if (tasks is not null && !tasks.SetEquals(detail.Tasks.Select(task => task.Id)))
            yield return "its tasks are not those that it had";
    }

    private static IEnumerable<string> ProblemsOfDecisions(Acknowledged article, ArticleDetail detail, AuditTrail trail)
    {
        foreach (var task in article.Decided)
        {
            var decided = trail.Entries.Count(entry => entry.What == "decided" && entry.Subject == task);
            if (decided != 1 || !detail.Tasks.Any(now => now.Id == task && now.State == TaskState.Decided))
                yield return $"task {task} was decided, and is so {decided} times";
        }

        var all = Times(trail, "decided");
        if (all != article.Decided.Count)
            yield return $"{article.Decided.Count} decisions were acknowledged, {all} are there";
    }

    private IEnumerable<string> ProblemsOfPublications(Acknowledged article, ArticleDetail detail, AuditTrail trail)
    {
        var version = detail.Article.PublishedVersion;
        if (version < article.Version)
            yield return $"version {article.Version} was in public; now it is {version}";
        var (asked, published) = (Times(trail, "asked to publish"), Times(trail, "published"));
        if (published != version || asked != version)
            yield return $"version {version} was asked for {asked} times and published {published} times";
        for (var each = 1; each <= version; each++)
            if (!System.IO.File.Exists(Path.Combine(host.Data, "reports", article.Id, $"v{each:D4}", "report.html")))
                yield return $"the report of version {each} is not there";
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
