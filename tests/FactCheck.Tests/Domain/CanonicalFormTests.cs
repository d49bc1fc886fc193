using CsCheck;

namespace FactCheck.Tests.Domain;

/// <summary>Names whose accents are written in two ways are one name.</summary>
public sealed class CanonicalFormTests
{
    [Theory]
    [InlineData("R\u00E9sum\u00E9-S\u00FCd.txt", "Re\u0301sume\u0301-Su\u0308d.txt")]
    [InlineData("Vi\u1EC7t.md", "Vie\u0323\u0302t.md")] // two marks on one letter
    [InlineData("\u0439\u0451\u0457.txt", "\u0438\u0306\u0435\u0308\u0456\u0308.txt")] // Cyrillic
    [InlineData("\u1F06\u03CC.txt", "\u03B1\u0313\u0342\u03BF\u0301.txt")] // Greek
    [InlineData("\uD55C\uAD6D\uC5B4.txt", "\u1112\u1161\u11AB\u1100\u116E\u11A8\u110B\u1165.txt")] // Hangul
    // Kana
    [InlineData("\u30D1\u30FC\u30C6\u30A3\u30FC\u304C.txt", "\u30CF\u309A\u30FC\u30C6\u30A3\u30FC\u304B\u3099.txt")]
    [InlineData("plain name (2).docx", "plain name (2).docx")]
    [InlineData("", "")]
    public void A_letter_and_its_mark_are_one_letter(string composed, string decomposed)
    {
        Assert.Equal(composed, CanonicalForm.Compose(decomposed));
        Assert.Equal(composed, CanonicalForm.Compose(composed));
        Assert.Equal(decomposed, CanonicalForm.Decompose(composed));
        Assert.Equal(decomposed, CanonicalForm.Decompose(decomposed));
    }

    [Fact]
    public void Every_syllable_of_Hangul_is_its_letters_and_nothing_beside_them_is()
    {
        for (var i = 0; i < 19 * 21 * 28; i++)
        {
            var (whole, tail) = ((char)(0xAC00 + i), i % 28);
            var letters =
                $"{(char)(0x1100 + i / 588)}{(char)(0x1161 + i / 28 % 21)}{(tail == 0 ? "" : (char)(0x11A7 + tail))}";
            Assert.Equal(
                (whole.ToString(), letters),
                (CanonicalForm.Compose(letters), CanonicalForm.Decompose($"{whole}"))
            );
        }

        foreach (var apart in new[] { "\uABFF", "\uD7A4", "\u1113\u1161", "\u1100\u1160", "\u1100\u1176" })
            Assert.Equal((apart, apart), (CanonicalForm.Compose(apart), CanonicalForm.Decompose(apart)));
        foreach (var apart in new[] { "\uAC00\u11A7", "\uAC00\u11C3", "\uAC01\u11A8", "\uD7A4\u11A8" })
            Assert.Equal(apart, CanonicalForm.Compose(apart));
    }

    [Fact]
    public void Marks_are_put_in_order_before_they_join()
    {
        // Above and below the letter, in either order.
        Assert.Equal("\u1EAD", CanonicalForm.Compose("a\u0302\u0323"));
        Assert.Equal("\u1EAD", CanonicalForm.Compose("a\u0323\u0302"));
        // A second mark above stays outside of the first.
        Assert.Equal("\u00E4\u0304".Length, CanonicalForm.Compose("a\u0308\u0304\u0301").Length);
    }

    [Fact]
    public void Any_text_has_one_form_of_each_kind() =>
        Gen.OneOf(
                Gen.Char['a', 'z'],
                Gen.Char['\u00C0', '\u024F'],
                Gen.Char['\u0300', '\u0345'],
                Gen.Char['\uAC00', '\uAC80']
            )
            .Array[0, 12]
            .Select(characters => new string(characters))
            .Sample(text =>
            {
                Assert.Equal(CanonicalForm.Compose(text), CanonicalForm.Compose(CanonicalForm.Decompose(text)));
                Assert.Equal(CanonicalForm.Compose(text), CanonicalForm.Compose(CanonicalForm.Compose(text)));
                Assert.Equal(CanonicalForm.Decompose(text), CanonicalForm.Decompose(CanonicalForm.Compose(text)));
            });

    [Fact]
    public void An_article_has_one_key_whichever_way_its_name_is_written()
    {
        var key = ArticleKey.Of("articles", "R\u00E9sum\u00E9-S\u00FCd.txt");
        Assert.Equal(key, ArticleKey.Of("articles", "Re\u0301sume\u0301-Su\u0308d.txt"));
        Assert.Equal(
            "articles/Re\u0301sume\u0301-Su\u0308d.txt",
            "articles/" + CanonicalForm.Decompose("R\u00E9sum\u00E9-S\u00FCd.txt")
        );

        var former = Base32.Hash("articles/Re\u0301sume\u0301-Su\u0308d.txt", ArticleKey.Length);
        Assert.Equal([key, former], ArticleKey.KnownOf("articles", "R\u00E9sum\u00E9-S\u00FCd.txt"));
        Assert.Equal([former, key], ArticleKey.KnownOf("articles", "Re\u0301sume\u0301-Su\u0308d.txt"));
        Assert.Single(ArticleKey.KnownOf("articles", "resume.txt"));
    }
}
