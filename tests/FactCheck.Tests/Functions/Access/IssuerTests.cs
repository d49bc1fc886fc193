using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using FactCheck.Functions.Access;
using FactCheck.Functions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FactCheck.Tests.Functions.Access;

/// <summary>Tokens of an issuer that can't be asked.</summary>
public sealed class IssuerTests
{
    [Theory]
    [InlineData(true, 503)]
    [InlineData(false, 401)]
    public async Task A_token_that_cannot_be_checked_just_now_is_no_refusal_and_no_error_of_the_hosts(
        bool isToken,
        int status
    )
    {
        await using var desk = await DeskHost.StartAsync(
            settings => settings.Access.Authority = "https://127.0.0.1:1/",
            options => options.Services.Add(services => services.AddSingleton<OpenIdTokens>())
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/me");
        var token = isToken ? new JsonWebTokenHandler().CreateToken("""{"iss":"somebody","sub":"ana"}""") : "nonsense";
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var answer = await desk.Host.Http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>Whoever set the issuer up reads in the answer which check failed.</summary>
    [Theory]
    [InlineData(null, null)]
    [InlineData("iss=https://sts.example/tenant/", "issuer")] // a token of version 1 beside a document of version 2
    [InlineData("aud=api://desk", "audience")]
    [InlineData("exp=-1", "over")] // not five minutes more
    [InlineData("exp=0", "over")]
    [InlineData("exp=1", null)]
    [InlineData("nbf=60", null)] // the issuer's clock is ahead
    [InlineData("nbf=61", "not valid yet")]
    [InlineData("exp=", "until when")]
    [InlineData("key=other", "no such key")]
    [InlineData("signature=broken", "signature")]
    [InlineData("name=host", "names nobody")]
    [InlineData("roles=Host", "no role")]
    [InlineData("roles=", "no role")]
    public async Task A_token_that_is_refused_says_which_check_failed(string? change, string? why)
    {
        using var rsa = RSA.Create(2048);
        using var other = RSA.Create(2048);
        var issuer = new OpenIdConnectConfiguration { Issuer = "https://login.example/tenant/v2.0" };
        issuer.SigningKeys.Add(new RsaSecurityKey(rsa) { KeyId = "1" });
        var tokens = new OpenIdTokens(
            new Settings { Access = { Audience = "desk" } },
            new FakeTimeProvider(Some.Now),
            NullLogger<OpenIdTokens>.Instance,
            new StaticConfigurationManager<OpenIdConnectConfiguration>(issuer)
        );

        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = issuer.Issuer,
            ["aud"] = "desk",
            ["exp"] = Some.Now.AddHours(1).ToUnixTimeSeconds(),
            ["sub"] = "1",
            ["preferred_username"] = "ana",
            ["roles"] = new[] { "Editor" },
        };
        var parts = change?.Split('=', 2) ?? [""];
        switch (parts)
        {
            case ["exp", ""]:
                claims.Remove("exp");
                break;
            case ["exp" or "nbf", var seconds]:
                claims[parts[0]] = Some
                    .Now.AddSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))
                    .ToUnixTimeSeconds();
                break;
            case ["name", var name]:
                claims["preferred_username"] = name;
                break;
            case ["iss" or "aud" or "roles", var value]:
                claims[parts[0]] = value;
                break;
        }

        var key =
            change == "key=other" ? new RsaSecurityKey(other) { KeyId = "2" } : new RsaSecurityKey(rsa) { KeyId = "1" };
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor { Claims = claims, SigningCredentials = new(key, SecurityAlgorithms.RsaSha256) }
        );
        if (change == "signature=broken")
            token = token[..^8] + (token.EndsWith("AAAAAAAA", StringComparison.Ordinal) ? "BBBBBBBB" : "AAAAAAAA");

        var told = await tokens.IdentifyAsync(token, default) switch
        {
            Identified.Vouched { Account: { Name: "ana", Subject: "1" }, Role: Role.Editor } => null,
            Identified.WithoutRole { Name: "ana" } => "no role",
            Identified.Refused refused => refused.Why,
            var else_ => $"{else_}",
        };
        if (why is null)
            Assert.Null(told);
        else
            Assert.Contains(why, told, StringComparison.Ordinal);
    }

    /// <summary>A token may hold a claim twice, and readers keep the first or the last of them.</summary>
    [Theory]
    [InlineData("\"sub\":\"1\"", null)]
    [InlineData("\"sub\":\"1\",\"roles\":[\"Reviewer\"]", "roles more than once")]
    [InlineData("\"sub\":\"1\",\"sub\":\"2\"", "sub more than once")]
    [InlineData("\"sub\":[\"1\",\"2\"]", "be checked")]
    [InlineData("\"sub\":\"1\",\"preferred_username\":\"ben\"", "preferred_username more than once")]
    [InlineData("\"sub\":\"1\",\"email\":\"a@x.org\",\"email\":\"b@x.org\"", "email more than once")]
    [InlineData("\"sub\":\"1\",\"iss\":\"https://login.example\"", "iss or roles more than once")]
    [InlineData("\"name\":\"ana\"", "no subject")]
    public async Task Who_somebody_is_never_depends_on_the_order_of_claims(string more, string? why)
    {
        using var rsa = RSA.Create(2048);
        var issuer = new OpenIdConnectConfiguration { Issuer = "https://login.example" };
        issuer.SigningKeys.Add(new RsaSecurityKey(rsa) { KeyId = "1" });
        var tokens = new OpenIdTokens(
            new Settings { Access = { Audience = "desk" } },
            new FakeTimeProvider(Some.Now),
            NullLogger<OpenIdTokens>.Instance,
            new StaticConfigurationManager<OpenIdConnectConfiguration>(issuer)
        );
        var ends = Some.Now.AddHours(1).ToUnixTimeSeconds();
        var payload = $$"""
            {"iss":"https://login.example","aud":"desk","exp":{{ends}},"preferred_username":"ana","roles":["Editor"],{{more}}}
            """;
        var token = new JsonWebTokenHandler().CreateToken(
            payload,
            new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256)
        );

        var told = await tokens.IdentifyAsync(token, default);

        if (why is null)
            Assert.Equal("ana", Assert.IsType<Identified.Vouched>(told).Account.Name);
        else
            Assert.Contains(why, Assert.IsType<Identified.Refused>(told).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "no JSON Web Token")]
    [InlineData("a.b.c", "can't be checked")]
    public async Task What_is_no_token_is_refused(string token, string why)
    {
        var tokens = new OpenIdTokens(
            new Settings { Access = { Audience = "desk" } },
            new FakeTimeProvider(Some.Now),
            NullLogger<OpenIdTokens>.Instance,
            new StaticConfigurationManager<OpenIdConnectConfiguration>(new() { Issuer = "https://login.example" })
        );
        var refused = Assert.IsType<Identified.Refused>(await tokens.IdentifyAsync(token, default));
        Assert.Contains(why, refused.Why, StringComparison.Ordinal);
    }
}
