using System.Net;

namespace FactCheck.AcceptanceTests;

/// <summary>What is handed in while the watched folder is away.</summary>
public sealed class IntakeTests
{
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
}
