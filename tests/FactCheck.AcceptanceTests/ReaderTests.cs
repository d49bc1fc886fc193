using System.Globalization;

namespace FactCheck.AcceptanceTests;

/// <summary>Files are read in processes of their own: here below a real worker, which is killed.</summary>
public sealed class ReaderTests
{
    [Fact]
    public async Task A_file_that_spins_holds_up_no_other_and_spins_no_longer_than_its_worker_lives()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process was told is seen in /proc.");
        var patient = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["FactCheck__Reading__Timeout"] = "01:00:00",
        };
        await using var desk = await Desk.OpenAsync(patient);
        desk.Data.Drop("spins.md", string.Concat(Enumerable.Repeat("[a](", 101_000)));
        var worker = await desk.WorkerAsync();
        var spinning = (await Limits.UntilAsync(Limits.Check, () => ReadersAsync(worker), () => "a reader"))[0];

        Assert.NotEmpty(Desk.OpenTasks(await desk.DropAsync("good.txt", Texts.Ferry)));

        Assert.True(Subprocess.IsRunning(spinning));
        var readers = (await ReadersAsync(worker))!;
        await Subprocess.SignalAsync(worker, "KILL");
        await Limits.UntilAsync(
            Limits.Verb,
            () => Task.FromResult(readers.Any(Subprocess.IsRunning) ? null : "none"),
            () => string.Create(CultureInfo.InvariantCulture, $"the end of {string.Join(", ", readers)}")
        );
    }

    // Null while there is none.
    private static async Task<int[]?> ReadersAsync(int worker)
    {
        int[] readers = [.. (await Subprocess.ChildrenAsync(worker)).Where(IsReader)];
        return readers.Length > 0 ? readers : null;

        static bool IsReader(int process)
        {
            try
            {
                return File.ReadAllText($"/proc/{process}/cmdline").EndsWith("--read\0", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false; // it ended while it was looked at
            }
        }
    }
}
