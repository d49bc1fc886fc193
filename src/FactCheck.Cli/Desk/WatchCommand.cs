using FactCheck.Cli.Client;
using Spectre.Console;

namespace FactCheck.Cli.Desk;

/// <summary><c>watch</c>: what the desk has, and what changes.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Verb Create()
    {
        var once = Options.Flag("--once", "Look once and end.");
        var most = new Option<int>("--most")
        {
            Description = "Rows of each table.",
            DefaultValueFactory = _ => 20,
            HelpName = "N",
        };
        return new Verb(
            "watch",
            "Show articles and open tasks, and go on showing them as they change, until Ctrl-C. Into a pipe "
                + "or a file: a line a change.",
            "factcheck watch",
            "factcheck watch --once        # the tables as they are now",
            "factcheck watch --json        # a JSON line a change"
        )
            .With(once, most)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var desk = HostOptions.Connect(parse);
                    var watch = new Watch(desk, parse.GetValue(most), output);
                    if (parse.GetValue(once))
                        await watch.ShowAsync(cancellation);
                    else if (output.IsTerminal)
                        await watch.LiveAsync(cancellation);
                    else
                        await watch.FollowAsync(cancellation);
                    return ExitCode.Done;
                }
            );
    }

    private sealed record Snapshot(IReadOnlyList<ArticleSummary> Articles, IReadOnlyList<TaskSummary> Tasks)
    {
        public static readonly string[] ArticleHeads = ["STAGE", "OPEN", "FOUND", "PUBLIC", "ARTICLE"];
        public static readonly string[] TaskHeads = ["PRIO", "DUE", "STATE", "WHO", "TASK", "STATEMENT"];

        public IReadOnlyList<string[]> ArticleRows =>
            [
                .. Articles.Select(a =>
                    (string[])
                        [
                            a.Stage.ToString(),
                            $"{a.OpenTasks}",
                            $"{a.Statements}",
                            a.Retracted ? "retracted"
                            : a.PublishedVersion > 0 ? $"v{a.PublishedVersion}"
                            : "–",
                            $"{a.Name}{(a.Rejection is { } why ? $": {why.Message}" : "")}",
                        ]
                ),
            ];

        public IReadOnlyList<string[]> TaskRows => [.. Tasks.Select(TaskText.Row)];
    }

    private sealed class Watch(DeskClient desk, int most, Output output)
    {
        private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

        public async Task ShowAsync(CancellationToken cancellation)
        {
            if (output.IsJson)
            {
                var articles = await desk.GetAsync("api/articles", cancellation);
                var tasks = await desk.GetAsync("api/tasks", cancellation);
                output.Document(
                    new JsonObject
                    {
                        ["articles"] = articles.Json["items"]!.DeepClone(),
                        ["tasks"] = tasks.Json["items"]!.DeepClone(),
                    }
                );
                return;
            }

            var now = await LookAsync(cancellation);
            output.Table(Snapshot.ArticleHeads, now.ArticleRows);
            output.Line();
            if (now.Tasks.Count > 0)
                output.Table(Snapshot.TaskHeads, now.TaskRows);
            else
                output.Line("No task is open.");
        }

        /// <summary>A line a change.</summary>
        public async Task FollowAsync(CancellationToken cancellation)
        {
            if (!output.IsJson)
                await ShowAsync(cancellation);
            var cursor = await NowAsync(cancellation);
            while (true)
            {
                var (answer, changes, next) = await ChangesAsync(cursor, cancellation);
                cursor = next;
                foreach (var (change, json) in changes.Zip(answer.Json["items"]!.AsArray()))
                {
                    if (output.IsJson)
                        output.JsonLine(json!);
                    else
                        output.Line(
                            $"{TextTable.Time(change.At)}  {change.What, -10} "
                                + $"{await NameOfAsync(change.ArticleId, cancellation)}"
                                + (change.TaskId is { } task ? $"  {task}" : "")
                        );
                }

                if (changes.Count == 0)
                    await Task.Delay(Pause, cancellation);
            }
        }

        /// <summary>Tables that change in place.</summary>
        public async Task LiveAsync(CancellationToken cancellation)
        {
            var cursor = await NowAsync(cancellation);
            await output
                .Live()
                .Live(Draw(await LookAsync(cancellation)))
                .StartAsync(async live =>
                {
                    while (true)
                    {
                        live.Refresh();
                        await Task.Delay(Pause, cancellation);
                        var (_, changes, next) = await ChangesAsync(cursor, cancellation);
                        cursor = next;
                        if (changes.Count > 0)
                            live.UpdateTarget(Draw(await LookAsync(cancellation)));
                    }
                });
        }

        private static Rows Draw(Snapshot now) =>
            new(
                Draw("Articles", Snapshot.ArticleHeads, now.ArticleRows),
                Draw(
                    "Open tasks",
                    [.. Snapshot.TaskHeads.Where(h => h != "TASK")],
                    [.. now.TaskRows.Select(WithoutId)]
                ),
                new Text("Ctrl-C ends.")
            );

        private static Table Draw(string title, string[] heads, IReadOnlyList<string[]> rows)
        {
            var table = new Table
            {
                Title = new(title),
                Border = TableBorder.Rounded,
                Expand = true,
            };
            foreach (var head in heads)
                table.AddColumn(new TableColumn(new Text(head)) { NoWrap = true });
            foreach (var row in rows)
                table.AddRow(
                    row.Select(cell => new Text(Output.Clean(cell.ReplaceLineEndings(" ")))
                    {
                        Overflow = Overflow.Ellipsis,
                    })
                );
            return table;
        }

        // A row is one line, or the table would jump; 'review list' has the ids.
        private static string[] WithoutId(string[] row) => [.. row.Where((_, i) => Snapshot.TaskHeads[i] != "TASK")];

        private async Task<Snapshot> LookAsync(CancellationToken cancellation)
        {
            var articles = await desk.ArticlesAsync(most, cancellation);
            foreach (var article in articles)
                _names[article.Id] = article.Name;
            return new(articles, await desk.ListAsync<TaskSummary>("api/tasks?", most, cancellation));
        }

        private async Task<string> NowAsync(CancellationToken cancellation) =>
            (await desk.GetAsync("api/changes", cancellation)).As<ListOf<Change>>().Cursor ?? "0";

        private async Task<(HostAnswer Answer, IReadOnlyList<Change> Changes, string Cursor)> ChangesAsync(
            string cursor,
            CancellationToken cancellation
        )
        {
            var answer = await desk.GetAsync($"api/changes?cursor={Uri.EscapeDataString(cursor)}", cancellation);
            var page = answer.As<ListOf<Change>>();
            return (answer, page.Items, page.Cursor ?? cursor);
        }

        private async Task<string> NameOfAsync(string id, CancellationToken cancellation)
        {
            if (_names.TryGetValue(id, out var known))
                return known;
            return _names[id] =
                (await desk.FindAsync($"api/articles/{id}", cancellation))?.As<ArticleDetail>().Article.Name ?? id;
        }
    }
}
