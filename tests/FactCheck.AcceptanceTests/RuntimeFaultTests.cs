using System.Runtime.InteropServices;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>The embedded runtime's promises against real processes: killed ones, and one that sleeps while another takes its file.</summary>
public sealed class RuntimeFaultTests
{
    private const int Continue = 18; // SIGCONT and SIGSTOP as Linux numbers them
    private const int Stop = 19;

    [Fact]
    public async Task Two_hundred_kills_under_load_lose_nothing_that_was_acknowledged()
    {
        using var folder = new DataFolder();
        var seed = Random.Shared.Next(1 << 24);

        var (exit, output) = await CliProcess.RunAsync(TimeSpan.FromMinutes(10), "bench", "soak", "--kills", "200", "--seed", $"{seed}", "--folder", folder.Path);

        Assert.True(exit == 0, $"seed {seed}: {output}");
        Assert.Contains("200 kills", output, StringComparison.Ordinal);
        Assert.Matches(@"[1-9][0-9]{2,} starts and events acknowledged: all there, all ended", output);
    }

    [Fact]
    public async Task An_owner_that_slept_while_another_took_its_file_fails_its_next_commit_and_stops()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("SIGSTOP is sent as on Linux.");
        // The signal may meet the owner while it holds SQLite's own lock, or after it has noticed the other: then nobody takes over from a sleeper.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await TakeOverFromASleeperAsync();
                return;
            }
            catch (Exception) when (attempt < 4)
            {
                continue;
            }
        }
    }

    private static async Task TakeOverFromASleeperAsync()
    {
        using var folder = new DataFolder();
        using var first = CliProcess.Start("bench", "soak-child", "--folder", folder.Path, "--seed", "1", "--pause", "50");
        await first.UntilItSays("ready", Limits.Start);

        using var second = await TakeOverAsync(folder.Path, first);
        var taken = Acknowledged(folder.Path, seed: 1);
        Signal(first, Continue);

        Assert.Equal(6, await first.ExitAsync(Limits.Start));
        Assert.Contains("has been taken by another owner", first.Output, StringComparison.Ordinal);
        // What it had on the way when it was stopped may be acknowledged; nothing that came after is.
        Assert.InRange(Acknowledged(folder.Path, seed: 1), taken, taken + 16);
        var served = Acknowledged(folder.Path, seed: 2);
        await Limits.UntilAsync(Limits.Start, () => Task.FromResult(Acknowledged(folder.Path, seed: 2) > served ? "more" : null), () => "the second owner at work");
        Assert.False(second.HasExited, second.Output);
    }

    [Fact]
    public async Task A_second_process_is_told_which_the_first_one_is()
    {
        using var folder = new DataFolder();
        using var first = CliProcess.Start("bench", "soak-child", "--folder", folder.Path, "--seed", "1", "--pause", "50");
        await first.UntilItSays("ready", Limits.Start);

        var (exit, output) = await CliProcess.RunAsync(Limits.Start, "bench", "soak-child", "--folder", folder.Path, "--seed", "2");

        Assert.Equal(5, exit);
        Assert.Contains($"is in use by process {first.Id} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_benchmark_of_the_runtime_measures_every_row()
    {
        using var folder = new DataFolder();

        var (exit, output) = await CliProcess.RunAsync(TimeSpan.FromMinutes(5), "bench", "runtime", "--quick", "--folder", folder.Path);

        Assert.True(exit == 0, output);
        foreach (var row in new[] { "five activities in a row", "fan-out 1×", "fdatasync p50", "one activity, one orchestration at a time", "chain of", "replay of", "300 instances waiting: memory", "page of 100", "purge of" })
            Assert.Contains($"| {row}", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(folder.Path, "factcheck-bench-*"));
    }

    /// <summary>Stops the first owner and takes its lock away, as a file system that lost its locks does; tried until it was stopped outside a transaction.</summary>
    private static async Task<CliProcess> TakeOverAsync(string folder, CliProcess first)
    {
        for (var attempt = 1; ; attempt++)
        {
            Signal(first, Stop);
            File.Delete(Path.Combine(folder, "runtime.db.lock"));
            var second = CliProcess.Start("bench", "soak-child", "--folder", folder, "--seed", "2", "--pause", "50");
            try
            {
                await second.UntilItSays("ready", Limits.Start);
                return second;
            }
            catch (Exception exception) when (exception is TimeoutException or InvalidOperationException && attempt < 5)
            {
                second.Dispose();
                Signal(first, Continue);
                await Task.Delay(attempt * 37);
            }
        }
    }

    private static int Acknowledged(string folder, int seed) => ReadShared(Path.Combine(folder, "acknowledged.jsonl")).Count(line => line.Contains($"-{seed}-", StringComparison.Ordinal));

    private static string[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n');
    }

    private static void Signal(CliProcess process, int signal) => Assert.Equal(0, Kill(process.Id, signal));

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
