using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FactCheck.Storage.Rules;
using BlobInfo = FactCheck.Domain.BlobInfo;
using IBlobStore = FactCheck.Domain.IBlobStore;

namespace FactCheck.Storage.Azure;

/// <summary>Blobs in Azure Blob Storage. Metadata beyond printable ASCII is one encoded-word of RFC 2047. A sidecar
/// (<see cref="BlobSidecar"/>) may lie beside a blob here too: <see cref="FindAsync"/> adds it to the blob's own
/// metadata, which wins; <see cref="ListAsync"/> gives only that. Names that a folder could not hold (hidden, empty
/// parts) are not there.</summary>
public sealed class AzureBlobs(BlobServiceClient service) : IBlobStore
{
    /// <inheritdoc/>
    public async Task<BlobInfo?> FindAsync(string container, string name, CancellationToken cancellation = default)
    {
        BlobRules.CheckContainer(container);
        cancellation.ThrowIfCancellationRequested();
        if (!BlobRules.IsName(name, out _))
            return null;
        var client = service.GetBlobContainerClient(container);
        if (
            await OrNullAsync(() => client.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellation))
            is not { Value: var found }
        )
            return null;
        var metadata = await SidecarAsync(client, name, cancellation);
        foreach (var (key, value) in Decoded(found.Metadata))
            metadata[key] = value;
        return new(name, Text(found.ETag), found.ContentLength, metadata);
    }

    /// <inheritdoc/>
    public async Task<(byte[] Content, string ETag)?> ReadAsync(
        string container,
        string name,
        CancellationToken cancellation = default
    )
    {
        BlobRules.CheckContainer(container);
        cancellation.ThrowIfCancellationRequested();
        if (!BlobRules.IsName(name, out _))
            return null;
        var blob = service.GetBlobContainerClient(container).GetBlobClient(name);
        return await OrNullAsync(() => blob.DownloadContentAsync(cancellation)) is { Value: var found }
            ? (found.Content.ToArray(), Text(found.Details.ETag))
            : null;
    }

    /// <inheritdoc/>
    public async Task<string> WriteAsync(
        string container,
        string name,
        ReadOnlyMemory<byte> content,
        string contentType,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellation = default
    )
    {
        BlobRules.CheckContainer(container);
        BlobRules.CheckName(name);
        BlobRules.CheckMetadata(metadata);
        cancellation.ThrowIfCancellationRequested();
        var client = service.GetBlobContainerClient(container);
        var options = new BlobUploadOptions
        {
            HttpHeaders = new() { ContentType = contentType },
            Metadata = metadata?.ToDictionary(
                entry => entry.Key,
                entry => MetadataText.Encode(entry.Value),
                StringComparer.OrdinalIgnoreCase
            ),
        };
        try
        {
            // What a sidecar said of the version before is not said of this one.
            await client.GetBlobClient(BlobSidecar.NameOf(name)).DeleteIfExistsAsync(cancellationToken: cancellation);
            return await UploadAsync();
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await client.CreateIfNotExistsAsync(cancellationToken: cancellation);
            return await UploadAsync();
        }

        async Task<string> UploadAsync() =>
            Text(
                (await client.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), options, cancellation))
                    .Value
                    .ETag
            );
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation = default)
    {
        BlobRules.CheckContainer(container);
        cancellation.ThrowIfCancellationRequested();
        if (!BlobRules.IsName(name, out _))
            return false;
        var client = service.GetBlobContainerClient(container);
        // The blob first: a sidecar that is left alone is nothing.
        if (
            !await client
                .GetBlobClient(name)
                .DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellation)
        )
            return false;
        await client.GetBlobClient(BlobSidecar.NameOf(name)).DeleteIfExistsAsync(cancellationToken: cancellation);
        return true;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobInfo> ListAsync(
        string container,
        string prefix = "",
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        BlobRules.CheckContainer(container);
        ArgumentNullException.ThrowIfNull(prefix);
        cancellation.ThrowIfCancellationRequested();
        var options = new GetBlobsOptions { Traits = BlobTraits.Metadata, Prefix = prefix };
        await using var pages = service
            .GetBlobContainerClient(container)
            .GetBlobsAsync(options, cancellation)
            .AsPages()
            .GetAsyncEnumerator(cancellation);
        while (await HasNextAsync(pages))
        {
            foreach (var blob in pages.Current.Values.Where(blob => BlobRules.IsName(blob.Name, out _)))
                yield return new(
                    blob.Name,
                    Text(blob.Properties.ETag!.Value),
                    blob.Properties.ContentLength ?? 0,
                    Decoded(blob.Metadata)
                );
        }
    }

    private static async Task<bool> HasNextAsync(IAsyncEnumerator<Page<BlobItem>> pages)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return false;
        }
    }

    private static async Task<Dictionary<string, string>> SidecarAsync(
        BlobContainerClient client,
        string name,
        CancellationToken cancellation
    )
    {
        // One byte more than is allowed, so that one that is too long shows it.
        var first = new BlobDownloadOptions { Range = new(0, BlobSidecar.MaxBytes + 1) };
        try
        {
            return
                await OrNullAsync(() =>
                    client.GetBlobClient(BlobSidecar.NameOf(name)).DownloadContentAsync(first, cancellation)
                )
                    is { Value: var sidecar }
                ? BlobSidecar.Read(sidecar.Content.ToMemory())
                : BlobRules.Metadata();
        }
        // An empty blob has no first byte to ask for.
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidRange)
        {
            return BlobSidecar.Read(default);
        }
    }

    private static async Task<Response<T>?> OrNullAsync<T>(Func<Task<Response<T>>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Decoded(IDictionary<string, string>? metadata) =>
        BlobRules.Metadata(metadata?.Select(entry => KeyValuePair.Create(entry.Key, MetadataText.Decode(entry.Value))));

    private static string Text(ETag etag) => etag.ToString("H");
}
