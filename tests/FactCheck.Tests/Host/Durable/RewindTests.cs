using System.Collections.Concurrent;
using FactCheck.Host;
using Grpc.Core;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Failed instances go back to before their failure.</summary>
public sealed class RewindTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task What_failed_is_run_again_and_what_succeeded_is_not(bool evict)
    {
        var work = new Work { Broken = { "Second" } };
        await using var host = await work.Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Row",
                async context =>
                {
                    var first = await context.CallActivityAsync<string>("First");
                    var second = await context.CallActivityAsync<string>("Second");
                    return first + second + await context.CallActivityAsync<string>("Third");
                }
            )
            .StartAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.RunAsync("Row", id: "r")).RuntimeStatus);
        work.Broken.Clear();
        work.Broken.Add("Third");
        await RewindAsync(host, "r");
        Assert.Contains("'Third'", (await host.ReadAsync("r")).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        work.Broken.Clear();
        await RewindAsync(host, "r");

        var ended = await host.ReadAsync("r");
        Assert.Equal(
            (OrchestrationRuntimeStatus.Completed, "FirstSecondThird", null),
            (ended.RuntimeStatus, ended.ReadOutputAs<string>(), ended.FailureDetails)
        );
        Assert.Equal("First Second Second Third Third", work.Ran);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task All_branches_of_a_fan_out_that_failed_are_run_again_and_the_others_are_not(bool evict)
    {
        var work = new Work { Broken = { "First", "Third" } };
        await using var host = await work.Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Fan",
                async context =>
                    string.Concat(
                        await Task.WhenAll(
                            context.CallActivityAsync<string>("First"),
                            context.CallActivityAsync<string>("Second"),
                            context.CallActivityAsync<string>("Third")
                        )
                    )
            )
            .StartAsync();
        await host.BeginAsync("Fan", id: "f");
        work.Broken.Clear();
        work.Forget();
        await RewindAsync(host, "f");

        Assert.Equal("FirstSecondThird", await host.OutputAsync<string>("f"));
        Assert.Equal("First Third", string.Join(' ', work.Ran.Split(' ').Order(StringComparer.Ordinal)));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_branch_that_failed_before_the_one_that_the_end_tells_of_is_run_again_by_the_next_rewind(
        bool evict
    )
    {
        var work = new Work { Broken = { "First", "Third" } };
        await using var host = await work.Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Fan",
                async context =>
                {
                    async Task<string> Late()
                    {
                        await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                        return await context.CallActivityAsync<string>("First");
                    }
                    return string.Concat(await Task.WhenAll(Late(), context.CallActivityAsync<string>("Third")));
                }
            )
            .StartAsync();
        await host.BeginAsync("Fan", id: "f");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Contains("'First'", (await host.ReadAsync("f")).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        work.Broken.Clear();
        work.Forget();
        await RewindAsync(host, "f");
        Assert.Contains("'Third'", (await host.ReadAsync("f")).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        await RewindAsync(host, "f");

        Assert.Equal("FirstThird", await host.OutputAsync<string>("f"));
        // what was asked after it, too
        Assert.Equal("First First Third", string.Join(' ', work.Ran.Split(' ').Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Of_a_fan_out_with_retries_only_what_failed_for_good_is_run_again_and_few_replays_find_that_out()
    {
        int bodies = 0,
            broken = 7;
        var tried = new ConcurrentDictionary<int, int>();
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Fan",
                async context =>
                {
                    Interlocked.Increment(ref bodies);
                    var retry = TaskOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromMinutes(1)));
                    return (
                        await Task.WhenAll(
                            Enumerable.Range(0, 300).Select(i => context.CallActivityAsync<int>("Flaky", i, retry))
                        )
                    ).Sum();
                }
            )
            .AddActivity<int, int>(
                "Flaky",
                i =>
                    tried.AddOrUpdate(i, 1, (_, times) => times + 1) == 1 || i == broken
                        ? throw new TimeoutException()
                        : Task.FromResult(i)
            )
            .StartAsync();
        await host.BeginAsync("Fan", id: "f");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.ReadAsync("f")).RuntimeStatus);
        broken = -1;
        bodies = 0;
        await RewindAsync(host, "f");

        Assert.Equal(300 * 299 / 2, await host.OutputAsync<int>("f"));
        Assert.InRange(bodies, 1, 6);
        Assert.All(tried, task => Assert.Equal(task.Key == 7 ? 3 : 2, task.Value));
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Of_a_call_with_retries_the_last_attempt_is_made_again(bool evict)
    {
        var work = new Work { Broken = { "First" } };
        await using var host = await work.Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Retry",
                context =>
                    context.CallActivityAsync<string>(
                        "First",
                        TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMinutes(1)))
                    )
            )
            .StartAsync();
        await host.BeginAsync("Retry", id: "r");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.ReadAsync("r")).RuntimeStatus);

        await RewindAsync(host, "r");
        Assert.Equal(
            (OrchestrationRuntimeStatus.Failed, 4),
            ((await host.ReadAsync("r")).RuntimeStatus, work.Keys.Count)
        );
        work.Broken.Clear();
        await RewindAsync(host, "r");

        Assert.Equal("First", await host.OutputAsync<string>("r"));
        Assert.Equal(5, work.Keys.Count);
        Assert.Equal(3, work.Keys.Distinct(StringComparer.Ordinal).Count()); // the last one three times
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task What_the_code_did_in_answer_to_the_failure_is_forgotten(bool evict)
    {
        var work = new Work { Broken = { "First" } };
        await using var host = await work.Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Undo",
                async context =>
                {
                    try
                    {
                        await context.CallActivityAsync("First");
                    }
                    catch (TaskFailedException)
                    {
                        await context.CallActivityAsync("Second");
                        throw;
                    }
                    return await context.CallActivityAsync<string>("Second");
                }
            )
            .StartAsync();
        await host.BeginAsync("Undo", id: "u");
        work.Broken.Clear();
        await RewindAsync(host, "u");

        Assert.Equal("Second", await host.OutputAsync<string>("u"));
        Assert.Equal("First Second First Second", work.Ran);
        Assert.Equal(work.Keys[0], work.Keys[2]);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_failure_that_the_code_got_over_stays_as_it_was(bool evict)
    {
        var work = new Work { Broken = { "First", "Third" } };
        await using var host = await work.Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Fallback",
                async context =>
                {
                    string text;
                    try
                    {
                        text = await context.CallActivityAsync<string>("First");
                    }
                    catch (TaskFailedException)
                    {
                        text = await context.CallActivityAsync<string>("Second");
                    }
                    return text + await context.CallActivityAsync<string>("Third");
                }
            )
            .StartAsync();
        await host.BeginAsync("Fallback", id: "f");
        work.Broken.Clear();
        await RewindAsync(host, "f");

        Assert.Equal("SecondThird", await host.OutputAsync<string>("f"));
        Assert.Equal("First Second Third Third", work.Ran);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task Failed_children_are_rewound_with_their_parent_and_completed_ones_are_left_alone(bool evict)
    {
        var work = new Work { Broken = { "Second" } };
        await using var host = await work.Host()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Parent",
                async context =>
                    string.Concat(
                        await Task.WhenAll(
                            context.CallSubOrchestratorAsync<string>(
                                "Child",
                                "First",
                                new SubOrchestrationOptions(instanceId: "good")
                            ),
                            context.CallSubOrchestratorAsync<string>(
                                "Child",
                                "Second",
                                new SubOrchestrationOptions(instanceId: "bad")
                            )
                        )
                    )
            )
            .AddOrchestrator(
                "Child",
                async context =>
                    await context.CallActivityAsync<string>("Third")
                    + await context.CallActivityAsync<string>(context.GetInput<string>()!)
            )
            .StartAsync();
        await host.BeginAsync("Parent", id: "p");
        work.Broken.Clear();
        work.Forget();
        await RewindAsync(host, "p");

        Assert.Equal("ThirdFirstThirdSecond", await host.OutputAsync<string>("p"));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.ReadAsync("bad")).RuntimeStatus);
        Assert.Equal("Second", work.Ran);
    }

    [Fact]
    public async Task A_failed_child_that_was_purged_is_started_anew()
    {
        var work = new Work { Broken = { "First" } };
        await using var host = await work.Host()
            .AddOrchestrator(
                "Parent",
                context =>
                    context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "c"))
            )
            .AddOrchestrator("Child", context => context.CallActivityAsync<string>("First"))
            .StartAsync();
        await host.BeginAsync("Parent", id: "p");
        await host.Client.PurgeInstanceAsync("c");
        work.Broken.Clear();
        await RewindAsync(host, "p");

        Assert.Equal("First", await host.OutputAsync<string>("p"));
    }

    [Fact]
    public async Task An_orchestrator_that_threw_on_its_own_account_goes_on_once_its_code_is_mended()
    {
        var mended = false;
        var work = new Work();
        await using var host = await work.Host()
            .AddOrchestrator(
                "Bug",
                async context =>
                {
                    var first = await context.CallActivityAsync<string>("First");
                    var said = await context.WaitForExternalEvent<string>("e");
                    return mended ? first + said : throw new InvalidOperationException("a bug");
                }
            )
            .StartAsync();
        await host.BeginAsync("Bug", id: "b");
        await host.SendAsync("b", "e", "said");
        Assert.Equal("a bug", (await host.ReadAsync("b")).FailureDetails!.ErrorMessage);
        await RewindAsync(host, "b");
        Assert.Equal("a bug", (await host.ReadAsync("b")).FailureDetails!.ErrorMessage);
        mended = true;
        await RewindAsync(host, "b");

        Assert.Equal("Firstsaid", await host.OutputAsync<string>("b"));
        Assert.Equal("First", work.Ran);
    }

    [Fact]
    public async Task An_instance_that_failed_because_its_code_was_changed_goes_on_with_the_old_code_and_misses_no_event()
    {
        var name = "First";
        var work = new Work();
        await using var host = await work.Host()
            .ReplayAlways()
            .AddOrchestrator(
                "Changing",
                async context =>
                {
                    var first = await context.CallActivityAsync<string>(name);
                    return first + await context.WaitForExternalEvent<string>("e");
                }
            )
            .StartAsync();
        await host.BeginAsync("Changing", id: "c");
        name = "Second";
        await host.SendAsync("c", "e", "said");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.ReadAsync("c")).RuntimeStatus);

        await RewindAsync(host, "c"); // too early
        Assert.Contains(
            "NonDeterministic",
            (await host.ReadAsync("c")).FailureDetails!.ErrorType,
            StringComparison.Ordinal
        );
        name = "First";
        await RewindAsync(host, "c");

        Assert.Equal("Firstsaid", await host.OutputAsync<string>("c"));
        Assert.Single(work.Ran.Split(' '), name => name == "First");
    }

    [Fact]
    public async Task Only_a_failed_instance_is_rewound()
    {
        await using var host = await new Work()
            .Host()
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("e"))
            .StartAsync();
        await host.BeginAsync("Wait", id: "w");

        Assert.Contains(
            "is Running; only a failed one is rewound",
            (
                await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RewindInstanceAsync("w", ""))
            ).Message,
            StringComparison.Ordinal
        );
        await host.SendAsync("w", "e");
        Assert.Contains(
            "is Completed; only a failed one is rewound",
            (
                await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RewindInstanceAsync("w", ""))
            ).Message,
            StringComparison.Ordinal
        );
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RewindInstanceAsync("nobody", ""));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_commit_of_a_rewind_loses_nothing(bool after)
    {
        for (var k = 1; ; k++)
        {
            int commits = 0,
                crashAt = int.MaxValue;
            var work = new Work { Broken = { "Second" } };
            await using var host = await work.Host()
                .Configure(options =>
                    options.OnCommit = _ =>
                        ++commits == crashAt
                            ? after
                                ? CommitFault.CrashAfter
                                : CommitFault.CrashBefore
                            : CommitFault.None
                )
                .AddOrchestrator(
                    "Parent",
                    context =>
                        context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "c"))
                )
                .AddOrchestrator(
                    "Child",
                    async context =>
                        await context.CallActivityAsync<string>("First")
                        + await context.CallActivityAsync<string>("Second")
                )
                .StartAsync();
            await host.BeginAsync("Parent", id: "p");
            work.Broken.Clear();
            crashAt = commits + k;
            var crashed = false;
            try
            {
                await RewindAsync(host, "p");
            }
            catch (RpcException)
            {
                // It died before it answered.
            }
            if (!host.Engine.IsAlive)
            {
                crashed = true;
                await host.CrashAsync();
                await host.StartAsync();
                await host.WhenIdleAsync();
                if ((await host.ReadAsync("p")).RuntimeStatus == OrchestrationRuntimeStatus.Failed)
                    await RewindAsync(host, "p"); // which was not acknowledged
            }

            Assert.Equal((k, "FirstSecond"), (k, await host.OutputAsync<string>("p")));
            Assert.Equal(1, work.Ran.Split(' ').Count(name => string.Equals(name, "First", StringComparison.Ordinal)));
            Assert.Equal(0, host.Count("activities") + host.Count("timers") + host.Count("inbox"));
            if (!crashed)
                break;
        }
    }

    private static async Task RewindAsync(TestHub host, string id)
    {
        await host.Client.RewindInstanceAsync(id, "mended");
        await host.WhenIdleAsync();
    }

    /// <summary>Three activities that say their name, and fail while they are broken.</summary>
    private sealed class Work
    {
        private readonly ConcurrentQueue<(string Name, string Key)> _runs = new();

        public HashSet<string> Broken { get; } = new(StringComparer.Ordinal);

        public string Ran => string.Join(' ', _runs.Select(run => run.Name));

        public IReadOnlyList<string> Keys => [.. _runs.Select(run => run.Key)];

        public void Forget() => _runs.Clear();

        public TestHubBuilder Host() =>
            new[] { "First", "Second", "Third" }.Aggregate(
                TestHub.ForTests(),
                (host, name) =>
                    host.AddActivity<object?, string>(
                        name,
                        (_, context) =>
                        {
                            _runs.Enqueue((name, context.Key));
                            return Broken.Contains(name)
                                ? throw new TimeoutException($"{name} is broken")
                                : Task.FromResult(name);
                        }
                    )
            );
    }
}
