using System.Security.Cryptography;
using System.Text;

namespace FactCheck.Storage;

/// <summary>Where the files of a case lie, and by what hash the audit trail knows them.</summary>
public static class CaseFiles
{
    /// <summary>The container of what was read, and of what was found in it.</summary>
    public const string Texts = "texts";

    /// <summary>The container of what is published.</summary>
    public const string Reports = "reports";

    /// <summary>In <see cref="Texts"/>, the copy of what arrived.</summary>
    public static string Original(string articleKey, string contentHash) => $"{articleKey}/original/{contentHash}";

    /// <summary>In <see cref="Texts"/>, the text of a run.</summary>
    public static string Text(string articleKey, int run) => $"{Run(articleKey, run)}{TextFile}";

    /// <summary>In <see cref="Texts"/>, what all files of a run begin with.</summary>
    public static string Run(string articleKey, int run) => $"{articleKey}/{run:D6}/";

    /// <summary>The file of a run that holds its text.</summary>
    public const string TextFile = "text.json";

    /// <summary>In <see cref="Reports"/>, what all files of a version begin with.</summary>
    public static string Report(string articleKey, int version) => $"{articleKey}/v{version:D4}/";

    /// <summary>SHA-256 of a file, lower-case hex; null when it is not there.</summary>
    public static async Task<string?> HashAsync(
        this IBlobStore blobs,
        string container,
        string name,
        CancellationToken cancellation
    ) => await blobs.ReadAsync(container, name, cancellation) is { } blob ? AuditChain.HashOf(blob.Content) : null;

    /// <summary>SHA-256 over the names and hashes of a published version's files, lower-case hex.</summary>
    public static async Task<string> HashOfReportAsync(
        this IBlobStore blobs,
        string articleKey,
        int version,
        CancellationToken cancellation
    ) => (await blobs.HashesOfReportAsync(articleKey, version, cancellation)).Hash;

    /// <summary>The same, and the SHA-256 of each file by its name.</summary>
    public static async Task<(string Hash, IReadOnlyDictionary<string, string> Files)> HashesOfReportAsync(
        this IBlobStore blobs,
        string articleKey,
        int version,
        CancellationToken cancellation
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var blob in blobs.ListAsync(Reports, Report(articleKey, version), cancellation))
        {
            files[blob.Name] = await blobs.HashAsync(Reports, blob.Name, cancellation) ?? "";
            hash.AppendData(Encoding.UTF8.GetBytes($"{blob.Name}\n{files[blob.Name]}\n"));
        }

        return (Convert.ToHexStringLower(hash.GetHashAndReset()), files);
    }
}
