using FactCheck.Domain;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Access;

/// <summary>Signing in: a one-time code is traded for the page's cookie, or for a bearer token.</summary>
public sealed class Sessions(Tokens tokens, PublicGate gate, Settings settings)
{
    private const string Refused = "The sign-in code is unknown, used or too old. Ask for a new link.";

    [Function(nameof(PostSession)), Access(Role.Public)]
    public async Task<IResult> PostSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/session")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (await TradeAsync(request, cancellation) is not { } session)
            return Answers.Problem(StatusCodes.Status401Unauthorized, Refused);
        request.HttpContext.Response.Cookies.Append(
            Identity.Cookie,
            session.Token,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                // A proxy may end TLS before the host: then the public address tells.
                Secure = request.IsHttps || settings.PublicBaseUrl?.Scheme == Uri.UriSchemeHttps,
                Path = "/",
                Expires = session.Record.ExpiresAt,
            }
        );
        return Results.NoContent();
    }

    [Function(nameof(PostToken)), Access(Role.Public)]
    public async Task<IResult> PostToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/token")] HttpRequest request,
        CancellationToken cancellation
    ) =>
        await TradeAsync(request, cancellation) is { } session
            ? Answers.Json(
                new IssuedToken(session.Token, session.Record.Name, session.Record.Role, session.Record.ExpiresAt)
            )
            : Answers.Problem(StatusCodes.Status401Unauthorized, Refused);

    [Function(nameof(DeleteSession)), Access(Role.Public)]
    public async Task<IResult> DeleteSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/session")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (request.FindCaller() is null)
            return Results.NoContent();
        if (request.Cookies[Identity.Cookie] is { } cookie)
            await tokens.RevokeTokenAsync(cookie, cancellation);
        request.HttpContext.Response.Cookies.Delete(Identity.Cookie, new CookieOptions { Path = "/" });
        return Results.NoContent();
    }

    // An operator and a host that only publishes are people too: whoever is signed in may ask who they are.
    [Function(nameof(GetMe)), Access(Role.Public)]
    public IResult GetMe([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/me")] HttpRequest request) =>
        request.FindCaller() is { } person
            ? Answers.Json(new Me(person.Name, person.Role, person.ExpiresAt))
            : Answers.Problem(StatusCodes.Status401Unauthorized, "Sign in, or send a bearer token.");

    private async Task<(string Token, TokenRecord Record)?> TradeAsync(
        HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (!gate.LetsIn(request, nameof(PostSession)))
            throw new BadRequestException(
                "Too many attempts; try again in an hour.",
                StatusCodes.Status429TooManyRequests
            );
        var code = (await request.ReadAsync<SignIn>(cancellation)).Code;
        return code is { Length: > 0 and <= 100 }
            ? await tokens.TradeCodeAsync(code, settings.Access.SessionLength, cancellation)
            : null;
    }
}
