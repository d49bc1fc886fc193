using CsCheck;
using FactCheck.Extraction.Claims;

namespace FactCheck.Tests.Extraction.Claims;

public class ClaimIndexTests
{
    private static readonly ClaimIndex Index = new([
        new("tax", "Taxes rose by 12 percent in 2019."),
        new("fish", "The pollution of the Alder killed forty tonnes of fish."),
        new("vaccine", "Vaccinated children fall ill more often than others."),
    ]);

    [Fact]
    public void The_same_words_are_the_same_claim_whatever_their_marks()
    {
        var match = Index.Find("“taxes  rose by 12 percent, in 2019”")[0];
        Assert.Equal(new ClaimMatch("tax", 1, IsSame: true), match);
    }

    [Theory]
    [InlineData("Tonnes of fish were killed by the polluted Alder", "fish")]
    [InlineData("Do vaccines make a child ill?", "vaccine")]
    public void Other_words_for_it_are_similar(string question, string id)
    {
        var match = Index.Find(question)[0];
        Assert.Equal(id, match.Id);
        Assert.False(match.IsSame);
        Assert.InRange(match.Score, 0.1, 0.999);
    }

    [Fact]
    public void Another_figure_is_not_the_same_claim() =>
        Assert.False(Index.Find("Taxes rose by 13 percent in 2019.")[0].IsSame);

    [Fact]
    public void What_nothing_resembles_finds_nothing() => Assert.Empty(Index.Find("Zebras sing."));

    [Fact]
    public void An_empty_index_and_an_empty_question_find_nothing()
    {
        Assert.Empty(new ClaimIndex([]).Find("Taxes rose."));
        Assert.Empty(Index.Find("   "));
    }

    [Fact]
    public void Any_text_can_be_indexed_and_finds_itself() =>
        HostileText.Any.Sample(text =>
        {
            var found = new ClaimIndex([new("it", text), new("other", "Taxes rose.")]).Find(text);
            Assert.All(found, m => Assert.InRange(m.Score, 0, 1));
            if (ClaimIndex.Normalize(text).Length > 0)
                Assert.Contains(found, m => m is { Id: "it", IsSame: true });
        });
}
