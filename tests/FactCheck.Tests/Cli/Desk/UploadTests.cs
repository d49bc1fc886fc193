using FactCheck.Cli.Desk;

namespace FactCheck.Tests.Cli.Desk;

/// <summary>What a person hears of a check that is through.</summary>
public class UploadTests
{
    [Theory]
    [InlineData("Little was read.", null, "Little was read.")]
    [InlineData("Little was read.", "It is own copy.", "Little was read. It is own copy.")]
    [InlineData(null, null, null)]
    public void What_is_doubtful_about_an_article_is_said_beside_its_stage(
        string? little,
        string? purpose,
        string? said
    )
    {
        var article = new ArticleSummary(
            "id",
            "a.txt",
            "A",
            null,
            Purpose.ThirdParty,
            ArticleStage.Ready,
            1,
            0,
            0,
            0,
            null,
            null,
            0,
            false,
            default,
            default,
            null,
            purpose,
            little
        );
        var upload = new Upload(new("a.txt", "a.txt"), "id", UploadOutcome.Sent, 0).At(article);
        Assert.Equal((ArticleStage.Ready, said, 0), (upload.Stage, upload.Message, upload.ExitCode));
    }
}
