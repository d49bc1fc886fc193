using System.Text.Json;
using FactCheck.Functions.Access;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Page;

/// <summary>What browsers refused to load or run on the desk's pages: a page that was tampered with, or an extension's
/// doing. Anybody can send such a report, so a few of them are logged, as what somebody says.</summary>
[Access(Role.Public), Tags("Host")]
public sealed class PolicyReports(PublicGate gate, ILogger<PolicyReports> log)
{
    private const int MaxBytes = 8 * 1024;
    private const int Longest = 200;

    /// <summary>A browser says what the content security policy made it refuse (report-uri of CSP Level 3).</summary>
    /// <returns>Noted.</returns>
    [Function(nameof(PostPolicyReport))]
    public async Task<Results<NoContent, BadRequest, TooLarge, TooMany>> PostPolicyReport(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/policy-reports")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (gate.WaitOf(request, nameof(PostPolicyReport)) is { } wait)
            return new TooMany("Too many reports; try again later.", wait);
        if (await request.ReadBytesAsync(MaxBytes, cancellation) is not { } body)
            return new TooLarge($"At most {MaxBytes:N0} bytes.");
        try
        {
            using var document = JsonDocument.Parse(body);
            var report = document.RootElement.GetProperty("csp-report");
            log.LogWarning(
                "A browser says that it refused {Blocked} on {Page}, by {Directive}",
                Said(report, "blocked-uri"),
                Said(report, "document-uri"),
                Said(report, "violated-directive")
            );
            return TypedResults.NoContent();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new BadRequest("That is no report of a browser.");
        }
    }

    private static string Said(JsonElement report, string name) =>
        report.TryGetProperty(name, out var value)
            ? new([.. value.ToString().Take(Longest).Select(c => c is > ' ' and <= '~' ? c : ' ')])
            : "";
}
