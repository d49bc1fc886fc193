using CsCheck;
using FactCheck.Cli.Desk;
using FactCheck.Cli.Terminal;

namespace FactCheck.Tests.Cli.Terminal;

public sealed class OutputTests
{
    [Theory]
    [InlineData("plain – “text”\tand\nlines", "plain – “text”\tand\nlines")]
    [InlineData("\u001b[2Jgone\u0007\r\u009b31m", "\uFFFD[2Jgone\uFFFD\uFFFD\uFFFD31m")]
    [InlineData("\u202Etxet\u2069", "\uFFFDtxet\uFFFD")]
    public void Nothing_of_an_article_moves_the_cursor(string text, string shown) =>
        Assert.Equal(shown, Output.Clean(text));

    [Fact]
    public void Wrapping_keeps_every_word_and_every_line_in_its_width() =>
        Gen.String[Gen.Char["ab \n"], 0, 200]
            .Select(Gen.Int[20, 60])
            .Sample(
                (text, width) =>
                {
                    var lines = TextTable.Wrap(text, width, "  ").ToList();
                    Assert.Equal(
                        text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries),
                        lines.SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    );
                    Assert.All(
                        lines,
                        line =>
                            Assert.True(
                                line.Length <= width || !line.Trim().Contains(' ', StringComparison.Ordinal),
                                line
                            )
                    );
                }
            );

    [Fact]
    public void A_table_stands_in_columns_and_its_last_is_cut() =>
        Assert.Equal(
            ["ID    TEXT", "1     short", "1000  a text that is far too long f…"],
            TextTable.Lines(
                ["ID", "TEXT"],
                [
                    ["1", "short"],
                    ["1000", "a text that is far too long for a line of so few columns"],
                ],
                36
            )
        );

    [Fact]
    public void A_statement_is_marked_in_its_paragraphs()
    {
        const string Text = "First.\n\nBefore it. The claim. After it.\n\nLast.";
        Assert.Equal(
            "Before it. >>The claim.<< After it.",
            TaskText.InContext(Text, new(Text.IndexOf("The", StringComparison.Ordinal), 10))
        );
        Assert.Equal(">>First.<<", TaskText.InContext(Text, new(0, 6)));
        Assert.Equal(">>Last.<<", TaskText.InContext(Text, new(Text.Length - 5, 5)));
    }
}
