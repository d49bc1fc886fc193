using CsCheck;
using FactCheck.Domain;
using Xunit;

namespace FactCheck.Tests.Domain;

public class SelectorTests
{
    private static readonly SelectionPolicy Policy = new();

    [Fact]
    public void The_best_come_first_and_no_more_than_the_budget()
    {
        var picked = Pick(2, Some.Claim(Some.Cost, score: 0.5), Some.Claim(Some.Unemployment, score: 0.9), Some.Quote(score: 0.7));
        Assert.Equal([Some.Unemployment, Some.Schools.Trim('“', '”')], picked.Select(p => p.Statement.Text));
    }

    [Fact]
    public void What_is_hardly_worth_checking_stays_a_candidate() =>
        Assert.Equal([Some.Cost], Pick(8, Some.Claim(Some.Cost, score: Policy.MinScore), Some.Claim(Some.Unemployment, score: Policy.MinScore - 0.01)).Select(p => p.Statement.Text));

    [Fact]
    public void A_second_one_of_the_same_paragraph_gives_way_to_one_of_another()
    {
        var picked = Pick(2, Some.Claim(Some.Cost, score: 0.9), Some.Claim(Some.Opening, score: 0.8), Some.Claim(Some.Unemployment, score: 0.7));
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
        var picked = Pick(2, Some.Claim(Some.Cost, score: 0.8), Some.Claim(Some.Unemployment, score: 0.79), Some.Quote(score: 0.77));
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
        Assert.Equal(0.5 - Policy.OverlapPenalty, Assert.Single(Selector.Pick([(cost, span)], [span], Some.Text, 8, Policy)).Score, 6);
        Assert.Equal(0.5 - Policy.SameParagraphPenalty, Assert.Single(Selector.Pick([(opening, beside)], [span], Some.Text, 8, Policy)).Score, 6);
    }

    [Fact]
    public void Of_equals_the_earlier_in_the_text_is_picked() =>
        Assert.Equal([Some.Cost], Pick(1, Some.Claim(Some.Unemployment, score: 0.8), Some.Claim(Some.Cost, score: 0.8)).Select(p => p.Statement.Text));

    [Fact]
    public void Each_pick_says_why()
    {
        var orphan = Some.Quote(speaker: null) with
        {
            Worth = new(0.9, [new("number", 1.2, "42 million"), new("superlative", 0.4, null), new("opinion", -0.5, "beautiful")]),
            Matches = [new("x", "We closed no school.", "False", 1, Same: true)],
        };
        Assert.Equal(["check-worthiness 0.90", "A number: 42 million", "The most, the first, a record", "no speaker found", "checked before: False"], Assert.Single(Pick(1, orphan)).Why);
    }

    [Fact]
    public void Any_pick_keeps_to_budget_and_score_and_never_picks_twice() =>
        Gen.Select(Gen.Double[0, 1].Array[0, 4], Gen.Int[0, 5]).Sample((scores, budget) =>
        {
            string[] places = [Some.Cost, Some.Opening, Some.Schools, Some.Unemployment];
            var statements = scores.Select((score, i) => Some.Claim(places[i], score: score)).ToArray();
            var picked = Pick(budget, statements);
            Assert.True(picked.Count <= budget);
            Assert.All(picked, p => Assert.True(p.Score <= p.Statement.Worth.Score && p.Statement.Worth.Score >= Policy.MinScore));
            Assert.Equal(picked.Count, picked.Select(p => p.Statement.Id).Distinct(StringComparer.Ordinal).Count());
        });

    private static IReadOnlyList<Selected> Pick(int budget, params Statement[] statements) =>
        Selector.Pick([.. statements.Select(s => (s, s.Anchor.FindIn(Some.Text)!.Value))], [], Some.Text, budget, Policy);
}
