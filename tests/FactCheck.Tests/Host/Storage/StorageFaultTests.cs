using FactCheck.Host;
using FactCheck.Tests.Host.Durable;
using Grpc.Core;

namespace FactCheck.Tests.Host.Storage;

/// <summary>A disk that tears, refuses, is full or may not be written: nothing acknowledged is lost, and it goes on
/// when the disk does.</summary>
public sealed class StorageFaultTests
{
    /// <summary>Every third write; with FACTCHECK_FULL=1 each.</summary>
    private static readonly int Step = Environment.GetEnvironmentVariable("FACTCHECK_FULL") == "1" ? 1 : 3;

    private static TestHubBuilder Steps() =>
        TestHub
            .ForTests()
            .AddOrchestrator(
                "Steps",
                async context =>
                {
                    var first = await context.CallActivityAsync<string>("Say", "a");
                    var child = await context.CallSubOrchestratorAsync<string>("Child", "b");
                    await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    return first + child + await context.WaitForExternalEvent<string>("e");
                }
            )
            .AddOrchestrator("Child", context => context.CallActivityAsync<string>("Say", context.GetInput<string>()))
            .AddActivity<string, string>("Say", Task.FromResult);

    [Fact]
    public async Task A_crash_in_the_middle_of_any_write_loses_nothing_acknowledged()
    {
        if (!StorageFaults.IsSupported)
            Assert.Skip("The write call is replaced as on 64-bit Linux.");
        var crashes = 0;
        for (var k = 1; ; k += Step)
        {
            await using var host = await Steps().StartAsync();
            if (!await DriveAsync(host, k, forGood: true))
                break;
            crashes++;
        }
        Assert.True(crashes * Step > 30, $"There were only {crashes} writes to tear.");
    }

    [Fact]
    public async Task Any_write_that_fails_once_is_made_up_for_and_nobody_notices()
    {
        if (!StorageFaults.IsSupported)
            Assert.Skip("The write call is replaced as on 64-bit Linux.");
        var failures = 0;
        for (var k = 1; ; k += Step)
        {
            await using var host = await Steps().StartAsync();
            if (!await DriveAsync(host, k, forGood: false))
                break;
            failures++;
        }
        Assert.True(failures * Step > 30, $"There were only {failures} writes to fail.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_full_disk_is_an_error_to_whoever_starts_something_and_with_space_again_all_goes_on(bool tmpfs)
    {
        using var disk = tmpfs ? SmallDisk.TryMount(megabytes: 6) : null;
        if (tmpfs && disk is null)
            Assert.Skip("needs the right to mount a small disk");
        var builder = Steps()
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("e"))
            .WithIdleLimit(TimeSpan.FromMinutes(2));
        if (disk is not null)
            builder = builder.WithData(disk.Path);
        await using var host = await builder.StartAsync();
        var ballast = Path.Combine(host.DataDirectory, "ballast");
        if (disk is not null)
            await File.WriteAllBytesAsync(ballast, new byte[3 * 1024 * 1024]);
        else
            // 1.6 MB
            await host.Engine.CallAsync("limit", _ => host.Engine.Database.One("PRAGMA max_page_count = 400"));

        await host.BeginAsync("Steps", id: "steps");
        var acknowledged = await FillAsync(host);
        if (disk is not null)
            File.Delete(ballast);
        else
            await host.Engine.CallAsync(
                "no limit",
                _ => host.Engine.Database.One("PRAGMA max_page_count = 1073741823")
            );

        Assert.Equal("y", (await host.RunAsync("Child", "y", "after")).ReadOutputAs<string>());
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        await host.SendAsync("steps", "e", "!");
        foreach (var id in acknowledged)
            await host.SendAsync(id, "e", id);
        Assert.Equal("ab!", (await host.ReadAsync("steps")).ReadOutputAs<string>());
        foreach (var id in acknowledged)
            Assert.Equal(id, (await host.ReadAsync(id)).ReadOutputAs<string>());
        Assert.Equal(0, host.Count("activities") + host.Count("timers") + host.Count("inbox"));
    }

    [Fact]
    public async Task A_file_that_may_only_be_read_is_refused_by_name()
    {
        // A file's mode keeps an ordinary user out, a read-only disk keeps out root.
        using var disk = Environment.IsPrivilegedProcess ? SmallDisk.TryMount(megabytes: 2) : null;
        if (disk is null && (Environment.IsPrivilegedProcess || OperatingSystem.IsWindows()))
            Assert.Skip("needs the right to mount a small disk");
        var builder = disk is null ? Steps() : Steps().WithData(disk.Path);
        await using var host = await builder.StartAsync();
        await host.StopAsync();
        disk?.MakeReadOnly();
        if (disk is null && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(host.DataDirectory, "runtime.db"), UnixFileMode.UserRead);

        var refused = await Assert.ThrowsAsync<FunctionHostException>(host.StartAsync);

        Assert.Contains(
            disk is null ? "runtime.db can't be opened: " : "runtime.db can't be written: ",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("in use by", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Does what a careful client does while the k-th write fails; after a crash on files that can be written
    /// again. Whether there was a k-th write.</summary>
    private static async Task<bool> DriveAsync(TestHub host, int k, bool forGood)
    {
        var faults = new StorageFaults(host.DataDirectory, k, forGood);
        var alive = forGood;
        async Task Step(Func<Task> step)
        {
            while (true)
            {
                var done = StepAsync(host, step);
                if (!alive || await Task.WhenAny(done, faults.Fired) == done)
                {
                    await done;
                    return;
                }
                alive = false;
                await host.CrashAsync(); // while no write succeeds
                faults.Dispose();
                await host.StartAsync();
                await done.ContinueWith(_ => { }, TaskScheduler.Default); // died with the host
            }
        }

        try
        {
            // what was acknowledged is not asked for again, whatever happened then
            var (started, sent) = (false, false);
            await Step(async () =>
            {
                if (!started && await host.Client.GetInstanceAsync("x") is null)
                    await host.Client.ScheduleNewOrchestrationInstanceAsync(
                        "Steps",
                        null,
                        new StartOrchestrationOptions("x"),
                        CancellationToken.None
                    );
                started = true;
            });
            await Step(() => host.AdvanceAsync(TimeSpan.FromHours(1)));
            await Step(() => host.AdvanceAsync(TimeSpan.FromHours(1))); // for a clock that was read in a dying host
            await Step(async () =>
            {
                if (!sent)
                    await host.Client.RaiseEventAsync("x", "e", "!");
                sent = true;
            });
        }
        finally
        {
            faults.Dispose();
        }
        var ended = await host.ReadAsync("x");
        Assert.Equal(
            (k, OrchestrationRuntimeStatus.Completed, "ab!"),
            (k, ended.RuntimeStatus, ended.ReadOutputAs<string>())
        );
        Assert.Equal((k, 0L), (k, host.Count("activities") + host.Count("timers") + host.Count("inbox")));
        return faults.Fired.IsCompleted;
    }

    private static async Task StepAsync(TestHub host, Func<Task> step)
    {
        await step();
        await host.WhenIdleAsync();
    }

    /// <summary>Starts what fills the disk; the ids of what was acknowledged.</summary>
    private static async Task<List<string>> FillAsync(TestHub host)
    {
        var acknowledged = new List<string>();
        for (var i = 0; ; i++)
        {
            Assert.True(i < 2000, "The disk was never full.");
            try
            {
                await host.Client.ScheduleNewOrchestrationInstanceAsync(
                    "Wait",
                    new string('x', 20_000),
                    new StartOrchestrationOptions($"w{i}"),
                    CancellationToken.None
                );
                acknowledged.Add($"w{i}");
            }
            catch (RpcException full)
            {
                Assert.Contains("full", full.Message, StringComparison.Ordinal);
                Assert.Null(await host.Client.GetInstanceAsync($"w{i}"));
                return acknowledged;
            }
        }
    }
}
