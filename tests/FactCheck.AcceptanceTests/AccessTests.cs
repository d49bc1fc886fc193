using System.Globalization;
using System.Net;
using System.Text;
using FactCheck.AcceptanceTests.Storage;

namespace FactCheck.AcceptanceTests;

/// <summary>Who may do what, and how a caller says who they are.</summary>
public sealed class AccessTests(DeskAtHand shared, Azurite azurite) : IClassFixture<DeskAtHand>
{
    private const string Nothing = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

    private readonly HostedDesk _desk = shared.Desk;

    [Theory]
    [InlineData("GET", "api/articles")]
    [InlineData("PUT", "api/articles/a.txt")]
    [InlineData("GET", "api/tasks")]
    [InlineData("GET", "api/changes")]
    [InlineData("GET", "api/claims")]
    [InlineData("PUT", $"api/tasks/{Nothing}.x-1.1/lease")]
    [InlineData("POST", $"api/tasks/{Nothing}.x-1.1/decisions")]
    [InlineData("POST", $"api/articles/{Nothing}/publication")]
    [InlineData("GET", $"api/audit/{Nothing}")]
    [InlineData("GET", "api/corrections")]
    [InlineData("POST", "api/reverifications")]
    public async Task A_stranger_is_asked_to_sign_in(string method, string path)
    {
        var token = (await _desk.EditorAsync()).Token!;
        string[] guises = [path, $"{path}?access_token={token}", $"{path}?token={token}&code={token}"];

        foreach (var guise in guises)
        {
            var answer = await _desk.Anybody.SendAsync(new(method), guise, null);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
            Assert.Equal("application/problem+json", answer.ContentType);
        }

        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await new Caller(_desk.Address, token[..^4] + "AAAA").SendAsync(new(method), path, null)).Status
        );
    }

    [Theory]
    [InlineData("Submitter", "GET", "api/tasks")]
    [InlineData("Submitter", "POST", $"api/tasks/{Nothing}.x-1.1/decisions")]
    [InlineData("Submitter", "POST", $"api/articles/{Nothing}/statements")]
    [InlineData("Reviewer", "POST", $"api/articles/{Nothing}/publication")]
    [InlineData("Reviewer", "GET", $"api/audit/{Nothing}")]
    [InlineData("Reviewer", "GET", "api/corrections")]
    [InlineData("Operator", "GET", "api/articles")]
    [InlineData("Operator", "GET", "api/tasks")]
    public async Task A_lower_role_is_told_which_one_it_takes(string role, string method, string path)
    {
        var answer = await (await _desk.AsAsync($"a {role}", role)).SendAsync(new(method), path, null);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains($"is {role}", answer.Json.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_cookie_works_on_the_page_and_nowhere_else()
    {
        var code = await _desk.MakeCodeAsync("Cookie Monster", "Editor");
        var signedIn = await _desk.Anybody.PostAsync("api/session", new { code });
        Assert.Equal(HttpStatusCode.NoContent, signedIn.Status);
        var set = signedIn.Headers["Set-Cookie"];
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", set, StringComparison.OrdinalIgnoreCase);

        (string, string) cookie = ("Cookie", set.Split(';')[0]),
            page = ("X-FactCheck", "1"),
            own = ("Origin", _desk.Address.GetLeftPart(UriPartial.Authority)),
            foreign = ("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.OK, (await _desk.Anybody.GetAsync("api/me", cookie, page)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _desk.Anybody.GetAsync("api/me", cookie, page, own)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _desk.Anybody.GetAsync("api/me", cookie)).Status);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await _desk.Anybody.GetAsync("api/me", cookie, page, foreign)).Status
        );

        // What a form of another site can send, and more than it can.
        foreach (
            var headers in ((string, string)[][])
                [
                    [cookie],
                    [cookie, own],
                    [cookie, foreign],
                    [cookie, page],
                    [cookie, page, foreign],
                    [cookie, page, ("Origin", "null")],
                ]
        )
        {
            var forged = await _desk.Anybody.SendAsync(
                HttpMethod.Post,
                "api/articles?name=forged.txt",
                new StringContent(Texts.Short, Encoding.UTF8, "text/plain"),
                headers
            );
            Assert.Equal(HttpStatusCode.Unauthorized, forged.Status);
        }

        Assert.Null(await Desk.FindAsync(await _desk.EditorAsync(), "forged.txt"));
        var real = await _desk.Anybody.SendAsync(
            HttpMethod.Post,
            "api/articles?name=by-page.txt",
            new StringContent(Texts.Short, Encoding.UTF8, "text/plain"),
            cookie,
            page,
            own
        );
        Assert.Equal(HttpStatusCode.Accepted, real.Status);

        var signedOut = await _desk.Anybody.DeleteAsync("api/session", cookie, page, own);
        Assert.Equal(HttpStatusCode.NoContent, signedOut.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _desk.Anybody.GetAsync("api/me", cookie, page)).Status);
    }

    [Fact]
    public async Task A_sign_in_code_works_once()
    {
        var code = await _desk.MakeCodeAsync("Once", "Reviewer");

        var first = await _desk.Anybody.PostAsync("api/token", new { code });
        var second = await _desk.Anybody.PostAsync("api/token", new { code });
        var third = await _desk.Anybody.PostAsync("api/session", new { code });

        Assert.Equal([200, 401, 401], [(int)first.Status, (int)second.Status, (int)third.Status]);
        Assert.Equal(("Once", "Reviewer"), (first.Json.Text("name"), first.Json.Text("role")));
        Assert.Equal(
            "Once",
            (await new Caller(_desk.Address, first.Json.Text("token")).GetAsync("api/me")).Json.Text("name")
        );
    }

    [Fact]
    public async Task Strangers_cannot_go_on_guessing()
    {
        await using var desk = await DeskAtHand.OpenAsync(azurite);
        var editor = await desk.EditorAsync();

        var answers = new List<int>();
        for (var i = 0; i < 21; i++)
            answers.Add((int)(await desk.Anybody.PostAsync("api/token", new { code = $"guess-{i}" })).Status);

        Assert.Equal([.. Enumerable.Repeat(401, 20), 429], answers);
        var late = await desk.Anybody.PostAsync("api/token", new { code = "guess-21" });
        Assert.InRange(int.Parse(late.Headers["Retry-After"], CultureInfo.InvariantCulture), 1, 3600);
        // Nor do they keep anybody out who has a code.
        var code = await desk.MakeCodeAsync("Late", "Reviewer");
        Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.PostAsync("api/token", new { code })).Status);
        // Readers who report errors are counted apart: nobody locks them out by guessing.
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (
                await desk.Anybody.PostAsync("api/corrections", new { id = Nothing, message = "Everything is wrong." })
            ).Status
        );
        Assert.Equal(HttpStatusCode.OK, (await editor.GetAsync("api/articles")).Status);
    }

    [Fact]
    public async Task Every_answer_says_how_a_browser_must_treat_it()
    {
        foreach (var path in (string[])["", "feed.json", "api/me", "health/live", "openapi.json", "reports/none"])
        {
            var headers = (await _desk.Anybody.GetAsync(path)).Headers;
            Assert.Equal("nosniff", headers["X-Content-Type-Options"]);
            Assert.Equal("same-origin", headers["Cross-Origin-Resource-Policy"]);
            Assert.Contains("camera=()", headers["Permissions-Policy"], StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", headers["Content-Security-Policy"], StringComparison.Ordinal);
            if (_desk is Desk)
                // Azure's host names its server by itself
                Assert.DoesNotContain("Server", headers.Keys, StringComparer.OrdinalIgnoreCase);
        }
    }
}
