using System.Runtime.Versioning;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>What lies in the watched folder and is no upload stops nothing.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class IntakeTests
{
    private const long Huge = 5L << 30;

    [Fact]
    public async Task Pipes_links_and_giants_in_the_folder_do_not_stop_the_intake()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such files.");
        await using var desk = await Desk.OpenAsync();
        await MakeAsync(desk, "mkfifo", "pipe.txt");
        await MakeAsync(desk, "ln", "-s", "/nowhere/at/all.txt", "dangling.txt");
        await MakeAsync(desk, "ln", "-s", "/etc/passwd", "outside.txt");
        await MakeAsync(desk, "ln", "-s", "/dev/zero", "device.txt");
        await MakeAsync(desk, "ln", "-s", ".", "round");
        await using (var giant = new FileStream(Path.Combine(desk.Data.Articles, "giant.txt"), FileMode.CreateNew)) giant.SetLength(Huge);
        Directory.CreateDirectory(Path.Combine(desk.Data.Articles, "folder.txt"));

        await desk.DropAsync("ferry.txt", Texts.Ferry);
        await desk.DropAsync("after.txt", Texts.Short);

        var editor = await desk.EditorAsync();
        Assert.Equal("TooLarge", (await desk.UntilAsync("giant.txt", found => found.Text("stage") == "Rejected"))["article"]!["rejection"]!.Text("reason"));
        foreach (var name in (string[])["pipe.txt", "dangling.txt", "outside.txt", "device.txt", "folder.txt"]) Assert.Null(await Desk.FindAsync(editor, name));
        await desk.Host.UntilItSaysAsync("pipe.txt", Limits.Check);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await desk.Anybody.GetAsync("health/ready")).Status);
        Assert.Equal(0, await desk.Host.StopAsync());
    }

    private static async Task MakeAsync(Desk desk, string program, params string[] arguments)
    {
        var made = await Subprocess.RunAsync(program, arguments, Limits.Verb, folder: desk.Data.Articles);
        Assert.True(made.ExitCode == 0, made.Said);
    }
}
