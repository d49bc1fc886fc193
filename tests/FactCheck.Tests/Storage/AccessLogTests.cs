using FactCheck.Storage;
using FactCheck.Storage.Local;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Storage;

/// <summary>What the access log keeps, and what an attacker can't make it keep.</summary>
public sealed class AccessLogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteTables _tables;
    private readonly FakeTimeProvider _time = new(Some.Now);
    private readonly AccessLog _log;

    public AccessLogTests()
    {
        _tables = new(_folder["desk.db"]);
        _log = new(_tables, _time);
    }

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_read_newest_first_page_by_page_over_days_and_old_days_go()
    {
        for (var day = 0; day < 5; day++)
        {
            for (var i = 0; i < 3; i++)
            {
                await _log.NoteAsync(new(AccessKind.Uploaded, "PutArticle", 202, "::1", "ana", "ana-1", $"{day}-{i}"));
                _time.Advance(TimeSpan.FromMinutes(1));
            }

            _time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(15, (await ReadAllAsync(2)).Count);
        Assert.Equal(["4-2", "4-1", "4-0", "3-2"], (await ReadAllAsync(4)).Take(4).Select(e => e.Subject));
        await _log.ForgetAsync(3);
        Assert.Equal(["2-0"], (await ReadAllAsync(100)).TakeLast(1).Select(e => e.Subject));
    }

    [Fact]
    public async Task Of_many_refusals_of_one_address_a_few_rows_tell()
    {
        for (var i = 0; i < 5_000; i++)
            await RefuseAsync("203.0.113.7");
        await RefuseAsync("203.0.113.8"); // others are told all the same
        var rows = await ReadAllAsync(1_000);
        Assert.Equal(20 + 7 + 1, rows.Count);
        Assert.Equal(2_560, rows.Max(r => r.Times));

        _time.Advance(TimeSpan.FromHours(1));
        await RefuseAsync("203.0.113.7");
        Assert.Equal(29, (await ReadAllAsync(1_000)).Count);
    }

    [Fact]
    public async Task Many_addresses_fill_it_no_more_than_one_does()
    {
        for (var i = 0; i < 5_000; i++)
            await RefuseAsync($"203.0.{i / 256}.{i % 256}");
        Assert.InRange((await ReadAllAsync(1_000)).Count, 2_000, 2_010);
    }

    [Fact]
    public async Task What_cannot_be_noted_stops_nobody()
    {
        _tables.Dispose();
        await RefuseAsync("203.0.113.7");
    }

    private Task RefuseAsync(string address) => _log.NoteAsync(new(AccessKind.Refused, "GetArticles", 401, address));

    private async Task<IReadOnlyList<AccessEntry>> ReadAllAsync(int most)
    {
        var all = new List<AccessEntry>();
        for (string? cursor = null; ; )
        {
            var page = await _log.ReadAsync(cursor, most, 90);
            all.AddRange(page.Items);
            if ((cursor = page.Cursor) is null)
                return all;
        }
    }
}
