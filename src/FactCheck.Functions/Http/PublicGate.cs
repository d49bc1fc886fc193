using System.Threading.RateLimiting;

namespace FactCheck.Functions.Http;

/// <summary>Bounds what strangers may send: so many requests an hour from one address, and so many from everybody.</summary>
public sealed class PublicGate(Settings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _each = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new() { PermitLimit = settings.Public.RequestsPerHour, Window = TimeSpan.FromHours(1) }));

    private readonly FixedWindowRateLimiter _all = new(new() { PermitLimit = settings.Public.TotalPerHour, Window = TimeSpan.FromHours(1) });

    public void Dispose()
    {
        _each.Dispose();
        _all.Dispose();
    }

    public bool LetsIn(HttpRequest request)
    {
        using var each = _each.AttemptAcquire(request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "");
        if (!each.IsAcquired) return false;
        using var all = _all.AttemptAcquire();
        return all.IsAcquired;
    }
}
