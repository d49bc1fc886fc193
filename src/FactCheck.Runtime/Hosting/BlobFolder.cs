using Microsoft.Win32.SafeHandles;

namespace FactCheck.Runtime;

/// <summary>A blob that was found: its name within the container, and what tells this version from others.</summary>
internal sealed record FoundBlob(string Name, string Path, string ETag);

/// <summary>A folder as a blob container. Sub-folders are part of a blob's name.</summary>
internal sealed class BlobFolder(string root)
{
    private readonly Dictionary<string, string> _lastLook = new(StringComparer.Ordinal);

    public string Root { get; } = System.IO.Path.GetFullPath(root);

    /// <summary>Whether the last look left out a file because it may still be written.</summary>
    public bool HasUnfinished { get; private set; }

    /// <summary>All blobs whose writers are done.</summary>
    public List<FoundBlob> Look(Predicate<FoundBlob> wanted)
    {
        HasUnfinished = false;
        var blobs = new List<FoundBlob>();
        if (!Directory.Exists(Root))
            return blobs;
        foreach (var path in Files(new DirectoryInfo(Root)))
        {
            if (Describe(path) is not { } blob || !wanted(blob))
                continue;
            if (IsDone(blob))
                blobs.Add(blob);
            else
                HasUnfinished = true;
        }
        return blobs;
    }

    /// <summary>The blob as it is now; null when it is gone.</summary>
    public FoundBlob? Find(string name) => Describe(System.IO.Path.Combine(Root, name.Replace('/', System.IO.Path.DirectorySeparatorChar)));

    /// <summary>Opens for reading; whoever writes or replaces meanwhile is not hindered.</summary>
    public static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Names that mean "not yet": so that write-then-rename works.</summary>
    public static bool IsTemporary(string name) =>
        name.StartsWith('.') || name.EndsWith('~')
        || name.EndsWith(".tmp", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".part", StringComparison.OrdinalIgnoreCase);

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

    private FoundBlob? Describe(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.LinkTarget is not null)
            return null;
        var name = System.IO.Path.GetRelativePath(Root, path).Replace(System.IO.Path.DirectorySeparatorChar, '/');
        // Time and size survive a copied or restored folder, which an inode would not.
        return new(name, path, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}");
    }

    private bool IsDone(FoundBlob blob)
    {
        bool? done;
        try
        {
            using var handle = Open(blob.Path);
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

/// <summary>A blob as its function gets it.</summary>
internal sealed class TriggeredBlob(FoundBlob blob)
{
    public async ValueTask<object?> ReadAsync(Type type, CancellationToken cancellation)
    {
        if (type == typeof(Stream))
            return new FileStream(BlobFolder.Open(blob.Path), FileAccess.Read, bufferSize: 0);
        if (type == typeof(byte[]))
            return await ReadBytesAsync(cancellation);
        using var reader = new StreamReader(new MemoryStream(await ReadBytesAsync(cancellation)));
        return await reader.ReadToEndAsync(cancellation);
    }

    private async Task<byte[]> ReadBytesAsync(CancellationToken cancellation)
    {
        await using var stream = new FileStream(BlobFolder.Open(blob.Path), FileAccess.Read, bufferSize: 0);
        using var bytes = new MemoryStream((int)Math.Min(stream.Length, int.MaxValue));
        await stream.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }
}
