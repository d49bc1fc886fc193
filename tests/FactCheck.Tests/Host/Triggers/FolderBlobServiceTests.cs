using Azure;
using Azure.Storage.Blobs;
using FactCheck.Host;
using FactCheck.Host.Triggers;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Host.Triggers;

/// <summary>Folders read with Azure's own client, as a worker reads them.</summary>
public sealed class FolderBlobServiceTests : IAsyncLifetime
{
    private readonly TempFolder _data = new();
    private FolderBlobService _service = null!;
    private BlobContainerClient _articles = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await FolderBlobService.StartAsync(
            new FunctionHostOptions { AppDirectory = _data.Path, DataDirectory = _data.Path },
            NullLoggerFactory.Instance
        );
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(20);
        _articles = new BlobServiceClient(_service.ConnectionString, options).GetBlobContainerClient("articles");
        Directory.CreateDirectory(_data["articles", "deep"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _data.Dispose();
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("deep/b c.txt")]
    [InlineData("100% #1?&+.txt")]
    [InlineData("🗞️.txt")]
    public async Task A_blob_is_read_whole_in_part_and_as_a_stream(string name)
    {
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(i => i % 10));
        await File.WriteAllTextAsync(_data["articles", name], text);
        var blob = _articles.GetBlobClient(name);

        Assert.Equal(text, (await blob.DownloadContentAsync()).Value.Content.ToString());
        await using var stream = await blob.OpenReadAsync(
            new Azure.Storage.Blobs.Models.BlobOpenReadOptions(false) { BufferSize = 70_000 }
        );
        using var reader = new StreamReader(stream);
        Assert.Equal(text, await reader.ReadToEndAsync());
        var part = await blob.DownloadContentAsync(
            new Azure.Storage.Blobs.Models.BlobDownloadOptions { Range = new HttpRange(5, 3) }
        );
        Assert.Equal("567", part.Value.Content.ToString());
        using var all = new MemoryStream();
        await blob.DownloadToAsync(all);
        Assert.Equal(200_000, all.Length);
        Assert.Equal(200_000, (await blob.GetPropertiesAsync()).Value.ContentLength);
        Assert.True(await blob.ExistsAsync());
    }

    [Fact]
    public async Task An_empty_blob_is_empty_and_a_missing_one_is_not_found()
    {
        await File.WriteAllTextAsync(_data["articles", "empty.txt"], "");
        await File.WriteAllTextAsync(_data["secret.txt"], "x");

        using var empty = new MemoryStream();
        await _articles.GetBlobClient("empty.txt").DownloadToAsync(empty);
        Assert.Equal(0, empty.Length);
        Assert.False(await _articles.GetBlobClient("missing.txt").ExistsAsync());
        Assert.Equal(
            "BlobNotFound",
            (
                await Assert.ThrowsAsync<RequestFailedException>(() =>
                    _articles.GetBlobClient("missing.txt").DownloadContentAsync()
                )
            ).ErrorCode
        );
        Assert.False(await _articles.GetBlobClient("%2e%2e/secret.txt").ExistsAsync());
        Assert.False(await _articles.GetBlobClient("deep").ExistsAsync());
    }

    [Fact]
    public async Task A_version_that_is_gone_is_told_from_the_one_that_is_there()
    {
        var path = _data["articles", "a.txt"];
        await File.WriteAllTextAsync(path, "one");
        var blob = _articles.GetBlobClient("a.txt");
        var etag = (await blob.GetPropertiesAsync()).Value.ETag;
        Assert.Equal(Assert.Single(FolderListing.Of(_data["articles"]).Files).Blob.ETag, etag.ToString().Trim('"'));
        await File.WriteAllTextAsync(path, "longer");

        var gone = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.DownloadContentAsync(
                new Azure.Storage.Blobs.Models.BlobDownloadOptions { Conditions = new() { IfMatch = etag } }
            )
        );

        Assert.Equal(412, gone.Status);
    }

    [Fact]
    public async Task Nothing_can_be_written_listed_or_read_without_the_secret()
    {
        await File.WriteAllTextAsync(_data["articles", "a.txt"], "one");
        var blob = _articles.GetBlobClient("a.txt");

        Assert.Equal(
            405,
            (
                await Assert.ThrowsAsync<RequestFailedException>(() =>
                    blob.UploadAsync(BinaryData.FromString("x"), overwrite: true)
                )
            ).Status
        );
        Assert.Equal(405, (await Assert.ThrowsAsync<RequestFailedException>(() => blob.DeleteAsync())).Status);
        Assert.Equal(
            405,
            (
                await Assert.ThrowsAsync<RequestFailedException>(() => _articles.GetBlobsAsync().FirstAsync().AsTask())
            ).Status
        );
        var stranger = new BlobClient(
            new Uri(new Uri(blob.Uri.GetLeftPart(UriPartial.Path)) + "?sv=2023-11-03&sig=guessed")
        );
        Assert.Equal(
            403,
            (await Assert.ThrowsAsync<RequestFailedException>(() => stranger.DownloadContentAsync())).Status
        );
        Assert.Equal("one", await File.ReadAllTextAsync(_data["articles", "a.txt"]));
    }
}
