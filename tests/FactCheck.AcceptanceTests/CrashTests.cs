using System.Net;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>A host that is killed without warning goes on where it was.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Tasks_decisions_and_a_publication_outlive_the_host_and_happen_once()
    {
        await using var desk = await Desk.OpenAsync();
        var before = await desk.DropAsync("ferry.txt", Texts.Ferry);
        var id = before["article"]!.Text("id");
        var reviewer = await desk.ReviewerAsync();
        Assert.Equal(
            HttpStatusCode.OK,
            (await Desk.DecideAsync(reviewer, Desk.OpenTasks(before)[0].Text("id"))).Status
        );

        await desk.CrashAsync();
        var after = (await Desk.FindAsync(await desk.EditorAsync(), "ferry.txt"))!;
        Assert.Equal(before.List("tasks").Select(t => t.Text("id")), after.List("tasks").Select(t => t.Text("id")));
        Assert.Equal(Desk.OpenTasks(before).Count - 1, Desk.OpenTasks(after).Count);
        await Desk.DecideAllAsync(reviewer, after);

        var asked = await (await desk.EditorAsync()).PostAsync($"api/articles/{id}/publication", new { });
        Assert.Equal(HttpStatusCode.Accepted, asked.Status);
        await desk.CrashAsync();

        await desk.UntilAsync("ferry.txt", article => article.Number("publishedVersion") == 1, Limits.Publish);
        var item = await Limits.UntilAsync(
            Limits.Publish,
            async () => (await desk.Anybody.GetAsync("feed.json")).Json.List("items") is [var only] ? only : null,
            () => "the article in the feed"
        );
        Assert.EndsWith($"reports/{id}", item.Text("url"), StringComparison.Ordinal);

        // Nothing is left to be done a second time: another start changes nothing.
        await desk.CrashAsync();
        await desk.DropAsync("after.txt", Texts.Short);
        Assert.Single((await desk.Anybody.GetAsync("feed.json")).Json.List("items"));
        var audit = await desk.AuditAsync(id);
        Assert.Single(audit, what => what == "published");
        Assert.Single(audit, what => what == "asked to publish");
        Assert.Single(audit, what => what == "selected");
        Assert.Equal(before.List("tasks").Count, audit.Count(what => what == "decided"));
    }

    [Fact]
    public async Task Articles_that_were_being_checked_are_checked_once()
    {
        await using var desk = await Desk.OpenAsync();
        var samples = Texts.SeedsIn("articles");
        var editor = await desk.EditorAsync();
        foreach (var sample in samples)
            desk.Data.Drop(sample.Name, await File.ReadAllBytesAsync(sample.FullName));
        await Limits.UntilAsync(
            Limits.Check,
            async () => await Desk.FindAsync(editor, samples[0].Name),
            () => "the first article"
        );

        await desk.CrashAsync();

        foreach (var sample in samples)
        {
            var article = await desk.UntilAsync(sample.Name, found => found.Text("stage") == "Reviewing");
            Assert.Equal(8, article.List("tasks").Count);
            Assert.Equal(["arrived", "selected"], await desk.AuditAsync(article["article"]!.Text("id")));
        }
    }

    [Fact]
    public async Task A_file_dropped_while_no_host_runs_is_found_at_the_next_start()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.DropAsync("before.txt", Texts.Short);
        await desk.Host.KillAsync();

        desk.Data.Drop("meanwhile.txt", Texts.Ferry);
        await desk.StartAgainAsync();

        await desk.UntilAsync("meanwhile.txt", article => article.Text("stage") == "Reviewing");
        Assert.Equal(1, (await Desk.FindAsync(await desk.EditorAsync(), "before.txt"))!["article"]!.Number("run"));
    }
}
