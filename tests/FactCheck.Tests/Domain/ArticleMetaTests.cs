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

    [Theory]
    [InlineData(null, null, Purpose.ThirdParty)]
    [InlineData(" ", null, Purpose.ThirdParty)]
    [InlineData("third-party", Purpose.ThirdParty, Purpose.ThirdParty)]
    [InlineData("OwnCopy", Purpose.OwnCopy, Purpose.OwnCopy)]
    [InlineData("own copy", Purpose.OwnCopy, Purpose.OwnCopy)]
    [InlineData("our own", Purpose.OwnCopy, Purpose.OwnCopy)] // a slip makes nothing public
    [InlineData("copy edit", Purpose.OwnCopy, Purpose.OwnCopy)]
    [InlineData("Check the claims of a minister", Purpose.OwnCopy, Purpose.ThirdParty)]
    public void A_purpose_as_people_write_it_and_as_front_matter_does(string? written, Purpose? said, Purpose inFront)
    {
        Assert.Equal((said, inFront), (Purposes.Of(written), Purposes.InFrontMatter(written)));
        Assert.Equal(
            written is "third-party" or "OwnCopy" or "own copy",
            written is not null && Purposes.IsOne(written)
        );
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(4, null)]
    [InlineData(5, 10)]
    [InlineData(8, 10)]
    [InlineData(9, 20)]
    [InlineData(99, 30)]
    public void Words_are_said_from_the_last_time_at_or_before_them(int offset, int? seconds)
    {
        SpokenAt[] times = [At(5, 10), At(9, 20), At(20, 30)];
        Assert.Equal(seconds, new ArticleText("", new(), times).TimeAt(offset)?.TotalSeconds);
        Assert.Null(new ArticleText("", new()).TimeAt(offset));

        static SpokenAt At(int start, int second) => new(start, TimeSpan.FromSeconds(second));
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
