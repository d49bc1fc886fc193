using FactCheck.Extraction;

namespace FactCheck.Tests.Extraction.Claims;

/// <summary>A claim read alone: nothing added, nothing changed. The article is of Wednesday, 18 June 2025.</summary>
public class StandaloneWordingTests
{
    [Theory]
    [InlineData(
        "The council raised the tax by 4 percent on Friday.",
        "The council raised the tax by 4 percent on Friday (13 June 2025)."
    )]
    [InlineData(
        "A storm yesterday afternoon killed 12 people.",
        "A storm yesterday afternoon (17 June 2025) killed 12 people."
    )]
    [InlineData("The firm sold 400 houses last year.", "The firm sold 400 houses last year (2024).")]
    [InlineData("The ministry said today that 40 schools had closed.", "40 schools had closed.")]
    public void A_date_is_added_where_it_can_only_be_one(string sentence, string wording) =>
        Assert.Equal(wording, Wording(sentence));

    [Theory]
    [InlineData("Rescue teams with 40 dogs were expected on Monday.")]
    [InlineData("For the last year the station has broadcast 300 poems.")]
    [InlineData("About 100,000 people worship the old gods today.")]
    [InlineData("A storm on Sunday (8 June) killed 12 people.")]
    [InlineData("The deficit of 4 percent was half of last year’s.")]
    public void A_word_that_may_mean_another_day_stays_as_it_is(string sentence) =>
        Assert.Equal(sentence, Wording(sentence));

    [Fact]
    public void He_is_not_replaced_by_a_name_that_the_sentence_has_too() =>
        Assert.Equal(
            "He visited Poe 40 times in 2019.",
            Wording("Mary Poe was released on bail of 20,000 dollars. He visited Poe 40 times in 2019.")
        );

    [Fact]
    public void A_second_that_goes_with_the_first() =>
        Assert.Equal(
            "1,140 homes had collapsed and two hospitals were running on generators.",
            Wording(
                "Minister Juan Poe told reporters that 1,140 homes had collapsed and that two hospitals were "
                    + "running on generators."
            )
        );

    [Fact]
    public void A_clause_about_the_source_is_no_part_of_the_claim() =>
        Assert.Equal(
            "A turbine runs for 25 years on average.",
            Wording(
                "A turbine runs for 25 years on average, according to its report of 2023, which looked at "
                    + "1,870 of them."
            )
        );

    [Fact]
    public void A_question_that_somebody_asked_is_no_claim() =>
        Assert.DoesNotContain(
            Claims("Judge Marianne Osei asked whether he had paid 300 euros in 2019."),
            c => c.Standalone.StartsWith("Whether", StringComparison.Ordinal)
        );

    [Fact]
    public void A_headline_is_no_claim() =>
        Assert.Single(Claims("Olive harvest down by 50 percent\n\nFarmers pressed 6,000 tonnes of olives in 2021."));

    private static string Wording(string text) => Claims(text)[^1].Standalone;

    private static IReadOnlyList<Claim> Claims(string text) =>
        Extractor.Default.Extract(new(text, new(Published: new DateOnly(2025, 6, 18), Language: "en"))).Claims;
}
