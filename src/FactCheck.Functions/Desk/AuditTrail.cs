using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Desk;

/// <summary>What happened to an article, by whom, and whether anybody changed that afterwards.</summary>
[Tags("Desk")]
public sealed class AuditTrailEndpoint(CaseAudit audit, ReadableCases readable)
{
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
}
