using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Storage;

/// <summary>Who signed in, who was refused and who handed in what, a row each, by day; of many refusals of one address
/// within an hour one row tells. No other call writes. What can't be written is told in the host's log, and stops
/// nobody.</summary>
public sealed class AccessLog(ITableStore tables, TimeProvider time, ILogger<AccessLog>? log = null)
{
    private const string Table = "access";

    /// <summary>Refusals of one address within an hour that have a row each; of more the 40th, 80th, 160th … tells how
    /// many there were.</summary>
    public const int RowsAnAddress = 20;

    /// <summary>The same for all addresses together, so that nobody who has many of them fills the store.</summary>
    public const int RowsAnHour = 2_000;

    // Days further back than any that are kept: a desk may have been off.
    private const int DaysSearched = 30;

    private readonly Dictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly ILogger _log = log ?? NullLogger<AccessLog>.Instance;
    private DateTimeOffset _hour;

    /// <summary>Notes what somebody did.</summary>
    public async Task NoteAsync(AccessEntry entry, CancellationToken cancellation = default)
    {
        var times = entry.What == AccessKind.Refused ? CountOf(entry.Address) : 1;
        if (times == 0)
            return;
        var now = time.GetUtcNow();
        var json = JsonSerializer.Serialize(entry with { At = now, Times = times }, AccessJson.Default.AccessEntry);
        var key = $"{(long.MaxValue - now.UtcTicks).ToString("D19", CultureInfo.InvariantCulture)}|{Guid.NewGuid():N}";
        try
        {
            await tables.CommitAsync(Table, Day(now), [new RowChange.Insert(key, json)], cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            _log.LogWarning(error, "{What} by {Address} could not be noted", entry.What, entry.Address);
        }
    }

    /// <summary>What was noted, newest first, after a cursor, of so many days back.</summary>
    public async Task<Slice<AccessEntry>> ReadAsync(
        string? cursor,
        int most,
        int days,
        CancellationToken cancellation = default
    )
    {
        var today = time.GetUtcNow();
        var entries = new List<AccessEntry>();
        var (from, after) = cursor?.Split('~', 2) is [var day, var key] ? (day, key) : (Day(today), null);
        for (var back = 0; back <= days; back++)
        {
            day = Day(today.AddDays(-back));
            if (string.CompareOrdinal(day, from) > 0)
                continue;
            var rows = await tables.ListAsync(
                Table,
                day,
                "",
                day == from ? after : null,
                most - entries.Count,
                cancellation
            );
            entries.AddRange(rows.Select(row => JsonSerializer.Deserialize(row.Json, AccessJson.Default.AccessEntry)!));
            if (entries.Count == most)
                return new(entries, $"{day}~{rows[^1].Key}");
        }

        return new(entries, null);
    }

    /// <summary>Removes what is older than so many days, some thousands each time.</summary>
    public async Task ForgetAsync(int days, CancellationToken cancellation = default)
    {
        for (var back = days + 1; back <= days + DaysSearched; back++)
        for (var batches = 0; batches < 50; batches++)
        {
            var day = Day(time.GetUtcNow().AddDays(-back));
            var old = await tables.ListAsync(Table, day, "", null, ITableStore.MaxChanges, cancellation);
            if (old.Count == 0)
                break;
            await tables.CommitAsync(Table, day, [.. old.Select(row => new RowChange.Delete(row.Key))], cancellation);
        }
    }

    // How many refusals a row stands for; 0 for none of its own.
    private int CountOf(string address)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var hour = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour));
            if (hour != _hour)
                _refusals.Clear();
            _hour = hour;
            // As many addresses as rows: whoever comes by still more of them is counted with the rest.
            var mine = _refusals.Count <= RowsAnHour || _refusals.ContainsKey(address) ? address : "";
            var own = _refusals[mine] = _refusals.GetValueOrDefault(mine) + 1;
            if (own > RowsAnAddress)
                return IsTold(own, RowsAnAddress) ? own : 0;
            var all = _refusals[All] = _refusals.GetValueOrDefault(All) + 1;
            return all <= RowsAnHour ? 1
                : IsTold(all, RowsAnHour) ? all
                : 0;
        }
    }

    // No address is called so.
    private const string All = "*";

    private static bool IsTold(int count, int most) =>
        count % most == 0 && System.Numerics.BitOperations.IsPow2(count / most);

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
