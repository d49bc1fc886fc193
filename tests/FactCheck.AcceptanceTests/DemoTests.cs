using System.Net;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>The first command that a person tries.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_samples_are_checked_and_published_and_a_second_run_publishes_nothing_again()
    {
        using var data = new DataFolder();
        var first = await DemoAsync(data, "demo", "--approve");
        var second = await DemoAsync(data, "demo", "--approve");

        var samples = Texts.SeedsIn("articles");
        Assert.Equal(samples.Count, first.Split('\n').Count(line => line.Contains(" chosen for review", StringComparison.Ordinal) && !line.Contains(": 0 quotes", StringComparison.Ordinal) && !line.Contains(", 0 claims", StringComparison.Ordinal)));
        Assert.Contains("Varnholt passes largest budget in its history (Reviewing)", first, StringComparison.Ordinal);
        Assert.Contains("Graziella Farrugia at 00:00:56: ", first, StringComparison.Ordinal);
        Assert.All(samples, sample => Assert.Contains($"decided    8 tasks of {sample.Name}", first, StringComparison.Ordinal));
        Assert.DoesNotContain("  decided", second, StringComparison.Ordinal);
        AssertReportsExist(data, first, samples.Count);
        AssertReportsExist(data, second, samples.Count);

        await using var host = await HostProcess.ServeAsync(data);
        var editor = await host.SignInAsync("Edda", "Editor");
        var articles = (await editor.GetAsync("api/articles")).Json.List("items");
        Assert.Equal(samples.Select(s => s.Name), articles.Select(a => a.Text("name")).Order(StringComparer.Ordinal));
        foreach (var article in articles)
        {
            var trail = (await editor.GetAsync($"api/audit/{article.Text("id")}")).Json;
            Assert.True((bool)trail["intact"]!);
            Assert.Single(trail.List("entries"), e => e.Text("what") == "published");
            Assert.Single(trail.List("entries"), e => e.Text("what") == "arrived");
        }

        Assert.Equal(samples.Count, (await editor.GetAsync("feed.json")).Json.List("items").Count);
    }

    [Fact]
    public async Task A_file_of_ones_own_is_checked_instead_of_the_samples()
    {
        using var data = new DataFolder();
        var file = Path.Combine(data.Path, "ferry.txt");
        await File.WriteAllTextAsync(file, Texts.Ferry);

        var output = await DemoAsync(data, "demo", file, "--approve");

        Assert.Contains("Ferry line to the islands to close (Reviewing)", output, StringComparison.Ordinal);
        Assert.Contains("Iveta Brandsma: “We have asked for help in eleven letters and got two answers,”", output, StringComparison.Ordinal);
        AssertReportsExist(data, output, 1);
    }

    [Fact]
    public async Task Without_approval_the_page_is_served_until_it_is_stopped()
    {
        using var data = new DataFolder();
        var file = Path.Combine(data.Path, "short.txt");
        await File.WriteAllTextAsync(file, Texts.Short);
        await using var demo = HostProcess.Start(data, "demo", file);
        await demo.UntilItSaysAsync("Ctrl-C stops", Limits.Demo);

        var anybody = new Caller(demo.Address);
        Assert.Equal("text/html", (await anybody.GetAsync("")).ContentType);
        var signedIn = await anybody.PostAsync("api/session", new { code = HostProcess.CodeIn(demo.Output) });
        Assert.Equal(HttpStatusCode.NoContent, signedIn.Status);
        Assert.Contains("factcheck=", signedIn.Headers["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync("reports/aaaaaaaaaaaaaaaaaaaaaaaaaa")).Status);
        Assert.Empty((await anybody.GetAsync("feed.json")).Json.List("items"));

        Assert.Equal(0, await demo.StopAsync());
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        using var data = new DataFolder();
        var (exitCode, output) = await HostProcess.RunAsync(data, "demo", "no-such-article.txt");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("no-such-article.txt", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(data.Path, "desk.db")), "nothing was started");
    }

    private static async Task<string> DemoAsync(DataFolder data, params IReadOnlyList<string> arguments)
    {
        var (exitCode, output) = await HostProcess.RunAsync(data.Path, HostProcess.FreeAddress(), Limits.Demo, arguments);
        Assert.True(exitCode == 0, output);
        return output;
    }

    // Under "published" stands the address, under it the folder.
    private static void AssertReportsExist(DataFolder data, string output, int count)
    {
        var folders = output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith(Path.Combine(data.Path, "reports"), StringComparison.Ordinal)).ToList();
        Assert.Equal(count, folders.Distinct(StringComparer.Ordinal).Count());
        Assert.All(folders, folder => Assert.True(File.Exists(Path.Combine(folder, "report.html")) && File.Exists(Path.Combine(folder, "report.json")), folder));
        Assert.All(folders, folder => Assert.NotEmpty(Directory.GetFiles(folder, "*.claimreview.json")));
    }
}
