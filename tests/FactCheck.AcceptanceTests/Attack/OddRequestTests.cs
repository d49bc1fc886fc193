using System.Net.Http.Headers;
using System.Text;

namespace FactCheck.AcceptanceTests.Attack;

/// <summary>Requests that were once answered with an error of the desk's own, or taken.</summary>
public sealed class OddRequestTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private readonly Desk _desk = shared.Desk;

    [Fact]
    public async Task A_form_without_its_end_is_the_callers_fault()
    {
        var form = new ByteArrayContent(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nThe quay"u8.ToArray()
        );
        form.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        var answer = await (await _desk.SubmitterAsync()).SendAsync(HttpMethod.Post, "api/articles", form);

        Assert.Equal(400, (int)answer.Status);
        Assert.Equal("application/problem+json", answer.ContentType);
    }

    [Fact]
    public async Task A_body_of_more_than_half_a_megabyte_is_refused()
    {
        var reviewer = await _desk.ReviewerAsync();

        var fits = await SendAsync(500);
        var large = await SendAsync(512);

        Assert.Equal((404, 413), ((int)fits.Status, (int)large.Status));

        Task<Answer> SendAsync(int kilobytes) =>
            reviewer.PostAsync(
                "api/tasks/none/decisions",
                new { note = new string('a', 1024 * kilobytes) },
                ("If-Match", "\"1\"")
            );
    }

    [Theory]
    [InlineData("api/tasks?state=1")]
    [InlineData("api/tasks?kind=Claim,Quote")]
    [InlineData("api/tasks?most=1000000")]
    public async Task A_filter_that_means_nothing_is_refused(string path) =>
        Assert.Equal(400, (int)(await (await _desk.ReviewerAsync()).GetAsync(path)).Status);

    [Theory]
    [InlineData("http://user@example.com/a")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("file:///etc/passwd")]
    public async Task Evidence_that_would_reach_into_the_desks_network_tells_nothing_of_it(string url)
    {
        var name = $"evidence-{Convert.ToHexString(Encoding.UTF8.GetBytes(url)[..10])}-{url.Length}.txt";
        var task = Desk.OpenTasks(await _desk.DropAsync(name, Texts.Short))[0];
        var decision = new
        {
            action = "Approve",
            rating = "True",
            explanation = "The source says so.",
            evidence = new[] { new { url, stance = "Supports" } },
        };

        var answer = await Desk.DecideAsync(await _desk.ReviewerAsync(), task.Text("id"), decision);

        if ((int)answer.Status == 422)
            return; // refused at the door
        Assert.Equal(200, (int)answer.Status);
        var id = task.Text("articleId");
        await _desk.UntilAsync(name, article => article.Number("openTasks") == 0);
        var page = (await (await _desk.EditorAsync()).GetAsync($"api/articles/{id}/statements")).Text;
        Assert.DoesNotContain("\"snapshot\":", page, StringComparison.Ordinal);
        Assert.DoesNotContain("refused", page, StringComparison.OrdinalIgnoreCase); // no word of what answered there
    }

    [Theory]
    [InlineData("                         ")]
    [InlineData("\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B")]
    public async Task A_report_of_blanks_says_nothing(string message)
    {
        var answer = await _desk.Anybody.PostAsync("api/corrections", new { id = "none", message });

        Assert.Equal(422, (int)answer.Status);
        Assert.Contains("message", answer.Fields);
    }

    [Fact]
    public async Task Pages_answer_HEAD_as_they_answer_GET()
    {
        foreach (var path in (string[])["", "feed.json", "corrections", "health/live"])
            Assert.Equal(
                (path, 200),
                (path, (int)(await _desk.Anybody.SendAsync(HttpMethod.Head, path, content: null)).Status)
            );
    }

    [Theory]
    [InlineData("in\u202Egpj.txt")]
    [InlineData("a\u2028b.txt")]
    [InlineData("a\u0000b.txt")]
    [InlineData("..%2f..%2fescape.txt")]
    public async Task A_name_that_hides_what_it_says_is_refused(string name) =>
        Assert.Equal(400, (int)(await (await _desk.SubmitterAsync()).UploadAsync(name, Texts.Short)).Status);
}
