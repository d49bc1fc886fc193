using System.Threading.RateLimiting;

namespace FactCheck.Functions.Access;

/// <summary>Bounds what strangers may send: so many requests of a kind an hour from one address, and so many from
/// everybody. Kinds count apart, so that readers who report errors keep nobody from signing in.</summary>
public sealed class PublicGate(Settings settings, ILogger<PublicGate> log) : IDisposable
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

    private string? _onlyNetwork;
    private bool _hasSeveral;
    private bool _hasWarned;

    public void Dispose()
    {
        _each.Dispose();
        _all.Dispose();
    }

    /// <summary>Counts a request; how long to wait where the stranger, or everybody together, sent too many.</summary>
    public TimeSpan? WaitOf(HttpRequest request, string kind)
    {
        if (CountOf(request, kind) is { } wait)
            return wait;
        using var all = _all.AttemptAcquire(kind);
        return WaitOf(all);
    }

    /// <summary>Counts something that only its own sender is held to: nobody can use up what others need.</summary>
    public TimeSpan? CountOf(HttpRequest request, string kind)
    {
        var network = CallerAddress.NetworkOf(request, settings.Public.Proxies);
        using var each = _each.AttemptAcquire($"{kind}|{network}");
        var wait = WaitOf(each);
        WarnOfOneAddress(network, isRefused: wait is not null);
        return wait;
    }

    private static TimeSpan? WaitOf(RateLimitLease lease) =>
        lease.IsAcquired ? null
        : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait
        : TimeSpan.FromHours(1);

    // Behind a proxy that the desk does not know of, all the world has its address, and shares its limits.
    private void WarnOfOneAddress(string network, bool isRefused)
    {
        _onlyNetwork ??= network;
        _hasSeveral |= _onlyNetwork != network;
        if (isRefused && !_hasSeveral && !Interlocked.Exchange(ref _hasWarned, true))
            log.LogWarning(
                "Every stranger so far came from {Address}, and it is refused now. Should a proxy stand in front of the "
                    + "desk, say how many do: {Setting}",
                network,
                $"{Settings.Section}:Public:Proxies"
            );
    }
}
