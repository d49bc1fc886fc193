namespace FactCheck.Extraction.Documents;

/// <summary>How much of a file is read before it is refused, and in which order its dates are.</summary>
/// <param name="MaxCharacters">Length of the text that comes out, in UTF-16 code units.</param>
/// <param name="Time">How long reading may take.</param>
public sealed record ReadLimits(int MaxBytes = 10 * 1024 * 1024, int MaxCharacters = 200_000, TimeSpan? Time = null)
{
    /// <summary>10 MB, 200,000 characters, 30 seconds, 300 pages, 64 MB unpacked, 5,000 parts.</summary>
    public static ReadLimits Default { get; } = new();

    /// <summary>Pages of a PDF.</summary>
    public int MaxPages { get; init; } = 300;

    /// <summary>
    /// Bytes that the packed parts of a DOCX or PDF unpack to, together; a PDF's packed objects count eightfold.
    /// Pictures are never unpacked.
    /// </summary>
    public int MaxUnpackedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Parts inside a DOCX, pictures included.</summary>
    public int MaxParts { get; init; } = 5_000;

    /// <summary>The order of day and month in dates of figures.</summary>
    public DateOrder DateOrder { get; init; }

    /// <summary><see cref="Time"/>, or the 30 seconds that hold without it.</summary>
    public TimeSpan TimeOrDefault => Time ?? TimeSpan.FromSeconds(30);

    internal static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("0.##");
}

/// <summary>What became of a file: an article, or the reason why not.</summary>
public abstract record ReadResult
{
    private ReadResult() { }

    /// <summary>The file was read.</summary>
    public sealed record Read(ArticleText Article) : ReadResult;

    /// <summary>The file ends its run.</summary>
    public sealed record Rejected(Rejection Rejection) : ReadResult;
}

/// <summary>Carries a rejection out of a parser to <see cref="ArticleReader"/>; never leaves it.</summary>
internal sealed class UnreadableFileException(RejectionReason reason, string message) : Exception(message)
{
    internal Rejection Rejection { get; } = new(reason, message);

    internal static UnreadableFileException TooLong(long length, ReadLimits limits) =>
        new(
            RejectionReason.TooLong,
            $"The text has {length:N0} characters and the limit is {limits.MaxCharacters:N0}; split it and "
                + "upload the parts as separate articles."
        );
}
