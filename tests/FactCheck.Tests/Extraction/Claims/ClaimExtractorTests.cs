using CsCheck;
using FactCheck.Extraction;
using FactCheck.Extraction.Claims;
using FactCheck.Extraction.Quotes;
using FactCheck.Extraction.Text;

namespace FactCheck.Tests.Extraction.Claims;

public class ClaimExtractorTests
{
    private static IReadOnlyList<Claim> Claims(string text, ClaimContext? context = null, params Quote[] quotes) =>
        ClaimExtractor.Extract(text, Sentences.In(text), quotes, context);

    private static TextSpan Of(string text, string words) =>
        new(text.IndexOf(words, StringComparison.Ordinal), words.Length);

    private static Quote Said(string text, QuoteKind kind, string source, string? name, params string[] content) =>
        new(kind, new(Of(text, source), name, 0.9, "test"), null, [.. content.Select(c => Of(text, c))], null, 1);

    [Theory]
    [InlineData("Did taxes rise by 12 percent in 2019?")]
    [InlineData("Look at the beautiful sky.")]
    [InlineData("I believe that kindness matters to everyone.")]
    [InlineData("We will be there for the people of this town.")]
    [InlineData("A fine day.")]
    public void What_evidence_can_not_settle_is_no_claim(string sentence) => Assert.Empty(Claims(sentence));

    [Theory]
    [InlineData("Table 2.")]
    [InlineData("42.")]
    [InlineData("Page 3 of 12.")]
    [InlineData("VARNHOLT, 4 March 2026.")]
    [InlineData("By Mary Poe, health correspondent.")]
    [InlineData("— Hanne Brandt, director of the Orsel Valley Radio Cooperative of 2019.")]
    [InlineData("From the desk of Milos Varga, head of 12 analysts.")]
    public void What_only_names_and_dates_is_no_claim(string line) =>
        Assert.DoesNotContain(Claims($"The bridge is safe.\n\n{line}"), c => c.Span.Start > 10);

    [Theory]
    [InlineData("Rents rose by 12 percent in Orsel.")]
    [InlineData("- Fares went up by 4 percent.")]
    [InlineData("» Fares up by 4 percent in 2024.")]
    [InlineData("– Fares up 4 percent.")]
    [InlineData("PARLIAMENT PASSED THE TAX ACT IN 2019.")]
    [InlineData("Serbia beat Croatia 3 to 1 in 2019.")]
    public void A_line_that_says_something_stays_a_claim_without_the_mark_of_its_list(string line) =>
        Assert.Equal(line.TrimStart('-', '–', '»', ' '), Assert.Single(Claims(line)).Span.In(line));

    [Theory]
    [InlineData("Taxes rose by 12 percent more than in 2019.", ClaimKind.Comparison)]
    [InlineData("The city spent 12 million euros.", ClaimKind.Quantity)]
    [InlineData("It was the highest price ever paid.", ClaimKind.Record)]
    [InlineData("Smoking causes cancer in millions of people.", ClaimKind.Causal)]
    [InlineData("Parliament passed the act.", ClaimKind.Law)]
    [InlineData("Senator Poe opposed the bridge.", ClaimKind.Position)]
    [InlineData("Mary Poe left the company.", ClaimKind.Event)]
    public void A_claim_has_the_kind_of_its_most_telling_feature(string sentence, ClaimKind kind) =>
        Assert.Equal(
            kind,
            ClaimExtractor.KindOf(SentenceFeatures.Of(sentence, new(0, sentence.Length)), isQuoted: false)
        );

    [Fact]
    public void The_words_of_a_quote_are_a_claim_by_its_source()
    {
        const string Text = "“Taxes rose by 12 percent in 2019,” said Mary Poe, “and nobody was told.”";
        var claim = Assert.Single(
            Claims(
                Text,
                null,
                Said(
                    Text,
                    QuoteKind.Direct,
                    "Mary Poe",
                    "Mary Poe",
                    "“Taxes rose by 12 percent in 2019,”",
                    "“and nobody was told.”"
                )
            )
        );
        Assert.Equal("Mary Poe", claim.Claimant);
        Assert.Equal(0, claim.Quote);
        Assert.Equal("Taxes rose by 12 percent in 2019 and nobody was told.", claim.Standalone);
        Assert.Equal(Text.Length, claim.Sentence.Length);
        Assert.StartsWith("Taxes", claim.Span.In(Text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The mayor called that a scandal.", 0)]
    [InlineData("Critics branded the plan a disgrace.", 0)]
    [InlineData("The mayor called 2019 the most expensive year of all.", 1)]
    public void What_somebody_calls_it_is_no_claim_without_a_figure(string text, int claims) =>
        Assert.Equal(claims, ClaimExtractor.Extract(text, Sentences.In(text), QuoteExtractor.Extract(text)).Count);

    [Theory]
    [InlineData("Critics in 2019 questioned the health of the minister, who was 70.")]
    [InlineData("The bridge was expected to open in May 2019.")]
    public void A_stance_without_a_clause_is_told_by_the_article(string text)
    {
        var claim = Assert.Single(ClaimExtractor.Extract(text, Sentences.In(text), QuoteExtractor.Extract(text)));
        Assert.Equal(text, claim.Standalone);
        Assert.Null(claim.Claimant);
    }

    [Fact]
    public void Two_quotes_in_a_sentence_are_two_claims()
    {
        const string Text = "Poe said taxes rose by 12 percent, but Roe said taxes fell by 3 percent.";
        var claims = Claims(
            Text,
            null,
            Said(Text, QuoteKind.Indirect, "Poe", "Mary Poe", "taxes rose by 12 percent"),
            Said(Text, QuoteKind.Indirect, "Roe", null, "taxes fell by 3 percent")
        );
        Assert.Equal<string?>(["Mary Poe", "Roe"], [.. claims.Select(c => c.Claimant)]);
        Assert.Equal<string?>(
            ["Taxes rose by 12 percent.", "Taxes fell by 3 percent."],
            [.. claims.Select(c => c.Standalone)]
        );
    }

    [Fact]
    public void The_place_of_writing_and_the_joining_word_are_no_part_of_a_claim()
    {
        Assert.Equal(
            "The share rose to 87.1 percent in 2024.",
            Claims("HOLLOWBRIDGE — The share rose to 87.1 percent in 2024.")[0].Standalone
        );
        const string Text = "Poe said that taxes rose by 12 percent.";
        Assert.Equal(
            "Taxes rose by 12 percent.",
            Claims(Text, null, Said(Text, QuoteKind.Indirect, "Poe", "Poe", "that taxes rose by 12 percent."))[
                0
            ].Standalone
        );
    }

    [Fact]
    public void He_who_says_it_himself_is_named()
    {
        const string Text = "Mary Poe was there. She said she had paid 12 million euros in 2019.";
        var claims = Claims(
            Text,
            null,
            Said(Text, QuoteKind.Indirect, "She", "Mary Poe", "she had paid 12 million euros in 2019")
        );
        Assert.Equal("Mary Poe had paid 12 million euros in 2019.", claims[^1].Standalone);
    }

    [Fact]
    public void A_pronoun_is_replaced_only_where_the_paragraph_names_one_person()
    {
        const string One = "Mary Poe runs the bank. She paid 12 million euros in 2019.";
        Assert.Equal(
            "Mary Poe paid 12 million euros in 2019.",
            Claims(One, new(Persons: [new(Of(One, "Mary Poe"), "Mary Poe")]))[^1].Standalone
        );
        const string Two = "Mary Poe and Ann Roe run the bank. She paid 12 million euros in 2019.";
        Assert.Equal(
            "She paid 12 million euros in 2019.",
            Claims(Two, new(Persons: [new(Of(Two, "Mary Poe"), "Mary Poe"), new(Of(Two, "Ann Roe"), "Ann Roe")]))[
                ^1
            ].Standalone
        );
    }

    [Theory]
    [InlineData("Taxes rose by 12 percent last year.", "Taxes rose by 12 percent last year (2025).")]
    [InlineData(
        "Taxes rose by 12 percent last year's report said.",
        "Taxes rose by 12 percent last year's report said."
    )]
    [InlineData(
        "The bank paid 12 million euros on Monday.",
        "The bank paid 12 million euros on Monday (9 March 2026)."
    )]
    [InlineData("The bank paid 12 million euros on Wednesday.", "The bank paid 12 million euros on Wednesday.")]
    [InlineData(
        "The bank paid 12 million euros yesterday.",
        "The bank paid 12 million euros yesterday (10 March 2026)."
    )]
    [InlineData("The bank paid 12 million euros last week.", "The bank paid 12 million euros last week.")]
    public void Relative_dates_are_read_from_the_day_of_publication(string sentence, string standalone) =>
        // a Wednesday
        Assert.Equal(standalone, Claims(sentence, new(Published: new DateOnly(2026, 3, 11)))[0].Standalone);

    [Fact]
    public void Without_a_day_of_publication_a_sentence_is_kept() =>
        Assert.Equal(
            "Taxes rose by 12 percent last year.",
            Claims("Taxes rose by 12 percent last year.")[0].Standalone
        );

    private static IReadOnlyList<Claim> Found(string text) =>
        Extractor.Default.Extract(new(text, new(Published: new DateOnly(2025, 11, 21)))).Claims;

    [Theory]
    [InlineData(
        "Mary Poe promised to publish every contract worth 50,000 euros.",
        "Mary Poe promised to publish every contract worth 50,000 euros."
    )]
    [InlineData(
        "Mary Poe accused the mayor of hiding a deficit of 19 million euros.",
        "Mary Poe accused the mayor of hiding a deficit of 19 million euros."
    )]
    [InlineData(
        "Mary Poe demanded that the plant be closed in 2026 after 12 spills.",
        "Mary Poe demanded that the plant be closed in 2026 after 12 spills."
    )]
    [InlineData(
        "Mary Poe denied that the plant had paid 19 million euros.",
        "Mary Poe denied that the plant had paid 19 million euros."
    )]
    [InlineData(
        "Mary Poe called the result “the best news for 12 years”.",
        "Mary Poe called the result “the best news for 12 years”."
    )]
    [InlineData(
        "Mary Poe repeated her accusation that the ministry had paid 19 million euros.",
        "The ministry had paid 19 million euros."
    )]
    [InlineData("“We lost 12 percent,” Mary Poe joked, “We lost 40 jobs.”", "We lost 12 percent, We lost 40 jobs.")]
    [InlineData(
        "The council passed a budget of 12 million euros on Tuesday night.",
        "The council passed a budget of 12 million euros on Tuesday night (18 November 2025)."
    )]
    [InlineData("The match began at 17:30.Source: Agency", "The match began at 17:30.")]
    public void A_claim_reads_as_a_sentence(string text, string standalone) =>
        Assert.Equal(standalone, Assert.Single(Found(text)).Standalone);

    [Theory]
    [InlineData("“We cooperated fully,” she added.")]
    [InlineData("That evening she wrote in her diary of 2019:")]
    [InlineData("Neither army has said.")]
    public void An_act_of_saying_is_no_claim(string text) => Assert.Empty(Found(text));

    [Theory]
    [InlineData("One nurse, who had paid 12 million euros, said that the bank had paid 3 million euros.", "One nurse")]
    [InlineData("The bank had paid 12 million euros, it said.", null)]
    public void A_claimant_is_a_name_a_whole_description_or_nobody(string text, string? claimant) =>
        Assert.Equal(claimant, Found(text)[^1].Claimant);

    [Fact]
    public void Hostile_text_never_throws_and_spans_stay_inside() =>
        HostileText.Any.Sample(text =>
        {
            var sentences = Sentences.In(text);
            Quote[] quotes =
            [
                .. sentences
                    .Where(s => s.Length > 1)
                    .Take(3)
                    .Select(s => new Quote(QuoteKind.Mixed, null, null, [new(s.Start, s.Length - 1)], null, 1)),
            ];
            foreach (var claim in ClaimExtractor.Extract(text, sentences, quotes, new(new DateOnly(2026, 3, 11))))
            {
                Assert.True(claim.Span.FitsIn(text.Length));
                Assert.True(claim.Sentence.Contains(claim.Span));
                Assert.InRange(claim.Worth.Score, 0, 1);
            }
        });
}
