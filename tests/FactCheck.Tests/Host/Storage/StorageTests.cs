using FactCheck.Host;
using FactCheck.Host.Storage;
using FactCheck.Tests.Host.Durable;
using Grpc.Core;

namespace FactCheck.Tests.Host.Storage;

/// <summary>The file: when a commit is durable, what an older file becomes, and what an index must answer.</summary>
public sealed class StorageTests
{
    private static TestHubBuilder Waiting() =>
        TestHub
            .ForTests()
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .AddOrchestrator("Fail", _ => Task.FromException<string>(new InvalidOperationException("as asked")));

    [Fact]
    public async Task Every_commit_is_on_the_disk_before_its_caller_is_answered_unless_told_otherwise()
    {
        Assert.Equal(
            SynchronousMode.Full,
            new FunctionHostOptions { AppDirectory = "", DataDirectory = "" }.Synchronous
        );
        await using var host = await Waiting()
            .Configure(options => options.Synchronous = SynchronousMode.Full)
            .StartAsync();
        if (host.Engine.Database.Flushes is not { } before)
        {
            // Not Linux: SQLite does it.
            Assert.Equal(
                2L,
                await host.Engine.CallAsync(
                    "pragma",
                    _ => Convert.ToInt64(host.Engine.Database.One("PRAGMA synchronous"))
                )
            );
            return;
        }
        for (var i = 1; i <= 3; i++)
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
            Assert.InRange(host.Engine.Database.Flushes!.Value, before + 1, long.MaxValue);
            await host.WhenIdleAsync();
            Assert.Equal(before += 2, host.Engine.Database.Flushes); // the start, and its first episode
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
        await using var host = await Waiting()
            .Configure(options =>
                options.OnCommit = _ => Volatile.Read(ref fail) ? CommitFault.SyncFails : CommitFault.None
            )
            .StartAsync();
        await host.BeginAsync("Wait", id: "a");
        Volatile.Write(ref fail, true);

        // Not tried again: the system may have dropped what it could not write, and would confirm the second time.
        await Assert.ThrowsAsync<RpcException>(() => host.Client.RaiseEventAsync("a", "go", "x"));
        await Assert.ThrowsAsync<RpcException>(() => host.Client.RaiseEventAsync("a", "go", "y"));
        Assert.False(host.Engine.IsAlive);

        Volatile.Write(ref fail, false);
        await host.CrashAsync();
        await host.StartAsync();
        await host.WhenIdleAsync();
        if (!(await host.ReadAsync("a")).IsCompleted)
            await host.SendAsync("a", "go", "z");
        Assert.Contains((await host.ReadAsync("a")).ReadOutputAs<string>(), new[] { "x", "z" });
    }

    [Fact]
    public async Task An_answer_to_a_query_is_withheld_when_the_disk_did_not_confirm_the_commit_that_it_may_have_seen()
    {
        if (!LogSync.IsSupported)
            Assert.Skip("SQLite makes commits durable on this system.");
        var asked = new TaskCompletionSource<Task<OrchestrationMetadata?>>();
        var fail = 0;
        TestHub? host = null;
        await using var running = host = await Waiting()
            .Configure(options =>
            {
                options.Synchronous = SynchronousMode.Full;
                options.OnCommit = _ =>
                    Interlocked.Exchange(ref fail, 0) == 1 ? CommitFault.SyncFails : CommitFault.None;
                // between SQLite's commit and the disk's word
                options.OnWritten = () => asked.TrySetResult(host!.Client.GetInstancesAsync("a"));
            })
            .StartAsync();
        Volatile.Write(ref fail, 1);

        await Assert.ThrowsAsync<RpcException>(() =>
            host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("a"))
        );

        await Assert.ThrowsAsync<RpcException>(async () => await await asked.Task);
        await Assert.ThrowsAnyAsync<Exception>(() => host.Client.GetInstancesAsync("a"));
    }

    [Fact]
    public async Task A_host_starts_while_somebody_looks_who_owns_its_file()
    {
        await using var host = await Waiting().StartAsync();
        await host.StopAsync();
        Task start;
        using (
            new FileStream(
                Path.Combine(host.DataDirectory, "runtime.db.lock"),
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read
            )
        ) // as OwnerLock.FindOwner does
        {
            start = Task.Run(host.StartAsync);
            await Task.WhenAny(start, Task.Delay(100)); // long enough to fail; nothing hangs on it
        }

        await start;
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task After_a_commit_that_the_disk_did_not_confirm_the_file_is_checkpointed_and_checked_before_it_is_trusted(
        bool damaged
    )
    {
        if (!LogSync.IsSupported)
            Assert.Skip("SQLite makes commits durable on this system.");
        var fail = false;
        using var copy = new TempFolder();
        TestHub? host = null;
        await using var running = host = await Waiting()
            .Configure(options =>
            {
                options.Synchronous = SynchronousMode.Full;
                options.OnCommit = _ => Volatile.Read(ref fail) ? CommitFault.SyncFails : CommitFault.None;
                // as a host that died leaves them, log and all
                options.OnWritten = () => Copy(host!.DataDirectory, copy.Path, "runtime.db", "runtime.db-wal");
            })
            .StartAsync();
        for (var i = 0; i < 50; i++)
            await host.Client.ScheduleNewOrchestrationInstanceAsync(
                "Wait",
                new string('x', 2_000),
                new StartOrchestrationOptions($"a{i}"),
                CancellationToken.None
            );
        await host.WhenIdleAsync();
        Volatile.Write(ref fail, true);
        await Assert.ThrowsAsync<RpcException>(() =>
            host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("unconfirmed"))
        );
        Copy(host.DataDirectory, copy.Path, "runtime.db.unconfirmed");
        var file = copy["runtime.db"];
        if (damaged)
        {
            Hosts.Sql(copy.Path, "PRAGMA wal_checkpoint(TRUNCATE)");
            await using var disk = File.OpenWrite(file);
            disk.Position = disk.Length / 2;
            await disk.WriteAsync(
                new byte[16_384]
                    .Select((_, i) => (byte)i)
                    .ToArray()
            );
        }
        var again = Waiting().WithData(copy.Path);
        if (damaged)
        {
            await Assert.ThrowsAsync<FunctionHostException>(again.StartAsync);
            Assert.True(File.Exists(file + ".unconfirmed"));
        }
        else
        {
            await using var healed = await again.StartAsync();
            Assert.False(File.Exists(file + ".unconfirmed"));
            // Not in the log: in the file itself.
            using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
                $"Data Source=file:{file}?immutable=1;Pooling=False"
            );
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM instances";
            Assert.Equal(51L, command.ExecuteScalar());
            await healed.SendAsync("unconfirmed", "go", "x");
            Assert.Equal("x", await healed.OutputAsync<string>("unconfirmed"));
        }
    }

    private static void Copy(string folder, string to, params string[] names)
    {
        foreach (var name in names)
        {
            using var from = new FileStream(
                Path.Combine(folder, name),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            using var copy = File.Create(Path.Combine(to, name));
            from.CopyTo(copy);
        }
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
        // UTF-8 sorts the last two letters of this list's middle otherwise than UTF-16
        string[] ids = ["b", "é", "a", "\U0001F600", "\uFF21", "z", "c"];
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
    public async Task A_purge_takes_every_ended_instance_that_matches_over_many_batches_and_no_other(
        bool byTime,
        bool byStatus
    )
    {
        await using var host = await Waiting().AddOrchestrator("End", _ => Task.CompletedTask).StartAsync();
        for (var i = 0; i < 700; i++) // four batches, and what stays lies between
            await host.Client.ScheduleNewOrchestrationInstanceAsync(
                i % 7 == 0 ? "Wait"
                    : i % 7 == 1 ? "Fail"
                    : "End",
                new StartOrchestrationOptions($"i{i:000}")
            );
        await host.WhenIdleAsync();

        var purged = await host.Client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter
            {
                CreatedFrom = byTime ? host.Time.GetUtcNow() : null,
                Statuses = byStatus ? [OrchestrationRuntimeStatus.Completed] : null,
            }
        );

        Assert.Equal((byStatus ? 500 : 600, true), (purged.PurgedInstanceCount, purged.IsComplete));
        Assert.Equal(byStatus ? 200 : 100, host.Count("instances"));
    }

    [Fact]
    public async Task A_page_of_one_status_is_read_from_an_index_whatever_else_there_is()
    {
        await using var host = await Waiting().StartAsync();
        await host.BeginAsync("Wait", id: "a");
        foreach (
            var filter in new[]
            {
                new InstanceFilter { Statuses = [InstanceStatus.Running] },
                new InstanceFilter { CreatedFrom = DateTime.UnixEpoch },
                new InstanceFilter { Prefix = "a" },
            }
        )
        {
            var (sql, values) = filter.Where();
            var from = filter.Statuses is null ? "instances" : "instances INDEXED BY instances_by_status";
            var plan = await host.Engine.CallAsync(
                "plan",
                _ =>
                    string.Join(
                        "; ",
                        host.Engine.Database.All(
                            $"EXPLAIN QUERY PLAN SELECT id FROM {from} WHERE {sql} ORDER BY {filter.Order} LIMIT 5",
                            row => row.GetString(3),
                            [.. values]
                        )
                    )
            );
            Assert.StartsWith("SEARCH instances USING", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        }
    }
}
