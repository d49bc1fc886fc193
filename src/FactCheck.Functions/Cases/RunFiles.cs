using System.Text;

namespace FactCheck.Functions.Cases;

/// <summary>What the steps of a run or a publication leave for each other: orchestrations carry ids, never
/// text.</summary>
public sealed class RunFiles(IBlobStore blobs)
{
    public Task<ArticleText> TextAsync(ArticleRun run, CancellationToken cancellation) =>
        ReadAsync<ArticleText>(run, CaseFiles.TextFile, cancellation);

    public async Task<ArticleText?> FindTextAsync(ArticleRun run, CancellationToken cancellation) =>
        await blobs.ReadAsync(Containers.Texts, Name(run, CaseFiles.TextFile), cancellation) is { } blob
            ? CaseJson.Read<ArticleText>(Encoding.UTF8.GetString(blob.Content))
            : null;

    public Task<ArticleExtraction> ExtractionAsync(ArticleRun run, CancellationToken cancellation) =>
        ReadAsync<ArticleExtraction>(run, "extraction.json", cancellation);

    public Task WriteAsync(ArticleRun run, ArticleText text, CancellationToken cancellation) =>
        WriteAsync(run, CaseFiles.TextFile, text, cancellation);

    public Task WriteAsync(ArticleRun run, ArticleExtraction extraction, CancellationToken cancellation) =>
        WriteAsync(run, "extraction.json", extraction, cancellation);

    public Task WriteAsync(ArticleRun run, int chunk, TextInsights insights, CancellationToken cancellation) =>
        WriteAsync(run, $"insights-{chunk:D3}.json", insights, cancellation);

    public Task WriteAsync(
        ArticleRun run,
        IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>> matches,
        CancellationToken cancellation
    ) => WriteAsync(run, "matches.json", matches, cancellation);

    public Task<IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>>> MatchesAsync(
        ArticleRun run,
        CancellationToken cancellation
    ) => ReadAsync<IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>>>(run, "matches.json", cancellation);

    /// <summary>The insights of all chunks together; those of a chunk that text analytics did not answer are
    /// missing.</summary>
    public async Task<TextInsights> InsightsAsync(ArticleRun run, CancellationToken cancellation)
    {
        var all = TextInsights.None;
        await foreach (var blob in blobs.ListAsync(Containers.Texts, Name(run, "insights-"), cancellation))
        {
            if (await blobs.ReadAsync(Containers.Texts, blob.Name, cancellation) is not { } read)
                continue;
            var part = CaseJson.Read<TextInsights>(Encoding.UTF8.GetString(read.Content));
            all = new(
                all.Language ?? part.Language,
                Math.Max(all.LanguageConfidence, part.LanguageConfidence),
                [.. all.Entities, .. part.Entities],
                [.. all.Sentiment, .. part.Sentiment],
                [.. all.KeyPhrases.Union(part.KeyPhrases, StringComparer.OrdinalIgnoreCase)]
            );
        }

        return all;
    }

    /// <summary>What a publication says, in the words it says it: statements with their verdicts. Null before it is
    /// decided.</summary>
    public async Task<IReadOnlyList<Statement>?> FindVerdictsAsync(
        PublicationRun run,
        CancellationToken cancellation
    ) =>
        await blobs.ReadAsync(Containers.Texts, Name(run), cancellation) is { } blob
            ? CaseJson.Read<IReadOnlyList<Statement>>(Encoding.UTF8.GetString(blob.Content))
            : null;

    /// <summary>What a publication says.</summary>
    /// <exception cref="InvalidOperationException">It is not decided yet.</exception>
    public async Task<IReadOnlyList<Statement>> VerdictsAsync(PublicationRun run, CancellationToken cancellation) =>
        await FindVerdictsAsync(run, cancellation)
        ?? throw new InvalidOperationException($"Publication {run.Version} of {run.ArticleKey} has no {Name(run)}.");

    public Task WriteAsync(PublicationRun run, IReadOnlyList<Statement> verdicts, CancellationToken cancellation) =>
        WriteAsync(Name(run), verdicts, cancellation);

    private static string Name(PublicationRun run) => $"{run.ArticleKey}/publication-{run.Version:D4}.json";

    private static string Name(ArticleRun run, string file) => CaseFiles.Run(run.ArticleKey, run.Seq) + file;

    private async Task<T> ReadAsync<T>(ArticleRun run, string file, CancellationToken cancellation)
    {
        var blob =
            await blobs.ReadAsync(Containers.Texts, Name(run, file), cancellation)
            ?? throw new InvalidOperationException($"Run {run.Seq} of {run.ArticleKey} has no {file}.");
        return CaseJson.Read<T>(Encoding.UTF8.GetString(blob.Content));
    }

    private Task WriteAsync<T>(ArticleRun run, string file, T value, CancellationToken cancellation) =>
        WriteAsync(Name(run, file), value, cancellation);

    private Task WriteAsync<T>(string name, T value, CancellationToken cancellation) =>
        blobs.WriteAsync(
            Containers.Texts,
            name,
            Encoding.UTF8.GetBytes(CaseJson.Write(value)),
            "application/json",
            null,
            cancellation
        );
}
