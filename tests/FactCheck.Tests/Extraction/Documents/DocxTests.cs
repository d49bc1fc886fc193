using System.Text;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using static FactCheck.Tests.Extraction.Documents.Handmade;

namespace FactCheck.Tests.Extraction.Documents;

public class DocxTests
{
    private static ArticleText Read(byte[] bytes, string name = "a.docx", ReadLimits? limits = null) =>
        Assert.IsType<ReadResult.Read>(ArticleReader.Read(bytes, name, new(), limits ?? ReadLimits.Default)).Article;

    private static Rejection Refused(byte[] bytes, string name = "a.docx", ReadLimits? limits = null) =>
        Assert
            .IsType<ReadResult.Rejected>(ArticleReader.Read(bytes, name, new(), limits ?? ReadLimits.Default))
            .Rejection;

    // --- what is refused

    [Fact]
    public void A_damaged_document_is_Unreadable()
    {
        Assert.Equal(RejectionReason.Unreadable, Refused(Docx(P("It rained."))[..200]).Reason);
        Assert.Equal(RejectionReason.Unreadable, Refused(Docx("<w:p><w:r>")).Reason);
        Assert.Equal(RejectionReason.Unreadable, Refused(Zip(("word/document.xml", Bytes("<w/>")))).Reason);
    }

    [Fact]
    public void A_bomb_is_TooLarge() =>
        Assert.Equal(
            RejectionReason.TooLarge,
            Refused(DocxBomb(2), limits: new() { MaxUnpackedBytes = 1 << 20 }).Reason
        );

    [Fact]
    public void A_bomb_that_claims_to_be_small_is_refused_too()
    {
        var bomb = DocxBomb(2);
        // Offset 24 of an entry of the central directory is its unpacked size (APPNOTE 4.3.12).
        for (
            var at = 0;
            (at = bomb.AsSpan(at).IndexOf("PK\u0001\u0002"u8) is >= 0 and var next ? at + next : -1) >= 0;
            at += 4
        )
            BitConverter.GetBytes(100).CopyTo(bomb, at + 24);
        Assert.NotNull(Refused(bomb, limits: new() { MaxUnpackedBytes = 1 << 20 }));
    }

    [Theory]
    [InlineData("core.xml")]
    [InlineData("core.bin")]
    public void Properties_that_unpack_without_end_are_Unreadable_whatever_their_part_is_called(string name)
    {
        var core =
            """<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" """
            + """xmlns:dc="http://purl.org/dc/elements/1.1/">"""
            + $"<dc:title>{new string('a', 1 << 20)}</dc:title></cp:coreProperties>";
        Assert.Equal(
            RejectionReason.Unreadable,
            Refused(
                Zip([
                    .. new[] { "[Content_Types].xml", "_rels/.rels", "word/document.xml" }.Select(n =>
                        (n, Bytes(Encoding.UTF8.GetString(Part(n)).Replace("core.xml", name, StringComparison.Ordinal)))
                    ),
                    ($"docProps/{name}", Bytes(core)),
                ])
            ).Reason
        );
    }

    [Fact]
    public void A_cell_of_very_many_paragraphs_takes_no_longer_than_they_do() =>
        Assert.Equal(
            RejectionReason.TooLong,
            Refused(
                Docx($"<w:tbl><w:tr><w:tc>{string.Concat(Enumerable.Repeat(P("a"), 390_000))}</w:tc></w:tr></w:tbl>")
            ).Reason
        );

    [Fact]
    public void Tables_nested_without_end_are_Unreadable()
    {
        var (open, close) = ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>");
        Assert.Equal("It rained.", Read(Docx($"{open}{open}{P("It rained.")}{close}{close}")).Text);
        Assert.Equal(
            RejectionReason.Unreadable,
            Refused(
                Docx(
                    new StringBuilder().Insert(0, open, 200).Append(P("It rained.")).ToString()
                        + new StringBuilder().Insert(0, close, 200)
                )
            ).Reason
        );
    }

    [Fact]
    public void A_document_of_too_many_parts_is_TooLarge() =>
        Assert.Equal(
            RejectionReason.TooLarge,
            Refused(
                Docx(P("x"), parts: [.. Enumerable.Range(0, 50).Select(i => ($"word/media/{i}.png", Bytes("x")))]),
                limits: new() { MaxParts = 20 }
            ).Reason
        );

    [Fact]
    public void Pictures_are_not_counted_as_they_are_never_unpacked() =>
        Assert.Equal(
            "It rained.",
            Read(
                Docx(P("It rained."), parts: ("word/media/1.png", new byte[4 << 20])),
                limits: new() { MaxUnpackedBytes = 1 << 20 }
            ).Text
        );

    [Fact]
    public void Entities_are_not_expanded()
    {
        var laughs = Zip([
            .. new[] { "[Content_Types].xml", "_rels/.rels" }.Select(n => (n, Part(n))),
            (
                "word/document.xml",
                Bytes(
                    "<!DOCTYPE w [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><w:document "
                        + "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
                        + "<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
                )
            ),
        ]);
        Assert.Equal(RejectionReason.Unreadable, Refused(laughs).Reason);
    }

    [Fact]
    public void An_encrypted_document_is_Encrypted_and_an_old_one_Unsupported()
    {
        byte[] compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[504]];
        Assert.Equal(RejectionReason.Unsupported, Refused(compound, "a.doc").Reason);
        Assert.Equal(
            RejectionReason.Encrypted,
            Refused([.. compound, .. Encoding.Unicode.GetBytes("EncryptedPackage")]).Reason
        );
    }

    [Theory]
    [InlineData("content.xml", "OpenDocument")]
    [InlineData("xl/workbook.xml", "Excel")]
    [InlineData("META-INF/container.xml", "EPUB")]
    [InlineData("photo.jpg", "zip archive")]
    public void Another_kind_of_package_is_named(string entry, string name)
    {
        var rejection = Refused(Zip((entry, Bytes("x"))));
        Assert.Equal(RejectionReason.Unsupported, rejection.Reason);
        Assert.Contains(name, rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_nested_without_end_do_not_end_the_process() =>
        Assert.NotNull(
            ArticleReader.Read(
                Docx(
                    new StringBuilder().Insert(0, "<w:sdt>", 100_000)
                        + P("x")
                        + new StringBuilder().Insert(0, "</w:sdt>", 100_000)
                ),
                "a.docx",
                new(),
                ReadLimits.Default
            )
        );

    [Fact]
    public void A_text_over_the_limit_is_TooLong() =>
        Assert.Equal(
            RejectionReason.TooLong,
            Refused(Docx(P(new string('a', 5_000))), limits: new ReadLimits(MaxCharacters: 1_000)).Reason
        );

    // --- what is read

    [Fact]
    public void Title_byline_and_date_line_leave_the_text()
    {
        var article = Read(
            Docx(
                P("Council approves budget", "Title")
                    + P("By Mary Poe")
                    + P("8 May 2026")
                    + P("Source: https://herald.example/budget")
                    + P("It was approved.")
                    + P("Nobody minded.", "Heading2"),
                "<dc:title>Document1</dc:title><dc:creator>typist</dc:creator><dcterms:created "
                    + "xsi:type=\"dcterms:W3CDTF\">2026-09-01T12:00:00Z</dcterms:created>"
            )
        );
        Assert.Equal("It was approved.\n\nNobody minded.", article.Text);
        Assert.Equal(
            new ArticleMeta(
                "Council approves budget",
                "Mary Poe",
                Published: new DateOnly(2026, 5, 8),
                SourceUrl: new("https://herald.example/budget")
            ),
            article.Meta
        );
    }

    [Fact]
    public void What_the_text_does_not_say_its_properties_do() =>
        Assert.Equal(
            new ArticleMeta("Budget approved", "Mary Poe", Published: new DateOnly(2026, 9, 1)),
            Read(
                Docx(
                    P("It was approved."),
                    "<dc:title>Budget approved</dc:title><dc:creator>Mary Poe</dc:creator><dcterms:created "
                        + "xsi:type=\"dcterms:W3CDTF\">2026-09-01T12:00:00Z</dcterms:created>"
                )
            ).Meta
        );

    [Fact]
    public void Deleted_commented_and_hidden_words_are_out_and_inserted_and_linked_ones_in() =>
        Assert.Equal(
            "The mayor approved the budget of 4 million here.",
            Read(
                Docx(
                    $"""
                    <w:p>{R(
                        "The mayor "
                    )}<w:del w:id="1"><w:r><w:delText>refused</w:delText></w:r></w:del><w:ins w:id="2">{R(
                        "approved"
                    )}</w:ins>{R(" the bud")}<w:r><w:softHyphen/></w:r>{R("get")}
                    <w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>
                    <w:r><w:rPr><w:vanish/></w:rPr><w:t>secretly</w:t></w:r>{R(
                        " of 4"
                    )}<w:r><w:t>&#160;million</w:t></w:r>
                    <w:r><w:instrText>HYPERLINK "https://example.org"</w:instrText></w:r><w:hyperlink>{R(
                        " here"
                    )}</w:hyperlink>{R(".")}</w:p>
                    """
                )
            ).Text
        );

    [Fact]
    public void Tables_lists_and_notes_keep_their_words()
    {
        var article = Read(
            Docx(
                P("It rained.")
                    + "<w:tbl><w:tr><w:tc>"
                    + P("Year")
                    + "</w:tc><w:tc>"
                    + P("Rain")
                    + "</w:tc></w:tr><w:tr><w:tc>"
                    + P("2019")
                    + "</w:tc><w:tc>"
                    + P("3 mm")
                    + P("or so")
                    + "</w:tc></w:tr></w:tbl>"
                    + P("- one")
                    + P("- two"),
                footnotes: "<w:footnote w:id=\"2\">" + P("So says the report.") + "</w:footnote>"
            )
        );
        Assert.Equal(
            "It rained.\n\nYear, Rain\n\n2019, 3 mm or so\n\n- one\n\n- two\n\nSo says the report.",
            article.Text
        );
    }

    [Fact]
    public void A_box_is_read_once_and_after_its_paragraph()
    {
        var box =
            """<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>"""
            + $"<w:txbxContent>{P("Boxed words.")}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict>"
            + $"<w:txbxContent>{P("Boxed words.")}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>";
        Assert.Equal(
            "It rained.\n\nBoxed words.\n\nThen it stopped.",
            Read(Docx($"<w:p>{box}{R("It rained.")}</w:p>" + P("Then it stopped."))).Text
        );
    }

    [Fact]
    public void What_Word_wraps_around_words_leaves_them_where_they_stand() =>
        Assert.Equal(
            "The harbour of Varnholt lost 412 jobs, Jon Muster said.",
            Read(
                Docx(
                    $"""
                    <w:p>{R("The harbour of ")}<w:smartTag w:element="place">{R("Varnholt")}</w:smartTag>{R(
                        " lost 412 jobs, "
                    )}<w:sdt><w:sdtPr><w:alias w:val="who"/></w:sdtPr><w:sdtContent>{R(
                        "Jon Muster"
                    )}</w:sdtContent></w:sdt>{R(" said.")}</w:p>
                    """
                )
            ).Text
        );

    [Fact]
    public void A_content_control_that_waits_for_its_entry_says_nothing() =>
        Assert.Equal(
            "It rained.\n\nIt stopped.",
            Read(
                Docx(
                    P("It rained.")
                        + $"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{P("Click here to enter text.")}"
                        + $"</w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:showingPlcHdr w:val=\"0\"/></w:sdtPr>"
                        + $"<w:sdtContent>{P("It stopped.")}</w:sdtContent></w:sdt>"
                )
            ).Text
        );

    [Theory]
    [InlineData("Times New Roman", "201C", "“")]
    [InlineData("Symbol", "F0A3", "≤")]
    [InlineData("Symbol", "62", "β")]
    [InlineData("Symbol", "F0B7", "•")]
    [InlineData("Wingdings", "F0FC", "\uFFFD")]
    [InlineData("Wingdings", "nonsense", "\uFFFD")]
    [InlineData("Arial", "D800", "\uFFFD")]
    public void A_symbol_is_its_character_and_never_nothing(string font, string place, string character) =>
        Assert.Equal(
            $"3{character}5 percent",
            Read(
                Docx($"<w:p>{R("3")}<w:r><w:sym w:font=\"{font}\" w:char=\"{place}\"/></w:r>{R("5 percent")}</w:p>")
            ).Text
        );

    [Theory]
    [InlineData("<html><body><p>The harbour lost 412 jobs.</p></body></html>")]
    [InlineData("<p>The <b>harbour</b> lost 412 jobs.")]
    public void A_file_put_in_whole_is_read_where_it_stands(string chunk) =>
        Assert.Equal("Before.\n\nThe harbour lost 412 jobs.\n\nAfter.", Read(DocxWithChunk(Bytes(chunk))).Text);

    [Fact]
    public void A_file_put_in_whole_that_cannot_be_read_is_Unsupported_and_the_remedy_is_named()
    {
        var rejection = Refused(DocxWithChunk(Bytes(@"{\rtf1 The harbour lost 412 jobs.}")));
        Assert.Equal(RejectionReason.Unsupported, rejection.Reason);
        Assert.Contains("save it again", rejection.Message, StringComparison.Ordinal);
        Assert.Equal(RejectionReason.Unsupported, Refused(Docx(P("x") + "<w:altChunk/>")).Reason);
    }

    [Fact]
    public void A_file_put_in_very_often_is_TooLarge() =>
        Assert.Equal(
            RejectionReason.TooLarge,
            Refused(
                DocxWithChunk(Bytes($"<html><!-- {new string(' ', 1 << 16)} --></html>"), times: 40),
                limits: new() { MaxUnpackedBytes = 1 << 20 }
            ).Reason
        );

    [Fact]
    public void A_large_first_letter_belongs_to_its_word() =>
        Assert.Equal(
            "The harbour lost 412 jobs.\n\nIt rained.",
            Read(
                Docx(
                    $"<w:p><w:pPr><w:framePr w:dropCap=\"drop\" w:lines=\"3\"/></w:pPr>{R("T")}</w:p>"
                        + P("he harbour lost 412 jobs.")
                        + P("It rained.")
                )
            ).Text
        );

    [Fact]
    public void Line_breaks_in_a_sentence_are_layout() =>
        Assert.Equal(
            "It rained for hours and hours.",
            Read(Docx($"<w:p>{R("It rained for")}<w:r><w:br/></w:r>{R("hours and hours.")}</w:p>")).Text
        );

    [Fact]
    public void The_strict_form_is_read_too() =>
        Assert.Equal(
            "It rained.",
            Read(Docx(P("It rained."), @namespace: "http://purl.oclc.org/ooxml/wordprocessingml/main")).Text
        );

    [Fact]
    public void A_document_is_known_by_its_content() =>
        Assert.Equal("It rained.", Read(Docx(P("It rained.")), "a.txt").Text);

    private static byte[] Part(string name)
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(Docx("")));
        using var content = new MemoryStream();
        zip.GetEntry(name)!.Open().CopyTo(content);
        return content.ToArray();
    }
}
