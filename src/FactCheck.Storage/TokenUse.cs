using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace FactCheck.Storage;

/// <summary>When each token was last used: exactly in this process, to an hour or a quarter of the idle time in the
/// store, so that a call seldom writes.</summary>
internal sealed class TokenUse(ITableStore tables, TimeProvider time, TimeSpan idle, ILogger log)
{
    private const string Table = "tokenuse";
    private const string All = "all";

    // Far more than are in use at once; what is dropped is read again.
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<string, Use> _uses = new(StringComparer.Ordinal);

    private readonly TimeSpan _writeEvery = idle / 4 < TimeSpan.FromHours(1) ? idle / 4 : TimeSpan.FromHours(1);

    /// <summary>How long a session holds that nobody uses.</summary>
    public TimeSpan Idle => idle;

    /// <summary>Notes a use; false for a session that nobody used for too long.</summary>
    public async Task<bool> UseAsync(TokenRecord record, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        // Another process may have seen it since this one did.
        if (!_uses.TryGetValue(record.Id, out var use) || IsIdle(record, use, now))
            use = await ReadAsync(record, cancellation);
        if (IsIdle(record, use, now))
            return false;
        var isDue = now - use.Written >= _writeEvery;
        if (isDue)
            await WriteAsync(record.Id, now, cancellation);
        if (_uses.Count >= MostRemembered)
            _uses.Clear();
        _uses[record.Id] = new(now, isDue ? now : use.Written);
        return true;
    }

    private bool IsIdle(TokenRecord record, Use use, DateTimeOffset now) => record.IsSession && now - use.At >= idle;

    private async Task<Use> ReadAsync(TokenRecord record, CancellationToken cancellation) =>
        await tables.FindAsync(Table, All, record.Id, cancellation) is { } row
            ? new(AtOf(row), AtOf(row))
            : new(record.IssuedAt, DateTimeOffset.MinValue);

    // A disk that is full stops nobody who only reads.
    private async Task WriteAsync(string id, DateTimeOffset at, CancellationToken cancellation)
    {
        try
        {
            await tables.CommitAsync(Table, All, [new RowChange.Put(id, Write(at))], cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            log.LogWarning(error, "It could not be noted that token {Token} is used", id);
        }
    }

    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> ListAsync(CancellationToken cancellation) =>
        (await tables.ListAsync(Table, All, cancellation: cancellation)).ToDictionary(
            row => row.Key,
            AtOf,
            StringComparer.Ordinal
        );

    /// <summary>Removes the uses of tokens that are removed.</summary>
    public async Task ForgetAsync(IReadOnlyList<RowChange> removed, CancellationToken cancellation)
    {
        if (removed.Count > 0)
            await tables.CommitAsync(Table, All, [.. removed.Select(r => new RowChange.Delete(r.Key))], cancellation);
        foreach (var token in removed)
            _uses.TryRemove(token.Key, out _);
    }

    private static string Write(DateTimeOffset at) => JsonSerializer.Serialize(at.UtcTicks, TokenUseJson.Default.Int64);

    private static DateTimeOffset AtOf(TableRow row) =>
        new(JsonSerializer.Deserialize(row.Json, TokenUseJson.Default.Int64), TimeSpan.Zero);

    private sealed record Use(DateTimeOffset At, DateTimeOffset Written);
}

[JsonSerializable(typeof(long))]
internal sealed partial class TokenUseJson : JsonSerializerContext;
