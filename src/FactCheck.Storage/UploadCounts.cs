using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FactCheck.Storage;

/// <summary>How much one person may hand in over HTTP on one day of UTC.</summary>
public sealed record UploadAllowance
{
    /// <summary>Files, also those that are refused later.</summary>
    public int MaxFiles { get; init; } = 5_000;

    /// <summary>Their bytes together.</summary>
    public long MaxBytes { get; init; } = 2L * 1024 * 1024 * 1024;
}

/// <summary>Counts what people hand in, a row a person and day.</summary>
public sealed class UploadCounts(ITableStore tables, TimeProvider time)
{
    private const string Table = "uploads";
    private const int MostTries = 20;

    /// <summary>Counts a file of a person, by id; null when it may come in, else how long to wait: until the next day of UTC.</summary>
    public async Task<TimeSpan?> AddAsync(
        string person,
        long bytes,
        UploadAllowance allowance,
        CancellationToken cancellation = default
    )
    {
        var (now, key) = (time.GetUtcNow(), Base32.Hash(person, 32));
        for (var tries = 1; ; tries++)
        {
            var row = await tables.FindAsync(Table, Day(now), key, cancellation);
            var before = row is null ? new(0, 0) : Read(row.Json);
            var after = new UploadCount(before.Files + 1, before.Bytes + bytes);
            if (after.Files > allowance.MaxFiles || after.Bytes > allowance.MaxBytes)
                return now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
            var json = JsonSerializer.Serialize(after, UploadJson.Default.UploadCount);
            try
            {
                await tables.CommitAsync(
                    Table,
                    Day(now),
                    [row is null ? new RowChange.Insert(key, json) : new RowChange.Replace(key, json, row.ETag)],
                    cancellation
                );
                return null;
            }
            catch (RowConflictException) when (tries < MostTries)
            {
                // The same person hands in several at once.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * tries)), cancellation);
            }
        }
    }

    /// <summary>Removes the counts of the week before yesterday, at most one transaction of each day's each time: a desk
    /// may have been off for days.</summary>
    public async Task ForgetAsync(CancellationToken cancellation = default)
    {
        for (var back = 2; back <= 8; back++)
        {
            var day = Day(time.GetUtcNow().AddDays(-back));
            var old = await tables.ListAsync(Table, day, "", null, ITableStore.MaxChanges, cancellation);
            if (old.Count > 0)
                await tables.CommitAsync(
                    Table,
                    day,
                    [.. old.Select(row => new RowChange.Delete(row.Key))],
                    cancellation
                );
        }
    }

    private static UploadCount Read(string json) => JsonSerializer.Deserialize(json, UploadJson.Default.UploadCount)!;

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}

internal sealed record UploadCount(int Files, long Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UploadCount))]
internal sealed partial class UploadJson : JsonSerializerContext;
