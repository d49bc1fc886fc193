using FactCheck.Storage.Audit;

namespace FactCheck.Tests.Storage;

/// <summary>A place of the audit log that takes so many writes beyond the first, and then none.</summary>
internal sealed class BreakingAuditFiles(IAuditFiles inner, int writes = int.MaxValue - 1) : IAuditFiles
{
    /// <summary>How many more, beyond the next.</summary>
    public int Writes { get; set; } = writes;

    /// <summary>False where nobody should need to read a file as a whole.</summary>
    public bool IsReadFromTheStart { get; init; } = true;

    /// <summary>False where the summary can't be written, as under a policy of immutability.</summary>
    public bool TakesSummaries { get; init; } = true;

    public string Place => inner.Place;

    public Task<IReadOnlyList<AuditFile>> ListAsync(CancellationToken cancellation = default) =>
        inner.ListAsync(cancellation);

    public Task<byte[]> ReadAsync(string name, long from, CancellationToken cancellation = default) =>
        from > 0 || IsReadFromTheStart
            ? inner.ReadAsync(name, from, cancellation)
            : throw new InvalidOperationException($"{name} is read from its start.");

    // The first line is the log's beginning, without which nothing is committed.
    public Task<bool> AppendAsync(
        string name,
        long length,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation = default
    ) =>
        Writes-- >= 0
            ? inner.AppendAsync(name, length, bytes, cancellation)
            : throw new IOException("No space left on device", 28);

    public Task<byte[]?> ReadSummaryAsync(CancellationToken cancellation = default) =>
        inner.ReadSummaryAsync(cancellation);

    public Task WriteSummaryAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default) =>
        TakesSummaries
            ? inner.WriteSummaryAsync(bytes, cancellation)
            : throw new IOException("This operation is not permitted as the blob is immutable.");
}
