using FactCheck.Domain;

namespace FactCheck.Functions.Publishing;

/// <summary>The pages that the public reads. No script; one style sheet of the desk's own.</summary>
internal static class ReportPage
{
    public static Html OfReport(Report report, IReadOnlyList<string> claimReviews, string publisher) =>
        Page(
            $"Fact check: {report.Title}",
            claimReviews,
            publisher,
            Html.Of(
                $"""
                <h1>{report.Title}</h1>
                <p class="about">{About(report)}</p>
                {(
                    report.Retracted
                        ? Html.Of(
                            $"""<p class="notice" role="note"><strong>Retracted.</strong> {report.Note} The verdicts below no longer stand.</p>"""
                        )
                        : Html.When(report.Note, note => Html.Of($"""<p class="notice" role="note">{note}</p>"""))
                )}
                {Html.Each(
                    report.Verdicts,
                    v =>
                        Html.Of(
                            $"""<article class="verdict" id="{v.StatementId}">{VerdictBody(v, 2)}<p class="more"><a href="{v.Url.ToString()}">This verdict alone</a></p></article>"""
                        )
                )}
                <section aria-labelledby="history"><h2 id="history">Versions</h2><ol class="history" reversed>{Html.Each(
                    report.History,
                    h =>
                        Html.Of(
                            $"""<li>Version {h.Version}, {h.At:d MMMM yyyy, HH:mm} UTC{(h.Retraction ? Html.Of($": retracted") : Html.None)}{Html.When(h.Note, n => Html.Of($". {n}"))}</li>"""
                        )
                )}</ol></section>
                """
            )
        );

    public static Html OfVerdict(Report report, ReportedVerdict verdict, string claimReview, string publisher) =>
        Page(
            $"{verdict.RatingLabel}: {verdict.Text}",
            [claimReview],
            publisher,
            Html.Of(
                $"""
                <p class="about">From the fact check of <a href="{report.Url.ToString()}">{report.Title}</a></p>
                <article class="verdict">{VerdictBody(verdict, 1)}</article>
                """
            )
        );

    private static Html VerdictBody(ReportedVerdict v, int level) =>
        Html.Of(
            $"""
            <h{level}>{(
                v.Kind == StatementKind.Quote
                    ? Html.Of($"<q>{v.Text.Trim('"', '“', '”', '«', '»', '„')}</q>")
                    : Html.Of($"{v.Text}")
            )}</h{level}>
            {Html.When(v.Speaker, s => Html.Of($"<p class=\"speaker\">{s}</p>"))}
            {Html.When(v.At, at => Html.Of($"<p class=\"about\">At {at}</p>"))}
            <p class="rating rating-{v.Rating}"><strong>{v.RatingLabel}</strong> <span>{v.RatingDefinition}</span></p>
            {Change(v)}
            {Html.When(v.Explanation, e => Html.Of($"<p>{e}</p>"))}
            {(
                v.Evidence.Count == 0
                    ? Html.None
                    : Html.Of(
                        $"<h{level + 1}>Evidence</h{level + 1}><ul class=\"evidence\">{Html.Each(v.Evidence, Evidence)}</ul>"
                    )
            )}
            <p class="dates">Published {v.PublishedAt:d MMMM yyyy}; to be looked at again by {v.ReviewBy:d MMMM yyyy}.</p>
            """
        );

    private static Html Change(ReportedVerdict v) =>
        v switch
        {
            { Change: VerdictChange.Correction, PreviousRatingLabel: { } old } => Html.Of(
                $"<p class=\"notice\"><strong>Correction.</strong> The rating was {old}; it is now {v.RatingLabel}.</p>"
            ),
            { Change: VerdictChange.Update or VerdictChange.Clarification } => Html.Of(
                $"<p class=\"notice\"><strong>{v.Change.ToString()}.</strong> This is version {v.Version} of the verdict.</p>"
            ),
            { Change: VerdictChange.Retraction } => Html.Of($"<p class=\"notice\"><strong>Retracted.</strong></p>"),
            _ => Html.None,
        };

    private static Html Evidence(ReportedEvidence e)
    {
        var name = e.Title ?? e.Publisher ?? e.Url?.Host ?? "Source";
        var link = e.Url is { Scheme: "http" or "https" } url
            ? Html.Of($"<a href=\"{url.ToString()}\" rel=\"noopener nofollow\">{name}</a>")
            : Html.Of($"<span>{name}</span>");
        return Html.Of(
            $"""
            <li>{link}{(e.Title is not null && e.Publisher is not null ? Html.Of($", {e.Publisher}") : Html.None)}{(
                e.Published is { } date ? Html.Of($", {date:d MMMM yyyy}") : Html.None
            )}
            <span class="kind">({(e.Kind == EvidenceKind.Primary ? "first-hand" : "second-hand")}, {Word(
                e.Stance
            )})</span>{Html.When(e.Excerpt, x => Html.Of($"<blockquote>{x}</blockquote>"))}</li>
            """
        );
    }

    private static string Word(Stance stance) =>
        stance switch
        {
            Stance.Supports => "supports it",
            Stance.Refutes => "refutes it",
            _ => "context",
        };

    private static Html About(Report report) =>
        Html.Of(
            $"""
            {Html.When(report.Outlet, o => Html.Of($"{o}"))}{(
                report.ArticlePublished is { } date ? Html.Of($" {date:d MMMM yyyy}") : Html.None
            )}
            {(
                report.ArticleUrl is { Scheme: "http" or "https" } url
                    ? Html.Of($"<a href=\"{url.ToString()}\" rel=\"noopener nofollow\">the article</a>")
                    : Html.None
            )}
            """
        );

    private static Html Page(string title, IReadOnlyList<string> claimReviews, string publisher, Html body) =>
        Html.Of(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} – {publisher}</title>
            <link rel="stylesheet" href="/app/report.css">
            <link rel="alternate" type="application/feed+json" title="{publisher}" href="/feed.json">
            <link rel="alternate" type="application/atom+xml" title="{publisher}" href="/feed.xml">
            {Html.Each(claimReviews, JsonLd)}
            </head>
            <body>
            <header><p><a href="/feed.xml">{publisher}</a> <a href="/corrections">Corrections</a></p></header>
            <main>
            {body}
            </main>
            </body>
            </html>
            """
        );

    /// <summary>The page of corrections.</summary>
    public static Html OfCorrections(
        IEnumerable<(
            Uri Url,
            string Title,
            VerdictChange Change,
            string? Note,
            IReadOnlyList<string> Lines,
            DateTimeOffset At
        )> corrections,
        string publisher
    ) =>
        Page(
            "Corrections",
            [],
            publisher,
            Html.Of(
                $"""
                <h1>Corrections</h1>
                <p>Every correction, clarification and retraction of a published fact check, newest first.</p>
                <ul class="history">{Html.Each(
                    corrections,
                    c =>
                        Html.Of(
                            $"<li><a href=\"{c.Url.ToString()}\">{c.Title}</a>, {c.At:d MMMM yyyy}: {c.Change.ToString().ToLowerInvariant()}{Html.When(c.Note, n => Html.Of($". {n}"))}<ul>{Html.Each(c.Lines, l => Html.Of($"<li>{l}</li>"))}</ul></li>"
                        )
                )}</ul>
                """
            )
        );

    // The JSON writer escapes "<", ">" and "&", so the text can't end the script element.
    private static Html JsonLd(string json) => new($"<script type=\"application/ld+json\">{json}</script>");
}
