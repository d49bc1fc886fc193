using System.Text;
using System.Text.Json;
using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Publishing;

/// <summary>Writes what the public reads: a page, JSON, and a ClaimReview for each verdict. Each version under a name
/// of its own.</summary>
public sealed class ReportWriter(IBlobStore blobs, RatingScale ratings, Settings settings, Site site)
{
    private const string Html = "text/html; charset=utf-8";

    public static string PageName(string articleKey, int version) =>
        $"{CaseFiles.Report(articleKey, version)}report.html";

    public static string JsonName(string articleKey, int version) =>
        $"{CaseFiles.Report(articleKey, version)}report.json";

    public static string StatementPageName(string statementId, int version) =>
        $"{CaseFiles.Report(StatementId.ArticleOf(statementId)!, version)}{statementId}.html";

    public static string ClaimReviewName(string statementId, int version) =>
        $"{CaseFiles.Report(StatementId.ArticleOf(statementId)!, version)}{statementId}.claimreview.json";

    public async Task WriteAsync(
        CaseHead head,
        CasePublication publication,
        IReadOnlyList<Statement> statements,
        IReadOnlyList<CasePublication> publications,
        CancellationToken cancellation
    )
    {
        var report = ReportOf(head, publication, statements, publications);
        var reviews = new List<string>();
        foreach (var verdict in publication.Retraction ? [] : report.Verdicts)
            if (verdict.Change != VerdictChange.Retraction)
                reviews.Add(await WriteVerdictAsync(report, verdict, cancellation));
        await WriteAsync(
            JsonName(head.Key, publication.Version),
            JsonSerializer.Serialize(report, ReportJson.Default.Report),
            "application/json",
            cancellation
        );
        var page = await PublicMarkup.OfAsync<ReportPage>(
            (nameof(ReportPage.Report), report),
            (nameof(ReportPage.ClaimReviews), reviews),
            (nameof(ReportPage.Publisher), settings.PublisherName)
        );
        await WriteAsync(PageName(head.Key, publication.Version), page, Html, cancellation);
    }

    // Returns the ClaimReview, which the page of the report holds too.
    private async Task<string> WriteVerdictAsync(Report report, ReportedVerdict verdict, CancellationToken cancellation)
    {
        var (id, version) = (verdict.StatementId, report.Version);
        var review = JsonSerializer.Serialize(ReviewOf(report, verdict), ReportJson.Default.ClaimReview);
        await WriteAsync(ClaimReviewName(id, version), review, "application/ld+json", cancellation);
        var page = await PublicMarkup.OfAsync<VerdictPage>(
            (nameof(VerdictPage.Report), report),
            (nameof(VerdictPage.Verdict), verdict),
            (nameof(VerdictPage.ClaimReview), review),
            (nameof(VerdictPage.Publisher), settings.PublisherName)
        );
        await WriteAsync(StatementPageName(id, version), page, Html, cancellation);
        return review;
    }

    private Report ReportOf(
        CaseHead head,
        CasePublication publication,
        IReadOnlyList<Statement> statements,
        IReadOnlyList<CasePublication> publications
    ) =>
        new(
            head.Key,
            site.ReportUrl(head.Key),
            head.TitleOrName(),
            head.Meta.Outlet,
            head.Meta.SourceUrl,
            head.Meta.Published,
            publication.Version,
            publication.AskedAt,
            publication.Retraction,
            publication.Note,
            [.. statements.OrderBy(s => s.Anchor.Position).Select(VerdictOf)],
            [
                .. publications
                    .Where(p => p.Version <= publication.Version)
                    .OrderByDescending(p => p.Version)
                    .Select(p => new ReportVersion(p.Version, p.AskedAt, p.Note, p.Retraction)),
            ]
        );

    private ReportedVerdict VerdictOf(Statement statement)
    {
        var verdict = statement.Verdict!;
        var evidence = verdict
            .Evidence.Where(e => e.Visibility == EvidenceVisibility.Public)
            .Select(e => new ReportedEvidence(e.Url, e.Title, e.Publisher, e.Published, e.Excerpt, e.Kind, e.Stance));
        return new(
            statement.Id,
            site.ClaimUrl(statement.Id),
            statement.Kind,
            statement.Text,
            statement.Speaker,
            verdict.Rating,
            ratings.Label(statement.Kind, verdict.Rating),
            ratings.Find(statement.Kind, verdict.Rating)?.Definition ?? "",
            verdict.Explanation,
            [.. evidence],
            verdict.Version,
            verdict.Change,
            verdict.PreviousRating is { } old ? ratings.Label(statement.Kind, old) : null,
            verdict.PublishedAt,
            verdict.ReviewBy,
            statement.Anchor.Clock()
        );
    }

    private ClaimReview ReviewOf(Report report, ReportedVerdict verdict)
    {
        var order = ratings.Find(verdict.Kind, verdict.Rating)?.Order;
        var words = verdict is { Kind: StatementKind.Quote, Speaker: { } speaker }
            ? $"{speaker}: {verdict.Text}"
            : verdict.Text;
        return new(
            "https://schema.org",
            "ClaimReview",
            verdict.Url,
            DateOnly.FromDateTime(verdict.PublishedAt.UtcDateTime),
            words,
            new("Organization", settings.PublisherName, site.Base, settings.PublisherLogo),
            new(
                "Claim",
                verdict.Speaker is { } name ? new("Person", name)
                    : report.Outlet is { } outlet ? new("Organization", outlet)
                    : null,
                report.ArticlePublished,
                new("Article", report.ArticleUrl, report.Title, report.ArticlePublished)
            ),
            new(
                "Rating",
                order,
                order is null ? null : ratings.Best(verdict.Kind),
                order is null ? null : 1,
                verdict.RatingLabel,
                verdict.Explanation
            )
        );
    }

    private Task WriteAsync(string name, string text, string contentType, CancellationToken cancellation) =>
        blobs.WriteAsync(Containers.Reports, name, Encoding.UTF8.GetBytes(text), contentType, null, cancellation);
}

/// <summary>Absolute addresses of what is public.</summary>
public sealed class Site(Settings settings)
{
    /// <summary>The desk's own address.</summary>
    public Uri Base { get; } =
        settings.PublicBaseUrl
        ?? throw new InvalidOperationException(
            "FactCheck:PublicBaseUrl is not set: published pages need absolute links."
        );

    public Uri ReportUrl(string articleKey) => new(Base, $"reports/{articleKey}");

    public Uri ClaimUrl(string statementId) => new(Base, $"claims/{statementId}");
}
