using System.Text;
using CsCheck;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Text;
using FactCheck.Tests.Extraction.Documents;

namespace FactCheck.Tests.Extraction;

/// <summary>What is told of a reading.</summary>
public class ReceiptTests
{
    private const string Running =
        "The waiting list of the Orsel clinic fell from 2,400 to 1,190 patients within a year, its director said. "
        + "Councillor Per Dahl asked for an audit of the whole list before the summer, and the council agreed. "
        + "The clinic hired nine doctors in spring, according to a report of the valley's health office. ";

    private static readonly string Article = $"<p>{Running}</p><p>{Running}</p>";

    private static ReadingReceipt Of(
        byte[] bytes,
        string name,
        ArticleMeta? beside = null,
        ReadingOptions? asked = null,
        ReadLimits? limits = null
    ) =>
        Assert
            .IsType<ReadResult.Read>(
                ArticleReader.Read(bytes, name, beside ?? new(), limits ?? ReadLimits.Default, asked)
            )
            .Article.Receipt!;

    private static ReadingReceipt Of(string content, string name = "a.txt", ReadingOptions? asked = null) =>
        Of(Handmade.Bytes(content), name, asked: asked);

    private static string Page(string body, string head = "") =>
        $"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>";

    private static string[] Kinds(ReadingReceipt receipt) => [.. receipt.Findings.Select(f => f.Kind.ToString())];

    private static string Sources(ReadingReceipt receipt) =>
        string.Join("; ", receipt.Facts.Select(f => $"{f.Fact} {f.Value}: {f.Source}"));

    private static int WordsOf(ReadingReceipt receipt, LeftOutKind kind) =>
        receipt.LeftOut.SingleOrDefault(part => part.Kind == kind)?.Size.Words ?? 0;

    // --- facts

    [Fact]
    public void Each_fact_of_a_page_says_where_it_was_taken_from()
    {
        var page = Page(
            $"<article><h1>Clinic queue halves</h1><p>By Mary Poe</p>{Article}</article>",
            """
            <meta property="og:title" content="Clinic queue halves"><meta property="og:site_name" content="Valley Post">
            <script type="application/ld+json">
            {"@type":"NewsArticle","headline":"Clinic queue halves","datePublished":"2025-03-04"}</script>
            """
        );
        Assert.Equal(
            "Title Clinic queue halves: LinkedData; Byline Mary Poe: FirstLines; Published 2025-03-04: LinkedData; "
                + "Outlet Valley Post: Markup; Language en: Markup",
            Sources(Of(page, "a.html"))
        );
    }

    [Fact]
    public void What_was_said_beside_the_file_wins_over_it_and_the_desk_over_both()
    {
        var receipt = Of(
            Handmade.Bytes($"---\ntitle: In front\nauthor: Jo Falk\noutlet: Post\n---\n{Running}"),
            "a.md",
            new(Title: "Beside", Outlet: "Courier"),
            new(Title: "The desk's", Published: new(2025, 3, 4))
        );
        Assert.Equal(
            "Title The desk's: Desk; Byline Jo Falk: FrontMatter; Published 2025-03-04: Desk; Outlet Courier: Beside; "
                + "Language en: Guess",
            Sources(receipt)
        );
        Assert.Equal("The desk's", receipt.Asked!.Title);
    }

    [Theory]
    [InlineData("03/04/2026", DateOrder.Unknown, "UnreadDate")]
    [InlineData("03/04/2026", DateOrder.DayMonth, null)]
    [InlineData("Tuesday last", DateOrder.DayMonth, "UnreadDate")]
    public void A_date_that_was_not_taken_is_told(string written, DateOrder order, string? finding)
    {
        var receipt = Of(
            Handmade.Bytes($"---\ndate: {written}\n---\n{Running}"),
            "a.md",
            limits: new() { DateOrder = order }
        );
        Assert.Equal(finding, receipt.Findings.SingleOrDefault()?.Kind.ToString());
        Assert.Equal(finding is null, receipt.Facts.Any(f => f.Fact == ArticleFact.Published));
    }

    [Fact]
    public void A_date_that_the_desk_says_leaves_nothing_unread() =>
        Assert.Empty(Kinds(Of($"---\ndate: 03/04/2026\n---\n{Running}", "a.md", new(Published: new(2026, 4, 3)))));

    // --- what was left out

    [Fact]
    public void Parts_of_a_page_are_left_out_by_what_they_are()
    {
        var receipt = Of(
            Page(
                $"<nav>Home News Sport</nav><article><h1>Clinic queue halves</h1>{Article}</article>"
                    + "<div style='display:none'>one two</div><footer>Our terms and conditions</footer>"
            ),
            "a.html"
        );
        Assert.Equal(7, WordsOf(receipt, LeftOutKind.Navigation));
        Assert.Equal(3, WordsOf(receipt, LeftOutKind.Heading));
        Assert.Equal(2, WordsOf(receipt, LeftOutKind.Hidden));
        Assert.Equal(TextSize.Of(Running + Running), receipt.Taken);
        Assert.Empty(receipt.Findings);
    }

    [Fact]
    public void What_was_taken_and_what_was_left_out_is_all_that_a_page_shows()
    {
        string[] frames =
        [
            "nav",
            "article",
            "aside",
            "footer",
            "section",
            "main",
            "h1",
            "h2",
            "blockquote",
            "figcaption",
        ];
        string[] vocabulary = ["Word", "rose.", "read", "more:", "said", "2025", "©", "cookies"];
        var block =
            from frame in Gen.Int[0, frames.Length - 1].Select(i => frames[i])
            from words in Gen.Int[0, vocabulary.Length - 1].Select(i => vocabulary[i]).Array[1, 40]
            select (Html: $"<{frame}><p>{string.Join(' ', words)}</p></{frame}>", words.Length);
        block
            .Array[1, 12]
            .Sample(
                blocks =>
                {
                    var page = Page(string.Concat(blocks.Select(b => b.Html)));
                    if (
                        ArticleReader.Read(Handmade.Bytes(page), "a.html", new(), ReadLimits.Default)
                        is not ReadResult.Read { Article.Receipt: { } receipt }
                    )
                        return;
                    Assert.Equal(
                        blocks.Sum(b => b.Length),
                        receipt.Taken.Words + receipt.LeftOut.Sum(part => part.Size.Words)
                    );
                },
                iter: 400
            );
    }

    [Fact]
    public void The_whole_page_is_taken_where_that_is_wanted()
    {
        var page = Page(
            $"<nav><p>Home and News</p></nav><article>{Article}</article><aside><p>Also read this.</p></aside>"
        );
        var receipt = Of(page, "a.html", new(WholePage: true));
        Assert.Empty(receipt.LeftOut);
        Assert.Equal(["WholePage"], Kinds(receipt));
        Assert.Equal(6, receipt.Taken.Words - Of(page, "a.html").Taken.Words);
    }

    [Fact]
    public void Heading_lines_and_code_are_left_out_of_Markdown()
    {
        var receipt = Of($"# Clinic queue halves\n\nBy Mary Poe\n\n```\nlet x = 1\n```\n\n{Running}", "a.md");
        Assert.Equal((6, 4), (WordsOf(receipt, LeftOutKind.Heading), WordsOf(receipt, LeftOutKind.Code)));
    }

    [Fact]
    public void Captions_that_roll_are_counted_once_and_the_rest_told()
    {
        const string Captions = """
            1
            00:00:01,000 --> 00:00:03,000
            the mayor said the bridge

            2
            00:00:03,000 --> 00:00:05,000
            the mayor said the bridge
            opens in may

            3
            00:00:05,000 --> 00:00:06,000
            [applause]
            """;
        var receipt = Of(Captions, "a.srt");
        Assert.Equal((5, 1), (WordsOf(receipt, LeftOutKind.ShownAgain), WordsOf(receipt, LeftOutKind.Sounds)));
        Assert.Equal(["NoPunctuation"], Kinds(receipt));
        Assert.Equal(8, receipt.Taken.Words);
    }

    // --- what is doubtful

    [Fact]
    public void A_charset_that_nothing_says_is_a_guess()
    {
        var windows = Encoding.GetEncoding(1252).GetBytes($"Café “Süd” is closed. {Running}");
        var finding = Assert.Single(Of(windows, "a.txt").Findings);
        Assert.Equal(ReadingFindingKind.CharsetGuessed, finding.Kind);
        Assert.Contains("windows-1252", finding.Message, StringComparison.Ordinal);

        var page = Page(Article.Replace("clinic", "café", StringComparison.Ordinal), "<meta charset=latin1>");
        Assert.Empty(Kinds(Of(Encoding.GetEncoding(1252).GetBytes(page), "a.html")));
    }

    [Fact]
    public void Letters_that_were_put_right_and_letters_that_are_lost_are_told()
    {
        Assert.Equal(["MojibakeRepaired"], Kinds(Of($"RenÃ©e came. {Running}")));
        Assert.Equal(["LettersLost"], Kinds(Of($"Ren\uFFFDe came. {Running}")));
        var word = Handmade.Docx($"<w:p><w:r><w:t>RenÃ©e came. {Running}{Running}</w:t></w:r></w:p>");
        Assert.Equal(["MojibakeRepaired"], Kinds(Of(word, "a.docx")));
    }

    [Theory]
    [InlineData("de", "quotes in marks")]
    [InlineData("pl", "no quotes")]
    public void A_language_of_which_little_is_looked_for_is_told(string language, string words)
    {
        var finding = Assert.Single(Of($"---\nlang: {language}\n---\n{Running}", "a.md").Findings);
        Assert.Equal(ReadingFindingKind.OtherLanguage, finding.Kind);
        Assert.Contains(words, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_text_that_was_read_is_told() =>
        Assert.Equal(
            ["HiddenText"],
            Kinds(
                Of(Page($"<div style='display:none'><article>{Article}</article></div><p>Wait a moment.</p>"), "a.html")
            )
        );

    // --- little was read

    [Theory]
    [InlineData(100, 100, 10_000, false)]
    [InlineData(100, 401, 10_000, true)]
    [InlineData(100, 100, 20_001, true)]
    [InlineData(500, 90_000, 900_000, false)]
    [InlineData(499, 0, 100_000, true)]
    public void Little_was_read_where_few_words_came_of_much(int taken, int leftOut, long bytes, bool isLittle) =>
        Assert.Equal(isLittle, LittleRead.Of(new(taken / 5, taken), new(leftOut / 5, leftOut), bytes) is not null);

    [Fact]
    public void A_page_that_gives_little_says_so()
    {
        var links = string.Concat(Enumerable.Range(0, 80).Select(i => $"<li><a href=/{i}>Story number {i}</a></li>"));
        var receipt = Of(
            Page($"<ul>{links}</ul><article><p>The toll rose to 3.50 euros in May.</p></article>"),
            "a.html"
        );
        Assert.Contains("8 words", receipt.WhyLittle(), StringComparison.Ordinal);
        Assert.Null(Of("The toll rose to 3.50 euros in May.").WhyLittle());
    }
}
