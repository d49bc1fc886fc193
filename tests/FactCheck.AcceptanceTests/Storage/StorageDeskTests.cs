using System.Net;
using System.Text.Json.Nodes;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>A desk that has its articles, reports and evidence in Azure Storage.</summary>
public sealed class StorageDeskTests(Azurite azurite, ITestOutputHelper output)
{
    [Fact]
    public async Task An_uploaded_blob_goes_all_the_way_to_a_report_in_the_account()
    {
        await using var storage = await StorageDesk.OpenAsync(azurite);
        var desk = storage.Desk;
        await storage.UploadAsync(
            "wire/ferry.txt",
            Texts.Ferry,
            new() { ["outlet"] = "The Ostmoor Courier", ["sourceUrl"] = "https://example.org/ferry" }
        );
        var article = await desk.UntilAsync("wire/ferry.txt", found => found.Text("stage") == "Reviewing");
        Assert.Equal("The Ostmoor Courier", article["meta"]!.Text("outlet"));
        Assert.Equal("https://example.org/ferry", article["meta"]!.Text("sourceUrl"));

        await Desk.DecideAllAsync(await desk.ReviewerAsync(), article);
        await desk.PublishAsync("wire/ferry.txt");

        var id = article["article"]!.Text("id");
        Assert.Contains($"{id}/v0001/report.html", await storage.NamesAsync("reports"));
        Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync($"reports/{id}")).Status);
        Assert.Equal(["arrived", "selected"], (await desk.AuditAsync(id)).Take(2));
        foreach (var folder in (string[])["articles", "reports", "evidence", "texts"])
            Assert.False(
                Directory.Exists(Path.Combine(desk.Data.Path, folder))
                    && Directory.EnumerateFileSystemEntries(Path.Combine(desk.Data.Path, folder)).Any(),
                folder
            );
    }

    [Fact]
    public async Task An_article_that_is_sent_over_http_is_a_blob_and_checked_once()
    {
        await using var storage = await StorageDesk.OpenAsync(azurite);
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await (await storage.Desk.SubmitterAsync()).UploadAsync("ferry.txt", Texts.Ferry)).Status
        );
        var article = await storage.Desk.UntilAsync("ferry.txt", found => found.Text("stage") == "Reviewing");
        Assert.Equal(
            Texts.Ferry,
            (await storage.Articles.GetBlobClient("ferry.txt").DownloadContentAsync()).Value.Content.ToString()
        );

        // The container's own event comes too, and is through when a later one is.
        await storage.UploadAsync("later.txt", Texts.Short);
        await storage.Desk.UntilAsync("later.txt", found => found.Text("stage") == "Reviewing");
        Assert.Equal(["arrived", "selected"], await storage.Desk.AuditAsync(article["article"]!.Text("id")));
    }

    // Most have nothing to read, since so many whole checks take minutes; that is found in the same steps as anything
    // else.
    [Fact]
    public async Task Each_of_many_blobs_that_are_there_at_the_start_is_checked_once()
    {
        var many = Limits.IsFull ? 2_000 : 300;
        await using var storage = await StorageDesk.OpenAsync(
            azurite,
            articles =>
                Parallel.ForAsync(
                    0,
                    many,
                    new ParallelOptions { MaxDegreeOfParallelism = 16 },
                    async (i, _) =>
                        await StorageDesk.UploadAsync(
                            articles,
                            $"{i % 10}/{i:D4}.txt",
                            i % 100 == 0 ? Texts.Short : new string(' ', i)
                        )
                )
        );
        var start = TimeProvider.System.GetTimestamp();
        var editor = await storage.Desk.EditorAsync();

        IReadOnlyList<string> last = [];
        var articles = await Limits.UntilAsync(
            Limits.Many,
            async () => (last = await ArticlesAsync(editor)).Count(IsOver) >= many ? last : null,
            () => $"{many} articles; {last.Count(IsOver)} of {last.Count} are over\n{storage.Desk.Host.Output}"
        );
        output.WriteLine($"{many} blobs checked: {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s");

        Assert.Equal(
            Enumerable
                .Range(0, many)
                .Select(i => $"{i % 10}/{i:D4}.txt run 1 {(i % 100 == 0 ? "Reviewing" : "Rejected")}")
                .Order(StringComparer.Ordinal),
            articles.Order(StringComparer.Ordinal)
        );
        await storage.Desk.AssertNoPoisonAsync();

        static bool IsOver(string article) =>
            article.EndsWith("Reviewing", StringComparison.Ordinal)
            || article.EndsWith("Rejected", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_desk_with_articles_is_not_started_where_its_blobs_are_not()
    {
        await using var storage = await StorageDesk.OpenAsync(azurite);
        var desk = storage.Desk;
        await storage.UploadAsync("ferry.txt", Texts.Short);
        await desk.UntilAsync("ferry.txt", found => found.Text("stage") == "Reviewing");
        await desk.Host.StopAsync();

        var (exitCode, said) = await HostProcess.RunAsync(desk.Data, "serve");
        Assert.NotEqual(0, exitCode);
        Assert.Contains(
            storage.Articles.Uri.ToString().Replace("/articles", ", not in its folders", StringComparison.Ordinal),
            said,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);

        await desk.StartAgainAsync();
        Assert.Equal(
            "Reviewing",
            (await Desk.FindAsync(await desk.EditorAsync(), "ferry.txt"))!["article"]!.Text("stage")
        );
    }

    [Fact]
    public async Task A_desk_in_folders_with_articles_is_not_started_on_an_account_and_one_without_is()
    {
        var account = (await azurite.NewAccountAsync()).ConnectionString!;
        await using var desk = await Desk.OpenAsync();
        await desk.EditorAsync();
        await desk.Host.StopAsync();
        await using (
            var moved = await HostProcess.ServeAsync(
                desk.Data,
                environment: StorageDesk.Environment(new() { ConnectionString = account })
            )
        )
            await moved.StopAsync();
        await desk.StartAgainAsync();
        await desk.DropAsync("ferry.txt", Texts.Short);
        await desk.Host.StopAsync();

        var (exitCode, said) = await HostProcess.RunAsync(desk.Data, "serve", "--storage", account);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("in its folders", said, StringComparison.Ordinal);
        Assert.DoesNotContain("AccountKey", said, StringComparison.Ordinal);
    }

    // The steps of docs/storage.md.
    [Fact]
    public async Task A_desk_that_is_moved_from_folders_to_an_account_has_its_cases_and_reports_there()
    {
        var account = await azurite.NewAccountAsync();
        await using var desk = await Desk.OpenAsync();
        desk.Data.Drop("ferry.txt.meta.json", """{ "outlet": "The Ostmoor Courier" }""");
        await Desk.DecideAllAsync(await desk.ReviewerAsync(), await desk.DropAsync("ferry.txt", Texts.Ferry));
        var before = await desk.PublishAsync("ferry.txt");
        await desk.Host.StopAsync();

        var service = account.CreateBlobServiceClient();
        foreach (var container in (string[])["articles", "texts", "reports"])
        {
            var (folder, client) = (Path.Combine(desk.Data.Path, container), service.GetBlobContainerClient(container));
            await client.CreateAsync();
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
                await client.GetBlobClient(Path.GetRelativePath(folder, file)).UploadAsync(file);
        }

        await File.WriteAllTextAsync(Path.Combine(desk.Data.Path, "blobs-are-in.txt"), service.Uri.ToString());
        foreach (var container in (string[])["articles", "texts", "reports"])
            Directory.Delete(Path.Combine(desk.Data.Path, container), recursive: true);
        await using var moved = await HostProcess.ServeAsync(desk.Data, environment: StorageDesk.Environment(account));
        var editor = await moved.SignInAsync("Edda", "Editor");
        await StorageDesk.UploadAsync(service.GetBlobContainerClient("articles"), "later.txt", Texts.Short);
        await Limits.UntilAsync(
            Limits.Back,
            async () =>
                await Desk.FindAsync(editor, "later.txt") is { } later && later["article"]!.Text("stage") == "Reviewing"
                    ? later
                    : null,
            () => moved.Output
        );

        var after = (await Desk.FindAsync(editor, "ferry.txt"))!;
        Assert.Equal(FactsOf(before), FactsOf(after));
        Assert.Equal(HttpStatusCode.OK, (await editor.GetAsync($"reports/{after["article"]!.Text("id")}")).Status);

        // What a case holds; its last steps after a publication may still move times and stages on.
        static string FactsOf(JsonNode found) =>
            $"{found["article"]!.Number("run")} {found["article"]!.Number("publishedVersion")} "
            + $"{found["meta"]!.ToJsonString()} "
            + $"{string.Join(' ', found.List("tasks").Select(t => $"{t.Text("id")}:{t.Text("state")}"))}";
    }

    [Theory]
    [InlineData("")]
    [InlineData("a secret that is no connection string")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=desk;AccountKey=a secret;EndpointSuffix=core.windows.net")]
    [InlineData("http://desk.blob.core.windows.net")]
    [InlineData("https://desk.blob.core.windows.net/?sig=a%20secret")]
    public async Task What_is_no_storage_is_refused_in_a_sentence_that_does_not_repeat_it(string storage)
    {
        using var data = new DataFolder();
        var (exitCode, said) = await HostProcess.RunAsync(data, "serve", "--storage", storage);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("storage", said, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret", said, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    // Name, newest run and stage of every article.
    private static async Task<IReadOnlyList<string>> ArticlesAsync(Caller editor)
    {
        var all = new List<string>();
        string? cursor = null;
        do
        {
            var page = (
                await editor.GetAsync(
                    $"api/articles{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}"
                )
            ).Json;
            all.AddRange(
                page.List("items")
                    .Select(article => $"{article.Text("name")} run {article.Number("run")} {article.Text("stage")}")
            );
            cursor = (string?)page["cursor"];
        } while (cursor is not null);
        return all;
    }
}
