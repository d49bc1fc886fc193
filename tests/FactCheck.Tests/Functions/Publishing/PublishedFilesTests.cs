using System.Net;
using System.Text.Json.Nodes;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Publishing;

/// <summary>The public gets what was published, or nothing.</summary>
public sealed class PublishedFilesTests
{
    private static readonly string River = ArticleKey.Of("articles", "river.txt");

    [Fact]
    public async Task A_file_that_was_changed_is_not_shown_and_the_others_are()
    {
        await using var desk = await PublishedAsync();
        foreach (var (path, file) in Pages(desk))
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(desk, path));
            var whole = await File.ReadAllBytesAsync(file);
            await File.WriteAllTextAsync(file, "<h1>Everything is true</h1>");
            using var refused = await desk.Host.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.DoesNotContain("Everything", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            File.Delete(file);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(desk, path));
            foreach (var (other, _) in Pages(desk).Where(p => p.Path != path))
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(desk, other));
            await File.WriteAllBytesAsync(file, whole);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(desk, path));
        }
    }

    [Fact]
    public async Task What_was_changed_before_anybody_asked_is_not_shown_until_it_is_put_back()
    {
        await using var desk = await PublishedAsync();
        var (path, file) = Pages(desk)[0];
        var whole = await File.ReadAllBytesAsync(file);
        await File.AppendAllTextAsync(file, " ");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(desk, path));
        await File.WriteAllBytesAsync(file, whole);
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(desk, path));
    }

    [Fact]
    public async Task A_file_that_somebody_adds_is_nothing_that_was_published()
    {
        await using var desk = await PublishedAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(desk, $"reports/{River}"));
        var made = $"{River}.made.up.1";
        await File.WriteAllTextAsync(
            Path.Combine(desk.Data, "reports", River, "v0001", $"{made}.html"),
            "<h1>True</h1>"
        );
        Assert.InRange((int)await StatusAsync(desk, $"claims/{made}"), 404, 503);
    }

    [Fact]
    public async Task What_was_taken_back_does_not_come_back_by_a_change_of_its_head()
    {
        await using var desk = await PublishedAsync();
        Assert.Equal(202, await desk.PublishAsync(River, new(true, null, "The source withdrew it.")));
        Assert.Contains(River, await desk.Host.Http.GetStringAsync("feed.xml"), StringComparison.Ordinal);
        var tables = desk.Host.Services.GetRequiredService<ITableStore>();
        var row = (await tables.FindAsync(CaseRows.Table, River, CaseRows.Head))!;
        var head = JsonNode.Parse(row.Json)!.AsObject();
        (head["retracted"], head["publicationDone"]) = (false, 1);
        await tables.CommitAsync(CaseRows.Table, River, [new RowChange.Put(CaseRows.Head, head.ToJsonString())]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(desk, $"reports/{River}"));
        Assert.Equal(503, await desk.PublishAsync(River));
        Assert.DoesNotContain(River, await desk.Host.Http.GetStringAsync("feed.xml"), StringComparison.Ordinal);
    }

    private static async Task<DeskHost> PublishedAsync()
    {
        var desk = await DeskHost.StartAsync();
        await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(River, task => DeskHost.Approve(task));
        Assert.Equal(202, await desk.PublishAsync(River));
        return desk;
    }

    private static IReadOnlyList<(string Path, string File)> Pages(DeskHost desk)
    {
        var folder = Path.Combine(desk.Data, "reports", River, "v0001");
        var verdict = Directory
            .GetFiles(folder, "*.claimreview.json")
            .Select(f => Path.GetFileName(f).Replace(".claimreview.json", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .First();
        return
        [
            ($"reports/{River}", Path.Combine(folder, "report.html")),
            ($"reports/{River}.json", Path.Combine(folder, "report.json")),
            ($"claims/{verdict}", Path.Combine(folder, $"{verdict}.html")),
            ($"api/claims/{verdict}/claimreview", Path.Combine(folder, $"{verdict}.claimreview.json")),
        ];
    }

    private static async Task<HttpStatusCode> StatusAsync(DeskHost desk, string path)
    {
        using var answer = await desk.Host.Http.GetAsync(path);
        return answer.StatusCode;
    }
}
