using FactCheck.Storage.Audit;

namespace FactCheck.Storage.Local;

/// <summary>The audit log as files of one folder, best on another disk than the database. A write is on the disk before
/// it returns. Each of these writes into files that it made itself: locks on files are advice on Linux, and nothing on some
/// network mounts.</summary>
/// <param name="folder">Made with mode 0700 when first written to.</param>
public sealed class FolderAuditFiles(string folder) : IAuditFiles
{
    internal const string Ending = ".jsonl";
    private const string Summary = "summary.json";

    private readonly HashSet<string> _own = new(StringComparer.Ordinal);
    private readonly Lock _turn = new();

    /// <inheritdoc/>
    public string Place { get; } = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditFile>> ListAsync(CancellationToken cancellation = default)
    {
        var there = new DirectoryInfo(Place);
        return Task.FromResult<IReadOnlyList<AuditFile>>(
            there.Exists
                ?
                [
                    .. there
                        .EnumerateFiles($"*{Ending}")
                        .Select(file => new AuditFile(file.Name, file.Length))
                        .OrderBy(file => file.Name, StringComparer.Ordinal),
                ]
                : []
        );
    }

    /// <inheritdoc/>
    public async Task<byte[]> ReadAsync(string name, long from, CancellationToken cancellation = default)
    {
        await using var file = new FileStream(
            Path.Combine(Place, name),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        file.Position = from;
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public Task<bool> AppendAsync(
        string name,
        long length,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation = default
    )
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_turn)
            return Task.FromResult(AppendToOwn(name, length, bytes.Span));
    }

    private bool AppendToOwn(string name, long length, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(Place, name);
        var isOwn = _own.Contains(name);
        if (isOwn ? length > 0 && !File.Exists(path) : length > 0 || File.Exists(path))
            return false;
        LocalFiles.CreateFolder(Place);
        var options = LocalFiles.NewFile(isOwn ? FileMode.OpenOrCreate : FileMode.CreateNew);
        options.BufferSize = 0;
        using var file = new FileStream(path, options);
        _own.Add(name);
        if (file.Length != length)
            return false;
        file.Position = length;
        try
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            // Half a batch, as of a full disk, would be in the way of the next one.
            file.SetLength(length);
            throw;
        }

        if (length == 0)
            LocalFiles.FlushFolder(Place);
        return true;
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadSummaryAsync(CancellationToken cancellation = default)
    {
        var file = Path.Combine(Place, Summary);
        return File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellation) : null;
    }

    /// <inheritdoc/>
    public Task WriteSummaryAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default) =>
        LocalFiles.ReplaceAsync(Path.Combine(Place, Summary), bytes, cancellation);

    /// <summary>Puts every file of the log aside, where none looks for it: a new one begins. Gives the folder.</summary>
    public string SetAside(DateTimeOffset at)
    {
        var aside = Path.Combine(Place, $"aside-{at.UtcDateTime:yyyyMMdd-HHmmss}");
        LocalFiles.CreateFolder(aside);
        foreach (var file in Directory.EnumerateFiles(Place))
            File.Move(file, Path.Combine(aside, Path.GetFileName(file)));
        LocalFiles.FlushFolder(Place);
        return aside;
    }
}
