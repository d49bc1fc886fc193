using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FactCheck.Storage.Audit;

namespace FactCheck.Storage.Azure;

/// <summary>The audit log as append blobs of a container of their own: what is there can be added to, not rewritten. A
/// policy of immutability on the container keeps even the app from removing it. The summary, which is replaced, is in
/// another.</summary>
public sealed class BlobAuditFiles(BlobServiceClient service) : IAuditFiles
{
    /// <summary>The container.</summary>
    public const string Audit = "audit";

    /// <summary>The container of the summary.</summary>
    public const string AuditSummary = "auditsummary";

    private const string Folder = "log/";
    private const string Summary = "summary.json";

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Audit);
    private readonly BlobContainerClient _summary = service.GetBlobContainerClient(AuditSummary);

    /// <inheritdoc/>
    public string Place => _container.Uri.GetLeftPart(UriPartial.Path);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditFile>> ListAsync(CancellationToken cancellation = default)
    {
        var files = new List<AuditFile>();
        try
        {
            var blobs = _container.GetBlobsAsync(new GetBlobsOptions { Prefix = Folder }, cancellation);
            await foreach (var blob in blobs)
                files.Add(new(blob.Name[Folder.Length..], blob.Properties.ContentLength ?? 0));
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // The first line makes it.
        }

        return files;
    }

    /// <inheritdoc/>
    public async Task<byte[]> ReadAsync(string name, long from, CancellationToken cancellation = default)
    {
        var options = new BlobDownloadOptions { Range = new(from) };
        return (
            await _container.GetBlobClient(Folder + name).DownloadContentAsync(options, cancellation)
        ).Value.Content.ToArray();
    }

    /// <inheritdoc/>
    public async Task<bool> AppendAsync(
        string name,
        long length,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation = default
    )
    {
        var blob = _container.GetAppendBlobClient(Folder + name);
        try
        {
            if (length == 0)
                await CreateAsync(blob, cancellation);
            var options = new AppendBlobAppendBlockOptions { Conditions = new() { IfAppendPositionEqual = length } };
            using var block = new MemoryStream(bytes.ToArray());
            await blob.AppendBlockAsync(block, options, cancellation);
            return true;
        }
        // Not as long as it was thought, gone, or full.
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadSummaryAsync(CancellationToken cancellation = default)
    {
        try
        {
            return (await _summary.GetBlobClient(Summary).DownloadContentAsync(cancellation)).Value.Content.ToArray();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task WriteSummaryAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        var blob = _summary.GetBlobClient(Summary);
        try
        {
            await blob.UploadAsync(BinaryData.FromBytes(bytes), overwrite: true, cancellation);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _summary.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await blob.UploadAsync(BinaryData.FromBytes(bytes), overwrite: true, cancellation);
        }
    }

    private async Task CreateAsync(AppendBlobClient blob, CancellationToken cancellation)
    {
        var isNew = new AppendBlobCreateOptions { Conditions = new() { IfNoneMatch = ETag.All } };
        try
        {
            await blob.CreateAsync(isNew, cancellation);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await blob.CreateAsync(isNew, cancellation);
        }
    }
}
