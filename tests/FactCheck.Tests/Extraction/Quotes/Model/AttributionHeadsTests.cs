using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Tests.Extraction.Quotes.Model;

/// <summary>Which words a cue gets, of scores that are given.</summary>
public class AttributionHeadsTests
{
    private const int Parts = 5;
    private const int Sure = 6;
    private const int Unsure = 1;

    [Theory]
    [InlineData("Ann said rents | rose", "rents rose")]
    [InlineData("Ann said rents rise in mid|-March", "rents rise in mid-March")]
    [InlineData("Ann said it cost |$18", "it cost $18")]
    [InlineData("Ann said she met Mr|. Holt", "she met Mr. Holt")]
    [InlineData("Ann said she met Holt|.", "she met Holt")]
    [InlineData("Ann said rents|, wages", "rents")]
    public void What_is_said_ends_at_a_mark_that_can_end_it(string marked, string content)
    {
        // Behind the stroke the scores lean a little to "no content".
        var doubtful = marked.IndexOf('|', StringComparison.Ordinal);
        var text = marked.Replace("|", "", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal);
        List<ModelWord> words = [.. WordsOf(text).Select(span => new ModelWord(span, [0], 0, 0))];
        var heads = new AttributionHeads(
            text,
            words,
            [.. Enumerable.Range(0, words.Count)],
            new float[words.Count * 9]
        );
        var found = Assert.Single(heads.Read([1], ScoresOf(words, doubtful)));
        Assert.Equal(content, Assert.Single(found.Content).In(text));
    }

    private static float[] ScoresOf(List<ModelWord> words, int doubtful)
    {
        var scores = new float[words.Count * Parts];
        for (var at = 0; at < words.Count; at++)
        {
            var (part, by) = at switch
            {
                0 => (3, Sure),
                1 => (0, Sure),
                2 => (1, Sure),
                _ when words[at].Span.Start < doubtful => (2, Sure),
                _ => (0, Unsure),
            };
            foreach (var other in (int[])[1, 3, 4])
                scores[at * Parts + other] = -Sure;
            scores[at * Parts + part] = by;
        }

        return scores;
    }

    private static IEnumerable<TextSpan> WordsOf(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var end = at + 1;
            while (char.IsLetterOrDigit(text[at]) && end < text.Length && char.IsLetterOrDigit(text[end]))
                end++;
            if (text[at] != ' ')
                yield return TextSpan.FromBounds(at, end);
            at = end;
        }
    }
}
