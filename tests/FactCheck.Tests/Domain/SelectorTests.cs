using CsCheck;

namespace FactCheck.Tests.Domain;

public class SelectorTests
{
    private static readonly SelectionPolicy Policy = new();

    [Fact]
    public void The_best_come_first_and_no_more_than_the_budget()
    {
        var picked = Pick(
            2,
            Some.Claim(Some.Cost, score: 0.5),
            Some.Claim(Some.Unemployment, score: 0.9),
            Some.Quote(score: 0.7)
        );
        Assert.Equal([Some.Unemployment, Some.Schools.Trim('“', '”')], picked.Select(p => p.Statement.Text));
    }

    [Fact]
    public void What_is_hardly_worth_checking_stays_a_candidate() =>
        Assert.Equal(
            [Some.Cost],
            Pick(
                    8,
                    Some.Claim(Some.Cost, score: Policy.MinScore),
                    Some.Claim(Some.Unemployment, score: Policy.MinScore - 0.01)
                )
                .Select(p => p.Statement.Text)
        );

    [Fact]
    public void A_second_one_of_the_same_paragraph_gives_way_to_one_of_another()
    {
        var picked = Pick(
            2,
            Some.Claim(Some.Cost, score: 0.9),
            Some.Claim(Some.Opening, score: 0.8),
            Some.Claim(Some.Unemployment, score: 0.7)
        );
        Assert.Equal([Some.Cost, Some.Unemployment], picked.Select(p => p.Statement.Text));
    }

    [Fact]
    public void A_claim_inside_a_quote_costs_more_than_one_beside_it()
    {
        var inside = Some.Claim("never closed a single school", score: 0.7);
        var picked = Pick(8, Some.Quote(score: 0.9), inside);
        Assert.Equal(0.9, picked[0].Score, 6);
        Assert.Equal(0.7 - Policy.OverlapPenalty, picked[1].Score, 6);
    }

    [Fact]
    public void A_quote_comes_up_between_claims_that_are_hardly_better()
    {
        var picked = Pick(
            2,
            Some.Claim(Some.Cost, score: 0.8),
            Some.Claim(Some.Unemployment, score: 0.79),
            Some.Quote(score: 0.77)
        );
        Assert.Equal([StatementKind.Claim, StatementKind.Quote], picked.Select(p => p.Statement.Kind));
    }

    [Fact]
    public void What_already_has_a_task_counts_as_picked()
    {
        var cost = Some.Claim(Some.Cost, score: 0.5);
        var span = cost.Anchor.FindIn(Some.Text)!.Value;
        var opening = Some.Claim(Some.Opening, score: 0.5);
        var beside = opening.Anchor.FindIn(Some.Text)!.Value;
        Assert.Equal(0.5, Assert.Single(Selector.Pick([(cost, span)], [], Some.Text, 8, Policy)).Score, 6);
        Assert.Equal(
            0.5 - Policy.OverlapPenalty,
            Assert.Single(Selector.Pick([(cost, span)], [span], Some.Text, 8, Policy)).Score,
            6
        );
        Assert.Equal(
            0.5 - Policy.SameParagraphPenalty,
            Assert.Single(Selector.Pick([(opening, beside)], [span], Some.Text, 8, Policy)).Score,
            6
        );
    }

    [Fact]
    public void Of_equals_the_earlier_in_the_text_is_picked() =>
        Assert.Equal(
            [Some.Cost],
            Pick(1, Some.Claim(Some.Unemployment, score: 0.8), Some.Claim(Some.Cost, score: 0.8))
                .Select(p => p.Statement.Text)
        );

    [Fact]
    public void Each_pick_says_why()
    {
        var orphan = Some.Quote(speaker: null) with
        {
            Worth = new(
                0.9,
                [new("number", 1.2, "42 million"), new("superlative", 0.4, null), new("opinion", -0.5, "beautiful")]
            ),
            Matches = [new("x", "We closed no school.", "False", 1, Same: true)],
        };
        Assert.Equal(
            [
                "check-worthiness 0.90",
                "A number: 42 million",
                "The most, the first, a record",
                "no speaker found",
                "checked before: False",
            ],
            Assert.Single(Pick(1, orphan)).Why
        );
    }

    [Theory]
    [InlineData(0.7, 0.8, StatementKind.Claim)]
    [InlineData(0.8, 0.7, StatementKind.Quote)]
    public void A_quote_and_the_claim_of_the_same_words_are_one_task(double quote, double claim, StatementKind kept)
    {
        var picked = Pick(
            8,
            Some.Quote(score: quote),
            Some.Claim("We never closed a single school", score: claim),
            Some.Claim(Some.Cost, score: 0.4)
        );
        Assert.Equal(2, picked.Count);
        Assert.Equal(kept, picked[0].Statement.Kind);
        Assert.Equal(Some.Cost, picked[1].Statement.Text);
    }

    [Fact]
    public void The_that_of_reported_speech_makes_no_other_words_of_it()
    {
        const string text = "Mayor Anna Brandt said that the bridge cost 42 million euros.";
        const string words = "the bridge cost 42 million euros";
        Statement[] both = [Some.Quote("that " + words, text), Some.Claim(words, text)];
        Assert.Single(Selector.Pick([.. both.Select(s => (s, s.Anchor.FindIn(text)!.Value))], [], text, 8, Policy));
    }

    [Fact]
    public void A_quote_whose_worth_is_clearly_apart_from_its_claim_is_a_second_task() =>
        Assert.Equal(
            2,
            Pick(
                8,
                Some.Quote(score: 0.4),
                Some.Claim("We never closed a single school", score: 0.4 + Policy.RepeatGap + 0.01)
            ).Count
        );

    [Fact]
    public void The_best_direct_quote_takes_the_last_place_where_none_came_up()
    {
        var picked = Pick(
            2,
            Some.Claim(Some.Cost, score: 1),
            Some.Claim(Some.Unemployment, score: 0.9),
            Some.Quote(score: Policy.QuotePlaceScore)
        );
        Assert.Equal([StatementKind.Claim, StatementKind.Quote], picked.Select(p => p.Statement.Kind));
        Assert.Contains("best direct quote with a speaker", picked[1].Why);
    }

    [Fact]
    public void No_place_is_kept_for_a_quote_that_is_weak_or_without_speaker_or_indirect_or_the_only_one()
    {
        var (cost, unemployment) = (Some.Claim(Some.Cost, score: 1), Some.Claim(Some.Unemployment, score: 0.9));
        Statement[] quotes =
        [
            Some.Quote(score: Policy.QuotePlaceScore - 0.01),
            Some.Quote(speaker: null),
            Some.Quote() with
            {
                QuoteKind = QuoteKind.Indirect,
            },
        ];
        Assert.All(
            quotes,
            quote =>
                Assert.DoesNotContain(Pick(2, cost, unemployment, quote), p => p.Statement.Kind == StatementKind.Quote)
        );
        Assert.Equal(StatementKind.Claim, Assert.Single(Pick(1, cost, Some.Quote())).Statement.Kind);
    }

    [Fact]
    public void A_later_look_at_the_text_keeps_no_place_for_a_quote()
    {
        Statement[] found =
        [
            Some.Claim(Some.Cost, score: 1),
            Some.Claim(Some.Unemployment, score: 0.9),
            Some.Quote(score: 0.6),
        ];
        var places = found.Select(s => (s, s.Anchor.FindIn(Some.Text)!.Value)).ToList();
        var taken = Some.Claim(Some.Opening).Anchor.FindIn(Some.Text)!.Value;
        Assert.DoesNotContain(
            Selector.Pick(places, [taken], Some.Text, 2, Policy),
            p => p.Statement.Kind == StatementKind.Quote
        );
    }

    [Fact]
    public void Any_pick_keeps_to_budget_and_score_and_never_picks_twice() =>
        Gen.Select(Gen.Double[0, 1].Array[0, 4], Gen.Int[0, 5])
            .Sample(
                (scores, budget) =>
                {
                    string[] places = [Some.Cost, Some.Opening, Some.Schools, Some.Unemployment];
                    var statements = scores.Select((score, i) => Some.Claim(places[i], score: score)).ToArray();
                    var picked = Pick(budget, statements);
                    Assert.True(picked.Count <= budget);
                    Assert.All(
                        picked,
                        p =>
                            Assert.True(
                                p.Score <= p.Statement.Worth.Score && p.Statement.Worth.Score >= Policy.MinScore
                            )
                    );
                    Assert.Equal(
                        picked.Count,
                        picked.Select(p => p.Statement.Id).Distinct(StringComparer.Ordinal).Count()
                    );
                }
            );

    private static IReadOnlyList<Selected> Pick(int budget, params Statement[] statements) =>
        Selector.Pick(
            [.. statements.Select(s => (s, s.Anchor.FindIn(Some.Text)!.Value))],
            [],
            Some.Text,
            budget,
            Policy
        );
}
