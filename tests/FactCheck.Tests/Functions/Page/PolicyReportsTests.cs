using System.Text;
using FactCheck.Functions.Access;
using FactCheck.Functions.Configuration;
using FactCheck.Functions.Http;
using FactCheck.Functions.Page;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using BadRequest = FactCheck.Functions.Http.BadRequest;
using NoContent = Microsoft.AspNetCore.Http.HttpResults.NoContent;

namespace FactCheck.Tests.Functions.Page;

/// <summary>What strangers say of a page, in a log that nobody can fill or write lines of their own into.</summary>
public sealed class PolicyReportsTests : IDisposable
{
    private readonly PublicGate _gate = new(
        new Settings { Public = new() { RequestsPerHour = 3 } },
        NullLogger<PublicGate>.Instance
    );
    private readonly LogLines<PolicyReports> _log = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task A_browsers_report_is_one_line_of_the_log()
    {
        Assert.IsType<NoContent>(
            await SendAsync(
                """
                {"csp-report":{"document-uri":"https://desk.example/","blocked-uri":"https://evil.example/a.js\nWarning: gone",
                "violated-directive":"script-src"}}
                """
            )
        );
        Assert.Equal(
            "Warning: A browser says that it refused https://evil.example/a.js Warning: gone on https://desk.example/, by script-src",
            Assert.Single(_log.Lines)
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no JSON")]
    [InlineData("""{"csp-report":"x"}""")]
    public async Task What_is_no_report_is_refused_and_not_logged(string body)
    {
        Assert.IsType<BadRequest>(await SendAsync(body));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Long_ones_and_many_of_them_are_refused()
    {
        Assert.IsType<TooLarge>(await SendAsync(new string(' ', 8 * 1024 + 1)));
        var long_ = new string('a', 5_000);
        await SendAsync($$$"""{"csp-report":{"document-uri":"{{{long_}}}"}}""");
        Assert.InRange(Assert.Single(_log.Lines).Length, 200, 300);
        await SendAsync("{}");
        Assert.IsType<TooMany>(await SendAsync("{}"));
    }

    private async Task<IResult> SendAsync(string body)
    {
        var request = BareDesk.Request();
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return (await new PolicyReports(_gate, _log).PostPolicyReport(request, default)).Result;
    }
}
