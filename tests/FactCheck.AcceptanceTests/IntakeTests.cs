using System.Net;
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
        await using (var giant = new FileStream(Path.Combine(desk.Data.Articles, "giant.txt"), FileMode.CreateNew))
            giant.SetLength(Huge);
        Directory.CreateDirectory(Path.Combine(desk.Data.Articles, "folder.txt"));

        await desk.DropAsync("ferry.txt", Texts.Ferry);
        await desk.DropAsync("after.txt", Texts.Short);

        var editor = await desk.EditorAsync();
        Assert.Equal(
            "TooLarge",
            (await desk.UntilAsync("giant.txt", found => found.Text("stage") == "Rejected"))["article"]![
                "rejection"
            ]!.Text("reason")
        );
        foreach (var name in (string[])["pipe.txt", "dangling.txt", "outside.txt", "device.txt", "folder.txt"])
            Assert.Null(await Desk.FindAsync(editor, name));
        await desk.Host.UntilItSaysAsync("pipe.txt", Limits.Check);
        Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync("health/ready")).Status);
        Assert.Equal(0, await desk.Host.StopAsync());
    }

    [Fact]
    public async Task While_intake_stands_ready_says_so_and_what_came_meanwhile_is_taken_in_afterwards()
    {
        await using var desk = await Desk.OpenAsync();
        var away = desk.Data.Articles + "-away";
        Directory.Move(desk.Data.Articles, away);
        var unready = await UntilReadyIsAsync(desk, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("ntake", unready.Json.Text("detail"), StringComparison.Ordinal);
        Assert.DoesNotContain(desk.Data.Path, unready.Text, StringComparison.Ordinal);
        await desk.Host.UntilItSaysAsync("can't be reached", Limits.Check);
        Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync("health/live")).Status);

        await File.WriteAllTextAsync(Path.Combine(away, "meanwhile.txt"), Texts.Ferry);
        Directory.Move(away, desk.Data.Articles);

        await desk.UntilAsync("meanwhile.txt", article => article.Text("stage") == "Reviewing", Limits.Back);
        await UntilReadyIsAsync(desk, HttpStatusCode.OK);
    }

    private static Task<Answer> UntilReadyIsAsync(Desk desk, HttpStatusCode status)
    {
        Answer? last = null;
        return Limits.UntilAsync(
            Limits.Start,
            async () => (last = await desk.Anybody.GetAsync("health/ready")).Status == status ? last : null,
            () => $"{status}; it is {last}\n{desk.Host.Output}"
        );
    }

    private static async Task MakeAsync(Desk desk, string program, params string[] arguments)
    {
        var made = await Subprocess.RunAsync(program, arguments, Limits.Verb, folder: desk.Data.Articles);
        Assert.True(made.ExitCode == 0, made.Said);
    }
}
