namespace FactCheck.Host.Triggers;

/// <summary>A folder as a blob container; sub-folders are part of a blob's name. Blobs are regular files with content
/// that nobody writes; each is asked for with a time limit of its own, and what is not taken is named once.</summary>
internal sealed class BlobFolder(string root, TimeSpan watchedInterval, ILogger logger) : IBlobSource
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_unfinishedInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longUnfinishedInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longUnfinished = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longHeld = TimeSpan.FromMinutes(1);

    private readonly FileCalls _listings = new(TimeSpan.FromMinutes(1));
    private readonly FileCalls _calls = new(TimeSpan.FromSeconds(10));
    private readonly FileCalls _reads = new(TimeSpan.FromMinutes(1));

    // where only a second look tells
    private readonly Dictionary<string, string> _lastLook = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _heldSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly FolderWatch _watch = new(Path.GetFullPath(root), logger);
    private volatile bool _isUnmarkable;
    private long? _unfinishedSince;

    public string Place { get; } = Path.GetFullPath(root);

    public bool NeedsSecondLook { get; private set; }

    public async Task<BlobListing> LookAsync(Predicate<FoundBlob> wanted, CancellationToken cancellation)
    {
        var listing = await ListAsync();
        _watch.Renew();
        NeedsSecondLook = false;
        var versions = new Dictionary<string, string>(listing.Files.Count, StringComparer.Ordinal);
        var blobs = new List<FoundBlob>();
        var (unfinished, problems) = (false, new HashSet<string>(StringComparer.Ordinal));
        foreach (var (name, why) in listing.LeftOut)
            Tell(name, why);
        foreach (var (blob, length) in listing.Files)
        {
            versions[blob.Name] = blob.ETag;
            if (!wanted(blob))
                continue;
            cancellation.ThrowIfCancellationRequested();
            var found = await ProbeAsync(blob, length);
            if (found != Probed.Unfinished)
                _heldSince.Remove(blob.Name);
            if (found == Probed.Ready)
                blobs.Add(blob);
            else if (found == Probed.Problem)
                problems.Add(blob.Name);
            unfinished |= found == Probed.Unfinished;
        }
        _unfinishedSince = unfinished ? _unfinishedSince ?? Environment.TickCount64 : null;
        problems.UnionWith(listing.LeftOut.Select(left => left.Name));
        if (listing.IsComplete)
            ForgetGone(versions, problems);
        return new(blobs, listing.IsComplete ? versions : null);
    }

    public Task<BlobDetails?> FindAsync(string name, CancellationToken cancellation)
    {
        var path = PathOf(name);
        return AskAsync(_calls, path, () => Find(name, path));
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(FoundBlob blob, CancellationToken cancellation)
    {
        var path = PathOf(blob.Name);
        return AskAsync(_reads, path, () => Read(blob, path));
    }

    public Task<bool> HasMarkAsync(string mark) => AskAsync(_calls, Place, () => File.Exists(MarkPath(mark)));

    public Task MarkAsync(string mark) =>
        AskAsync(
            _calls,
            Place,
            () =>
            {
                try
                {
                    File.WriteAllText(
                        MarkPath(mark),
                        "By this file a host knows the folder whose files it has seen. Without it, it forgets nothing.\n"
                    );
                    return true;
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    if (!_isUnmarkable)
                        logger.LogWarning(
                            "{Folder} can't be marked ({Why}): when most of its files are gone at once, what was done with them "
                                + "is not forgotten",
                            Place,
                            exception.Message
                        );
                    _isUnmarkable = true;
                    return false;
                }
            }
        );

    public void Watch() => _watch.Begin();

    public async Task WaitAsync(CancellationToken cancellation)
    {
        if (await _watch.WaitAsync(UntilNextLook(), cancellation))
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation); // files come in bursts
    }

    public void Wake() => _watch.Wake();

    public void Dispose() => _watch.Dispose();

    // Nothing tells when a file is closed.
    private TimeSpan UntilNextLook() =>
        (_unfinishedSince, _watch.IsOn) switch
        {
            ({ } since, _) when Environment.TickCount64 - since < s_longUnfinished.TotalMilliseconds =>
                s_unfinishedInterval,
            ({ }, _) => s_longUnfinishedInterval,
            (null, false) => s_interval,
            _ => watchedInterval,
        };

    private async Task<FolderListing> ListAsync()
    {
        try
        {
            return await _listings.RunAsync(Place, () => FolderListing.Of(Place));
        }
        catch (DirectoryNotFoundException exception)
        {
            _watch.Lose(); // it watches what was there before
            throw new BlobSourceException("the folder is not there", exception); // not mounted, perhaps
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new BlobSourceException(exception.Message, exception);
        }
    }

    /// <summary>Whether a file can be taken now. An empty one is left until it has content.</summary>
    private async Task<Probed> ProbeAsync(FoundBlob blob, long length)
    {
        var path = PathOf(blob.Name);
        try
        {
            if (length == 0)
            {
                if (await _calls.RunAsync(path, () => RegularFile.WhyNot(path)) is not { } kind)
                    return Probed.NotYet;
                Tell(blob.Name, kind);
                return Probed.Problem;
            }
            var done = await _calls.RunAsync(path, () => IsDone(path));
            return done ?? IsAsBefore(blob)
                ? Probed.Ready
                : Held(blob, "it has been open for writing for over a minute");
        }
        catch (FileHeldException exception)
        {
            return Held(blob, exception.Message);
        }
        catch (FileNotFoundException)
        {
            if (!blob.Name.Contains('\uFFFD', StringComparison.Ordinal))
                return Probed.NotYet; // gone again
            Tell(blob.Name, "its name is not valid UTF-8");
            return Probed.Problem;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TimeoutException)
        {
            Tell(blob.Name, exception.Message);
            return Probed.Problem;
        }
    }

    private static bool? IsDone(string path)
    {
        using var handle = RegularFile.Open(path);
        return FileReadiness.IsDone(handle);
    }

    private bool IsAsBefore(FoundBlob blob)
    {
        var same =
            _lastLook.TryGetValue(blob.Name, out var before)
            && string.Equals(before, blob.ETag, StringComparison.Ordinal);
        _lastLook[blob.Name] = blob.ETag;
        NeedsSecondLook |= !same;
        return same;
    }

    private Probed Held(FoundBlob blob, string why)
    {
        var now = Environment.TickCount64;
        if (!_heldSince.TryAdd(blob.Name, now) && now - _heldSince[blob.Name] > s_longHeld.TotalMilliseconds)
            Tell(blob.Name, why);
        return Probed.Unfinished;
    }

    private static BlobDetails? Find(string name, string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.LinkTarget is not null)
            return null;
        var blob = new FoundBlob(name, FolderListing.ETag(file.LastWriteTimeUtc, file.Length));
        return new(
            blob,
            new Uri(path),
            file.Length,
            new DateTimeOffset(file.LastWriteTimeUtc),
            "application/octet-stream",
            new Dictionary<string, string>(StringComparer.Ordinal)
        );
    }

    private static ReadOnlyMemory<byte> Read(FoundBlob blob, string path)
    {
        using var handle = RegularFile.Open(path);
        var bytes = new byte[RandomAccess.GetLength(handle)];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), read) is > 0 and var more)
            read += more;
        return string.Equals(Find(blob.Name, path)?.Blob.ETag, blob.ETag, StringComparison.Ordinal)
            ? bytes.AsMemory(0, read)
            : throw new IOException("it was overwritten while it was read");
    }

    /// <summary>Said once, until it is something else.</summary>
    private void Tell(string name, string why)
    {
        lock (_told)
        {
            if (_told.TryGetValue(name, out var before) && string.Equals(before, why, StringComparison.Ordinal))
                return;
            _told[name] = why;
        }
        logger.LogWarning("{File} in {Folder} is not taken: {Why}", Shown(name), Place, why);
    }

    /// <summary>What is gone or in order again is told of anew when it comes again.</summary>
    private void ForgetGone(Dictionary<string, string> versions, HashSet<string> problems)
    {
        Remove(_lastLook, name => !versions.ContainsKey(name));
        Remove(_heldSince, name => !versions.ContainsKey(name));
        lock (_told)
            Remove(_told, name => !problems.Contains(name) && !_heldSince.ContainsKey(name));
    }

    private static void Remove<T>(Dictionary<string, T> from, Predicate<string> gone)
    {
        foreach (var name in from.Keys.Where(name => gone(name)).ToArray())
            from.Remove(name);
    }

    /// <summary>A name in a log is one line.</summary>
    private static string Shown(string name) =>
        string.Concat(name.Select(one => char.IsControl(one) ? $"\\x{(int)one:x2}" : one.ToString()));

    private string PathOf(string name) => Path.Combine(Place, name.Replace('/', Path.DirectorySeparatorChar));

    private string MarkPath(string mark) => Path.Combine(Place, $".functions-host-{mark}");

    private static async Task<T> AskAsync<T>(FileCalls calls, string path, Func<T> ask)
    {
        try
        {
            return await calls.RunAsync(path, ask);
        }
        catch (TimeoutException exception)
        {
            throw new BlobSourceException(exception.Message, exception);
        }
    }

    private enum Probed
    {
        Ready,
        NotYet,
        Unfinished,
        Problem,
    }
}
