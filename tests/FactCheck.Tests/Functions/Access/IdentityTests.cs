using System.Text;
using FactCheck.Functions.Access;
using FactCheck.Functions.Configuration;
using FactCheck.Storage;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Tests.Functions.Access;

/// <summary>Which of the ways to say who one is counts.</summary>
public sealed class IdentityTests : IDisposable
{
    private static readonly string Vouched = Convert.ToBase64String(
        Encoding.UTF8.GetBytes(
            """{"auth_typ":"aad","role_typ":"roles","claims":[{"typ":"sub","val":"1"},{"typ":"name","val":"vouched"},{"typ":"roles","val":"Editor"}]}"""
        )
    );

    private readonly BareDesk _desk = new();
    private readonly Settings _settings = new() { PublicBaseUrl = new("https://desk.example/") };
    private readonly Tokens _tokens;

    public IdentityTests() => _tokens = new(_desk.Tables, _desk.Time, new SigningKey(new byte[32]));

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("Bearer bearer", "vouched", "cookie", "bearer")]
    [InlineData("bEARER  bearer ", null, null, "bearer")]
    [InlineData("Bearer nonsense", "vouched", "cookie", null)] // a wrong token is not made good by another way in
    [InlineData("Basic abc", "vouched", "cookie", "vouched")]
    [InlineData(null, "vouched", "cookie", "vouched")]
    [InlineData(null, null, "cookie", "cookie")]
    [InlineData(null, null, "nonsense", null)]
    [InlineData(null, null, null, null)]
    public async Task A_bearer_token_comes_before_App_Services_word_and_that_before_the_cookie(
        string? authorization,
        string? vouched,
        string? cookie,
        string? who
    )
    {
        var request = From("GET", null, cookie is null ? null : await TokenAsync(cookie));
        if (authorization is not null)
            request.Headers.Authorization = authorization.Replace(
                "bearer",
                await TokenAsync("bearer"),
                StringComparison.Ordinal
            );
        if (vouched is not null)
            request.Headers["X-MS-CLIENT-PRINCIPAL"] = Vouched;
        var identity = new Identity(_tokens, _settings, null, new EasyAuth(_settings, _desk.Time));

        Assert.Equal(who, (await identity.IdentifyAsync(request, default)).FindPerson()?.Name);
    }

    [Fact]
    public async Task Where_App_Service_is_not_trusted_its_header_is_nobodys()
    {
        var request = From("GET", null, null);
        request.Headers["X-MS-CLIENT-PRINCIPAL"] = Vouched;
        Assert.IsType<Identified.Stranger>(await new Identity(_tokens, _settings).IdentifyAsync(request, default));
    }

    [Theory]
    [InlineData("GET", null, true)]
    [InlineData("HEAD", null, true)]
    [InlineData("POST", null, false)] // every browser names the origin of what changes something
    [InlineData("DELETE", null, false)]
    [InlineData("POST", "http://host.internal:7071", true)] // as the host is called
    [InlineData("POST", "https://desk.example", true)] // as the public calls it
    [InlineData("POST", "https://host.internal:7071", false)]
    [InlineData("POST", "http://desk.example", false)]
    [InlineData("POST", "https://desk.example.evil.example", false)]
    [InlineData("GET", "https://evil.example", false)]
    [InlineData("POST", "null", false)]
    [InlineData("GET", null, false, false)] // without the page's header
    [InlineData("POST", "https://desk.example", false, false)]
    public async Task The_cookie_counts_only_in_a_request_of_the_desks_own_page(
        string method,
        string? origin,
        bool counts,
        bool hasPageHeader = true
    )
    {
        var request = From(method, origin, await TokenAsync("ana"));
        if (!hasPageHeader)
            request.Headers.Remove(PageCookie.Header);
        Assert.Equal(
            counts,
            await new Identity(_tokens, _settings).IdentifyAsync(request, default) is Identified.Known
        );
    }

    private async Task<string> TokenAsync(string who) =>
        who == "nonsense" ? who : (await _tokens.IssueAsync(who, Role.Reviewer, TimeSpan.FromHours(1))).Token;

    private static HttpRequest From(string method, string? origin, string? cookie)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Scheme, request.Host) = (method, "http", new("host.internal", 7071));
        request.Headers[PageCookie.Header] = "1";
        request.Headers.Origin = origin;
        if (cookie is not null)
            request.Headers.Cookie = $"__Host-factcheck={cookie}";
        return request;
    }
}
