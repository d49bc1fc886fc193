using System.Text;
using System.Xml;
using System.Xml.Linq;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Publishing;

/// <summary>What the public reads: only what is published, in the version that is out.</summary>
[Access(Role.Public), Tags("Public")]
public sealed class PublicPages(CaseStore cases, DeskIndex index, IBlobStore blobs, Site site, Settings settings)
{
    private const int FeedSize = 50;
    private const string Html = "text/html; charset=utf-8";

    /// <summary>A published fact check: a page, or JSON where the id ends in .json.</summary>
    /// <param name="id">The article's id, with .json for JSON.</param>
    /// <returns>The version that is out.</returns>
    [Function(nameof(GetReport))]
    [Sends("text/html"), Sends("application/json", typeof(Report))]
    public async Task<Results<FileContentHttpResult, NotFound>> GetReport(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "reports/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var isJson = id.EndsWith(".json", StringComparison.Ordinal);
        if (await FindPublicAsync(isJson ? id[..^".json".Length] : id, cancellation) is not { } head)
            return NotPublished();
        Func<string, int, string> name = isJson ? ReportWriter.JsonName : ReportWriter.PageName;
        var type = isJson ? "application/json" : Html;
        var file = await FindFileAsync(name(head.Key, head.PublicationDone), type, cancellation);
        return file is null ? new NotFound("published verdict") : file;
    }

    /// <summary>The page of one published verdict.</summary>
    /// <param name="id">The statement's id.</param>
    /// <returns>The version that is out.</returns>
    [Function(nameof(GetClaimPage))]
    [Sends("text/html")]
    public Task<Results<FileContentHttpResult, NotFound, Gone>> GetClaimPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "claims/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) => ServeStatementAsync(id, ReportWriter.StatementPageName, Html, cancellation);

    /// <summary>The schema.org ClaimReview of one published verdict.</summary>
    /// <param name="id">The statement's id.</param>
    /// <returns>The version that is out.</returns>
    [Function(nameof(GetClaimReview))]
    [Sends("application/ld+json", typeof(ClaimReview))]
    public Task<Results<FileContentHttpResult, NotFound, Gone>> GetClaimReview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/claims/{id}/claimreview")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) => ServeStatementAsync(id, ReportWriter.ClaimReviewName, "application/ld+json", cancellation);

    /// <summary>The newest 50 publications as JSON Feed 1.1.</summary>
    /// <returns>The feed.</returns>
    [Function(nameof(GetJsonFeed))]
    [Sends("application/feed+json", typeof(JsonFeed))]
    public async Task<JsonHttpResult<JsonFeed>> GetJsonFeed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "feed.json")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var items = (await LatestAsync(cancellation)).Select(a => new JsonFeedItem(
            $"{a.Key}-{a.Version}",
            site.ReportUrl(a.Key),
            TitleOf(a),
            string.Join('\n', a.Summary),
            a.PublishedAt
        ));
        return TypedResults.Json(
            new JsonFeed(
                "https://jsonfeed.org/version/1.1",
                settings.PublisherName,
                site.Base,
                new(site.Base, "feed.json"),
                [.. items]
            ),
            ReportJson.Default.JsonFeed,
            "application/feed+json"
        );
    }

    /// <summary>The newest 50 publications as Atom.</summary>
    /// <returns>The feed.</returns>
    [Function(nameof(GetAtomFeed))]
    [Sends("application/atom+xml")]
    public async Task<ContentHttpResult> GetAtomFeed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "feed.xml")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        XNamespace atom = "http://www.w3.org/2005/Atom";
        var articles = await LatestAsync(cancellation);
        var feed = new XElement(
            atom + "feed",
            new XElement(atom + "id", site.Base),
            new XElement(atom + "title", settings.PublisherName),
            new XElement(
                atom + "updated",
                Moment(articles.Select(a => a.PublishedAt).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max())
            ),
            new XElement(atom + "author", new XElement(atom + "name", settings.PublisherName)),
            new XElement(
                atom + "link",
                new XAttribute("rel", "self"),
                new XAttribute("href", new Uri(site.Base, "feed.xml"))
            ),
            articles.Select(a => new XElement(
                atom + "entry",
                new XElement(atom + "id", $"{site.ReportUrl(a.Key)}#v{a.Version}"),
                new XElement(atom + "title", Clean(TitleOf(a))),
                new XElement(atom + "updated", Moment(a.PublishedAt)),
                new XElement(atom + "link", new XAttribute("href", site.ReportUrl(a.Key))),
                new XElement(atom + "summary", Clean(string.Join('\n', a.Summary)))
            ))
        );
        return TypedResults.Text(
            new XDeclaration("1.0", "utf-8", null) + "\n" + feed,
            "application/atom+xml",
            Encoding.UTF8
        );
    }

    /// <summary>Corrections, clarifications and retractions, newest first.</summary>
    /// <returns>The page.</returns>
    [Function(nameof(GetCorrectionsPage))]
    [Sends("text/html")]
    public async Task<ContentHttpResult> GetCorrectionsPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "corrections")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var corrections = await PublicAsync(
            (await index.CorrectionsAsync(null, FeedSize, cancellation)).Items,
            cancellation
        );
        var markup = await PublicMarkup.OfAsync<CorrectionsPage>(
            (nameof(CorrectionsPage.Corrections), corrections),
            (nameof(CorrectionsPage.Site), site),
            (nameof(CorrectionsPage.Publisher), settings.PublisherName)
        );
        return TypedResults.Text(markup, Html, Encoding.UTF8);
    }

    private async Task<IReadOnlyList<PublishedArticle>> LatestAsync(CancellationToken cancellation) =>
        await PublicAsync((await index.FeedAsync(null, FeedSize, cancellation)).Items, cancellation);

    // The lists are hints: the case says what is public.
    private async Task<IReadOnlyList<PublishedArticle>> PublicAsync(
        IReadOnlyList<PublishedArticle> articles,
        CancellationToken cancellation
    )
    {
        var hidden = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in articles.Select(a => a.Key).Distinct(StringComparer.Ordinal))
            if (await cases.FindHeadAsync(key, cancellation) is not { Value: var head } || !Publication.IsPublic(head))
                hidden.Add(key);
        return [.. articles.Where(a => !hidden.Contains(a.Key))];
    }

    private static string TitleOf(PublishedArticle article) =>
        article.Change switch
        {
            VerdictChange.First => $"Fact check: {article.Title}",
            var change => $"{change}: {article.Title}",
        };

    // An article may hold characters that no XML document can.
    private static string Clean(string text) =>
        new([.. text.Where(c => char.IsSurrogate(c) || XmlConvert.IsXmlChar(c))]);

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");

    private async Task<Results<FileContentHttpResult, NotFound, Gone>> ServeStatementAsync(
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
        return await FindFileAsync(name(id, head.PublicationDone), contentType, cancellation) is { } file
            ? file
            : new NotFound("published verdict");
    }

    private static Gone Retracted() => new("The verdict was retracted.");

    private static NotFound NotPublished() => new("published fact check");

    private async Task<CaseHead?> FindPublicAsync(string articleKey, CancellationToken cancellation) =>
        await cases.FindHeadAsync(articleKey, cancellation) is { Value: var head } && Publication.IsPublic(head)
            ? head
            : null;

    private async Task<FileContentHttpResult?> FindFileAsync(
        string name,
        string contentType,
        CancellationToken cancellation
    ) =>
        await blobs.ReadAsync(Containers.Reports, name, cancellation) is { } blob
            ? TypedResults.Bytes(blob.Content, contentType)
            : null;
}
