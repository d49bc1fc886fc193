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

    [Fact]
    public void A_text_of_a_release_without_receipts_has_none() =>
        Assert.Null(CaseJson.Read<ArticleText>("""{"text":"It rained.","meta":{"title":"Rain"}}""").Receipt);

    [Fact]
    public void A_run_of_a_release_that_read_one_way_only_has_no_options() =>
        Assert.Null(
            CaseJson
                .Read<CaseRun>(
                    """{"seq":1,"eTag":"e","contentHash":"h","length":1,"arrivedAt":"2025-01-01T00:00:00+00:00"}"""
                )
                .Reading
        );

    [Fact]
    public void A_receipt_is_kept_as_it_is()
    {
        var receipt = new ReadingReceipt(
            [new(ArticleFact.Title, "Rain", FactSource.Headline)],
            new(2, 9),
            [new(LeftOutKind.Navigation, new(3, 12))],
            [new(ReadingFindingKind.Columns, "Page 1 was read in columns.")],
            new(Published: new(2025, 3, 4))
        );
        var kept = CaseJson
            .Read<ArticleText>(CaseJson.Write(new ArticleText("It rained.", new()) { Receipt = receipt }))
            .Receipt;
        Assert.Equivalent(receipt, kept, strict: true);
    }
}
