using FactCheck.Functions.Access;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Publishing;

/// <summary>What the public reads: only what is published, in the version that is out, and as it was published.</summary>
[Access(Role.Public), Tags("Public")]
public sealed class PublicPages(CaseStore cases, PublishedFiles files)
{
    private const string Html = "text/html; charset=utf-8";

    /// <summary>A published fact check: a page, or JSON where the id ends in .json.</summary>
    /// <param name="id">The article's id, with .json for JSON.</param>
    /// <returns>The version that is out.</returns>
    [Function(nameof(GetReport))]
    [Sends("text/html"), Sends("application/json", typeof(Report))]
    public async Task<Results<FileContentHttpResult, NotFound>> GetReport(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "reports/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var isJson = id.EndsWith(".json", StringComparison.Ordinal);
        if (await FindPublicAsync(isJson ? id[..^".json".Length] : id, cancellation) is not { } head)
            return NotPublished();
        Func<string, int, string> name = isJson ? ReportWriter.JsonName : ReportWriter.PageName;
        var type = isJson ? "application/json" : Html;
        var file = await FindFileAsync(request, head, name(head.Key, head.PublicationDone), type, cancellation);
        return file is null ? new NotFound("published verdict") : file;
    }

    /// <summary>The page of one published verdict.</summary>
    /// <param name="id">The statement's id.</param>
    /// <returns>The version that is out.</returns>
    [Function(nameof(GetClaimPage))]
    [Sends("text/html")]
    public Task<Results<FileContentHttpResult, NotFound, Gone>> GetClaimPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "claims/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) => ServeStatementAsync(request, id, ReportWriter.StatementPageName, Html, cancellation);

    /// <summary>The schema.org ClaimReview of one published verdict.</summary>
    /// <param name="id">The statement's id.</param>
    /// <returns>The version that is out.</returns>
    [Function(nameof(GetClaimReview))]
    [Sends("application/ld+json", typeof(ClaimReview))]
    public Task<Results<FileContentHttpResult, NotFound, Gone>> GetClaimReview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/claims/{id}/claimreview")]
            HttpRequest request,
        string id,
        CancellationToken cancellation
    ) => ServeStatementAsync(request, id, ReportWriter.ClaimReviewName, "application/ld+json", cancellation);

    private async Task<Results<FileContentHttpResult, NotFound, Gone>> ServeStatementAsync(
        HttpRequest request,
        string id,
        Func<string, int, string> name,
        string contentType,
        CancellationToken cancellation
    )
    {
        if (StatementId.ArticleOf(id) is not { } article)
            return new NotFound("verdict");
        if (await cases.FindStatementAsync(id, cancellation) is { Value.Verdict.Change: VerdictChange.Retraction })
            return Retracted();
        if (await FindPublicAsync(article, cancellation) is not { } head)
            return NotPublished();
        if (head.Retracted)
            return Retracted();
        return await FindFileAsync(request, head, name(id, head.PublicationDone), contentType, cancellation) is { } file
            ? file
            : new NotFound("published verdict");
    }

    private static Gone Retracted() => new("The verdict was retracted.");

    private static NotFound NotPublished() => new("published fact check");

    private async Task<CaseHead?> FindPublicAsync(string articleKey, CancellationToken cancellation) =>
        await cases.FindTrustedHeadAsync(articleKey, cancellation) is { Value: var head } && Publication.IsPublic(head)
            ? head
            : null;

    private async Task<FileContentHttpResult?> FindFileAsync(
        HttpRequest request,
        CaseHead head,
        string name,
        string contentType,
        CancellationToken cancellation
    ) =>
        await files.FindAsync(head, name, cancellation) is { } content
            ? PublicAnswer.Of(request, content, contentType)
            : null;
}
