using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using FactCheck.Functions.Access;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Publishing;

/// <summary>What is new to the public: the feeds and the page of corrections. <see cref="PublishArticleSteps.Announce"/>
/// adds a line once a version is out.</summary>
[Access(Role.Public), Tags("Public")]
public sealed class Feeds(CaseStore cases, DeskIndex index, Site site, Settings settings)
{
    private const int FeedSize = 50;

    /// <summary>The newest 50 publications as JSON Feed 1.1.</summary>
    /// <returns>The feed.</returns>
    [Function(nameof(GetJsonFeed))]
    [Sends("application/feed+json", typeof(JsonFeed))]
    public async Task<FileContentHttpResult> GetJsonFeed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "feed.json")] HttpRequest request,
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
        var feed = new JsonFeed(
            "https://jsonfeed.org/version/1.1",
            settings.PublisherName,
            site.Base,
            new(site.Base, "feed.json"),
            [.. items]
        );
        var json = JsonSerializer.SerializeToUtf8Bytes(feed, ReportJson.Default.JsonFeed);
        return PublicAnswer.Of(request, json, "application/feed+json");
    }

    /// <summary>The newest 50 publications as Atom.</summary>
    /// <returns>The feed.</returns>
    [Function(nameof(GetAtomFeed))]
    [Sends("application/atom+xml")]
    public async Task<FileContentHttpResult> GetAtomFeed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "feed.xml")] HttpRequest request,
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
        var xml = new XDeclaration("1.0", "utf-8", null) + "\n" + feed;
        return PublicAnswer.Of(request, Encoding.UTF8.GetBytes(xml), "application/atom+xml; charset=utf-8");
    }

    /// <summary>Corrections, clarifications and retractions, newest first.</summary>
    /// <returns>The page.</returns>
    [Function(nameof(GetCorrectionsPage))]
    [Sends("text/html")]
    public async Task<FileContentHttpResult> GetCorrectionsPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "corrections")] HttpRequest request,
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
        return PublicAnswer.Of(request, Encoding.UTF8.GetBytes(markup), "text/html; charset=utf-8");
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

    /// <summary>What the feeds say of a version once it is out.</summary>
    public static PublishedArticle LineOf(
        CaseHead head,
        CasePublication publication,
        IReadOnlyList<Statement> verdicts,
        RatingScale ratings
    )
    {
        // Only what this version changed; one verdict that is taken back corrects the fact check, it does not retract
        // it.
        var changed = verdicts
            .Where(IsOfThisVersion)
            .Select(s => s.Verdict!.Change == VerdictChange.Retraction ? VerdictChange.Correction : s.Verdict.Change)
            .Where(c => c != VerdictChange.First)
            .DefaultIfEmpty(publication.Version == 1 ? VerdictChange.First : VerdictChange.Update);
        var change = publication.Retraction ? VerdictChange.Retraction : changed.Max();
        return new(
            head.Key,
            head.TitleOrName(),
            publication.Version,
            change,
            publication.Note,
            [.. verdicts.Select(Line)],
            publication.AskedAt
        );

        bool IsOfThisVersion(Statement s) => s.Verdict!.PublishedAt == publication.AskedAt;

        string Line(Statement s) =>
            s.Verdict! switch
            {
                { Change: VerdictChange.Retraction } => $"Retracted: {s.Text}",
                { Change: VerdictChange.Correction, PreviousRating: { } old } verdict when IsOfThisVersion(s) =>
                    $"{ratings.Label(s.Kind, verdict.Rating)} (corrected from {ratings.Label(s.Kind, old)}): {s.Text}",
                var verdict => $"{ratings.Label(s.Kind, verdict.Rating)}: {s.Text}",
            };
    }
}
