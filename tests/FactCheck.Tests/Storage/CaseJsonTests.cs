using FactCheck.Storage;

namespace FactCheck.Tests.Storage;

/// <summary>What earlier releases wrote is read by this one.</summary>
public class CaseJsonTests
{
    [Fact]
    public void A_text_without_times_is_one_of_no_recording()
    {
        var article = CaseJson.Read<ArticleText>(
            """{"text":"It rained.","meta":{"title":"Rain","purpose":"ThirdParty"}}"""
        );
        Assert.Equal(new ArticleText("It rained.", new("Rain")), article);
        Assert.DoesNotContain("times", CaseJson.Write(article), StringComparison.Ordinal);
    }

    [Fact]
    public void A_statement_without_a_time_has_none()
    {
        var written = CaseJson.Write(Some.Claim());
        Assert.DoesNotContain("\"at\":", written, StringComparison.Ordinal);
        Assert.Null(CaseJson.Read<Statement>(written).Anchor.At);
    }

    [Fact]
    public void Times_are_kept()
    {
        var article = new ArticleText(
            "It rained.",
            new(),
            [new(0, TimeSpan.FromMilliseconds(1_250)), new(3, TimeSpan.FromHours(30))]
        );
        Assert.Equal(article.Times, CaseJson.Read<ArticleText>(CaseJson.Write(article)).Times);
        var statement = Some.Claim() with { Anchor = new("rained", "It ", ".", 3, TimeSpan.FromHours(30)) };
        Assert.Equal(statement.Anchor, CaseJson.Read<Statement>(CaseJson.Write(statement)).Anchor);
    }
}
