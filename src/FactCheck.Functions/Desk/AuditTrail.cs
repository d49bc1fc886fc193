using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage.Local;

namespace FactCheck.Functions.Desk;

/// <summary>What happened to an article, by whom, and whether anybody changed that afterwards.</summary>
/// <param name="check">Null where heads have no seals: a desk on Azure without an audit key.</param>
[Tags("Desk")]
public sealed class AuditTrailEndpoint(CaseAudit audit, ReadableCases readable, AuditCheck? check = null)
{
    private const int LongestWhy = 500;

    /// <summary>An article's audit trail, and whether it holds: its chain, and what it tells of.</summary>
    /// <param name="articleId">The article's id.</param>
    /// <returns>The trail.</returns>
    [Function(nameof(GetAudit)), Access(Role.Editor)]
    public async Task<Results<Json<AuditTrail>, NotFound>> GetAudit(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audit/{articleId}")] HttpRequest request,
        string articleId,
        CancellationToken cancellation
    )
    {
        if (
            !await readable.ListFor(request.Caller()).HasAsync(articleId, cancellation)
            || await audit.CheckAsync(articleId, cancellation) is not var (entries, problem)
        )
            return new NotFound("article");
        return new Json<AuditTrail>(new(entries, problem is null, problem));
    }

    /// <summary>Go on with a case whose head is not what the desk wrote: it is taken as it is, and the audit log keeps by
    /// whom and why. What else its trail says is not mended.</summary>
    /// <param name="articleId">The article's id.</param>
    /// <returns>Taken; with what was found.</returns>
    [Function(nameof(PostAcceptance)), Access(Role.Operator)]
    [Takes(typeof(NewAcceptance))]
    public async Task<Results<Json<Acceptance>, Conflict, Incomplete>> PostAcceptance(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/audit/{articleId}/acceptance")]
            HttpRequest request,
        string articleId,
        CancellationToken cancellation
    )
    {
        var why = (await request.ReadAsync<NewAcceptance>(cancellation)).Why?.Trim() ?? "";
        if (Blank.Is(why) || why.Length > LongestWhy)
            return new Incomplete(
                "Nobody can tell later why it was taken.",
                "why",
                $"Say how you know that it is right, in 1 to {LongestWhy} characters."
            );
        if (check is null)
            return new Conflict("This desk has no audit key: it holds nothing against a log.");
        try
        {
            return await check.AcceptAsync(articleId, request.Caller().Who.Name, why, cancellation) is { } found
                ? new Json<Acceptance>(new(found))
                : new Conflict("Nothing contradicts it: there is nothing to accept.");
        }
        catch (DamagedDeskException damaged)
        {
            return new Conflict(damaged.Message);
        }
    }
}
