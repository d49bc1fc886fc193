using CsCheck;

namespace FactCheck.Tests.Domain;

public class TextAnchorTests
{
    // Edits are made of other characters than the words, so that no edit can write the words a second time.
    private const string Words = "42 million euros";
    private static readonly Gen<string> Around = Gen.Char["abc.\n -“é"].Array[0, 80].Select(c => new string(c));

    [Fact]
    public void The_words_are_found_after_edits_around_them()
    {
        var anchor = AnchorOf(Some.Text, Some.Cost);
        var edited =
            "A new first paragraph.\n\n"
            + Some.Text.Replace("It opened", "The mayor opened it", StringComparison.Ordinal);
        Assert.Equal(Some.Cost, anchor.FindIn(edited)?.In(edited));
    }

    [Fact]
    public void The_anchor_of_a_recording_keeps_when_its_words_begin()
    {
        var article = new ArticleText(
            "One. Two. Three.",
            new(),
            [new(0, TimeSpan.FromSeconds(1)), new(5, TimeSpan.FromSeconds(9.5)), new(10, TimeSpan.FromSeconds(12))]
        );
        Assert.Equal(TimeSpan.FromSeconds(9.5), TextAnchor.Of(article, new(6, 2)).At);
        Assert.Equal(TimeSpan.FromSeconds(12), TextAnchor.Of(article, new(10, 6)).At);
        Assert.Null(TextAnchor.Of(article with { Times = null }, new(6, 2)).At);
        Assert.Null((article with { Times = [new(5, TimeSpan.Zero)] }).TimeAt(4));
    }

    [Fact]
    public void Words_that_were_changed_are_gone() =>
        Assert.Null(
            AnchorOf(Some.Text, Some.Cost)
                .FindIn(Some.Text.Replace("42 million", "61 million", StringComparison.Ordinal))
        );

    [Fact]
    public void Of_several_places_the_one_with_the_same_context_is_found()
    {
        const string Before = "In spring prices rose by 3 percent. In autumn prices rose by 3 percent.";
        const string After =
            "In winter prices rose by 3 percent. In autumn, as feared, prices rose by 3 percent. In spring "
            + "prices rose by 3 percent. In autumn they fell.";
        var anchor = TextAnchor.Of(
            Before,
            new(Before.IndexOf("prices", StringComparison.Ordinal), "prices rose by 3 percent".Length)
        );
        Assert.Equal(After.LastIndexOf("prices", StringComparison.Ordinal), anchor.FindIn(After)?.Start);
    }

    [Fact]
    public void Where_the_context_is_the_same_the_nearest_place_is_found()
    {
        var text = string.Join("", Enumerable.Repeat("Prices rose by three percent this year. ", 5));
        var third = new TextSpan(80, "Prices rose".Length);
        Assert.Equal(third, TextAnchor.Of(text, third).FindIn(text));
        Assert.Equal(third.Start + 2, TextAnchor.Of(text, third).FindIn("X " + text)?.Start);
    }

    [Fact]
    public void The_context_is_short_and_stops_at_the_ends_of_the_text()
    {
        var anchor = AnchorOf(Some.Text, Some.Cost);
        Assert.Equal("", anchor.Prefix);
        Assert.Equal(Some.Text.Substring(Some.Cost.Length, TextAnchor.ContextLength), anchor.Suffix);
    }

    [Fact]
    public void No_words_are_nowhere() => Assert.Null(new TextAnchor("", "a", "b", 0).FindIn("ab"));

    [Fact]
    public void A_span_outside_the_text_has_no_anchor() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TextAnchor.Of("short", new(3, 9)));

    [Fact]
    public void Any_edits_outside_the_words_leave_them_findable() =>
        Gen.Select(Around, Around, Around, Around)
            .Sample(
                (before, after, newBefore, newAfter) =>
                {
                    var anchor = TextAnchor.Of(before + Words + after, new(before.Length, Words.Length));
                    Assert.Equal(
                        new TextSpan(newBefore.Length, Words.Length),
                        anchor.FindIn(newBefore + Words + newAfter)
                    );
                }
            );

    [Fact]
    public void Any_piece_of_any_text_is_found_where_it_was() =>
        Gen.Char["ab "]
            .Array[1, 60]
            .SelectMany(c =>
                Gen.Int[0, c.Length - 1]
                    .SelectMany(start =>
                        Gen.Int[1, c.Length - start]
                            .Select(length => (Text: new string(c), Span: new TextSpan(start, length)))
                    )
            )
            .Sample(place => Assert.Equal(place.Span, TextAnchor.Of(place.Text, place.Span).FindIn(place.Text)));

    private static TextAnchor AnchorOf(string text, string words) =>
        TextAnchor.Of(text, new(text.IndexOf(words, StringComparison.Ordinal), words.Length));
}
