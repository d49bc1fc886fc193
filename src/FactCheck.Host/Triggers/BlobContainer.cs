using System.Diagnostics;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FactCheck.Runtime;

/// <summary>A container of Azure Storage, made when it is missing. It is listed again and again: its change feed and its logs come minutes late.</summary>
internal sealed class BlobContainer(BlobContainerClient container) : IBlobSource
{
    // With a listing of 10,000 blobs in well under a second, a new one is found within two.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly WakeUp _wake = new();
    private TimeSpan _lastLook;

    // Not the whole address: a shared access signature may follow.
    public string Place { get; } = container.Uri.GetLeftPart(UriPartial.Path);

    /// <summary>Never: a blob is there when it is whole.</summary>
    public bool HasUnfinished => false;

    public async Task<BlobListing> LookAsync(Predicate<FoundBlob> wanted, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var found = new List<FoundBlob>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (var item in container.GetBlobsAsync(cancellationToken: cancellation))
            {
                names.Add(item.Name);
                if (item.Properties.ETag is { } etag && new FoundBlob(item.Name, Text(etag)) is var blob && wanted(blob))
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
        return new(found, names);
    }

    public async Task<FoundBlob?> FindAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var properties = await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellation);
            return new(name, Text(properties.Value.ETag));
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

    public Stream Open(FoundBlob blob) => new BlobStream(container.GetBlobClient(blob.Name), new(blob.ETag));

    public void Watch() { }

    /// <summary>A container that takes long to list is not listed all the time.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _wake.WaitAsync(_lastLook > Interval ? _lastLook : Interval, cancellation);

    public void Wake() => _wake.Wake();

    public void Dispose() => _wake.Dispose();

    private async Task CreateAsync(CancellationToken cancellation)
    {
        try
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
        }
        // 409: it is being deleted, which takes a while.
        catch (Exception exception) when (BlobFaults.IsAway(exception, cancellation) || exception is RequestFailedException { Status: 409 })
        {
            throw BlobFaults.Away(exception);
        }
    }

    // A listing has tags without quotation marks, a header with them.
    private static string Text(ETag etag) => etag.ToString("H");
}

/// <summary>One version of a blob, asked for when it is first read: all of it has that ETag, or reading fails.</summary>
internal sealed class BlobStream(BlobClient blob, ETag etag) : Stream
{
    private Stream? _content;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            // After a broken connection the SDK goes on where it was, under the same condition.
            _content ??= (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = new() { IfMatch = etag } }, cancellationToken)).Value.Content;
            return await _content.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (BlobFaults.IsAway(exception, cancellationToken))
        {
            throw BlobFaults.Away(exception);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            _content ??= blob.DownloadStreaming(new BlobDownloadOptions { Conditions = new() { IfMatch = etag } }).Value.Content;
            return _content.Read(buffer, offset, count);
        }
        catch (Exception exception) when (BlobFaults.IsAway(exception, CancellationToken.None))
        {
            throw BlobFaults.Away(exception);
        }
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content?.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Tells what the service says of a request from its not being there.</summary>
internal static class BlobFaults
{
    /// <summary>
    /// Whether it is not there for us: no connection, no answer in time, refused to this identity, too busy, broken. Other answers (a version that is
    /// gone, a blob in the archive) are about the blob.
    /// </summary>
    public static bool IsAway(Exception exception, CancellationToken cancellation) => exception switch
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
