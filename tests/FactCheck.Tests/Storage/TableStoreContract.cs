using System.Globalization;
using FactCheck.Storage;
using static FactCheck.Domain.RowChange;

namespace FactCheck.Tests.Storage;

/// <summary>
/// What every table store does. Run against SQLite here and against Azure Table Storage's emulator in the acceptance
/// tests.
/// </summary>
public abstract class TableStoreContract
{
    private const string P = "article";

    // A table of its own for each test, as stores are shared.
    private readonly string _table = "t" + Guid.NewGuid().ToString("N");

    protected abstract ITableStore Store { get; }

    [Fact]
    public async Task A_row_that_was_inserted_is_found_with_its_etag()
    {
        var etags = await Commit(new Insert("head", """{"title":"Störche"}"""));

        var row = await Store.FindAsync(_table, P, "head");

        Assert.Equal(new TableRow("head", """{"title":"Störche"}""", etags["head"]), row);
    }

    [Fact]
    public async Task Nothing_is_found_where_nothing_was_written()
    {
        Assert.Null(await Store.FindAsync(_table, P, "head"));
        Assert.Empty(await Store.ListAsync(_table, P));

        await Commit(new Insert("head", "{}"));

        Assert.Null(await Store.FindAsync(_table, P, "Head"));
        Assert.Null(await Store.FindAsync(_table, "other", "head"));
        Assert.Empty(await Store.ListAsync(_table, "other"));
    }

    [Fact]
    public async Task Inserting_a_row_twice_is_a_conflict_that_names_the_key_and_keeps_the_first()
    {
        await Commit(new Insert("run|1", "1"));

        var conflict = await Conflict(new Insert("run|1", "2"));

        Assert.Equal("run|1", conflict.Key);
        Assert.Equal("1", await Json("run|1"));
    }

    [Fact]
    public async Task Replacing_needs_the_latest_etag()
    {
        var first = await Commit(new Insert("task", "1"));
        var second = await Commit(new Replace("task", "2", first["task"]));

        Assert.Equal("task", (await Conflict(new Replace("task", "3", first["task"]))).Key);
        Assert.Equal(new TableRow("task", "2", second["task"]), await Store.FindAsync(_table, P, "task"));
    }

    [Fact]
    public async Task Replacing_a_row_that_is_gone_is_a_conflict()
    {
        var etags = await Commit(new Insert("task", "1"));
        await Commit(new Delete("task"));

        Assert.Equal("task", (await Conflict(new Replace("task", "2", etags["task"]))).Key);
    }

    [Fact]
    public async Task A_row_that_was_removed_and_made_anew_has_another_etag()
    {
        var first = await Commit(new Insert("task", "1"));
        await Commit(new Delete("task", first["task"]));
        var second = await Commit(new Insert("task", "1"));

        Assert.NotEqual(first["task"], second["task"]);
        await Conflict(new Replace("task", "2", first["task"]));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("\"007\"")]
    [InlineData("W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"")]
    public async Task An_etag_that_the_row_never_had_is_a_conflict_and_no_wildcard(string etag)
    {
        await Commit(new Insert("task", "1"));

        Assert.Equal("task", (await Conflict(new Replace("task", "2", etag))).Key);
        Assert.Equal("task", (await Conflict(new Delete("task", etag))).Key);
        Assert.Equal("1", await Json("task"));
    }

    [Fact]
    public async Task Every_write_gives_another_etag_also_of_the_same_json()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 20; i++)
            Assert.True(seen.Add((await Commit(new Put("head", "{}")))["head"]));
    }

    [Fact]
    public async Task An_etag_is_a_valid_http_entity_tag()
    {
        var etags = await Commit(new Put("head", "{}"));

        Assert.True(System.Net.Http.Headers.EntityTagHeaderValue.TryParse(etags["head"], out _), etags["head"]);
    }

    [Fact]
    public async Task Putting_writes_whether_the_row_is_there_or_not()
    {
        await Commit(new Put("head", "1"));
        var etags = await Commit(new Put("head", "2"));

        Assert.Equal(new TableRow("head", "2", etags["head"]), await Store.FindAsync(_table, P, "head"));
    }

    [Fact]
    public async Task Deleting_with_an_etag_needs_the_latest_one()
    {
        var first = await Commit(new Insert("task", "1"));
        var second = await Commit(new Put("task", "2"));

        await Conflict(new Delete("task", first["task"]));
        Assert.Equal("2", await Json("task"));

        Assert.Empty(await Commit(new Delete("task", second["task"])));
        Assert.Null(await Json("task"));
        await Conflict(new Delete("task", second["task"]));
    }

    [Fact]
    public async Task Deleting_without_an_etag_is_done_when_the_row_is_gone_and_the_rest_of_the_transaction_is_written()
    {
        await Commit(new Insert("wake|2", "{}"));

        await Commit(new Delete("wake|1"), new Put("head", "{}"), new Delete("wake|2"), new Delete("wake|3"));
        await Commit(new Delete("wake|1"), new Delete("wake|2"));

        Assert.Equal(["head"], await Keys());
    }

    [Fact]
    public async Task A_transaction_writes_all_its_changes_or_none()
    {
        var etags = await Commit(new Insert("a", "1"), new Insert("b", "1"), new Insert("c", "1"));
        var later = await Commit(new Put("b", "2"));

        var conflict = await Conflict(
            new Put("a", "9"),
            new Delete("c"),
            new Insert("d", "9"),
            new Replace("b", "9", etags["b"]),
            new Insert("e", "9")
        );

        Assert.Equal("b", conflict.Key);
        Assert.Equal(
            [new("a", "1", etags["a"]), new("b", "2", later["b"]), new("c", "1", etags["c"])],
            await Store.ListAsync(_table, P)
        );
    }

    [Fact]
    public async Task A_transaction_of_nothing_does_nothing()
    {
        Assert.Empty(await Commit());
        Assert.Empty(await Keys());
    }

    [Fact]
    public async Task Rows_are_listed_in_ordinal_order_of_their_keys()
    {
        string[] keys =
        [
            "Z",
            "a",
            "a-",
            "a1",
            "a10",
            "a2",
            "aa",
            "task|1",
            "task|10",
            "task|2",
            "zz",
            "~",
            "é",
            "ß",
            "Ж",
            "中",
            "ｆ",
            "\uFFFD",
            "A b",
            "100%",
            "it's",
            "a+b",
            "a&b",
            "a=b",
            "a:b",
            "a\"b",
            "a%2Fb",
            "a,b;c",
        ];
        await Store.CommitAsync(_table, P, [.. keys.Select(key => new Insert(key, "{}"))]);

        Assert.Equal(keys.Order(StringComparer.Ordinal), await Keys());
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("100%")]
    [InlineData("a%2Fb")]
    [InlineData("a b+c&d=e")]
    [InlineData("Ж中é")]
    [InlineData("{0}|(x)~!@$^*[]<>\"`;:,.")]
    public async Task Any_character_that_a_key_may_have_does_what_it_should(string key)
    {
        var table = _table;
        var etag = (await Store.CommitAsync(table, key, [new Insert(key, "1")]))[key];
        Assert.Equal(new TableRow(key, "1", etag), await Store.FindAsync(table, key, key));
        Assert.Equal([key], (await Store.ListAsync(table, key, key)).Select(row => row.Key));

        etag = (await Store.CommitAsync(table, key, [new Replace(key, "2", etag)]))[key];
        await Store.CommitAsync(table, key, [new Delete(key, etag)]);

        Assert.Null(await Store.FindAsync(table, key, key));
    }

    [Fact]
    public async Task Rows_are_listed_by_prefix()
    {
        await Commit([
            .. new[] { "run|1", "run|2", "rum", "runs", "run", "r", "task|1", "Run|3" }.Select(key => new Insert(
                key,
                "{}"
            )),
        ]);

        Assert.Equal(["run|1", "run|2"], await Keys("run|"));
        Assert.Equal(["rum", "run", "runs", "run|1", "run|2"], await Keys("ru"));
        Assert.Empty(await Keys("nothing"));
        Assert.Empty(await Keys("a/b"));
        Assert.Empty(await Keys(new string('r', 600)));
    }

    [Fact]
    public async Task Rows_are_listed_page_by_page()
    {
        await Commit([.. Enumerable.Range(0, 25).Select(i => new Insert($"audit|{i:00}", $"{i}"))]);
        await Commit(new Insert("a", "{}"), new Insert("z", "{}"));

        var seen = new List<string>();
        var pages = 0;
        string? after = null;
        while (await Store.ListAsync(_table, P, "audit|", after, most: 10) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 10);
            seen.AddRange(page.Select(row => row.Json));
            after = page[^1].Key;
            pages++;
        }

        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{i}"), seen);
    }

    [Fact]
    public async Task After_means_greater_whether_or_not_that_row_exists()
    {
        await Commit(new Insert("b", "{}"), new Insert("bb", "{}"), new Insert("c", "{}"));

        Assert.Equal(["bb", "c"], await Keys(after: "b"));
        Assert.Equal(["b", "bb", "c"], await Keys(after: "a"));
        Assert.Equal(["bb"], await Keys("b", after: "ba"));
        Assert.Equal(["b", "bb"], await Keys("b", after: "a"));
        Assert.Empty(await Keys("b", after: "c"));
        Assert.Empty(await Keys(after: "c"));
        Assert.Equal(["c"], await Keys(after: "bb/"));
        Assert.Empty(await Store.ListAsync(_table, P, most: 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ListAsync(_table, P, most: -1));
    }

    [Fact]
    public async Task More_rows_are_listed_than_one_answer_of_Azure_holds()
    {
        for (var at = 0; at < 1200; at += 100)
            await Commit([.. Enumerable.Range(at, 100).Select(i => new Insert($"{i:0000}", "{}"))]);

        Assert.Equal(Enumerable.Range(0, 1200).Select(i => $"{i:0000}"), await Keys());
        Assert.Equal(1100, (await Store.ListAsync(_table, P, most: 1100)).Count);
    }

    [Fact]
    public async Task Partitions_and_tables_are_apart()
    {
        var other = _table + "b";
        await Store.CommitAsync(_table, "p", [new Insert("k", "1")]);
        await Store.CommitAsync(_table, "P", [new Insert("k", "2")]);
        await Store.CommitAsync(other, "p", [new Insert("k", "3")]);

        Assert.Equal("1", (await Store.FindAsync(_table, "p", "k"))?.Json);
        Assert.Equal("2", (await Store.FindAsync(_table, "P", "k"))?.Json);
        Assert.Equal("3", (await Store.FindAsync(other, "p", "k"))?.Json);
    }

    [Fact]
    public async Task A_transaction_takes_100_changes_and_no_more()
    {
        await Commit([.. Enumerable.Range(0, 100).Select(i => new Insert($"{i:000}", new string('"', 4096)))]);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Commit([.. Enumerable.Range(0, 101).Select(i => new Put($"{i:000}", "new"))])
        );

        var rows = await Store.ListAsync(_table, P);
        Assert.Equal(100, rows.Count);
        Assert.All(rows, row => Assert.Equal(new string('"', 4096), row.Json));
    }

    [Fact]
    public async Task A_transaction_of_the_longest_keys_and_4_KiB_of_anything_fits()
    {
        var partition = new string('中', 512);
        string Key(int i) => new string('文', 509) + i.ToString("000", CultureInfo.InvariantCulture);

        await Store.CommitAsync(
            _table,
            partition,
            [.. Enumerable.Range(0, 100).Select(i => new Put(Key(i), new string('"', 4096)))]
        );

        Assert.Equal(100, (await Store.ListAsync(_table, partition)).Count);
        Assert.Equal(4096, (await Store.FindAsync(_table, partition, Key(99)))?.Json.Length);
    }

    [Fact]
    public async Task A_transaction_of_too_many_bytes_is_refused_as_a_whole()
    {
        var large = new string('x', 460_000);

        await Assert.ThrowsAsync<ArgumentException>(() =>
            Commit([.. Enumerable.Range(0, 10).Select(i => new Put($"{i}", large))])
        );
        Assert.Empty(await Keys());

        await Commit([.. Enumerable.Range(0, 9).Select(i => new Put($"{i}", large))]);
        Assert.Equal(9, (await Keys()).Count);
    }

    [Fact]
    public async Task A_key_may_be_changed_once_in_a_transaction()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Commit(new Insert("a", "1"), new Put("a", "2")));
        await Assert.ThrowsAsync<ArgumentException>(() => Commit(new Put("a", "1"), new Delete("a")));
        Assert.Empty(await Keys());

        await Commit(new Put("a", "1"), new Put("A", "2"));
        Assert.Equal(["A", "a"], await Keys());
    }

    [Theory]
    [InlineData("ascii")]
    [InlineData("quotes")]
    [InlineData("accents")]
    [InlineData("pairs")]
    public async Task The_largest_row_comes_back_as_it_was(string kind)
    {
        var json = kind switch
        {
            "ascii" => new string('x', ITableStore.MaxRowBytes),
            "quotes" => new string('"', ITableStore.MaxRowBytes),
            "accents" => new string('é', ITableStore.MaxRowBytes / 2),
            // One unit off, so that a cut at a round number falls inside a pair.
            _ => "x" + string.Concat(Enumerable.Repeat("🔥", (ITableStore.MaxRowBytes - 1) / 4)),
        };
        await Commit(new Insert("large", json));
        Assert.True(string.Equals(json, await Json("large"), StringComparison.Ordinal), "The row came back changed.");

        await Commit(new Put("large", "small again"));
        Assert.Equal("small again", await Json("large"));
    }

    [Fact]
    public async Task A_row_that_is_too_large_or_no_text_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Commit(new Put("a", new string('x', ITableStore.MaxRowBytes + 1)))
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Commit(new Put("a", new string('é', (ITableStore.MaxRowBytes / 2) + 1)))
        );
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Commit(new Put("a", "half a pair: \uD83D")));
        Assert.Empty(await Keys());
    }

    public static TheoryData<string> KeysThatCantBeStored =>
        ["", "a/b", "a\\b", "a#b", "a?b", "a\nb", "a\0b", "\u007F", "\u0085", "🔥", "\uD83D", new string('k', 513)];

    [Theory]
    [MemberData(nameof(KeysThatCantBeStored))]
    public async Task A_key_that_cant_be_stored_is_refused_when_written_and_not_there_when_read(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(_table, P, [new Put(key, "{}")]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(_table, key, [new Put("a", "{}")]));
        Assert.Null(await Store.FindAsync(_table, P, key));
        Assert.Null(await Store.FindAsync(_table, key, "a"));
        Assert.Empty(await Store.ListAsync(_table, key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Cases")]
    [InlineData("1cases")]
    [InlineData("my-cases")]
    [InlineData("cases; DROP TABLE rows")]
    [InlineData("tables")]
    [InlineData("fälle")]
    public async Task A_table_has_a_name_that_Azure_takes(string table)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(table, P, [new Put("a", "{}")]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.FindAsync(table, P, "a"));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ListAsync(table, P));
    }

    [Fact]
    public async Task Of_many_writers_who_saw_the_same_version_exactly_one_wins()
    {
        var seen = (await Commit(new Insert("task", "open")))["task"];

        var wins = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(i => Task.Run(() => Wins(new Replace("task", $"{i}", seen), new Insert($"dec|{i}", "{}"))))
        );

        Assert.Single(wins, won => won);
        var winner = Array.IndexOf(wins, true);
        Assert.Equal($"{winner}", await Json("task"));
        Assert.Equal([$"dec|{winner}"], await Keys("dec|"));
    }

    [Fact]
    public async Task Of_many_writers_who_add_the_same_row_exactly_one_wins()
    {
        var wins = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => Wins(new Insert("run|1", $"{i}"))))
        );

        Assert.Single(wins, won => won);
        Assert.Equal($"{Array.IndexOf(wins, true)}", await Json("run|1"));
    }

    [Fact]
    public async Task Many_who_count_by_etag_lose_no_count()
    {
        await Commit(new Insert("count", "0"));
        async Task AddOne()
        {
            while (true)
            {
                var row = (await Store.FindAsync(_table, P, "count"))!;
                if (
                    await Wins(
                        new Replace("count", $"{int.Parse(row.Json, CultureInfo.InvariantCulture) + 1}", row.ETag)
                    )
                )
                    return;
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(AddOne)));

        Assert.Equal("12", await Json("count"));
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_transaction()
    {
        RowChange[] All(int version) => [.. Enumerable.Range(0, 20).Select(i => new Put($"{i:00}", $"{version}"))];
        await Commit(All(0));
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            var version = 0;
            while (!stop.IsCancellationRequested)
                await Commit(All(++version));
            return version;
        });

        var versions = new HashSet<string>();
        for (var read = 0; (read < 100 || versions.Count < 5) && !writing.IsCompleted; read++)
        {
            var rows = await Store.ListAsync(_table, P);
            Assert.Equal(20, rows.Count);
            versions.Add(Assert.Single(rows.Select(row => row.Json).Distinct()));
        }

        await stop.CancelAsync();
        Assert.True(await writing >= 4, "The writer wrote while the reader read.");
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.CommitAsync(_table, P, [new Put("a", "{}")], cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.FindAsync(_table, P, "a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.ListAsync(_table, P, cancellation: cancelled)
        );
        Assert.Null(await Json("a"));
    }

    [Fact]
    public async Task Tokens_that_ended_a_week_ago_and_codes_that_are_too_old_are_removed_some_at_a_time()
    {
        // Long before anybody else's, where stores are shared.
        var clock = new Clock { Now = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        var tokens = new Tokens(Store, clock, new SigningKey(new byte[32]));
        var ended = new List<string>();
        for (var i = 0; i < 3; i++)
            ended.Add((await tokens.IssueAsync("anna", Role.Editor, TimeSpan.FromHours(1))).Record.Id);
        var lasting = await tokens.IssueAsync("bo", Role.Editor, TimeSpan.FromDays(90));
        var code = await tokens.CreateCodeAsync("anna", Role.Editor, TimeSpan.FromMinutes(15));

        clock.Now += TimeSpan.FromDays(1);
        Assert.Equal(1, await tokens.ForgetEndedAsync(100)); // the code; the list still tells of the tokens
        Assert.Null(await tokens.TradeCodeAsync(code, TimeSpan.FromHours(1)));
        Assert.Equal(3, (await tokens.ListAsync()).Count(token => ended.Contains(token.Id)));

        clock.Now += TimeSpan.FromDays(7);
        Assert.Equal(2, await tokens.ForgetEndedAsync(2));
        Assert.Equal(1, await tokens.ForgetEndedAsync(2));
        Assert.Equal(0, await tokens.ForgetEndedAsync(2));
        Assert.DoesNotContain(await tokens.ListAsync(), token => ended.Contains(token.Id));
        Assert.Equal("bo", (await tokens.FindPersonAsync(lasting.Token))?.Name);
    }

    [Fact]
    public async Task Answers_under_idempotency_keys_are_removed_when_nobody_asks_again_and_nothing_else_is()
    {
        var article = ArticleKey.Of("articles", Guid.NewGuid().ToString());
        var cases = new CaseStore(Store, TimeProvider.System);
        await cases.CreateAsync(new CaseChange(
                new CaseHead
                {
                    Key = article,
                    Name = "a.txt",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                    UpdatedAt = DateTimeOffset.UnixEpoch,
                }
            ).InsertAnswer("first", "1").InsertAnswer("second", "2"), new DeafOrchestrations());

        await cases.ForgetAnswersAsync(article, json => json == "1");

        Assert.Null(await cases.FindAnswerAsync(article, "first"));
        Assert.Equal("2", await cases.FindAnswerAsync(article, "second"));
        Assert.NotNull(await cases.FindHeadAsync(article));
    }

    private Task<IReadOnlyDictionary<string, string>> Commit(params RowChange[] changes) =>
        Store.CommitAsync(_table, P, changes);

    private Task<RowConflictException> Conflict(params RowChange[] changes) =>
        Assert.ThrowsAsync<RowConflictException>(() => Commit(changes));

    private async Task<bool> Wins(params RowChange[] changes)
    {
        try
        {
            await Commit(changes);
            return true;
        }
        catch (RowConflictException)
        {
            return false;
        }
    }

    private async Task<string?> Json(string key) => (await Store.FindAsync(_table, P, key))?.Json;

    private async Task<IReadOnlyList<string>> Keys(string prefix = "", string? after = null) =>
        [.. (await Store.ListAsync(_table, P, prefix, after)).Select(row => row.Key)];

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
