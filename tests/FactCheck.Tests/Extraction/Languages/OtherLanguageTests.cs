using FactCheck.Extraction;

namespace FactCheck.Tests.Extraction.Languages;

/// <summary>An article in a language that is not read for its grammar.</summary>
public class OtherLanguageTests
{
    private static ArticleExtraction Read(string text, string? language = null) =>
        Extractor.Default.Extract(new(text, new(Language: language)));

    [Theory]
    [InlineData(
        "de",
        "Der Stadtrat hat den Haushalt beschlossen. „Wir haben 28 Millionen Euro gespart“, sagte "
            + "Bürgermeisterin Adaeze Lindqvist am Dienstag.",
        "Adaeze Lindqvist"
    )]
    [InlineData(
        "de",
        "Der Stadtrat hat den Haushalt beschlossen. Adaeze Lindqvist sagte am Dienstag: »Wir haben 28 "
            + "Millionen Euro gespart.«",
        "Adaeze Lindqvist"
    )]
    [InlineData(
        "fr",
        "Le conseil a adopté le budget. « Nous avons économisé 28 millions », a déclaré la maire Adaeze Lindqvist.",
        "Adaeze Lindqvist"
    )]
    [InlineData(
        "es",
        "El ayuntamiento aprobó el presupuesto. «Hemos ahorrado 28 millones», dijo la alcaldesa Adaeze Lindqvist.",
        "Adaeze Lindqvist"
    )]
    [InlineData(
        "sr",
        "Gradsko veće je usvojilo budžet. „Uštedeli smo 28 miliona“, rekla je gradonačelnica Ana Lindkvist.",
        "Ana Lindkvist"
    )]
    public void Marked_words_have_their_speaker(string language, string text, string speaker)
    {
        var found = Read(text, language);
        var quote = Assert.Single(found.Quotes);
        Assert.Equal(speaker, quote.Source?.Name);
        Assert.Contains("28", quote.Content[0].In(text), StringComparison.Ordinal);
        Assert.Equal(2, found.Sentences.Count);
    }

    [Fact]
    public void The_language_is_found_where_nobody_says_it() =>
        Assert.Single(
            Read(
                "Le conseil municipal a adopté mardi le budget de la ville. « Nous avons économisé beaucoup "
                    + "», a expliqué Jeanne Roux, qui est maire depuis 2014."
            ).Quotes
        );

    [Fact]
    public void What_was_not_attempted_is_said()
    {
        Assert.Contains("indirect quotes", Read("Der Rat hat den Haushalt beschlossen.", "de").NotAttempted);
        Assert.Contains("quotes", Read("Rada přijala rozpočet.", "cs").NotAttempted);
        Assert.Empty(Read("The council approved the budget.", "en-GB").NotAttempted);
    }

    [Fact]
    public void Only_sentences_with_figures_are_claims()
    {
        const string Text = "Der Rat tagte lange. Die Schulden stiegen um 12 Prozent.";
        var claim = Assert.Single(Read(Text, "de").Claims);
        Assert.Equal("Die Schulden stiegen um 12 Prozent.", claim.Standalone);
        Assert.Contains(
            claim.Worth.Reasons,
            r => r.Feature is "other-language" && r.Because!.Contains("indirect quotes", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_figure_in_a_quote_is_claimed_by_its_speaker()
    {
        var claim = Assert.Single(Read("Es war laut. „Wir haben 28 Millionen gespart“, sagte Ana Roth.", "de").Claims);
        Assert.Equal(("Ana Roth", 0), (claim.Claimant, claim.Quote));
    }

    [Theory]
    [InlineData("Er sagte: „Wir haben noch lange nicht genug davon.")]
    [InlineData("«")]
    [InlineData("“, sagte")]
    [InlineData("„Ein Wort“ steht im Titel.")]
    public void Marks_that_open_no_quote_give_none(string text) => Assert.Empty(Read(text, "de").Quotes);

    [Fact]
    public void A_quote_without_a_word_of_saying_is_an_orphan() =>
        Assert.True(
            Assert.Single(Read("„Wir haben in diesem Jahr nichts davon gesehen.“ Dann ging er.", "de").Quotes).IsOrphan
        );
}
