using System.Text;
using CsCheck;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Tests.Extraction;

public class ArticleReaderProperties
{
    private static readonly string[] Pieces =
    [
        "<p>",
        "</p>",
        "<div",
        "<b>",
        "\"",
        "**",
        "> ",
        "---\n",
        "\n\n",
        "# ",
        "[",
        "](",
        "`",
        "|",
        "&#x0;",
        "\uD800",
        "\u0301",
        "By X\n",
        "<table><tr>",
        "a word ",
    ];

    private static readonly Gen<string> Hostile = Gen.OneOf(
        Gen.String,
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 60].Select(string.Concat)
    );

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.md")]
    [InlineData("a.html")]
    public void Any_text_is_read_or_refused_and_what_is_read_is_normal(string name) =>
        Hostile.Sample(text =>
        {
            if (
                ArticleReader.Read(Encoding.UTF8.GetBytes(text), name, new(), ReadLimits.Default)
                is not ReadResult.Read
                (var article)
            )
                return;
            Assert.DoesNotContain("\n\n\n", article.Text, StringComparison.Ordinal);
            Assert.DoesNotContain('\r', article.Text);
            Assert.Equal(article.Text.Trim(), article.Text);
            Assert.NotEmpty(article.Text);
        });

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        Gen
            .Byte.Array[0, 400]
            .Sample(bytes => Assert.NotNull(ArticleReader.Read(bytes, "a", new(), ReadLimits.Default)));
}
