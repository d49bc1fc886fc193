using System.Text.Json;
using FactCheck.Tests.Extraction;
using FactCheck.Training;

namespace FactCheck.Tests.Training;

/// <summary>Paragraphs that the attribution model learns from.</summary>
public class MarkedParagraphsTests
{
    [Theory]
    [InlineData("<s1>Jan <c1>said</> <q1>it is shut</>.", "<s1> is not closed")]
    [InlineData("<s1>Jan</></> <c1>said</> <q1>it is shut</>.", "closes nothing")]
    [InlineData("<s1>Jan</> <c1>said</> it is shut.", "has no <q1>")]
    [InlineData("<s1>Jan</> <c1></>said <q1>it is shut</>.", "holds no word")]
    [InlineData("<x1>Jan</> <c1>said</> <q1>it is shut</>.", "are marks")]
    [InlineData("<s1>Jan <c1>said</></> <q1>it is shut</>.", "lie in each other")]
    [InlineData("<c1>a</> <c1>b</> <c1>c</> <q1>it is shut</>.", "number them apart")]
    public void A_wrong_mark_is_refused_and_said(string line, string problem) =>
        Assert.Contains(problem, Assert.Throws<JsonException>(() => MarkedParagraphs.Read(line)).Message);

    [Fact]
    public void Marks_may_nest_and_leave_no_trace_in_the_text()
    {
        var (text, found) = MarkedParagraphs.Read(
            "<q1>It is shut,</> ¶ <s1|Jan Novak>he</> <c1>said</>. <q1>So <s2>they</> <c2>say</> <q2>it is</>.</>"
        );
        Assert.Equal("It is shut,\n\nhe said. So they say it is.", text);
        Assert.Equal(["It is shut,", "So they say it is."], found[0].Content.Select(span => span.In(text)));
        Assert.Equal("he", Assert.Single(found[0].Source).In(text));
        Assert.Equal("say", Assert.Single(found[1].Cue).In(text));
    }

    [Fact]
    public void An_item_that_stands_there_twice_is_named_by_its_line() =>
        Assert.StartsWith(
            "b.txt:2: ",
            Assert
                .Throws<JsonException>(() =>
                    MarkedParagraphs.ToGold([("a.txt", ["# style: a", "One."]), ("b.txt", ["Two.", "One."])]).ToList()
                )
                .Message
        );

    [Fact]
    public void Every_item_of_the_seeds_can_be_learned_from()
    {
        var files = Directory.GetFiles(SeedData.Path("gold/paragraphs"), "*.txt");
        var items = MarkedParagraphs.ToGold(files.Select(f => (f, File.ReadLines(f)))).ToList();
        Assert.True(items.Count > 6_000, $"{items.Count} items");
        // A quarter holds nothing: what only looks like an attribution is learned from them.
        Assert.InRange(items.Count(line => line.Contains("\"quotes\":[]", StringComparison.Ordinal)), 1_300, 1_700);
    }
}
