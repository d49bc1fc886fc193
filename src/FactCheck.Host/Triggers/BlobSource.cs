namespace FactCheck.Host.Triggers;

/// <summary>A blob that was found: its name within the container, and what tells this version from others.</summary>
internal sealed record FoundBlob(string Name, string ETag);

/// <summary>What functions are told of a blob beside its name.</summary>
internal sealed record BlobDetails(
    FoundBlob Blob,
    Uri Uri,
    long Length,
    DateTimeOffset LastModified,
    string ContentType,
    IDictionary<string, string> Metadata
);

/// <summary>What one look at a container saw.</summary>
/// <param name="Wanted">The blobs that were asked for, and are whole.</param>
/// <param name="Versions">All that is there, names with ETags; null when that can't be said.</param>
internal sealed record BlobListing(IReadOnlyList<FoundBlob> Wanted, IReadOnlyDictionary<string, string>? Versions);

/// <summary>Where the blobs of a container are: a folder, or a container of Azure Storage.</summary>
internal interface IBlobSource : IDisposable
{
    /// <summary>The folder or address, for people; without secrets.</summary>
    string Place { get; }

    /// <summary>Whether the last look left out a blob because only a second look can tell that it is whole.</summary>
    bool NeedsSecondLook { get; }

    /// <exception cref="BlobSourceException">The place can't be reached.</exception>
    Task<BlobListing> LookAsync(Predicate<FoundBlob> wanted, CancellationToken cancellation);

    /// <summary>The blob as it is now; null when it is gone.</summary>
    /// <exception cref="BlobSourceException">The place can't be reached.</exception>
    Task<BlobDetails?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>The bytes of that version.</summary>
    /// <exception cref="BlobSourceException">The place can't be reached.</exception>
    /// <exception cref="IOException">It can't be read, or was overwritten meanwhile.</exception>
    Task<ReadOnlyMemory<byte>> ReadAsync(FoundBlob blob, CancellationToken cancellation);

    /// <summary>Whether what is there is surely what was given this mark, and no stand-in for a while.</summary>
    Task<bool> HasMarkAsync(string mark);

    /// <summary>Marks it; what can't be marked stays as it is.</summary>
    Task MarkAsync(string mark);

    /// <summary>From now on <see cref="WaitAsync"/> is called between looks.</summary>
    void Watch();

    Task WaitAsync(CancellationToken cancellation);

    /// <summary>Ends the wait: there is reason to look.</summary>
    void Wake();
}

/// <summary>A wait that can be ended early; a wake before it counts, and two count once.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _woken = new(0, 1);
    private bool _disposed;

    /// <summary>Waits; whether somebody woke it.</summary>
    public Task<bool> WaitAsync(TimeSpan most, CancellationToken cancellation) => _woken.WaitAsync(most, cancellation);

    public void Wake()
    {
        lock (_woken)
        {
            if (!_disposed && _woken.CurrentCount == 0)
                _woken.Release();
        }
    }

    public void Dispose()
    {
        lock (_woken)
        {
            _disposed = true;
            _woken.Dispose();
        }
    }
}

/// <summary>The place can't be reached, which is no fault of any blob.</summary>
internal sealed class BlobSourceException(string message, Exception? inner = null) : Exception(message, inner);
