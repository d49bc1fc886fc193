using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace FactCheck.Tests.Storage;

/// <summary>
/// What every blob store does. Run against folders here and against Azure Blob Storage's emulator in the acceptance
/// tests.
/// </summary>
public abstract class BlobStoreContract
{
    private const string Text = "text/plain; charset=utf-8";

    // A container of its own for each test, as stores are shared.
    private readonly string _container = "c-" + Guid.NewGuid().ToString("N");

    protected abstract IBlobStore Store { get; }

    protected string Container => _container;

    [Theory]
    [InlineData("ab", false)]
    [InlineData("abc", true)]
    [InlineData("a123456789b123456789c123456789d123456789e123456789f123456789abc", true)]
    [InlineData("a123456789b123456789c123456789d123456789e123456789f123456789abcd", false)]
    [InlineData("Abc", false)]
    [InlineData("-abc", false)]
    [InlineData("abc-", false)]
    [InlineData("a-b", true)]
    [InlineData("a--b", false)]
    public async Task A_container_has_3_to_63_small_letters_digits_and_single_hyphens(string container, bool isOne)
    {
        if (isOne)
            Assert.Null(await Store.FindAsync(container, "a.txt"));
        else
            await Assert.ThrowsAsync<ArgumentException>(() => Store.FindAsync(container, "a.txt"));
    }

    [Fact]
    public async Task A_blob_that_was_written_is_read_and_found_with_its_etag()
    {
        var etag = await Write("2024/storks.txt", "Störche");

        var (content, read) = (await Store.ReadAsync(_container, "2024/storks.txt"))!.Value;
        var found = (await Store.FindAsync(_container, "2024/storks.txt"))!;

        Assert.Equal("Störche", Encoding.UTF8.GetString(content));
        Assert.Equal(etag, read);
        Assert.Equal(("2024/storks.txt", etag, 8), (found.Name, found.ETag, found.Length));
        Assert.Empty(found.Metadata);
        Assert.True(EntityTagHeaderValue.TryParse(etag, out _), etag);
    }

    [Fact]
    public async Task Nothing_is_found_where_nothing_was_written()
    {
        Assert.Null(await Store.FindAsync(_container, "a.txt"));
        Assert.Null(await Store.ReadAsync(_container, "a.txt"));
        Assert.False(await Store.DeleteAsync(_container, "a.txt"));
        Assert.Empty(await Names());

        await Write("a/b.txt", "x");

        Assert.Null(await Store.FindAsync(_container, "a"));
        Assert.Null(await Store.ReadAsync(_container, "a"));
        Assert.Null(await Store.FindAsync(_container, "a/b.txt/c"));
        Assert.False(await Store.DeleteAsync(_container, "a"));
        Assert.Equal(["a/b.txt"], await Names());
    }

    [Fact]
    public async Task Every_write_gives_another_etag_also_of_the_same_bytes()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 20; i++)
            Assert.True(seen.Add(await Write("a.txt", "same")));

        Assert.Contains((await Store.FindAsync(_container, "a.txt"))!.ETag, seen);
    }

    [Fact]
    public async Task Writing_again_replaces_bytes_and_metadata()
    {
        await Write("a.txt", "a long first version", new() { ["title"] = "First", ["outlet"] = "The Post" });
        await Write("a.txt", "second", new() { ["title"] = "Second" });

        Assert.Equal("second", await Read("a.txt"));
        Assert.Equal(new Dictionary<string, string> { ["title"] = "Second" }, await Metadata("a.txt"));

        await Write("a.txt", "third");

        Assert.Equal("third", await Read("a.txt"));
        Assert.Empty(await Metadata("a.txt"));
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        await Write("empty", "");

        Assert.Equal("", await Read("empty"));
        Assert.Equal(0, (await Store.FindAsync(_container, "empty"))!.Length);
        Assert.Equal(["empty"], await Names());
    }

    [Fact]
    public async Task A_removed_blob_is_gone_and_its_metadata_too()
    {
        await Write("a.txt", "x", new() { ["title"] = "Old" });

        Assert.True(await Store.DeleteAsync(_container, "a.txt"));
        Assert.False(await Store.DeleteAsync(_container, "a.txt"));
        Assert.Null(await Store.FindAsync(_container, "a.txt"));
        Assert.Null(await Store.ReadAsync(_container, "a.txt"));

        await Write("a.txt", "y");
        Assert.Empty(await Metadata("a.txt"));
    }

    [Theory]
    [InlineData("Störche über Berlin.html")]
    [InlineData("статьи/Погода.txt")]
    [InlineData("新闻/天气 预报.txt")]
    [InlineData("🔥 hot.txt")]
    [InlineData("50% off, \"really\"? #1 & more+more=most.txt")]
    [InlineData("a%2Fb.txt")]
    [InlineData("it's {0}.txt")]
    public async Task Names_are_kept_whatever_the_script(string name)
    {
        // Windows keeps no such name in a folder; there it is refused, which a test of its own says.
        if (OperatingSystem.IsWindows() && name.IndexOfAny(['"', '?']) >= 0)
            return;
        await Write(name, "x", new() { ["title"] = name });

        Assert.Equal([name], await Names());
        Assert.Equal("x", await Read(name));
        Assert.Equal(name, (await Metadata(name))["title"]);
        Assert.True(await Store.DeleteAsync(_container, name));
    }

    [Theory]
    [InlineData("Störche über Berlin")]
    [InlineData("Погода сегодня")]
    [InlineData("新闻 🔥")]
    [InlineData("")]
    [InlineData(" spaces at the ends ")]
    [InlineData("two\r\nlines\tand a tab")]
    [InlineData("100% \"quoted\" \\ back, comma; semicolon")]
    [InlineData("https://example.org/a%2Fb?x=1&y=%C3%A9#top")]
    [InlineData("=?UTF-8?B?w6k=?=")]
    public async Task Metadata_is_kept_whatever_it_says(string value)
    {
        await Write("a.txt", "x", new() { ["title"] = value, ["source_url2"] = "https://example.org/" });

        Assert.Equal(value, (await Metadata("a.txt"))["TITLE"]);
        Assert.Equal("https://example.org/", (await Metadata("a.txt"))["Source_Url2"]);
        await foreach (var listed in Store.ListAsync(_container))
            Assert.Equal(value, listed.Metadata["Title"]);
    }

    [Fact]
    public async Task Metadata_that_Azure_would_refuse_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Write("a.txt", "x", new() { ["source-url"] = "x" }));
        await Assert.ThrowsAsync<ArgumentException>(() => Write("a.txt", "x", new() { ["1st"] = "x" }));
        await Assert.ThrowsAsync<ArgumentException>(() => Write("a.txt", "x", new() { [""] = "x" }));
        await Assert.ThrowsAsync<ArgumentException>(() => Write("a.txt", "x", new() { ["título"] = "x" }));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Write("a.txt", "x", new() { ["title"] = "a", ["Title"] = "b" })
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Write("a.txt", "x", new() { ["title"] = new string('x', 8 * 1024) })
        );
        await Assert.ThrowsAsync<ArgumentException>(() => Write("a.txt", "x", new() { ["title"] = "\uD83D" }));
        Assert.Null(await Store.FindAsync(_container, "a.txt"));

        await Write("a.txt", "x", new() { ["title"] = new string('x', (8 * 1024) - 5) });
        Assert.Equal((8 * 1024) - 5, (await Metadata("a.txt"))["title"].Length);
    }

    public static TheoryData<string> NamesThatCantBeStored =>
        [
            "",
            ".",
            "..",
            "../a.txt",
            "a/../../b.txt",
            "a/..",
            "/etc/passwd",
            "/a.txt",
            "a//b.txt",
            "a/",
            "a\\b.txt",
            "..\\a.txt",
            "C:\\a.txt",
            ".hidden",
            "a/.hidden/b.txt",
            "a/./b.txt",
            "a\0.txt",
            "a\nb.txt",
            "a\u007F",
            "a\u0085b",
            "a.",
            "a./b",
            "a /b",
            "half\uD83D",
            "a.txt.meta.json",
            "a.META.json",
            new string('n', 1025),
            new string('n', 241),
            "a/" + new string('é', 121),
        ];

    [Theory]
    [MemberData(nameof(NamesThatCantBeStored))]
    public async Task A_name_that_would_escape_or_cant_be_stored_is_refused_when_written_and_not_there_when_read(
        string name
    )
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Write(name, "x"));
        Assert.Null(await Store.FindAsync(_container, name));
        Assert.Null(await Store.ReadAsync(_container, name));
        Assert.False(await Store.DeleteAsync(_container, name));
        Assert.Empty(await Names());
    }

    [Fact]
    public async Task The_longest_names_are_kept()
    {
        var name = string.Join('/', Enumerable.Repeat(new string('n', 240), 4)) + "/" + new string('x', 60);
        Assert.Equal(1024, name.Length);

        await Write(name, "x", new() { ["title"] = "Long" });

        Assert.Equal([name], await Names());
        Assert.Equal("Long", (await Metadata(name))["title"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Articles")]
    [InlineData("a_b")]
    [InlineData("-articles")]
    [InlineData("articles-")]
    [InlineData("my--articles")]
    [InlineData("..")]
    [InlineData("../articles")]
    [InlineData("a/b/c")]
    [InlineData("aufsätze")]
    public async Task A_container_has_a_name_that_Azure_takes(string container)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.WriteAsync(container, "a.txt", Bytes("x"), Text));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReadAsync(container, "a.txt"));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.FindAsync(container, "a.txt"));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(container, "a.txt"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ListAsync(container).ToListAsync());
    }

    [Fact]
    public async Task Blobs_are_listed_in_ordinal_order_of_their_names()
    {
        string[] names = ["Z", "a-b", "a.b", "a/b", "a/c/d", "a/c-d", "a0", "aa", "b", "é", "Ж", "a b", "a!b", "A/a"];
        foreach (var name in names.Reverse())
            await Write(name, name, new() { ["title"] = name });

        var listed = await Store.ListAsync(_container).ToListAsync();

        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Select(blob => blob.Name));
        Assert.All(
            listed,
            blob =>
                Assert.Equal((blob.Name, Encoding.UTF8.GetByteCount(blob.Name)), (blob.Metadata["title"], blob.Length))
        );
        foreach (var blob in listed)
            Assert.Equal((await Store.FindAsync(_container, blob.Name))!.ETag, blob.ETag);
    }

    [Fact]
    public async Task Blobs_are_listed_by_prefix()
    {
        foreach (var name in (string[])["2024/05/a", "2024/06/b", "2024/06", "2024-06", "2023/06/c", "reports/x"])
            if (name is not "2024/06")
                await Write(name, "x");

        Assert.Equal(["2024/05/a", "2024/06/b"], await Names("2024/"));
        Assert.Equal(["2024-06", "2024/05/a", "2024/06/b"], await Names("2024"));
        Assert.Equal(["2024/06/b"], await Names("2024/06"));
        Assert.Equal(["2024/06/b"], await Names("2024/06/b"));
        Assert.Equal(["reports/x"], await Names("rep"));
        Assert.Empty(await Names("2024/06/b/"));
        Assert.Empty(await Names("../"));
        Assert.Empty(await Names("/"));
    }

    [Fact]
    public async Task Three_thousand_blobs_are_listed_whole_and_in_order()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 3000),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) => await Write($"{i % 7}/{i:0000}.txt", $"{i}")
        );

        var listed = await Store.ListAsync(_container).ToListAsync();

        Assert.Equal(
            Enumerable.Range(0, 3000).Select(i => $"{i % 7}/{i:0000}.txt").Order(StringComparer.Ordinal),
            listed.Select(blob => blob.Name)
        );
        Assert.All(listed, blob => Assert.NotEmpty(blob.ETag));
        Assert.Equal("2999", await Read("3/2999.txt"));
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_blob()
    {
        static byte[] Of(byte value) => [.. Enumerable.Repeat(value, 100_000 + (value * 100))];
        await Store.WriteAsync(_container, "a.bin", Of(0), "application/octet-stream");
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            var etags = new HashSet<string>();
            for (byte value = 1; !stop.IsCancellationRequested; value++)
                etags.Add(await Store.WriteAsync(_container, "a.bin", Of(value), "application/octet-stream"));
            return etags.Count;
        });

        var seen = new HashSet<string>();
        for (var read = 0; (read < 100 || seen.Count < 5) && !writing.IsCompleted; read++)
        {
            var (content, etag) = (await Store.ReadAsync(_container, "a.bin"))!.Value;
            seen.Add(etag);
            Assert.True(
                content.AsSpan().SequenceEqual(Of(content[0])),
                $"{content.Length} bytes that begin with {content[0]}."
            );
        }

        await stop.CancelAsync();
        Assert.True(await writing >= 4, "The writer wrote while the reader read.");
    }

    [Fact]
    public async Task Of_many_writers_one_is_last_with_its_own_bytes_and_metadata()
    {
        // Several rounds: a store whose writers mix would get away with one now and then.
        for (var round = 0; round < 25; round++)
        {
            var etags = await Task.WhenAll(
                Enumerable
                    .Range(0, 10)
                    .Select(i => Task.Run(() => Write("a.txt", $"{i}", new() { ["writer"] = $"{i}" })))
            );

            Assert.Equal(10, etags.Distinct().Count());
            var last = int.Parse((await Read("a.txt"))!, CultureInfo.InvariantCulture);
            var found = (await Store.FindAsync(_container, "a.txt"))!;
            Assert.Equal(($"{last}", etags[last]), (found.Metadata["writer"], found.ETag));
        }
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Write("there.txt", "x");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.WriteAsync(_container, "a.txt", Bytes("x"), Text, cancellation: cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.DeleteAsync(_container, "there.txt", cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.FindAsync(_container, "there.txt", cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.ReadAsync(_container, "there.txt", cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.ListAsync(_container, "", cancelled).ToListAsync()
        );
        Assert.Equal(["there.txt"], await Names());
    }

    protected Task<string> Write(string name, string text, Dictionary<string, string>? metadata = null) =>
        Store.WriteAsync(_container, name, Bytes(text), Text, metadata);

    protected async Task<string?> Read(string name) =>
        await Store.ReadAsync(_container, name) is var (content, _) ? Encoding.UTF8.GetString(content) : null;

    protected async Task<IReadOnlyDictionary<string, string>> Metadata(string name) =>
        (await Store.FindAsync(_container, name))!.Metadata;

    protected async Task<IReadOnlyList<string>> Names(string prefix = "") =>
        [.. (await Store.ListAsync(_container, prefix).ToListAsync()).Select(blob => blob.Name)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
