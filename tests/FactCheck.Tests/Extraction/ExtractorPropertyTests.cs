using CsCheck;
using FactCheck.Extraction;

namespace FactCheck.Tests.Extraction;

/// <summary>The whole of extraction over text that no newsroom would write.</summary>
public class ExtractorPropertyTests
{
    // Ten times what two megabytes a second would take, and as much again for a slow machine.
    private const int Patience = 60_000;

    private static ArticleExtraction Extract(string text) =>
        Extractor.Default.Extract(new(text, new() { Published = new DateOnly(2025, 3, 5) }));

    [Fact]
    public void Whatever_the_text_nothing_throws_and_every_span_lies_inside_it() =>
        HostileText.Any.Sample(text => AssertInside(text, Extract(text)), iter: 2_000);

    // A sentence of thousands of quotes, a paragraph of thousands of names: each look must be at its neighbours,
    // never at all of them.
    [Theory(Timeout = Patience)]
    [InlineData("he said that it rained and ")]
    [InlineData("“No,” he said and “Yes,” she said to him, ")]
    [InlineData("Ana Kovač met Jonas Weir in New York and ")]
    [InlineData("He said it rained. Ana Kovač left. ")]
    [InlineData("12 percent of 3 million ")]
    [InlineData("saidthat")]
    [InlineData("“")]
    public async Task A_megabyte_on_one_line_is_read_in_good_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        AssertInside(text, await Task.Run(() => Extract(text), TestContext.Current.CancellationToken));
    }

    private static void AssertInside(string text, ArticleExtraction found)
    {
        Assert.All(found.Sentences, s => Assert.True(s.FitsIn(text.Length)));
        Assert.All(found.Quotes, q => Assert.All(q.Content, s => Assert.True(s.FitsIn(text.Length))));
        Assert.All(found.Claims, c => Assert.True(c.Span.FitsIn(text.Length) && c.Sentence.FitsIn(text.Length)));
    }
}
