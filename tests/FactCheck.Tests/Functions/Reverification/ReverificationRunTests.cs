using FactCheck.Functions.Reverification;
using FactCheck.Tests.Host.Durable;

namespace FactCheck.Tests.Functions.Reverification;

/// <summary>When a run goes on to its next batch, and when it is through.</summary>
public sealed class ReverificationRunTests
{
    [Theory]
    [InlineData(1, "0")]
    [InlineData(1, "49")]
    [InlineData(2, "50", "0")] // a full one may have left some behind
    [InlineData(3, "50", "50", "1")]
    [InlineData(1, "50 but 50", "50")] // they stay due: the next batch would be the same
    [InlineData(2, "50 but 49", "0")]
    public async Task It_goes_on_after_a_full_batch_of_which_something_could_be_looked_at(
        int batches,
        params string[] due
    )
    {
        var reported = await RunAsync(new("reverify", Some.Now, null), due.Select(Batch).ToArray());
        Assert.Equal(Enumerable.Range(1, batches), reported.Select(r => r.Of.Batch));
        Assert.Equal(Enumerable.Range(1, batches).Select(b => b == batches), reported.Select(r => r.IsLast));
        Assert.Equal(due.Take(batches).Select(d => Batch(d).Length), reported.Select(r => r.Looks.Length));
    }

    [Fact]
    public async Task A_look_that_fails_is_a_problem_of_its_verdict_alone()
    {
        var reported = Assert.Single(
            await RunAsync(
                new("reverify", Some.Now, null),
                [
                    ["a", "throws", "b"],
                ]
            )
        );
        Assert.Equal(
            [new("a", null, null), new("throws", null, "It broke."), new VerdictLook("b", null, null)],
            reported.Looks
        );
    }

    // So many verdicts, some of which can't be looked at.
    private static string[] Batch(string written)
    {
        var numbers = written.Split(" but ").Select(int.Parse).ToList();
        return
        [
            .. Enumerable.Range(0, numbers[0]).Select(i => i < numbers.ElementAtOrDefault(1) ? $"gone {i}" : $"{i}"),
        ];
    }

    private static async Task<List<ReverificationBatch>> RunAsync(ReverificationOrder order, string[][] due)
    {
        var reported = new List<ReverificationBatch>();
        await using var hub = await TestHub
            .ForTests()
            .AddOrchestrator(nameof(ReverificationRun), ReverificationRun.Run)
            .AddActivity<ReverificationOrder, string[]>(
                nameof(ReverificationRunSteps.FindDue),
                what => Task.FromResult(due[what.Batch - 1])
            )
            .AddActivity<string, VerdictLook>(
                nameof(ReverificationRunSteps.LookAgain),
                id =>
                    id == "throws"
                        ? throw new IOException("It broke.")
                        : Task.FromResult(
                            new VerdictLook(
                                id,
                                null,
                                id.StartsWith("gone", StringComparison.Ordinal) ? "It is gone." : null
                            )
                        )
            )
            .AddActivity<ReverificationBatch>(
                nameof(ReverificationRunSteps.Report),
                batch =>
                {
                    reported.Add(batch);
                    return Task.CompletedTask;
                }
            )
            .StartAsync();
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync(nameof(ReverificationRun), order);
        for (var tries = 0; !(await hub.ReadAsync(id)).IsCompleted && tries < 10; tries++)
            await hub.AdvanceAsync(TimeSpan.FromMinutes(5));
        return reported;
    }
}
