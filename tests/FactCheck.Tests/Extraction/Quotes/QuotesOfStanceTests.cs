using FactCheck.Extraction.Quotes;

namespace FactCheck.Tests.Extraction.Quotes;

/// <summary>Beliefs, aims and judgements: attributions without a verb of saying and its clause.</summary>
public class QuotesOfStanceTests
{
    // Each outermost quote as "mention | cue | content / content".
    private static string Read(string text) =>
        string.Join(
            "\n",
            QuoteExtractor
                .Extract(text)
                .Where(q => q.Parent is null)
                .Select(q =>
                    $"{q.Source?.Mention.In(text) ?? "-"} | {q.Cue?.In(text) ?? "-"} | "
                    + $"{string.Join(" / ", q.Content.Select(c => c.In(text)))}"
                )
        );

    [Theory]
    [InlineData(
        "Ana Kovač criticized the council’s plan for the bridge.",
        "Ana Kovač | criticized | the council’s plan for the bridge."
    )]
    [InlineData("Ana Kovač warned against a hasty repair.", "Ana Kovač | warned | a hasty repair.")]
    [InlineData("The mayor called for a new bridge.", "The mayor | called | a new bridge.")]
    [InlineData("The mayor pointed out that the bridge was old.", "The mayor | pointed out | that the bridge was old.")]
    [InlineData("The mayor ruled out a return of the toll.", "The mayor | ruled out | a return of the toll.")]
    [InlineData("Critics are convinced that the bridge will fall.", "Critics | convinced | that the bridge will fall.")]
    [InlineData("The mayor was willing to meet the residents.", "The mayor | willing | to meet the residents.")]
    [InlineData("The union has been critical of the toll.", "The union | critical of | the toll.")]
    [InlineData("It is unclear whether the bridge can be saved.", "- | unclear | whether the bridge can be saved.")]
    [InlineData("The bridge is expected to open in May.", "- | expected | The bridge / to open in May.")]
    [InlineData("The engineer was accused of hiding the crack.", "- | accused | The engineer / hiding the crack.")]
    [InlineData("The toll was rejected by the council.", "the council | rejected | The toll")]
    [InlineData(
        "The mayor’s criticism of the toll angered nobody.",
        "The mayor | criticism of | the toll angered nobody."
    )]
    [InlineData("Residents raised concern about the toll.", "Residents | concern about | the toll.")]
    [InlineData("The council encouraged the owners of the quarry to pay.", "The council | encouraged | to pay.")]
    [InlineData("All agreed that the toll was too high.", "All | agreed | that the toll was too high.")]
    public void A_stance_is_attributed_to_whoever_takes_it(string text, string expected) =>
        Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("The road calls for repairs.")]
    [InlineData("We discuss the results of the survey.")]
    [InlineData("The best known effects are mild.")]
    [InlineData("The nurse, who was not allowed to speak, left.")]
    public void What_nobody_holds_is_no_attribution(string text) => Assert.Empty(QuoteExtractor.Extract(text));

    [Theory]
    [InlineData(
        "The mayor said the bridge was safe, but the union wants a second opinion.",
        "The mayor | said | the bridge was safe"
    )]
    [InlineData(
        "While the mayor said the bridge was safe, nobody crossed it.",
        "the mayor | said | the bridge was safe"
    )]
    [InlineData(
        "While the mayor said the bridge was safe, critics are convinced it will fall.",
        "the mayor | said | the bridge was safe"
    )]
    [InlineData(
        "If the bridge falls, the mayor argued, the valley will be cut off.",
        "the mayor | argued | If the bridge falls / the valley will be cut off."
    )]
    [InlineData(
        "The bridge was supposed to open in May, another source said.",
        "another source | said | The bridge was supposed to open in May"
    )]
    [InlineData(
        "The mayor cited three reports, including one by the union.",
        "The mayor | cited | three reports, including one by the union."
    )]
    [InlineData("The mayor praised a 40-year-old bridge.", "The mayor | praised | a 40-year-old bridge.")]
    [InlineData("The mayor said about 20 people had crossed.", "The mayor | said | about 20 people had crossed.")]
    [InlineData(
        "The engineers cautioned, as did the mayor, that the bridge was old.",
        "The engineers | cautioned | that the bridge was old."
    )]
    public void What_is_said_ends_where_something_else_begins(string text, string expected) =>
        Assert.Equal(expected, Read(text).Split('\n')[0]);

    [Fact]
    public void Signed_speech_is_whole()
    {
        var quotes = QuoteExtractor.Extract(
            "“The bridge must stay open for all of us.” ― Ana Kovač\n“I never cross it at night, nobody "
                + "does.” ― Jonas Weir"
        );
        Assert.Equal(["Ana Kovač", "Jonas Weir"], quotes.Select(q => q.Source?.Name));
    }

    [Fact]
    public void Speech_after_according_to_runs_to_its_closing_mark()
    {
        const string text = "According to Ana Kovač, “the bridge is old. It must be closed.”";
        Assert.Equal("Ana Kovač | According to | “the bridge is old. It must be closed.”", Read(text));
    }

    [Fact]
    public void A_transcript_in_one_pair_of_marks_falls_into_its_turns()
    {
        const string text =
            "“WEIR: Is the bridge safe?\n\n“KOVAČ: It is as safe as any other.\n\n“WEIR: Then why is it closed?”";
        var turns = QuoteExtractor.Extract(text).Where(q => q.Parent is null).ToArray();
        Assert.Equal(["WEIR", "KOVAČ", "WEIR"], turns.Select(q => q.Source?.Mention.In(text)));
        Assert.Equal("Then why is it closed?", turns[2].Content[0].In(text));
    }
}
