namespace FactCheck.Tests.Domain;

public class ArticleMetaTests
{
    [Fact]
    public void What_is_known_first_wins_and_what_is_missing_is_filled_in()
    {
        var meta = new ArticleMeta(Title: "First").OrElse(new(Title: "Second", Byline: "Jo Falk", Language: "en"));
        Assert.Equal(new ArticleMeta("First", "Jo Falk", Language: "en"), meta);
    }

    [Fact]
    public void Nothing_makes_own_copy_public()
    {
        Assert.Equal(Purpose.OwnCopy, new ArticleMeta(Purpose: Purpose.OwnCopy).OrElse(new()).Purpose);
        Assert.Equal(Purpose.OwnCopy, new ArticleMeta().OrElse(new(Purpose: Purpose.OwnCopy)).Purpose);
    }

    [Fact]
    public void Insights_of_a_chunk_move_to_its_place_in_the_text()
    {
        var insights = new TextInsights(
            "en",
            1,
            [new(new(2, 5), "Lenne", EntityKind.Location, 0.9)],
            [new(new(0, 9), 0.5)],
            ["bridge"]
        ).Shift(100);
        Assert.Equal(new TextSpan(102, 5), insights.Entities[0].Span);
        Assert.Equal(new TextSpan(100, 9), insights.Sentiment[0].Span);
    }
}
