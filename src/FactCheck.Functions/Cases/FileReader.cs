using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Functions.Cases;

/// <summary>Reads files; of those that may need much memory only a few at a time, so that a heap of them needs no more
/// than a few do. Ordinary articles never wait for them.</summary>
public sealed class FileReader(Settings settings) : IDisposable
{
    // A larger page or text may take as long as a document.
    private const int OrdinaryBytes = 512 * 1024;

    // As the reader looks for it.
    private const int PdfHeaderWithin = 1024;

    private readonly SemaphoreSlim _costly = new(settings.Reading.MaxCostlyAtOnce);

    // A short wait here is sooner over than a turn of the orchestration.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    /// <summary>Reads a file within the desk's limits, as it was asked; null when enough costly ones are being read just now.</summary>
    public async Task<ReadResult?> ReadAsync(
        byte[] content,
        string name,
        ArticleMeta known,
        ReadingOptions? asked,
        CancellationToken cancellation
    )
    {
        if (!IsCostly(content))
            return ArticleReader.Read(content, name, known, settings.Reading.Limits, asked, cancellation);
        if (!await _costly.WaitAsync(Wait, cancellation))
            return null;
        try
        {
            return ArticleReader.Read(content, name, known, settings.Reading.Limits, asked, cancellation);
        }
        finally
        {
            _costly.Release();
        }
    }

    /// <summary>Reads what a link showed, as soon as it is its turn.</summary>
    /// <param name="limits">What may be read of it.</param>
    public async Task<ReadResult> ReadInTurnAsync(
        byte[] content,
        string name,
        ReadLimits limits,
        CancellationToken cancellation
    )
    {
        if (!IsCostly(content))
            return ArticleReader.Read(content, name, new(), limits, null, cancellation);
        await _costly.WaitAsync(cancellation);
        try
        {
            return ArticleReader.Read(content, name, new(), limits, null, cancellation);
        }
        finally
        {
            _costly.Release();
        }
    }

    public void Dispose() => _costly.Dispose();

    /// <summary>True for what may be a packed document: no matter how small it is, much can come of it. A PDF's mark
    /// may stand behind other bytes.</summary>
    internal static bool IsDocument(byte[] content) =>
        content.AsSpan().StartsWith("PK"u8)
        || content.AsSpan(0, Math.Min(content.Length, PdfHeaderWithin)).IndexOf("%PDF"u8) >= 0;

    private static bool IsCostly(byte[] content) => content.Length > OrdinaryBytes || IsDocument(content);
}
