using FactCheck.Functions.Access;
using FactCheck.Functions.Http;
using FactCheck.Functions.Publishing;

namespace FactCheck.Functions.Desk;

/// <summary>Decided claims, found by their words.</summary>
[Tags("Desk")]
public sealed class Search(PublishedVerdicts verdicts, CaseStore cases, Site site)
{
    private const int PageSize = 100;

    /// <summary>Published verdicts about something; the newest where nothing is asked.</summary>
    /// <returns>Up to 100, most similar first; there are no more.</returns>
    [Function(nameof(GetClaims)), Access(Role.Submitter)]
    [Query("q", "Words, at most 500 characters.", Example = "cost of the bridge")]
    public async Task<Json<ListOf<FoundClaim>>> GetClaims(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/claims")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var query = request.Query["q"].ToString();
        if (query.Length > 500)
            throw new RefusedException("At most 500 characters.");
        var published = await verdicts.CurrentAsync(cancellation);
        var hits = (query.Length == 0 ? published.Newest(PageSize) : published.Search(query, PageSize)).ToList();
        var hidden = await cases.HiddenAsync(hits.Select(h => ArticleOf(h.Statement)), cancellation);
        return new Json<ListOf<FoundClaim>>(
            new([
                .. hits.Where(h => !hidden.Contains(ArticleOf(h.Statement)))
                    .Select(h => new FoundClaim(
                        h.Statement.StatementId,
                        h.Statement.Kind,
                        h.Statement.Text,
                        h.Statement.Speaker,
                        h.Statement.Rating,
                        h.Similarity,
                        h.Statement.ArticleTitle,
                        site.ClaimUrl(h.Statement.StatementId).ToString(),
                        h.Statement.PublishedAt
                    )),
            ])
        );
    }

    private static string ArticleOf(PublishedStatement statement) => StatementId.ArticleOf(statement.StatementId)!;
}
