using FactCheck.Extraction.Evaluation;

namespace FactCheck.Tests.Extraction.Evaluation;

public class QuoteErrorsTests
{
    private const string Text =
        "Ana Kovač said that the bridge was safe. The toll was praised by Jonas Weir. It rained.";

    private static readonly ScoredQuote Said = new(
        [Span("that the bridge was safe")],
        [Span("Ana Kovač")],
        [Span("said")],
        "indirect"
    );
    private static readonly ScoredQuote Praised = new(
        [Span("The toll")],
        [Span("Jonas Weir")],
        [Span("was praised by")],
        "indirect"
    );

    private static TextSpan Span(string words) => new(Text.IndexOf(words, StringComparison.Ordinal), words.Length);

    private static string[] Errors(params ScoredQuote[] predicted)
    {
        var errors = new QuoteErrors();
        errors.Add(new("a", Text, [Said, Praised]), predicted);
        return [.. errors.Lines(examples: 0)];
    }

    [Fact]
    public void What_is_right_is_no_error() => Assert.Empty(Errors(Said, Praised));

    [Fact]
    public void A_missed_quote_is_counted_by_its_cue_and_content() =>
        Assert.Equal(["missed indirect: 1", "     1  passive, phrase before it"], Errors(Said));

    [Fact]
    public void A_span_is_off_at_one_end() =>
        Assert.Equal(
            ["span off, indirect: 1", "     1  same cue, start right, ends early"],
            Errors(Praised, Said with { Content = [Span("that the")] })
        );

    [Fact]
    public void A_wrong_speaker_is_counted_by_where_the_right_one_stands() =>
        Assert.Equal(
            ["speaker wrong: 1", "     1  other phrase of the sentence"],
            Errors(Praised, Said with { Speakers = [Span("the bridge")] })
        );

    [Fact]
    public void What_no_gold_quote_touches_is_told_apart() =>
        Assert.Equal(
            ["not in gold, indirect: 1", "     1  no cue"],
            Errors(Said, Praised, new([Span("It rained")], [], [], "indirect"))
        );

    [Fact]
    public void Examples_show_gold_and_prediction()
    {
        var errors = new QuoteErrors();
        errors.Add(new("a", Text, [Said]), []);
        Assert.Contains(
            "[Ana Kovač] <said> that the bridge was safe",
            errors.Lines(examples: 1).Last(),
            StringComparison.Ordinal
        );
    }
}
