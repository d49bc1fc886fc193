using FactCheck.Extraction.Claims;
using FactCheck.Extraction.Evaluation;
using FactCheck.Training;

namespace FactCheck.Tests.Extraction.Claims;

public class CheckWorthinessTests
{
    private static double Score(string sentence) => CheckWorthinessModel.Default.Score(sentence).Score;

    public static TheoryData<string> Worthy =>
        [
            "Unemployment fell to 4.1 percent in March, the lowest rate since 2001.",
            "The company paid $3 million to two officials in 2019.",
            "The mayor voted against the clean water act.",
            "Crime has doubled because the police lost a third of its officers.",
            "The previous record of €39 million was set by Port Albion in 2021.",
        ];

    public static TheoryData<string> Unworthy =>
        [
            "What will happen next?",
            "Let us talk about it.",
            "I think we can do better.",
            "Thank you very much.",
            "It will be a beautiful day, I hope.",
        ];

    [Theory]
    [MemberData(nameof(Worthy))]
    public void Figures_records_and_allegations_score_high(string sentence) =>
        Assert.True(Score(sentence) > 0.6, $"{Score(sentence)}");

    [Theory]
    [MemberData(nameof(Unworthy))]
    public void Questions_commands_opinions_and_hopes_score_low(string sentence) =>
        Assert.True(Score(sentence) < 0.35, $"{Score(sentence)}");

    [Fact]
    public void A_score_says_why_with_the_words_that_fired()
    {
        var worth = CheckWorthinessModel.Default.Score("Wages rose by 12 percent.");
        Assert.Contains(worth.Reasons, r => r is { Feature: "percent", Because: "percent", Weight: > 0 });
        Assert.Equal(
            worth.Reasons.OrderByDescending(r => Math.Abs(r.Weight)).Select(r => r.Weight),
            worth.Reasons.Select(r => r.Weight)
        );
    }

    [Fact]
    public void A_desk_can_change_a_weight_without_a_build()
    {
        var model = CheckWorthinessModel.Parse(
            """{"source": "our desk", "bias": -2, "features": {"percent": 4}, "words": {"wages": 1}}"""
        );
        Assert.Equal(1 / (1 + Math.Exp(2)), model.Score("It rained.").Score, 6);
        Assert.True(model.Score("Wages rose by 12 percent.").Score > 0.85);
    }

    [Theory]
    [InlineData("""{"bias": 0, "features": {"persent": 1}, "words": {}}""", "persent")]
    [InlineData("""{"bias": 0, "features": {"percent": "NaN"}, "words": {}}""", "percent")]
    [InlineData("""{"bias": 0, "features": {"percent": 1e9}, "words": {}}""", "percent")]
    [InlineData("""{"bias": 0, "features": {"percent": 1, "percent": 2}, "words": {}}""", "percent")]
    [InlineData("""{"features": {}, "words": {}}""", "bias")]
    [InlineData("""{"bias": 0, "features": {}}""", "words")]
    [InlineData("[]", "object")]
    [InlineData("{", "JSON")]
    public void A_broken_weights_file_is_refused_by_name(string json, string named) =>
        Assert.Contains(
            named,
            Assert.Throws<InvalidWeightsException>(() => CheckWorthinessModel.Parse(json)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Training_twice_gives_the_same_file_and_what_it_gives_can_be_read()
    {
        var sentences = Enumerable
            .Range(0, 60)
            .Select(i => i % 3 == 0 ? ($"Taxes rose by {i} percent.", true) : ($"I think {i} is nice.", false))
            .ToArray();
        var json = CheckWorthinessTrainer.Train(sentences, "a test", TrainingOptions.Default).ToJson();
        Assert.Equal(json, CheckWorthinessTrainer.Train(sentences, "a test", TrainingOptions.Default).ToJson());
        var model = CheckWorthinessModel.Parse(json);
        Assert.True(model.Score("Taxes rose by 7 percent.").Score > 0.8);
        Assert.True(model.Score("I think it is nice.").Score < 0.3);
    }

    [Fact]
    public void The_figures_are_those_of_the_scorer_outside()
    {
        // Worked by hand; ties count against us: the rank of 0.5 is 4, behind the two others with that score.
        (double, bool)[] rows = [(0.9, true), (0.5, false), (0.5, true), (0.5, false), (0.2, true), (0.1, false)];
        var scores = ClaimScores.Of(rows);
        Assert.Equal(0.5, scores.Precision, 6);
        Assert.Equal(2 / 3.0, scores.Recall, 6);
        Assert.Equal(4 / 7.0, scores.F1, 6);
        Assert.Equal((1 + (2 / 4.0) + (3 / 5.0)) / 3, scores.AveragePrecision, 6);
    }
}
