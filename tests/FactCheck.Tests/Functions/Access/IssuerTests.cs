using System.Net.Http.Headers;
using FactCheck.Functions.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

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
}
