using System.Text;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Quotes;

namespace FactCheck.Tests.Extraction.Documents;

public class TranscriptTests
{
    private const string Meeting = """
        WEBVTT - Council meeting
        Language: en-GB

        NOTE made by hand

        STYLE
        ::cue { color: red }

        1
        00:01.000 --> 00:04.000 align:start position:10%
        <v.loud Ana Kovač>We will build <i>400 homes</i>

        2
        00:04.000 --> 00:07.500
        <v Ana Kovač>by the end of 2027.

        01:02:03.480 --> 01:02:06.000
        <v Tom Reed>That is false. We spent
        €3 million &amp; built nothing.

        01:02:07.000 --> 01:02:08.000
        [applause]
        """;

    private static ArticleText Read(string content, string name = "a.srt") =>
        Assert
            .IsType<ReadResult.Read>(ArticleReader.Read(Handmade.Bytes(content), name, new(), ReadLimits.Default))
            .Article;

    [Theory]
    [InlineData("no cue at all")]
    [InlineData("1\n00:00:01,000 -> 00:00:02,000\nbroken arrow")]
    [InlineData("WEBVTT\n\nNOTE nothing but a note")]
    public void Subtitles_without_a_cue_are_Unreadable(string content) =>
        Assert.Equal(
            RejectionReason.Unreadable,
            Assert
                .IsType<ReadResult.Rejected>(
                    ArticleReader.Read(Handmade.Bytes(content), "a.srt", new(), ReadLimits.Default)
                )
                .Rejection.Reason
        );

    [Fact]
    public void Subtitles_without_words_are_Empty() =>
        Assert.Equal(
            RejectionReason.Empty,
            Assert
                .IsType<ReadResult.Rejected>(
                    ArticleReader.Read(
                        Handmade.Bytes("1\n00:00:01,000 --> 00:00:02,000\n[music]"),
                        "a.srt",
                        new(),
                        ReadLimits.Default
                    )
                )
                .Rejection.Reason
        );

    [Fact]
    public void WebVTT_becomes_sentences_led_in_by_who_says_them()
    {
        var article = Read(Meeting, "a.vtt");
        Assert.Equal(
            "Ana Kovač: We will build 400 homes by the end of 2027.\n\nTom Reed: That is false. We spent €3 "
                + "million & built nothing.",
            article.Text
        );
        Assert.Equal(new ArticleMeta("Council meeting", Language: "en"), article.Meta);
    }

    [Fact]
    public void Each_stretch_knows_its_time()
    {
        var article = Read(Meeting, "a.vtt");
        Assert.Equal(new TimeSpan(0, 0, 1), article.TimeAt(0));
        Assert.Equal(
            new TimeSpan(0, 0, 4),
            article.TimeAt(article.Text.IndexOf("by the end", StringComparison.Ordinal))
        );
        Assert.Equal(
            new TimeSpan(0, 1, 2, 3, 480),
            article.TimeAt(article.Text.IndexOf("€3 million", StringComparison.Ordinal))
        );
        Assert.Equal(new TimeSpan(0, 1, 2, 3, 480), TextAnchor.Of(article, new(article.Text.Length - 8, 8)).At);
    }

    [Fact]
    public void The_quotes_of_a_transcript_have_their_speakers()
    {
        var article = Read(Meeting, "a.vtt");
        Assert.Equal(["Ana Kovač", "Tom Reed"], QuoteExtractor.Extract(article.Text).Select(q => q.Source!.Name));
    }

    [Fact]
    public void SubRip_without_blank_lines_and_with_codes_is_read() =>
        Assert.Equal(
            "The report was published in 2019, and nobody read it.",
            Read(
                "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<font color=\"red\">The report</font> "
                    + "was\n2\n00:00:02,100 --> 00:00:04,000\npublished in 2019, and nobody read it.\n"
            ).Text
        );

    [Fact]
    public void Dashes_arrows_and_names_change_the_voice() =>
        Assert.Equal(
            "MAYOR REED: Is that true?\n\nNo. It is not.\n\nSo it is.\n\nAna Kovač: The answer is this: no.",
            Read(
                "1\n00:00:01,000 --> 00:00:02,000\nMAYOR REED: Is that true?\n- No. It is "
                    + "not.\n\n2\n00:00:02,100 --> 00:00:04,000\n>> So it is.\n\n3\n00:00:04,000 --> "
                    + "00:00:05,000\nAna Kovač: The answer is this: no."
            ).Text
        );

    [Fact]
    public void A_pause_begins_a_paragraph_but_not_inside_a_sentence()
    {
        static string Cues(string first, int pause) =>
            $"1\n00:00:01,000 --> 00:00:02,000\n{first}\n\n2\n00:00:0{2 + pause},000 --> 00:00:09,500\nand this.";
        Assert.Equal("He said that.\n\nand this.", Read(Cues("He said that.", 3)).Text);
        Assert.Equal("He said that. and this.", Read(Cues("He said that.", 1)).Text);
        Assert.Equal("He said that and this.", Read(Cues("He said that", 3)).Text);
    }

    [Fact]
    public void Rolling_captions_say_each_line_once() =>
        Assert.Equal(
            "The mayor said that nobody would pay.",
            Read(
                "WEBVTT\n\n00:01.000 --> 00:03.000\nThe mayor said\n\n00:03.000 --> 00:05.000\nThe mayor "
                    + "said\nthat nobody\n\n00:05.000 --> 00:05.010\nthat nobody\n\n00:05.010 --> 00:07.000\nthat "
                    + "nobody\nwould pay.",
                "a.vtt"
            ).Text
        );

    private static string Cues(params IReadOnlyList<string> cues) =>
        string.Concat(cues.Select((cue, i) => $"{i + 1}\n00:00:{i:D2},000 --> 00:00:{i + 1:D2},000\n{cue}\n\n"));

    [Theory]
    [InlineData("Rents|Rents rose|Rents rose by|Rents rose by 18 percent.", "Rents rose by 18 percent.")]
    [InlineData(
        "Rents|rose by|18 percent.|Rents rose by 18 percent.|Jobs fell.",
        "Rents rose by 18 percent. Jobs fell."
    )]
    [InlineData("Rents rose\nby 18|by 18\npercent,|percent,\nshe said.", "Rents rose by 18 percent, she said.")]
    [InlineData("Rents rose\nby|Rents rose\nby 18|by 18 percent", "Rents rose by 18 percent")]
    [InlineData("Hello. Rents rose by|Rents rose by 18 percent.", "Hello. Rents rose by 18 percent.")]
    public void Words_that_are_only_shown_again_are_said_once(string cues, string said) =>
        Assert.Equal(said, Read(Cues(cues.Split('|'))).Text);

    [Theory]
    [InlineData("I know that|that is true.", "I know that that is true.")]
    [InlineData("He said no.|She said no.|They all said no.", "He said no. She said no. They all said no.")]
    [InlineData("it rained and|it rained and|it poured.", "it rained and it poured.")]
    public void Words_that_are_said_twice_stay_unless_their_whole_line_comes_again(string cues, string said) =>
        Assert.Equal(said, Read(Cues(cues.Split('|'))).Text);

    [Theory]
    [InlineData(
        "good evening everyone the city spent 40|million euros last year and crime|fell by 12 percent",
        "good evening everyone\n\nthe city spent 40 million euros last year\n\nand crime fell by 12 percent"
    )]
    [InlineData(
        "thank you minister rents have|doubled but the roads and bridges|were closed in 2024",
        "thank you minister\n\nrents have doubled\n\nbut the roads and bridges were closed in 2024"
    )]
    [InlineData(
        "the city closed two schools and three|libraries in 2024",
        "the city closed two schools and three libraries in 2024"
    )]
    [InlineData(
        "the city spent 40 million last year|the mayor denied it on monday we closed|two schools",
        "the city spent 40 million last year\n\nthe mayor denied it on monday\n\nwe closed two schools"
    )]
    [InlineData("she said in 2021 the debt had doubled", "she said in 2021 the debt had doubled")]
    [InlineData("in 2021 the city had spent 40 million", "in 2021 the city had spent 40 million")]
    public void Speech_without_a_stop_is_cut_where_a_clause_begins(string cues, string text) =>
        Assert.Equal(text, Read(Cues(cues.Split('|'))).Text);

    [Fact]
    public void Each_clause_of_speech_without_a_stop_is_a_claim_with_its_time()
    {
        var article = Read(
            Cues("good evening the city spent 40 million euros", "on roads in 2024 and crime", "fell by 12 percent")
        );
        var claims = Extractor.Default.Extract(article).Claims;
        Assert.Equal(
            [("The city spent 40 million euros on roads in 2024.", 0), ("Crime fell by 12 percent.", 1)],
            claims.Select(c => (c.Standalone, article.TimeAt(c.Span.Start)!.Value.Seconds))
        );
    }

    [Theory]
    [InlineData("hello ", "all ")]
    [InlineData("", "a\n")]
    [InlineData("", "and ")]
    public void A_cue_without_end_takes_no_longer_than_its_words(string first, string again)
    {
        var cue = first + new StringBuilder().Insert(0, again, 200_000);
        Assert.NotNull(
            ArticleReader.Read(Handmade.Bytes(Cues(cue, cue + "it rained")), "a.srt", new(), ReadLimits.Default)
        );
        Assert.NotEmpty(Read(Cues(first + new StringBuilder().Insert(0, again, 15_000), "it rained")).Text);
    }

    [Fact]
    public void Subtitles_are_known_by_their_content()
    {
        Assert.NotNull(Read(Meeting, "a.txt").Times);
        Assert.NotNull(Read("1\r\n00:00:01,000 --> 00:00:02,000\r\nIt rained.\r\n", "a").Times);
        Assert.Null(Read("1\nIt rained --> it poured.\n", "a.txt").Times);
    }
}
