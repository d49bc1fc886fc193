using System.Text;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Tests.Extraction.Documents.Pdf;

public class PdfTests
{
    private static readonly string[] LeftColumn =
    [
        "The council of Varnholt approved",
        "its budget on Tuesday after a long",
        "debate about the harbour, which is",
        "in need of repair.",
        "Nobody had expected the vote to be",
        "as close as it was in the end, with",
        "two votes between them.",
    ];

    private static readonly string[] RightColumn =
    [
        "The mayor said that nobody in the",
        "town would pay a cent more for the",
        "water than in the year before now.",
        "Her opponents call that a fairy",
        "tale and point to the reserves that",
        "were spent on the bridge.",
        "It opens in May.",
    ];

    private static ArticleText Read(byte[] bytes, string name = "a.pdf", ReadLimits? limits = null) =>
        Assert.IsType<ReadResult.Read>(ArticleReader.Read(bytes, name, new(), limits ?? ReadLimits.Default)).Article;

    private static Rejection Refused(byte[] bytes, ReadLimits? limits = null) =>
        Assert
            .IsType<ReadResult.Rejected>(ArticleReader.Read(bytes, "a.pdf", new(), limits ?? ReadLimits.Default))
            .Rejection;

    // --- what is refused

    [Fact]
    public void A_damaged_PDF_is_Unreadable()
    {
        var whole = Handmade.Pdf(Handmade.At(72, 700, 12, "It rained."));
        Assert.Equal(RejectionReason.Unreadable, Refused([.. "%PDF-1.7 and nothing of the kind"u8]).Reason);
        Assert.Equal(RejectionReason.Unreadable, Refused(whole[..40]).Reason);
    }

    [Fact]
    public void A_PDF_with_a_password_is_Encrypted() =>
        Assert.Equal(RejectionReason.Encrypted, Refused(Handmade.EncryptedPdf()).Reason);

    [Fact]
    public void A_PDF_of_pictures_is_ImageOnly_and_text_recognition_is_named()
    {
        var rejection = Refused(
            Handmade.Pdf("q 500 0 0 700 40 40 cm BI /W 1 /H 1 /BPC 8 /CS /G ID a EI Q", "0 0 m 100 100 l S")
        );
        Assert.Equal(RejectionReason.ImageOnly, rejection.Reason);
        Assert.Contains("OCR", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_PDF_of_too_many_pages_is_TooLong_and_none_of_them_is_read()
    {
        // Pages that would be refused for their drawing, if anybody looked.
        var pages = Enumerable.Repeat(("/Filter /NoSuchFilter", "junk"u8.ToArray()), 2_000).ToList();
        var rejection = Refused(Handmade.PdfOfStreams(pages));
        Assert.Equal(RejectionReason.TooLong, rejection.Reason);
        Assert.Contains("2,000", rejection.Message, StringComparison.Ordinal);
        Assert.Contains("300", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_limit_is_a_limit_and_no_more()
    {
        var two = Handmade.Pdf(
            Handmade.At(72, 700, 12, "It rained all day."),
            Handmade.At(72, 700, 12, "Then it stopped.")
        );
        Assert.Contains("stopped", Read(two, limits: new() { MaxPages = 2 }).Text, StringComparison.Ordinal);
        Assert.Equal(RejectionReason.TooLong, Refused(two, new() { MaxPages = 1 }).Reason);
    }

    [Fact]
    public void A_page_that_unpacks_without_end_is_TooLarge() =>
        Assert.Equal(
            RejectionReason.TooLarge,
            Refused(Handmade.PdfBomb(2), new() { MaxUnpackedBytes = 1 << 20 }).Reason
        );

    [Fact]
    public void A_bomb_inside_a_bomb_is_TooLarge()
    {
        var content = Handmade.Deflated(Handmade.Deflated(new byte[32 << 20]));
        Assert.Equal(
            RejectionReason.TooLarge,
            Refused(
                Handmade.PdfOfStreams([("/Filter [/FlateDecode /FlateDecode]", content)]),
                new() { MaxUnpackedBytes = 1 << 20 }
            ).Reason
        );
    }

    [Fact]
    public void Run_lengths_are_counted()
    {
        var packed = Enumerable.Repeat(new byte[] { 129, 32 }, 5_000).SelectMany(b => b).ToArray();
        Assert.Equal(
            RejectionReason.TooLarge,
            Refused(
                Handmade.PdfOfStreams([("/Filter /RunLengthDecode", packed)]),
                new() { MaxUnpackedBytes = 600_000 }
            ).Reason
        );
        Assert.Equal(
            RejectionReason.ImageOnly,
            Refused(
                Handmade.PdfOfStreams([("/Filter /RunLengthDecode", packed)]),
                new() { MaxUnpackedBytes = 700_000 }
            ).Reason
        );
    }

    [Fact]
    public void Lempel_Ziv_Welch_is_counted()
    {
        // Each code stands for the one before and a space more: 1 + 2 + … + 244 bytes.
        var codes = (int[])[256, 32, .. Enumerable.Range(258, 243), 257];
        var bits = string.Concat(codes.Select(c => Convert.ToString(c, 2).PadLeft(9, '0')));
        var packed = bits.PadRight((bits.Length + 7) / 8 * 8, '0')
            .Chunk(8)
            .Select(b => Convert.ToByte(new string(b), 2))
            .ToArray();
        Assert.Equal(
            RejectionReason.TooLarge,
            Refused(Handmade.PdfOfStreams([("/Filter /LZWDecode", packed)]), new() { MaxUnpackedBytes = 29_889 }).Reason
        );
        Assert.Equal(
            RejectionReason.ImageOnly,
            Refused(Handmade.PdfOfStreams([("/Filter /LZWDecode", packed)]), new() { MaxUnpackedBytes = 29_890 }).Reason
        );
    }

    [Theory]
    [InlineData("/Columns 70000")]
    [InlineData("/Columns 60000 /BitsPerComponent 4000")]
    public void Rows_that_no_text_has_are_not_made_room_for(string row) =>
        Assert.Contains(
            "damaged",
            Refused(
                Handmade.PdfOfStreams([
                    (
                        $"/Filter /FlateDecode /DecodeParms << /Predictor 15 {row} >>",
                        Handmade.Deflated(Handmade.Bytes(Handmade.At(72, 700, 12, "It rained.")))
                    ),
                ])
            ).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_page_with_more_letters_than_an_article_is_TooLong() =>
        Assert.Equal(
            RejectionReason.TooLong,
            Refused(
                Handmade.Pdf(string.Concat(Enumerable.Repeat(Handmade.At(72, 700, 12, "words and words"), 2_000))),
                new ReadLimits(MaxCharacters: 1_000)
            ).Reason
        );

    [Fact]
    public void Drawing_states_without_end_are_Unreadable() =>
        Assert.Equal(
            RejectionReason.Unreadable,
            Refused(Handmade.Pdf(new StringBuilder().Insert(0, "q ", 100_000).ToString())).Reason
        );

    [Fact]
    public void Objects_nested_without_end_do_not_end_the_process()
    {
        var deep = new string('[', 200_000);
        Assert.NotNull(
            ArticleReader.Read(
                Handmade.Pdf([Handmade.At(72, 700, 12, "It rained.") + deep], "/Title " + deep),
                "a.pdf",
                new(),
                ReadLimits.Default
            )
        );
    }

    [Fact]
    public void A_drawing_that_takes_too_long_is_TooSlow() =>
        Assert.Equal(
            RejectionReason.TooSlow,
            Refused(
                Handmade.Pdf(new StringBuilder().Insert(0, "0 g ", 500_000).ToString()),
                new ReadLimits(Time: TimeSpan.FromMilliseconds(20))
            ).Reason
        );

    [Fact]
    public void Objects_that_unpack_without_end_are_TooLarge_eight_times_sooner()
    {
        byte[] Packed(string type) =>
            Handmade.PdfOfStreams([($"/Filter /FlateDecode /Type /{type}", Handmade.Deflated(new byte[200_000]))]);
        Assert.Equal(RejectionReason.TooLarge, Refused(Packed("ObjStm"), new() { MaxUnpackedBytes = 1 << 20 }).Reason);
        Assert.Equal(
            RejectionReason.ImageOnly,
            Refused(Packed("Contents"), new() { MaxUnpackedBytes = 1 << 20 }).Reason
        );
    }

    [Fact]
    public void Letters_without_a_meaning_are_Unreadable() =>
        Assert.Equal(
            RejectionReason.Unreadable,
            Refused(Handmade.Pdf("BT /F1 12 Tf 72 700 Td <0102030405060708090A> Tj ET")).Reason
        );

    // --- what is read

    [Fact]
    public void The_largest_words_of_the_first_page_are_the_title_and_its_byline_and_date_are_no_text()
    {
        var article = Read(
            Handmade.Pdf(
                [
                    Handmade.Lines(72, 780, 24, "Council approves the", "largest budget ever")
                        + Handmade.Lines(
                            72,
                            700,
                            11,
                            "By Mary Poe",
                            "",
                            "8 May 2026",
                            "",
                            "It was approved on Tuesday. Nobody was",
                            "against it."
                        ),
                ],
                "/Title (Microsoft Word - budget.doc) /Author (typist) /CreationDate (D:20260901120000Z)"
            )
        );
        Assert.Equal("It was approved on Tuesday. Nobody was against it.", article.Text);
        Assert.Equal(
            new ArticleMeta(
                "Council approves the largest budget ever",
                "Mary Poe",
                Published: new DateOnly(2026, 5, 8)
            ),
            article.Meta
        );
    }

    [Fact]
    public void What_the_page_does_not_say_its_properties_do()
    {
        var meta = Read(
            Handmade.Pdf(
                [Handmade.Lines(72, 700, 11, "It was approved on Tuesday.")],
                "/Title (Budget approved) /Author (Mary Poe) /CreationDate (D:20260901120000Z)"
            )
        ).Meta;
        Assert.Equal(new ArticleMeta("Budget approved", "Mary Poe", Published: new DateOnly(2026, 9, 1)), meta);
    }

    [Fact]
    public void Two_columns_are_read_one_after_the_other()
    {
        var article = Read(
            Handmade.Pdf(
                Handmade.At(72, 780, 24, "Council approves the largest budget")
                    + Handmade.Lines(72, 700, 11, LeftColumn)
                    + Handmade.Lines(310, 700, 11, RightColumn)
            )
        );
        Assert.Equal(ReadingFindingKind.Columns, Assert.Single(article.Receipt!.Findings).Kind);
        Assert.Equal(5, Assert.Single(article.Receipt.LeftOut).Size.Words);
        var text = article.Text;
        Assert.Equal(string.Join(' ', [.. LeftColumn[..4]]), text.Split("\n\n")[0]);
        Assert.Equal(string.Join(' ', [.. LeftColumn[4..]]), text.Split("\n\n")[1]);
        Assert.StartsWith(string.Join(' ', RightColumn[..3]), text.Split("\n\n", 3)[2], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_printed_on_each_page_and_a_page_without_text_are_told()
    {
        string[] lines = [.. LeftColumn, .. RightColumn];
        var pages = Enumerable
            .Range(1, 3)
            .Select(page =>
                page == 2
                    ? "0 0 m 100 100 l S"
                    : Handmade.At(72, 780, 9, "Orsel Post") + Handmade.Lines(72, 700, 11, lines)
            );
        var receipt = Read(Handmade.Pdf([.. pages])).Receipt!;
        var margins = Assert.Single(receipt.LeftOut);
        Assert.Equal((LeftOutKind.Margins, 4), (margins.Kind, margins.Size.Words));
        var finding = Assert.Single(receipt.Findings);
        Assert.Equal(ReadingFindingKind.PicturePages, finding.Kind);
        Assert.StartsWith("Page 2 holds", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    public void Columns_set_to_a_width_are_read_one_after_the_other_however_near_they_stand(double gutter)
    {
        // Helvetica's widths make the line this long.
        const double Width = 173.0;
        string[] left = [.. Enumerable.Repeat("nobody in the town would pay more", 6)];
        string[] right = [.. Enumerable.Repeat("the water of the valley was clean", 6)];
        var text = Read(
            Handmade.Pdf(Handmade.Lines(72, 700, 11, left) + Handmade.Lines(72 + Width + gutter, 700, 11, right))
        ).Text;
        Assert.Equal(string.Join(' ', [.. left, .. right]), text.Replace("\n\n", " ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sentence_goes_on_in_the_next_column_and_on_the_next_page()
    {
        var first =
            Handmade.Lines(72, 700, 11, [.. LeftColumn[..6], "as the clerk of the town"])
            + Handmade.Lines(310, 700, 11, [.. RightColumn[..6], "said and"]);
        var text = Read(Handmade.Pdf(first, Handmade.Lines(72, 700, 11, "wrote on Monday."))).Text;
        Assert.Contains("as the clerk of the town The mayor said", text, StringComparison.Ordinal);
        Assert.EndsWith("said and wrote on Monday.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_is_read_by_row()
    {
        string[] cells =
        [
            "Year",
            "Cost",
            "2019",
            "3 million",
            "2020",
            "4 million",
            "2021",
            "5 million",
            "2022",
            "6 million",
        ];
        var table = string.Concat(
            cells.Select((cell, i) => Handmade.At(72 + (i % 2 * 200), 700 - (i / 2 * 14), 11, cell))
        );
        Assert.Contains("2019 3 million", Read(Handmade.Pdf(table)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_repeats_at_the_edges_of_pages_is_left_out()
    {
        string Page(int number, string text) =>
            Handmade.At(72, 810, 9, "The Herald, 8 May")
            + Handmade.Lines(72, 700, 11, text, "It went on for pages and pages.", "Nobody knew why that should be so.")
            + Handmade.At(290, 30, 9, $"Page {number} of 3");
        var text = Read(
            Handmade.Pdf(
                Page(1, "The first page says this."),
                Page(2, "The second page says that."),
                Page(3, "The third one is the last.")
            )
        ).Text;
        Assert.DoesNotContain("Herald", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Page ", text, StringComparison.Ordinal);
        Assert.Contains("The second page says that.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_printed_page_keeps_its_address_and_not_its_edges()
    {
        string Page(int number, string text) =>
            Handmade.At(30, 815, 8, "02/03/2026, 09:14")
            + Handmade.At(250, 815, 8, "Council approves budget")
            + Handmade.Lines(72, 700, 11, text, "Nobody was against it.")
            + Handmade.At(30, 20, 8, "https://herald.example/budget-2026")
            + Handmade.At(550, 20, 8, $"{number}/2");
        var article = Read(Handmade.Pdf(Page(1, "It was approved on Tuesday."), Page(2, "It was signed on Friday.")));
        Assert.Equal(new Uri("https://herald.example/budget-2026"), article.Meta.SourceUrl);
        Assert.Equal(
            "It was approved on Tuesday. Nobody was against it.\n\nIt was signed on Friday. Nobody was against it.",
            article.Text
        );
    }

    [Fact]
    public void A_divided_word_is_joined_and_a_hyphen_of_its_own_stays()
    {
        var text = Read(
            Handmade.Pdf(
                Handmade.Lines(
                    72,
                    700,
                    11,
                    "Nobody had expected the exam-",
                    "ination to be as hard as that, and the well-",
                    "known teacher said so to the vice-chair, her co-",
                    "worker. The co-worker agreed, and so did 1990-",
                    "2000 other people."
                )
            )
        );
        Assert.Contains(
            "the examination to be as hard as that, and the well-known teacher said so to the vice-chair, "
                + "her co-worker.",
            text.Text,
            StringComparison.Ordinal
        );
        Assert.Contains("1990-2000 other", text.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Spacing_and_indents_begin_paragraphs()
    {
        var spaced = Handmade.Lines(
            72,
            700,
            11,
            "The first paragraph has two lines, of which",
            "this is the second one.",
            "",
            "The second paragraph stands below a gap and",
            "ends here."
        );
        Assert.Equal(
            "The first paragraph has two lines, of which this is the second one.\n\nThe second paragraph "
                + "stands below a gap and ends here.",
            Read(Handmade.Pdf(spaced)).Text
        );

        var indented =
            Handmade.At(82, 700, 11, "The first paragraph has two lines of the same")
            + Handmade.At(72, 686.8, 11, "length as all of the other lines have. So it is.")
            + Handmade.At(82, 673.6, 11, "The second one is set in by ten points, and that")
            + Handmade.At(72, 660.4, 11, "is all there is to see of it on this page.");
        Assert.Contains(
            "So it is.\n\nThe second one is set in by ten points, and that is all",
            Read(Handmade.Pdf(indented)).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Ligatures_and_soft_hyphens_are_plain_letters_and_fractions_stay()
    {
        var text = Read(
            Handmade.Pdf(
                Handmade
                    .At(72, 700, 11, "Of½ the of-")
                    .Replace(
                        "of-) Tj",
                        "of) Tj /Span << /ActualText <FEFF00AD> >> BDC (-) Tj EMC",
                        StringComparison.Ordinal
                    ) + Handmade.At(72, 686.8, 11, "fice, no more.")
            )
        ).Text;
        Assert.Equal("Of½ the office, no more.", text);
        Assert.Equal(
            "The office is fine, ½ of it.",
            Assert
                .IsType<ReadResult.Read>(
                    ArticleReader.Read(
                        Handmade.Bytes("The o\uFB03ce is \uFB01ne, ½ of it."),
                        "a.txt",
                        new(),
                        ReadLimits.Default
                    )
                )
                .Article.Text
        );
    }

    [Fact]
    public void Replacement_text_stands_for_what_is_drawn() =>
        Assert.Equal(
            "The office is open.",
            Read(
                Handmade.Pdf(
                    "BT /F1 11 Tf 72 700 Td (The o) Tj /Span << /ActualText (ffi) >> BDC (xy) Tj EMC (ce is "
                        + "open.) Tj ET"
                )
            ).Text
        );

    [Fact]
    public void A_PDF_is_known_by_its_content()
    {
        var pdf = Handmade.Pdf(Handmade.Lines(72, 700, 11, "It rained all day."));
        Assert.Equal("It rained all day.", Read(pdf, "a.txt").Text);
        Assert.Equal("It rained all day.", Read([.. "junk\n"u8, .. pdf]).Text);
    }
}
