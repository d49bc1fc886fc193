using FactCheck.Storage;
using FactCheck.Storage.Local;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Storage;

/// <summary>Lists across articles: what they hold, in which order, and for how long.</summary>
public sealed class DeskIndexTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteTables _tables;
    private readonly FakeTimeProvider _time = new(Some.Now);
    private readonly DeskIndex _index;

    public DeskIndexTests()
    {
        _tables = new(_folder["desk.db"]);
        _index = new(_tables, _time);
    }

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_page_that_polls_is_told_what_changed_since_it_last_asked_up_to_a_day_ago()
    {
        await TellAsync("before");
        _time.Advance(TimeSpan.FromSeconds(1));
        var now = await _index.ChangesAsync(null, 10);
        Assert.Empty(now.Items);
        await TellAsync("a");
        await TellAsync("b");
        var first = await _index.ChangesAsync(now.Cursor, 1);
        Assert.Equal(["a"], first.Items.Select(c => c.What));
        _time.Advance(TimeSpan.FromDays(1));
        await TellAsync("c");
        var rest = await _index.ChangesAsync(first.Cursor, 10);
        Assert.Equal(["b", "c"], rest.Items.Select(c => c.What));
        Assert.Equal(rest.Cursor, (await _index.ChangesAsync(rest.Cursor, 10)).Cursor);
        Assert.Equal(2, (await _index.ChangesAsync(now.Cursor, 2)).Items.Count);
    }

    [Theory]
    [InlineData("1|a", null, null, null)]
    [InlineData("1|a", "2|b", "3|c", "2|b")]
    [InlineData("1|a", null, "3|c", "3|")]
    [InlineData(null, null, "3|c", "3|")]
    [InlineData("3|a", null, "3|c", "3|c")] // never back
    public void Who_may_not_see_what_a_list_went_over_gets_no_cursor_of_it(
        string? asked,
        string? shown,
        string? looked,
        string? cursor
    ) => Assert.Equal(cursor, Cursors.After(asked, shown, looked));

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 0)]
    public async Task What_changed_is_forgotten_on_the_second_day(int days, int left)
    {
        var cursor = (await _index.ChangesAsync(null, 10)).Cursor;
        foreach (var what in new[] { "a", "b", "c" })
            await TellAsync(what);
        _time.Advance(TimeSpan.FromDays(days));
        await _index.ForgetChangesAsync();
        var then = new DeskIndex(_tables, new FakeTimeProvider(Some.Now));
        Assert.Equal(left, (await then.ChangesAsync(cursor, 10)).Items.Count);
    }

    [Theory]
    [InlineData(0, "today")]
    [InlineData(2, "before yesterday, yesterday, today")] // the oldest first
    [InlineData(1, "yesterday, today")]
    public async Task What_is_due_is_so_many_of_the_days_up_to_the_moment(int daysBack, string due)
    {
        await _index.AddDueAsync("before yesterday", Some.Now.AddDays(-2));
        await _index.AddDueAsync("yesterday", Some.Now.AddDays(-1));
        await _index.AddDueAsync("today", Some.Now);
        await _index.AddDueAsync("towards evening", Some.Now.AddSeconds(1));
        var found = await _index.DueAsync(Some.Now, daysBack).ToListAsync();
        Assert.Equal(due, string.Join(", ", found.Select(d => d.StatementId)));
    }

    [Theory]
    [InlineData(VerdictChange.First, 0)]
    [InlineData(VerdictChange.Update, 0)]
    [InlineData(VerdictChange.Clarification, 1)]
    [InlineData(VerdictChange.Correction, 1)]
    [InlineData(VerdictChange.Retraction, 1)]
    public async Task Publications_are_on_the_feed_and_what_mends_one_on_the_corrections_too(
        VerdictChange change,
        int mends
    )
    {
        await _index.PublishAsync(new PublishedArticle("a", "A", 1, VerdictChange.First, null, [], Some.Now));
        await _index.PublishAsync(new PublishedArticle("b", "B", 1, change, null, [], Some.Now.AddSeconds(1)));
        Assert.Equal(mends, (await _index.CorrectionsAsync(null, 10)).Items.Count);
        var page = await _index.FeedAsync(null, 1);
        Assert.Equal("b", Assert.Single(page.Items).Key);
        Assert.Equal("a", Assert.Single((await _index.FeedAsync(page.Cursor, 2)).Items).Key);
        Assert.Null((await _index.FeedAsync(null, 3)).Cursor);
    }

    [Fact]
    public async Task The_version_of_the_published_verdicts_changes_with_each_of_them()
    {
        var versions = new List<string?> { await _index.PublishedVersionAsync() };
        Assert.Equal([null], versions);
        await _index.PublishAsync(new PublishedStatement("a", StatementKind.Claim, "A.", null, "True", "A", Some.Now));
        versions.Add(await _index.PublishedVersionAsync());
        Assert.Equal("a", Assert.Single(await _index.PublishedStatementsAsync()).StatementId);
        await _index.WithdrawAsync("a");
        versions.Add(await _index.PublishedVersionAsync());
        Assert.Equal(3, versions.Distinct().Count());
        Assert.Empty(await _index.PublishedStatementsAsync());
    }

    private async Task TellAsync(string what)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await _index.TellAsync("article", null, what);
    }
}
