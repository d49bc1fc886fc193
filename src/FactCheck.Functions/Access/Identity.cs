using System.Text;
using System.Text.Json;
using FactCheck.Functions.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FactCheck.Functions.Access;

/// <summary>Who a request says it is from.</summary>
internal abstract record Identified
{
    /// <summary>Somebody whom the desk knows.</summary>
    public sealed record Known(Person Person) : Identified;

    /// <summary>Nobody, or nothing that the desk gave out.</summary>
    public sealed record Stranger : Identified;

    /// <summary>A token that is refused.</summary>
    /// <param name="Why">Which check failed, in ASCII without quotes, for whoever set it up.</param>
    public sealed record Refused(string Why) : Identified;

    /// <summary>Somebody who has no role here.</summary>
    public sealed record WithoutRole(string Name) : Identified;

    /// <summary>The person; null for whoever is none.</summary>
    public Person? FindPerson() => (this as Known)?.Person;

    internal static Identified Of(Person? person) => person is null ? new Stranger() : new Known(person);
}

/// <summary>Finds out who calls. A bearer token counts alone where one is sent, the desk's own before the issuer's; else
/// the principal that App Service vouches for; else the page's cookie, which holds a token of the desk.</summary>
internal sealed class Identity(Tokens tokens, Settings settings, OpenIdTokens? openId = null, EasyAuth? easyAuth = null)
{
    private const string Bearer = "Bearer ";

    public async Task<Identified> IdentifyAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (BearerOf(request) is { } token)
            return await tokens.FindPersonAsync(token, cancellation) is { } known ? Identified.Of(known)
                : openId is not null ? await openId.IdentifyAsync(token, cancellation)
                : new Identified.Refused("The token is none of this desk, is over, or was revoked.");
        if (easyAuth?.Identify(request) is { } vouched)
            return vouched;
        return Identified.Of(
            PageCookie.Of(request, settings) is { } session ? await tokens.FindPersonAsync(session, cancellation) : null
        );
    }

    private static string? BearerOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header
        && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : null;
}

/// <summary>Bearer tokens of an OpenID Connect issuer, checked against the keys that it publishes.</summary>
/// <param name="configuration">What the issuer publishes of itself; null asks it.</param>
internal sealed class OpenIdTokens(
    Settings settings,
    TimeProvider time,
    ILogger<OpenIdTokens> log,
    IConfigurationManager<OpenIdConnectConfiguration>? configuration = null
)
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    private readonly IConfigurationManager<OpenIdConnectConfiguration> _configuration =
        configuration
        ?? new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{settings.Access.Authority!.TrimEnd('/')}/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever { RequireHttps = true }
        );

    // An issuer's clock may be ahead of this one. No token counts after its end.
    private static readonly TimeSpan EarlyBy = TimeSpan.FromMinutes(1);

    public async Task<Identified> IdentifyAsync(string token, CancellationToken cancellation)
    {
        if (!Handler.CanReadToken(token))
            return new Identified.Refused("The token is no JSON Web Token, and none of this desk.");
        var issuer = await IssuerAsync(cancellation);
        var result = await Handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = issuer.Issuer,
                ValidAudience = settings.Access.Audience,
                IssuerSigningKeys = issuer.SigningKeys,
                RequireSignedTokens = true,
                LifetimeValidator = (notBefore, expires, _, _) =>
                    expires > time.GetUtcNow().UtcDateTime && !(notBefore > time.GetUtcNow().UtcDateTime + EarlyBy),
            }
        );
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            _configuration.RequestRefresh();
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt)
            return Refused(result, issuer.Issuer);
        var name = Claim(jwt, "preferred_username") ?? Claim(jwt, "email") ?? jwt.Subject;
        if (!Person.IsName(name))
            return new Identified.Refused($"The token names nobody: a name has {Person.NameRule}.");
        var role = Roles.Highest(jwt.Claims.Where(c => c.Type == settings.Access.RoleClaim).Select(c => c.Value));
        return role is { } found
            ? new Identified.Known(new(name!, found, new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero)))
            : new Identified.WithoutRole(name!);
    }

    // What the token says goes to the log alone: who sent it knows it, others need not.
    private Identified.Refused Refused(TokenValidationResult result, string issuer)
    {
        var why = result.Exception switch
        {
            SecurityTokenInvalidIssuerException =>
                "Its issuer is another one than the desk's issuer says it is; ask for a token of the same version.",
            SecurityTokenInvalidAudienceException => "It is for another audience than this desk.",
            SecurityTokenInvalidLifetimeException
            or SecurityTokenExpiredException
            or SecurityTokenNotYetValidException
            or SecurityTokenNoExpirationException => "It is over, not valid yet, or does not say until when it is.",
            SecurityTokenSignatureKeyNotFoundException => "Its issuer publishes no such key.",
            SecurityTokenInvalidSignatureException => "Its signature does not hold.",
            _ => "It can't be checked.",
        };
        var token = result.TokenOnFailedValidation as JsonWebToken;
        log.LogWarning(
            "A token was refused. {Why} It is of {TokenIssuer} for {TokenAudiences}; taken are those of {Issuer} for {Audience}",
            why,
            Short(token?.Issuer),
            Short(string.Join(' ', token?.Audiences ?? [])),
            issuer,
            settings.Access.Audience
        );
        return new(why);
    }

    private static string Short(string? text) =>
        new([.. (text ?? "").Take(200).Select(c => char.IsControl(c) ? ' ' : c)]);

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
    private static readonly string[] NameClaims = ["preferred_username", "email", "name"];

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

    /// <summary>Null where no principal is sent.</summary>
    public Identified? Identify(HttpRequest request)
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
            // Which claim comes first is nobody's promise.
            var name = NameClaims
                .Select(type => claims.FirstOrDefault(c => c.Type == type).Value)
                .FirstOrDefault(value => value is not null);
            var role = Roles.Highest(
                claims
                    .Where(c =>
                        c.Type == settings.Access.RoleClaim
                        || c.Type == principal.RootElement.GetProperty("role_typ").GetString()
                    )
                    .Select(c => c.Value)
            );
            return !Person.IsName(name) ? new Identified.Refused($"It names nobody: a name has {Person.NameRule}.")
                : role is { } found
                    ? new Identified.Known(new(name!, found, time.GetUtcNow() + settings.Access.SessionLength))
                : new Identified.WithoutRole(name!);
        }
        catch (Exception error)
            when (error is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // No principal that App Service would send.
            return new Identified.Refused("What should be App Service's word can't be read.");
        }
    }
}
