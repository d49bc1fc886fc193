using FactCheck.Cli.Client;

namespace FactCheck.Cli.Soak;

/// <summary>Takes one article after the other the whole way, from its arrival to the public.</summary>
/// <param name="number">Names its articles.</param>
internal sealed class SoakDesk(int number, People people, string folder, Ledger ledger, Random random)
{
    private const string Explanation = "No source was found that says so.";
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Works until the time is over, and finishes what it has begun.</summary>
    public async Task RunAsync(CancellationToken timeIsOver, CancellationToken cancellation)
    {
        for (var i = 1; !timeIsOver.IsCancellationRequested; i++)
        {
            var name = $"soak-{number}-{i}.txt";
            try
            {
                await CheckAsync(await HandInAsync(name, cancellation), cancellation);
            }
            catch (CommandException wrong)
            {
                ledger.Fault($"{name}: {wrong.Message}");
            }

            await Task.Delay(LongestPause * random.NextDouble(), cancellation);
        }
    }

    private async Task<Acknowledged> HandInAsync(string name, CancellationToken cancellation)
    {
        var text = SoakText.Of(random);
        var article = new Acknowledged(name, byHttp: random.Next(2) == 0);
        if (article.ByHttp)
        {
            await people.AskAsync(
                Post.Submitter,
                submitter => submitter.PutAsync($"api/articles/{name}", () => new StringContent(text), cancellation),
                cancellation
            );
        }
        else
        {
            var hidden = Path.Combine(folder, $".{name}");
            await File.WriteAllTextAsync(hidden, text, cancellation);
            File.Move(hidden, Path.Combine(folder, name));
        }

        ledger.Add(article);
        return article;
    }

    private async Task CheckAsync(Acknowledged article, CancellationToken cancellation)
    {
        var found = await people.UntilAsync(
            article.Id,
            detail => detail.Article.Stage >= ArticleStage.Reviewing,
            cancellation
        );
        if (found.Article.Stage is not (ArticleStage.Reviewing or ArticleStage.Ready))
            throw new CommandException(
                ExitCode.EndedBadly,
                $"Its check ended as {found.Article.Stage}: {found.Article.Rejection?.Message ?? found.Article.Failure}"
            );
        ledger.Found(article, [.. found.Tasks.Select(task => task.Id)]);
        var verdicts = 0;
        foreach (var task in found.Tasks)
        {
            var decision = DecisionOn(task, random);
            await DecideAsync(article, task.Id, decision, cancellation);
            if (decision.Action == DecisionAction.Approve)
                verdicts++;
        }

        if (verdicts == 0)
            return; // there is nothing to publish
        await PublishAsync(article, new(false, null, null), cancellation);
        if (random.Next(10) == 0)
            await PublishAsync(
                article,
                new(false, VerdictChange.Clarification, "The explanation is longer now."),
                cancellation
            );
    }

    private async Task DecideAsync(
        Acknowledged article,
        string task,
        NewDecision decision,
        CancellationToken cancellation
    )
    {
        var reviewer = random.Next(2) == 0 ? Post.Reviewer : Post.OtherReviewer;
        var leased = await people.AskAsync(
            reviewer,
            one => one.PutAsync($"api/tasks/{task}/lease", null, cancellation),
            cancellation
        );
        var etag = leased.As<TaskSummary>().ETag;
        // Under its key it counts once, however often it is sent.
        await people.AskAsync(
            reviewer,
            one => one.DecideAsync($"api/tasks/{task}/decisions", decision, etag, key: task, cancellation),
            cancellation
        );
        ledger.Decided(article, task);
    }

    /// <summary>One in five is not to be checked; of the others nothing is known.</summary>
    public static NewDecision DecisionOn(TaskSummary task, Random random) =>
        random.Next(5) == 0
            ? new(DecisionAction.Reject, null, null, null, RejectReason.NotAClaim, null, null, null)
            : new(
                DecisionAction.Approve,
                task.Kind == StatementKind.Claim ? "Unproven" : "Unverifiable",
                Explanation,
                null,
                null,
                null,
                null,
                null
            );

    // Asked again while the first is on its way, it is the same publication; after that it is one more.
    private async Task PublishAsync(Acknowledged article, NewPublication wanted, CancellationToken cancellation)
    {
        var asked = (
            await people.AskAsync(
                Post.Editor,
                editor =>
                    editor.PostAsync(
                        $"api/articles/{article.Id}/publication",
                        () => DeskClient.Json(wanted, HttpJson.Default.NewPublication),
                        canRepeat: false,
                        cancellation
                    ),
                cancellation
            )
        ).As<PublicationAsked>();
        await people.UntilAsync(article.Id, detail => detail.Article.PublishedVersion >= asked.Version, cancellation);
        ledger.Published(article, asked.Version);
    }
}

internal static class SoakText
{
    private static readonly string[] Towns = ["Ostmoor", "Varnholt", "Lindau", "Brandsund", "Havelby", "Kirkfell"];
    private static readonly string[] Names =
    [
        "Iveta Brandsma",
        "Henrike Oduya",
        "Tobias Reyes",
        "Adaeze Lindqvist",
        "Per Ångell",
        "Ines Haugland",
    ];
    private static readonly string[] Works =
    [
        "its quay walls",
        "new ships",
        "the town hall's roof",
        "nine libraries",
        "two bridges",
        "the tram line",
    ];

    /// <summary>Two to five paragraphs, most with something to check; hardly ever the same twice.</summary>
    public static string Of(Random random)
    {
        var town = random.GetItems(Towns, 1)[0];
        var paragraphs = Enumerable.Range(0, random.Next(2, 6)).Select(_ => Paragraph(random, town));
        return $"News from {town}, number {random.Next(1_000_000)}\n\n{string.Join("\n\n", paragraphs)}\n";
    }

    private static string Paragraph(Random random, string town)
    {
        var (name, work, year) = (random.GetItems(Names, 1)[0], random.GetItems(Works, 1)[0], random.Next(1990, 2026));
        return random.Next(5) switch
        {
            0 => $"{town} spent €{random.Next(1, 900)}.{random.Next(10)} million on {work} in {year}.",
            1 => $"“We have asked for help in {random.Next(3, 99)} letters and got {random.Next(3)} answers,” "
                + $"said {name}.",
            2 => $"The number of passengers fell by {random.Next(2, 95)} percent between "
                + $"{year - random.Next(2, 20)} and {year}.",
            3 => $"According to {name}, {random.Next(1_000, 900_000)} people have used {work} since {year}.",
            _ => "It rained on the day of the vote, and most people stayed at home.",
        };
    }
}
