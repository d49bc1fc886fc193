using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace FactCheck.Runtime;

/// <summary>A folder as a blob container. Sub-folders are part of a blob's name.</summary>
internal sealed class BlobFolder(string root, TimeSpan watchedInterval, ILogger logger) : IBlobSource
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan UnfinishedInterval = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, string> _lastLook = new(StringComparer.Ordinal);
    private readonly WakeUp _changed = new();
    private FileSystemWatcher? _watcher;

    public string Place { get; } = System.IO.Path.GetFullPath(root);

    public bool HasUnfinished { get; private set; }

    public Task<BlobListing> LookAsync(Predicate<FoundBlob> wanted, CancellationToken cancellation)
    {
        HasUnfinished = false;
        var blobs = new List<FoundBlob>();
        if (!Directory.Exists(Place))
            return Task.FromResult(new BlobListing(blobs, null)); // not mounted, perhaps
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Files(new DirectoryInfo(Place)))
        {
            if (Describe(path) is not { } blob)
                continue;
            names.Add(blob.Name);
            if (!wanted(blob))
                continue;
            if (IsDone(blob))
                blobs.Add(blob);
            else
                HasUnfinished = true;
        }
        foreach (var gone in _lastLook.Keys.Where(name => !names.Contains(name)).ToArray())
            _lastLook.Remove(gone);
        return Task.FromResult(new BlobListing(blobs, Directory.Exists(Place) ? names : null)); // else it went while it was looked at
    }

    public Task<FoundBlob?> FindAsync(string name, CancellationToken cancellation) => Task.FromResult(Find(name));

    /// <summary>The blob as it is now; null when it is gone.</summary>
    public FoundBlob? Find(string name) => Describe(PathOf(name));

    public Stream Open(FoundBlob blob) => new FileStream(Open(PathOf(blob.Name)), FileAccess.Read, bufferSize: 0);

    public void Watch()
    {
        try
        {
            _watcher = new FileSystemWatcher(Place) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
            _watcher.Created += (_, _) => Wake();
            _watcher.Changed += (_, _) => Wake();
            _watcher.Renamed += (_, _) => Wake();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            _watcher?.Dispose();
            _watcher = null;
            logger.LogWarning(exception, "{Folder} can't be watched; it is looked at every {Interval}", Place, Interval);
        }
    }

    public async Task WaitAsync(CancellationToken cancellation)
    {
        var wait = HasUnfinished ? UnfinishedInterval : _watcher is null ? Interval : watchedInterval;
        if (await _changed.WaitAsync(wait, cancellation))
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation); // files come in bursts
    }

    public void Wake() => _changed.Wake();

    public void Dispose()
    {
        _watcher?.Dispose();
        _changed.Dispose();
    }

    /// <summary>Names that mean "not yet": so that write-then-rename works.</summary>
    private static bool IsTemporary(string name) =>
        name.StartsWith('.') || name.EndsWith('~')
        || name.EndsWith(".tmp", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".part", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens for reading; whoever writes or replaces meanwhile is not hindered.</summary>
    private static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static IEnumerable<string> Files(DirectoryInfo folder)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = folder.GetFileSystemInfos();
        }
        catch (DirectoryNotFoundException)
        {
            yield break; // gone since it was listed
        }
        foreach (var entry in entries)
        {
            // A link may lead out of the container, or in a circle.
            if (IsTemporary(entry.Name) || entry.LinkTarget is not null)
                continue;
            if (entry is DirectoryInfo child)
            {
                foreach (var path in Files(child))
                    yield return path;
            }
            else
            {
                yield return entry.FullName;
            }
        }
    }

    private string PathOf(string name) => System.IO.Path.Combine(Place, name.Replace('/', System.IO.Path.DirectorySeparatorChar));

    private FoundBlob? Describe(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.LinkTarget is not null)
            return null;
        var name = System.IO.Path.GetRelativePath(Place, path).Replace(System.IO.Path.DirectorySeparatorChar, '/');
        // Time and size survive a copied or restored folder, which an inode would not.
        return new(name, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}");
    }

    private bool IsDone(FoundBlob blob)
    {
        bool? done;
        try
        {
            using var handle = Open(PathOf(blob.Name));
            done = FileReadiness.IsDone(handle);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // held, or gone again: the next look tells
        }
        if (done is { } known)
            return known;
        var stable = _lastLook.TryGetValue(blob.Name, out var before) && string.Equals(before, blob.ETag, StringComparison.Ordinal);
        _lastLook[blob.Name] = blob.ETag;
        return stable;
    }
}
