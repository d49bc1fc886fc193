using System.Text;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Tests.Extraction.Documents;

public class MojibakeTests
{
    private static string Read(byte[] bytes, string name = "a.txt") =>
        Assert.IsType<ReadResult.Read>(ArticleReader.Read(bytes, name, new(), ReadLimits.Default)).Article.Text;

    // As a program does that reads UTF-8 as a Windows code page, and leaves what that has no letter for.
    private static string Broken(string text, int codePage)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return string.Concat(
            Encoding
                .UTF8.GetBytes(text)
                .Select(b =>
                    Encoding.GetEncoding(codePage).GetString([b]) is var c && c[0] != '\uFFFD' ? c[0] : (char)b
                )
        );
    }

    [Theory]
    [InlineData("“We put it off,” said Renée Lefèvre – for €2.", 1252)]
    [InlineData("“Nije bilo novca”, rekla je Željka Đukić.", 1250)]
    [InlineData("Łódź zapłaciła „żółte złoto”.", 1250)]
    [InlineData("Привет, сказала Анна.", 1252)]
    public void What_was_read_as_a_Windows_code_page_is_repaired(string meant, int codePage)
    {
        Assert.Equal(meant, Read(Encoding.UTF8.GetBytes(Broken(meant, codePage))));
        Assert.Equal(meant, Mojibake.Repaired(Broken(Broken(meant, codePage), codePage)));
    }

    [Fact]
    public void Whole_lines_beside_broken_ones_stay() =>
        Assert.Equal(
            "Košarica – naslov\nRenée came.",
            Mojibake.Repaired("Košarica – naslov\n" + Broken("Renée came.", 1252))
        );

    [Theory]
    [InlineData("“VISITEZ LE CAFÉ”, dit-elle à São Paulo. Ângela â Ã")]
    [InlineData("„ALTE KÜCHE“ und „SCHÖNE AUSSICHT“ – KLÄ”")]
    [InlineData("CAFÉ™ and ROMÂNIA")]
    [InlineData("CAFÉ™ opened.\nROMÂNIA closed.")]
    [InlineData("Âme, Ångström, Île, Ñandú, Ïle")]
    public void A_whole_text_stays(string text) => Assert.Equal(text, Mojibake.Repaired(text));

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("us-ascii")]
    [InlineData("latin1")]
    public void The_labels_of_Latin_1_and_ASCII_mean_Windows_1252(string label)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var page =
            $"<html><head><meta charset={label}></head><body><p>“It rose to €3.50 – at last,” Renée said.</p></body></html>";
        Assert.Equal(
            "“It rose to €3.50 – at last,” Renée said.",
            Read(Encoding.GetEncoding(1252).GetBytes(page), "a.html")
        );
    }

    [Fact]
    public void A_page_of_XML_names_its_charset_in_its_first_line()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var page =
            "<?xml version=\"1.0\" encoding=\"ISO-8859-2\"?><html><body><p>Łódź zapłaciła żółte złoto.</p></body></html>";
        Assert.Equal("Łódź zapłaciła żółte złoto.", Read(Encoding.GetEncoding(28592).GetBytes(page), "a.xhtml"));
    }

    [Fact]
    public void A_Word_document_that_was_filled_with_a_broken_text_is_repaired() =>
        Assert.Equal(
            "“We put it off,” said Renée Lefèvre.",
            Read(
                Handmade.Docx(
                    Handmade.P(
                        Broken("“We put it off,” said Renée Lefèvre.", 1252)
                            .Replace("\u009D", "&#x9D;", StringComparison.Ordinal)
                    )
                ),
                "a.docx"
            )
        );

    [Fact]
    public void The_label_of_Latin_5_means_Windows_1254()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var page =
            "<html><head><meta charset=iso-8859-9></head><body><p>“Ücret 3,50 €,” dedi müdür Gülşen Işık.</p></body></html>";
        Assert.Equal(
            "“Ücret 3,50 €,” dedi müdür Gülşen Işık.",
            Read(Encoding.GetEncoding(1254).GetBytes(page), "a.html")
        );
    }
}
