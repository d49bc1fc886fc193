using System.Runtime.Versioning;
using System.Text;
using FactCheck.Storage.Local;
using FactCheck.Storage.Rules;

namespace FactCheck.Tests.Storage.Local;

/// <summary>
/// The contract on folders, and what only a folder has: files that people drop, sidecars, links, other programs.
/// </summary>
public sealed class FolderBlobsTests : BlobStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FolderBlobs _store;

    public FolderBlobsTests() => _store = new(_folder["data"]);

    protected override IBlobStore Store => _store;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_was_dropped_is_a_blob_and_changes_its_etag_when_it_changes()
    {
        Drop("2024/a.txt", "first");
        var first = (await Store.FindAsync(Container, "2024/a.txt"))!;
        Drop("2024/a.txt", "second");
        var second = (await Store.FindAsync(Container, "2024/a.txt"))!;

        Assert.Equal("second", await Read("2024/a.txt"));
        Assert.Equal(["2024/a.txt"], await Names());
        Assert.NotEqual(first.ETag, second.ETag);
    }

    [Fact]
    public async Task A_sidecar_that_was_dropped_says_what_is_known_of_the_article_and_is_no_blob()
    {
        Drop("a.txt", "x");
        Drop(
            "a.txt.meta.json",
            "\uFEFF"
                + """
                { // by hand
                  "title": "Störche", "sourceUrl": "https://example.org/", "words": 12, "tags": ["a"], "byline": null,
                }
                """
        );

        var found = (await Store.FindAsync(Container, "a.txt"))!;
        var listed = Assert.Single(await Store.ListAsync(Container).ToListAsync());

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["title"] = "Störche",
                ["sourceUrl"] = "https://example.org/",
                ["words"] = "12",
                ["tags"] = """["a"]""",
            },
            found.Metadata
        );
        Assert.Equal("Störche", found.Metadata["TITLE"]);
        Assert.Equal(found.Metadata, listed.Metadata);
        Assert.Null(await Store.ReadAsync(Container, "a.txt.meta.json"));
    }

    [Theory]
    [InlineData("{ \"title\": ")]
    [InlineData("[\"title\"]")]
    [InlineData("\"title\"")]
    [InlineData("")]
    [InlineData("{ \"title\": \"\\uD83D\" }")]
    public async Task A_sidecar_that_cant_be_read_is_told_in_the_metadata(string json)
    {
        Drop("a.txt", "x");
        Drop("a.txt.meta.json", json);

        var (name, error) = Assert.Single(await Metadata("a.txt"));

        Assert.Equal("error", name);
        Assert.StartsWith("The metadata beside the file could not be read: ", error, StringComparison.Ordinal);
        Assert.Equal("x", await Read("a.txt"));
    }

    [Fact]
    public async Task A_sidecar_is_at_most_64_KiB_long()
    {
        Drop("a.txt", "x");
        const string Around = """{"title":""}""";
        Drop("a.txt.meta.json", Around.Insert(10, new string('x', BlobSidecar.MaxBytes - Around.Length)));
        Assert.Equal(BlobSidecar.MaxBytes - Around.Length, (await Metadata("a.txt"))["title"].Length);

        Drop("a.txt.meta.json", Around.Insert(10, new string('x', BlobSidecar.MaxBytes - Around.Length + 1)));
        Assert.Contains("65536", Assert.Single(await Metadata("a.txt")).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sidecar_alone_is_nothing()
    {
        Drop("a.txt.meta.json", "{}");

        Assert.Empty(await Names());
        Assert.Null(await Store.FindAsync(Container, "a.txt"));
    }

    [Fact]
    public async Task Metadata_is_written_beside_the_blob_where_people_can_read_it()
    {
        await Write("a.txt", "x", new() { ["title"] = "Störche & Co" });

        Assert.Contains(
            "\"title\": \"Störche & Co\"",
            File.ReadAllText(PathOf("a.txt.meta.json")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Hidden_and_temporary_files_are_no_blobs_and_writing_leaves_none()
    {
        Drop(".DS_Store", "x");
        Drop(".git/config", "x");
        Drop("a/.b.txt.swp", "x");
        await Write("a/b.txt", "x", new() { ["title"] = "B" });
        await Write("a/c.txt", "x", []); // nothing is known: nothing lies beside it

        Assert.Equal(["a/b.txt", "a/c.txt"], await Names());
        Assert.Equal(
            [".b.txt.swp", "b.txt", "b.txt.meta.json", "c.txt"],
            Directory.GetFiles(PathOf("a")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_write_that_was_cancelled_leaves_the_old_version_and_no_temporary_file()
    {
        await Write("a.txt", "old");
        using var cancel = new CancellationTokenSource();
        var writing = Store.WriteAsync(
            Container,
            "a.txt",
            new byte[50_000_000],
            "text/plain",
            cancellation: cancel.Token
        );
        await cancel.CancelAsync();
        var cancelled = await Record.ExceptionAsync(() => writing);

        // Either the writer was done before it heard, or nothing has happened.
        if (cancelled is null)
            Assert.Equal(50_000_000, (await Store.FindAsync(Container, "a.txt"))!.Length);
        else
            Assert.Equal("old", await Read("a.txt"));
        Assert.Single(Directory.GetFiles(PathOf(".")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")] // making a link needs a privilege there
    public async Task Links_are_not_followed_out_of_the_root()
    {
        Directory.CreateDirectory(_folder["outside"]);
        File.WriteAllText(_folder["outside", "secret.txt"], "secret");
        Drop("a.txt", "x");
        Directory.CreateSymbolicLink(PathOf("way-out"), _folder["outside"]);
        File.CreateSymbolicLink(PathOf("secret.txt"), _folder["outside", "secret.txt"]);
        File.CreateSymbolicLink(PathOf("a.txt.meta.json"), _folder["outside", "secret.txt"]);
        Directory.CreateSymbolicLink(_folder["data", "linked"], _folder["outside"]);

        Assert.Equal(["a.txt"], await Names());
        Assert.Empty(await Metadata("a.txt"));
        foreach (var name in (string[])["secret.txt", "way-out/secret.txt"])
        {
            Assert.Null(await Store.FindAsync(Container, name));
            Assert.Null(await Store.ReadAsync(Container, name));
            Assert.False(await Store.DeleteAsync(Container, name));
        }

        Assert.Null(await Store.ReadAsync("linked", "secret.txt"));
        Assert.Empty(await Store.ListAsync("linked").ToListAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => Write("way-out/new.txt", "x"));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Store.WriteAsync("linked", "new.txt", new byte[1], "text/plain")
        );
        // Replaces the link, not what it leads to.
        await Write("secret.txt", "mine");
        Assert.Equal("secret", File.ReadAllText(_folder["outside", "secret.txt"]));
        Assert.Equal(["secret.txt"], Directory.GetFiles(_folder["outside"]).Select(Path.GetFileName));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")] // making a link needs a privilege there
    public async Task A_root_that_is_a_link_itself_is_fine()
    {
        Directory.CreateDirectory(_folder["disk2"]);
        Directory.CreateSymbolicLink(_folder["link"], _folder["disk2"]);
        var store = new FolderBlobs(_folder["link"]);

        await store.WriteAsync("articles", "a.txt", "x"u8.ToArray(), "text/plain");

        Assert.Single(await store.ListAsync("articles").ToListAsync());
        Assert.True(File.Exists(_folder["disk2", "articles", "a.txt"]));
    }

    [Fact]
    public async Task A_name_cant_be_a_blob_and_a_folder()
    {
        await Write("a/b", "x");
        await Assert.ThrowsAsync<ArgumentException>(() => Write("a", "x"));
        await Assert.ThrowsAsync<ArgumentException>(() => Write("a/b/c", "x"));
        await Assert.ThrowsAsync<ArgumentException>(() => Write("a/b/c/d", "x"));

        Assert.Equal(["a/b"], await Names());
    }

    [Fact]
    public async Task A_file_whose_time_lies_in_the_future_still_gets_another_etag()
    {
        Drop("a.txt", "same");
        File.SetLastWriteTimeUtc(PathOf("a.txt"), new(2199, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var before = (await Store.FindAsync(Container, "a.txt"))!.ETag;

        Assert.NotEqual(before, await Write("a.txt", "same"));

        // And it does not carry the others away with it.
        await Write("b.txt", "x");
        Assert.InRange(File.GetLastWriteTimeUtc(PathOf("b.txt")).Year, 2020, 2198);
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_restart()
    {
        var etag = await Write("a.txt", "x", new() { ["title"] = "A" });
        var reopened = (await new FolderBlobs(_folder["data"]).FindAsync(Container, "a.txt"))!;

        Assert.Equal((etag, "A"), (reopened.ETag, reopened.Metadata["title"]));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_may_read_what_was_written()
    {
        await Write("a/b.txt", "x", new() { ["title"] = "B" });
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        foreach (var file in (string[])["a/b.txt", "a/b.txt.meta.json"])
            Assert.Equal(Owner, File.GetUnixFileMode(PathOf(file)));
        foreach (var folder in (string[])[_folder["data"], PathOf("."), PathOf("a")])
            Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    private string PathOf(string name) => Path.GetFullPath(_folder["data", Container, name]);

    private void Drop(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}
