using System.Net;
using System.Text.Json;
using FactCheck.Functions.Access;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Tests.Functions.Access;

/// <summary>Who counts as one stranger.</summary>
public sealed class PublicGateTests
{
    private readonly LogLines<PublicGate> _log = new();

    [Theory]
    // nobody stands in front: the header is the caller's own invention
    [InlineData(0, "203.0.113.1", "203.0.113.2", true)]
    [InlineData(1, "203.0.113.1", "203.0.113.2", false)]
    [InlineData(1, "203.0.113.1:50123", "203.0.113.1:50999", true)]
    // what stands before the proxy's own word is invented
    [InlineData(1, "198.51.100.7, 203.0.113.1", "198.51.100.8, 203.0.113.1", true)]
    [InlineData(2, "203.0.113.1, 10.0.0.1", "203.0.113.2, 10.0.0.1", false)]
    [InlineData(1, "[2001:db8:1:2::1]:443", "2001:db8:1:2::ffff", true)] // one network
    [InlineData(1, "2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData(1, "nonsense", "more nonsense", true)]
    public void One_address_shares_a_limit_and_others_do_not(int proxies, string first, string second, bool sameCaller)
    {
        using var gate = new PublicGate(
            new()
            {
                Public = new() { Proxies = proxies, RequestsPerHour = 1 },
            },
            _log
        );
        Assert.Null(gate.WaitOf(From(first), "report"));
        Assert.Equal(!sameCaller, gate.WaitOf(From(second), "report") is null);
    }

    [Theory]
    [InlineData("203.0.113.1", 1)]
    [InlineData("203.0.113.2", 0)]
    public void When_everybody_has_one_address_the_log_asks_for_the_number_of_proxies_once(string second, int warnings)
    {
        using var gate = new PublicGate(
            new()
            {
                Public = new() { Proxies = 1, RequestsPerHour = 2 },
            },
            _log
        );
        foreach (var address in new[] { "203.0.113.1", second, "203.0.113.1", "203.0.113.1", "203.0.113.1" })
            gate.CountOf(From(address), "sign-in");
        Assert.Equal(
            warnings,
            _log.Lines.Count(line => line.Contains("FactCheck:Public:Proxies", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Kinds_count_apart_and_everybody_together_has_a_limit()
    {
        using var gate = new PublicGate(
            new()
            {
                Public = new()
                {
                    Proxies = 1,
                    RequestsPerHour = 5,
                    TotalPerHour = 2,
                },
            },
            _log
        );
        Assert.Null(gate.WaitOf(From("203.0.113.1"), "report"));
        Assert.Null(gate.WaitOf(From("203.0.113.2"), "report"));
        Assert.InRange(
            gate.WaitOf(From("203.0.113.3"), "report")!.Value,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromHours(1)
        );
        Assert.Null(gate.WaitOf(From("203.0.113.3"), "sign-in"));
        Assert.Null(gate.CountOf(From("203.0.113.4"), "report")); // held to nobody else
    }

    private static HttpRequest From(string forwardedFor)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };
        // By then the worker has taken the request's own header; the trigger's data has what the caller sent.
        CallerAddress.Remember(
            context,
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["Headers"] = JsonSerializer.Serialize(
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["x-forwarded-for"] = forwardedFor }
                ),
            }
        );
        return context.Request;
    }
}
