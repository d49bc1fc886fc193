using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Functions.Review;
using FactCheck.Storage;
using FactCheck.Tests.Storage;

namespace FactCheck.Tests.Functions.Review;

/// <summary>Which tasks of the queue are shown, and which places in it were false.</summary>
public sealed class QueueTests : IDisposable
{
    private static readonly Statement Claim = Some.Claim();
    private static readonly Statement Quote = Some.Quote();

    private readonly BareDesk _desk = new();
    private readonly Queue _queue;

    public QueueTests() =>
        _queue = new(
            _desk.Cases,
            new(_desk.Cases, null!),
            _desk.Queue,
            new(_desk.Cases, new RunFiles(_desk.Blobs), Some.Ratings),
            _desk.Time
        );

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("", "leased open quote review")]
    [InlineData("?state=Open", "open quote")]
    [InlineData("?state=InReview", "review")]
    [InlineData("?kind=Quote", "quote")]
    [InlineData("?kind=Claim", "leased open review")]
    [InlineData("?assignee=me", "leased quote")]
    [InlineData("?assignee=bo", "")]
    [InlineData("?assignee=me&kind=Claim", "leased")]
    [InlineData("?state=Open&kind=Claim", "open")]
    [InlineData("?state=InProgress&kind=Quote", "")]
    public async Task A_filter_passes_what_is_all_that_it_says(string query, string shown)
    {
        await MakeAsync(
            Task("open"),
            Task("quote", StatementKind.Quote) with
            {
                Assignee = "ana",
            },
            Task("leased") with
            {
                State = TaskState.InProgress,
                Lease = new("ana", Some.Now.AddMinutes(1)),
            },
            Task("review") with
            {
                State = TaskState.InReview,
            }
        );
        Assert.Equal(shown, await ShownAsync(query));
        Assert.Equal(shown, await ShownAsync($"?article={Some.Article}&{query.TrimStart('?')}"));
    }

    [Theory]
    [InlineData("?state=1")]
    [InlineData("?state=-1")]
    [InlineData("?state=Open,InReview")]
    [InlineData("?kind=0")]
    [InlineData("?state=Nothing")]
    public async Task A_state_or_kind_is_one_of_the_names(string query) =>
        await Assert.ThrowsAsync<RefusedException>(() => ShownAsync(query));

    [Theory]
    [InlineData(1, "a", true)]
    [InlineData(2, "a b", true)]
    [InlineData(3, "a b c", true)] // there may be more
    [InlineData(4, "a b c", false)]
    public async Task A_full_page_says_where_it_goes_on(int most, string shown, bool goesOn)
    {
        await MakeAsync(Task("a"), Task("b"), Task("c"));
        var page = await PageAsync($"?most={most}");
        Assert.Equal((shown, goesOn), (Names(page), page.Cursor is not null));
        if (page.Cursor is { } cursor)
            Assert.Equal("a b c"[shown.Length..].Trim(), await ShownAsync($"?cursor={Uri.EscapeDataString(cursor)}"));
    }

    [Fact]
    public async Task One_call_looks_at_1050_tasks_and_the_next_goes_on_behind_them()
    {
        var tasks = Enumerable.Range(0, 1_051).Select(i => Task($"{i:D4}")).ToArray();
        tasks[1_050] = tasks[1_050] with { Assignee = "ana" };
        await MakeAsync(tasks);
        var page = await PageAsync("?assignee=ana");
        Assert.Empty(page.Items);
        Assert.Equal("1050", await ShownAsync($"?assignee=ana&cursor={Uri.EscapeDataString(page.Cursor!)}"));
    }

    [Fact]
    public async Task What_a_former_release_left_in_the_queue_is_mended_as_it_is_shown()
    {
        var (open, closed) = (Task("open"), Task("closed") with { State = TaskState.Decided });
        await MakeAsync(open, closed);
        foreach (var (task, key) in new[] { (open, "001|moved"), (closed, "002|closed") })
            await _desk.Tables.CommitAsync(
                "queue",
                "open|main|0",
                [new RowChange.Put(key, CaseJson.Write(new QueueEntry(task.Id, 1, task.Deadline)))]
            );

        Assert.Equal("open", await ShownAsync(""));

        Assert.Equal(open.Id, Assert.Single(await _desk.Queue.ListAsync(null, 100)).Entry.TaskId);
        Assert.Equal("closed open", await ShownAsync($"?article={Some.Article}"));
    }

    [Fact]
    public async Task A_call_mends_50_rows_of_a_former_release_and_the_next_goes_on_behind_them()
    {
        var tasks = Enumerable.Range(0, 60).Select(i => Task($"{i:D2}")).ToArray();
        await MakeAsync(tasks);
        foreach (var (key, entry) in await _desk.Queue.ListAsync(null, 100))
            await _desk.Tables.CommitAsync(
                "queue",
                "open|main|0",
                [new RowChange.Put(key, CaseJson.Write(entry with { Shown = null }))]
            );
        var page = await PageAsync("?most=100");
        Assert.Equal(50, page.Items.Count);
        Assert.Equal(10, (await PageAsync($"?most=100&cursor={Uri.EscapeDataString(page.Cursor!)}")).Items.Count);
        Assert.Equal(60, (await PageAsync("?most=100")).Items.Count);
    }

    [Fact]
    public async Task A_page_costs_one_look_at_the_queue_and_none_at_its_tasks()
    {
        await MakeAsync(Task("a"), Task("b"));
        var tables = new InterruptedTables(_desk.Tables);
        var queue = new Queue(_desk.Cases, new(_desk.Cases, null!), new(tables, _desk.Cases), null!, _desk.Time);
        // Only the queue's rows can be read.
        await _desk.Tables.CommitAsync(
            CaseRows.Table,
            Some.Article,
            [.. (await _desk.Tables.ListAsync(CaseRows.Table, Some.Article)).Select(r => new RowChange.Delete(r.Key))]
        );
        var page = await BareDesk.ReadAsync<ListOf<TaskSummary>>(
            await queue.GetTasks(BareDesk.Request("?state=Open"), default)
        );
        Assert.Equal((2, 1), (page.Items.Count, tables.Lists));
    }

    // In the queue by their first letters.
    private static ReviewTask Task(string name, StatementKind kind = StatementKind.Claim) =>
        Some.Task(kind: kind) with
        {
            Id = $"{(kind == StatementKind.Claim ? Claim : Quote).Id}.{name}",
            Priority = 50,
            Deadline = Some.Now.AddMinutes(name[0]),
        };

    private async Task MakeAsync(params ReviewTask[] tasks)
    {
        await _desk.MakeAsync(Some.Head(), change => change.Put(Claim).Put(Quote));
        foreach (var some in tasks.Chunk(50))
            await _desk.Cases.ChangeAsync(
                Some.Article,
                head => some.Aggregate(new CaseChange(head), (change, task) => change.Insert(task)),
                new DeafOrchestrations()
            );
    }

    private async Task<ListOf<TaskSummary>> PageAsync(string query) =>
        await BareDesk.ReadAsync<ListOf<TaskSummary>>(await _queue.GetTasks(BareDesk.Request(query), default));

    private async Task<string> ShownAsync(string query) => Names(await PageAsync(query));

    private static string Names(ListOf<TaskSummary> page) =>
        string.Join(' ', page.Items.Select(t => t.Id.Split('.')[^1]));
}
