using System.Globalization;
using FactCheck.Cli.Client;

namespace FactCheck.Cli.Desk;

/// <summary><c>review list</c> and <c>review show</c>; <c>review decide</c> has a file of its own.</summary>
internal static class ReviewCommands
{
    private const int MostAtOnce = 100; // the host gives no more in one answer

    public static Command Create() =>
        new("review", "See the desk's tasks and decide them. Takes a reviewer.")
        {
            List(),
            Show(),
            DecideCommand.Create(),
        };

    private static Verb List()
    {
        var state = new Option<TaskState?>("--state") { Description = "Only tasks of this state." };
        var kind = new Option<StatementKind?>("--kind") { Description = "Only claims, or only quotes." };
        var assignee = Options.Text("--assignee", "NAME", "Only this person's tasks; me for mine.");
        var article = Options.Text(
            "--article",
            "ARTICLE",
            "Only this article's tasks, closed ones too: its id, or its name."
        );
        var most = Options.Number("--most", "At most so many.", 50);
        var cursor = Options.Text("--cursor", "CURSOR", "Go on after an earlier list: what that said at its end.");
        return new Verb(
            "list",
            "List tasks, most urgent first.",
            "factcheck review list",
            "factcheck review list --kind Quote --state Open --most 10",
            "factcheck review list --article city-budget.md   # every task of one article, decided ones too",
            "factcheck review list --assignee me --json"
        )
            .With(state, kind, assignee, article, most, cursor)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var desk = HostOptions.Connect(parse);
                    if (parse.GetValue(article) is { } named)
                        _ = await desk.ArticleAsync(named, cancellation);
                    var (from, count) = (parse.GetValue(cursor), parse.GetValue(most));
                    return await ListAsync(desk, QueryOf(parse), from, count, output, cancellation);
                }
            );

        string QueryOf(ParseResult parse) =>
            string.Concat(
                Asked("state", parse.GetValue(state)?.ToString()),
                Asked("kind", parse.GetValue(kind)?.ToString()),
                Asked("assignee", parse.GetValue(assignee)),
                Asked("article", parse.GetValue(article) is { } name ? DeskQueries.IdOf(name) : null)
            );
    }

    internal static async Task<int> ListAsync(
        DeskClient desk,
        string query,
        string? cursor,
        int most,
        Output output,
        CancellationToken cancellation
    )
    {
        var items = new JsonArray();
        var rows = new List<string[]>();
        var isCut = false;
        do
        {
            var wanted = Math.Min(most - rows.Count, MostAtOnce).ToString(CultureInfo.InvariantCulture);
            var path = $"api/tasks?{query}{Asked("most", wanted)}{Asked("cursor", cursor)}";
            var answer = await desk.GetAsync(path.TrimEnd('&'), cancellation);
            var page = answer.As<ListOf<TaskSummary>>();
            isCut = page.Items.Count > most - rows.Count;
            foreach (var (task, json) in page.Items.Zip(answer.Json["items"]!.AsArray()).Take(most - rows.Count))
            {
                rows.Add(TaskText.Row(task));
                items.Add(json!.DeepClone());
            }

            // A cursor goes on after a whole page; the tasks of one article come in one, however many they are.
            cursor = isCut ? null : page.Cursor;
        } while (cursor is not null && rows.Count < most);

        if (output.IsJson)
            output.Document(new JsonObject { ["items"] = items, ["cursor"] = cursor });
        else if (rows.Count == 0)
            output.Line("No task.");
        else
            output.Table(["PRIO", "DUE", "STATE", "WHO", "TASK", "STATEMENT"], rows);
        if (cursor is not null)
            // what a cursor holds, a shell would take for its own
            output.Note($"There may be more: --cursor '{cursor}'");
        if (isCut)
            output.Note("There are more: a larger --most shows them.");
        return ExitCode.Done;
    }

    private static Verb Show()
    {
        var task = new Argument<string>("TASK") { Description = "Its id, as 'review list' prints it." };
        return new Verb(
            "show",
            "Show a task: the statement in its article, why it was chosen, what is known about it, what was "
                + "decided before, and the ETag that 'decide --etag' takes.",
            "factcheck review show rp3tapq4bf6pcdmmx7h5fu6rjb.q2xl6mwkqmgdtcvh-1.1"
        )
            .With(task)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var desk = HostOptions.Connect(parse);
                    var answer = await desk.GetAsync(
                        $"api/tasks/{Uri.EscapeDataString(parse.GetRequiredValue(task))}",
                        cancellation
                    );
                    if (output.IsJson)
                        output.Document(answer.Json);
                    else
                        TaskText.Write(output, answer.As<TaskDetail>());
                    return ExitCode.Done;
                }
            );
    }

    private static string Asked(string name, string? value) =>
        value is null ? "" : $"{name}={Uri.EscapeDataString(value)}&";
}
