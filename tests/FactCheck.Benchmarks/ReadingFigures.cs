using System.Diagnostics;
using FactCheck.Domain;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Functions.Configuration;
using FactCheck.Functions.Reading;
using FactCheck.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Benchmarks;

/// <summary>What it costs that files are read in a process of their own: each sample article is read here and by a
/// reader, turn by turn.</summary>
internal static class ReadingFigures
{
    private const int Warm = 10;
    private const int Rounds = 20;

    public static async IAsyncEnumerable<Figure> MeasureAsync(int runs)
    {
        var starts = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            using var started = new Readers(new Settings(), NullLogger<Readers>.Instance);
            starts.Add(await TimeAsync(() => ReadAsync(started, Samples[0])));
        }

        yield return new("no reader → its first article read", Statistics.Median(starts), "ms", 1_000);
        using var readers = new Readers(new Settings(), NullLogger<Readers>.Instance);
        await ReadAsync(readers, Samples[0]);
        var reader = readers.Processes.Single();
        var ready = StartFigures.Megabytes(reader);
        var extra = new List<double>();
        for (var round = -Warm; round < Rounds; round++)
            foreach (var sample in Samples)
            {
                var here = await TimeAsync(() => Task.FromResult(Read(sample)));
                var there = await TimeAsync(() => ReadAsync(readers, sample));
                if (round >= 0)
                    extra.Add(there - here);
            }

        yield return new(
            "an article read by a warm reader over reading it here, p50",
            Statistics.Median(extra),
            "ms",
            10
        );
        yield return new(
            "an article read by a warm reader over reading it here, p95",
            Statistics.Quantile(extra, 0.95),
            "ms"
        );
        var used = StartFigures.Megabytes(reader);
        yield return new(
            $"a reader: {ready:0} MB after its first article, after {(Warm + Rounds) * Samples.Count}",
            used,
            "MB"
        );
    }

    private static IReadOnlyList<FileToRead> Samples { get; } =
    [
        .. Directory
            .EnumerateFiles(Repository.PathOf("seeds", "articles"))
            .Where(ArticleFile.IsNamed)
            .Order(StringComparer.Ordinal)
            .Select(file => new FileToRead(File.ReadAllBytes(file), Path.GetFileName(file), new(), ReadLimits.Default)),
    ];

    private static ReadResult Read(FileToRead file) =>
        ArticleReader.Read(file.Content, file.Name, file.Known, file.Limits);

    private static async Task<ReadResult> ReadAsync(Readers readers, FileToRead file) =>
        await await readers.BeginAsync(file, CancellationToken.None);

    private static async Task<double> TimeAsync(Func<Task<ReadResult>> read)
    {
        var began = Stopwatch.GetTimestamp();
        if (await read() is ReadResult.Rejected(var rejection))
            throw new InvalidOperationException($"A sample is not read: {rejection.Message}");
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
