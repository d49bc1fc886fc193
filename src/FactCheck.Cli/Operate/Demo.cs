using FactCheck.Cli.Client;

namespace FactCheck.Cli.Operate;

/// <summary>Uses the desk over HTTP as people would: an upload, the queue, decisions, a publication.</summary>
internal sealed class Demo(DeskHost desk, Output output, bool verbose) : IDisposable
{
    private const string Editor = "demo-editor";
    private const string Explanation = "Demo decision: nobody has looked for evidence.";

    // Extraction takes a second or so an article; a minute without any progress means that something is broken.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, DeskClient> _people = new(StringComparer.Ordinal);

    public async Task<int> RunAsync(IReadOnlyList<FileInfo> files, bool approve, CancellationToken cancellation)
    {
        await SignInAsync(Editor, Role.Editor, cancellation);
        Say($"FactCheck serves {desk.Address} from {desk.Place.Data}.");
        var ids = await UploadAsync(files, cancellation);
        Say(files.Count == 1 ? "Checking 1 article…" : $"Checking {files.Count} articles…");
        await WatchAsync(ids, cancellation);
        var articles = new List<DemoArticle>();
        foreach (var id in ids)
            articles.Add(await LookAsync(id, cancellation));
        Tell(articles);
        if (approve)
        {
            await ApproveAsync([.. articles.Where(a => a.Article.Stage != ArticleStage.Rejected)], cancellation);
            return ExitCode.Done;
        }

        await InviteAsync(cancellation);
        await desk.UntilStoppedAsync(cancellation);
        return ExitCode.Done;
    }

    public void Dispose()
    {
        foreach (var person in _people.Values)
            person.Dispose();
    }

    private async Task SignInAsync(string name, Role role, CancellationToken cancellation)
    {
        var code = await desk.Tokens.CreateCodeAsync(name, role, SignInLink.Length, cancellation: cancellation);
        using var anybody = new DeskClient(desk.Address, token: null);
        var issued = await anybody.PostAsync(
            "api/token",
            () => DeskClient.Json(new SignIn(code), HttpJson.Default.SignIn),
            canRepeat: false,
            cancellation
        );
        _people[name] = new(desk.Address, issued.As<IssuedToken>().Token);
    }

    private async Task<IReadOnlyList<string>> UploadAsync(IReadOnlyList<FileInfo> files, CancellationToken cancellation)
    {
        var ids = new List<string>();
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file.FullName, cancellation);
            try
            {
                var accepted = await _people[Editor]
                    .PutAsync(
                        $"api/articles/{Uri.EscapeDataString(file.Name)}",
                        () => new ByteArrayContent(bytes),
                        cancellation
                    );
                ids.Add(accepted.As<ArticleAccepted>().Id);
                if (verbose)
                    Say($"  upload  {file.Name}");
            }
            catch (HostException refused) when (refused.Status is 400 or 413 or 415 or 422)
            {
                Say($"  refused {file.Name}: {refused.Message}");
            }
        }

        return ids;
    }

    private async Task WatchAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var stages = ids.ToDictionary(id => id, _ => (ArticleStage?)null, StringComparer.Ordinal);
        var lastChange = TimeProvider.System.GetTimestamp();
        while (stages.Values.Any(stage => stage is null or <= ArticleStage.Selecting))
        {
            foreach (var id in ids)
            {
                var article = (await ArticleAsync(id, cancellation)).Article;
                if (stages[id] == article.Stage)
                    continue;
                stages[id] = article.Stage;
                lastChange = TimeProvider.System.GetTimestamp();
                if (verbose)
                    Say(
                        $"  {article.Stage.ToString().ToLowerInvariant(), -10}  {article.Name}"
                            + $"{((article.Rejection?.Message ?? article.Failure) is { } why ? $": {why}" : "")}"
                    );
            }

            if (TimeProvider.System.GetElapsedTime(lastChange) > Patience)
                throw Stuck($"Nothing moved for {Patience.TotalSeconds:0} seconds");
            await Task.Delay(Pause, cancellation);
        }
    }

    private async Task<DemoArticle> LookAsync(string id, CancellationToken cancellation) =>
        new(
            (await ArticleAsync(id, cancellation)).Article,
            (await _people[Editor].GetAsync($"api/articles/{id}/statements", cancellation))
                .As<ListOf<StatementView>>()
                .Items
        );

    private void Tell(IReadOnlyList<DemoArticle> articles)
    {
        if (output.IsJson)
        {
            foreach (var article in articles)
            {
                output.JsonLine(
                    new JsonObject
                    {
                        ["id"] = article.Article.Id,
                        ["name"] = article.Article.Name,
                        ["stage"] = article.Article.Stage.ToString(),
                        ["quotes"] = article.Quotes,
                        ["claims"] = article.Claims,
                        ["tasks"] = article.Chosen.Count,
                    }
                );
            }

            return;
        }

        foreach (
            var line in verbose ? articles.SelectMany(DemoSummary.Full) : DemoSummary.Short(articles, output.Width)
        )
            output.Line(line);
    }

    private async Task InviteAsync(CancellationToken cancellation)
    {
        var link = SignInLink.Of(
            desk.Address,
            await desk.Tokens.CreateCodeAsync(Editor, Role.Editor, SignInLink.Length, cancellation: cancellation)
        );
        if (output.IsJson)
            output.JsonLine(new JsonObject { ["address"] = desk.Address.ToString(), ["signIn"] = link });
        Say();
        Say($"Review page:  {desk.Address}");
        Say($"New articles: put them into {desk.Storage.PlaceOf("articles")}");
        Say(
            $"Ctrl-C stops; what was done is kept.{(verbose ? "" : " With --verbose everything that was found is shown.")}"
        );
        Say($"Sign in:      {link}   (once, within 15 minutes; for another: 'sign-in NAME ROLE')");
    }

    private async Task ApproveAsync(IReadOnlyList<DemoArticle> articles, CancellationToken cancellation)
    {
        if (articles.Count == 0)
            throw new CommandException(
                ExitCode.EndedBadly,
                "None of the files could be checked, so there is nothing to publish."
            );
        string[] reviewers = ["demo-reviewer-1", "demo-reviewer-2"];
        foreach (var reviewer in reviewers)
            await SignInAsync(reviewer, Role.Reviewer, cancellation);
        Say();
        foreach (var article in articles)
        {
            var detail = await ArticleAsync(article.Article.Id, cancellation);
            var open = detail
                .Tasks.Where(t => t.State is not (TaskState.Decided or TaskState.Superseded or TaskState.Spiked))
                .ToList();
            foreach (var (task, i) in open.Select((task, i) => (task, i)))
                await DecideAsync(task, _people[reviewers[i % reviewers.Length]], cancellation);
            if (verbose && open.Count > 0)
                Say($"  decided    {open.Count} tasks of {detail.Article.Name}");
            await PublishAsync(article.Article.Id, open.Count, cancellation);
        }
    }

    private static async Task DecideAsync(TaskSummary task, DeskClient reviewer, CancellationToken cancellation)
    {
        var leased = (
            await reviewer.PutAsync($"api/tasks/{task.Id}/lease", content: null, cancellation)
        ).As<TaskSummary>();
        var rating = task.Kind == StatementKind.Claim ? "Unproven" : "Unverifiable";
        var decision = new NewDecision(DecisionAction.Approve, rating, Explanation, null, null, null, null, null);
        await reviewer.DecideAsync(
            $"api/tasks/{task.Id}/decisions",
            decision,
            leased.ETag,
            Guid.NewGuid().ToString("N"),
            cancellation
        );
    }

    private async Task PublishAsync(string id, int decided, CancellationToken cancellation)
    {
        var detail = await ArticleAsync(id, cancellation);
        if (detail.PublicationObstacle is { } obstacle)
        {
            Say($"  not published: {detail.Article.Name}: {obstacle}");
            return;
        }

        if (decided > 0 || detail.Article.PublishedVersion == 0)
            detail = await PublishAsync(detail, cancellation);
        if (output.IsJson)
        {
            output.JsonLine(
                new JsonObject
                {
                    ["id"] = id,
                    ["name"] = detail.Article.Name,
                    ["decided"] = decided,
                    ["version"] = detail.Article.PublishedVersion,
                    ["report"] = detail.ReportUrl,
                }
            );
            return;
        }

        Say(
            verbose
                ? $"  published  {detail.ReportUrl}"
                : $"  published  {detail.ReportUrl}  {detail.Article.Name} ({decided} decided)"
        );
        if (verbose)
            Say($"             {desk.Storage.PlaceOf("reports", id, $"v{detail.Article.PublishedVersion:D4}")}");
    }

    private async Task<ArticleDetail> PublishAsync(ArticleDetail detail, CancellationToken cancellation)
    {
        var id = detail.Article.Id;
        var asked = (
            await _people[Editor]
                .PostAsync(
                    $"api/articles/{id}/publication",
                    () => DeskClient.Json(new NewPublication(false, null, null), HttpJson.Default.NewPublication),
                    canRepeat: false,
                    cancellation
                )
        ).As<PublicationAsked>();
        var start = TimeProvider.System.GetTimestamp();
        while ((detail = await ArticleAsync(id, cancellation)).Article.PublishedVersion < asked.Version)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                throw Stuck($"{detail.Article.Name} was not published within {Patience.TotalSeconds:0} seconds");
            await Task.Delay(Pause, cancellation);
        }

        return detail;
    }

    private async Task<ArticleDetail> ArticleAsync(string id, CancellationToken cancellation) =>
        (await _people[Editor].GetAsync($"api/articles/{id}", cancellation)).As<ArticleDetail>();

    private static CommandException Stuck(string what) =>
        new(
            ExitCode.EndedBadly,
            $"{what}. With --verbose the host's log is shown; what waits for what: factcheck runtime list"
        );

    private void Say(string line = "")
    {
        if (!output.IsJson)
            output.Line(line);
    }
}
