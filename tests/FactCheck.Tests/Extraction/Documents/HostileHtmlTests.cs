using System.Text;
using CsCheck;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Documents.Html;

namespace FactCheck.Tests.Extraction.Documents;

/// <summary>Markup that would cost a browser's way of nesting far more than its length.</summary>
public class HostileHtmlTests
{
    private const string Words = "The council approved the budget on Tuesday after a debate of four hours.";
    private const int Many = 100_000;

    private static readonly string[] Pieces =
    [
        "<p>",
        "</p>",
        "<div class=comments>",
        "</div>",
        "<a href=x>",
        "</a>",
        "<b>",
        "</b>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</table>",
        "<li>",
        "<ul>",
        "</ul>",
        "<q>",
        "</q>",
        "<sup>1</sup>",
        "<pre>",
        "<br>",
        "<script>",
        "</script>",
        "<svg/>",
        "<title>",
        "word ",
        "\n",
        Words,
    ];

    private static readonly Gen<string> Markup = Gen.Int[0, Pieces.Length - 1]
        .Select(i => Pieces[i])
        .Array[0, 80]
        .Select(string.Concat);

    private static string Repeat(string what, int times) => new StringBuilder().Insert(0, what, times).ToString();

    [Theory]
    [InlineData("<div>", "")]
    [InlineData("<div>", "</div>")]
    [InlineData("<b>", "")]
    [InlineData("<p><font size=1>x", "")]
    [InlineData("<a href=x>", "")]
    [InlineData("<table><tr><td>", "")]
    [InlineData("<ul><li>", "")]
    [InlineData("<q>", "")]
    [InlineData("<h1 itemprop=author><span rel=author>", "")]
    [InlineData("<svg><path/>", "")]
    public void What_is_nested_deeper_than_a_browser_shows_is_read(string open, string close) =>
        Assert.Contains(
            Words,
            Read($"{Repeat(open, Many)}<p>{Words}</p>{Repeat(close, Many)}"),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_script_is_no_text_however_deep_it_stands()
    {
        var text = Read($"{Repeat("<div>", 600)}<script>if (1 < 2) x();</script><p>{Words}</p><style>p {{ }}</style>");
        Assert.Equal(Words, text);
    }

    [Theory]
    [InlineData("<i></i>")]
    [InlineData("</p>")]
    [InlineData("</div>")]
    [InlineData("<table><tr><td></table>")]
    [InlineData("<tr><td><td><td>")]
    [InlineData("<sup></sup>")]
    [InlineData("<div class='related comments' id=a hidden></div>")]
    [InlineData("<meta name=a content=b>")]
    [InlineData("<!-- -->")]
    public void What_is_repeated_endlessly_hides_nothing(string piece) =>
        Assert.Contains(Words, Read($"<p>{Words}</p>{Repeat(piece, Many)}"), StringComparison.Ordinal);

    [Fact]
    public void A_huge_table_is_read() =>
        Assert.StartsWith(
            "1, 2, 3",
            Read($"<table>{Repeat("<tr><td>1</td><td>2</td><td>3</td></tr>", 20_000)}</table>"),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_page_of_millions_of_elements_is_Unreadable() =>
        Assert.Equal(
            RejectionReason.Unreadable,
            Assert
                .IsType<ReadResult.Rejected>(
                    ArticleReader.Read(Handmade.Bytes(Repeat("<i>", 2_000_000)), "a.html", new(), ReadLimits.Default)
                )
                .Rejection.Reason
        );

    [Fact]
    public void Nodes_lie_inside_of_their_parents_in_the_order_of_the_source() =>
        Markup.Sample(markup =>
        {
            var nodes = MarkupTree.Parse(markup, CancellationToken.None)!;
            Assert.Equal(nodes.Count, nodes[0].End);
            for (var i = 1; i < nodes.Count; i++)
            {
                Assert.InRange(nodes[i].Parent, 0, i - 1);
                Assert.InRange(nodes[i].End, i + 1, nodes[nodes[i].Parent].End);
            }
        });

    [Fact]
    public void Every_block_has_one_role_and_its_text_stands_in_the_page() =>
        Markup.Sample(markup =>
        {
            var nodes = MarkupTree.Parse(markup, CancellationToken.None)!;
            var blocks = BlockReader.Read(nodes, new Visibility(nodes).IsShown);
            Assert.Equal(blocks, ArticleFinder.Judge(nodes, blocks).Select(j => j.Block));
            Assert.All(blocks, b => Assert.Equal(b.Text.Trim(), b.Text));
            Assert.All(blocks, b => Assert.InRange(b.Linked, 0, b.Text.Length));
        });

    private static string Read(string markup) =>
        Assert
            .IsType<ReadResult.Read>(
                ArticleReader.Read(
                    Handmade.Bytes(markup),
                    "a.html",
                    new(),
                    ReadLimits.Default with
                    {
                        MaxCharacters = 10_000_000,
                    }
                )
            )
            .Article.Text;
}
