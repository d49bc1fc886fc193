using System.Net;
using System.Text.RegularExpressions;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>The storage account goes away, and comes back.</summary>
public sealed class StorageAwayTests
{
    [Fact]
    public async Task While_the_storage_is_away_the_desk_says_so_and_when_it_is_back_everything_goes_on()
    {
        await using var azurite = new Azurite();
        await using var storage = await StorageDesk.OpenAsync(azurite);
        var desk = storage.Desk;
        var submitter = await desk.SubmitterAsync();
        var samples = Texts.SeedsIn("articles");
        await storage.UploadAsync("before.txt", Texts.Ferry);
        await desk.UntilAsync("before.txt", article => article.Text("stage") == "Reviewing");
        foreach (var sample in samples)
            await storage.Articles.GetBlobClient(sample.Name).UploadAsync(sample.FullName);
        await desk.UntilAsync(samples[0].Name, _ => true); // the others are queued, or being checked

        await azurite.StopAsync();

        var ready = await desk.Anybody.GetAsync("health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Contains("blobs", ready.Json.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync("health/live")).Status);
        var refused = await submitter.UploadAsync("meanwhile.txt", Texts.Short);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "application/problem+json"),
            (refused.Status, refused.ContentType)
        );
        Assert.Contains("Retry-After", refused.Headers.Keys);
        // What is no blob works on.
        Assert.Equal(HttpStatusCode.OK, (await submitter.GetAsync("api/articles")).Status);
        await Task.Delay(TimeSpan.FromSeconds(8)); // longer than five tries without a wait take
        Assert.False(desk.Host.HasExited, desk.Host.Output);

        await azurite.StartAgainAsync();

        await storage.UploadAsync("after.txt", Texts.Short);
        foreach (var name in (string[])[.. samples.Select(sample => sample.Name), "after.txt", "before.txt"])
        {
            var article = await desk.UntilAsync(name, found => found.Text("stage") == "Reviewing", Limits.Back);
            Assert.Equal(["arrived", "selected"], await desk.AuditAsync(article["article"]!.Text("id")));
        }

        Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync("health/ready")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await submitter.UploadAsync("meanwhile.txt", Texts.Short)).Status);
        await desk.AssertNoPoisonAsync();
        Assert.Single(
            Regex.Matches(desk.Host.Output, "/articles can't be reached", RegexOptions.None, TimeSpan.FromSeconds(1))
        );
        Assert.Single(
            Regex.Matches(
                desk.Host.Output,
                "/articles can be reached again",
                RegexOptions.None,
                TimeSpan.FromSeconds(1)
            )
        );
    }

    [Fact]
    public async Task A_host_that_starts_while_the_storage_is_away_takes_in_what_is_there_when_it_is_back()
    {
        await using var azurite = new Azurite();
        await using var storage = await StorageDesk.OpenAsync(azurite);
        var desk = storage.Desk;
        await desk.Host.StopAsync();
        await storage.UploadAsync("ferry.txt", Texts.Ferry);
        await azurite.StopAsync();

        await desk.StartAgainAsync(untilReady: false);
        await desk.Host.UntilItSaysAsync("/articles can't be reached", Limits.Start);
        await azurite.StartAgainAsync();

        await desk.UntilAsync("ferry.txt", article => article.Text("stage") == "Reviewing", Limits.Back);
    }
}
