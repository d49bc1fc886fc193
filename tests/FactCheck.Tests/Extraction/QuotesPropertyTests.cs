using CsCheck;
using FactCheck.Domain;
using FactCheck.Extraction;
using Xunit;

namespace FactCheck.Tests.Extraction;

public class QuotesPropertyTests
{
    [Fact]
    public void Whatever_the_text_quotes_lie_inside_it_and_overlap_only_by_nesting() =>
        HostileText.Any.Sample(
            text =>
            {
                var quotes = QuoteExtractor.Extract(text);
                foreach (var quote in quotes) AssertLiesIn(text, quote);
                for (var i = 0; i < quotes.Count; i++)
                {
                    for (var j = i + 1; j < quotes.Count; j++) Assert.True(Disjoint(quotes[i], quotes[j]) || Inside(quotes[j], quotes[i]), text);
                    Assert.True(quotes[i].Parent is not { } parent || (parent < i && Inside(quotes[i], quotes[parent])), text);
                }
            },
            iter: 3_000);

    [Fact]
    public void The_same_text_gives_the_same_quotes() =>
        HostileText.Any.Sample(text => Assert.Equal(Some(text), Some(text)), iter: 500);

    // Ten times the text takes about ten times the steps; a rule that looks back over everything would take a hundred times.
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
    public void Work_grows_with_the_length_of_the_text(string piece)
    {
        var small = QuoteExtractor.ExtractWithSteps(string.Concat(Enumerable.Repeat(piece, 1_000))).Steps;
        var large = QuoteExtractor.ExtractWithSteps(string.Concat(Enumerable.Repeat(piece, 10_000))).Steps;
        Assert.True(large <= 1_000 + (12 * small), $"{small} steps for 1,000 pieces, {large} for 10,000");
    }

    private static string Some(string text) => string.Join("|", QuoteExtractor.Extract(text).Select(q => $"{q.Kind} {q.Extent} {q.Source} {q.Parent}"));

    private static void AssertLiesIn(string text, Quote quote)
    {
        Assert.NotEmpty(quote.Content);
        Assert.All(quote.Content, span => Assert.True(span.FitsIn(text.Length) && span.Length > 0));
        Assert.True(quote.Source?.Mention.FitsIn(text.Length) ?? true);
        Assert.True(quote.Cue?.FitsIn(text.Length) ?? true);
        Assert.InRange(quote.Confidence, 0, 1);
        for (var i = 1; i < quote.Content.Count; i++) Assert.True(quote.Content[i - 1].End <= quote.Content[i].Start);
    }

    private static bool Disjoint(Quote a, Quote b) => !a.Content.Any(x => b.Content.Any(x.Overlaps));

    private static bool Inside(Quote inner, Quote outer) => inner.Content.All(i => outer.Content.Any(o => o.Contains(i)));
}
