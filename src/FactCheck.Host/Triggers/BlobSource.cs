namespace FactCheck.Runtime;

/// <summary>A blob that was found: its name within the container, and what tells this version from others.</summary>
internal sealed record FoundBlob(string Name, string ETag);

/// <summary>What one look at a container saw.</summary>
/// <param name="Wanted">The blobs that were asked for, and are whole.</param>
/// <param name="Names">The names of all that is there; null when that can't be said.</param>
internal sealed record BlobListing(IReadOnlyList<FoundBlob> Wanted, IReadOnlySet<string>? Names);

/// <summary>Where the blobs of a container are: a folder, or a container of Azure Storage.</summary>
internal interface IBlobSource : IDisposable
{
    /// <summary>The folder or address, for people; without secrets.</summary>
    string Place { get; }

    /// <summary>Whether the last look left out a blob because it may still be written.</summary>
    bool HasUnfinished { get; }

    /// <summary>Looks at all blobs.</summary>
    /// <exception cref="BlobSourceException">The place can't be reached.</exception>
    Task<BlobListing> LookAsync(Predicate<FoundBlob> wanted, CancellationToken cancellation);

    /// <summary>The blob as it is now; null when it is gone.</summary>
    /// <exception cref="BlobSourceException">The place can't be reached.</exception>
    Task<FoundBlob?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>The bytes of a blob. Reading throws <see cref="BlobSourceException"/> when the place can't be reached.</summary>
    Stream Open(FoundBlob blob);

    /// <summary>From now on <see cref="WaitAsync"/> is called between looks.</summary>
    void Watch();

    /// <summary>Waits until it is time for the next look.</summary>
    Task WaitAsync(CancellationToken cancellation);

    /// <summary>Ends the wait: there is reason to look.</summary>
    void Wake();
}

/// <summary>A wait that can be ended early; being woken before it begins counts, being woken twice counts once.</summary>
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
internal sealed class BlobSourceException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>The one among an exception and its causes, if any: a function may have wrapped it.</summary>
    public static BlobSourceException? In(Exception? exception) => exception switch
    {
        null => null,
        BlobSourceException away => away,
        AggregateException many => many.InnerExceptions.Select(In).FirstOrDefault(found => found is not null),
        _ => In(exception.InnerException),
    };
}

/// <summary>A blob as its function gets it.</summary>
internal sealed class TriggeredBlob(IBlobSource source, FoundBlob blob)
{
    public async ValueTask<object?> ReadAsync(Type type, CancellationToken cancellation)
    {
        if (type == typeof(Stream))
            return source.Open(blob);
        await using var stream = source.Open(blob);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellation);
        if (type == typeof(byte[]))
            return bytes.ToArray();
        bytes.Position = 0;
        using var reader = new StreamReader(bytes);
        return await reader.ReadToEndAsync(cancellation);
    }
}
