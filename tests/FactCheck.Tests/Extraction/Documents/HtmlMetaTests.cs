using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Text;

namespace FactCheck.Tests.Extraction.Documents;

/// <summary>What a web page says of itself.</summary>
public class HtmlMetaTests
{
    private const string Canonical = "<link rel=canonical href='https://example.org/new'>";

    private static ArticleMeta Meta(
        string head,
        string heading = "Harbour loses jobs",
        DateOrder order = DateOrder.Unknown
    ) =>
        Assert
            .IsType<ReadResult.Read>(
                ArticleReader.Read(
                    Handmade.Bytes(
                        $"<!doctype html><html lang=en><head>{head}</head><body><article><h1>{heading}</h1>"
                            + "<p>The harbour company moved 101 crates from the old quay to the new one.</p></article></body></html>"
                    ),
                    "a.html",
                    new(),
                    ReadLimits.Default with
                    {
                        DateOrder = order,
                    }
                )
            )
            .Article.Meta;

    private static string Json(string json) => $"<script type=\"application/ld+json\">{json}</script>";

    [Theory]
    [InlineData("""<meta name=date content="03/04/2026">""")]
    [InlineData("""<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"03/04/2026"}</script>""")]
    public void A_date_of_figures_is_read_in_the_desks_order_and_not_guessed(string head)
    {
        Assert.Equal(new DateOnly(2026, 4, 3), Meta(head, order: DateOrder.DayMonth).Published);
        Assert.Equal(new DateOnly(2026, 3, 4), Meta(head, order: DateOrder.MonthDay).Published);
        Assert.Null(Meta(head).Published);
    }

    [Theory]
    [InlineData("Minister: &quot;No new taxes&quot; &amp; no cuts", "Minister: \"No new taxes\" & no cuts")]
    [InlineData("Caf&eacute; closes &#8211; again", "Café closes – again")]
    [InlineData("Profit of Smith & Sons", "Profit of Smith & Sons")]
    public void Entities_in_linked_data_are_characters(string written, string title) =>
        Assert.Equal(
            title,
            Meta(
                Json($$"""{"@type":"NewsArticle","headline":"{{written}}"}"""),
                System.Net.WebUtility.HtmlEncode(title)
            ).Title
        );

    [Fact]
    public void A_node_among_others_tells_of_the_page_that_it_is_the_main_entity_of()
    {
        var meta = Meta(
            Json(
                """
                [{"@type":"ItemList","itemListElement":[{"@type":"ListItem","url":"https://example.org/x"}]},
                {"@type":["Thing","NewsArticle"],"headline":"Harbour loses jobs",
                "author":[{"@type":"Person","name":"Abby Goodnight"},{"@type":"Person","name":"Tomas Kaplanek"}],
                "datePublished":"Wed, 04 Mar 2026 08:15:00 +0100","publisher":{"name":"Orsel Mail"},
                "mainEntityOfPage":{"@id":"https://example.org/new"}}]
                """
            )
        );
        Assert.Equal(
            new(
                "Harbour loses jobs",
                "Abby Goodnight, Tomas Kaplanek",
                "Orsel Mail",
                new(2026, 3, 4),
                new("https://example.org/new"),
                "en"
            ),
            meta
        );
    }

    [Fact]
    public void A_reference_in_a_graph_is_the_name_of_what_it_refers_to() =>
        Assert.Equal(
            "Abby Goodnight",
            Meta(
                Json(
                    """
                    {"@graph":[{"@type":"Article","headline":"Harbour loses jobs","author":{"@id":"https://example.org/#a"}},
                    {"@type":"Person","@id":"https://example.org/#a","name":"Abby Goodnight"}]}
                    """
                )
            ).Byline
        );

    [Theory]
    // by its address
    [InlineData(
        """
            [{"@type":"NewsArticle","headline":"Older story about trams","datePublished":"2019-01-02",
            "url":"https://example.org/old","author":{"name":"Old Author"}},
            {"@type":"NewsArticle","headline":"Harbour loses jobs","datePublished":"2026-03-04","url":"https://example.org/new"}]
            """
    )]
    // by its headline
    [InlineData(
        """
            [{"@type":"NewsArticle","headline":"Older story about trams","datePublished":"2019-01-02","author":"Old Author"},
            {"@type":"NewsArticle","headline":"Harbour loses jobs","datePublished":"2026-03-04"}]
            """
    )]
    // in a list of others, and beside it
    [InlineData(
        """
            {"@graph":[{"@type":"NewsArticle","headline":"Trams","url":"https://example.org/t","author":"Old Author"},
            {"@type":"WebPage","mainEntity":{"@type":"NewsArticle","headline":"Harbour loses jobs",
            "datePublished":"2026-03-04","url":"https://example.org/new/"}}]}
            """
    )]
    public void Of_several_articles_the_one_that_is_this_page_tells_of_it(string json)
    {
        var meta = Meta(Canonical + "<meta property=og:title content='Harbour loses jobs'>" + Json(json));
        Assert.Equal(new("Harbour loses jobs", null, null, new(2026, 3, 4), meta.SourceUrl, "en"), meta);
        Assert.Equal("https://example.org/new", meta.SourceUrl!.AbsoluteUri.TrimEnd('/'));
    }

    [Fact]
    public void An_article_of_another_page_tells_nothing_of_this_one() =>
        Assert.Equal(
            new("Harbour loses jobs", null, null, null, new("https://example.org/new"), "en"),
            Meta(
                Canonical
                    + Json(
                        """
                        {"@type":"NewsArticle","headline":"Older story","datePublished":"2019-01-02",
                        "url":"https://example.org/old","author":"Old Author"}
                        """
                    )
            )
        );

    [Theory]
    [InlineData("<title>Harbour loses jobs | Orsel Mail</title>")]
    [InlineData("<title>Orsel Mail: Harbour loses jobs</title>")]
    [InlineData("")]
    public void Without_a_title_in_its_data_a_page_is_called_as_its_headline(string head) =>
        Assert.Equal("Harbour loses jobs", Meta(head).Title);

    [Fact]
    public void A_title_loses_the_name_of_the_site() =>
        Assert.Equal(
            "Jobs lost in harbour",
            Meta(
                "<title>Jobs lost in harbour - Orsel Mail</title><meta property=og:site_name content='Orsel Mail'>"
            ).Title
        );
}
