using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace FactCheck.Functions.Access;

/// <summary>Where a request came from. The worker's connection is the host's: whom the host saw, the integration with
/// ASP.NET Core has taken from the header that the host sets. What the caller's own <c>X-Forwarded-For</c> said is
/// among the trigger's data, as it is on Azure.</summary>
internal static class CallerAddress
{
    private const string Header = "X-Forwarded-For";
    private static readonly object Key = new();

    /// <summary>Keeps what the host says of the caller's headers; it is read only when somebody wants the
    /// address.</summary>
    public static void Remember(HttpContext http, IReadOnlyDictionary<string, object?> triggerData) =>
        http.Items[Key] = triggerData.GetValueOrDefault("Headers");

    /// <summary>The caller's address as a name to count under. Whoever has one IPv6 address has a whole network of
    /// them: its first 64 bits count.</summary>
    /// <param name="proxies">How many stand in front of the host: the address is the one that the outermost of them
    /// saw. 0 for the one that the host saw.</param>
    public static string NetworkOf(HttpRequest request, int proxies)
    {
        var address = Of(request, proxies);
        return address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address?.MapToIPv4().ToString() ?? "";
    }

    private static IPAddress? Of(HttpRequest request, int proxies)
    {
        var seen = proxies > 0 ? ForwardedFor(request.HttpContext.Items[Key]) : [];
        // Counted from the right: what stands further left than the desk's own proxies wrote, the caller wrote.
        return proxies > 0 && seen.Length >= proxies && IPEndPoint.TryParse(seen[^proxies], out var named)
            ? named.Address
            : request.HttpContext.Connection.RemoteIpAddress;
    }

    private static string[] ForwardedFor(object? headers)
    {
        if (headers is not string json)
            return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            return
            [
                .. document
                    .RootElement.EnumerateObject()
                    .Where(header => header.Name.Equals(Header, StringComparison.OrdinalIgnoreCase))
                    .SelectMany(header =>
                        header.Value.ValueKind == JsonValueKind.Array
                            ? header.Value.EnumerateArray().Select(v => v.ToString())
                            : [header.Value.ToString()]
                    )
                    .SelectMany(value =>
                        value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    ),
            ];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return []; // no headers as a host would send them: then the host's own word counts
        }
    }
}
