using CsCheck;

namespace FactCheck.Tests.Domain;

public class StatementIdTests
{
    [Theory]
    [InlineData("Prices rose by 3 percent.", "prices  rose\nby 3 percent")]
    [InlineData("“Prices rose”, she said", "\"Prices rose\" she said!")]
    [InlineData("Café prices rose", "CAFÉ prices rose")]
    public void Spacing_case_and_punctuation_make_no_other_statement(string one, string other) =>
        Assert.Equal(ClaimId(one), ClaimId(other));

    [Theory]
    [InlineData("Prices rose by 3 percent.", "Prices rose by 4 percent.")]
    [InlineData("It fell by 3%.", "It fell by 3.")]
    [InlineData("It cost $5.", "It cost €5.")]
    [InlineData("The balance is -5.", "The balance is 5.")]
    public void Another_number_unit_or_sign_makes_another_statement(string one, string other) =>
        Assert.NotEqual(ClaimId(one), ClaimId(other));

    [Fact]
    public void The_speaker_is_part_of_a_quote_but_not_of_a_claim()
    {
        Assert.NotEqual(Id(StatementKind.Quote, "Brandt"), Id(StatementKind.Quote, "Falk"));
        Assert.NotEqual(Id(StatementKind.Quote, "Brandt"), Id(StatementKind.Quote, null));
        Assert.Equal(Id(StatementKind.Claim, "Brandt"), Id(StatementKind.Claim, "Falk"));
        Assert.NotEqual(Id(StatementKind.Claim, null), Id(StatementKind.Quote, null));

        static string Id(StatementKind kind, string? speaker) =>
            StatementId.Of(Some.Article, kind, "No school was closed.", speaker, 1);
    }

    [Fact]
    public void A_word_of_the_speaker_and_a_word_of_the_quote_are_told_apart() =>
        Assert.NotEqual(
            StatementId.Fingerprint(StatementKind.Quote, "b c", "a"),
            StatementId.Fingerprint(StatementKind.Quote, "c", "a b")
        );

    [Fact]
    public void An_id_leads_back_to_its_article()
    {
        var id = ClaimId("Prices rose.");
        var task = StatementId.Task(id, 3);
        Assert.Matches("^[a-z2-7]{26}\\.[a-z2-7]{16}-1$", id);
        Assert.Equal($"{id}.3", task);
        Assert.Equal(Some.Article, StatementId.ArticleOf(id));
        Assert.Equal(Some.Article, StatementId.ArticleOf(task));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("abcdefghijklmnopqrstuvwxyz")] // an article's key alone
    [InlineData("abcdefghijklmnopqrstuvwxyz-x")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ.x")]
    public void What_is_no_id_belongs_to_no_article(string id) => Assert.Null(StatementId.ArticleOf(id));

    [Fact]
    public void Ids_of_different_fingerprints_and_occurrences_are_unique_and_short_enough() =>
        Gen.Select(Gen.Char["ab 1%"].Array[0, 8].Select(c => new string(c)), Gen.Int[1, 9], Gen.Enum<StatementKind>())
            .Array[0, 40]
            .Sample(statements =>
            {
                var different = statements
                    .Select(s => (StatementId.Normalize(s.Item1), s.Item2, s.Item3))
                    .Distinct()
                    .Count();
                var ids = statements
                    .Select(s => StatementId.Of(Some.Article, s.Item3, s.Item1, null, s.Item2))
                    .ToHashSet(StringComparer.Ordinal);
                Assert.Equal(different, ids.Count);
                Assert.All(ids, id => Assert.InRange(StatementId.Task(id, 999).Length, 1, 60));
            });

    [Fact]
    public void What_is_normal_stays_as_it_is() =>
        Gen.String.Sample(words =>
        {
            var normal = StatementId.Normalize(words);
            Assert.Equal(normal, StatementId.Normalize(normal));
            Assert.Equal(normal.Trim(), normal);
            Assert.DoesNotContain("  ", normal, StringComparison.Ordinal);
        });

    private static string ClaimId(string words) => StatementId.Of(Some.Article, StatementKind.Claim, words, null, 1);
}
