using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FactCheck.Domain;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions;

/// <summary>Starts the host and uses it over HTTP as people would: an upload, the queue, decisions, a publication.</summary>
internal sealed class Demo(HttpClient http, DeskStorage storage)
{
    private const int MoreQuotes = 3;
    private const string Explanation = "Demo decision: nobody has looked for evidence.";

    private static readonly TimeSpan CodeLength = new AccessSettings().SignInCodeLength;

    // Extraction takes a second or so an article; a minute without any progress means that something is broken.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static Task<int> RunAsync(EmbeddedApp.Place place, FileInfo[] files, bool approve, CancellationToken cancellation) =>
        EmbeddedApp.RunAsync(place, LogLevel.Warning, host => RunAsync(host, place, files, approve, cancellation), cancellation);

    private static async Task<int> RunAsync(IHost host, EmbeddedApp.Place place, FileInfo[] files, bool approve, CancellationToken cancellation)
    {
        var tokens = host.Services.GetRequiredService<Tokens>();
        var storage = host.Services.GetRequiredService<DeskStorage>();
        using var http = new HttpClient { BaseAddress = place.Base };
        var demo = new Demo(http, storage);
        var editor = await demo.SignInAsync(tokens, "demo-editor", Role.Editor, cancellation);

        Console.WriteLine($"FactCheck serves {place.Base} from {place.Data}.");
        var articles = await demo.UploadAsync(editor, files.Length > 0 ? files : Samples(), cancellation);
        articles = await demo.WatchAsync(editor, articles, cancellation);
        foreach (var article in articles) await demo.ShowAsync(editor, article, cancellation);
        if (approve)
        {
            if (articles.Count == 0) throw new InvalidOperationException("None of the files could be checked, so there is nothing to publish.");
            await demo.ApproveAsync(editor, tokens, articles, cancellation);
            await host.StopAsync(cancellation);
            Console.WriteLine($"""

                The host has stopped: these addresses answer again once it is started, by the same command without 'demo' and what follows it but with --data {place.Data} --urls {place.Urls}.
                Each report can be read without it too: report.html, in the folder under its address, below {storage.PlaceOf("reports")}.
                """);
            return 0;
        }

        Console.WriteLine($"""

            Review page:  {place.Base}
            Sign in:      {SignInLink.LinkTo(place, await tokens.CreateCodeAsync("demo-editor", Role.Editor, CodeLength, cancellation))}   (once, within 15 minutes; for another: 'sign-in NAME ROLE')
            New articles: put them into {storage.PlaceOf("articles")}
            Ctrl-C stops; what was done is kept.
            """);
        await host.WaitForShutdownAsync(cancellation);
        return 0;
    }

    private static FileInfo[] Samples() => [.. new DirectoryInfo(Path.Combine(AppContext.BaseDirectory, "seeds", "articles")).GetFiles().OrderBy(f => f.Name, StringComparer.Ordinal)];

    private async Task<string> SignInAsync(Tokens tokens, string name, Role role, CancellationToken cancellation)
    {
        var code = await tokens.CreateCodeAsync(name, role, CodeLength, cancellation);
        var issued = await SendAsync<IssuedToken>(HttpMethod.Post, "api/token", "", cancellation, Json(new SignIn(code)));
        return issued.Token;
    }

    private async Task<IReadOnlyList<string>> UploadAsync(string token, FileInfo[] files, CancellationToken cancellation)
    {
        var ids = new List<string>();
        foreach (var file in files)
        {
            using var content = new ByteArrayContent(await File.ReadAllBytesAsync(file.FullName, cancellation));
            try
            {
                ids.Add((await SendAsync<ArticleAccepted>(HttpMethod.Put, $"api/articles/{Uri.EscapeDataString(file.Name)}", token, cancellation, content)).Id);
                Console.WriteLine($"  upload  {file.Name}");
            }
            catch (RefusedException refused) when (refused.ConcernsTheFile)
            {
                Console.WriteLine($"  refused {file.Name}: {refused.Detail}");
            }
        }

        return ids;
    }

    // Until every article is through its check: says each step that it sees. Those that were not rejected.
    private async Task<IReadOnlyList<string>> WatchAsync(string token, IReadOnlyList<string> articles, CancellationToken cancellation)
    {
        var stages = articles.ToDictionary(id => id, _ => (ArticleStage?)null, StringComparer.Ordinal);
        var lastChange = TimeProvider.System.GetTimestamp();
        while (stages.Values.Any(stage => stage is null or <= ArticleStage.Selecting))
        {
            foreach (var id in articles)
            {
                var article = (await SendAsync<ArticleDetail>(HttpMethod.Get, $"api/articles/{id}", token, cancellation)).Article;
                if (stages[id] == article.Stage) continue;
                stages[id] = article.Stage;
                lastChange = TimeProvider.System.GetTimestamp();
                Console.WriteLine($"  {article.Stage.ToString().ToLowerInvariant(),-10}  {article.Name}{(article.Rejection is { } why ? $": {why.Message}" : article.Failure is { } failure ? $": {failure}" : "")}");
            }

            if (TimeProvider.System.GetElapsedTime(lastChange) > Patience) throw new InvalidOperationException($"Nothing moved for {Patience.TotalSeconds:0} seconds.");
            await Task.Delay(Pause, cancellation);
        }

        return [.. articles.Where(id => stages[id] != ArticleStage.Rejected)];
    }

    private async Task ShowAsync(string token, string id, CancellationToken cancellation)
    {
        var detail = await SendAsync<ArticleDetail>(HttpMethod.Get, $"api/articles/{id}", token, cancellation);
        var statements = (await SendAsync<ListOf<StatementView>>(HttpMethod.Get, $"api/articles/{id}/statements", token, cancellation)).Items;
        var tasks = statements.Where(s => s.TaskId is not null).ToList();
        Console.WriteLine();
        Console.WriteLine($"{detail.Article.Title} ({detail.Article.Stage}): {statements.Count(s => s.Kind == StatementKind.Quote)} quotes, {statements.Count(s => s.Kind == StatementKind.Claim)} claims, {tasks.Count} chosen for review");
        foreach (var statement in tasks.OrderByDescending(s => s.Score))
        {
            var why = string.Join(", ", statement.Reasons.Where(r => r.Weight > 0).Take(3).Select(r => r.Because is null ? r.Label : $"{r.Label} ({r.Because})"));
            Console.WriteLine($"  {statement.Score:0.00} {statement.Kind.ToString().ToLowerInvariant(),-5} {statement.Speaker ?? "–"}{(statement.At is { } at ? $" at {at}" : "")}: {Shorten(statement.Text, 160)}");
            Console.WriteLine($"             why: {Shorten(why, 140)}");
        }

        var others = statements.Where(s => s is { TaskId: null, Kind: StatementKind.Quote, Speaker: not null }).OrderByDescending(s => s.Score).Take(MoreQuotes).ToList();
        if (others.Count > 0) Console.WriteLine("  also quoted, left as candidates:");
        foreach (var quote in others) Console.WriteLine($"  {quote.Score:0.00} {quote.Speaker}: {Shorten(quote.Text, 120)}");
    }

    private async Task ApproveAsync(string editor, Tokens tokens, IReadOnlyList<string> articles, CancellationToken cancellation)
    {
        string[] reviewers = [await SignInAsync(tokens, "demo-reviewer-1", Role.Reviewer, cancellation), await SignInAsync(tokens, "demo-reviewer-2", Role.Reviewer, cancellation)];
        Console.WriteLine();
        foreach (var id in articles)
        {
            var detail = await SendAsync<ArticleDetail>(HttpMethod.Get, $"api/articles/{id}", editor, cancellation);
            var open = detail.Tasks.Where(t => t.State is not (TaskState.Decided or TaskState.Superseded or TaskState.Spiked)).ToList();
            foreach (var (task, i) in open.Select((task, i) => (task, i))) await DecideAsync(task, reviewers[i % reviewers.Length], cancellation);
            if (open.Count > 0) Console.WriteLine($"  decided    {open.Count} tasks of {detail.Article.Name}");
            await PublishAsync(editor, id, changed: open.Count > 0, cancellation);
        }
    }

    private async Task DecideAsync(TaskSummary task, string reviewer, CancellationToken cancellation)
    {
        var leased = await SendAsync<TaskSummary>(HttpMethod.Put, $"api/tasks/{task.Id}/lease", reviewer, cancellation);
        var rating = task.Kind == StatementKind.Claim ? "Unproven" : "Unverifiable";
        var decision = new NewDecision(DecisionAction.Approve, rating, Explanation, null, null, null, null, null);
        await SendAsync<DecisionTaken>(HttpMethod.Post, $"api/tasks/{task.Id}/decisions", reviewer, cancellation, Json(decision), leased.ETag);
    }

    private async Task PublishAsync(string editor, string id, bool changed, CancellationToken cancellation)
    {
        var detail = await SendAsync<ArticleDetail>(HttpMethod.Get, $"api/articles/{id}", editor, cancellation);
        if (detail.PublicationObstacle is { } obstacle)
        {
            Console.WriteLine($"  not published: {detail.Article.Name}: {obstacle}");
            return;
        }

        if (changed || detail.Article.PublishedVersion == 0)
        {
            var asked = await SendAsync<PublicationAsked>(HttpMethod.Post, $"api/articles/{id}/publication", editor, cancellation, Json(new NewPublication(false, null, null)));
            var start = TimeProvider.System.GetTimestamp();
            while ((detail = await SendAsync<ArticleDetail>(HttpMethod.Get, $"api/articles/{id}", editor, cancellation)).Article.PublishedVersion < asked.Version)
            {
                if (TimeProvider.System.GetElapsedTime(start) > Patience) throw new InvalidOperationException($"{detail.Article.Name} was not published within {Patience.TotalSeconds:0} seconds.");
                await Task.Delay(Pause, cancellation);
            }
        }

        Console.WriteLine($"  published  {detail.ReportUrl}");
        Console.WriteLine($"             {storage.PlaceOf("reports", id, $"v{detail.Article.PublishedVersion:D4}")}");
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, string token, CancellationToken cancellation, HttpContent? content = null, string? etag = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (token.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-Match", etag);
        using var response = await http.SendAsync(request, cancellation);
        if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync(Answers.InfoOf<T>(), cancellation))!;
        var problem = response.StatusCode == HttpStatusCode.NotFound ? null : await response.Content.ReadFromJsonAsync(HttpJson.Default.Problem, cancellation);
        throw new RefusedException($"{method} {path}", response.StatusCode, problem?.Detail);
    }

    private static StringContent Json<T>(T value) => new(JsonSerializer.Serialize(value, Answers.InfoOf<T>()), Encoding.UTF8, "application/json");

    private static string Shorten(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    private sealed class RefusedException(string call, HttpStatusCode status, string? detail) : InvalidOperationException($"{call}: {(int)status} {detail}")
    {
        public string Detail => detail ?? $"status {(int)status}";

        /// <summary>Another file may fare better.</summary>
        public bool ConcernsTheFile => status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity;
    }
}
