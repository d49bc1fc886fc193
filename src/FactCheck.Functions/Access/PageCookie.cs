using FactCheck.Functions.Http;

namespace FactCheck.Functions.Access;

/// <summary>The page's cookie: how it is set, when it counts, how it is taken back. It holds a token.</summary>
internal sealed record PageCookie(string Token, CookieOptions Options)
{
    private const string PlainName = "factcheck";

    // A browser takes it only over TLS, for this host alone: no neighbouring site can set one (RFC 6265bis, 4.1.3.2).
    private const string SecureName = "__Host-factcheck";

    /// <summary>A header that a form or a link of another site can't send. Calls with the cookie must carry
    /// it.</summary>
    public const string Header = "X-FactCheck";

    /// <summary>The cookie of a new session.</summary>
    public static PageCookie For(HttpRequest request, (string Token, TokenRecord Record) session, Settings settings) =>
        new(
            session.Token,
            new()
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                // A proxy may end TLS before the host: then the public address tells.
                Secure = IsSecure(request, settings),
                Path = "/",
                Expires = session.Record.ExpiresAt,
            }
        );

    /// <summary>The token that a call brings, where it comes from the desk's own page; null otherwise.</summary>
    public static string? Of(HttpRequest request, Settings settings) =>
        request.Cookies[IsSecure(request, settings) ? SecureName : PlainName] is { } token
        && IsFromOwnPage(request, settings)
            ? token
            : null;

    /// <summary>The token in whichever cookie the browser sends; null where it sends none.</summary>
    public static string? In(HttpRequest request) => request.Cookies[SecureName] ?? request.Cookies[PlainName];

    /// <summary>Takes the cookie back.</summary>
    public static void Delete(HttpResponse response)
    {
        response.Cookies.Delete(PlainName, new CookieOptions { Path = "/" });
        response.Cookies.Delete(SecureName, new CookieOptions { Path = "/", Secure = true });
    }

    /// <summary>What it is called: safer where TLS is.</summary>
    public string Name => Options.Secure ? SecureName : PlainName;

    private static bool IsSecure(HttpRequest request, Settings settings) =>
        request.IsHttps || settings.PublicBaseUrl?.Scheme == Uri.UriSchemeHttps;

    // SameSite=Strict keeps other sites' requests from carrying the cookie; the header and the Origin guard against
    // what it does not cover.
    private static bool IsFromOwnPage(HttpRequest request, Settings settings)
    {
        if (!request.Headers.ContainsKey(Header))
            return false;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return origin == $"{request.Scheme}://{request.Host}"
            || (settings.PublicBaseUrl is { } own && origin == own.GetLeftPart(UriPartial.Authority));
    }
}

/// <summary>The page is given its cookie.</summary>
[Status(
    StatusCodes.Status204NoContent,
    Header = "Set-Cookie",
    HeaderSays = "factcheck=…, over TLS __Host-factcheck=…; HttpOnly; SameSite=Strict"
)]
public sealed class SignedIn : IResult
{
    private readonly PageCookie _cookie;

    internal SignedIn(PageCookie cookie) => _cookie = cookie;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Cookies.Append(_cookie.Name, _cookie.Token, _cookie.Options);
        return TypedResults.NoContent().ExecuteAsync(httpContext);
    }
}
