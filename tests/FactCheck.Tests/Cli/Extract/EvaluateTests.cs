using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using FactCheck.Extraction.Evaluation;
using FactCheck.Tests.Extraction;

namespace FactCheck.Tests.Cli.Extract;

/// <summary>The figures are those of the reference scorers, to the digit, on the same predictions.</summary>
public sealed class EvaluateTests
{
    // Scores and labels of our own. The expected lines were printed by the reference scorer in Python over the same
    // rows, ties and all.
    private static readonly (double, bool)[] Rows =
    [
        (0.9, true),
        (0.9, false),
        (0.8, true),
        (0.75, false),
        (0.6, true),
        (0.5, true),
        (0.5, false),
        (0.4, false),
        (0.4, true),
        (0.3, false),
        (0.2, true),
        (0.1, false),
        (0.1, false),
        (0.1, true),
        (0, false),
        (0, false),
    ];

    [Fact]
    public void Check_worthiness_is_measured_as_the_reference_measures_it() =>
        Assert.Equal(
            ["sentences 16, check-worthy 7 (43.8%)", "P 57.1  R 57.1  F1 57.1  at 0.5", "AP 0.563"],
            ClaimScores.Of(Rows).Lines(0.5)
        );

    [Theory]
    [InlineData(0.25, 1, "0.2")]
    [InlineData(0.75, 1, "0.8")]
    [InlineData(0.35, 1, "0.3")] // 0.34999…
    [InlineData(6.25, 1, "6.2")]
    [InlineData(100, 1, "100.0")]
    [InlineData(99.95, 1, "100.0")] // 99.9500000000000028
    [InlineData(0.0625, 3, "0.062")]
    [InlineData(0.5, 0, "0")]
    [InlineData(0, 1, "0.0")]
    public void Halves_are_rounded_to_the_even_digit_of_the_exact_value(double value, int digits, string printed) =>
        Assert.Equal(printed, Digits.Of(value, digits));

    [Fact]
    public void Off_the_halves_rounding_is_the_usual_one() =>
        Gen.Double[0, 100]
            .Sample(value =>
                Assert.Equal(value, double.Parse(Digits.Of(value, 6), CultureInfo.InvariantCulture), 5.01e-7)
            );

    [Fact]
    public async Task Quotes_and_claims_of_the_seeds_have_the_figures_of_the_reference_scorers()
    {
        using var folder = new TempFolder();
        foreach (var what in (string[])["quotes", "claims"])
        {
            var predictions = Path.Combine(folder.Path, $"{what}.jsonl");
            var ours = await Typed.RunAsync(
                "evaluate",
                what,
                SeedData.Path($"gold/{what}.jsonl"),
                "--predictions",
                predictions
            );
            Assert.True(ours.ExitCode == 0, ours.Error);
            Assert.Equal(
                Comparable(await ReferenceAsync($"score_{what}.py", SeedData.Path($"gold/{what}.jsonl"), predictions)),
                Comparable(ours.Output)
            );
        }
    }

    [Fact]
    public async Task Any_predictions_have_the_figures_of_the_reference_scorers()
    {
        using var folder = new TempFolder();
        var (gold, predicted) = (Path.Combine(folder.Path, "gold.jsonl"), Path.Combine(folder.Path, "pred.jsonl"));
        // Each round starts a process: few rounds of many documents.
        foreach (var documents in Rounds())
        {
            await File.WriteAllLinesAsync(gold, documents.Select((d, i) => WithText($"d{i}", d.Item1)));
            await File.WriteAllLinesAsync(predicted, documents.Select((d, i) => QuoteLines.Write($"d{i}", d.Item2)));
            var scorer = new QuoteScorer();
            foreach (var (g, p) in documents)
                scorer.Add(Text, g, p);
            Assert.Equal(
                Comparable(await ReferenceAsync("score_quotes.py", gold, predicted)),
                Comparable(string.Join('\n', scorer.Scores().Lines()))
            );
        }
    }

    [Fact]
    public async Task Any_scores_have_the_figures_of_the_reference_scorer()
    {
        using var folder = new TempFolder();
        var (gold, predicted) = (Path.Combine(folder.Path, "gold.jsonl"), Path.Combine(folder.Path, "pred.jsonl"));
        // Few different scores, so that there are ties.
        var rounds = new List<(double Score, bool Worthy)[]>();
        Gen.Select(Gen.Int[0, 8].Select(i => i / 8.0), Gen.Bool).Array[1, 60].Sample(rounds.Add, iter: 8, threads: 1);
        foreach (var rows in rounds)
        {
            var sentences = rows.Select((r, i) => $$"""{"id":"{{i}}","text":"","label":{{(r.Worthy ? 1 : 0)}}}""");
            await File.WriteAllTextAsync(gold, $$"""{"id":"d","sentences":[{{string.Join(',', sentences)}}]}""");
            await File.WriteAllLinesAsync(
                predicted,
                rows.Select((r, i) => $$"""{"id":"{{i}}","score":{{r.Score.ToString(CultureInfo.InvariantCulture)}}}""")
            );
            Assert.Equal(
                Comparable(await ReferenceAsync("score_claims.py", gold, predicted)),
                Comparable(string.Join('\n', ClaimScores.Of(rows).Lines(0.5)))
            );
        }
    }

    [Fact]
    public async Task Any_readings_have_the_figures_of_the_reference_scorer()
    {
        using var folder = new TempFolder();
        var (gold, predicted) = (Path.Combine(folder.Path, "gold.jsonl"), Path.Combine(folder.Path, "pred.jsonl"));
        var words = Gen.Int[0, 5].Select(i => ((string[])["It rained", " ", "\u00A0\n", "Home", "\u001F", "x"])[i]);
        var text = words.Array[0, 8].Select(string.Concat);
        var rounds = new List<(string Text, string[] With, string[] Without)[]>();
        var pieces = words.Array[0, 3];
        Gen.Select(text, pieces, pieces).Array[1, 20].Sample(rounds.Add, iter: 8, threads: 1);
        foreach (var pages in rounds)
        {
            var lines = pages.Select((p, i) => (Gold: new ReadingGold($"{i}", "", p.With, p.Without), p.Text)).ToList();
            await File.WriteAllLinesAsync(
                gold,
                lines.Select(l => JsonSerializer.Serialize(l.Gold, JsonSerializerOptions.Web))
            );
            await File.WriteAllLinesAsync(
                predicted,
                lines.Select(l => JsonSerializer.Serialize(new { id = l.Gold.Id, text = l.Text }))
            );
            var scores = lines.Aggregate(ReadingScores.None, (all, line) => all.And(line.Gold, line.Text));
            if (scores.Right > 0) // the reference divides by their sum
                Assert.Equal(
                    Comparable(await ReferenceAsync("score_reading.py", gold, predicted)),
                    Comparable(scores.Lines().First())
                );
        }
    }

    [Fact]
    public async Task Reading_is_measured_by_pieces_and_what_is_refused_is_counted()
    {
        using var folder = new TempFolder();
        string At(string name) => Path.Combine(folder.Path, name);
        await File.WriteAllTextAsync(
            At("a.html"),
            "<nav><a href=/>Home</a></nav><p>It rained on Tuesday, she said.</p>"
        );
        await File.WriteAllTextAsync(At("b.html"), "<script>nothing()</script>");
        await File.WriteAllLinesAsync(
            At("gold.jsonl"),
            [
                """{"id":"a","file":"a.html","with":["It  rained","on Monday"],"without":["Home"]}""",
                """{"id":"b","file":"b.html","with":["It rained"],"without":[]}""",
            ]
        );
        var typed = await Typed.RunAsync("evaluate", "reading", At("gold.jsonl"), "--predictions", At("pred.jsonl"));
        Assert.Equal(
            ["pages 2, P 100.0 R 33.3 F 50.0, pages with nothing right 1", "refused 1"],
            typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
        Assert.Equal(
            ["""{"id":"a","text":"It rained on Tuesday, she said."}""", """{"id":"b","text":""}"""],
            await File.ReadAllLinesAsync(At("pred.jsonl"))
        );
        var text = await Typed.RunAsync("extract", "text", At("a.html"));
        Assert.Equal("It rained on Tuesday, she said.", text.Output.Trim());
    }

    [Fact]
    public void Key_phrases_count_once_and_whatever_their_case()
    {
        var scores = KeyPhraseScores
            .None.And(["Property tax", "property  TAX!", "Mayor", "debt"], ["property tax", "Debt", "library"], 2)
            .And([], ["roads"], 2);

        Assert.Equal((2, 1, 2, 4), (scores.Texts, scores.Right, scores.Offered, scores.Gold));
        Assert.Equal((0.5, 0.25), (scores.Precision, scores.Recall));
    }

    [Fact]
    public async Task Key_phrases_of_the_seeds_are_measured_from_their_own_gold()
    {
        var typed = await Typed.RunAsync("evaluate", "keyphrases", SeedData.Path("gold/keyphrases.jsonl"), "--k", "8");
        Assert.Equal((0, ""), (typed.ExitCode, typed.Error));
        Assert.Contains("texts 10", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_up_for_review_is_measured_from_the_articles_themselves()
    {
        var typed = await Typed.RunAsync(
            "evaluate",
            "selection",
            SeedData.Path("gold/claims.jsonl"),
            "--texts",
            SeedData.Path("articles")
        );
        Assert.Contains("articles 33, check-worthy sentences 215", typed.Output, StringComparison.Ordinal);
        // As the gold's own README counts it.
        Assert.Contains("(a perfect order: 0.940)", typed.Output, StringComparison.Ordinal);
        Assert.Contains("at most 8 an article", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sentence_that_is_not_in_the_text_is_never_covered()
    {
        const string Claim = "The harbour of Ostmoor spent €3.4 million on its quay walls in 2021.";
        var scores = SelectionScores.None.And(
            "a.txt",
            new(Claim, new()),
            [Claim, "Another sentence says 7 million."],
            FactCheck.Extraction.Extractor.Default,
            new()
        );

        Assert.Equal((2, 1, 1, 2), (scores.Gold, scores.AsTasks, scores.InTwenty, scores.Reachable));
    }

    private const string Text =
        "“We will rebuild it,” Ana Kovač said. That that was ½ true, she added: “all day long”. 'Nobody' "
        + "came - they say…";

    private static readonly Gen<TextSpan> Span = Gen.Select(
        Gen.Int[0, Text.Length - 2],
        Gen.Int[1, 40],
        (start, length) => new TextSpan(start, Math.Min(length, Text.Length - start))
    );

    private static readonly Gen<IReadOnlyList<ScoredQuote>> Document = Gen.Select(
            Span.Array[1, 3],
            Span.Array[0, 1],
            Span.Array[0, 1],
            Gen.Int[0, 2].Select(i => new[] { "direct", "indirect", "mixed" }[i]),
            (content, speakers, cues, type) => new ScoredQuote(content, speakers, cues, type)
        )
        .Array[0, 5]
        .Select(quotes => (IReadOnlyList<ScoredQuote>)quotes);

    private static string WithText(string id, IReadOnlyList<ScoredQuote> quotes) =>
        QuoteLines
            .Write(id, quotes)
            .Replace("\"quotes\":", $"\"text\":{JsonSerializer.Serialize(Text)},\"quotes\":", StringComparison.Ordinal);

    private static IEnumerable<(IReadOnlyList<ScoredQuote> Gold, IReadOnlyList<ScoredQuote> Predicted)[]> Rounds()
    {
        var rounds = new List<(IReadOnlyList<ScoredQuote>, IReadOnlyList<ScoredQuote>)[]>();
        Gen.Select(Document, Document).Array[1, 12].Sample(rounds.Add, iter: 8, threads: 1);
        return rounds;
    }

    // The reference writes recall by type as one line of a dictionary, and a share of nothing as 0; the figures are
    // what is compared.
    private static List<string> Comparable(string lines) =>
        [
            .. Regex
                .Replace(lines, @"(?<![\d.])0(?![\d.])", "0.0", RegexOptions.None, TimeSpan.FromSeconds(1))
                .Replace("recall by type: {", "", StringComparison.Ordinal)
                .Split('\n', ',')
                .Select(l => l.Replace("'", "", StringComparison.Ordinal).Trim().TrimEnd('}'))
                .Select(l => l.StartsWith("recall ", StringComparison.Ordinal) ? l[7..] : l)
                .Where(l => l.Length > 0),
        ];

    private static async Task<string> ReferenceAsync(string scorer, string gold, string predictions)
    {
        var path = SharedData.Find("../tools", scorer);
        Assert.SkipWhen(path is null, $"needs ../shared: tools/{scorer}");
        try
        {
            var utf8 = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PYTHONIOENCODING"] = "utf-8" };
            var ran = await Subprocess.RunAsync("python3", [path!, gold, predictions], Limits.Many, utf8);
            Assert.True(ran.ExitCode == 0, ran.Said);
            return ran.Output;
        }
        catch (InvalidOperationException)
        {
            Assert.Skip("needs ../shared: and python3 to run its scorers");
            throw;
        }
    }
}
