using System.Net;
using System.Text.RegularExpressions;

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
        foreach (var sample in samples)
        {
            Assert.Matches(
                $@"\n  {Regex.Escape(sample.Name)} +[1-9][0-9]* quotes +[1-9][0-9]* claims +8 for review\n",
                first
            );
            Assert.Contains($"  {sample.Name} (8 decided)\n", first, StringComparison.Ordinal);
        }

        Assert.Contains("Most worth checking in city-budget.md", first, StringComparison.Ordinal);
        Assert.Equal(
            samples.Count,
            Regex.Count(second, @" \(0 decided\)\n", RegexOptions.None, TimeSpan.FromSeconds(1))
        );
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

        var output = await DemoAsync(data, "demo", file, "--approve", "--verbose");

        Assert.Contains("Ferry line to the islands to close (Reviewing)", output, StringComparison.Ordinal);
        Assert.Contains(
            "quote Iveta Brandsma: “We have asked for help in eleven letters and got two answers,”",
            output,
            StringComparison.Ordinal
        );
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
        var (exitCode, output) = await HostProcess.RunAsync(
            data.Path,
            LocalServer.FreeAddress(),
            Limits.Demo,
            arguments
        );
        Assert.True(exitCode == 0, output);
        return output;
    }

    // An address ends with the article's id, which is the folder's name.
    private static void AssertReportsExist(DataFolder data, string output, int count)
    {
        var ids = Regex
            .Matches(output, "/reports/(?<id>[a-z2-7]{26})", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Groups["id"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.Equal(count, ids.Count);
        foreach (var folder in ids.Select(id => Path.Combine(data.Path, "reports", id, "v0001")))
        {
            Assert.True(
                File.Exists(Path.Combine(folder, "report.html")) && File.Exists(Path.Combine(folder, "report.json")),
                folder
            );
            Assert.NotEmpty(Directory.GetFiles(folder, "*.claimreview.json"));
        }
    }
}
