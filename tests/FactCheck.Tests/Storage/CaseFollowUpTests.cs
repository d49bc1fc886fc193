using FactCheck.Storage;
using FactCheck.Storage.Local;
using FactCheck.Tests.Functions;

namespace FactCheck.Tests.Storage;

/// <summary>What a change of a case brings along, and that none of it undoes the change.</summary>
public sealed class CaseFollowUpTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteTables _tables;
    private readonly CaseStore _cases;
    private readonly DeskIndex _index;
    private readonly TaskQueue _queue;
    private readonly HeardOrchestrations _heard = new();

    public CaseFollowUpTests()
    {
        _tables = new(_folder["desk.db"]);
        (_cases, _index) = (new(_tables, TimeProvider.System), new(_tables, TimeProvider.System));
        _queue = new(_tables, _cases);
    }

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_change_that_starts_something_is_not_made_where_nobody_can_start_it()
    {
        await MakeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _cases.ChangeAsync(Some.Article, head => new CaseChange(head).Insert(Some.Task()))
        );
        Assert.Empty(await _cases.TasksAsync(Some.Article));
    }

    [Fact]
    public async Task A_new_task_stands_in_the_queue_with_its_clock_and_the_page_is_told()
    {
        await MakeAsync();
        var cursor = (await _index.ChangesAsync(null, 10)).Cursor;
        var task = Some.Task();
        await _cases.ChangeAsync(
            Some.Article,
            head => new CaseChange(head).Insert(task).Note("ana", AuditVerb.Promoted, task.Id),
            _heard
        );

        Assert.Equal([$"clock {task.Id}"], _heard.Of("clock"));
        Assert.Equal([task.Id], await QueueAsync());
        var told = Assert.Single((await _index.ChangesAsync(cursor, 10)).Items);
        Assert.Equal((Some.Article, task.Id, "opened"), (told.Article, told.Task, told.What));
        Assert.Equal("promoted", (await _cases.AuditAsync(Some.Article))[^1].What);
    }

    [Fact]
    public async Task A_task_that_is_closed_leaves_the_queue_and_its_clock_is_woken_now_or_by_the_sweep()
    {
        await MakeAsync();
        var task = await OpenAsync();
        await CloseAsync(task);

        Assert.Equal([$"wake {task.Id}"], _heard.Of("wake"));
        Assert.Equal([task.Id], (await _cases.WakesAsync(Some.Article)).Select(w => w.TaskId));
        Assert.Empty(await QueueAsync());
    }

    [Fact]
    public async Task An_engine_that_is_away_stops_neither_the_change_nor_what_else_follows()
    {
        await MakeAsync();
        var task = await OpenAsync();
        var cursor = (await _index.ChangesAsync(null, 10)).Cursor;
        _heard.IsAway = true;
        await CloseAsync(task);

        Assert.Equal(TaskState.Decided, (await _cases.TaskAsync(task.Id)).Value.State);
        Assert.Empty(await QueueAsync());
        Assert.Equal(["decided"], (await _index.ChangesAsync(cursor, 10)).Items.Select(c => c.What));
    }

    [Fact]
    public async Task A_copy_of_evidence_is_on_the_audit_chain_and_no_news_to_the_page()
    {
        await MakeAsync();
        var cursor = (await _index.ChangesAsync(null, 10)).Cursor;
        await _cases.ChangeAsync(
            Some.Article,
            head => new CaseChange(head).Note(AuditNote.Host, AuditVerb.Archived, Some.Article)
        );
        Assert.Empty((await _index.ChangesAsync(cursor, 10)).Items);
        Assert.Equal("archived", (await _cases.AuditAsync(Some.Article))[^1].What);
    }

    [Fact]
    public async Task A_task_that_was_decided_before_its_clock_was_there_wakes_it()
    {
        await MakeAsync();
        var task = Some.Task();
        _heard.Meanwhile = () => CloseAsync(task);
        await _cases.ChangeAsync(Some.Article, head => new CaseChange(head.Opening(task)).Insert(task), _heard);
        // The first found no clock to wake.
        Assert.Equal([$"wake {task.Id}", $"clock {task.Id}", $"wake {task.Id}"], _heard.Of(""));
    }

    [Fact]
    public async Task Whoever_changed_a_case_hears_whether_all_followed_from_it()
    {
        await MakeAsync();
        var task = Some.Task();
        foreach (var isAway in new[] { true, false })
        {
            _heard.IsAway = isAway;
            var commit = await _cases.ChangeAsync(
                Some.Article,
                head => new CaseChange(head).Insert(task with { Id = $"{task.Id}{isAway}" }),
                _heard
            );
            Assert.Equal(!isAway, commit!.HasFollowed);
        }
    }

    [Fact]
    public async Task What_follows_from_a_commit_follows_also_when_whoever_asked_for_it_has_left()
    {
        await MakeAsync();
        var task = await OpenAsync();
        var cursor = (await _index.ChangesAsync(null, 10)).Cursor;
        using var tables = new InterruptedTables(_tables);
        using var leaves = new CancellationTokenSource();
        tables.After = () => leaves.CancelAsync();
        var cases = new CaseStore(tables, TimeProvider.System);
        await cases.ReplaceTaskAsync(
            await cases.TaskAsync(task.Id),
            task with
            {
                Lease = new("ana", Some.Now.AddMinutes(1)),
            },
            leaves.Token
        );
        Assert.True(leaves.IsCancellationRequested);
        Assert.Equal("ana", Assert.Single(await _queue.ListAsync(null, 10)).Entry.Shown!.Lease!.Holder.Name);
        Assert.Equal(["taken"], (await _index.ChangesAsync(cursor, 10)).Items.Select(c => c.What));
    }

    [Fact]
    public async Task With_a_run_that_begins_or_ends_the_open_tasks_have_another_version_in_the_queue()
    {
        await MakeAsync();
        var task = await OpenAsync();
        var run = new CaseRun(2, "hash", "etag", 1, Some.Now, RunState.Arrived);
        await _cases.ChangeAsync(
            Some.Article,
            head => new CaseChange(head with { Run = 2, Stage = ArticleStage.Received }).Insert(run),
            _heard
        );
        Assert.Equal((2, false), await VersionAsync());
        await _cases.ChangeAsync(
            Some.Article,
            head =>
                new CaseChange(head with { Stage = ArticleStage.Reviewing }).Put(run with { State = RunState.Done }),
            _heard
        );
        Assert.Equal((2, true), await VersionAsync());

        async Task<(int, bool)> VersionAsync()
        {
            var entry = Assert.Single(await _queue.ListAsync(null, 10)).Entry;
            Assert.Equal(task.Id, entry.TaskId);
            return (entry.Shown!.Run, entry.Shown.IsRead);
        }
    }

    [Fact]
    public async Task Only_a_lease_or_an_assignment_is_news_of_a_task_alone()
    {
        await MakeAsync();
        var task = await OpenAsync();
        var cursor = (await _index.ChangesAsync(null, 10)).Cursor;
        var row = await _cases.TaskAsync(task.Id);
        row = await _cases.ReplaceTaskAsync(row, row.Value with { Attempt = 7 });
        Assert.Empty((await _index.ChangesAsync(cursor, 10)).Items);
        await _cases.ReplaceTaskAsync(row, row.Value with { Assignee = "ana" });
        Assert.Equal(["taken"], (await _index.ChangesAsync(cursor, 10)).Items.Select(c => c.What));
    }

    private Task<bool> MakeAsync() => _cases.CreateAsync(new CaseChange(Some.Head()).Put(Some.Claim()), _heard);

    private async Task<ReviewTask> OpenAsync()
    {
        var task = Some.Task();
        await _cases.ChangeAsync(Some.Article, head => new CaseChange(head.Opening(task)).Insert(task), _heard);
        return task;
    }

    private async Task CloseAsync(ReviewTask task)
    {
        var row = await _cases.TaskAsync(task.Id);
        await _cases.ChangeAsync(
            Some.Article,
            head =>
                new CaseChange(head.Closing(task))
                    .Replace(row, row.Value with { State = TaskState.Decided })
                    .Note("ana", AuditVerb.Decided, task.Id),
            _heard
        );
    }

    private async Task<IReadOnlyList<string>> QueueAsync() =>
        [.. (await _queue.ListAsync(null, 10)).Select(place => place.Entry.TaskId)];

    private sealed class HeardOrchestrations : IOrchestrations
    {
        private readonly List<string> _heard = [];

        public bool IsAway { get; set; }

        public IEnumerable<string> Of(string what) =>
            _heard.Where(line => line.StartsWith(what, StringComparison.Ordinal));

        public Task StartCheckAsync(CaseHead head, CancellationToken cancellation) => Hear($"check {head.Run}");

        public Task StartPublicationAsync(CaseHead head, CancellationToken cancellation) =>
            Hear($"publication {head.PublicationAsked}");

        /// <summary>Happens once, before a clock starts.</summary>
        public Func<Task>? Meanwhile { get; set; }

        public async Task StartClockAsync(ReviewTask task, CancellationToken cancellation)
        {
            if (Meanwhile is { } meanwhile)
            {
                Meanwhile = null;
                await meanwhile();
            }

            await Hear($"clock {task.Id}");
        }

        public async Task<bool> RestartClockAsync(string taskId, CancellationToken cancellation)
        {
            await Hear($"clock {taskId}");
            return true;
        }

        public Task WakeAsync(ReviewTask task, CancellationToken cancellation) => Hear($"wake {task.Id}");

        private Task Hear(string what)
        {
            if (IsAway)
                throw new IOException("The engine is away.");
            _heard.Add(what);
            return Task.CompletedTask;
        }
    }
}
