using FactCheck.Extraction.Quotes;
using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Tests.Extraction.Quotes;

/// <summary>Whose word counts where rules and model see different things.</summary>
public class QuoteJoinTests
{
    private const string Version = "attribution-test";
    private const string Text =
        "\"We shall appeal,\" said Mira Holt. The board claims the lift is safe. Critics fear that prices will rise fast.";

    [Fact]
    public void Speech_in_marks_stays_as_the_rules_cut_it()
    {
        var quote = Assert.Single(
            Join([Draft("said", "Mira Holt", 0.9, "\"We shall appeal,\"")], Found("said", 0.9, 0.95, "We shall"))
        );
        Assert.Equal(["\"We shall appeal,\""], Words(quote));
        Assert.Equal(Quote.Rules, quote.FoundBy);
    }

    [Fact]
    public void What_the_model_does_not_take_for_a_report_goes()
    {
        Assert.Empty(Join([Draft("claims", "The board", 0.9, "the lift is safe")]));
        Assert.Empty(Join([Draft("claims", "The board", 0.5, "the lift is safe")]));
        Assert.Single(
            Join([Draft("claims", "The board", 0.9, "the lift is safe")], Found("claims", 0.6, 0.6, "the lift"))
        );
    }

    [Fact]
    public void A_sure_model_says_where_what_is_reported_ends()
    {
        var quote = Assert.Single(
            Join(
                [Draft("fear", "Critics", 0.7, "that prices will rise")],
                Found("fear", 0.99, 0.98, "that prices will rise fast")
            )
        );
        Assert.Equal(["that prices will rise fast"], Words(quote));
        Assert.Equal(Version, quote.FoundBy);
        Assert.Equal("Critics", quote.Speaker!.Span.In(Text));
    }

    [Fact]
    public void A_fairly_sure_model_says_where_a_report_ends_that_a_rule_read_on_over_a_cue_or_stopped_early()
    {
        var readOn = Draft("claims", "The board", 0.5, "the lift is safe. Critics fear that prices will rise");
        Join([readOn], Found("claims", 0.9, 0.7, "the lift is safe"));
        Assert.Equal(Quote.Rules, readOn.FoundBy);
        Join(
            [readOn],
            Found("claims", 0.9, 0.7, "the lift is safe"),
            Found("fear", 0.9, 0.9, "that prices will rise fast", source: "Critics")
        );
        Assert.Equal(["the lift is safe"], Words(readOn));
        var stopped = Draft("fear", "Critics", 0.7, "that prices");
        Join([stopped], Found("fear", 0.9, 0.7, "that prices will rise fast"));
        Assert.Equal(["that prices will rise fast"], Words(stopped));
    }

    [Fact]
    public void What_only_a_sure_model_sees_is_added_with_its_source()
    {
        var quote = Assert.Single(Join([], Found("fear", 0.96, 0.95, "that prices will rise fast", source: "Critics")));
        Assert.Equal((Version, "Critics"), (quote.FoundBy, quote.Speaker!.Span.In(Text)));
        Assert.Empty(Join([], Found("fear", 0.9, 0.95, "that prices will rise fast", source: "Critics")));
    }

    [Fact]
    public void Nothing_is_added_that_crosses_what_stands_or_swallows_speech_in_marks()
    {
        var stance = Draft("claims", "The board", 0.5, "the lift is safe");
        var seen = Found("claims", 0.9, 0.7, "the lift is safe");
        var speech = Draft("said", "Mira Holt", 0.9, "\"We shall appeal,\"");
        Assert.Single(Join([stance], seen, Found("fear", 0.99, 0.99, "is safe. Critics")));
        Assert.Single(
            Join([speech], Found("fear", 0.99, 0.99, "\"We shall appeal,\" said Mira Holt. The board claims the"))
        );
        Assert.Equal(2, Join([stance], seen, Found("fear", 0.99, 0.99, "lift is")).Count);
    }

    [Fact]
    public void One_word_is_no_report() => Assert.Empty(Join([], Found("fear", 0.99, 0.99, "prices")));

    [Fact]
    public void Rules_alone_say_so()
    {
        var quotes = QuoteExtractor.Extract(Text);
        Assert.NotEmpty(quotes);
        Assert.All(quotes, quote => Assert.Equal(Quote.Rules, quote.FoundBy));
    }

    [Fact]
    public void The_shipped_model_finds_what_the_rules_leave_out_and_says_so()
    {
        const string text = "Engineers put the cost at 40 million euros. Serbia maintains close ties with Moscow.";
        Assert.Empty(QuoteExtractor.Extract(text));
        var quote = Assert.Single(QuoteExtractor.Extract(text, AttributionModel.Shipped));
        Assert.Equal("the cost at 40 million euros", Assert.Single(quote.Content).In(text));
        Assert.Equal("Engineers", quote.Source!.Mention.In(text));
        Assert.StartsWith("attribution-", quote.FoundBy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_book_gets_the_rules_answer()
    {
        var book = string.Concat(Enumerable.Repeat("Engineers put the cost at 40 million euros.\n\n", 5_000));
        using var model = new AttributionModel("no such file", TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.Empty(QuoteExtractor.Extract(book, model));
    }

    private static List<QuoteDraft> Join(List<QuoteDraft> drafts, params ModelAttribution[] found)
    {
        var text = new AnnotatedText(Text);
        new QuoteJoin(text, new(text), Version).Join(drafts, found);
        return drafts;
    }

    private static QuoteDraft Draft(string cue, string speaker, double confidence, string content) =>
        new()
        {
            Speaker = new(Of(speaker), "subject", 0.9),
            Cue = Of(cue),
            Content = [Of(content)],
            Confidence = confidence,
        };

    private static ModelAttribution Found(
        string cue,
        double cueChance,
        double held,
        string content,
        string? source = null
    ) => new(Of(cue), [Of(content)], source is null ? null : Of(source), cueChance, held, held, 0.9);

    private static TextSpan Of(string words) => new(Text.IndexOf(words, StringComparison.Ordinal), words.Length);

    private static IEnumerable<string> Words(QuoteDraft quote) => quote.Content.Select(span => span.In(Text));
}
