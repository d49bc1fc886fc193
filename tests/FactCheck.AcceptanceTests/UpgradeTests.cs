using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>Data folders that former releases left (tests/fixtures) are opened as whoever upgrades does.</summary>
public sealed class UpgradeTests
{
    [Theory]
    [InlineData("data-0.1.0")]
    [InlineData("data-0.1.0-killed")]
    public async Task A_data_folder_of_a_former_release_opens_and_work_goes_on(string name)
    {
        using var data = Unpack(name);
        var before = JsonNode.Parse(
            await File.ReadAllTextAsync(Repository.PathOf("tests", "fixtures", $"{name}.json"))
        )!;
        await using var desk = await Desk.OpenAsync(data);
        var (editor, reviewer) = (await desk.EditorAsync(), await desk.ReviewerAsync());

        foreach (var article in before.List("articles"))
        {
            var id = article.Text("id");
            // What was on its way when the host was killed goes on.
            var isUnderWay = article.Text("stage") is not ("Reviewing" or "Ready" or "Published");
            var found = await Limits.UntilAsync(
                Limits.Back,
                async () =>
                    (await editor.GetAsync($"api/articles/{id}")).Json is var now
                    && (!isUnderWay || now["article"]!.Text("stage") == "Reviewing")
                        ? now
                        : null,
                () => $"{article.Text("name")} checked\n{desk.Host.Output}"
            );
            Assert.Equal(article.Text("name"), found["article"]!.Text("name"));
            if (isUnderWay)
                continue;
            Assert.Equal(article.Text("stage"), found["article"]!.Text("stage"));
            Assert.Equal(
                article.List("tasks").Select(StateOf).Order(StringComparer.Ordinal),
                found.List("tasks").Select(StateOf).Order(StringComparer.Ordinal)
            );
            Assert.Equal(article.Number("audit"), (await desk.AuditAsync(id)).Count);
        }

        var open = before.List("articles").First(article => article.Number("openTasks") > 0);
        foreach (var task in open.List("tasks").Where(task => task.Text("state") is "Open" or "InProgress"))
        {
            var decided = await Desk.DecideAsync(reviewer, task.Text("id"));
            Assert.True(decided.Status == HttpStatusCode.OK, decided.ToString());
        }

        await desk.PublishAsync(open.Text("name"));
        foreach (var published in before.List("published"))
        {
            Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync(published.Text("url").TrimStart('/'))).Status);
            foreach (var statement in published.List("statements"))
                Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync($"claims/{(string)statement!}")).Status);
        }
    }

    // A lease ends by the clock.
    private static string StateOf(JsonNode task) =>
        $"{task.Text("id")} {task.Text("state").Replace("InProgress", "Open", StringComparison.Ordinal)}";

    private static DataFolder Unpack(string name)
    {
        var data = new DataFolder();
        using var zip = ZipFile.OpenRead(Repository.PathOf("tests", "fixtures", $"{name}.zip"));
        foreach (var entry in zip.Entries.Where(entry => !entry.FullName.EndsWith('/')))
        {
            var file = Path.Combine(data.Path, entry.FullName[(name.Length + 1)..]);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            entry.ExtractToFile(file);
        }

        return data;
    }
}
