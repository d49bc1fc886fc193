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

    /// <summary>Somebody whom an issuer vouches for; who they are here, the list of people says.</summary>
    public sealed record Vouched(Account Account, Role Role, DateTimeOffset ExpiresAt) : Identified;

    /// <summary>A token that is refused.</summary>
    /// <param name="Why">Which check failed, in ASCII without quotes, for whoever set it up.</param>
    public sealed record Refused(string Why) : Identified;

    /// <summary>Somebody who has no role here.</summary>
    public sealed record WithoutRole(string Name) : Identified;

    /// <summary>The person; null for whoever is none.</summary>
    public Person? FindPerson() => (this as Known)?.Person;

    /// <summary>What the desk's own token says; null where it says nothing.</summary>
    internal static Identified? Of(TokenHolder holder) =>
        holder.Person is { } person ? new Known(person)
        : holder.Refused is { } why ? new Refused(why)
        : null;
}

/// <summary>Somebody as an issuer knows them.</summary>
/// <param name="Subject">Unique to the issuer, and never given to another there.</param>
/// <param name="Name">As the issuer shows them: others may have it too.</param>
internal sealed record Account(string Issuer, string Subject, string Name);

/// <summary>What tells who somebody is, among what an issuer says of them. A claim that is there twice tells nothing:
/// which of them comes first is nobody's promise.</summary>
internal static class IdentifyingClaims
{
    /// <summary>Who has these claims; else why they are nobody's.</summary>
    /// <param name="subjects">Names of the claim that is unique to the issuer: the first that is there counts.</param>
    /// <param name="names">Of those that hold a name for show, in the same way.</param>
    public static (Account? Account, string? Why) Read(
        ILookup<string, string> claims,
        string? issuer,
        IReadOnlyList<string> subjects,
        IReadOnlyList<string> names
    )
    {
        if (subjects.Concat(names).FirstOrDefault(type => claims[type].Count() > 1) is { } twice)
            return (null, $"It holds the claim {twice} more than once, so that nobody can tell who it is of.");
        var subject = ValueOf(subjects);
        if (string.IsNullOrWhiteSpace(subject) || subject.Length > 255 || string.IsNullOrWhiteSpace(issuer))
            return (null, "It does not say who it is of: it has no subject (sub), or no issuer (iss).");
        var name = ValueOf(names) ?? subject;
        return Person.IsName(name)
            ? (new(issuer, subject, name), null)
            : (null, $"The token names nobody: a name has {Person.NameRule}.");

        string? ValueOf(IReadOnlyList<string> types) =>
            types.Select(type => claims[type].FirstOrDefault()).FirstOrDefault(value => value is not null);
    }
}

/// <summary>Finds out who calls. A bearer token counts alone where one is sent, the desk's own before the issuer's; else
/// the principal that App Service vouches for; else the page's cookie, which holds a token of the desk.</summary>
internal sealed class Identity(Tokens tokens, Settings settings, OpenIdTokens? openId = null, EasyAuth? easyAuth = null)
{
    private const string Bearer = "Bearer ";

    public async Task<Identified> IdentifyAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (BearerOf(request) is { } token)
            return Identified.Of(await tokens.HolderOfAsync(token, cancellation))
                ?? (
                    openId is not null
                        ? await KnowAsync(await openId.IdentifyAsync(token, cancellation), cancellation)
                        : new Identified.Refused("The token is none of this desk, is over, or was revoked.")
                );
        var vouched = easyAuth?.Identify(request) is { } principal ? await KnowAsync(principal, cancellation) : null;
        if (vouched is Identified.Known)
            return vouched;
        // Whoever has no role in the directory may have been let in by a link.
        var session = PageCookie.Of(request, settings) is { } cookie
            ? Identified.Of(await tokens.HolderOfAsync(cookie, cancellation))
            : null;
        return session as Identified.Known ?? vouched ?? session ?? new Identified.Stranger();
    }

    // Whom an issuer vouches for is on the desk's own list from then on, unless the desk shut them out.
    private async Task<Identified> KnowAsync(Identified identified, CancellationToken cancellation)
    {
        if (identified is not Identified.Vouched { Account: var account, Role: var role } vouched)
            return identified;
        switch (await tokens.People.KnowAsync(account.Issuer, account.Subject, account.Name, role, cancellation))
        {
            case RosterOutcome.Taken { Member: { EndedAt: null } member }:
                await tokens.People.SeeAsync(member, role, cancellation);
                return new Identified.Known(new(member.ToWho(), role, vouched.ExpiresAt) { Desks = member.Desks });
            case RosterOutcome.Refused refused:
                return new Identified.Refused(refused.Message);
            default:
                return new Identified.Refused(Roster.EndedReason);
        }
    }

    /// <summary>The bearer token that is sent; null for none.</summary>
    public static string? BearerOf(HttpRequest request) =>
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

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromSeconds(10);
    private DateTimeOffset _told;

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
        // The payload itself: of a claim that it holds twice the handler keeps one.
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(jwt.EncodedPayload));
        var properties = payload.RootElement.EnumerateObject().ToList();
        if (properties.Count(p => p.Name == "iss") > 1 || properties.Count(p => p.Name == RoleClaim) > 1)
            return new Identified.Refused($"It holds the claim iss or {RoleClaim} more than once.");
        var (account, why) = IdentifyingClaims.Read(
            properties.SelectMany(ValuesOf).ToLookup(c => c.Type, c => c.Value, StringComparer.Ordinal),
            jwt.Issuer,
            ["sub"],
            ["preferred_username", "email"]
        );
        if (account is null)
            return new Identified.Refused(why!);
        var role = Roles.Highest(jwt.Claims.Where(c => c.Type == RoleClaim).Select(c => c.Value));
        return role is { } found
            ? new Identified.Vouched(account, found, new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero))
            : new Identified.WithoutRole(account.Name);
    }

    private string RoleClaim => settings.Access.RoleClaim;

    private static IEnumerable<(string Type, string Value)> ValuesOf(JsonProperty property) =>
        property.Value.ValueKind == JsonValueKind.Array
            ? property.Value.EnumerateArray().Select(value => (property.Name, value.ToString()))
            : [(property.Name, property.Value.ToString())];

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
        // Anybody can send one that is none: they must not fill the log.
        var level = _told + BetweenWarnings < time.GetUtcNow() ? LogLevel.Warning : LogLevel.Debug;
        if (level == LogLevel.Warning)
            _told = time.GetUtcNow();
        log.Log(
            level,
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
}

/// <summary>The principal header of App Service authentication. Anybody can send that header, so it counts only where
/// App Service strips and sets it.</summary>
internal sealed class EasyAuth(Settings settings, TimeProvider time)
{
    private static readonly string[] NameClaims = ["preferred_username", "email", "name"];

    // App Service maps the subject to its long name for some issuers.
    private static readonly string[] SubjectClaims =
    [
        "sub",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    ];

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
            var said = claims.ToLookup(c => c.Type ?? "", c => c.Value, StringComparer.Ordinal);
            if (said["iss"].Count() > 1)
                return new Identified.Refused("It holds the claim iss more than once.");
            var (account, why) = IdentifyingClaims.Read(said, IssuerOf(principal, said), SubjectClaims, NameClaims);
            if (account is null)
                return new Identified.Refused(why!);
            var role = Roles.Highest(
                claims
                    .Where(c =>
                        c.Type == settings.Access.RoleClaim
                        || c.Type == principal.RootElement.GetProperty("role_typ").GetString()
                    )
                    .Select(c => c.Value)
            );
            return role is { } found
                ? new Identified.Vouched(account, found, time.GetUtcNow() + settings.Access.SessionLength)
                : new Identified.WithoutRole(account.Name);
        }
        catch (Exception error)
            when (error is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // No principal that App Service would send.
            return new Identified.Refused("What should be App Service's word can't be read.");
        }
    }

    // Issuers without a claim of their own are told apart by what App Service calls them.
    private static string? IssuerOf(JsonDocument principal, ILookup<string, string> claims) =>
        claims["iss"].FirstOrDefault()
        ?? (principal.RootElement.TryGetProperty("auth_typ", out var provider) ? provider.GetString() : null);
}
