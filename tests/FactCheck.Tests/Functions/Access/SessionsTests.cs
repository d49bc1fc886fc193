using System.Globalization;
using System.Text.Json;
using FactCheck.Functions.Access;
using FactCheck.Functions.Configuration;
using FactCheck.Functions.Http;
using FactCheck.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Functions.Access;

/// <summary>A session ends where its holder says so, and only then is its cookie taken back.</summary>
public sealed class SessionsTests : IDisposable
{
    private readonly BareDesk _desk = new();
    private readonly PublicGate _gate = new(
        new()
        {
            Public = new() { RequestsPerHour = 3, TotalPerHour = 3 },
        },
        NullLogger<PublicGate>.Instance
    );
    private readonly Tokens _tokens;
    private readonly Sessions _sessions;

    public SessionsTests()
    {
        _tokens = new(_desk.Tables, _desk.Time, new SigningKey(new byte[32]));
        _sessions = SessionsWith(new());
    }

    public void Dispose()
    {
        _gate.Dispose();
        _desk.Dispose();
    }

    /// <summary>Wrong codes, however many and whoever sends them, keep nobody with a right one out.</summary>
    [Fact]
    public async Task A_right_code_signs_in_whatever_was_tried_before()
    {
        for (var i = 0; i < 10; i++)
        {
            var wrong = await _sessions.PostSession(Coded($"wrong-{i}"), default);
            if (i < 3)
                Assert.IsType<NotSignedIn>(wrong.Result);
            else
                Assert.InRange(await RetryAfterAsync(wrong.Result), 1, 3600);
        }

        var code = await _tokens.CreateCodeAsync("ana", Role.Editor, TimeSpan.FromMinutes(5));
        Assert.IsType<SignedIn>((await _sessions.PostSession(Coded(code), default)).Result);
        var another = await _tokens.CreateCodeAsync("ana", Role.Editor, TimeSpan.FromMinutes(5));
        Assert.IsType<Json<IssuedToken>>((await _sessions.PostToken(Coded(another), default)).Result);
        Assert.IsType<TooMany>((await _sessions.PostToken(Coded(another), default)).Result);
    }

    [Theory]
    [InlineData("http", null, "factcheck=", "")]
    [InlineData("https", null, "__Host-factcheck=", "; secure")]
    [InlineData("http", "https://desk.example/", "__Host-factcheck=", "; secure")]
    public async Task Over_TLS_the_cookie_is_one_that_no_neighbour_can_set(
        string scheme,
        string? publicAddress,
        string begins,
        string holds
    )
    {
        var settings = new Settings { PublicBaseUrl = publicAddress is null ? null : new(publicAddress) };
        var request = Coded(await _tokens.CreateCodeAsync("ana", Role.Editor, TimeSpan.FromMinutes(5)));
        request.Scheme = scheme;
        var signedIn = await SessionsWith(settings).PostSession(request, default);
        request.HttpContext.RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider();
        await signedIn.ExecuteAsync(request.HttpContext);
        var cookie = request.HttpContext.Response.Headers.SetCookie.ToString();
        Assert.StartsWith(begins, cookie, StringComparison.Ordinal);
        Assert.Contains(holds, cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/; ", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Who_signs_out_has_neither_a_session_nor_a_cookie_left()
    {
        var (token, _) = await _tokens.IssueAsync("ana", Role.Editor, TimeSpan.FromHours(1));
        var request = BareDesk.Request();
        request.Headers.Cookie = $"factcheck={token}";
        await _sessions.DeleteSession(request, default);
        Assert.Null(await _tokens.FindPersonAsync(token));
        Assert.StartsWith("factcheck=;", request.HttpContext.Response.Headers.SetCookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_stays_while_the_session_could_not_be_ended()
    {
        var (token, _) = await _tokens.IssueAsync("ana", Role.Editor, TimeSpan.FromHours(1));
        var request = BareDesk.Request();
        request.Headers.Cookie = $"factcheck={token}";
        _desk.Tables.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => _sessions.DeleteSession(request, default));
        Assert.Empty(request.HttpContext.Response.Headers.SetCookie.ToArray());
    }

    private Sessions SessionsWith(Settings settings) =>
        new(_tokens, _gate, new(new(_desk.Tables, _desk.Time), settings), settings);

    private static HttpRequest Coded(string code)
    {
        var request = BareDesk.Request();
        request.ContentType = "application/json";
        request.Body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new SignIn(code), HttpJson.Default.SignIn));
        return request;
    }

    private static async Task<int> RetryAfterAsync(IResult answer)
    {
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
        };
        await answer.ExecuteAsync(context);
        Assert.Equal(429, context.Response.StatusCode);
        return int.Parse(context.Response.Headers.RetryAfter!, CultureInfo.InvariantCulture);
    }
}
