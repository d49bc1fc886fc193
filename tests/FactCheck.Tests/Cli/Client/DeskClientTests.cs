using System.Net;
using System.Text;
using FactCheck.Cli.Client;
using FactCheck.Cli.Terminal;

namespace FactCheck.Tests.Cli.Client;

/// <summary>What the client does when a host is busy, gone, or says no.</summary>
public sealed class DeskClientTests
{
    private static readonly Uri Host = new("http://desk.example/");
    private readonly List<string> _calls = [];
    private readonly List<TimeSpan> _pauses = [];

    [Fact]
    public async Task A_host_that_never_answered_is_not_waited_for()
    {
        var gone = await Assert.ThrowsAsync<HostException>(() =>
            Client(_ => throw new HttpRequestException("Connection refused")).GetAsync("api/tasks", default)
        );

        Assert.Equal((ExitCode.Unreachable, 1, 0), (gone.ExitCode, _calls.Count, _pauses.Count));
        Assert.Contains("http://desk.example/", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_lost_later_is_tried_again()
    {
        var client = Client(call => call is 2 or 3 ? throw new HttpRequestException("reset") : Ok());
        await client.GetAsync("api/me", default);
        await client.PutAsync("api/articles/a.txt", () => new ByteArrayContent([1]), default);

        Assert.Equal(
            ["GET /api/me", "PUT /api/articles/a.txt", "PUT /api/articles/a.txt", "PUT /api/articles/a.txt"],
            _calls
        );
    }

    [Fact]
    public async Task A_500_without_a_word_is_a_host_without_a_worker_and_is_tried_again()
    {
        await Client(call => call == 1 ? Answer(500, "") : Ok())
            .PutAsync("api/articles/a.txt", () => new ByteArrayContent([1]), default);
        await Assert.ThrowsAsync<HostException>(() =>
            Client(_ => Answer(500, ""))
                .PostAsync("api/reverifications", () => new ByteArrayContent([]), canRepeat: false, default)
        );

        Assert.Equal(["PUT /api/articles/a.txt", "PUT /api/articles/a.txt", "POST /api/reverifications"], _calls);
    }

    [Fact]
    public async Task A_busy_host_is_asked_again_after_growing_pauses_and_not_forever()
    {
        var busy = await Assert.ThrowsAsync<HostException>(() =>
            Client(_ => Problem(503, "Not yet.")).GetAsync("api/tasks", default)
        );

        Assert.Equal((ExitCode.Unreachable, 6), (busy.ExitCode, _calls.Count));
        Assert.All(_pauses.Zip(_pauses.Skip(2)), p => Assert.True(p.First < p.Second, string.Join(' ', _pauses)));
    }

    [Fact]
    public async Task The_host_says_how_long_to_wait()
    {
        await Client(call => call == 1 ? Problem(429, "Too many.", retryAfter: 7) : Ok())
            .GetAsync("api/tasks", default);

        Assert.Equal([TimeSpan.FromSeconds(7)], _pauses);
    }

    [Fact]
    public async Task What_must_not_happen_twice_is_sent_once()
    {
        var client = Client(_ => Problem(503, "Not yet."));
        await Assert.ThrowsAsync<HostException>(() =>
            client.PostAsync("api/articles/x/publication", () => new ByteArrayContent([]), canRepeat: false, default)
        );

        Assert.Single(_calls);
    }

    [Fact]
    public async Task A_decision_is_sent_again_under_the_same_key()
    {
        var keys = new List<string>();
        var client = Client(
            (call, request) =>
            {
                keys.Add(
                    $"{request.Headers.GetValues("Idempotency-Key").Single()} {request.Headers.GetValues("If-Match").Single()}"
                );
                return call == 1 ? Problem(503, "Not yet.") : Ok();
            }
        );
        await client.DecideAsync(
            "api/tasks/t/decisions",
            new(DecisionAction.Confirm, null, null, null, null, null, null, null),
            "\"7\"",
            "k",
            default
        );

        Assert.Equal(["k \"7\"", "k \"7\""], keys);
    }

    [Theory]
    [InlineData(400, ExitCode.Usage)]
    [InlineData(401, ExitCode.Refused)]
    [InlineData(403, ExitCode.Refused)]
    [InlineData(404, ExitCode.NotFound)]
    [InlineData(409, ExitCode.Conflict)]
    [InlineData(412, ExitCode.Conflict)]
    [InlineData(415, ExitCode.Usage)]
    [InlineData(422, ExitCode.Usage)]
    [InlineData(500, ExitCode.Failed)]
    public async Task Every_refusal_has_its_exit_code_and_the_hosts_own_words(int status, int exitCode)
    {
        var refused = await Assert.ThrowsAsync<HostException>(() =>
            Client(_ => Problem(status, "It is so.")).GetAsync("api/tasks", default)
        );

        Assert.Equal(exitCode, refused.ExitCode);
        Assert.StartsWith("It is so.", refused.Message, StringComparison.Ordinal);
        Assert.Single(_calls);
    }

    [Fact]
    public async Task Fields_that_are_wrong_are_named_and_a_page_of_a_proxy_is_no_riddle()
    {
        var missing = await Assert.ThrowsAsync<HostException>(() =>
            Client(_ =>
                    Answer(
                        422,
                        """{"title":"Incomplete","status":422,"detail":"Not complete.","errors":{"rating":"Missing."}}"""
                    )
                )
                .GetAsync("x", default)
        );
        var proxy = await Assert.ThrowsAsync<HostException>(() =>
            Client(_ => Answer(502, "<html>Bad gateway</html>")).GetAsync("x", default)
        );

        Assert.Equal("Not complete.\n  rating: Missing.", missing.Message);
        Assert.Contains("502", proxy.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "FACTCHECK_TOKEN")]
    [InlineData("old", "revoked")]
    public async Task Who_is_not_let_in_hears_how_to_get_a_token(string? token, string says)
    {
        var refused = await Assert.ThrowsAsync<HostException>(() =>
            Client((_, _) => Problem(401, "Sign in."), token).GetAsync("api/me", default)
        );

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Contains("factcheck token create", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "old",
            refused.Message.Replace("holds", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    private DeskClient Client(Func<int, HttpResponseMessage> answer) => Client((call, _) => answer(call));

    private DeskClient Client(Func<int, HttpRequestMessage, HttpResponseMessage> answer, string? token = "secret") =>
        new(
            Host,
            token,
            new Answering(request =>
            {
                _calls.Add($"{request.Method} {request.RequestUri!.AbsolutePath}");
                return answer(_calls.Count, request);
            }),
            (pause, _) =>
            {
                _pauses.Add(pause);
                return Task.CompletedTask;
            }
        );

    private static HttpResponseMessage Ok() => Answer(200, "{}");

    private static HttpResponseMessage Problem(int status, string detail, int? retryAfter = null)
    {
        var answer = Answer(status, $$"""{"title":"t","status":{{status}},"detail":"{{detail}}"}""");
        if (retryAfter is { } seconds)
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return answer;
    }

    private static HttpResponseMessage Answer(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => Task.FromResult(answer(request));
    }
}
