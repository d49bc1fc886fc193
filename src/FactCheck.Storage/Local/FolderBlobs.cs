using System.Runtime.CompilerServices;
using FactCheck.Storage.Rules;
using Microsoft.Win32.SafeHandles;

namespace FactCheck.Storage.Local;

/// <summary>Blobs as files, <c>{root}/{container}/{name}</c>, metadata beside them (<see cref="BlobSidecar"/>). What
/// others put there is a blob too, but not hidden files (a leading dot), sidecars, and what symbolic links below the
/// root lead to. Metadata is written before its blob: who sees the blob sees it. The content type is not kept. No name
/// is a blob and the beginning of another's (<c>a</c>, <c>a/b</c>).</summary>
/// <param name="root">The folder that holds the containers; made (mode 0700) when first written to.</param>
public sealed class FolderBlobs(string root) : IBlobStore
{
    private const int Tries = 5;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    // Writers of one name take turns, or the metadata of one might end beside the bytes of the other.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];
    private long _lastStamp;

    /// <inheritdoc/>
    public async Task<BlobInfo?> FindAsync(string container, string name, CancellationToken cancellation = default)
    {
        BlobRules.CheckContainer(container);
        cancellation.ThrowIfCancellationRequested();
        if (PathOf(container, name) is not { } path || FileAt(path) is not { } file)
            return null;
        return new(
            name,
            ETag(file.LastWriteTimeUtc, file.Length),
            file.Length,
            await MetadataAsync(path, cancellation)
        );
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">Another program keeps writing into the file.</exception>
    public async Task<(byte[] Content, string ETag)?> ReadAsync(
        string container,
        string name,
        CancellationToken cancellation = default
    )
    {
        BlobRules.CheckContainer(container);
        cancellation.ThrowIfCancellationRequested();
        if (PathOf(container, name) is not { } path || FileAt(path) is null)
            return null;
        return await ReadFileAsync(path, cancellation);
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
        var path =
            PathOf(container, name)
            ?? throw new ArgumentException(
                $"'{name}' leaves the container through a symbolic link, or this system can't store it.",
                nameof(name)
            );
        var turn = TurnOf(path);
        await turn.WaitAsync(cancellation);
        try
        {
            MakeRoomFor(path, name);
            var sidecar = BlobSidecar.NameOf(path);
            if (metadata is { Count: > 0 })
                await ReplaceAsync(sidecar, BlobSidecar.Write(metadata), cancellation);
            else
                File.Delete(sidecar);
            return await ReplaceAsync(path, content, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation = default)
    {
        BlobRules.CheckContainer(container);
        cancellation.ThrowIfCancellationRequested();
        if (PathOf(container, name) is not { } path)
            return false;
        var turn = TurnOf(path);
        await turn.WaitAsync(cancellation);
        try
        {
            if (FileAt(path) is null)
                return false;
            File.Delete(path);
            File.Delete(BlobSidecar.NameOf(path));
            LocalFiles.FlushFolder(Path.GetDirectoryName(path)!);
            return true;
        }
        finally
        {
            turn.Release();
        }
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
        // All that begins with the prefix lies in the folder it leads to: the others need not be looked at.
        var above = prefix[..(prefix.LastIndexOf('/') + 1)];
        var start = above.Length == 0 ? Path.Combine(_root, container) : PathOf(container, above[..^1]);
        if (start is null || FolderAt(start) is not { } folder)
            yield break;
        foreach (var (name, file, hasSidecar) in Walk(folder, above, prefix, cancellation))
        {
            // Gone since its folder was read.
            if (FileAt(file.FullName) is not { } still)
                continue;
            var metadata = hasSidecar ? await MetadataAsync(file.FullName, cancellation) : BlobRules.Metadata();
            yield return new(name, ETag(still.LastWriteTimeUtc, still.Length), still.Length, metadata);
        }
    }

    private static IEnumerable<(string Name, FileSystemInfo File, bool HasSidecar)> Walk(
        DirectoryInfo folder,
        string above,
        string prefix,
        CancellationToken cancellation
    )
    {
        FileSystemInfo[] entries;
        try
        {
            entries = folder.GetFileSystemInfos();
        }
        catch (DirectoryNotFoundException)
        {
            yield break; // gone since the folder above was read
        }

        var names = entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        // A folder sorts as its blobs do, with the slash: "a-b", "a.b", "a/b".
        var inOrder = entries
            .Select(entry => (Name: above + entry.Name + (entry is DirectoryInfo ? "/" : ""), entry))
            .Where(e => e.Name.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(e => e.Name, StringComparer.Ordinal);
        foreach (var (name, entry) in inOrder)
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.LinkTarget is not null || !BlobRules.IsName(name.TrimEnd('/'), out _))
                continue;
            if (entry is DirectoryInfo below)
            {
                foreach (var found in Walk(below, name, prefix, cancellation))
                    yield return found;
            }
            else
            {
                yield return (name, entry, names.Contains(BlobSidecar.NameOf(entry.Name)));
            }
        }
    }

    // Null when the name can't be stored or a link on the way to it leads elsewhere.
    private string? PathOf(string container, string name)
    {
        if (!BlobRules.IsName(name, out _))
            return null;
        var parts = name.Split('/');
        // On Windows ':' opens a stream beside the file, and others are refused; elsewhere this refuses nothing more.
        if (parts.Any(part => part.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0))
            return null;
        var path = Path.Combine(_root, container);
        foreach (var part in parts)
        {
            if (new DirectoryInfo(path).LinkTarget is not null)
                return null;
            path = Path.Combine(path, part);
        }

        return path;
    }

    private static FileInfo? FileAt(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.LinkTarget is null ? file : null;
    }

    private static DirectoryInfo? FolderAt(string path)
    {
        var folder = new DirectoryInfo(path);
        return folder.Exists && folder.LinkTarget is null ? folder : null;
    }

    private static void MakeRoomFor(string path, string name)
    {
        if (Directory.Exists(path))
            throw new ArgumentException(
                $"'{name}' can't be stored: there are blobs whose names begin with '{name}/'.",
                nameof(name)
            );
        try
        {
            LocalFiles.CreateFolder(Path.GetDirectoryName(path)!);
        }
        catch (IOException e) when (IsFileOnTheWay(path))
        {
            throw new ArgumentException($"'{name}' can't be stored: a part of it is a blob's name.", nameof(name), e);
        }
    }

    private static bool IsFileOnTheWay(string path)
    {
        for (var above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
            if (File.Exists(above))
                return true;
        return false;
    }

    private SemaphoreSlim TurnOf(string path) =>
        _turns[(int)((uint)string.GetHashCode(path, StringComparison.Ordinal) % (uint)_turns.Length)];

    // As a whole: written under a hidden name, put on the disk, renamed. Returns the ETag.
    private async Task<string> ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(path)!;
        var hidden = Path.Combine(folder, LocalFiles.HiddenName());
        try
        {
            string etag;
            await using (var file = new FileStream(hidden, LocalFiles.NewFile(FileMode.CreateNew)))
            {
                await file.WriteAsync(content, cancellation);
                await file.FlushAsync(cancellation);
                File.SetLastWriteTimeUtc(file.SafeFileHandle, Stamp(path));
                file.Flush(flushToDisk: true);
                etag = ETag(file.SafeFileHandle);
            }

            File.Move(hidden, path, overwrite: true);
            LocalFiles.FlushFolder(folder);
            return etag;
        }
        finally
        {
            // Renamed by now, unless something went wrong.
            File.Delete(hidden);
        }
    }

    // Now, but never a time that this process or the version before has had: the system stamps writes within a few
    // milliseconds alike, and nothing would tell two versions of equal length apart.
    private DateTime Stamp(string path)
    {
        var before = File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0;
        long last,
            next;
        do
        {
            last = Interlocked.Read(ref _lastStamp);
            next = Math.Max(DateTime.UtcNow.Ticks, last + 1);
        } while (Interlocked.CompareExchange(ref _lastStamp, next, last) != last);

        // A file may have been put there with a time in the future.
        return new(Math.Max(next, before + 1), DateTimeKind.Utc);
    }

    // As one version: others may write into the file while we read, which shows in its time or length.
    private static async Task<(byte[] Content, string ETag)?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            SafeFileHandle file;
            try
            {
                file = File.OpenHandle(
                    path,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.ReadWrite | FileShare.Delete,
                    FileOptions.Asynchronous
                );
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return null; // removed since we looked
            }

            using (file)
            {
                var before = ETag(file);
                var content = new byte[RandomAccess.GetLength(file)];
                var read = 0;
                while (
                    read < content.Length
                    && await RandomAccess.ReadAsync(file, content.AsMemory(read), read, cancellation)
                        is var more
                            and > 0
                )
                    read += more;
                if (read == content.Length && string.Equals(before, ETag(file), StringComparison.Ordinal))
                    return (content, before);
            }

            if (tries == Tries)
                throw new IOException($"'{path}' is being written by another program.");
        }
    }

    private static async Task<Dictionary<string, string>> MetadataAsync(string path, CancellationToken cancellation)
    {
        if (FileAt(BlobSidecar.NameOf(path)) is not { } sidecar)
            return BlobRules.Metadata();
        if (sidecar.Length > BlobSidecar.MaxBytes)
            return BlobSidecar.TooLong();
        try
        {
            return await ReadFileAsync(sidecar.FullName, cancellation) is var (json, _)
                ? BlobSidecar.Read(json)
                : BlobRules.Metadata();
        }
        // A sidecar of another owner is no reason to lose sight of the article. What may be over in a moment is thrown.
        catch (UnauthorizedAccessException)
        {
            return BlobSidecar.Unreadable("the desk may not open it");
        }
    }

    private static string ETag(SafeFileHandle file) =>
        ETag(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));

    private static string ETag(DateTime written, long length) => $"\"{written.Ticks:x}-{length:x}\"";
}
