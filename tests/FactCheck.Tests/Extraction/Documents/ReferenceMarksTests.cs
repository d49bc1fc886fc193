using System.Text;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using static FactCheck.Tests.Extraction.Documents.Handmade;

namespace FactCheck.Tests.Extraction.Documents;

public class ReferenceMarksTests
{
    private static string Read(byte[] bytes, string name) =>
        Assert.IsType<ReadResult.Read>(ArticleReader.Read(bytes, name, new(), ReadLimits.Default)).Article.Text;

    [Theory]
    [InlineData("It fell to 4.2¹ percent.", "It fell to 4.2 percent.")]
    [InlineData("It fell by 12[3] percent.[4][12]", "It fell by 12 percent.")]
    [InlineData("Nobody knew.¹² Nobody asked¹ either.", "Nobody knew. Nobody asked either.")]
    [InlineData("It holds 40 km³ and 10⁶ cells on 3 m².", "It holds 40 km³ and 10⁶ cells on 3 m².")]
    [InlineData("She met “[3] members” of [12] boards.", "She met “[3] members” of [12] boards.")]
    [InlineData("In 2010¹ it had 110² seats.", "In 2010 it had 110 seats.")]
    public void In_plain_text_they_go_and_units_stay(string written, string read) =>
        Assert.Equal(read, Read(Bytes(written), "a.txt"));

    [Theory]
    [InlineData("It fell to 4.2<sup>1</sup> percent.", "It fell to 4.2 percent.")]
    [InlineData("It has 1,900^2^ seats.", "It has 1,900 seats.")]
    [InlineData("It has 1,900<sup>*a*, b</sup> seats.", "It has 1,900 seats.")]
    [InlineData("On the 19<sup>th</sup> it held 40 km^3^ of CO~2~.", "On the 19th it held 40 km³ of CO2.")]
    [InlineData("It fell to 4.2[^1] percent.\n\n[^1]: Adjusted.", "It fell to 4.2 percent.\n\nAdjusted.")]
    public void In_Markdown_raised_figures_go(string written, string read) =>
        Assert.Equal(read, Read(Bytes(written), "a.md"));

    [Theory]
    [InlineData("<w:vertAlign w:val=\"superscript\"/>")]
    [InlineData("<w:position w:val=\"6\"/><w:sz w:val=\"14\"/>")]
    [InlineData("<w:rStyle w:val=\"FootnoteReference\"/>")]
    public void In_a_Word_document_raised_figures_go_however_they_are_raised(string properties) =>
        Assert.Equal(
            "It fell to 4.2 percent.",
            Read(
                Docx(
                    $"<w:p>{R("It fell to 4.2")}<w:r><w:rPr>{properties}</w:rPr><w:t>1</w:t></w:r>{R(" percent.")}</w:p>"
                ),
                "a.docx"
            )
        );

    [Fact]
    public void In_a_Word_document_units_and_ordinals_stay() =>
        Assert.Equal(
            "On the 19th it held 40 km³.",
            Read(Docx($"<w:p>{R("On the 19")}{Raised("th")}{R(" it held 40 km")}{Raised("3")}{R(".")}</w:p>"), "a.docx")
        );

    [Fact]
    public void In_a_PDF_small_raised_figures_go_and_units_stay() =>
        Assert.Equal(
            "It fell to 4.2 percent of 40 km³ in all of it.",
            Read(
                Handmade.Pdf(
                    At(72, 700, 11, "It fell to 4.2")
                        + At(137.3, 704, 6, "1")
                        + At(144, 700, 11, "percent of 40 km")
                        + At(228.3, 704, 6, "3")
                        + At(235, 700, 11, "in all of it.")
                ),
                "a.pdf"
            )
        );

    [Fact]
    public void A_mark_never_makes_another_figure()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var figure = $"{random.Next(1, 9999):N0}{(random.Next(2) == 0 ? "" : $".{random.Next(10)}")}";
            if (figure == "10")
                continue;
            var mark = $"{random.Next(1, 200)}";
            var text = new StringBuilder($"It was {figure}");
            ReferenceMarks.AppendRaised(text, mark);
            Assert.Equal($"It was {figure}", text.ToString());
            Assert.Equal($"It was {figure} then.", ReferenceMarks.Without($"It was {figure}[{mark}] then."));
        }
    }
}
