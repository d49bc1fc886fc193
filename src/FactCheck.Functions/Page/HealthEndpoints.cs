using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage.Azure;

namespace FactCheck.Functions.Page;

/// <summary>What a desk tells about itself to whoever watches it.</summary>
[Access(Role.Public), Tags("Host")]
public sealed class HealthEndpoints(
    ITableStore tables,
    IBlobStore blobs,
    HostIntake intake,
    Room room,
    ILogger<HealthEndpoints> log
)
{
    // Whoever asks (a load balancer, a supervisor) asks again in seconds.
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(5);

    /// <summary>The process lives.</summary>
    /// <returns>It does.</returns>
    [Function(nameof(GetLive))]
    public Json<Health> GetLive(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/live")] HttpRequest request
    ) => new(new("live"));

    /// <summary>Tables and blobs answer, each within 5 seconds, there is room to write, and new files are taken
    /// in.</summary>
    /// <returns>They do.</returns>
    [Function(nameof(GetReady))]
    public async Task<Results<Json<Health>, Away>> GetReady(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/ready")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var away =
            await WhyAwayAsync(
                "tables",
                stop => tables.FindAsync(CaseRows.Table, "none", CaseRows.Head, stop),
                cancellation
            )
            ?? await WhyAwayAsync("blobs", stop => blobs.FindAsync(Containers.Articles, "none", stop), cancellation)
            ?? WhyShort()
            ?? await intake.WhyItStandsAsync(ReadyWithin, cancellation);
        return away is null ? new Json<Health>(new("ready")) : new Away(away);
    }

    private string? WhyShort()
    {
        if (room.WhyItIsShort() is not { } why)
            return null;
        log.LogWarning("Not ready: {Why}", why);
        return why;
    }

    // The reason goes to the log: an address or an account is nobody's business outside.
    private async Task<string?> WhyAwayAsync(
        string what,
        Func<CancellationToken, Task> ask,
        CancellationToken cancellation
    )
    {
        using var expired = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        expired.CancelAfter(ReadyWithin);
        try
        {
            await ask(expired.Token);
            return null;
        }
        catch (Exception error)
            when (!cancellation.IsCancellationRequested
                && (error is OperationCanceledException || StoreFailure.IsAway(error))
            )
        {
            log.LogWarning(
                "Not ready, the {What} can't be reached: {Why}",
                what,
                error is OperationCanceledException
                    ? $"no answer within {ReadyWithin.TotalSeconds:0} s"
                    : StoreFailure.Why(error)
            );
            return $"The desk's storage ({what}) can't be reached.";
        }
    }
}
