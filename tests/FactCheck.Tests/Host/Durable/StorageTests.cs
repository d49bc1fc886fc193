using FactCheck.Host;
using FactCheck.Host.Storage;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace FactCheck.Tests.Host.Durable;

/// <summary>The file: when a commit is durable, what an older file becomes, and what an index must answer.</summary>
public sealed class StorageTests
{
    private static TestHubBuilder Waiting() => TestHub.ForTests()
        .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        .AddOrchestrator("Fail", _ => Task.FromException<string>(new InvalidOperationException("as asked")));

    [Fact]
    public async Task Every_commit_is_on_the_disk_before_its_caller_is_answered_unless_told_otherwise()
    {
        Assert.Equal(SynchronousMode.Full, new FunctionHostOptions { AppDirectory = "", DataDirectory = "" }.Synchronous);
        await using var host = await Waiting().Configure(options => options.Synchronous = SynchronousMode.Full).StartAsync();
        if (host.Engine.Database.Flushes is not { } before)
        {
            // Not Linux: SQLite does it.
            Assert.Equal(2L, await host.Engine.CallAsync("pragma", engine => Convert.ToInt64(engine.Database.One("PRAGMA synchronous"))));
            return;
        }
        for (var i = 1; i <= 3; i++)
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
            Assert.Equal(before + i, host.Engine.Database.Flushes);
        }
    }

    [Fact]
    public async Task An_answer_to_a_query_waits_for_the_commit_that_it_may_have_seen()
    {
        await using var host = await Waiting().StartAsync();
        using var readers = new ReaderPool(Path.Combine(host.DataDirectory, "runtime.db"));
        readers.Hold();
        var answer = readers.ReadAsync(_ => 1);
        Assert.False(answer.IsCompleted);

        readers.Release();

        Assert.Equal(1, await answer);
        Assert.True(readers.ReadAsync(_ => 2).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_disk_that_does_not_confirm_a_commit_stops_the_engine_and_the_next_start_goes_on_with_what_is_there()
    {
        var fail = false;
        await using var host = await Waiting().Configure(options => options.OnCommit = _ => Volatile.Read(ref fail) ? CommitFault.SyncFails : CommitFault.None).StartAsync();
        await host.BeginAsync("Wait", id: "a");
        Volatile.Write(ref fail, true);

        // Not tried again: the system may have dropped what it could not write, and would confirm the second time.
        await Assert.ThrowsAsync<RpcException>(() => host.Client.RaiseEventAsync("a", "go", "x"));
        await Assert.ThrowsAsync<RpcException>(() => host.Client.RaiseEventAsync("a", "go", "y"));
        Assert.False(host.Engine.IsAlive);

        Volatile.Write(ref fail, false);
        await host.CrashAsync();
        await host.StartAsync();
        await host.SendAsync("a", "go", "z");
        Assert.Contains((await host.ReadAsync("a")).ReadOutputAs<string>(), new[] { "x", "z" });
    }

    [Fact]
    public async Task An_answer_to_a_query_is_withheld_when_the_disk_did_not_confirm_the_commit_that_it_may_have_seen()
    {
        if (!LogSync.IsSupported) Assert.Skip("SQLite makes commits durable on this system.");
        var asked = new TaskCompletionSource<Task<OrchestrationMetadata?>>();
        var fail = 0;
        TestHub? host = null;
        await using var running = host = await Waiting()
            .Configure(options =>
            {
                options.Synchronous = SynchronousMode.Full;
                options.OnCommit = _ => Interlocked.Exchange(ref fail, 0) == 1 ? CommitFault.SyncFails : CommitFault.None;
                options.OnWritten = () => asked.TrySetResult(host!.Client.GetInstancesAsync("a")); // between SQLite's commit and the disk's word
            })
            .StartAsync();
        Volatile.Write(ref fail, 1);

        await Assert.ThrowsAsync<RpcException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("a")));

        await Assert.ThrowsAsync<RpcException>(async () => await await asked.Task);
        await Assert.ThrowsAnyAsync<Exception>(() => host.Client.GetInstancesAsync("a"));
    }

    [Fact]
    public async Task A_host_starts_while_somebody_looks_who_owns_its_file()
    {
        await using var host = await Waiting().StartAsync();
        await host.StopAsync();
        Task start;
        using (new FileStream(Path.Combine(host.DataDirectory, "runtime.db.lock"), FileMode.Open, FileAccess.Read, FileShare.Read)) // as OwnerLock.FindOwner does
        {
            start = Task.Run(host.StartAsync);
            await Task.WhenAny(start, Task.Delay(100)); // long enough to fail; nothing hangs on it
        }

        await start;
    }

    /// <summary>What makes of a file of version 3 one of version 1, as that release left it.</summary>
    private const string ToVersion1 =
        """
        ALTER TABLE instances DROP COLUMN trace;
        ALTER TABLE instances DROP COLUMN awaits;
        DROP INDEX instances_by_status;
        DROP INDEX instances_by_creation;
        ALTER TABLE activities RENAME TO activities_2;
        CREATE TABLE activities (
          key INTEGER NOT NULL, task INTEGER NOT NULL, generation INTEGER NOT NULL, name TEXT NOT NULL, first_attempt INTEGER NOT NULL, input TEXT,
          PRIMARY KEY (key, task));
        INSERT INTO activities SELECT * FROM activities_2;
        DROP TABLE activities_2;
        ALTER TABLE payloads RENAME TO payloads_2;
        CREATE TABLE payloads (key INTEGER NOT NULL, kind INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (key, kind));
        INSERT INTO payloads SELECT * FROM payloads_2;
        DROP TABLE payloads_2;
        PRAGMA user_version = 1;
        SELECT 0
        """;

    [Fact]
    public async Task A_file_of_the_release_before_is_migrated_and_its_instances_go_on()
    {
        var answer = new TaskCompletionSource<string>();
        await using var host = await Waiting()
            .AddOrchestrator("Call", async context => context.GetInput<string>() + await context.CallActivityAsync<string>("Slow", "input"))
            .AddActivity<string, string>("Slow", input => answer.Task.IsCompleted ? Task.FromResult(input) : answer.Task)
            .StartAsync();
        await host.BeginAsync("Wait", id: "a");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Call", "the ", new StartOrchestrationOptions("b"), CancellationToken.None);
        await host.CrashAsync(); // an activity is asked for and not answered
        answer.SetResult("no more");
        Hosts.Sql(host.DataDirectory, ToVersion1);

        await host.StartAsync();
        await host.SendAsync("a", "go", "x");

        Assert.Equal("x", (await host.ReadAsync("a")).ReadOutputAs<string>());
        Assert.Equal("the input", (await host.ReadAsync("b")).ReadOutputAs<string>());
        Assert.Equal(Schema.Version, Hosts.Sql(host.DataDirectory, "PRAGMA user_version"));
        Assert.Equal(2, Hosts.Sql(host.DataDirectory, "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('instances_by_status', 'instances_by_creation')"));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_file_as_it_was()
    {
        await using var host = await Waiting().StartAsync();
        await host.StopAsync();
        Hosts.Sql(host.DataDirectory, ToVersion1);
        Hosts.Sql(host.DataDirectory, "CREATE TABLE payloads_1 (x); SELECT 0"); // in the way of the last part of the step

        await Assert.ThrowsAsync<FunctionHostException>(host.StartAsync);

        Assert.Equal(1, Hosts.Sql(host.DataDirectory, "PRAGMA user_version"));
        Assert.Equal(0, Hosts.Sql(host.DataDirectory, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'instances_by_status'"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Pages_by_status_and_by_time_have_each_instance_once(bool byStatus, bool byTime)
    {
        await using var host = await Waiting().StartAsync();
        var began = host.Time.GetUtcNow();
        string[] ids = ["b", "é", "a", "\U0001F600", "\uFF21", "z", "c"]; // UTF-8 sorts the last two letters of this list's middle otherwise than UTF-16
        for (var i = 0; i < ids.Length; i++)
        {
            await host.BeginAsync(i % 2 == 0 ? "Wait" : "Fail", id: ids[i]);
            if (i % 3 == 0)
                host.Time.Advance(TimeSpan.FromMinutes(1));
        }
        var query = new OrchestrationQuery
        {
            PageSize = 2,
            CreatedFrom = byTime ? began : null,
            Statuses = byStatus ? [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Failed] : null,
        };

        var found = new List<string>();
        await foreach (var instance in host.Client.GetAllInstancesAsync(query))
            found.Add(instance.InstanceId);

        Assert.Equal(ids.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_purge_takes_every_ended_instance_that_matches_over_many_batches_and_no_other(bool byTime, bool byStatus)
    {
        await using var host = await Waiting().AddOrchestrator("End", _ => Task.CompletedTask).StartAsync();
        for (var i = 0; i < 700; i++) // four batches, and what stays lies between
            await host.Client.ScheduleNewOrchestrationInstanceAsync(i % 7 == 0 ? "Wait" : i % 7 == 1 ? "Fail" : "End", new StartOrchestrationOptions($"i{i:000}"));
        await host.WhenIdleAsync();

        var purged = await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter
        {
            CreatedFrom = byTime ? host.Time.GetUtcNow() : null,
            Statuses = byStatus ? [OrchestrationRuntimeStatus.Completed] : null,
        });

        Assert.Equal((byStatus ? 500 : 600, true), (purged.PurgedInstanceCount, purged.IsComplete));
        Assert.Equal(byStatus ? 200 : 100, host.Count("instances"));
    }

    [Fact]
    public async Task A_page_of_one_status_is_read_from_an_index_whatever_else_there_is()
    {
        await using var host = await Waiting().StartAsync();
        await host.BeginAsync("Wait", id: "a");
        foreach (var filter in new[]
        {
            new InstanceFilter { Statuses = [InstanceStatus.Running] },
            new InstanceFilter { CreatedFrom = DateTime.UnixEpoch },
            new InstanceFilter { Prefix = "a" },
        })
        {
            var (sql, values) = filter.Where();
            var from = filter.Statuses is null ? "instances" : "instances INDEXED BY instances_by_status";
            var plan = await host.Engine.CallAsync("plan", engine => string.Join("; ", engine.Database.All(
                $"EXPLAIN QUERY PLAN SELECT id FROM {from} WHERE {sql} ORDER BY {filter.Order} LIMIT 5", row => row.GetString(3), [.. values])));
            Assert.StartsWith("SEARCH instances USING", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        }
    }
}
