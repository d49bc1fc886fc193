using System.IO.Compression;
using System.Text.Json.Nodes;

namespace FactCheck.Tests.Functions;

/// <summary>
/// Data folders that former releases left, opened as whoever upgrades opens them. What is in them is told in tests/fixtures.
/// </summary>
public sealed class FormerReleaseTests : IDisposable
{
    private const string Football = "vupvfsd4ikqd26wvikyk4z2mbs";
    private const string Budget = "rp3tapq4bf6pcdmmx7h5fu6rjb";
    private const string Exams = "xiqpdb2632dazvuuj3eq6jf66a";
    private const string River = "bpo3f3svdge345fhvn2ipawbwy";
    private const string Resume = "lmqa4r63osqsf74vaoqcgrg7fr";

    private readonly TempFolder _folder = new();
    private JsonNode _known = null!;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data-0.1.0")]
    [InlineData("data-0.1.0-killed")]
    [InlineData("data-0.1.0-names")]
    public async Task Nothing_is_lost_or_doubled_by_opening_it(string fixture)
    {
        await using var desk = await OpenAsync(fixture);
        await desk.Host.WhenIdleAsync();

        foreach (var (id, article) in Known())
        {
            if ((string)article["stage"]! == "Reading")
                continue; // its check is begun again at once, see below
            Assert.Equal(
                (id, 1, (string)article["stage"]!),
                (id, (await desk.HeadAsync(id)).Run, (await desk.HeadAsync(id)).Stage.ToString())
            );
            var tasks = article["tasks"]!
                .AsArray()
                .Select(task => $"{task!["id"]} {task["state"]} {task["action"]}".TrimEnd())
                .Order(StringComparer.Ordinal);
            Assert.Equal(
                tasks,
                (await desk.TasksAsync(id))
                    .Select(task => $"{task.Id} {task.State} {task.Decision?.Action}".TrimEnd())
                    .Order(StringComparer.Ordinal)
            );
            Assert.Equal((int)article["audit"]!, (await desk.AuditAsync(id)).Count);
            await AssertChainAsync(desk, id);
        }
    }

    [Theory]
    [InlineData("data-0.1.0")]
    [InlineData("data-0.1.0-killed")]
    [InlineData("data-0.1.0-names")]
    public async Task What_is_published_still_answers(string fixture)
    {
        await using var desk = await OpenAsync(fixture);
        foreach (var publication in _known["published"]!.AsArray())
        {
            var url = (string)publication!["url"]!;
            Assert.Contains("<h1", await desk.Host.Http.GetStringAsync(url), StringComparison.Ordinal);
            Assert.Contains("verdicts", await desk.Host.Http.GetStringAsync($"{url}.json"), StringComparison.Ordinal);
            Assert.Contains(url, await desk.Host.Http.GetStringAsync("feed.json"), StringComparison.Ordinal);
            foreach (var statement in publication["statements"]!.AsArray())
                Assert.NotEmpty(await desk.Host.Http.GetStringAsync($"claims/{statement}"));
        }
    }

    [Theory]
    [InlineData("data-0.1.0")]
    [InlineData("data-0.1.0-killed")]
    public async Task What_the_former_engine_had_begun_ends_and_the_sweep_begins_it_again(string fixture)
    {
        await using var desk = await OpenAsync(fixture);
        await desk.Host.WhenIdleAsync();
        // What had stood for minutes when it was opened, the first sweep begins again; the others wait for their hour.
        var atOnce = _known["wakes"]!.AsArray().Select(task => $"review-{task}").Append($"check-{River}-1").ToList();
        var later = _known["openInstances"]!
            .AsArray()
            .Select(id => (string)id!)
            .Except(atOnce, StringComparer.Ordinal)
            .ToList();
        Assert.NotEmpty(later);
        foreach (var id in later)
            Assert.Equal(
                (id, OrchestrationRuntimeStatus.Terminated),
                (id, (await desk.Host.Client.GetInstanceAsync(id))!.RuntimeStatus)
            );

        await HoursAsync(desk, 2);

        foreach (var (article, _) in Known())
        {
            Assert.Empty(await desk.Cases.WakesAsync(article));
            foreach (var task in await desk.OpenTasksAsync(article))
                Assert.Equal(
                    (task.Id, OrchestrationRuntimeStatus.Running),
                    (task.Id, (await desk.Host.Client.GetInstanceAsync($"review-{task.Id}"))?.RuntimeStatus)
                );
            await AssertChainAsync(desk, article);
        }
    }

    [Theory]
    [InlineData("data-0.1.0")]
    [InlineData("data-0.1.0-names")]
    public async Task Open_tasks_are_decided_and_what_was_ready_is_published(string fixture)
    {
        await using var desk = await OpenAsync(fixture);
        Assert.Equal(202, await desk.PublishAsync(Budget));
        Assert.Equal(
            (1, ArticleStage.Published),
            ((await desk.HeadAsync(Budget)).PublicationDone, (await desk.HeadAsync(Budget)).Stage)
        );
        Assert.Contains("<h1", await desk.Host.Http.GetStringAsync($"reports/{Budget}"), StringComparison.Ordinal);

        await HoursAsync(desk, 2); // the lease has ended, clocks run
        foreach (var article in Known().Where(known => known.Id is not (Budget or Exams)).Select(known => known.Id))
        {
            foreach (var task in await desk.OpenTasksAsync(article))
                Assert.Equal((task.Id, 200), (task.Id, await desk.DecideAsync(task.Id, DeskHost.Approve(task), "ben")));
            Assert.Equal(ArticleStage.Ready, (await desk.HeadAsync(article)).Stage);
            Assert.All(await desk.TasksAsync(article), task => Assert.Equal(TaskState.Decided, task.State));
            Assert.Equal(202, await desk.PublishAsync(article));
        }

        Assert.Equal(0, await desk.Host.Client.GetAllInstancesAsync().CountAsync(instance => !instance.IsCompleted));
        Assert.All(
            await Task.WhenAll(Known().Select(known => desk.AuditAsync(known.Id))),
            audit => Assert.Single(audit, "published")
        );
    }

    [Fact]
    public async Task An_article_whose_name_a_Mac_wrote_is_found_by_both_spellings_and_gets_its_next_version()
    {
        await using var desk = await OpenAsync("data-0.1.0");
        const string Composed = "R\u00E9sum\u00E9-S\u00FCd.txt",
            Decomposed = "Re\u0301sume\u0301-Su\u0308d.txt";
        Assert.Equal(
            (Resume, Resume),
            (await desk.Cases.KeyOfAsync("articles", Composed), await desk.Cases.KeyOfAsync("articles", Decomposed))
        );

        await desk.Host.WhenIdleAsync(); // the file of that name that was there is seen first: its bytes are no version

        await desk.DropAsync(Composed, RiverText.A);

        Assert.Equal(2, (await desk.HeadAsync(Resume)).Run);
        Assert.Equal(
            Known().Count(),
            (await desk.GetAsync<ListOf<ArticleSummary>>(Role.Reviewer, "api/articles")).Body!.Items.Count
        );
    }

    [Fact]
    public async Task What_was_acknowledged_before_the_host_was_killed_comes_to_its_end()
    {
        await using var desk = await OpenAsync("data-0.1.0-killed");
        await HoursAsync(desk, 2);

        foreach (var task in _known["acknowledgedLast"]!.AsArray())
        {
            Assert.Single(await desk.Cases.DecisionsAsync((string)task!));
            Assert.True((await desk.Host.Client.GetInstanceAsync($"review-{task}"))!.IsCompleted);
        }

        Assert.Equal(
            (ArticleStage.Reviewing, 1),
            (await desk.HeadAsync(River) is var head ? (head.Stage, head.Run) : default)
        );
        Assert.Equal(8, (await desk.OpenTasksAsync(River)).Count);
        await desk.DecideAllAsync(Budget, task => DeskHost.Approve(task));
        await desk.DecideAllAsync(River, task => DeskHost.Approve(task));
        Assert.Equal((202, 202), (await desk.PublishAsync(Budget), await desk.PublishAsync(River)));
        Assert.Equal(3, (await desk.Host.Http.GetStringAsync("feed.json")).Split("\"url\"").Length - 1);
        Assert.Equal(1, (await desk.HeadAsync(Exams)).PublicationDone);
    }

    private IEnumerable<(string Id, JsonNode Article)> Known() =>
        _known["articles"]!.AsArray().Select(article => ((string)article!["id"]!, article));

    /// <summary>Some minutes after it was left.</summary>
    private async Task<DeskHost> OpenAsync(string fixture)
    {
        var path = Repository.PathOf("tests", "fixtures", fixture);
        _known = JsonNode.Parse(await File.ReadAllTextAsync($"{path}.json"))!;
        await ZipFile.ExtractToDirectoryAsync($"{path}.zip", _folder.Path);
        return await DeskHost.StartAsync(with: options =>
        {
            options.Data = _folder[fixture];
            options.Start = DateTimeOffset.Parse((string)_known["madeAt"]!).AddMinutes(10);
        });
    }

    private static async Task HoursAsync(DeskHost desk, int hours)
    {
        for (var minute = 0; minute < 60 * hours; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task AssertChainAsync(DeskHost desk, string article)
    {
        var head = await desk.HeadAsync(article);
        Assert.Null(AuditChain.FirstBreak(await desk.Cases.AuditAsync(article), head.AuditSeq, head.AuditHash));
    }
}
