namespace FactCheck.Storage.Audit;

/// <summary>A file of the audit log; its length in bytes.</summary>
public sealed record AuditFile(string Name, long Length);

/// <summary>Where the audit log is kept: files that only grow, and a summary that is replaced.</summary>
public interface IAuditFiles
{
    /// <summary>The place, for people.</summary>
    string Place { get; }

    /// <summary>Every file of the log, in ordinal order of name.</summary>
    Task<IReadOnlyList<AuditFile>> ListAsync(CancellationToken cancellation = default);

    /// <summary>What stands in a file from some byte on.</summary>
    Task<byte[]> ReadAsync(string name, long from, CancellationToken cancellation = default);

    /// <summary>Appends to a file that must have that length, 0 for a new one. False where it has another: somebody
    /// else writes into it.</summary>
    Task<bool> AppendAsync(
        string name,
        long length,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation = default
    );

    /// <summary>The summary; null where there is none.</summary>
    Task<byte[]?> ReadSummaryAsync(CancellationToken cancellation = default);

    /// <summary>Replaces the summary as a whole.</summary>
    Task WriteSummaryAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default);
}
