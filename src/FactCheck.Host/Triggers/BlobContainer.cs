using System.Diagnostics;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FactCheck.Host.Triggers;

/// <summary>A container of Azure Storage, made when it is missing. It is listed again and again: its change feed and
/// its logs come minutes late.</summary>
internal sealed class BlobContainer(BlobContainerClient container) : IBlobSource
{
    // With a listing of 10,000 blobs in well under a second, a new one is found within two.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly WakeUp _wake = new();
    private TimeSpan _lastLook;

    // Not the whole address: a shared access signature may follow.
    public string Place { get; } = container.Uri.GetLeftPart(UriPartial.Path);

    /// <summary>Never: a blob is there when it is whole.</summary>
    public bool NeedsSecondLook => false;

    public async Task<BlobListing> LookAsync(Predicate<FoundBlob> wanted, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var found = new List<FoundBlob>();
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            await foreach (var item in container.GetBlobsAsync(cancellationToken: cancellation))
            {
                if (item.Properties.ETag is not { } etag)
                    continue;
                var blob = new FoundBlob(item.Name, Text(etag));
                versions[blob.Name] = blob.ETag;
                if (wanted(blob))
                    found.Add(blob);
            }
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await CreateAsync(cancellation);
            return new([], null);
        }
        catch (Exception exception) when (BlobFaults.IsAway(exception, cancellation))
        {
            throw BlobFaults.Away(exception);
        }
        _lastLook = Stopwatch.GetElapsedTime(start);
        return new(found, versions);
    }

    public async Task<BlobDetails?> FindAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var blob = container.GetBlobClient(name);
            var about = (await blob.GetPropertiesAsync(cancellationToken: cancellation)).Value;
            var uri = new Uri(blob.Uri.GetLeftPart(UriPartial.Path));
            return new(
                new(name, Text(about.ETag)),
                uri,
                about.ContentLength,
                about.LastModified,
                about.ContentType,
                about.Metadata
            );
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception exception) when (BlobFaults.IsAway(exception, cancellation))
        {
            throw BlobFaults.Away(exception);
        }
    }

    /// <summary>All of it has that ETag, or reading fails; after a broken connection the SDK resumes so too.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(FoundBlob blob, CancellationToken cancellation)
    {
        var sameVersion = new BlobDownloadOptions { Conditions = new() { IfMatch = new(blob.ETag) } };
        try
        {
            return (
                await container.GetBlobClient(blob.Name).DownloadContentAsync(sameVersion, cancellation)
            ).Value.Content.ToMemory();
        }
        catch (Exception exception) when (BlobFaults.IsAway(exception, cancellation))
        {
            throw BlobFaults.Away(exception);
        }
    }

    /// <summary>Always: nothing else takes its place, and a container made anew gives its blobs new ETags.</summary>
    public Task<bool> HasMarkAsync(string mark) => Task.FromResult(true);

    public Task MarkAsync(string mark) => Task.CompletedTask;

    public void Watch() { }

    /// <summary>A container that takes long to list is not listed all the time.</summary>
    public Task WaitAsync(CancellationToken cancellation) =>
        _wake.WaitAsync(_lastLook > s_interval ? _lastLook : s_interval, cancellation);

    public void Wake() => _wake.Wake();

    public void Dispose() => _wake.Dispose();

    private async Task CreateAsync(CancellationToken cancellation)
    {
        try
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
        }
        // 409: it is being deleted, which takes a while.
        catch (Exception exception)
            when (BlobFaults.IsAway(exception, cancellation) || exception is RequestFailedException { Status: 409 })
        {
            throw BlobFaults.Away(exception);
        }
    }

    // A listing has tags without quotation marks, a header with them.
    private static string Text(ETag etag) => etag.ToString("H");
}

/// <summary>Tells what the service says of a request from its not being there.</summary>
internal static class BlobFaults
{
    /// <summary>Whether it is not there for us: no connection, no answer in time, refused to this identity, too busy,
    /// broken. Other answers (a version that is gone, a blob in the archive) are about the blob.</summary>
    public static bool IsAway(Exception exception, CancellationToken cancellation) =>
        exception switch
        {
            OperationCanceledException => !cancellation.IsCancellationRequested, // the SDK's own limit
            RequestFailedException failed => failed.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
            AggregateException tries => tries.InnerExceptions.Any(one => IsAway(one, cancellation)),
            _ => true, // no identity, no such host
        };

    public static BlobSourceException Away(Exception exception) => new(Why(exception), exception);

    // The SDK's messages have the answer's headers below; the last of several tries says it best.
    private static string Why(Exception exception)
    {
        var reason = exception is AggregateException { InnerExceptions: [.., var last] } ? last : exception;
        return reason.Message.Split('\n')[0].Trim();
    }
}
