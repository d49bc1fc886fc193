using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FactCheck.Storage.Azure;
using FactCheck.Storage.Rules;
using FactCheck.Tests.Storage;
using IBlobStore = FactCheck.Domain.IBlobStore;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>The contract on Azure Blob Storage's emulator, and blobs that others put there.</summary>
public sealed class AzureBlobsTests(Azurite azurite) : BlobStoreContract, IAsyncLifetime
{
    private BlobServiceClient _service = null!;
    private AzureBlobs _store = null!;

    protected override IBlobStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _service = (await azurite.AccountAsync()).CreateBlobServiceClient();
        _store = new(_service);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_blob_says_its_content_type_and_plain_metadata_reads_as_it_is_to_everybody()
    {
        await Write("a.html", "x", new() { ["byline"] = "Ann O'Neill", ["title"] = "Störche" });

        BlobProperties found = await Others.GetBlobClient("a.html").GetPropertiesAsync();

        Assert.Equal("text/plain; charset=utf-8", found.ContentType);
        Assert.Equal("Ann O'Neill", found.Metadata["byline"]);
        Assert.Equal("=?UTF-8?B?U3TDtnJjaGU=?=", found.Metadata["title"]);
    }

    [Fact]
    public async Task A_blob_that_another_program_put_there_is_found_with_the_metadata_it_set()
    {
        await Others.CreateAsync();
        var set = new Dictionary<string, string>
        {
            ["sourceUrl"] = "https://example.org/a%2Fb",
            ["odd"] = "=?UTF-8?B?no base64!?=",
            ["cut"] = "=?UTF-8?B?w6=?=",
            ["latin"] = "=?UTF-8?B?6Q==?=",
        };
        await Others
            .GetBlobClient("a.txt")
            .UploadAsync(BinaryData.FromString("x"), new BlobUploadOptions { Metadata = set });

        var metadata = await Metadata("a.txt");

        foreach (var (name, value) in set)
            Assert.Equal(value, metadata[name.ToUpperInvariant()]);
    }

    [Fact]
    public async Task A_sidecar_adds_to_the_blobs_own_metadata_and_is_no_blob()
    {
        await Write("a.txt", "x", new() { ["title"] = "Its own" });
        await Drop("a.txt.meta.json", """{ "title": "Beside it", "byline": "Ann" }""");

        Assert.Equal(
            new Dictionary<string, string> { ["title"] = "Its own", ["byline"] = "Ann" },
            await Metadata("a.txt")
        );
        Assert.Equal(["a.txt"], await Names());

        await Write("a.txt", "y");
        Assert.Empty(await Metadata("a.txt"));

        await Drop("a.txt.meta.json", "{}");
        await Store.DeleteAsync(Container, "a.txt");
        Assert.Empty(await Others.GetBlobsAsync().ToListAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"title\": ")]
    public async Task A_sidecar_that_cant_be_read_is_told_in_the_metadata(string json)
    {
        await Write("a.txt", "x");
        await Drop("a.txt.meta.json", json);

        Assert.Equal(["error"], (await Metadata("a.txt")).Keys);
    }

    [Fact]
    public async Task A_sidecar_is_at_most_64_KiB_long()
    {
        await Write("a.txt", "x");
        const string Around = """{"title":""}""";
        await Drop("a.txt.meta.json", Around.Insert(10, new string('x', BlobSidecar.MaxBytes - Around.Length)));
        Assert.Equal(["title"], (await Metadata("a.txt")).Keys);

        await Drop("a.txt.meta.json", Around.Insert(10, new string('x', BlobSidecar.MaxBytes - Around.Length + 1)));
        Assert.Equal(["error"], (await Metadata("a.txt")).Keys);
    }

    [Fact]
    public async Task Blobs_that_no_folder_could_hold_are_not_there()
    {
        await Write("a.txt", "x");
        await Drop(".hidden", "x");
        await Drop("a//b.txt", "x");

        Assert.Equal(["a.txt"], await Names());
        Assert.Null(await Store.FindAsync(Container, ".hidden"));
    }

    [Fact]
    public async Task A_container_that_was_removed_meanwhile_is_made_anew()
    {
        await Write("a.txt", "x");
        await Others.DeleteAsync();

        Assert.Null(await Read("a.txt"));
        Assert.Empty(await Names());
        await Write("a.txt", "y");

        Assert.Equal("y", await Read("a.txt"));
    }

    private BlobContainerClient Others => _service.GetBlobContainerClient(Container);

    private Task Drop(string name, string text) =>
        Others.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(Encoding.UTF8.GetBytes(text)), overwrite: true);
}
