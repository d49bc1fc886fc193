using FactCheck.Cli.Client;

namespace FactCheck.Cli.Desk;

/// <summary><c>publish</c>: puts an article's fact check before the public, or takes it back.</summary>
internal static class PublishCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    public static Verb Create()
    {
        var article = new Argument<string>("ARTICLE")
        {
            Description = "Its id, or the name under which it was handed in.",
        };
        var retract = Options.Flag("--retract", "Take everything back; --note tells the public why.");
        var clarify = Options.Flag(
            "--clarification",
            "This version only explains better. (Corrections are found by comparing ratings.)"
        );
        var note = Options.Text("--note", "TEXT", "A public note that explains the change.");
        var wait = Options.Flag("--wait", "Wait until it is out.");
        return new Verb(
            "publish",
            "Publish what is decided about an article, or retract it. Takes an editor; conflicts (exit code "
                + "5) while tasks are open.",
            "factcheck publish city-budget.md --wait",
            "factcheck publish city-budget.md --clarification --note \"The explanation now names the year of "
                + "the budget.\"",
            "factcheck publish city-budget.md --retract --note \"The article was about another city's budget.\""
        )
            .With(article, retract, clarify, note, wait)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var desk = HostOptions.Connect(parse);
                    var wanted = new NewPublication(
                        parse.GetValue(retract),
                        parse.GetValue(clarify) ? VerdictChange.Clarification : null,
                        parse.GetValue(note)
                    );
                    var (name, waits) = (parse.GetRequiredValue(article), parse.GetValue(wait));
                    return await RunAsync(desk, name, wanted, waits, output, cancellation);
                }
            );
    }

    private static async Task<int> RunAsync(
        DeskClient desk,
        string name,
        NewPublication wanted,
        bool wait,
        Output output,
        CancellationToken cancellation
    )
    {
        var article = (await desk.ArticleAsync(name, cancellation)).Article;
        // Sent once: a second one would be a version more.
        var answer = await desk.PostAsync(
            $"api/articles/{article.Id}/publication",
            () => DeskClient.Json(wanted, HttpJson.Default.NewPublication),
            canRepeat: false,
            cancellation
        );
        var asked = answer.As<PublicationAsked>();
        if (wait)
        {
            while (article.PublishedVersion < asked.Version)
            {
                await Task.Delay(Pause, cancellation);
                article = (await desk.ArticleAsync(article.Id, cancellation)).Article;
            }
        }

        if (output.IsJson)
        {
            var json = answer.Json.AsObject();
            json["isOut"] = article.PublishedVersion >= asked.Version;
            output.Document(json);
        }
        else
        {
            var what = (wanted.Retract, wait) switch
            {
                (true, true) => "retracted",
                (true, false) => "retraction asked for",
                (false, true) => "published",
                _ => "publication asked for",
            };
            output.Line($"{what}: {article.Name}, version {asked.Version}");
            output.Line(asked.ReportUrl);
        }

        return ExitCode.Done;
    }
}
