using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using FactCheck.Storage;
using FactCheck.Tests.Host.Durable;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Cases;

/// <summary>
/// One trace shows an article's way from its upload to its publication, with weeks and restarts in between.
/// </summary>
[Collection(SpanList.Collection)]
public sealed class ArticleTraceTests
{
    // What Telemetry exports beside the desk's own.
    private static readonly string[] WorkersOwn = ["Microsoft.DurableTask", "Microsoft.Azure.Functions.Worker"];

    [Fact]
    public async Task An_articles_way_is_one_tree_from_upload_to_publication_weeks_later()
    {
        using var spans = new SpanList(WorkersOwn);
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 2 });
        var trace = SpanList.NewTrace();

        var article = await UploadAsync(desk, trace);
        await desk.Host.AdvanceAsync(TimeSpan.FromDays(1));
        await desk.Host.StopAsync();
        await desk.Host.StartAsync();
        await desk.Host.AdvanceAsync(TimeSpan.FromDays(20));
        await desk.DecideAllAsync(article, task => DeskHost.Approve(task));
        Assert.Equal(202, await desk.PublishAsync(article));
        Assert.Equal(1, (await desk.HeadAsync(article)).PublicationDone);

        // The request within the worker begins beside the call of its function, now before it and now after, and
        // holds nothing.
        var tree = string.Join(
            '\n',
            spans
                .Tree(trace)
                .Split('\n')
                .Where((line, index) => index == 0 || !line.EndsWith("HttpRequestIn", StringComparison.Ordinal))
        );
        TestContext.Current.TestOutputHelper?.WriteLine(tree);
        Assert.Equal(Tree.ReplaceLineEndings("\n"), tree);
        // Calls of the engine's service are below the spans of HttpClient, which nobody listens to here.
        var all = spans.Of(trace);
        Assert.Empty(
            all.Where(span => span.GetTagItem("grpc.method") is null && !IsBelow(span, all, trace))
                .Select(span => $"{span.DisplayName} {string.Join(", ", span.Tags)}")
        );
    }

    [Fact]
    public async Task Decisions_and_the_request_to_publish_are_traces_of_their_own_that_link_to_the_articles()
    {
        using var spans = new SpanList(WorkersOwn);
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 2 });
        var trace = SpanList.NewTrace();
        var article = await UploadAsync(desk, trace);
        await desk.DecideAllAsync(article, task => DeskHost.Approve(task));
        await desk.PublishAsync(article);

        var id = ActivityContext.Parse(trace, null).TraceId;
        Assert.Equal(
            2,
            spans.All.Count(span =>
                IsCallOf(span, "PostDecision")
                && span.TraceId != id
                && span.Links.Any(link => link.Context.TraceId == id)
            )
        );
        var publish = Assert.Single(spans.Of(trace), span => span.DisplayName == "article.publish");
        var asked = Assert.Single(publish.Links).Context;
        Assert.Contains(spans.All, span => IsCallOf(span, "PostPublication") && span.SpanId == asked.SpanId);

        bool IsCallOf(Activity span, string function) =>
            span.DisplayName == "Invoke"
            && spans.All.Any(host => host.DisplayName == $"function:{function}" && host.SpanId == span.ParentSpanId);
    }

    [Fact]
    public async Task Names_and_tags_hold_nothing_of_what_an_article_says_and_nobodys_name()
    {
        using var spans = new SpanList(WorkersOwn);
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 2 });
        var trace = SpanList.NewTrace();
        var article = await UploadAsync(desk, trace);
        await desk.DecideAllAsync(article, task => DeskHost.Approve(task));
        await desk.PublishAsync(article);

        // ASP.NET's own tags are the exporter's to choose; these are ours.
        var ours = spans
            .All.Where(span => span.Source.Name != "Microsoft.AspNetCore")
            .SelectMany(span =>
                span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")
                    .Append(span.DisplayName)
                    .Append(span.StatusDescription ?? "")
            )
            .ToList();
        Assert.NotEmpty(ours);
        foreach (
            var word in (string[])
                ["river", "Kovač", "tonnes", "As the register shows", "=ana", "=editor", "=sune", "?", "Bearer"]
        )
            Assert.DoesNotContain(ours, text => text.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_dropped_begins_its_own_trace_which_its_publication_goes_on_with()
    {
        using var spans = new SpanList(WorkersOwn);
        await using var desk = await DeskHost.StartAsync(settings => settings.Selection = new() { MaxTasks = 2 });
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, task => DeskHost.Approve(task));
        await desk.PublishAsync(article);

        var trace = (await desk.HeadAsync(article)).Trace!;
        var names = spans.Of(trace).Select(span => span.DisplayName).ToList();
        Assert.Equal("function:ArticleArrived", names[0]);
        Assert.Contains("activity:Ingest", names);
        Assert.Contains("activity:Announce", names);
    }

    // Host and worker tell of a call each for itself: the worker's own span is "Invoke".
    private const string Tree = """
        Microsoft.AspNetCore.Hosting.HttpRequestIn
          function:PutArticle
            Invoke
              article.arrive
                create_orchestration:CheckArticle
                  orchestration:CheckArticle
                    Invoke
                  activity:Ingest
                    Invoke
                  activity:CheckAtOnce
                    Invoke
                      create_orchestration:ReviewStatement
                        orchestration:ReviewStatement
                          Invoke
                        activity:Remind
                          Invoke
                        activity:EndWait
                          Invoke
                article.publish
                  create_orchestration:PublishArticle
                    orchestration:PublishArticle
                      Invoke
                    activity:TasksWithoutArchive
                      Invoke
                    activity:Compose
                      Invoke
                    activity:Render
                      Invoke
                    activity:Release
                      Invoke
                    activity:Announce
                      Invoke
        """;

    private static bool IsBelow(Activity span, IReadOnlyList<Activity> spans, string root)
    {
        var top = ActivityContext.Parse(root, null).SpanId;
        for (var at = span; at is not null; at = spans.FirstOrDefault(other => other.SpanId == at.ParentSpanId))
            if (at.ParentSpanId == top)
                return true;
        return false;
    }

    private static async Task<string> UploadAsync(DeskHost desk, string trace)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "api/articles/river.txt")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(RiverText.A)),
        };
        var (token, _) = await desk
            .Host.Services.GetRequiredService<Tokens>()
            .IssueAsync("sune", Role.Submitter, TimeSpan.FromDays(1));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("traceparent", trace);
        using var response = await desk.Host.Http.SendAsync(request);
        Assert.Equal(202, (int)response.StatusCode);
        await desk.Host.WhenIdleAsync();
        return ArticleKey.Of("articles", "river.txt");
    }
}
