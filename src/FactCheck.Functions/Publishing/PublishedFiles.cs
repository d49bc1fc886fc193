using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace FactCheck.Functions.Publishing;

/// <summary>Files of published versions, as they were when they were published: what was changed since is not shown to
/// anybody. The hashes of a version are compared with its audit entry once, and then kept.</summary>
public sealed class PublishedFiles(CaseStore cases, IBlobStore blobs, TimeProvider time, ILogger<PublishedFiles> log)
{
    private const int MostVersions = 1_000;

    // Whoever asks again and again for a page that is not shown shall not have all of its files read each time.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Article, int Version), Known> _known = new();

    /// <summary>A file of the version that is out; null where it has none of that name.</summary>
    /// <exception cref="TamperedCaseException">It is not the one that was published.</exception>
    public async Task<byte[]?> FindAsync(CaseHead head, string name, CancellationToken cancellation)
    {
        var known = await KnownAsync(head, cancellation);
        if (known.Problem is { } problem)
            throw new TamperedCaseException(head.Key, problem);
        if (await blobs.ReadAsync(CaseFiles.Reports, name, cancellation) is not { Content: var content })
            return known.Hashes?.ContainsKey(name) == true ? throw Changed(head, name, "is gone") : null;
        // A former release noted no hash of it.
        if (known.Hashes is null)
            return content;
        return known.Hashes.TryGetValue(name, out var hash) && hash == AuditChain.HashOf(content)
            ? content
            : throw Changed(head, name, "is not the one that was published");
    }

    private static TamperedCaseException Changed(CaseHead head, string name, string how) =>
        new(head.Key, $"Its file '{name}' {how}.");

    private async Task<Known> KnownAsync(CaseHead head, CancellationToken cancellation)
    {
        var key = (head.Key, head.PublicationDone);
        if (_known.TryGetValue(key, out var known) && (known.Problem is null || time.GetUtcNow() < known.Until))
            return known;
        known = await LookAsync(head, cancellation);
        if (known.Problem is { } problem)
            log.LogError("The fact check of article '{Article}' is not shown: {Problem}", head.Key, problem);
        if (_known.Count >= MostVersions)
            _known.Clear();
        return _known[key] = known;
    }

    private async Task<Known> LookAsync(CaseHead head, CancellationToken cancellation)
    {
        var (entries, problem) = AuditChain.Check(head, await cases.AuditAsync(head.Key, cancellation));
        if (problem is not null)
            return NotShown($"Its audit trail does not hold. {problem}");
        if (!TryFind(entries, head.PublicationDone, out var noted))
            return new(null);
        var (hash, hashes) = await blobs.HashesOfReportAsync(head.Key, head.PublicationDone, cancellation);
        return hash == noted ? new(hashes) : NotShown("Its files are not those that were published.");
    }

    private static bool TryFind(IReadOnlyList<AuditEntry> entries, int version, [NotNullWhen(true)] out string? noted)
    {
        var entry = entries.LastOrDefault(e =>
            e.Details.ContainsKey(AuditChain.Files) && e.Details.GetValueOrDefault("version") == $"{version}"
        );
        noted = entry?.Details[AuditChain.Files];
        return noted is not null;
    }

    private Known NotShown(string problem) => new(null, problem, time.GetUtcNow() + LookAgainAfter);

    /// <param name="Hashes">By name; null where none were noted.</param>
    private sealed record Known(
        IReadOnlyDictionary<string, string>? Hashes,
        string? Problem = null,
        DateTimeOffset Until = default
    );
}
