using FactCheck.Host;
using FactCheck.Host.Storage;
using FactCheck.Host.Triggers;

namespace FactCheck.Tests.Host.Triggers;

/// <summary>Blob functions over a folder.</summary>
public sealed class BlobTests
{
    [Fact]
    public async Task A_new_file_runs_its_functions_once_even_over_a_restart_and_a_new_version_runs_again()
    {
        await using var host = BlobHost.Start();
        host.Write("articles/a.txt", "one");
        host.Write("articles/deep/down/b.txt", "two");
        await host.LookAsync(2);
        await host.RestartAsync();
        await host.LookAsync();
        Assert.Equal(["Text a.txt one", "Text deep/down/b.txt two"], host.Sorted);

        host.Write("articles/a.txt", "longer");
        await host.LookAsync();

        Assert.Equal(["Text a.txt longer", "Text a.txt one", "Text deep/down/b.txt two"], host.Sorted);
    }

    [Fact]
    public async Task Receipts_belong_to_the_data_folder_whatever_it_or_the_host_is_called()
    {
        await using var host = BlobHost.Start();
        host.Write("articles/a.txt", "one");
        await host.LookAsync(2);
        await host.MoveAsync();
        host.Write("articles/b.txt", "two");
        await host.LookAsync(2);

        Assert.Equal(["Text a.txt one", "Text b.txt two"], host.Sorted);
        Assert.Equal(2, host.Receipts.Count);
    }

    [Fact]
    public async Task What_came_during_a_long_stop_runs_however_old_it_looks_and_receipts_have_no_age()
    {
        await using var host = BlobHost.Start();
        host.Write("articles/before.txt", "x");
        await host.LookAsync(2);
        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromDays(400));
        // Moved here, or unpacked: its time is from before the stop.
        File.SetLastWriteTimeUtc(
            host.Write("articles/meanwhile.txt", "y"),
            new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc)
        );
        host.StartUp();
        await host.LookAsync(2);

        Assert.Equal(["Text before.txt x", "Text meanwhile.txt y"], host.Sorted);
    }

    [Fact]
    public async Task A_file_that_is_still_being_written_is_not_read()
    {
        await using var host = BlobHost.Start();
        await using (
            var writer = new FileStream(
                Path.Combine(host.Articles, "slow.txt"),
                FileMode.Create,
                FileAccess.Write,
                FileShare.ReadWrite
            )
        )
        {
            writer.Write("half"u8);
            writer.Flush();
            await host.LookAsync();
            Assert.Empty(host.Seen);
            writer.Write(" and half"u8);
        }
        await host.LookAsync();

        Assert.Equal(["Text slow.txt half and half"], host.Sorted);
    }

    [Fact]
    public async Task A_poison_blob_is_tried_five_times_listed_with_its_reason_and_delays_no_other()
    {
        await using var host = BlobHost.Start(host: new() { MaxBlobs = 1 });
        var poison = true;
        host.Invoker.Run = (call, _) =>
        {
            host.Seen.Enqueue(BlobHost.Told(call));
            return poison && call.Metadata["name"].String == "bad.txt"
                ? throw FakeInvoker.Failed("bad.txt is bad\n   at a line of code")
                : Task.CompletedTask;
        };
        host.Write("articles/bad.txt", "x");
        host.Write("articles/good.txt", "y");
        await host.LookAsync(2);

        Assert.Equal(5, host.Seen.Count(line => line == "Text bad.txt x"));
        Assert.True(host.Seen.ToList().IndexOf("Text good.txt y") < host.Seen.ToList().LastIndexOf("Text bad.txt x"));
        var given = Assert.Single(host.Poison);
        Assert.Equal(
            ("Text", "articles", "bad.txt", "System.FormatException: bad.txt is bad"),
            (given.Function, given.Container, given.Name, given.Error)
        );

        poison = false;
        host.Write("articles/bad.txt", "better now");
        await host.LookAsync();
        Assert.Contains("Text bad.txt better now", host.Seen, StringComparer.Ordinal);
        Assert.Empty(host.Poison);
    }

    [Fact]
    public async Task How_often_a_blob_is_tried_is_a_setting_and_one_that_was_given_up_is_tried_anew_when_asked()
    {
        await using var host = BlobHost.Start(host: new() { PoisonBlobThreshold = 1 });
        host.Invoker.Run = (_, _) => throw FakeInvoker.Failed("no");
        host.Write("articles/a.txt", "x");
        await host.LookAsync(2);
        Assert.Single(host.Invoker.Calls);

        Assert.False(await host.Triggers.TryAgainAsync("articles", "b.txt"));
        Assert.True(await host.Triggers.TryAgainAsync("articles", "a.txt"));
        await host.LookAsync(2);

        Assert.Equal(2, host.Invoker.Calls.Count);
    }

    [Fact]
    public async Task A_call_that_timed_out_or_whose_input_could_not_be_bound_costs_a_try_and_a_lost_worker_costs_none()
    {
        await using var host = BlobHost.Start();
        var faults = new Queue<Exception>([
            new WorkerLostException("gone"),
            new TimeoutException("30 minutes"),
            new WorkerLostException("gone"),
            new WorkerLostException("gone"),
            FakeInvoker.Failed("unbound"),
        ]);
        host.Invoker.Run = (_, _) => faults.TryDequeue(out var fault) ? throw fault : Task.CompletedTask;
        host.Write("articles/a.txt", "x");
        await host.LookAsync();
        Assert.Equal((BlobState.ToBeTried, 0), (host.Receipts[0].State, host.Receipts[0].Tries));

        await host.LookAsync(4);

        Assert.Equal((BlobState.Done, 3), (host.Receipts[0].State, host.Receipts[0].Tries));
        Assert.Equal(6, host.Invoker.Calls.Count);
    }

    [Fact]
    public async Task A_blob_that_ends_one_worker_after_the_other_is_given_up()
    {
        await using var host = BlobHost.Start();
        host.Invoker.Run = (_, _) =>
        {
            host.Invoker.Generation++;
            throw new WorkerLostException("exit code 139");
        };
        host.Write("articles/a.txt", "x");
        await host.LookAsync(7);

        Assert.Equal(5, host.Invoker.Calls.Count);
        Assert.Contains("exit code 139", Assert.Single(host.Poison).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_no_worker_can_be_had_nothing_is_given_up()
    {
        await using var host = BlobHost.Start();
        host.Invoker.Run = (_, _) => throw new WorkerLostException("there is none");
        host.Write("articles/a.txt", "x");
        await host.LookAsync(20);

        Assert.Empty(host.Poison);
        Assert.Equal(0, host.Receipts[0].Tries);
    }

    [Fact]
    public async Task A_lost_worker_is_waited_for_by_itself()
    {
        await using var host = BlobHost.Start(configure: options =>
            (options.WatchBlobs, options.WatchedInterval) = (true, TimeSpan.FromDays(1))
        );
        var lost = false;
        host.Invoker.Run = (_, _) =>
        {
            (var before, lost) = (lost, true);
            return before ? Task.CompletedTask : throw new WorkerLostException("gone");
        };
        host.Write("articles/a.txt", "x");

        await host.UntilAsync(() => host.Invoker.Calls.Count == 2);
    }

    [Fact]
    public async Task Tries_are_counted_over_crashes_so_a_blob_that_ends_the_process_is_given_up()
    {
        await using var host = BlobHost.Start();
        host.Invoker.Run = (_, _) => throw FakeInvoker.Failed("no");
        host.Write("articles/a.txt", "x");
        var etag = Assert.Single(FolderListing.Of(host.Articles).Files).Blob.ETag;
        await host.Store.WriteAsync(
            "test",
            database =>
                database.Save(
                    new BlobReceipt("Text", "articles", "a.txt", etag, BlobState.ToBeTried, 4, DateTime.MinValue, null)
                )
        );
        await host.LookAsync();

        Assert.Single(host.Invoker.Calls);
        Assert.Single(host.Poison);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_crash_at_any_write_of_receipts_loses_no_blob(bool stored)
    {
        for (var k = 1; ; k++)
        {
            await using var host = BlobHost.Start(host: new() { PoisonBlobThreshold = 3 });
            host.Invoker.Run = (call, _) =>
            {
                host.Seen.Enqueue(BlobHost.Told(call));
                return call.Metadata["name"].String == "bad.txt" ? throw FakeInvoker.Failed("bad") : Task.CompletedTask;
            };
            (host.Store.CrashAt, host.Store.IsCrashStored) = (k, stored);
            foreach (var (name, text) in ((string, string)[])[("a.txt", "x"), ("bad.txt", "y"), ("a.txt", "newer")])
            {
                host.Write("articles/" + name, text);
                await Record.ExceptionAsync(() => host.LookAsync()); // a dead host says nothing
            }
            var crashed = host.Store.HasCrashed;
            await host.RestartAsync();
            await host.LookAsync(2);

            var runs = host.Seen.CountBy(line => line).ToDictionary();
            Assert.Equal(
                (k, BlobState.Done, BlobState.Poison),
                (
                    k,
                    host.Receipts.Single(one => one.Name == "a.txt").State,
                    host.Receipts.Single(one => one.Name == "bad.txt").State
                )
            );
            Assert.InRange(runs["Text a.txt newer"], 1, 2);
            Assert.InRange(runs["Text bad.txt y"], stored ? 2 : 3, 4); // a try is counted before it is made
            if (!crashed)
            {
                Assert.Equal((1, 3), (runs["Text a.txt x"], runs["Text bad.txt y"]));
                Assert.True(k > 8, $"There were only {k} writes.");
                return;
            }
        }
    }

    [Fact]
    public async Task A_blob_that_is_gone_before_its_turn_is_done()
    {
        await using var host = BlobHost.Start();
        var path = host.Write("articles/bad.txt", "x");
        host.Invoker.Run = (_, _) =>
        {
            File.Delete(path);
            throw FakeInvoker.Failed("no");
        };
        await host.LookAsync(2);

        Assert.Single(host.Invoker.Calls);
        Assert.Empty(host.Receipts);
    }

    [Fact]
    public async Task A_version_that_comes_while_an_older_one_runs_runs_next()
    {
        await using var host = BlobHost.Start(configure: options =>
            (options.WatchBlobs, options.WatchedInterval) = (true, TimeSpan.FromDays(1))
        ); // nothing comes of looking again
        var first = true;
        host.Invoker.Run = async (call, stop) =>
        {
            host.Seen.Enqueue(BlobHost.Told(call));
            if (!first)
                return;
            first = false;
            host.Write("articles/a.txt", "newer");
            await Task.Delay(500, stop); // the watcher's word comes while this one runs
        };
        host.Write("articles/a.txt", "x");

        await host.UntilAsync(() => host.Seen.Contains("Text a.txt newer", StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_watched_folder_tells_by_itself_also_when_it_was_away()
    {
        await using var host = BlobHost.Start(configure: options =>
            (options.WatchBlobs, options.WatchedInterval) = (true, TimeSpan.FromMilliseconds(300))
        );
        host.Write("articles/new/a.txt", "x");
        await host.UntilAsync(() => host.Seen.Contains("Text new/a.txt x", StringComparer.Ordinal));

        Directory.Move(host.Articles, host.Articles + "2");
        await host.UntilAsync(() => host.Triggers.Problems.Count == 1);
        Directory.Move(host.Articles + "2", host.Articles);
        await host.UntilAsync(() => host.Triggers.Problems.Count == 0);
        host.Write("articles/b.txt", "y");

        await host.UntilAsync(() => host.Seen.Contains("Text b.txt y", StringComparer.Ordinal));
        Assert.Equal(2, host.Seen.Count);
    }

    [Fact]
    public async Task A_receipt_that_can_not_be_stored_loses_nothing()
    {
        await using var host = BlobHost.Start();
        await host.LookAsync();
        host.Write("articles/a.txt", "x");
        host.Store.Fault = new IOException("disk full");
        await host.LookAsync();
        Assert.Empty(host.Seen);

        host.Store.Fault = null;
        await host.LookAsync();

        Assert.Equal(["Text a.txt x"], host.Sorted);
    }

    [Fact]
    public async Task Names_have_any_characters()
    {
        await using var host = BlobHost.Start(invoker =>
        {
            invoker.AddBlob("Text", "articles/{name}");
            invoker.AddBlob("Exact", "articles/exact.txt");
        });
        string[] names =
        [
            "a\nb.txt",
            "100%.txt",
            "#1?.txt",
            "🗞️ Zeitung.txt",
            "dots...",
            "exact.txt\n",
            "back\\slash",
            " space ",
            "na\u0308her",
            "{braces}",
        ];
        foreach (var name in names)
            host.Write("articles/" + name, "x");
        await host.LookAsync(2);
        await host.RestartAsync();
        await host.LookAsync();

        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            host.Invoker.Calls.Select(call => call.Metadata["name"].String).Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(host.Invoker.Calls, call => call.Function.Name == "Exact");
    }

    [Fact]
    public async Task Ten_thousand_files_at_the_start_take_one_listing_and_run_once_each()
    {
        await using var host = BlobHost.Start(isQuick: false);
        host.Invoker.Run = (_, _) => Task.CompletedTask;
        for (var i = 0; i < 10_000; i++)
            host.Write($"articles/{i % 100}/{i}.txt", "x");
        var start = System.Diagnostics.Stopwatch.StartNew();
        await host.Triggers.LookOnceAsync();
        var listed = start.Elapsed;
        await host.Store.Idle.WhenIdleAsync(TimeSpan.FromMinutes(2));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"10,000 files: found after {listed.TotalMilliseconds:0} ms, done after {start.ElapsedMilliseconds} "
                + $"ms, {host.Store.Commits} commits"
        );

        Assert.Equal(
            10_000,
            host.Invoker.Calls.Select(call => call.Metadata["name"].String).Distinct(StringComparer.Ordinal).Count()
        );
        Assert.Equal(10_000, host.Invoker.Calls.Count);
        Assert.All(host.Receipts, receipt => Assert.Equal(BlobState.Done, receipt.State));
        start.Restart();
        await host.LookAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"looked again in {start.ElapsedMilliseconds} ms");
        Assert.Equal(10_000, host.Invoker.Calls.Count);
    }
}
