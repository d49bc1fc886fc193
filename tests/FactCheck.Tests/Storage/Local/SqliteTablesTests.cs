using System.Runtime.Versioning;
using CsCheck;
using FactCheck.Storage.Local;
using FactCheck.Storage.Rules;
using Microsoft.Data.Sqlite;
using static FactCheck.Domain.RowChange;

namespace FactCheck.Tests.Storage.Local;

/// <summary>The contract on SQLite, and what only a file has: reopening, crashing, versions, other processes.</summary>
public sealed class SqliteTablesTests : TableStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _path;
    private SqliteTables _store;

    public SqliteTablesTests()
    {
        _path = _folder["data", "desk.db"];
        _store = new(_path);
    }

    protected override ITableStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_row_takes_little_more_room_than_what_is_in_it()
    {
        using var folder = new TempFolder();
        var file = folder["desk.db"];
        await using (var store = new SqliteTables(file))
            foreach (var batch in Enumerable.Range(0, 2_000).Chunk(100))
                await store.CommitAsync(
                    "cases",
                    "a",
                    [.. batch.Select(i => new RowChange.Insert($"stmt|{i:D5}", new string('x', 1_200)))]
                );

        Assert.InRange(new FileInfo(file).Length, 2_000 * 1_200, 2_000 * 1_200 * 3 / 2);
    }

    [Fact]
    public async Task What_was_committed_is_there_after_a_restart_and_etags_go_on()
    {
        var etags = await _store.CommitAsync("cases", "a", [new Insert("head", "1"), new Insert("gone", "1")]);
        await _store.CommitAsync("cases", "a", [new Delete("gone")]);
        await _store.DisposeAsync();
        _store = new(_path);

        Assert.Equal([new TableRow("head", "1", etags["head"])], await _store.ListAsync("cases", "a"));
        var later = await _store.CommitAsync(
            "cases",
            "a",
            [new Replace("head", "2", etags["head"]), new Insert("gone", "2")]
        );
        Assert.Empty(later.Values.Intersect(etags.Values));
    }

    [Fact]
    public async Task What_was_committed_is_there_after_a_crash()
    {
        await _store.CommitAsync("cases", "a", [.. Enumerable.Range(0, 50).Select(i => new Insert($"{i:00}", "{}"))]);

        // What a process that dies now leaves behind: the file and its log, not closed.
        var crashed = _folder["crashed.db"];
        File.Copy(_path, crashed);
        File.Copy(_path + "-wal", crashed + "-wal");
        using var reopened = new SqliteTables(crashed);

        Assert.Equal(50, (await reopened.ListAsync("cases", "a")).Count);
    }

    [Fact]
    public async Task A_conflict_in_a_shared_flush_is_nobody_elses()
    {
        await _store.CommitAsync("cases", "a", [new Insert("taken", "{}")]);

        var commits = Enumerable
            .Range(0, 300)
            .Select(i =>
                _store.CommitAsync(
                    "cases",
                    "a",
                    [new Insert($"row|{i:000}", "{}"), new Insert(i % 3 == 0 ? "taken" : $"own|{i:000}", "{}")]
                )
            )
            .ToList();
        for (var i = 0; i < commits.Count; i++)
        {
            if (i % 3 != 0)
                Assert.Equal(2, (await commits[i]).Count);
            else
                Assert.Equal("taken", (await Assert.ThrowsAsync<RowConflictException>(() => commits[i])).Key);
        }

        var expected = Enumerable.Range(0, 300).Where(i => i % 3 != 0).ToList();
        Assert.Equal(
            expected.Select(i => $"row|{i:000}"),
            (await _store.ListAsync("cases", "a", "row|")).Select(row => row.Key)
        );
        Assert.Equal(
            expected.Select(i => $"own|{i:000}"),
            (await _store.ListAsync("cases", "a", "own|")).Select(row => row.Key)
        );
    }

    [Fact]
    public async Task Two_processes_may_share_the_file()
    {
        using var other = new SqliteTables(_path);
        var mine = Enumerable
            .Range(0, 50)
            .Select(i => _store.CommitAsync("cases", "a", [new Insert($"mine|{i:00}", "{}")]));
        var theirs = Enumerable
            .Range(0, 50)
            .Select(i => other.CommitAsync("cases", "a", [new Insert($"theirs|{i:00}", "{}")]));

        var etags = (await Task.WhenAll([.. mine, .. theirs])).SelectMany(one => one.Values).ToList();

        Assert.Equal(100, etags.Distinct().Count());
        Assert.Equal(100, (await other.ListAsync("cases", "a")).Count);
        Assert.Equal(await other.ListAsync("cases", "a"), await _store.ListAsync("cases", "a"));
    }

    [Fact]
    public async Task Closing_finishes_the_commits_under_way_and_refuses_later_ones()
    {
        var underWay = Enumerable
            .Range(0, 100)
            .Select(i => _store.CommitAsync("cases", "a", [new Insert($"{i:00}", "{}")]))
            .ToList();
        await _store.DisposeAsync();
        await Task.WhenAll(underWay);

        await Assert.ThrowsAsync<ObjectDisposedException>(() =>
            _store.CommitAsync("cases", "a", [new Insert("late", "{}")])
        );
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _store.FindAsync("cases", "a", "00"));
        await _store.DisposeAsync();
        Assert.False(File.Exists(_path + "-wal"), "A closed file has no log beside it.");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Only_the_owner_may_read_the_file_and_a_folder_made_for_it()
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["data"]));
        Assert.All(Directory.GetFiles(_folder["data"]), file => Assert.Equal(Owner, File.GetUnixFileMode(file)));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_was_there_keeps_its_mode()
    {
        const UnixFileMode Shared =
            UnixFileMode.UserRead
            | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(_folder["shared"]);
        File.SetUnixFileMode(_folder["shared"], Shared);

        new SqliteTables(_folder["shared", "desk.db"]).Dispose();

        Assert.Equal(Shared, File.GetUnixFileMode(_folder["shared"]));
    }

    [Fact]
    public void A_file_of_a_newer_release_is_refused_by_name_and_left_as_it_is()
    {
        _store.Dispose();
        Sql(_path, "PRAGMA user_version = 99");
        var before = File.ReadAllBytes(_path);

        var refused = Assert.Throws<InvalidDataException>(() => new SqliteTables(_path));

        Assert.Contains(_path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("99", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_path));
    }

    [Fact]
    public void Somebody_elses_file_is_refused_by_name_and_left_as_it_is()
    {
        var sqlite = _folder["recipes.db"];
        Sql(sqlite, "CREATE TABLE recipes (name TEXT)");
        var text = _folder["notes.txt"];
        File.WriteAllText(
            text,
            "Not a database at all, and longer than the header that SQLite looks for in a file. " + new string('.', 200)
        );
        foreach (var path in (string[])[sqlite, text])
        {
            var before = File.ReadAllBytes(path);
            var refused = Assert.Throws<InvalidDataException>(() => new SqliteTables(path));
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void An_older_file_gets_the_missing_steps_once_and_all_or_none()
    {
        using var connection = SqliteTables.Connect(_folder["steps.db"]);
        string[] first = ["CREATE TABLE a (x INTEGER)"];
        string[] broken =
        [
            .. first,
            "CREATE TABLE b (x INTEGER); INSERT INTO b VALUES (1)",
            "CREATE TABLE no syntax here",
        ];
        string[] mended = [.. broken[..2], "INSERT INTO b VALUES (2)"];

        SqliteSchema.Upgrade(connection, "steps.db", first);
        Assert.Throws<SqliteException>(() => SqliteSchema.Upgrade(connection, "steps.db", broken));
        Assert.Equal(
            (1L, "a"),
            (Sql(connection, "PRAGMA user_version"), Sql(connection, "SELECT group_concat(name) FROM sqlite_schema"))
        );

        SqliteSchema.Upgrade(connection, "steps.db", mended);
        SqliteSchema.Upgrade(connection, "steps.db", mended);
        Assert.Equal((3L, 3L), (Sql(connection, "PRAGMA user_version"), Sql(connection, "SELECT sum(x) FROM b")));
        Assert.Throws<InvalidDataException>(() => SqliteSchema.Upgrade(connection, "steps.db", first));
    }

    [Fact]
    public async Task A_file_of_the_first_release_opens_with_its_rows()
    {
        var path = _folder["first.db"];
        Sql(
            path,
            """
            CREATE TABLE rows (
              tbl       TEXT NOT NULL COLLATE BINARY,
              partition TEXT NOT NULL COLLATE BINARY,
              key       TEXT NOT NULL COLLATE BINARY,
              json      TEXT NOT NULL,
              etag      INTEGER NOT NULL,
              PRIMARY KEY (tbl, partition, key)
            ) WITHOUT ROWID;
            CREATE TABLE version (one INTEGER PRIMARY KEY CHECK (one = 1), latest INTEGER NOT NULL);
            INSERT INTO version VALUES (1, 7);
            INSERT INTO rows VALUES ('cases', 'a', 'head', '{}', 6);
            PRAGMA application_id = 0x6663636B;
            PRAGMA user_version = 1;
            """
        );

        using var store = new SqliteTables(path);

        Assert.Equal([new TableRow("head", "{}", "\"6\"")], await store.ListAsync("cases", "a"));
        Assert.Equal("\"8\"", (await store.CommitAsync("cases", "a", [new Replace("head", "{}", "\"6\"")]))["head"]);
    }

    [Fact]
    public async Task A_write_that_the_disk_refuses_fails_with_the_files_name_and_the_next_one_works()
    {
        // A trigger stands in for the disk: it fails inside SQLite, where a full disk would.
        Sql(
            _path,
            "CREATE TRIGGER full BEFORE INSERT ON rows WHEN NEW.key = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END"
        );

        var failed = await Assert.ThrowsAsync<IOException>(() =>
            _store.CommitAsync("cases", "a", [new Insert("good", "{}"), new Insert("bad", "{}")])
        );
        await _store.CommitAsync("cases", "a", [new Insert("next", "{}")]);

        Assert.Contains(_path, failed.Message, StringComparison.Ordinal);
        Assert.Equal(["next"], (await _store.ListAsync("cases", "a")).Select(row => row.Key));
    }

    [Fact]
    public void Any_sequence_of_commits_leaves_what_a_dictionary_would_hold()
    {
        var key = Gen.OneOf("a", "aa", "b", "B", "é", "ｆ", "run|1", "run|2");
        var etag = Gen.Int[0, 3];
        var change = Gen.Select(Gen.Int[0, 4], key, Gen.String[Gen.Char['a', 'z'], 0, 5], etag);
        var commit = Gen.Select(Gen.OneOf("p", "q"), change.Array[0, 5]);
        var round = 0;

        commit
            .Array[1, 30]
            .Sample(
                commits => Agrees($"model{Interlocked.Increment(ref round)}", commits).GetAwaiter().GetResult(),
                iter: 200,
                threads: 1
            );
    }

    private async Task<bool> Agrees(
        string table,
        (string Partition, (int Kind, string Key, string Json, int ETag)[] Changes)[] commits
    )
    {
        var model = new Dictionary<(string Partition, string Key), (string Json, string ETag)>();
        var used = new List<string> { "\"0\"" };
        foreach (var (partition, drawn) in commits)
        {
            // An ETag that the row has now, one it had, or one of another row.
            string ETag((int Kind, string Key, string Json, int ETag) c) =>
                c.ETag < 2 && model.TryGetValue((partition, c.Key), out var row)
                    ? row.ETag
                    : used[c.ETag * 7 % used.Count];
            RowChange[] changes =
            [
                .. drawn
                    .DistinctBy(c => c.Key)
                    .Select(c =>
                        c.Kind switch
                        {
                            0 => (RowChange)new Insert(c.Key, c.Json),
                            1 => new Replace(c.Key, c.Json, ETag(c)),
                            2 => new Put(c.Key, c.Json),
                            3 => new Delete(c.Key),
                            _ => new Delete(c.Key, ETag(c)),
                        }
                    ),
            ];
            var firstThatDoesNotFit = changes.FirstOrDefault(c => !Fits(model, partition, c));
            try
            {
                var etags = await _store.CommitAsync(table, partition, changes);
                Assert.Null(firstThatDoesNotFit);
                foreach (var c in changes)
                {
                    if (c is Delete)
                        model.Remove((partition, c.Key));
                    else
                        model[(partition, c.Key)] = (TableRules.JsonOf(c)!, etags[c.Key]);
                }

                Assert.Empty(etags.Values.Intersect(used));
                used.AddRange(etags.Values);
            }
            catch (RowConflictException conflict)
            {
                Assert.Equal(firstThatDoesNotFit?.Key, conflict.Key);
            }
        }

        foreach (var partition in (string[])["p", "q"])
        {
            var expected = model
                .Where(row => row.Key.Partition == partition)
                .OrderBy(row => row.Key.Key, StringComparer.Ordinal)
                .Select(row => new TableRow(row.Key.Key, row.Value.Json, row.Value.ETag))
                .ToList();
            Assert.Equal(expected, await _store.ListAsync(table, partition));
            Assert.Equal(expected.Where(row => row.Key.StartsWith('a')), await _store.ListAsync(table, partition, "a"));
            var two = expected.Where(row => string.CompareOrdinal(row.Key, "b") > 0).Take(2);
            Assert.Equal(two, await _store.ListAsync(table, partition, after: "b", most: 2));
        }

        return true;
    }

    private static bool Fits(
        Dictionary<(string Partition, string Key), (string Json, string ETag)> model,
        string partition,
        RowChange change
    )
    {
        var there = model.TryGetValue((partition, change.Key), out var row);
        return change switch
        {
            Insert => !there,
            Replace(_, _, var etag) => there && row.ETag == etag,
            Delete(_, { } etag) => there && row.ETag == etag,
            _ => true,
        };
    }

    private static void Sql(string path, string sql)
    {
        using var connection = SqliteTables.Connect(path);
        Sql(connection, sql);
    }

    private static object? Sql(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
