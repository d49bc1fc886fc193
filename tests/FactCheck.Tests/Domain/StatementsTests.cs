using CsCheck;

namespace FactCheck.Tests.Domain;

/// <summary>From what was found in a text to what a desk handles.</summary>
public sealed class StatementsTests
{
    private static readonly CheckWorthiness Half = new(0.5, [new("number", 1.2, "42 million")]);

    [Theory]
    [InlineData(QuoteKind.Direct, null, null, false, 0.15 + 0.15 + 0.05)]
    [InlineData(QuoteKind.Indirect, null, null, false, 0.15 + 0.05)]
    [InlineData(QuoteKind.Mixed, "she", null, false, 0.15 + 0.15)] // who that is, nobody knows
    [InlineData(QuoteKind.Direct, "she", "Anna Brandt", false, 0.15 + 0.15 + 0.1)]
    [InlineData(QuoteKind.Indirect, "she", "Anna Brandt", true, 0.15 + 0.1 - 0.1)]
    public void A_quote_is_worth_what_is_claimed_in_it_and_more_in_exact_words_of_somebody_known(
        QuoteKind kind,
        string? mention,
        string? name,
        bool isNested,
        double score
    )
    {
        var source = mention is null ? null : new QuoteSource(new(0, 3), name, 0.9, "named beside the quote");
        var quote = new Quote(kind, source, null, [new(0, 5)], isNested ? 0 : null, 1);
        Assert.Equal(score, QuoteWorth.Of(quote, []).Score, 4);
        Assert.Equal(score + 0.375 - 0.15, QuoteWorth.Of(quote, [Claim(0, 3, 0), Claim(0, 3, 0, 0.2)]).Score, 4);
        Assert.Equal(score / 2, QuoteWorth.Of(quote with { Confidence = 0.5 }, []).Score, 4);
        Assert.Equal(
            name,
            QuoteWorth.Of(quote, []).Reasons.SingleOrDefault(r => r.Feature == "named speaker")?.Because
        );
    }

    [Fact]
    public void A_claim_in_a_quote_is_its_speakers_and_both_know_of_each_other()
    {
        const string Text = "“We won,” said Anna Brandt. It rained. “We lost,” said she.";
        var source = new QuoteSource(new(15, 11), "Anna Brandt", 0.9, "named beside the quote");
        var she = new QuoteSource(new(55, 3), null, 0.5, "a pronoun");
        var found = Of(
            Text,
            [Quote(0, 9, source), Quote(39, 10, she)],
            [Claim(1, 6, 0) with { Claimant = "Anna Brandt" }, Claim(28, 10, null)]
        );

        var (quote, won, rained, lost) = (found[0], found[1], found[2], found[3]);
        Assert.Equal(["“We won,”", "Stand alone.", "Stand alone.", "“We lost,”"], found.Select(s => s.Text));
        Assert.Equal(["Anna Brandt", "Anna Brandt", null, "she"], found.Select(s => s.Speaker));
        Assert.Equal([0.9, 0.9, 0, 0.5], found.Select(s => s.SpeakerConfidence));
        Assert.Equal("speaker of the quote it lies in", won.SpeakerReason);
        Assert.Null(rained.SpeakerReason);
        Assert.Equal([won.Id, quote.Id], quote.Linked.Concat(won.Linked));
        Assert.Empty(rained.Linked.Concat(lost.Linked));
        Assert.Contains(quote.Worth.Reasons, r => r.Feature == "best claim in the quote");
        Assert.Contains(lost.Worth.Reasons, r => r.Feature == "quote without a claim");
    }

    [Fact]
    public void Those_most_worth_checking_are_kept_in_their_order_and_know_only_of_each_other()
    {
        var found = new[] { 0.2, 0.9, 0.5, 0.5, 0.9 }
            .Select((score, i) => Some.Claim(score: score) with { Id = $"{i}", Linked = ["0", "1", "2", "3", "4"] })
            .ToList();
        var policy = new SelectionPolicy { MaxStatements = 3 };
        Assert.Equal(["1", "2", "4"], Selector.Keep(found, policy).Select(s => s.Id));
        Assert.All(Selector.Keep(found, policy), s => Assert.Equal(["1", "2", "4"], s.Linked));
        Assert.Same(found, Selector.Keep(found, policy with { MaxStatements = 5 }));
    }

    /// <summary>Whatever lies where: what is looked up by place is what a look at everything finds.</summary>
    [Fact]
    public void Insights_of_a_statement_are_those_that_lie_in_it()
    {
        var gen = Gen.Select(Gen.Int[0, 40], Gen.Int[1, 12], (start, length) => new TextSpan(start, length));
        Gen.Select(gen.Array[0, 8], gen, Gen.Int[0, 5].Array[0, 8])
            .Sample(all =>
            {
                var (places, span, lengths) = all;
                var text = new string('x', 60);
                var moods = new List<SentenceSentiment>();
                foreach (var length in lengths)
                    moods.Add(new(new(moods.Count == 0 ? 0 : moods[^1].Span.End + 1, length + 1), moods.Count));
                var insights = new TextInsights(
                    "en",
                    1,
                    [.. places.Select((p, i) => new Entity(p, $"{i}", EntityKind.Other, 1))],
                    moods,
                    []
                );
                var found = Statements
                    .Of(
                        Some.Article,
                        1,
                        new(text, new()),
                        new([], [], [Claim(span.Start, span.Length, null)]),
                        insights,
                        new Dictionary<string, IReadOnlyList<EarlierVerdict>>()
                    )
                    .Single()
                    .Insights!;
                Assert.Equal(
                    places.Index().Where(p => span.Contains(p.Item)).Select(p => $"{p.Index}").Order(),
                    found.Entities.Select(e => e.Text).Order()
                );
                var near = moods.Where(m => m.Span.Overlaps(span)).ToList();
                Assert.Equal(near.Count == 0 ? null : Math.Round(near.Average(m => m.Score), 3), found.Sentiment);
            });
    }

    [Fact]
    public void The_same_words_again_are_another_statement_each_with_what_was_decided_of_it()
    {
        const string Text = "It rained. It rained.";
        var ids = Enumerable
            .Range(1, 2)
            .Select(i => StatementId.Of(Some.Article, StatementKind.Claim, Text[..10], null, i))
            .ToList();
        var earlier = new EarlierVerdict("other", "It rained.", "True", 1, true);
        var found = Of(Text, [], [Claim(0, 10, null), Claim(11, 10, null)], matches: new() { [ids[1]] = [earlier] });
        Assert.Equal(ids, found.Select(s => s.Id));
        Assert.Equal(
            [
                [],
                [earlier],
            ],
            found.Select(s => s.Matches)
        );
    }

    [Theory]
    [InlineData(4_000, 4_000, true)]
    [InlineData(4_001, 10, false)]
    [InlineData(10, 4_001, false)]
    public void What_nobody_could_check_at_once_is_none(int span, int wording, bool isOne) =>
        Assert.Equal(
            isOne,
            Of(new string('a', 5_000), [], [Claim(0, span, null) with { Standalone = new('b', wording) }]).Count == 1
        );

    [Fact]
    public void What_text_analytics_says_of_its_sentences_is_said_of_a_statement()
    {
        const string Text = "The Lenne rose. The Lenne fell.";
        var insights = new TextInsights(
            "en",
            1,
            [new(new(4, 5), "Lenne", EntityKind.Location, 1), new(new(20, 5), "Lenne", EntityKind.Location, 1)],
            [new(new(0, 15), 0.5), new(new(16, 15), -1)],
            ["lenne", "bridge"]
        );
        IReadOnlyList<Claim> claims = [Claim(0, 15, null) with { Standalone = "The LENNE rose." }];
        var said = Assert.Single(Of(Text, [], claims, insights)).Insights!;
        Assert.Equal([new("Lenne", EntityKind.Location)], said.Entities);
        Assert.Equal((0.5, "lenne"), (said.Sentiment, Assert.Single(said.KeyPhrases)));
        Assert.Equal(-0.25, Of(Text, [], [Claim(0, 31, null)], insights)[0].Insights!.Sentiment);
        Assert.Null(Of(Text, [], claims, insights with { Sentiment = [] })[0].Insights!.Sentiment);
        Assert.Null(Of(Text, [], claims)[0].Insights);
    }

    private static IReadOnlyList<Statement> Of(
        string text,
        IReadOnlyList<Quote> quotes,
        IReadOnlyList<Claim> claims,
        TextInsights? insights = null,
        Dictionary<string, IReadOnlyList<EarlierVerdict>>? matches = null
    ) =>
        Statements.Of(
            Some.Article,
            1,
            new(text, new()),
            new([], quotes, claims),
            insights ?? TextInsights.None,
            matches ?? []
        );

    private static Quote Quote(int start, int length, QuoteSource? source) =>
        new(QuoteKind.Direct, source, null, [new(start, length)], null, 1);

    private static Claim Claim(int start, int length, int? quote, double score = 0.5) =>
        new(
            new(start, length),
            new(start, length),
            "Stand alone.",
            null,
            ClaimKind.Event,
            Half with
            {
                Score = score,
            },
            quote
        );
}
