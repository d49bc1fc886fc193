using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Quotes;

namespace FactCheck.Tests.Extraction.Documents;

/// <summary>Each file of <c>seeds/odd</c>, with what its README expects.</summary>
public class OddInputTests
{
    private static ReadResult Result(string name) =>
        ArticleReader.Read(File.ReadAllBytes(SeedData.Path("odd/" + name)), name, new(), ReadLimits.Default);

    private static ArticleText Read(string name) => Assert.IsType<ReadResult.Read>(Result(name)).Article;

    [Theory]
    [InlineData("empty.txt", RejectionReason.Empty)]
    [InlineData("blank.txt", RejectionReason.Empty)]
    [InlineData("junk.txt", RejectionReason.NotText)]
    [InlineData("damaged.pdf", RejectionReason.Unreadable)]
    [InlineData("encrypted.pdf", RejectionReason.Encrypted)]
    [InlineData("image-only.pdf", RejectionReason.ImageOnly)]
    [InlineData("pages-2000.pdf", RejectionReason.TooLong)]
    [InlineData("bomb.docx", RejectionReason.TooLarge)]
    [InlineData("old-word.doc", RejectionReason.Unsupported)]
    public void What_holds_no_text_is_refused(string name, RejectionReason reason) =>
        Assert.Equal(reason, Assert.IsType<ReadResult.Rejected>(Result(name)).Rejection.Reason);

    [Theory]
    [InlineData("utf16.txt", "“We carried 412 people", "Šárka Übelacker")]
    [InlineData("cp1252.txt", "“We paid for every chair twice,”", "Renée Lefèvre-Stone")]
    public void A_text_in_any_charset_gives_its_quote_and_speaker(string name, string words, string speaker)
    {
        var article = Read(name);
        var quote = QuoteExtractor
            .Extract(article.Text)
            .First(q => q.Content[0].In(article.Text).StartsWith(words, StringComparison.Ordinal));
        Assert.Equal(speaker, quote.Source?.Name);
        Assert.DoesNotContain('\uFFFD', article.Text);
        Assert.DoesNotContain('\r', article.Text);
    }

    [Fact]
    public void What_a_page_hides_never_appears()
    {
        var article = Read("scripts.html");
        Assert.DoesNotContain("HIDDEN-", article.Text + article.Meta, StringComparison.OrdinalIgnoreCase);
        Assert.Single(QuoteExtractor.Extract(article.Text));
    }
}
