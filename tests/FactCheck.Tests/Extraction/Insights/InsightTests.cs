using CsCheck;
using FactCheck.Extraction;
using FactCheck.Extraction.Insights;

namespace FactCheck.Tests.Extraction.Insights;

public class InsightTests
{
    private static Task<TextInsights> Analyze(string text, string? language = null) =>
        new LocalTextAnalytics().AnalyzeAsync(text, language);

    private static EntityKind? KindOf(string text, string words) =>
        EntityFinder
            .In(text)
            .Where(e => e.Text.Equals(words, StringComparison.Ordinal))
            .Select(e => (EntityKind?)e.Kind)
            .FirstOrDefault();

    [Theory]
    [InlineData("The mayor met Angela Smith in Berlin.", "Angela Smith", EntityKind.Person)]
    [InlineData("The mayor met Angela Smith in Berlin.", "Berlin", EntityKind.Location)]
    [InlineData("She studied at the University of Vienna.", "University of Vienna", EntityKind.Organization)]
    [InlineData("It cost $3.5 million to build.", "$3.5 million", EntityKind.Money)]
    [InlineData("It cost 40 million euros to build.", "40 million euros", EntityKind.Money)]
    [InlineData("Prices rose by 4.1 percent.", "4.1 percent", EntityKind.Percent)]
    [InlineData("Prices rose by 12% in a year.", "12%", EntityKind.Percent)]
    [InlineData("They opened it on Friday, May 8, 2009 at noon.", "Friday, May 8, 2009", EntityKind.Date)]
    [InlineData("They opened it on 8 May 2009 at noon.", "8 May 2009", EntityKind.Date)]
    [InlineData("It has been closed since 2019.", "2019", EntityKind.Date)]
    [InlineData("About 1,200 people came.", "1,200 people", EntityKind.Quantity)]
    [InlineData("In 2020, Serbia took delivery of six drones.", "2020", EntityKind.Date)]
    [InlineData("2020 was the warmest year on record.", "2020", EntityKind.Date)]
    [InlineData("It cost 2000 dollars to repair.", "2000 dollars", EntityKind.Money)]
    [InlineData("China won its first gold medal.", "China", EntityKind.Location)]
    [InlineData("China and Serbia sold it to the Swedish firm Polvar Shipping.", "China", EntityKind.Location)]
    [InlineData("Caloa is a Brazilian maker of bicycles. Later Caloa built cars.", "Caloa", EntityKind.Organization)]
    [InlineData("Jane Poe spoke first. Then Poe left the room.", "Poe", EntityKind.Person)]
    public void Names_figures_and_dates_are_found(string text, string words, EntityKind kind) =>
        Assert.Equal(kind, KindOf(text, words));

    [Theory]
    [InlineData("The council approved the budget after a long debate.", "en")]
    [InlineData("Der Rat hat den Haushalt nach langer Debatte beschlossen.", "de")]
    [InlineData("Le conseil a approuvé le budget après un long débat.", "fr")]
    [InlineData("Rada przyjęła budżet po długiej debacie.", "pl")]
    [InlineData("Совет утвердил бюджет после долгих споров.", "ru")]
    [InlineData("Gradsko veće je u sredu usvojilo budžet, jer je dug porastao za dvanaest odsto.", "sr")]
    [InlineData("Градско веће је у среду усвојило буџет, јер је дуг порастао.", "sr")]
    [InlineData("Gradsko je vijeće u srijedu usvojilo proračun jer je dug porastao za dvanaest posto.", "hr")]
    [InlineData("Belediye meclisi uzun tartışmalardan sonra bütçeyi onayladı.", "tr")]
    public async Task A_language_is_known_by_its_letters(string text, string language) =>
        Assert.Equal(language, (await Analyze(text)).Language);

    [Theory]
    [InlineData("")]
    [InlineData("12 + 30 = 42")]
    [InlineData("市議会は火曜日に予算案を可決した。")]
    [InlineData("Kaupunginvaltuusto hyväksyi talousarvion tiistaina pitkän keskustelun jälkeen.")]
    [InlineData("A képviselő-testület hosszú vita után kedden elfogadta a költségvetést.")]
    [InlineData("Kommunstyrelsen antog budgeten på tisdagen efter en lång debatt som många följde.")]
    [InlineData("Consiliul local a adoptat bugetul marți, după o dezbatere îndelungată.")]
    [InlineData("Міська рада у вівторок ухвалила бюджет, і ніхто не був проти цього рішення.")]
    public async Task What_is_none_of_the_languages_is_unknown(string text) =>
        Assert.Null((await Analyze(text)).Language);

    [Fact]
    public async Task Another_language_gets_no_English_insights()
    {
        var insights = await Analyze("Der Rat hat den Haushalt beschlossen.", "de");
        Assert.Equal("de", insights.Language);
        Assert.Empty(insights.Entities);
    }

    [Fact]
    public void Mood_follows_words_and_turns_with_negation()
    {
        static double Score(string text) => SentimentScorer.Score(text, new(0, text.Length));
        Assert.True(Score("It was a wonderful success.") > 0.3);
        Assert.True(Score("Forty people were killed in the attack.") < -0.3);
        Assert.True(Score("It was not a success.") < 0);
        Assert.Equal(0, Score("The committee meets on Tuesday."));
    }

    [Fact]
    public void Key_phrases_are_words_of_the_text()
    {
        const string Text =
            "The river pollution killed fish. River pollution is a crime, the ministry said. Fish died in "
            + "the Alder River.";
        var phrases = KeyPhrases.Of(Text);
        Assert.Contains("river pollution", phrases, StringComparer.OrdinalIgnoreCase);
        Assert.All(phrases, p => Assert.Contains(p, Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Hostile_text_never_throws_and_spans_stay_inside() =>
        HostileText.Any.Sample(text =>
        {
            var insights = new LocalTextAnalytics().AnalyzeAsync(text, "en").GetAwaiter().GetResult();
            foreach (var entity in insights.Entities)
                Assert.Equal(entity.Text, entity.Span.In(text));
            foreach (var sentence in insights.Sentiment)
            {
                Assert.True(sentence.Span.FitsIn(text.Length));
                Assert.InRange(sentence.Score, -1, 1);
            }
        });

    [Fact]
    public void A_whole_article_is_read_into_sentences_quotes_and_claims()
    {
        const string Text =
            "“Taxes rose by 12 percent in 2019,” said Mary Poe, the mayor.\n\nThe council spent 40 million "
            + "euros last year.";
        var found = Extractor.Default.Extract(new(Text, new(Published: new DateOnly(2026, 3, 11))));
        Assert.Equal(2, found.Sentences.Count);
        Assert.Single(found.Quotes);
        Assert.Equal(2, found.Claims.Count);
        Assert.Contains("Poe", found.Claims[0].Claimant, StringComparison.Ordinal);
        Assert.Equal("The council spent 40 million euros last year (2025).", found.Claims[1].Standalone);
    }

    [Fact]
    public void Extraction_of_hostile_text_never_throws_and_says_the_same_twice() =>
        HostileText.Any.Sample(text =>
        {
            var once = Extractor.Default.Extract(new(text, new()));
            Assert.All(once.Claims, c => Assert.True(c.Sentence.Contains(c.Span) && c.Sentence.FitsIn(text.Length)));
            Assert.Equal(
                once.Claims.Select(c => c.Standalone),
                Extractor.Default.Extract(new(text, new())).Claims.Select(c => c.Standalone),
                StringComparer.Ordinal
            );
        });
}
