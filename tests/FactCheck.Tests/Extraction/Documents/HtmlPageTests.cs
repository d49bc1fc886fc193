using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Quotes;

namespace FactCheck.Tests.Extraction.Documents;

/// <summary>What of a web page is taken for its article.</summary>
public class HtmlPageTests
{
    private const string First =
        "The waiting list of the Orsel clinic fell from 2,400 to 1,190 patients within a year, its director said.";

    private const string Second =
        "Councillor Per Dahl asked for an audit of the whole list before the summer, and the council agreed.";

    private const string Third =
        "The clinic hired nine doctors in spring, according to a report that the valley's health office published.";

    private static string Text(string body, string head = "") => Read(body, head).Text;

    private static ArticleText Read(string body, string head = "") =>
        Assert.IsType<ReadResult.Read>(Result(body, head)).Article;

    private static ReadResult Result(string body, string head = "") =>
        ArticleReader.Read(
            Handmade.Bytes($"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>"),
            "a.html",
            new(),
            ReadLimits.Default
        );

    private static string Article(string inside) =>
        $"<article><h1>Clinic queue halves</h1><p>{First}</p>{inside}<p>{Second}</p><p>{Third}</p></article>";

    private static string Paragraphs(params IEnumerable<string> paragraphs) => string.Join("\n\n", paragraphs);

    // --- links

    [Theory]
    [InlineData("<div><p><a href=/a><strong>{0}</strong></a></p></div>")]
    [InlineData("<p><strong><a href=/a>{0}</a></strong></p>")]
    [InlineData("<a href=/a><p>{0}</p></a>")]
    [InlineData("<a href=/a><div><p>{0}</div></a>")]
    public void A_paragraph_that_is_a_link_is_the_articles(string markup)
    {
        const string Linked = "The clinic's own auditor resigned in 2022 after warning of 14 false bills.";
        Assert.Equal(
            Paragraphs(First, Linked, Second, Third),
            Text(
                Article(string.Format(null, markup, Linked)) + "<aside><a href=/b>Mayor says budget doubled</a></aside>"
            )
        );
    }

    [Theory]
    [InlineData("<p>Read more: <a href=/a>Mayor says that the budget doubled within a year.</a></p>")]
    [InlineData("<ul><li><a href=/a>Mayor says budget doubled</a></li><li><a href=/b>Trams stop</a></li></ul>")]
    [InlineData("<h2>Related</h2><ul><li><a href=/a>Mayor says budget doubled</a></li></ul>")]
    [InlineData(
        "<div class=related-articles><h3>More</h3><p>The budget doubled, the mayor said on Monday evening.</p></div>"
    )]
    [InlineData("<div id=comments><p>I don't believe a word of it, the queue was never that long!</p></div>")]
    [InlineData("<section class='newsletter-box'><p>Get the news of the valley every morning by mail.</p></section>")]
    [InlineData("<figure><img src=a.jpg><figcaption>The clinic in March. Photo: Ann Lee</figcaption></figure>")]
    [InlineData("<p>Table 2.</p><p>Fig. 3:</p><p>12</p>")]
    [InlineData("<p>© 2026 Orsel Mail, all rights reserved.</p>")]
    [InlineData("<p>We use cookies to make this site better. Read our notice to learn about your choices.</p>")]
    [InlineData("<div role=dialog aria-modal=true><p>Sign in to go on reading this and other articles.</p></div>")]
    public void What_stands_beside_an_article_is_left_out(string beside) =>
        Assert.Equal(Paragraphs(First, Second, Third), Text(Article(beside)));

    [Theory]
    [InlineData("<p>The court ruled that a site which says “we use cookies” needs consent.</p>", "The court ruled")]
    [InlineData("<ul><li>Nine doctors</li><li>Two nurses</li></ul>", "Nine doctors\n\nTwo nurses")]
    [InlineData("<ol><li><p>Nine doctors</p></li><li>Two nurses</ol>", "Nine doctors\n\nTwo nurses")]
    [InlineData("<dl><dt>Doctors<dd>Nine<dt>Nurses<dd>Two</dl>", "Doctors\n\nNine\n\nNurses\n\nTwo")]
    [InlineData("<blockquote><p>“Nobody waits here any more.”</p></blockquote>", "“Nobody waits here any more.”")]
    [InlineData("<h2>Nine doctors</h2>", "Nine doctors")]
    [InlineData(
        "<div class='has-comments tag-related'><p>Nobody waits here any more, she said.</p></div>",
        "Nobody waits"
    )]
    [InlineData("<p class='promo lead'>Nobody waits.</p>", null)]
    public void What_belongs_to_an_article_is_kept(string inside, string? kept)
    {
        var text = Text(Article(inside));
        Assert.Equal(kept is not null, text.Contains(kept ?? "Nobody waits.", StringComparison.Ordinal));
        Assert.StartsWith(First, text, StringComparison.Ordinal);
        Assert.EndsWith(Third, text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_between_headline_and_text_is_the_articles() =>
        Assert.Equal(
            Paragraphs("In one year the queue of the Orsel clinic halved, and nobody knows why.", First, Second, Third),
            Text(
                "<header><h1>Clinic queue halves</h1><p class=teaser>In one year the queue of the Orsel clinic halved, and "
                    + "nobody knows why.</p><p>By Abby Goodnight | 4 March 2026</p></header>"
                    + $"<div class=article-body><p>{First}</p><p>{Second}</p><p>{Third}</p></div>"
            )
        );

    [Fact]
    public void A_page_without_any_running_text_gives_what_it_shows() =>
        Assert.Equal(
            Paragraphs("Opening hours:", "Monday to Friday"),
            Text("<div>Opening hours:</div><p>Monday to Friday</p><nav><a href=/>Home</a></nav>")
        );

    [Fact]
    public void A_page_that_is_all_links_gives_them() =>
        Assert.Equal("Home:\n\nNews", Text("<nav><ul><li><a href=/>Home:</a><li><a href=/n>News</a></ul></nav>"));

    // --- tables

    [Fact]
    public void A_table_keeps_its_head_row_and_each_row_is_a_paragraph() =>
        Assert.Contains(
            Paragraphs("Year, Patients", "2025 (all), 2,400", "2026, 1,190"),
            Text(
                Article(
                    "<table><caption>Table 2. Patients by year</caption><thead><tr><th>Year<th>Patients</tr></thead>"
                        + "<tr><td>2025<div>(all)</div></td><td><p>2,400</p></td><tr><td> 2026 <td>1,190</table>"
                )
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_table_that_arranges_a_page_is_no_row() =>
        Assert.Equal(
            Paragraphs(First, Second, Third),
            Text($"<table><tr><td><a href=/>Home</a></td><td><p>{First}</p>{Second}<p>{Third}</p></td></tr></table>")
        );

    // --- quotation marks

    [Theory]
    [InlineData("<q>We hired nine doctors,</q> said Holm.", "“We hired nine doctors,” said Holm.")]
    [InlineData("<q>He said <q>never</q> to me</q>, said Holm.", "“He said ‘never’ to me”, said Holm.")]
    [InlineData("<q>“We hired nine doctors,”</q> said Holm.", "“We hired nine doctors,” said Holm.")]
    [InlineData("<q> <em>We hired</em> nine doctors, </q> said Holm.", "“We hired nine doctors,” said Holm.")]
    [InlineData("<p><q>We hired nine doctors,<p>said Holm.", "“We hired nine doctors,”")]
    public void The_marks_that_a_browser_draws_around_a_quote_are_in_the_text(string markup, string text) =>
        Assert.Contains(text, Text(Article($"<p>{markup}</p>")), StringComparison.Ordinal);

    [Fact]
    public void A_quote_element_is_a_quote_with_its_speaker()
    {
        var text = Text(Article("<p><q>We hired nine doctors and lost none,</q> said Maja Holm.</p>"));
        var quote = Assert.Single(QuoteExtractor.Extract(text), q => q.Kind == QuoteKind.Direct);
        Assert.Equal("Maja Holm", quote.Source?.Name);
    }

    // --- raised characters

    [Theory]
    [InlineData("fell to 4.2<sup>1</sup> percent", "fell to 4.2 percent")]
    [InlineData("had 1,900<sup><a href='#fn2'>2</a></sup> places", "had 1,900 places")]
    [InlineData("fell by 12<sup>[3]</sup> percent", "fell by 12 percent")]
    [InlineData("fell by 12<a href='#note-3'>[3]</a> percent", "fell by 12 percent")]
    [InlineData("fell by 12<a href='#fn3'>3</a> percent", "fell by 12 percent")]
    [InlineData("fell by 12<a role=doc-noteref href=notes.html>3</a> percent", "fell by 12 percent")]
    [InlineData("had 412<sup>1</sup><sup>,</sup><sup>2</sup> beds", "had 412 beds")]
    [InlineData("had 412<sup>1, 2</sup> beds", "had 412 beds")]
    [InlineData("had 412<sup>*</sup> beds", "had 412 beds")]
    [InlineData("rose to 3.5<sup>a</sup> points", "rose to 3.5 points")]
    [InlineData("she said.<sup>4</sup> Then", "she said. Then")]
    [InlineData("see <a href='#part-2'>part 2</a> of it", "see part 2 of it")]
    [InlineData("holds 40 km<sup>3</sup> of water", "holds 40 km³ of water")]
    [InlineData("9 m s<sup>−2</sup> at", "9 m s⁻² at")]
    [InlineData("about 10<sup>6</sup> cells", "about 10⁶ cells")]
    [InlineData("about 3 × 10<sup>2</sup> cells", "about 3 × 10² cells")]
    [InlineData("about 10<sup>−1</sup> cells", "about 10⁻¹ cells")]
    [InlineData("rose to 10<sup>1</sup> percent", "rose to 10 percent")]
    [InlineData("is 40 km<sup>1</sup> long", "is 40 km long")]
    [InlineData("emits CO<sub>2</sub> daily", "emits CO2 daily")]
    [InlineData("with <sup>14</sup>C dating", "with 14C dating")]
    [InlineData("the 20<sup>th</sup> time", "the 20th time")]
    [InlineData("a Brand<sup>®</sup> name", "a Brand® name")]
    public void A_mark_of_a_note_never_touches_a_figure_and_an_exponent_stays(string markup, string text) =>
        Assert.Contains(text, Text(Article($"<p>It {markup}, she said.</p>")), StringComparison.Ordinal);

    // --- what is hidden

    [Theory]
    [InlineData("<div aria-hidden=true>{0}</div><div role=dialog aria-modal=true><p>Accept all cookies.</p></div>")]
    [InlineData("<main style='display: none'>{0}</main><div class=cookie-bar><p>We value your privacy.</p></div>")]
    [InlineData("<div hidden><div>{0}</div></div><p>Loading, please wait.</p>")]
    [InlineData("<div style='visibility:hidden'>{0}</div><noscript>Please switch on scripts.</noscript>")]
    public void An_article_behind_a_notice_or_before_a_script_is_read(string markup) =>
        Assert.Equal(Paragraphs(First, Second, Third), Text(string.Format(null, markup, Article(""))));

    [Theory]
    [InlineData("<div aria-hidden=true>{0}</div><div class=cmp role=dialog>{1}</div>")]
    [InlineData("<div style='display: none'>{0}</div><div id=cookieBanner>{1}</div>")]
    public void A_long_notice_is_no_article_either(string markup)
    {
        var notice = string.Concat(
            Enumerable.Range(0, 20).Select(i => $"<p>Partner {i} stores what it learns of you for {i} years.</p>")
        );
        Assert.Equal(Paragraphs(First, Second, Third), Text(string.Format(null, markup, Article(""), notice)));
    }

    [Fact]
    public void An_article_in_a_dialog_is_read() =>
        Assert.StartsWith(
            First,
            Text(
                $"<div role=dialog aria-modal=true><p>{First}</p><p>{Second}</p><p>{Third}</p><p>{First} {Second}</p></div>"
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void What_is_hidden_inside_of_an_article_stays_so() =>
        Assert.Equal(
            Paragraphs(First, First + " " + First, Second, Third),
            Text(Article($"<p>{First} {First}</p><p hidden>{Second}</p><div style='display:none'>{Second}</div>"))
        );

    [Theory]
    [InlineData("<div class=cmp role=dialog aria-modal=true><p>We value your privacy. Accept all cookies.</p></div>")]
    [InlineData("<div class=x1><p>We use cookies and your data to make ads.</p><button>OK</button></div>")]
    [InlineData("<dialog open><p>Your consent, please: choose what we may keep of you.</p></dialog>")]
    public void A_page_that_shows_only_a_consent_notice_is_refused_saying_so(string body)
    {
        var rejection = Assert.IsType<ReadResult.Rejected>(Result(body)).Rejection;
        Assert.Equal(RejectionReason.Empty, rejection.Reason);
        Assert.Contains("consent", rejection.Message, StringComparison.Ordinal);
    }
}
