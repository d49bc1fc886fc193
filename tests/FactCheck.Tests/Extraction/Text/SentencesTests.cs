using CsCheck;
using FactCheck.Extraction.Text;

namespace FactCheck.Tests.Extraction.Text;

public class SentencesTests
{
    [Theory]
    [InlineData("He came. She left.", "He came.|She left.")]
    [InlineData("Mr. Smith met Dr. Ana Kovač. They spoke.", "Mr. Smith met Dr. Ana Kovač.|They spoke.")]
    [InlineData("J. K. Rowling wrote it. It sold.", "J. K. Rowling wrote it.|It sold.")]
    [InlineData(
        "The U.S. Senate voted. The vote was close in the U.S. The House waited.",
        "The U.S. Senate voted.|The vote was close in the U.S.|The House waited."
    )]
    [InlineData("Prices rose 3.5 percent. Then they fell.", "Prices rose 3.5 percent.|Then they fell.")]
    [InlineData(
        "It opens at 9 a.m. on Monday. It shuts at 5 p.m. The rest is free.",
        "It opens at 9 a.m. on Monday.|It shuts at 5 p.m.|The rest is free."
    )]
    [InlineData("“We won. We really won.” She smiled.", "“We won.|We really won.”|She smiled.")]
    [InlineData("“Why?” he asked. Nobody knew.", "“Why?” he asked.|Nobody knew.")]
    [InlineData("“Why?” Smith asked. Nobody knew.", "“Why?” Smith asked.|Nobody knew.")]
    [InlineData("I ... don't know. Well... The end.", "I ... don't know.|Well...|The end.")]
    [InlineData("Council approves budget\n\nThe council met.", "Council approves budget|The council met.")]
    [InlineData("Council approves budget\nThe council met.", "Council approves budget|The council met.")]
    [InlineData(
        "This line is wrapped at some column, as the\nmail of old was. End.",
        "This line is wrapped at some column, as the\nmail of old was.|End."
    )]
    [InlineData("See No. 5 for more. He said no. 5 left.", "See No. 5 for more.|He said no. 5 left.")]
    [InlineData("Acme Inc. said so. Acme Inc. The firm grew.", "Acme Inc. said so.|Acme Inc.|The firm grew.")]
    public void A_text_is_cut_where_a_reader_would_pause(string text, string expected) =>
        Assert.Equal(expected, string.Join("|", Sentences.In(text).Select(s => s.In(text))));

    [Fact]
    public void Sentences_lie_in_the_text_in_order_and_leave_only_white_space_out() =>
        HostileText.Any.Sample(text =>
        {
            var end = 0;
            foreach (var sentence in Sentences.In(text))
            {
                Assert.True(sentence.FitsIn(text.Length) && sentence.Start >= end);
                Assert.True(string.IsNullOrWhiteSpace(text[end..sentence.Start]));
                end = sentence.End;
            }

            Assert.True(string.IsNullOrWhiteSpace(text[end..]));
        });

    [Fact]
    public void Tokens_keep_words_numbers_and_marks_apart()
    {
        const string Text = "The U.S. didn't pay $1,200.50, Ana Kovač’s all-girl team says.";
        Assert.Equal(
            "The|U.S.|didn't|pay|$|1,200.50|,|Ana|Kovač|’s|all-girl|team|says|.",
            string.Join('|', Tokens.In(Text, new TextSpan(0, Text.Length)).Select(t => t.Span.In(Text)))
        );
    }

    [Fact]
    public void Tokens_leave_only_white_space_out() =>
        HostileText.Any.Sample(text =>
        {
            var end = 0;
            foreach (var token in Tokens.In(text, new TextSpan(0, text.Length)))
            {
                Assert.True(token.Span.Length > 0 && token.Span.FitsIn(text.Length));
                Assert.True(string.IsNullOrWhiteSpace(text[end..token.Span.Start]));
                end = token.Span.End;
            }

            Assert.True(string.IsNullOrWhiteSpace(text[end..]));
        });
}
