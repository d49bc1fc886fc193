using FactCheck.Functions.Http;

namespace FactCheck.Functions.Access;

/// <summary>Signing in: a one-time code is traded for the page's cookie, or for a bearer token.</summary>
[Tags("Sign-in")]
public sealed class Sessions(Tokens tokens, PublicGate gate, Settings settings)
{
    private const string Unknown = "The sign-in code is unknown, used or too old. Ask for a new link.";
    private const string TooOften = "Too many wrong codes from this address; a right one still signs in.";

    /// <summary>Trade a one-time code for the page's cookie.</summary>
    /// <returns>Signed in.</returns>
    [Function(nameof(PostSession)), Access(Role.Public)]
    [Takes(typeof(SignIn))]
    public async Task<Results<SignedIn, NotSignedIn, TooMany>> PostSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/session")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (await TradeAsync(request, cancellation) is { } session)
            return new SignedIn(PageCookie.For(request, session, settings));
        return Wrong(request) is { } tooMany ? tooMany : new NotSignedIn(Unknown);
    }

    /// <summary>Trade a one-time code for a bearer token.</summary>
    /// <returns>The token.</returns>
    [Function(nameof(PostToken)), Access(Role.Public)]
    [Takes(typeof(SignIn))]
    public async Task<Results<Json<IssuedToken>, NotSignedIn, TooMany>> PostToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/token")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (await TradeAsync(request, cancellation) is { Token: var token, Record: var record })
            return new Json<IssuedToken>(new(token, record.Name, record.Role, record.ExpiresAt));
        return Wrong(request) is { } tooMany ? tooMany : new NotSignedIn(Unknown);
    }

    /// <summary>Sign out: the session ends at once.</summary>
    /// <returns>Signed out, or never signed in.</returns>
    [Function(nameof(DeleteSession)), Access(Role.Public)]
    [Security("", "cookie page")]
    public async Task<NoContent> DeleteSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/session")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (request.FindCaller() is null)
            return TypedResults.NoContent();
        // The session first: were the cookie gone and the session not, nobody could end it any more.
        if (PageCookie.In(request) is { } token)
            await tokens.RevokeTokenAsync(token, cancellation);
        PageCookie.Delete(request.HttpContext.Response);
        return TypedResults.NoContent();
    }

    // An operator and a host that only publishes are people too: whoever is signed in may ask who they are.
    /// <summary>Who is signed in. Any role may ask.</summary>
    /// <returns>The caller.</returns>
    [Function(nameof(GetMe)), Access(Role.Public)]
    [Security("bearer", "cookie page")]
    public Results<Json<Me>, NotSignedIn> GetMe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/me")] HttpRequest request
    ) =>
        request.FindCaller() is { } person
            ? new Json<Me>(new(person.Name, person.Role, person.ExpiresAt, person.Who.Id!))
            : request.WhyNobody();

    // Wrong codes count, and only for who sends them: no stranger can keep somebody with a right one out. One gate for
    // both ways: a code is guessed at either.
    private TooMany? Wrong(HttpRequest request) =>
        gate.CountOf(request, nameof(PostSession)) is { } wait ? new TooMany(TooOften, wait) : null;

    private async Task<(string Token, TokenRecord Record)?> TradeAsync(
        HttpRequest request,
        CancellationToken cancellation
    )
    {
        var code = (await request.ReadAsync<SignIn>(cancellation)).Code;
        return code is { Length: > 0 and <= 100 }
            ? await tokens.TradeCodeAsync(code, settings.Access.SessionLength, cancellation)
            : null;
    }
}
