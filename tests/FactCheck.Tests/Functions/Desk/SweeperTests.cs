using FactCheck.Functions.Cases;
using FactCheck.Functions.Desk;
using FactCheck.Storage;
using FactCheck.Tests.Functions.Articles;
using FactCheck.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Functions.Desk;

/// <summary>When something counts as lost, and when an article is left alone.</summary>
public sealed class SweeperTests : IDisposable
{
    private readonly BareDesk _desk = new();
    private readonly Starts _engine = new();
    private readonly Sweeper _sweeper;

    public SweeperTests() =>
        _sweeper = new(
            _desk.Cases,
            _desk.Index,
            _desk.Queue,
            new(_desk.Tables, _desk.Time),
            new(_desk.Tables, _desk.Time),
            new(_desk.Tables, _desk.Time),
            new(),
            new(_desk.Time, NullLogger<DailyAudit>.Instance),
            _desk.Time,
            NullLogger<Sweeper>.Instance
        );

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData(ArticleStage.Received, 119, false)]
    [InlineData(ArticleStage.Received, 120, true)]
    [InlineData(ArticleStage.Selecting, 120, true)]
    [InlineData(ArticleStage.Reviewing, 120, false)]
    [InlineData(ArticleStage.Failed, 120, false)]
    public async Task A_check_that_does_not_run_begins_again_after_two_minutes(
        ArticleStage stage,
        int after,
        bool begins
    )
    {
        await _desk.MakeAsync(Some.Head(stage));
        await SweepAsync(TimeSpan.FromSeconds(after));
        Assert.Equal(begins ? [new ArticleRun(Some.Article, 1).InstanceId()] : [], _engine.Ids);
    }

    [Theory]
    [InlineData(1, 0, 0, 119, false)]
    [InlineData(1, 0, 0, 120, true)]
    [InlineData(1, 1, 0, 120, true)] // it is out, and nobody was told
    [InlineData(1, 1, 1, 120, false)]
    [InlineData(2, 1, 1, 120, true)]
    public async Task So_does_a_publication(int asked, int done, int announced, int after, bool begins)
    {
        await _desk.MakeAsync(
            Some.Head() with
            {
                PublicationAsked = asked,
                PublicationDone = done,
                Announced = announced,
            }
        );
        await SweepAsync(TimeSpan.FromSeconds(after));
        Assert.Equal(begins ? [new PublicationRun(Some.Article, asked).InstanceId()] : [], _engine.Ids);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task What_somebody_handed_in_on_a_day_is_counted_until_the_day_after_the_next(int days, int left)
    {
        await new UploadCounts(_desk.Tables, _desk.Time).AddAsync("sune", 10, new());
        await SweepAsync(TimeSpan.FromDays(days) + TimeSpan.FromHours(2));
        Assert.Equal(left, (await _desk.Tables.ListAsync("uploads", $"{Some.Now:yyyyMMdd}")).Count);
    }

    [Theory]
    [InlineData(119, false)]
    [InlineData(120, true)]
    public async Task A_decision_that_its_clock_has_not_seen_is_told_again(int after, bool isTold)
    {
        var task = Some.Task();
        await _desk.MakeAsync(Some.Head(), change => change.Insert(task));
        await _desk.Cases.ChangeAsync(
            Some.Article,
            async head =>
                new CaseChange(head).Replace(
                    await _desk.Cases.TaskAsync(task.Id),
                    task with
                    {
                        State = TaskState.Decided,
                    }
                ),
            new DeafOrchestrations()
        );
        await SweepAsync(TimeSpan.FromSeconds(after));
        Assert.Equal(isTold ? [new ReviewClock(task.Id).InstanceId()] : [], _engine.Ids);
        Assert.Equal(isTold ? [task.WakeEvent] : [], _engine.Events);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    [InlineData(61, false)] // once an hour
    [InlineData(120, true)]
    public async Task Clocks_and_places_in_the_queue_are_looked_after_each_hour(int minutes, bool areBack)
    {
        var task = Some.Task();
        await _desk.MakeAsync(
            Some.Head(ArticleStage.Reviewing).Opening(task),
            change => change.Put(Some.Claim()).Insert(task)
        );
        await EmptyQueueAsync();
        await SweepAsync(TimeSpan.FromMinutes(minutes));
        Assert.Equal(areBack ? [new ReviewClock(task.Id).InstanceId()] : [], _engine.Ids);
        Assert.Equal(areBack ? 1 : 0, (await _desk.Queue.ListAsync(null, 10)).Count);
    }

    [Fact]
    public async Task A_case_that_cannot_be_read_keeps_nobody_from_looking_after_the_others()
    {
        var task = Some.Task();
        await _desk.MakeAsync(Some.Head(ArticleStage.Received), change => change.Put(Some.Claim()).Insert(task));
        await _desk.Tables.CommitAsync("queue", "open|main|0", [new RowChange.Put("000", "[]")]);
        await _desk.Tables.CommitAsync(
            CaseRows.Table,
            "broken",
            [new RowChange.Put(CaseRows.Head, "[]"), new RowChange.Put($"task|broken.x-1.1", "[]")]
        );
        await _desk.Index.AddArticleAsync(new("broken", "broken.txt", Some.Now));
        for (var sweep = 0; sweep < 3; sweep++)
            await SweepAsync(TimeSpan.FromMinutes(2));
        Assert.Equal([new ArticleRun(Some.Article, 1).InstanceId()], _engine.Ids);
    }

    [Fact]
    public async Task Each_sweep_looks_at_ten_places_of_the_queue_and_gives_up_the_false_ones()
    {
        await _desk.MakeAsync(Some.Head());
        for (var i = 0; i < 25; i++)
            await _desk.Tables.CommitAsync(
                "queue",
                "open|main|0",
                [new RowChange.Put($"{i:D3}", CaseJson.Write(new QueueEntry($"{Some.Claim().Id}.{i}", 1, Some.Now)))]
            );
        // The first begins anywhere, maybe behind the last of them.
        var left = 25;
        for (var sweep = 0; sweep < 7 && left > 0; sweep++)
        {
            await SweepAsync(TimeSpan.FromMinutes(1));
            var now = (await _desk.Queue.ListAsync(null, 100)).Count;
            Assert.InRange(left - now, 0, 10);
            left = now;
        }

        Assert.Equal(0, left);
    }

    private async Task EmptyQueueAsync()
    {
        foreach (var (key, _) in await _desk.Queue.ListAsync(null, 10))
            await _desk.Tables.CommitAsync("queue", "open|main|0", [new RowChange.Delete(key)]);
    }

    [Theory]
    [InlineData("nothing", 59, false)]
    [InlineData("nothing", 60, true)]
    [InlineData("an open task", 60, false)]
    [InlineData("a wake", 60, false)]
    [InlineData("a publication", 60, false)]
    [InlineData("an announcement", 60, false)]
    [InlineData("a check", 60, false)]
    public async Task An_article_of_which_nothing_is_left_to_do_is_left_alone_after_an_hour(
        string left,
        int minutes,
        bool isLeftAlone
    )
    {
        var task = Some.Task();
        var head = left switch
        {
            "an open task" => Some.Head().Opening(task),
            "a publication" => Some.Head() with { PublicationAsked = 1 },
            "an announcement" => Some.Head() with { PublicationAsked = 1, PublicationDone = 1 },
            "a check" => Some.Head(ArticleStage.Extracting),
            _ => Some.Head(),
        };
        await _desk.MakeAsync(head);
        if (left == "a wake")
            await _desk.Tables.CommitAsync(
                CaseRows.Table,
                Some.Article,
                [new RowChange.Put(CaseRows.Wake(task.Id), CaseJson.Write(new Wake(task.Id, Some.Now)))]
            );
        await SweepAsync(TimeSpan.FromMinutes(minutes));
        Assert.Equal(isLeftAlone, (await _desk.Index.ActiveAsync(null, 10)).Items.Count == 0);
    }

    [Theory]
    [InlineData(119, false)]
    [InlineData(120, true)]
    public async Task So_is_one_that_was_announced_and_never_came(int after, bool isLeftAlone)
    {
        await _desk.Index.AddArticleAsync(new(Some.Article, "bridge.md", Some.Now));
        await SweepAsync(TimeSpan.FromSeconds(after));
        Assert.Equal(isLeftAlone, (await _desk.Index.ActiveAsync(null, 10)).Items.Count == 0);
    }

    private Task SweepAsync(TimeSpan after)
    {
        _desk.Time.Advance(after);
        return _sweeper.SweepAsync(_engine, default);
    }
}
