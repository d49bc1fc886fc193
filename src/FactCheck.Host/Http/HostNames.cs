using System.Net;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Host.Http;

/// <summary>Who listens on the loopback only is called by its names only: another name in the Host header is a page of
/// somebody else that had a name of its own resolved to this machine.</summary>
internal sealed class HostNames(IEnumerable<string> allowed)
{
    private readonly HashSet<string> _allowed = new(allowed, StringComparer.OrdinalIgnoreCase);

    public bool IsOurs(HostString host)
    {
        var name = host.Host.TrimEnd('.');
        return name.Length == 0 // HTTP/1.0: no browser sends that
            || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)
            || _allowed.Contains(name)
            || _allowed.Contains(host.Value ?? name);
    }

    public static bool AreLoopback(IEnumerable<Uri> addresses) => addresses.All(address => address.IsLoopback);

    public static Task RefuseAsync(HttpContext context) =>
        Problems.WriteAsync(
            context,
            StatusCodes.Status400BadRequest,
            "Unknown host",
            "This host listens on the loopback only and is not known by that name."
        );
}
