using System.Collections.Concurrent;
using System.Security.Cryptography;
using FactCheck.Extraction.Documents;
using FactCheck.Functions.Reading;

namespace FactCheck.Functions.Cases;

/// <summary>Reads files; of those that may need much memory or time only a few at a time, so that a heap of them needs
/// no more than a few do. Ordinary articles never wait for them.</summary>
public sealed class FileReader(Settings settings, Readers readers) : IDisposable
{
    // A larger page or text may take as long as a document.
    private const int OrdinaryBytes = 512 * 1024;

    // As the reader looks for it.
    private const int PdfHeaderWithin = 1024;

    private const int MostSlow = 1_000;

    private readonly SemaphoreSlim _ordinary = new(1);
    private readonly SemaphoreSlim _costly = new(settings.Reading.MaxCostlyAtOnce);

    // What was found to be slow, and waits for its turn: it shall not be found out again at each of them.
    private readonly ConcurrentDictionary<string, bool> _slow = new(StringComparer.Ordinal);

    // A short wait here is sooner over than a turn of the orchestration.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    // An ordinary article takes a fiftieth of it. What takes longer is a costly one, however small it is.
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads a file within the desk's limits, as it was asked; null when enough costly ones are being read just
    /// now.</summary>
    public Task<ReadResult?> ReadAsync(
        byte[] content,
        string name,
        ArticleMeta known,
        ReadingOptions? asked,
        CancellationToken cancellation
    ) => ReadAsync(new(content, name, known, settings.Reading.Limits, asked), Wait, cancellation);

    /// <summary>Reads what a link showed, as soon as it is its turn.</summary>
    /// <param name="limits">What may be read of it.</param>
    public async Task<ReadResult> ReadInTurnAsync(
        byte[] content,
        string name,
        ReadLimits limits,
        CancellationToken cancellation
    ) => (await ReadAsync(new(content, name, new(), limits), Timeout.InfiniteTimeSpan, cancellation))!;

    public void Dispose()
    {
        _ordinary.Dispose();
        _costly.Dispose();
    }

    /// <summary>True for what may be a packed document: no matter how small it is, much can come of it. A PDF's mark
    /// may stand behind other bytes.</summary>
    internal static bool IsDocument(byte[] content) =>
        content.AsSpan().StartsWith("PK"u8)
        || content.AsSpan(0, Math.Min(content.Length, PdfHeaderWithin)).IndexOf("%PDF"u8) >= 0;

    private bool IsCostly(byte[] content) =>
        content.Length > OrdinaryBytes || IsDocument(content) || (!_slow.IsEmpty && _slow.ContainsKey(HashOf(content)));

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private void KeepInMind(byte[] slow)
    {
        if (_slow.Count >= MostSlow)
            _slow.Clear();
        _slow[HashOf(slow)] = true;
    }

    private async Task<ReadResult?> ReadAsync(FileToRead file, TimeSpan patience, CancellationToken cancellation)
    {
        if (!IsCostly(file.Content) && await ReadOrdinaryAsync(file, cancellation) is { } result)
            return result;
        if (!await _costly.WaitAsync(patience, cancellation))
            return null;
        try
        {
            return await await readers.BeginAsync(file, cancellation);
        }
        finally
        {
            _costly.Release();
        }
    }

    // Null for one that turns out to be costly while no place for such is free.
    private async Task<ReadResult?> ReadOrdinaryAsync(FileToRead file, CancellationToken cancellation)
    {
        await _ordinary.WaitAsync(cancellation);
        var place = _ordinary;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task reading = Task.CompletedTask;
        try
        {
            var result = await readers.BeginAsync(file, stop.Token);
            reading = result;
            if (await Task.WhenAny(result, Task.Delay(Brief, cancellation)) != result)
            {
                if (!await _costly.WaitAsync(TimeSpan.Zero, cancellation))
                {
                    KeepInMind(file.Content);
                    return null;
                }

                (place, var left) = (_costly, place);
                left.Release();
            }

            return await result;
        }
        finally
        {
            // No place is free before what took it has ended.
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            place.Release();
        }
    }
}
