using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FactCheck.Storage.Local;

namespace FactCheck.Storage;

/// <summary>A file of a copy.</summary>
/// <param name="Path">Below the copy, with "/" between parts.</param>
/// <param name="Sha256">Of its bytes, lower-case hex.</param>
public sealed record CopiedFile(string Path, long Bytes, string Sha256);

/// <summary>What a copy of a data folder holds: written last, so that a copy without it was broken off.</summary>
/// <param name="Format">Raised when a release can't read the copies of the one before.</param>
/// <param name="BlobsIn">The account that holds articles, texts and reports; null where they are in the copy.</param>
public sealed record CopyManifest(
    int Format,
    DateTimeOffset MadeAt,
    bool HasKeys,
    string? BlobsIn,
    IReadOnlyList<CopiedFile> Files
);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CopyManifest))]
internal sealed partial class CopyJson : JsonSerializerContext;

/// <summary>Copies of a data folder, made while the desk runs. The order makes one whole: the audit log first, which then
/// knows nothing that the rows do not; then the orchestrations, whose receipts of blobs must not be newer than the cases
/// made of them; then the rows; then the files that they name, which are written before them.</summary>
public static class DeskCopy
{
    /// <summary>The manifest, in a copy.</summary>
    public const string ManifestName = "copy.json";

    private const int Format = 1;
    private const int MostNamed = 5;
    private static readonly string[] Containers = ["articles", CaseFiles.Texts, CaseFiles.Reports, "evidence"];

    /// <summary>Makes a copy, and reads it again.</summary>
    /// <param name="to">A folder that is empty, or not there yet.</param>
    /// <param name="withKeys">True copies the keys too: who has the copy then can write in the desk's name.</param>
    /// <exception cref="InvalidOperationException">Something is in that folder, or it is a part of the desk's.</exception>
    /// <exception cref="DamagedDeskException">The desk, or what was written of it, is damaged.</exception>
    public static Task<CopyManifest> MakeAsync(
        string data,
        DeskAudit audit,
        string to,
        bool withKeys,
        TimeProvider time,
        CancellationToken cancellation = default
    ) => MakeAsync(data, audit, to, withKeys, time, _ => Task.CompletedTask, cancellation);

    /// <param name="copying">Hears of each database before it is copied.</param>
    internal static async Task<CopyManifest> MakeAsync(
        string data,
        DeskAudit audit,
        string to,
        bool withKeys,
        TimeProvider time,
        Func<string, Task> copying,
        CancellationToken cancellation
    )
    {
        MustBeEmpty(to);
        MustBeApart(data, to);
        DeskCheck.MustHaveItsRows(data);
        LocalFiles.CreateFolder(to);
        var at = time.GetUtcNow();
        await CopyLogAsync(audit.Folder, to, cancellation);
        foreach (var database in new[] { DeskCheck.Orchestrations, DeskCheck.Rows })
            if (File.Exists(Path.Combine(data, database)))
            {
                await copying(database);
                SqliteCheck.Copy(Path.Combine(data, database), Path.Combine(to, database));
            }

        DeskCheck.Look(to, TimeSpan.MaxValue);
        foreach (var folder in withKeys ? [.. Containers, "keys"] : Containers)
            await CopyFolderAsync(Path.Combine(data, folder), Path.Combine(to, folder), cancellation);
        var note = Path.Combine(data, DeskStorage.NoteName);
        if (File.Exists(note))
            await CopyAsync(note, Path.Combine(to, DeskStorage.NoteName), cancellation);
        return await SealAsync(to, at, withKeys, cancellation);
    }

    /// <summary>Reads a copy's manifest, and holds every file against it.</summary>
    /// <exception cref="DamagedDeskException">It is no whole copy; the message names what is wrong.</exception>
    public static async Task<CopyManifest> VerifyAsync(string copy, CancellationToken cancellation = default)
    {
        var manifest = await ManifestAsync(copy, cancellation);
        var wrong = new List<string>();
        foreach (var file in manifest.Files)
        {
            var path = PathOf(copy, file.Path);
            if (!File.Exists(path))
                wrong.Add($"'{file.Path}' is missing");
            else if (await HashAsync(path, cancellation) != file.Sha256)
                wrong.Add($"'{file.Path}' is not what was copied");
        }

        if (wrong.Count == 0)
            return manifest;
        var more = wrong.Count > MostNamed ? $", and {wrong.Count - MostNamed} more" : "";
        throw new DamagedDeskException(
            $"The copy in '{copy}' is damaged: {string.Join(", ", wrong.Take(MostNamed))}{more}. Take another copy."
        );
    }

    /// <summary>Puts a copy where no desk is, as it was made: its databases, files, log, and keys if it has them.</summary>
    /// <param name="keys">A folder with the keys, kept apart from the copy; null for those of the copy.</param>
    /// <param name="log">The log of the desk that was lost, which knows what the copy does not; null for none.</param>
    /// <exception cref="InvalidOperationException">Something is in the data folder.</exception>
    /// <exception cref="DamagedDeskException">It is no whole copy.</exception>
    public static async Task<CopyManifest> PutBackAsync(
        string copy,
        string data,
        DeskAudit audit,
        string? keys,
        string? log,
        CancellationToken cancellation = default
    )
    {
        MustBeEmpty(data);
        var manifest = await VerifyAsync(copy, cancellation);
        LocalFiles.CreateFolder(data);
        foreach (var file in manifest.Files)
        {
            var isLog = file.Path.StartsWith($"{DeskAudit.LogFolder}/", StringComparison.Ordinal);
            if (!isLog)
                await CopyAsync(PathOf(copy, file.Path), PathOf(data, file.Path), cancellation);
        }

        // Of two that have a name in common the longer one is the same one, later.
        foreach (var from in new[] { log, Path.Combine(copy, DeskAudit.LogFolder) })
            if (from is not null)
                await AddLogAsync(from, audit.Folder, cancellation);
        if (keys is not null)
            await CopyFolderAsync(keys, Path.Combine(data, "keys"), cancellation);
        return manifest;
    }

    private static async Task AddLogAsync(string from, string to, CancellationToken cancellation)
    {
        foreach (var file in await new FolderAuditFiles(from).ListAsync(cancellation))
        {
            var there = new FileInfo(Path.Combine(to, file.Name));
            if (!there.Exists || there.Length < file.Length)
                await CopyAsync(Path.Combine(from, file.Name), there.FullName, cancellation);
        }
    }

    private static async Task CopyLogAsync(string from, string to, CancellationToken cancellation)
    {
        // Without the summary: it may know more than the files that are copied before the next line is written.
        foreach (var file in await new FolderAuditFiles(from).ListAsync(cancellation))
            await CopyAsync(
                Path.Combine(from, file.Name),
                Path.Combine(to, DeskAudit.LogFolder, file.Name),
                cancellation
            );
    }

    private static async Task CopyFolderAsync(string from, string to, CancellationToken cancellation)
    {
        var folder = new DirectoryInfo(from);
        if (!folder.Exists || folder.LinkTarget is not null)
            return;
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            // Hidden ones are being written, or are notes of a host about its own folder; links lead elsewhere.
            if (entry.LinkTarget is not null || entry.Name.StartsWith('.'))
                continue;
            var path = Path.Combine(to, entry.Name);
            if (entry is DirectoryInfo)
                await CopyFolderAsync(entry.FullName, path, cancellation);
            else
                await CopyAsync(entry.FullName, path, cancellation);
        }
    }

    private static async Task CopyAsync(string from, string to, CancellationToken cancellation)
    {
        LocalFiles.CreateFolder(Path.GetDirectoryName(to)!);
        FileStream source;
        try
        {
            source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return; // removed since its folder was read
        }

        await using (source)
        await using (var target = new FileStream(to, LocalFiles.NewFile(FileMode.Create)))
        {
            await source.CopyToAsync(target, cancellation);
            target.Flush(flushToDisk: true);
        }

        // A blob's version is its time and length: a copy that was put back is the same version.
        File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(from));
    }

    // Hashes are of what the disk gives back; the manifest comes last.
    private static async Task<CopyManifest> SealAsync(
        string copy,
        DateTimeOffset at,
        bool withKeys,
        CancellationToken cancellation
    )
    {
        var files = new List<CopiedFile>();
        foreach (
            var path in Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        )
        {
            var name = Path.GetRelativePath(copy, path).Replace(Path.DirectorySeparatorChar, '/');
            files.Add(new(name, new FileInfo(path).Length, await HashAsync(path, cancellation)));
        }

        var note = Path.Combine(copy, DeskStorage.NoteName);
        var blobsIn = File.Exists(note) ? (await File.ReadAllTextAsync(note, cancellation)).Trim() : null;
        var manifest = new CopyManifest(Format, at, withKeys, blobsIn, files);
        await LocalFiles.ReplaceAsync(
            Path.Combine(copy, ManifestName),
            JsonSerializer.SerializeToUtf8Bytes(manifest, CopyJson.Default.CopyManifest),
            cancellation
        );
        return await VerifyAsync(copy, cancellation);
    }

    private static async Task<CopyManifest> ManifestAsync(string copy, CancellationToken cancellation)
    {
        var file = Path.Combine(copy, ManifestName);
        if (!File.Exists(file))
            throw new DamagedDeskException(
                $"'{copy}' is no whole copy: it has no {ManifestName}, which is written last. Take another copy."
            );
        try
        {
            var manifest = JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(file, cancellation),
                CopyJson.Default.CopyManifest
            )!;
            return manifest.Format == Format
                ? manifest
                : throw new DamagedDeskException(
                    $"'{copy}' has format {manifest.Format}; this release knows {Format}. Put it back with the release "
                        + "that made it, or a later one."
                );
        }
        catch (JsonException damaged)
        {
            throw new DamagedDeskException($"'{file}' can't be read: {damaged.Message} Take another copy.", damaged);
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }

    // A manifest that somebody wrote must not lead out of the folder.
    private static string PathOf(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new DamagedDeskException($"The copy in '{folder}' names '{name}', which is not in it.");
    }

    private static void MustBeEmpty(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new InvalidOperationException(
                $"'{folder}' is not empty: nothing is overwritten. Name a new folder, or move this one away."
            );
    }

    private static void MustBeApart(string data, string to)
    {
        if (
            (Path.GetFullPath(to) + Path.DirectorySeparatorChar).StartsWith(
                Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)) + Path.DirectorySeparatorChar,
                StringComparison.Ordinal
            )
        )
            throw new InvalidOperationException(
                $"'{to}' is within the data folder: a copy belongs elsewhere, best on another disk."
            );
    }
}
