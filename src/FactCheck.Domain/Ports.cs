namespace FactCheck.Domain;

/// <summary>Text analytics of one text: the local analyser or Azure AI Language.</summary>
public interface ITextAnalytics
{
    /// <summary>The longest text one call takes, in UTF-16 code units.</summary>
    int MaxCharacters { get; }

    /// <summary>Analyses a text. Spans count in UTF-16 code units from the start of <paramref name="text"/>.</summary>
    /// <param name="language">ISO 639-1 code when it is known, else null.</param>
    Task<TextInsights> AnalyzeAsync(string text, string? language, CancellationToken cancellation = default);
}

/// <summary>What is known of a stored blob without reading it; its length in bytes.</summary>
/// <param name="Name">Its name in the container, with "/" between parts.</param>
/// <param name="ETag">Changes with every write. A valid HTTP entity tag; else opaque.</param>
public sealed record BlobInfo(string Name, string ETag, long Length, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Blob containers: folders of one machine, or Azure Storage. One is made when first written to.</summary>
public interface IBlobStore
{
    /// <summary>What is known of a blob; null when there is none, as under a name that can't be stored.</summary>
    Task<BlobInfo?> FindAsync(string container, string name, CancellationToken cancellation = default);

    /// <summary>A blob's bytes and the ETag they were read at; null when there is none.</summary>
    Task<(byte[] Content, string ETag)?> ReadAsync(
        string container,
        string name,
        CancellationToken cancellation = default
    );

    /// <summary>Writes a blob as a whole: readers see the old bytes or the new, never a part. Gives the ETag.</summary>
    /// <param name="metadata">Replaces the old. Names are ASCII letters, digits, underscores; at most 8 KiB.</param>
    /// <exception cref="ArgumentException">The name leaves the container, or something can't be stored.</exception>
    Task<string> WriteAsync(
        string container,
        string name,
        ReadOnlyMemory<byte> content,
        string contentType,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellation = default
    );

    /// <summary>Removes a blob; false when there was none.</summary>
    Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation = default);

    /// <summary>The blobs whose names begin with <paramref name="prefix"/>, in ordinal order of name.</summary>
    IAsyncEnumerable<BlobInfo> ListAsync(
        string container,
        string prefix = "",
        CancellationToken cancellation = default
    );
}

/// <summary>One row: a JSON document under a key, with the ETag of its version.</summary>
/// <param name="Json">The document; at most <see cref="ITableStore.MaxRowBytes"/> of UTF-8.</param>
/// <param name="ETag">A valid HTTP entity tag, else opaque. New with every write, even of a row made anew.</param>
public sealed record TableRow(string Key, string Json, string ETag);

/// <summary>One change of a transaction.</summary>
public abstract record RowChange(string Key)
{
    /// <summary>Adds a row that must not be there yet.</summary>
    public sealed record Insert(string Key, string Json) : RowChange(Key);

    /// <summary>Replaces a row that must still have that ETag.</summary>
    public sealed record Replace(string Key, string Json, string ETag) : RowChange(Key);

    /// <summary>Writes a row whether it is there or not.</summary>
    public sealed record Put(string Key, string Json) : RowChange(Key);

    /// <summary>Removes a row; with an ETag it must still have it, without one a missing row is no error.</summary>
    public sealed record Delete(string Key, string? ETag = null) : RowChange(Key);
}

/// <summary>A row is not as a change wants it: already there, gone, or another version. Nothing is written.</summary>
public sealed class RowConflictException(string table, string partition, string key, Exception? inner = null)
    : Exception($"Row '{key}' of partition '{partition}' in table '{table}' was changed by somebody else.", inner)
{
    /// <summary>The key of the first row that did not fit.</summary>
    public string Key { get; } = key;
}

/// <summary>Tables of JSON rows, shaped for Azure Table Storage: a partition's rows are in ordinal order of keys, and a
/// transaction stays within it, at most <see cref="MaxChanges"/> rows and <see cref="MaxBytes"/>. Partitions and keys
/// are 1 to 512 characters, without control characters, <c>/ \ # ?</c> and surrogates (stores order those differently).
/// Tables are 3 to 63 lower-case ASCII letters and digits, a letter first, made when first written to.</summary>
public interface ITableStore
{
    /// <summary>Azure Table Storage's limit for one entity group transaction.</summary>
    const int MaxChanges = 100;

    /// <summary>Azure Table Storage's limit for one entity group transaction, as it is sent: 4 MiB, where a quotation
    /// mark or a character outside ASCII weighs six bytes. 100 rows of 4 KiB always fit.</summary>
    const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The longest document of a row, bytes of UTF-8: Azure's 1 MiB of UTF-16 less keys and names.</summary>
    const int MaxRowBytes = 480 * 1024;

    /// <summary>A row, or null. A partition or key that can't be stored has no row.</summary>
    Task<TableRow?> FindAsync(string table, string partition, string key, CancellationToken cancellation = default);

    /// <summary>At most so many rows by key, of keys with a prefix, after a key (null: from the start).</summary>
    Task<IReadOnlyList<TableRow>> ListAsync(
        string table,
        string partition,
        string prefix = "",
        string? after = null,
        int most = int.MaxValue,
        CancellationToken cancellation = default
    );

    /// <summary>Makes all the changes or none. Returns the new ETags by key (deleted rows have none).</summary>
    /// <exception cref="RowConflictException">A row was not as a change wanted it.</exception>
    /// <exception cref="ArgumentException">Too much, a key twice, or one that can't be stored.</exception>
    Task<IReadOnlyDictionary<string, string>> CommitAsync(
        string table,
        string partition,
        IReadOnlyCollection<RowChange> changes,
        CancellationToken cancellation = default
    );
}
