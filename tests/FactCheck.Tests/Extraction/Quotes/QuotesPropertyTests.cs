using CsCheck;
using FactCheck.Extraction.Quotes;

namespace FactCheck.Tests.Extraction.Quotes;

public class QuotesPropertyTests
{
    private const int MostStepsACharacter = 200;

    [Fact]
    public void Whatever_the_text_quotes_lie_inside_it_and_overlap_only_by_nesting() =>
        HostileText.Any.Sample(
            text =>
            {
                var quotes = QuoteExtractor.Extract(text);
                foreach (var quote in quotes)
                    AssertLiesIn(text, quote);
                for (var i = 0; i < quotes.Count; i++)
                {
                    for (var j = i + 1; j < quotes.Count; j++)
                        Assert.True(Disjoint(quotes[i], quotes[j]) || Inside(quotes[j], quotes[i]), text);
                    Assert.True(
                        quotes[i].Parent is not { } parent || (parent < i && Inside(quotes[i], quotes[parent])),
                        text
                    );
                }
            },
            iter: 10_000
        );

    [Fact]
    public void The_same_text_gives_the_same_quotes() =>
        HostileText.Any.Sample(text => Assert.Equal(Some(text), Some(text)), iter: 500);

    // Ten times the text takes about ten times the steps; a rule that looks back over everything would take a hundred
    // times.
    [Theory]
    [InlineData("“")]
    [InlineData("\"A ")]
    [InlineData("said that ")]
    [InlineData("Smith, who ")]
    [InlineData("according to ")]
    [InlineData("“A,” he said. ")]
    [InlineData("“A\n\n")]
    [InlineData("‘a ")]
    [InlineData(". ")]
    [InlineData(".")]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData(", ")]
    [InlineData("(")]
    [InlineData("Bob: yes. ")]
    [InlineData("Bob: yes.\n\n")]
    [InlineData("— A said so.\n\n")]
    [InlineData("Ana Kovač ")]
    [InlineData("the mayor of ")]
    [InlineData("a.b.")]
    [InlineData("he said so. ")]
    [InlineData("Zed Quux said he said it ")]
    [InlineData("is sure that ")]
    [InlineData("He was accused of ")]
    [InlineData("his criticism of ")]
    [InlineData("A, who said, ")]
    [InlineData("Harbour Club said. The club said. ")]
    [InlineData("Its report said. The report said. ")]
    [InlineData("The minister, Ana Kovač, said. ")]
    [InlineData("“A: b\n\n")]
    [InlineData("pointed out (he said ")]
    [InlineData("אמר \u202e")]
    [InlineData("👩‍🚀")]
    public void Work_grows_with_the_length_of_the_text(string piece)
    {
        var small = QuoteExtractor.ExtractWithSteps(string.Concat(Enumerable.Repeat(piece, 1_000))).Steps;
        var large = QuoteExtractor.ExtractWithSteps(string.Concat(Enumerable.Repeat(piece, 10_000))).Steps;
        Assert.True(large <= 1_000 + (12 * small), $"{small} steps for 1,000 pieces, {large} for 10,000");
    }

    [Theory]
    [InlineData("“No,” he said. ", 100_000)]
    [InlineData("“", 100_000)]
    [InlineData("“a", 300_000)]
    [InlineData("saidthat", 125_000)]
    [InlineData("\u202eאמר “😀 ", 100_000)]
    [InlineData("\0\u0007", 500_000)]
    [InlineData("he said that it rained and ", 37_000)]
    public void A_megabyte_on_one_line_takes_steps_in_proportion_and_breaks_nothing(string piece, int times)
    {
        var text = string.Concat(Enumerable.Repeat(piece, times));
        var (quotes, steps) = QuoteExtractor.ExtractWithSteps(text);
        Assert.True(steps <= MostStepsACharacter * text.Length, $"{steps} steps for {text.Length} characters");
        foreach (var quote in quotes)
            AssertLiesIn(text, quote);
        AssertNested(quotes);
    }

    // Quotes come in text order: whoever overlaps an earlier one lies in the last of those that are still open.
    private static void AssertNested(IReadOnlyList<Quote> quotes)
    {
        var open = new Stack<int>();
        for (var i = 0; i < quotes.Count; i++)
        {
            while (open.Count > 0 && quotes[open.Peek()].Extent.End <= quotes[i].Extent.Start)
                open.Pop();
            Assert.True(
                open.Count == 0 || Disjoint(quotes[open.Peek()], quotes[i]) || Inside(quotes[i], quotes[open.Peek()])
            );
            open.Push(i);
        }
    }

    private static string Some(string text) =>
        string.Join("|", QuoteExtractor.Extract(text).Select(q => $"{q.Kind} {q.Extent} {q.Source} {q.Parent}"));

    private static void AssertLiesIn(string text, Quote quote)
    {
        Assert.NotEmpty(quote.Content);
        Assert.All(quote.Content, span => Assert.True(span.FitsIn(text.Length) && span.Length > 0));
        Assert.All(quote.Content, span => Assert.True(IsWhole(text, span)));
        Assert.True(
            quote.Source?.Mention is not { } mention || (mention.FitsIn(text.Length) && IsWhole(text, mention))
        );
        Assert.True(quote.Cue is not { } cue || (cue.FitsIn(text.Length) && IsWhole(text, cue)));
        Assert.InRange(quote.Confidence, 0, 1);
        for (var i = 1; i < quote.Content.Count; i++)
            Assert.True(quote.Content[i - 1].End <= quote.Content[i].Start);
    }

    // Neither end stands between the halves of a surrogate pair.
    private static bool IsWhole(string text, TextSpan span) => !Splits(text, span.Start) && !Splits(text, span.End);

    private static bool Splits(string text, int at) =>
        at > 0 && at < text.Length && char.IsHighSurrogate(text[at - 1]) && char.IsLowSurrogate(text[at]);

    private static bool Disjoint(Quote a, Quote b) => !a.Content.Any(x => b.Content.Any(x.Overlaps));

    private static bool Inside(Quote inner, Quote outer) =>
        inner.Content.All(i => outer.Content.Any(o => o.Contains(i)));
}
