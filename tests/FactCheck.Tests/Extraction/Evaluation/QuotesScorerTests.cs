using FactCheck.Extraction.Evaluation;
using FactCheck.Extraction.Quotes;

namespace FactCheck.Tests.Extraction.Evaluation;

public class QuotesScorerTests
{
    // Two documents of our own with predictions that hit, half hit, miss and invent. The expected lines were printed
    // by the reference scorer in Python over the same two files.
    private static readonly string[] Gold =
    [
        """{"id":"a","text":"“We will rebuild the bridge,” Ana Kovač said. """
            + """The mayor said that the bridge was safe and sound. Critics disagree.","quotes":["""
            + """{"speaker_span":[30,39],"cue_span":[40,44],"content_spans":[[0,29]],"type":"direct"},"""
            + """{"speaker_spans":[[46,55]],"speaker_span":[46,55],"cue_spans":[[56,60]],"cue_span":[56,60],"""
            + """ "content_spans":[[61,96]],"type":"indirect"}]}""",
        """{"id":"b","text":"It rained, she added, “all day long”. Nobody came.","quotes":["""
            + """{"speaker_span":null,"cue_span":null,"content_spans":[[0,9],[22,36]],"type":"mixed"}]}""",
    ];

    private static readonly string[] Predicted =
    [
        """{"id":"a","text":"","quotes":["""
            + """{"speaker_span":[30,33],"cue_span":[40,44],"content_spans":[[1,28]],"type":"direct"},"""
            + """{"speaker_span":[97,104],"cue_span":null,"content_spans":[[66,85]],"type":"indirect"},"""
            + """{"speaker_span":null,"cue_span":null,"content_spans":[[97,113]],"type":"indirect"}]}""",
        """{"id":"b","text":"","quotes":["""
            + """{"speaker_span":null,"cue_span":[15,20],"content_spans":[[0,10],[22,36]],"type":"mixed"},"""
            + """{"speaker_span":null,"cue_span":null,"content_spans":[[38,49]],"type":"indirect"}]}""",
    ];

    [Fact]
    public void The_figures_are_those_of_the_reference_scorer()
    {
        var scorer = new QuoteScorer();
        foreach (var (gold, predicted) in QuoteLines.Read(Gold).Zip(QuoteLines.Read(Predicted)))
            scorer.Add(gold.Text, gold.Quotes, predicted.Quotes);
        Assert.Equal(
            """
            gold: 3
            pred: 5
            exact PRF: (40.0, 66.7, 50.0)
            overlap>=.5 PRF: (60.0, 100.0, 75.0)
            touch PRF: (60.0, 100.0, 75.0)
            token PRF: (77.8, 82.4, 80.0)
            recall direct: 1/1 = 100.0
            recall indirect: 1/1 = 100.0
            recall mixed: 1/1 = 100.0
            speaker acc on matched: 1/2 = 50.0
            speaker+content end-to-end PRF: (40.0, 66.7, 50.0)
            cue acc on matched: 1/2 = 50.0
            """,
            string.Join("\n", scorer.Scores().Lines())
        );
    }

    [Fact]
    public void Predictions_are_written_as_they_are_read()
    {
        var document = QuoteLines.Read(Gold).First();
        var line = QuoteLines.Write(document.Id, document.Quotes);
        Assert.Equal(
            line,
            QuoteLines.Write(
                "a",
                QuoteLines
                    .Read([line.Replace("{\"id\"", "{\"text\":\"\",\"id\"", StringComparison.Ordinal)])
                    .Single()
                    .Quotes
            )
        );
        Assert.StartsWith(
            "{\"id\":\"a\",\"quotes\":[{\"speaker_span\":[30,39],\"cue_span\":[40,44],\"content_spans\":[[0,29]],\"type\":\"direct\"",
            line,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("quotes.polnear.dev.jsonl", 71, 56, 95.6, 55.2, 92, 64.7)]
    [InlineData("quotes.gum.dev.jsonl", 58, 45.8, 76, 66.5, 86.5, 50.5)]
    public void Extraction_stays_above_its_floors(
        string file,
        double overlap,
        double exact,
        double direct,
        double indirect,
        double speaker,
        double endToEnd
    )
    {
        var scorer = new QuoteScorer();
        foreach (var document in QuoteLines.Read(SharedData.Lines("quotes", file)))
            scorer.Add(document.Text, document.Quotes, ScoredQuote.From(QuoteExtractor.Extract(document.Text)));
        var scores = scorer.Scores();
        Assert.True(scores.Overlap.F1 >= overlap, $"overlap {scores.Overlap}");
        Assert.True(scores.Exact.F1 >= exact, $"exact {scores.Exact}");
        Assert.True(scores.RecallByType["direct"].Percent >= direct, $"direct {scores.RecallByType["direct"]}");
        Assert.True(scores.RecallByType["indirect"].Percent >= indirect, $"indirect {scores.RecallByType["indirect"]}");
        Assert.True(scores.Speaker.Percent >= speaker, $"speaker {scores.Speaker}");
        Assert.True(scores.EndToEnd.F1 >= endToEnd, $"end to end {scores.EndToEnd}");
    }
}
