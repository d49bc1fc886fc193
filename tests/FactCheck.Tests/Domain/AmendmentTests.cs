namespace FactCheck.Tests.Domain;

/// <summary>What an amendment makes of a statement.</summary>
public sealed class AmendmentTests
{
    private static readonly ArticleText Article = new(" One 😀 two.", new());

    [Theory]
    [InlineData(null, null, "as found", "Jo")]
    [InlineData(" anew ", null, "anew", "Jo")]
    [InlineData(null, "", "as found", null)]
    [InlineData(null, " Bo ", "as found", "Bo")]
    public void What_it_does_not_name_stays(string? text, string? speaker, string textAfter, string? speakerAfter)
    {
        var statement = Some.Claim() with { Text = "as found", Speaker = "Jo" };
        var after = new Amendment(text, null, speaker).ApplyTo(statement, null)!;
        Assert.Equal((textAfter, speakerAfter, statement.Anchor), (after.Text, after.Speaker, after.Anchor));
    }

    [Theory]
    [InlineData(0, 4, null, "One")]
    [InlineData(1, 6, "anew", "anew")]
    [InlineData(5, 1, null, null)] // half a character
    [InlineData(0, 1, null, null)] // no words
    [InlineData(8, 5, null, null)] // over the end
    public void A_place_is_one_of_the_text_and_says_its_words(int start, int length, string? text, string? after)
    {
        var amended = new Amendment(text, new(start, length)).ApplyTo(Some.Claim(), Article);
        Assert.Equal((after, after is null ? null : start), (amended?.Text, amended?.Anchor.Position));
        Assert.Null(new Amendment(text, new(start, length)).ApplyTo(Some.Claim(), null));
    }
}
