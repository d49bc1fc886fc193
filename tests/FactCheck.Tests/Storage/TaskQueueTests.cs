using FactCheck.Storage;
using FactCheck.Storage.Local;
using FactCheck.Tests.Functions;

namespace FactCheck.Tests.Storage;

/// <summary>The queue says what the rows of its tasks say, whoever wrote them in whichever order.</summary>
public sealed class TaskQueueTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly InterruptedTables _tables;
    private readonly CaseStore _cases;
    private readonly TaskQueue _queue;

    public TaskQueueTests()
    {
        _tables = new(new SqliteTables(_folder["desk.db"]));
        _cases = new(_tables, TimeProvider.System);
        _queue = new(_tables, _cases);
    }

    public async ValueTask InitializeAsync() =>
        await _cases.CreateAsync(new CaseChange(Some.Head()).Put(Some.Claim()), new DeafOrchestrations());

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Places_follow_priority_then_deadline_and_a_task_has_one_until_it_is_closed()
    {
        var task = Some.Task() with { Priority = 50 };
        var later = task with { Id = $"{task.StatementId}.later", Deadline = task.Deadline.AddDays(1) };
        var first = task with { Id = $"{task.StatementId}.first", Priority = 100 };
        await OpenAsync(later, task, first);
        Assert.Equal([first.Id, task.Id, later.Id], await IdsAsync());
        await ChangeAsync(later.Id, t => t with { Priority = 60 });
        Assert.Equal([first.Id, later.Id, task.Id], await IdsAsync());
        await ChangeAsync(task.Id, t => t with { State = TaskState.Decided });
        await ChangeAsync(first.Id, t => t with { State = TaskState.Spiked, Priority = 7 });
        Assert.Equal([later.Id], await IdsAsync());
    }

    [Fact]
    public async Task A_row_shows_the_task_as_its_row_is_with_its_version()
    {
        var task = Some.Task();
        await OpenAsync(task);
        await LeaseAsync(task.Id, "ana");
        var (_, entry) = Assert.Single(await _queue.ListAsync(null, 10));
        var row = await _cases.TaskAsync(task.Id);
        Assert.Equal(QueueEntry.Of(row, Some.Claim(), Some.Head()), entry);
        Assert.Equal((row.ETag, "ana"), (entry.Shown!.ETag, entry.Shown.Lease!.Holder.Name));
    }

    [Theory]
    [InlineData("insert")]
    [InlineData("replace")]
    public async Task Who_was_slow_to_tell_the_queue_does_not_undo_what_came_after(string slow)
    {
        var task = Some.Task();
        if (slow == "replace")
            await OpenAsync(task);
        // Just before the queue hears of the first change, somebody else makes the next, and tells the queue of it.
        _tables.Once((table, _) => table == "queue", () => LeaseAsync(task.Id, "bo"));
        if (slow == "insert")
            await OpenAsync(task);
        else
            await LeaseAsync(task.Id, "ana");
        Assert.Equal("bo", Assert.Single(await _queue.ListAsync(null, 10)).Entry.Shown!.Lease!.Holder.Name);
    }

    [Fact]
    public async Task A_task_that_is_closed_before_the_queue_hears_that_it_was_opened_does_not_stay_there()
    {
        var task = Some.Task();
        _tables.Once(
            (table, _) => table == "queue",
            () => ChangeAsync(task.Id, t => t with { State = TaskState.Decided })
        );
        await OpenAsync(task);
        Assert.Empty(await IdsAsync());
    }

    [Fact]
    public async Task What_nobody_can_write_in_ten_tries_is_given_up_with_the_name_of_its_place()
    {
        var task = Some.Task();
        await OpenAsync(task);
        var tries = 0;
        _tables.Before = (table, changes) =>
        {
            tries++;
            throw new RowConflictException(table, "some", changes.First().Key);
        };
        await _tables.UnderneathAsync(Put("{}"));
        await Assert.ThrowsAsync<RowConflictException>(() => _queue.ShowAsync(task));
        Assert.Equal(10, tries);
    }

    [Fact]
    public async Task A_row_of_a_former_release_is_completed()
    {
        var task = Some.Task();
        await OpenAsync(task);
        await _tables.UnderneathAsync(Put(CaseJson.Write(new QueueEntry(task.Id, task.Priority, task.Deadline))));
        var (key, old) = Assert.Single(await _queue.ListAsync(null, 10));
        Assert.Null(old.Shown);
        var mended = await _queue.MendAsync(key, old);
        Assert.Equal(task.Id, mended!.TaskId);
        Assert.Equal(mended, Assert.Single(await _queue.ListAsync(null, 10)).Entry);
        Assert.NotNull(mended.Shown);
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("elsewhere")]
    [InlineData("gone")]
    public async Task A_place_that_its_task_does_not_have_is_given_up(string because)
    {
        var task = Some.Task();
        await OpenAsync(task);
        var entry = new QueueEntry(task.Id, 99, task.Deadline);
        if (because == "closed")
            await ChangeAsync(task.Id, t => t with { State = TaskState.Decided });
        if (because == "gone")
            entry = entry with { TaskId = $"{task.StatementId}.none" };
        const string key = "001|false";
        await _tables.UnderneathAsync(new RowChange.Put(key, CaseJson.Write(entry)));
        Assert.Null(await _queue.MendAsync(key, entry));
        Assert.Equal(because == "closed" ? [] : [task.Id], await IdsAsync());
    }

    private RowChange Put(string json) => new RowChange.Put(OnlyKey(), json);

    private string OnlyKey() => Assert.Single(_queue.ListAsync(null, 10).GetAwaiter().GetResult()).Key;

    private Task OpenAsync(params ReviewTask[] tasks) =>
        _cases.ChangeAsync(
            Some.Article,
            head => tasks.Aggregate(new CaseChange(head), (change, task) => change.Insert(task)),
            new DeafOrchestrations()
        );

    private Task LeaseAsync(string taskId, string who) =>
        ReplaceAsync(taskId, t => t with { Lease = new(who, Some.Now.AddMinutes(1)) });

    private async Task ReplaceAsync(string taskId, Func<ReviewTask, ReviewTask> change)
    {
        var row = await _cases.TaskAsync(taskId);
        await _cases.ReplaceTaskAsync(row, change(row.Value));
    }

    private Task ChangeAsync(string taskId, Func<ReviewTask, ReviewTask> change) =>
        _cases.ChangeAsync(
            Some.Article,
            async head =>
            {
                var row = await _cases.TaskAsync(taskId);
                return new CaseChange(head).Replace(row, change(row.Value));
            },
            new DeafOrchestrations()
        );

    private async Task<IReadOnlyList<string>> IdsAsync() =>
        [.. (await _queue.ListAsync(null, 10)).Select(place => place.Entry.TaskId)];
}
