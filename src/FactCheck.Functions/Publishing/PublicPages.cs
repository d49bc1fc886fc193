using System.Text;
using System.Xml;
using System.Xml.Linq;
using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Publishing;

/// <summary>What the public reads: only what is published, in the version that is out.</summary>
[Access(Role.Public)]
public sealed class PublicPages(CaseStore cases, DeskIndex index, IBlobStore blobs, Site site, Settings settings)
{
    private const int FeedSize = 50;

    [Function(nameof(GetReport))]
    public Task<IResult> GetReport(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "reports/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) =>
        id.EndsWith(".json", StringComparison.Ordinal)
            ? ServeAsync(
                id[..^".json".Length],
                head => ReportWriter.JsonName(head.Key, head.PublicationDone),
                "application/json",
                cancellation
            )
            : ServeAsync(
                id,
                head => ReportWriter.PageName(head.Key, head.PublicationDone),
                "text/html; charset=utf-8",
                cancellation
            );

    [Function(nameof(GetClaimPage))]
    public Task<IResult> GetClaimPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "claims/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) => ServeStatementAsync(id, ReportWriter.StatementPageName, "text/html; charset=utf-8", cancellation);

    [Function(nameof(GetClaimReview))]
    public Task<IResult> GetClaimReview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/claims/{id}/claimreview")] HttpRequest request,
        string id,
        CancellationToken cancellation
    ) => ServeStatementAsync(id, ReportWriter.ClaimReviewName, "application/ld+json", cancellation);

    [Function(nameof(GetJsonFeed))]
    public async Task<IResult> GetJsonFeed(
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
        return Results.Json(
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

    [Function(nameof(GetAtomFeed))]
    public async Task<IResult> GetAtomFeed(
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
        return Results.Text(
            new XDeclaration("1.0", "utf-8", null) + "\n" + feed,
            "application/atom+xml",
            Encoding.UTF8
        );
    }

    [Function(nameof(GetCorrectionsPage))]
    public async Task<IResult> GetCorrectionsPage(
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
        return Results.Text(markup, "text/html; charset=utf-8", Encoding.UTF8);
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

    private async Task<IResult> ServeStatementAsync(
        string id,
        Func<string, int, string> name,
        string contentType,
        CancellationToken cancellation
    ) =>
        StatementId.ArticleOf(id) is not { } article ? Answers.NotFound("verdict")
        : await cases.FindStatementAsync(id, cancellation) is { Value.Verdict.Change: VerdictChange.Retraction }
            ? Retracted()
        : await ServeAsync(
            article,
            head => name(id, head.PublicationDone),
            contentType,
            cancellation,
            goneWhenRetracted: true
        );

    private static IResult Retracted() => Answers.Problem(StatusCodes.Status410Gone, "The verdict was retracted.");

    private async Task<IResult> ServeAsync(
        string articleKey,
        Func<CaseHead, string> name,
        string contentType,
        CancellationToken cancellation,
        bool goneWhenRetracted = false
    )
    {
        if (
            await cases.FindHeadAsync(articleKey, cancellation) is not { Value: var head }
            || !Publication.IsPublic(head)
        )
            return Answers.NotFound("published fact check");
        if (goneWhenRetracted && head.Retracted)
            return Retracted();
        return await blobs.ReadAsync(Containers.Reports, name(head), cancellation) is { } blob
            ? Results.Bytes(blob.Content, contentType)
            : Answers.NotFound("published verdict");
    }
}
