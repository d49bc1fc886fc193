using FactCheck.Functions.Reverification;
using FactCheck.Storage;

namespace FactCheck.Tests.Functions.Reverification;

/// <summary>Which verdicts a run looks at.</summary>
public sealed class FindDueTests : IDisposable
{
    private static readonly ReverificationOrder Order = new("reverify", Some.Now, null);

    private readonly BareDesk _desk = new();
    private readonly ReverificationRunSteps _steps;

    public FindDueTests() => _steps = new(_desk.Cases, _desk.Index, null!, new(), _desk.Time);

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("due", true, true)]
    [InlineData("due in a second", false, false)]
    [InlineData("retracted", false, false)]
    [InlineData("without a verdict", false, false)]
    [InlineData("whose task is gone", true, true)]
    [InlineData("asked about again", false, true)]
    [InlineData("answered anew", false, true)] // and not published yet
    [InlineData("asked about in vain", true, true)]
    public async Task A_verdict_is_due_at_its_date_unless_a_new_answer_is_awaited(
        string what,
        bool isDue,
        bool staysNoted
    )
    {
        var task = Some.Task(TaskState.Decided);
        var again = task with { Id = $"{task.StatementId}.2", Round = 2 };
        var verdict = Some.Verdict() with { TaskId = task.Id, ReviewBy = Some.Now };
        var statement = Some.Claim() with { Verdict = verdict, TaskId = task.Id };
        (statement, again) = what switch
        {
            "due in a second" => (
                statement with
                {
                    Verdict = verdict with { ReviewBy = Some.Now.AddSeconds(1) },
                },
                again
            ),
            "retracted" => (statement with { Verdict = verdict with { Change = VerdictChange.Retraction } }, again),
            "without a verdict" => (statement with { Verdict = null }, again),
            "whose task is gone" => (statement with { TaskId = null }, again),
            "asked about again" => (statement with { TaskId = again.Id }, again with { State = TaskState.Open }),
            "answered anew" => (statement with { TaskId = again.Id }, again),
            "asked about in vain" => (
                statement with
                {
                    TaskId = again.Id,
                },
                again with
                {
                    State = TaskState.Superseded,
                }
            ),
            _ => (statement, again),
        };
        await _desk.MakeAsync(Some.Head(), change => change.Put(statement).Insert(task).Insert(again));
        await _desk.Index.AddDueAsync(statement.Id, Some.Now);

        Assert.Equal(isDue ? [statement.Id] : [], await _steps.FindDue(Order, default));

        var noted = await _desk.Index.DueAsync(Some.Now.AddDays(1), 2).ToListAsync();
        Assert.Equal(staysNoted, noted.Count == 1);
        Assert.All(noted, entry => Assert.Equal(isDue ? Some.Now : Some.Now.AddDays(1), entry.ReviewBy));
        Assert.Equal(["asked"], await _steps.FindDue(Order with { StatementId = "asked" }, default));
    }

    [Theory]
    [InlineData(49, 49)]
    [InlineData(50, 50)]
    [InlineData(51, 50)]
    public async Task A_batch_has_at_most_50(int count, int found)
    {
        var statements = Enumerable
            .Range(1, count)
            .Select(i => Some.Claim() with { Id = StatementId.Of(Some.Article, StatementKind.Claim, "a", null, i) })
            .Select(s => s with { Verdict = Some.Verdict() with { ReviewBy = Some.Now } })
            .ToList();
        await _desk.MakeAsync(Some.Head(), change => statements.Aggregate(change, (all, s) => all.Put(s)));
        foreach (var statement in statements)
            await _desk.Index.AddDueAsync(statement.Id, Some.Now);
        Assert.Equal(found, (await _steps.FindDue(Order, default)).Length);
    }

    [Fact]
    public async Task What_an_editor_asks_for_is_found_behind_however_much_of_other_desks()
    {
        foreach (var (desk, article, count) in new[] { ("Sport", "a", 210), ("Culture", "z", 3) })
        {
            var head = Desks.Move(Some.Head() with { Key = ArticleKey.Of("articles", article) }, desk);
            var statements = Enumerable
                .Range(1, count)
                .Select(i => Some.Claim() with { Id = StatementId.Of(head.Key, StatementKind.Claim, "a", null, i) })
                .Select(s => s with { Verdict = Some.Verdict() with { ReviewBy = Some.Now } })
                .ToList();
            await _desk.MakeAsync(head);
            foreach (var some in statements.Chunk(50))
                await _desk.Cases.ChangeAsync(
                    head.Key,
                    now => some.Aggregate(new CaseChange(now), (all, s) => all.Put(s))
                );
            // The other desk's are due first.
            foreach (var statement in statements)
                await _desk.Index.AddDueAsync(statement.Id, Some.Now.AddDays(desk == "Sport" ? -1 : 0));
        }

        Assert.Equal(3, (await _steps.FindDue(Order with { Desks = ["Culture"] }, default)).Length);
    }
}
