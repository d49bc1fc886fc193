using FactCheck.Functions.Http;

namespace FactCheck.Functions.Access;

/// <summary>Signing in: a one-time code is traded for the page's cookie, or for a bearer token.</summary>
[Tags("Sign-in")]
public sealed class Sessions(Tokens tokens, PublicGate gate, AccessNotes notes, Settings settings)
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
        if (await TradeAsync(request, nameof(PostSession), cancellation) is { } session)
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
        if (await TradeAsync(request, nameof(PostToken), cancellation) is { Token: var token, Record: var record })
            return new Json<IssuedToken>(new(token, record.Name, record.Role, record.ExpiresAt));
        return Wrong(request) is { } tooMany ? tooMany : new NotSignedIn(Unknown);
    }

    /// <summary>Sign out: the session or token that was used to sign in ends at once.</summary>
    /// <returns>Signed out, or never signed in.</returns>
    [Function(nameof(DeleteSession)), Access(Role.Public)]
    [Security("", "bearer", "cookie page")]
    public async Task<NoContent> DeleteSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/session")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (request.FindCaller() is null)
            return TypedResults.NoContent();
        // The session first: were the cookie gone and the session not, nobody could end it any more.
        // What an issuer gave out only it can end.
        if ((Identity.BearerOf(request) ?? PageCookie.In(request)) is { } token)
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
            ? new Json<Me>(
                new(person.Name, person.Role, person.ExpiresAt, person.Who.Id!, person.IsParted ? person.Desks : null)
            )
            : request.WhyNobody();

    /// <summary>The caller's own sessions and tokens that are good.</summary>
    /// <returns>The whole list, newest first; empty for who comes by an issuer alone.</returns>
    [Function(nameof(GetMyTokens)), Access(Role.Public)]
    [Security("bearer", "cookie page")]
    public async Task<Results<Json<ListOf<TokenView>>, NotSignedIn>> GetMyTokens(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/me/tokens")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (request.FindCaller() is not { } person)
            return request.WhyNobody();
        var uses = await tokens.LastUsesAsync(cancellation);
        return new Json<ListOf<TokenView>>(
            new([
                .. (await MineAsync(person, cancellation))
                    .OrderByDescending(t => t.IssuedAt)
                    .Select(t => TokenView.Of(t, uses, isCurrent: t.Id == person.TokenId)),
            ])
        );
    }

    /// <summary>End one of the caller's own sessions or tokens, at once. A token that only reads ends itself
    /// alone.</summary>
    /// <param name="id">As in the list.</param>
    /// <returns>Ended.</returns>
    [Function(nameof(DeleteMyToken)), Access(Role.Public)]
    [Security("bearer", "cookie page")]
    public async Task<Results<NoContent, NotSignedIn, NotAllowed, NotFound>> DeleteMyToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/me/tokens/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        if (request.FindCaller() is not { } person)
            return request.WhyNobody();
        if (!person.MayCall(request.Method) && id != person.TokenId)
            return new NotAllowed("This token only reads: it ends itself, and nothing else.");
        if ((await MineAsync(person, cancellation)).All(t => t.Id != id))
            return new NotFound("session or token of yours");
        await tokens.RevokeAsync(id, cancellation);
        return TypedResults.NoContent();
    }

    private async Task<IReadOnlyList<TokenRecord>> MineAsync(Person person, CancellationToken cancellation) =>
        await tokens.People.FindAsync(person.Who.Id!, cancellation) is { } member
            ? await tokens.HeldByAsync(member, cancellation)
            : [];

    // Wrong codes count, and only for who sends them: no stranger can keep somebody with a right one out. One gate for
    // both ways: a code is guessed at either.
    private TooMany? Wrong(HttpRequest request) =>
        gate.CountOf(request, nameof(PostSession)) is { } wait ? new TooMany(TooOften, wait) : null;

    private async Task<(string Token, TokenRecord Record)?> TradeAsync(
        HttpRequest request,
        string call,
        CancellationToken cancellation
    )
    {
        var code = (await request.ReadAsync<SignIn>(cancellation)).Code;
        if (code is not { Length: > 0 and <= 100 })
            return null;
        var (length, isSession) = (settings.Access.SessionLength, call == nameof(PostSession));
        if (await tokens.TradeCodeAsync(code, length, isSession, cancellation) is not { } traded)
            return null;
        await notes.SignedInAsync(request, call, traded.Record, cancellation);
        return traded;
    }
}
