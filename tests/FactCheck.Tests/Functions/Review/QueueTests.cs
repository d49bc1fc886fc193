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
            new(_desk.Cases),
            _desk.Index,
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
    public async Task One_call_looks_at_500_tasks_and_the_next_goes_on_behind_them()
    {
        var tasks = Enumerable.Range(0, 501).Select(i => Task($"{i:D3}")).ToArray();
        tasks[500] = tasks[500] with { Assignee = "ana" };
        await MakeAsync(tasks);
        var page = await PageAsync("?assignee=ana");
        Assert.Empty(page.Items);
        Assert.Equal("500", await ShownAsync($"?assignee=ana&cursor={Uri.EscapeDataString(page.Cursor!)}"));
    }

    [Fact]
    public async Task A_false_place_is_given_up_and_its_task_shown_once()
    {
        var (moved, closed) = (Task("moved"), Task("closed") with { State = TaskState.Decided });
        await MakeAsync(moved, closed);
        await _desk.Index.EnqueueAsync(moved with { Priority = 100 });
        await _desk.Index.EnqueueAsync(closed with { State = TaskState.Open });
        Assert.Equal(3, (await _desk.Index.QueueAsync(null, 100)).Count);

        Assert.Equal("moved", await ShownAsync(""));

        Assert.True(DeskIndex.IsPlaceOf(Assert.Single(await _desk.Index.QueueAsync(null, 100)).Key, moved));
        Assert.Equal("closed moved", await ShownAsync($"?article={Some.Article}"));
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
