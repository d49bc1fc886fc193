using FactCheck.Functions.Access;
using FactCheck.Functions.Configuration;
using FactCheck.Storage;

namespace FactCheck.Tests.Functions.Access;

/// <summary>A session ends where its holder says so, and only then is its cookie taken back.</summary>
public sealed class SessionsTests : IDisposable
{
    private readonly BareDesk _desk = new();
    private readonly PublicGate _gate = new(new());
    private readonly Tokens _tokens;
    private readonly Sessions _sessions;

    public SessionsTests()
    {
        _tokens = new(_desk.Tables, _desk.Time, new SigningKey(new byte[32]));
        _sessions = new(_tokens, _gate, new Settings());
    }

    public void Dispose()
    {
        _gate.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task Who_signs_out_has_neither_a_session_nor_a_cookie_left()
    {
        var (token, _) = await _tokens.IssueAsync("ana", Role.Editor, TimeSpan.FromHours(1));
        var request = BareDesk.Request();
        request.Headers.Cookie = $"{PageCookie.Name}={token}";
        await _sessions.DeleteSession(request, default);
        Assert.Null(await _tokens.FindPersonAsync(token));
        Assert.StartsWith(
            $"{PageCookie.Name}=;",
            request.HttpContext.Response.Headers.SetCookie,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_cookie_stays_while_the_session_could_not_be_ended()
    {
        var (token, _) = await _tokens.IssueAsync("ana", Role.Editor, TimeSpan.FromHours(1));
        var request = BareDesk.Request();
        request.Headers.Cookie = $"{PageCookie.Name}={token}";
        _desk.Tables.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => _sessions.DeleteSession(request, default));
        Assert.Empty(request.HttpContext.Response.Headers.SetCookie.ToArray());
    }
}
