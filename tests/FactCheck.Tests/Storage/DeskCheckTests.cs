using System.Security.Cryptography;
using FactCheck.Storage;
using FactCheck.Storage.Local;

namespace FactCheck.Tests.Storage;

/// <summary>A data folder that is not whole is refused in a sentence, and nothing is made in its place.</summary>
public sealed class DeskCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("texts/a/original/x")]
    [InlineData("reports/a/v0001/report.html")]
    [InlineData("evidence/a")]
    [InlineData("audit/202611-1.jsonl")]
    [InlineData("blobs-are-in.txt")]
    public void A_desk_without_its_rows_is_no_new_desk(string left)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[left])!);
        File.WriteAllText(_folder[left], "left");
        foreach (var isEmpty in new[] { false, true })
        {
            if (isEmpty)
                File.WriteAllText(_folder["desk.db"], "");
            var refused = Assert.Throws<DamagedDeskException>(() => new DeskStorage(_folder.Path, null).OpenTables());
            Assert.Contains(isEmpty ? "is empty" : "is missing", refused.Message, StringComparison.Ordinal);
            Assert.Contains("factcheck restore", refused.Message, StringComparison.Ordinal);
            Assert.Equal(isEmpty, File.Exists(_folder["desk.db"]));
        }
    }

    [Fact]
    public void A_folder_with_articles_only_is_a_new_desk()
    {
        Directory.CreateDirectory(_folder["articles"]);
        File.WriteAllText(_folder["articles", "a.txt"], "a");
        new DeskStorage(_folder.Path, null).OpenTables().Dispose();
        Assert.True(File.Exists(_folder["desk.db"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Pages_that_are_damaged_are_found(int seed)
    {
        var random = new Random(seed);
        await using (var tables = new SqliteTables(_folder["desk.db"]))
            for (var row = 0; row < 300; row++)
                await tables.CommitAsync("cases", $"p{row}", [new RowChange.Put("k", new string('x', 2_000))]);
        Assert.Empty(DeskCheck.Look(_folder.Path, DeskCheck.Limit));
        using (var file = new FileStream(_folder["desk.db"], FileMode.Open))
            for (var page = 0; page < 40; page++)
            {
                file.Position = 4096L * random.NextInt64(2, file.Length / 4096);
                file.Write(RandomNumberGenerator.GetBytes(512));
            }

        var refused = Assert.Throws<DamagedDeskException>(() => DeskCheck.Look(_folder.Path, DeskCheck.Limit));
        Assert.Contains("desk.db' is damaged", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("desk.db")]
    [InlineData("runtime.db")]
    public void A_file_that_is_no_database_is_found(string name)
    {
        File.WriteAllText(_folder[name], new string('x', 10_000));
        var refused = Assert.Throws<DamagedDeskException>(() => DeskCheck.Look(_folder.Path, DeskCheck.Limit));
        Assert.Contains($"{name}' is damaged", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_make_a_key_at_the_same_time_have_the_same_one()
    {
        for (var time = 0; time < 40; time++)
        {
            var folder = _folder[$"{time}"];
            var keys = new string[6];
            Parallel.For(
                0,
                keys.Length,
                new ParallelOptions { MaxDegreeOfParallelism = keys.Length },
                n => keys[n] = Convert.ToHexString(KeyFile.ReadOrMake(folder, "signing.key", "key", ""))
            );
            Assert.Single(keys.Distinct());
            Assert.Single(Directory.GetFiles(KeyFile.FolderOf(folder)));
        }
    }

    /// <summary>What a program that was killed left beside a database is evidence while something is in doubt.</summary>
    [Fact]
    public async Task A_look_changes_nothing_of_a_database_nor_of_what_lies_beside_it()
    {
        var (file, killed) = (_folder["desk.db"], _folder["killed"]);
        Directory.CreateDirectory(killed);
        await using (var tables = new SqliteTables(file))
        {
            await tables.CommitAsync("cases", "p", [new RowChange.Put("k", "{}")]);
            foreach (var name in new[] { "desk.db", "desk.db-wal" })
                File.Copy(_folder[name], Path.Combine(killed, name));
        }

        var before = Bytes();
        Assert.Empty(DeskCheck.Look(killed, DeskCheck.Limit));
        await using (var tables = SqliteTables.OpenToRead(Path.Combine(killed, "desk.db")))
        {
            Assert.Single(await tables.ListAsync("cases", "p"));
            await Assert.ThrowsAsync<InvalidOperationException>(() =>
                tables.CommitAsync("cases", "p", [new RowChange.Put("k", "{}")])
            );
        }

        Assert.Equal(before, Bytes());

        string Bytes() =>
            string.Join(
                ' ',
                new[] { "desk.db", "desk.db-wal" }.Select(name =>
                    Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(killed, name))))
                )
            );
    }

    [Fact]
    public void A_database_that_cannot_be_opened_is_told_in_a_sentence()
    {
        using (new SqliteTables(_folder["desk.db"])) { }
        // Where SQLite wants its log stands something that is none.
        Directory.CreateDirectory(_folder["desk.db-wal"]);
        var told = Assert.ThrowsAny<IOException>(() => DeskCheck.Look(_folder.Path, DeskCheck.Limit));
        Assert.Contains("desk.db'", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SQLite Error", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_is_looked_at_as_far_as_the_time_goes_and_that_is_told()
    {
        await using (var tables = new SqliteTables(_folder["desk.db"]))
            for (var row = 0; row < 200; row++)
                await tables.CommitAsync("cases", $"p{row}", [new RowChange.Put("k", new string('x', 40_000))]);
        Assert.Contains(
            "only a part",
            Assert.Single(DeskCheck.Look(_folder.Path, TimeSpan.FromMilliseconds(-1))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_key_that_is_gone_or_broken_is_told_where_there_is_a_log_and_none_is_made()
    {
        var audit = new DeskAudit(_folder.Path, null);
        Assert.Null(audit.FindKey());
        var key = audit.ReadOrMakeKey();
        Assert.Equal(key.Id, audit.ReadOrMakeKey().Id);
        File.Move(_folder["keys", "audit.key.new"], _folder["keys", "audit.key"]);
        Assert.Equal((key.Id, true), (audit.FindKey()!.Id, audit.FindKey()!.HasSealedAll));
        Directory.CreateDirectory(audit.Folder);
        File.WriteAllText(Path.Combine(audit.Folder, "202611.jsonl"), "");
        File.WriteAllBytes(_folder["keys", "audit.key"], new byte[7]);
        Assert.Contains(
            "is no audit key",
            Assert.Throws<DamagedDeskException>(audit.ReadOrMakeKey).Message,
            StringComparison.Ordinal
        );
        File.Delete(_folder["keys", "audit.key"]);
        Assert.Contains(
            "is missing",
            Assert.Throws<DamagedDeskException>(audit.ReadOrMakeKey).Message,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(_folder["keys", "audit.key"]));
    }

    [Fact]
    public void A_log_that_is_elsewhere_is_found_again_and_not_begun_a_second_time()
    {
        var elsewhere = _folder["disk", "log"];
        new DeskAudit(_folder["data"], elsewhere).Claim();
        Assert.Equal(elsewhere, new DeskAudit(_folder["data"], null).Folder);
        Directory.CreateDirectory(elsewhere);
        File.WriteAllText(Path.Combine(elsewhere, "202611.jsonl"), "");
        Assert.Contains(
            elsewhere,
            Assert.Throws<InvalidOperationException>(() => new DeskAudit(_folder["data"], null).Claim()).Message,
            StringComparison.Ordinal
        );
        Directory.Move(elsewhere, Directory.CreateDirectory(_folder["data"]).FullName + "/audit");
        new DeskAudit(_folder["data"], null).Claim();
        Assert.Equal(_folder["data", "audit"], new DeskAudit(_folder["data"], null).Folder);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("QUJD")]
    public void A_key_of_a_setting_that_is_none_is_refused_and_not_repeated(string setting)
    {
        var refused = Assert.Throws<FormatException>(() => DeskAudit.KeyOf(setting));
        Assert.Contains("FactCheck:Audit:Key", refused.Message, StringComparison.Ordinal);
        Assert.True(setting is "" || !refused.Message.Contains(setting, StringComparison.Ordinal));
        Assert.Equal(8, DeskAudit.KeyOf(Convert.ToBase64String(new byte[32])).Id.Length);
    }

    [Fact]
    public void What_a_crash_left_half_written_is_removed_and_nothing_else_is()
    {
        Directory.CreateDirectory(_folder["texts", "a"]);
        var (left, mine) = (_folder["texts", "a", $".{Guid.NewGuid():N}.tmp"], _folder["texts", "a", ".mine.tmp"]);
        foreach (var file in new[] { left, mine })
            File.WriteAllText(file, "x");
        Assert.Equal(0, LocalFiles.RemoveLeftovers(_folder.Path, DateTime.UtcNow.AddHours(-1)));
        Assert.Equal(1, LocalFiles.RemoveLeftovers(_folder.Path, DateTime.UtcNow.AddHours(1)));
        Assert.False(File.Exists(left));
        Assert.True(File.Exists(mine));
    }
}
