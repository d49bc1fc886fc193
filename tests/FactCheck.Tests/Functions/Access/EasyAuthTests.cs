using System.Text;
using System.Text.Json;
using FactCheck.Functions.Access;
using FactCheck.Functions.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Functions.Access;

/// <summary>Whom the desk takes App Service's word for.</summary>
public sealed class EasyAuthTests
{
    private const string Roles = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";

    [Theory]
    [InlineData("true", "True", true)]
    [InlineData("true", "true", true)]
    [InlineData("true", "False", false)]
    [InlineData("true", "1", false)]
    [InlineData("true", null, false)] // no App Service: the header is whoever's
    [InlineData("false", "True", false)]
    [InlineData(null, "True", false)]
    public void It_is_believed_only_where_App_Service_sets_it_and_the_desk_says_so(
        string? setting,
        string? appService,
        bool isTrusted
    )
    {
        const string Variable = "WEBSITE_AUTH_ENABLED";
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("FactCheck:Access:TrustEasyAuth", setting)])
            .Build();
        var before = Environment.GetEnvironmentVariable(Variable);
        try
        {
            Environment.SetEnvironmentVariable(Variable, appService);
            Assert.Equal(isTrusted, EasyAuth.IsTrusted(configuration));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }
    }

    [Theory]
    // in whichever order they come
    [InlineData("preferred_username=ana, email=a@x.org, roles=Editor", "ana", Role.Editor)]
    [InlineData("email=a@x.org, preferred_username=ana, roles=Editor", "ana", Role.Editor)]
    [InlineData("name=Ana Kovač, email=a@x.org, roles=Editor", "a@x.org", Role.Editor)]
    [InlineData("roles=Reviewer, name=Ana Kovač", "Ana Kovač", Role.Reviewer)]
    // every claim of a role, whichever of the two types it has
    [InlineData("name=ana, roles=Submitter, roles=Editor", "ana", Role.Editor)]
    [InlineData($"name=ana, {Roles}=Reviewer", "ana", Role.Reviewer)]
    [InlineData($"name=ana, roles=Reviewer, {Roles}=Submitter", "ana", Role.Reviewer)]
    [InlineData("name=ana, groups=Editor", null, null)]
    [InlineData("name=ana, roles=Host", null, null)]
    [InlineData("name=ana", null, null)]
    [InlineData("roles=Editor", "1", Role.Editor)]
    [InlineData("name=host, roles=Editor", null, null)]
    // Which of two comes first is nobody's promise, whatever else is there.
    [InlineData("name=, name=ana, roles=Editor", null, null)]
    [InlineData("preferred_username=ana, email=a@x.org, email=b@x.org, roles=Editor", null, null)]
    [InlineData("sub=2, name=ana, roles=Editor", null, null)]
    [InlineData("iss=https://other.example, name=ana, roles=Editor", null, null)]
    public void Which_claims_are_the_name_and_the_role(string claims, string? name, Role? role)
    {
        var person = FindPerson(
            Principal(
                $"iss=https://login.example, sub=1, {claims}"
                    .Split(", ")
                    .Select(claim => claim.Split('='))
                    .Select(parts => new { typ = parts[0], val = parts[1] })
            )
        );
        Assert.Equal((name, role), (person?.Account.Name, person?.Role));
        Assert.Equal(name is null ? null : Some.Now.AddHours(12), person?.ExpiresAt);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64")]
    [InlineData("""no JSON""", true)]
    [InlineData("""[]""", true)]
    [InlineData("""{"role_typ":"roles"}""", true)]
    [InlineData("""{"role_typ":"roles","claims":{}}""", true)]
    [InlineData("""{"role_typ":"roles","claims":[{"typ":"name"}]}""", true)]
    [InlineData("""{"claims":[{"typ":"groups","val":"Editor"}]}""", true)]
    public void Whatever_App_Service_would_not_send_is_a_strangers(string header, bool encode = false) =>
        Assert.Null(FindPerson(encode ? Convert.ToBase64String(Encoding.UTF8.GetBytes(header)) : header));

    private static string Principal(object claims) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new { role_typ = Roles, claims }));

    /// <summary>App Service maps the subject to a longer name, and some issuers have no claim of theirs.</summary>
    [Theory]
    [InlineData("""[{"typ":"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier","val":"7"}]""", "7")]
    [InlineData("""[{"typ":"sub","val":"7"}]""", "7")]
    [InlineData("""[{"typ":"name","val":"ana"}]""", null)]
    public void Who_somebody_is_the_issuer_and_its_subject_say(string claims, string? subject)
    {
        var header = $$"""{"auth_typ":"github","role_typ":"r","claims":{{claims[..^1]}},{"typ":"r","val":"Editor"}]}""";
        var account = FindPerson(Convert.ToBase64String(Encoding.UTF8.GetBytes(header)))?.Account;
        Assert.Equal((subject is null ? null : "github", subject), (account?.Issuer, account?.Subject));
    }

    private static Identified.Vouched? FindPerson(string header) =>
        new EasyAuth(new Settings(), new FakeTimeProvider(Some.Now)).Identify(
            new DefaultHttpContext { Request = { Headers = { ["X-MS-CLIENT-PRINCIPAL"] = header } } }.Request
        ) as Identified.Vouched;
}
