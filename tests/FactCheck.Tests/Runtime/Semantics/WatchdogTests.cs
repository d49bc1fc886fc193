using FactCheck.Runtime;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>An orchestrator that never yields is named, and the host stays of use.</summary>
public sealed class WatchdogTests
{
    [Fact]
    public async Task It_is_named_in_the_log_and_to_callers_what_is_stored_can_be_read_and_the_host_can_be_stopped()
    {
        var log = new ListLog();
        using var yield = new ManualResetEventSlim();
        await using var host = await StuckHostAsync(log, yield);
        await host.BeginAsync("Good", id: "good");
        var stuck = host.Client.ScheduleNewOrchestrationInstanceAsync("Bad", new StartOrchestrationOptions("bad"));
        await host.Until(() => IsNamed(log));

        var refused = await Assert.ThrowsAsync<TimeoutException>(() => host.Client.RaiseEventAsync("good", "go"));
        Assert.Contains("'Bad' (bad)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("good")).RuntimeStatus);
        Assert.Single(await host.Client.ListAsync());

        var suspend = await Cli.Typed.RunAsync("runtime", "suspend", "good", "--host", host.BaseAddress.ToString());
        Assert.Equal(FactCheck.Cli.ExitCode.Unreachable, suspend.ExitCode);
        Assert.Contains("'Bad' (bad)", suspend.Error, StringComparison.Ordinal);
        Assert.Contains("good", (await Cli.Typed.RunAsync("runtime", "list", "--host", host.BaseAddress.ToString())).Output, StringComparison.Ordinal);

        await host.StopAsync();
        Assert.False(stuck.IsCompletedSuccessfully);
        yield.Set();
        await host.Until(() => !File.Exists(Path.Combine(host.DataDirectory, "runtime.db-wal"))); // its thread has come to its end
    }

    [Fact]
    public async Task At_the_next_start_it_is_suspended_and_the_others_go_on()
    {
        var log = new ListLog();
        using var yield = new ManualResetEventSlim();
        await using var first = await StuckHostAsync(log, yield);
        await first.BeginAsync("Good", id: "good");
        await first.BeginAsync("Bad", "wait", id: "bad");
        _ = first.Client.RaiseEventAsync("bad", "go").ContinueWith(_ => { }, TaskScheduler.Default);
        await first.Until(() => IsNamed(log));
        var copy = Copy(first.DataDirectory); // what a killed process leaves

        yield.Set(); // the mended code
        await using var host = await StuckHostAsync(new ListLog(), yield, copy);
        await host.WhenIdleAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.ReadAsync("bad")).RuntimeStatus);
        await host.SendAsync("good", "go", "done");
        Assert.Equal("done", (await host.ReadAsync("good")).ReadOutputAs<string>());
        await host.Client.RaiseEventAsync("bad", "go");
        await host.Client.ResumeInstanceAsync("bad");
        await host.WhenIdleAsync();

        Assert.Equal("yielded", (await host.ReadAsync("bad")).ReadOutputAs<string>());
        await host.StopAsync();
        Assert.False(File.Exists(Path.Combine(copy, "runtime.stuck")));
        Directory.Delete(copy, recursive: true);
        await first.Until(() => HasYielded(log)); // so that it can be stopped in good order
    }

    [Fact]
    public async Task One_that_yields_late_goes_on_and_leaves_no_mark()
    {
        var log = new ListLog();
        using var yield = new ManualResetEventSlim();
        await using var host = await StuckHostAsync(log, yield);
        var started = host.Client.ScheduleNewOrchestrationInstanceAsync("Bad", new StartOrchestrationOptions("bad"));
        await host.Until(() => IsNamed(log));

        yield.Set();
        await started;
        await host.WhenIdleAsync();

        Assert.Equal("yielded", (await host.ReadAsync("bad")).ReadOutputAs<string>());
        Assert.True(HasYielded(log));
        Assert.False(File.Exists(Path.Combine(host.DataDirectory, "runtime.stuck")));
    }

    // Of others it may be said, too: on a busy machine anything may take long.
    private static bool IsNamed(ListLog log) =>
        log.Of(LogLevel.Critical).Any(line => line.StartsWith("Orchestrator 'Bad' (bad) has not yielded for over 0.05 s", StringComparison.Ordinal));

    private static bool HasYielded(ListLog log) => log.Of(LogLevel.Warning).Contains("Bad (bad) has yielded after all", StringComparer.Ordinal);

    private static Task<TestHost> StuckHostAsync(ListLog log, ManualResetEventSlim yield, string? data = null)
    {
        var builder = EmbeddedHost.ForTests().LoggingTo(log).Configure(options => (options.EpisodeLimit, options.Management) = (TimeSpan.FromMilliseconds(50), _ => true))
            .AddOrchestrator("Good", context => context.WaitForExternalEvent<string>("go"))
            .AddOrchestrator("Bad", async context =>
            {
                if (context.GetInput<string>() is not null)
                    await context.WaitForExternalEvent<object>("go");
                yield.Wait();
                return "yielded";
            });
        return (data is null ? builder : builder.WithData(data)).StartAsync();
    }

    private static string Copy(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("runtime-test-").FullName;
        foreach (var name in new[] { "runtime.db", "runtime.db-wal", "runtime.stuck" })
            File.Copy(Path.Combine(folder, name), Path.Combine(copy, name));
        return copy;
    }
}
