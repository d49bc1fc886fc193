namespace FactCheck.Tests.Domain;

public class RatingScaleTests
{
    [Fact]
    public void A_rating_is_found_by_kind_and_id_whatever_its_case()
    {
        Assert.Equal("False", Some.Ratings.Find(StatementKind.Claim, "fAlSe")?.Id);
        Assert.Null(Some.Ratings.Find(StatementKind.Quote, "False"));
        Assert.Null(Some.Ratings.Find(StatementKind.Claim, null));
    }

    [Fact]
    public void Only_a_kind_with_an_order_has_a_best_rating()
    {
        Assert.Equal(3, Some.Ratings.Best(StatementKind.Claim));
        Assert.Null(Some.Ratings.Best(StatementKind.Quote));
    }

    [Fact]
    public void A_scale_that_can_not_work_is_refused_by_name()
    {
        var (claim, quote) = (Some.Rating("True", StatementKind.Claim), Some.Rating("Accurate", StatementKind.Quote));
        Assert.Contains(
            "'true' is defined twice",
            Refusal(quote, claim with { Id = "true" }, claim),
            StringComparison.Ordinal
        );
        foreach (var (language, label) in new[] { ("de", "Wahr"), ("en", " ") })
            Assert.Contains(
                "'True' has no English label",
                Refusal(
                    quote,
                    claim with
                    {
                        Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [language] = label },
                    }
                ),
                StringComparison.Ordinal
            );
        Assert.Contains("no rating for a Quote", Refusal(claim), StringComparison.Ordinal);

        static string Refusal(params Rating[] ratings) =>
            Assert.Throws<ArgumentException>(() => new RatingScale(ratings)).Message;
    }
}
