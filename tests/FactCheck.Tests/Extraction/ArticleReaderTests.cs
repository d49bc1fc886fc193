using System.Text;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Tests.Extraction;

public class ArticleReaderTests
{
    private const string Paragraph =
        "The council approved the budget on Tuesday after a debate that lasted four hours, and the mayor "
        + "said that nobody would pay a cent more.";

    private static Rejection Refused(byte[] bytes, string name, ReadLimits? limits = null) =>
        Assert
            .IsType<ReadResult.Rejected>(ArticleReader.Read(bytes, name, new(), limits ?? ReadLimits.Default))
            .Rejection;

    private static Rejection Refused(string text, string name, ReadLimits? limits = null) =>
        Refused(Encoding.UTF8.GetBytes(text), name, limits);

    private static ArticleText Read(byte[] bytes, string name, ArticleMeta? hints = null) =>
        Assert.IsType<ReadResult.Read>(ArticleReader.Read(bytes, name, hints ?? new(), ReadLimits.Default)).Article;

    private static ArticleText Read(string text, string name, ArticleMeta? hints = null) =>
        Read(Encoding.UTF8.GetBytes(text), name, hints);

    private static string Page(string body, string head = "") =>
        $"<!doctype html><html lang=en-GB><head>{head}</head><body>{body}</body></html>";

    private static string Repeat(string what, int times) => new StringBuilder().Insert(0, what, times).ToString();

    // --- what is refused
    // -------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("")]
    [InlineData("  \n\t \r\n ")]
    [InlineData("\uFEFF\u200B")]
    public void A_file_without_text_is_Empty(string content) =>
        Assert.Equal(RejectionReason.Empty, Refused(content, "a.txt").Reason);

    [Theory]
    [InlineData("<html><body><script>var text = 'nothing';</script><style>p { }</style></body></html>")]
    [InlineData("<html></html>")]
    [InlineData("<i></i><i></i>")]
    public void A_page_without_visible_text_is_Empty(string page) =>
        Assert.Equal(RejectionReason.Empty, Refused(page, "a.html").Reason);

    [Fact]
    public void Markdown_that_is_only_code_is_Empty() =>
        Assert.Equal(RejectionReason.Empty, Refused("```\nvar x = 1;\n```\n", "a.md").Reason);

    [Fact]
    public void A_file_over_the_byte_limit_is_TooLarge_and_says_both_sizes()
    {
        var rejection = Refused(new byte[2_097_152], "a.txt", new ReadLimits(MaxBytes: 1_048_576));
        Assert.Equal(RejectionReason.TooLarge, rejection.Reason);
        Assert.Contains("2 MB", rejection.Message, StringComparison.Ordinal);
        Assert.Contains("1 MB", rejection.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.md")]
    [InlineData("a.html")]
    public void A_text_over_the_character_limit_is_TooLong(string name) =>
        Assert.Equal(
            RejectionReason.TooLong,
            Refused(Repeat(Paragraph + "\n\n", 3), name, new ReadLimits(MaxCharacters: 200)).Reason
        );

    [Theory]
    [InlineData("a.pdf", "hello")]
    [InlineData("a.docx", "hello")]
    [InlineData("a.csv", "a,b")]
    [InlineData("a", "{\\rtf1 hello}")]
    public void A_kind_that_is_not_read_is_Unsupported_and_the_kinds_that_are_get_named(string name, string content)
    {
        var rejection = Refused(content, name);
        Assert.Equal(RejectionReason.Unsupported, rejection.Reason);
        foreach (var kind in new[] { ".txt", ".md", ".html" })
            Assert.Contains(kind, rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_data_named_txt_is_NotText()
    {
        var junk = new byte[5000];
        new Random(1).NextBytes(junk);
        Assert.Equal(RejectionReason.NotText, Refused(junk, "a.txt").Reason);
    }

    [Fact]
    public void Zero_bytes_are_NotText() =>
        Assert.Equal(RejectionReason.NotText, Refused(new byte[300], "a.txt").Reason);

    [Fact]
    public void Markdown_nested_too_deeply_is_Unreadable() =>
        Assert.Equal(RejectionReason.Unreadable, Refused(Repeat("> ", 5000) + "x", "a.md").Reason);

    [Fact]
    public void Running_out_of_time_is_TooSlow() =>
        Assert.Equal(
            RejectionReason.TooSlow,
            Refused(Page($"<p>{Paragraph}</p>"), "a.html", new ReadLimits(Time: TimeSpan.Zero)).Reason
        );

    [Fact]
    public void A_parser_that_never_comes_back_is_left_behind()
    {
        using var never = new ManualResetEventSlim();
        Assert.Null(ArticleReader.OnItsOwnThread(() => Stuck(never), TimeSpan.FromMilliseconds(50), default));
        never.Set();

        static ReadResult? Stuck(ManualResetEventSlim never)
        {
            never.Wait();
            return null;
        }
    }

    [Fact]
    public void What_a_parser_throws_is_thrown_where_it_was_asked() =>
        Assert.Throws<InvalidDataException>(() =>
            ArticleReader.OnItsOwnThread(
                () => throw new InvalidDataException("broken"),
                TimeSpan.FromMinutes(1),
                default
            )
        );

    [Fact]
    public void The_caller_can_stop_a_reading() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ArticleReader.Read(
                Encoding.UTF8.GetBytes(Page("x")),
                "a.html",
                new(),
                ReadLimits.Default,
                cancellation: new CancellationToken(canceled: true)
            )
        );

    [Theory]
    [InlineData("a.txt", "")]
    [InlineData("a.pdf", "x")]
    [InlineData("a.html", "<html></html>")]
    public void Every_message_is_one_sentence(string name, string content)
    {
        var message = Refused(content, name).Message;
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        Assert.DoesNotContain(". ", message, StringComparison.Ordinal);
    }

    // --- charsets
    // --------------------------------------------------------------------------------------------------------------------

    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE", "utf-32"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_byte_order_mark_names_the_charset(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var text = Read([.. encoding.GetPreamble(), .. encoding.GetBytes("Zoë paid “5 €”.")], "a.txt").Text;
        Assert.Equal("Zoë paid “5 €”.", text);
    }

    [Fact]
    public void UTF16_is_known_without_a_mark() =>
        Assert.Equal(Paragraph, Read(Encoding.Unicode.GetBytes(Paragraph), "a.txt").Text);

    [Fact]
    public void A_page_names_its_own_charset()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var page = Page("<p>Łódź zapłaciła żółte złoto.</p>", "<meta charset=iso-8859-2>");
        Assert.Equal("Łódź zapłaciła żółte złoto.", Read(Encoding.GetEncoding(28592).GetBytes(page), "a.html").Text);
    }

    [Fact]
    public void Windows_1252_is_read_where_nothing_says_otherwise()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var text = "The café paid “ten pounds”, the owner said – a record. " + Paragraph;
        Assert.Equal(text, Read(Encoding.GetEncoding(1252).GetBytes(text), "a.txt").Text);
    }

    // --- plain text
    // ------------------------------------------------------------------------------------------------------------------

    [Fact]
    public void Headline_byline_and_date_line_leave_the_text()
    {
        var article = Read(
            "Council approves budget\n\nBy Mary Poe\nFriday, May 8, 2009\n\n" + Paragraph + "\n",
            "a.txt"
        );
        Assert.Equal(Paragraph, article.Text);
        Assert.Equal(
            new ArticleMeta("Council approves budget", "Mary Poe", Published: new DateOnly(2009, 5, 8)),
            article.Meta
        );
    }

    [Fact]
    public void A_first_line_with_a_full_stop_is_no_headline() =>
        Assert.StartsWith("It rained.", Read("It rained.\n\n" + Paragraph, "a.txt").Text, StringComparison.Ordinal);

    [Fact]
    public void A_single_line_is_text_not_headline() =>
        Assert.Equal("Council approves budget", Read("Council approves budget", "a.txt").Text);

    [Fact]
    public void Hard_wrapped_lines_are_joined_and_long_lines_stay_paragraphs()
    {
        const string Wrapped =
            "The council approved the budget on Tuesday after a debate\nthat lasted four hours, and the "
            + "mayor said that nobody of\nthe town would pay.";
        Assert.Equal(Wrapped.Replace('\n', ' '), Read(Wrapped, "a.txt").Text);
        Assert.Equal(Paragraph + "\n\n" + Paragraph, Read(Paragraph + "\n" + Paragraph, "a.txt").Text);
    }

    [Fact]
    public void Odd_characters_are_made_plain()
    {
        Assert.Equal("cafe\u0301".Length - 1, Read("cafe\u0301", "a.txt").Text.Length);
        Assert.Equal(
            "soft hyphen, zero width, no break.",
            Read("so\u00ADft hyphen, zero\u200B width, no\u00A0break.", "a.txt").Text
        );
        Assert.Equal("one.\n\nTwo.", Read("one.\r\n\r\n\r\n\r\nTwo.\r\n", "a.txt").Text);
    }

    [Fact]
    public void Words_divided_between_lines_are_joined_where_it_was_a_division()
    {
        Assert.Equal(
            "Nobody had expected that the examination would be as hard as the well-known teacher had said.",
            Read(
                "Nobody had expected that the exami-\nnation would be as hard as the well-\nknown teacher had said.",
                "a.txt"
            ).Text
        );
        Assert.Equal(
            "The effi\u00ADciency of the offi\u00AD\n  cers."
                .Replace("\u00AD\n  ", "", StringComparison.Ordinal)
                .Replace("\u00AD", "", StringComparison.Ordinal),
            Read("The effi\u00ADciency of the offi\u00AD\n  cers.", "a.txt").Text
        );
    }

    [Fact]
    public void A_byline_may_say_what_its_writer_is() =>
        Assert.Equal(
            "Mary Poe, health correspondent",
            Read("Council approves budget\n\nBy Mary Poe, health correspondent\n\n" + Paragraph, "a.txt").Meta.Byline
        );

    [Fact]
    public void What_the_uploader_says_wins()
    {
        var article = Read(
            "Council approves budget\n\n" + Paragraph,
            "a.txt",
            new ArticleMeta(Title: "Budget", Outlet: "The Herald")
        );
        Assert.Equal("Budget", article.Meta.Title);
        Assert.Equal("The Herald", article.Meta.Outlet);
        Assert.Equal(Paragraph, article.Text);
    }

    // --- Markdown
    // --------------------------------------------------------------------------------------------------------------------

    [Fact]
    public void Front_matter_says_what_is_known()
    {
        var article = Read(
            """
            ---
            title: "Budget: approved"
            author: By Mary Poe
            outlet: The Herald
            date: 2026-03-01
            source: https://example.org/budget
            language: en-GB
            purpose: own-copy
            mood: cheerful
            ---

            It was approved.
            """,
            "a.md"
        );
        Assert.Equal(
            new ArticleMeta(
                "Budget: approved",
                "Mary Poe",
                "The Herald",
                new DateOnly(2026, 3, 1),
                new Uri("https://example.org/budget"),
                "en",
                Purpose.OwnCopy
            ),
            article.Meta
        );
        Assert.Equal("It was approved.", article.Text);
    }

    [Fact]
    public void Markup_is_no_text()
    {
        var article = Read(
            """
            # Council approves *budget*

            By Mary Poe

            The **mayor** said [nobody](https://example.org) would `pay` &amp; all
            agreed.<script>alert(1)</script> ![a picture](x.png)

            > "Not a cent," he said.

            - one
            - two

            ```
            code
            ```

            <div>Seen <style>p { }</style></div>
            """,
            "a.md"
        );
        Assert.Equal("Council approves budget", article.Meta.Title);
        Assert.Equal("Mary Poe", article.Meta.Byline);
        Assert.Equal(
            "The mayor said nobody would pay & all agreed.\n\n\"Not a cent,\" he said.\n\none\n\ntwo\n\nSeen",
            article.Text
        );
    }

    [Fact]
    public void A_source_that_is_no_web_address_is_left_out() =>
        Assert.Null(Read("---\nsource: javascript:alert(1)\n---\nIt rained.", "a.md").Meta.SourceUrl);

    // --- HTML
    // ------------------------------------------------------------------------------------------------------------------------

    [Fact]
    public void A_page_gives_its_article_and_what_it_says_of_itself()
    {
        var body = $"""
            <nav><a href=/>Home</a> <a href=/news>News</a></nav>
            <article><h1>Council approves budget</h1><p class=byline>By Mary Poe</p>
            <p>{Paragraph}</p><p>Second. {Paragraph}</p><p hidden>Hidden words.</p><p style="display: none">Styled away.</p>
            <script>track()</script><p>Third. {Paragraph}</p><p>Fourth. {Paragraph}</p></article>
            <footer>Copyright, all rights reserved</footer>
            """;
        var head = """
            <title>Council approves budget | The Herald</title><meta property="og:site_name" content="The Herald">
            <link rel=canonical href="https://example.org/budget">
            <script type="application/ld+json">{"@type":"NewsArticle","headline":"Council approves budget",
            "author":[{"@type":"Person","name":"Mary Poe"}],"datePublished":"2026-03-01T08:00:00Z"}</script>
            """;
        var article = Read(Page(body, head), "a.html");
        Assert.Equal(
            string.Join("\n\n", Paragraph, "Second. " + Paragraph, "Third. " + Paragraph, "Fourth. " + Paragraph),
            article.Text
        );
        Assert.Equal(
            new ArticleMeta(
                "Council approves budget",
                "Mary Poe",
                "The Herald",
                new DateOnly(2026, 3, 1),
                new Uri("https://example.org/budget"),
                "en"
            ),
            article.Meta
        );
    }

    [Fact]
    public void A_page_without_an_article_gives_its_visible_text() =>
        Assert.Equal(
            "It rained.\n\nThen it stopped.",
            Read(Page("<div>It rained.<br><br>Then it stopped.</div><nav>Home</nav>"), "a.html").Text
        );

    [Fact]
    public void Broken_json_about_a_page_stops_nothing() =>
        Assert.Equal(
            "It rained.",
            Read(Page("<p>It rained.</p>", "<script type='application/ld+json'>{\"@type\": </script>"), "a.html").Text
        );

    [Fact]
    public void A_page_saved_as_txt_is_still_a_page() =>
        Assert.Equal("It rained.", Read(Page("<p>It rained.</p>"), "a.txt").Text);

    [Fact]
    public async Task A_page_of_the_largest_size_is_read_or_refused_within_its_time()
    {
        var page = Encoding.UTF8.GetBytes(Page(Repeat("<p>It rained in the town, and the mayor said so.</p>", 29_000)));
        // The limit is 30 seconds; ten times that means that nothing bounds the work.
        var result = await Task.Run(() => ArticleReader.Read(page, "a.html", new(), ReadLimits.Default))
            .WaitAsync(TimeSpan.FromMinutes(5));
        Assert.True(
            result
                is ReadResult.Read
                    or ReadResult.Rejected { Rejection.Reason: RejectionReason.TooSlow or RejectionReason.TooLong },
            result.ToString()
        );
    }
}
