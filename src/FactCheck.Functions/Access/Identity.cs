using System.Text;
using System.Text.Json;
using FactCheck.Functions.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FactCheck.Functions.Access;

/// <summary>Finds out who calls. A bearer token counts alone where one is sent, the desk's own before the issuer's; else
/// the principal that App Service vouches for; else the page's cookie, which holds a token of the desk.</summary>
internal sealed class Identity(Tokens tokens, Settings settings, OpenIdTokens? openId = null, EasyAuth? easyAuth = null)
{
    private const string Bearer = "Bearer ";

    public async Task<Person?> FindPersonAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (BearerOf(request) is { } token)
            return await tokens.FindPersonAsync(token, cancellation)
                ?? (openId is null ? null : await openId.FindPersonAsync(token, cancellation));
        if (easyAuth?.FindPerson(request) is { } vouched)
            return vouched;
        return PageCookie.Of(request, settings) is { } session
            ? await tokens.FindPersonAsync(session, cancellation)
            : null;
    }

    private static string? BearerOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header
        && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : null;
}

/// <summary>Bearer tokens of an OpenID Connect issuer, checked against the keys that it publishes.</summary>
internal sealed class OpenIdTokens(Settings settings, TimeProvider time, ILogger<OpenIdTokens> log)
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    private readonly ConfigurationManager<OpenIdConnectConfiguration> _configuration = new(
        $"{settings.Access.Authority!.TrimEnd('/')}/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever { RequireHttps = true }
    );

    public async Task<Person?> FindPersonAsync(string token, CancellationToken cancellation)
    {
        if (!Handler.CanReadToken(token))
            return null;
        var issuer = await IssuerAsync(cancellation);
        var result = await Handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = issuer.Issuer,
                ValidAudience = settings.Access.Audience,
                IssuerSigningKeys = issuer.SigningKeys,
                RequireSignedTokens = true,
            }
        );
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            _configuration.RequestRefresh();
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt)
            return null;
        var name = Claim(jwt, "preferred_username") ?? Claim(jwt, "email") ?? jwt.Subject;
        var role = Roles.Highest(jwt.Claims.Where(c => c.Type == settings.Access.RoleClaim).Select(c => c.Value));
        return role is { } found && Person.IsName(name)
            ? new(
                name!,
                found,
                jwt.ValidTo == default ? time.GetUtcNow() : new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero)
            )
            : null;
    }

    private async Task<OpenIdConnectConfiguration> IssuerAsync(CancellationToken cancellation)
    {
        try
        {
            return await _configuration.GetConfigurationAsync(cancellation);
        }
        catch (InvalidOperationException error)
        {
            log.LogError(error, "The issuer {Issuer} could not be asked for its keys", settings.Access.Authority);
            throw new RefusedException(
                new Away("Whoever issues the desk's tokens can't be reached just now; try again in a minute.", null)
            );
        }
    }

    private static string? Claim(JsonWebToken token, string type) =>
        token.TryGetClaim(type, out var claim) ? claim.Value : null;
}

/// <summary>The principal header of App Service authentication. Anybody can send that header, so it counts only where
/// App Service strips and sets it.</summary>
internal sealed class EasyAuth(Settings settings, TimeProvider time)
{
    /// <summary>True where App Service authentication is switched on and the desk says that it trusts it.</summary>
    public static bool IsTrusted(IConfiguration configuration) =>
        configuration.GetValue<bool>(
            $"{Settings.Section}:{nameof(Settings.Access)}:{nameof(AccessSettings.TrustEasyAuth)}"
        )
        && string.Equals(
            Environment.GetEnvironmentVariable("WEBSITE_AUTH_ENABLED"),
            "True",
            StringComparison.OrdinalIgnoreCase
        );

    public Person? FindPerson(HttpRequest request)
    {
        if (request.Headers["X-MS-CLIENT-PRINCIPAL"].ToString() is not { Length: > 0 } header)
            return null;
        try
        {
            using var principal = JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(header)));
            var claims = principal
                .RootElement.GetProperty("claims")
                .EnumerateArray()
                .Select(c => (Type: c.GetProperty("typ").GetString(), Value: c.GetProperty("val").GetString() ?? ""))
                .ToList();
            var name = claims.FirstOrDefault(c => c.Type is "preferred_username" or "email" or "name").Value;
            var role = Roles.Highest(
                claims
                    .Where(c =>
                        c.Type == settings.Access.RoleClaim
                        || c.Type == principal.RootElement.GetProperty("role_typ").GetString()
                    )
                    .Select(c => c.Value)
            );
            return role is { } found && Person.IsName(name)
                ? new(name, found, time.GetUtcNow() + settings.Access.SessionLength)
                : null;
        }
        catch (Exception error)
            when (error is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // no principal that App Service would send: the call is a stranger's
        }
    }
}
