using System.Threading.RateLimiting;

namespace FactCheck.Functions.Access;

/// <summary>Bounds what strangers may send: so many requests of a kind an hour from one address, and so many from
/// everybody. Kinds count apart, so that readers who report errors keep nobody from signing in.</summary>
public sealed class PublicGate(Settings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _each = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            address,
            _ => new() { PermitLimit = settings.Public.RequestsPerHour, Window = TimeSpan.FromHours(1) }
        )
    );

    private readonly PartitionedRateLimiter<string> _all = PartitionedRateLimiter.Create<string, string>(kind =>
        RateLimitPartition.GetFixedWindowLimiter(
            kind,
            _ => new() { PermitLimit = settings.Public.TotalPerHour, Window = TimeSpan.FromHours(1) }
        )
    );

    public void Dispose()
    {
        _each.Dispose();
        _all.Dispose();
    }

    public bool LetsIn(HttpRequest request, string kind)
    {
        using var each = _each.AttemptAcquire($"{kind}|{CallerAddress.NetworkOf(request, settings.Public.Proxies)}");
        if (!each.IsAcquired)
            return false;
        using var all = _all.AttemptAcquire(kind);
        return all.IsAcquired;
    }
}
