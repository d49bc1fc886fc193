using CsCheck;
using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Tests.Extraction.Quotes.Model;

/// <summary>How a text is cut for the model.</summary>
public class ModelWindowsTests
{
    private static readonly WordPieces Pieces = new("[UNK]\n[CLS]\n[SEP]\nun\n##said\nsaid\ncafe\n.\n“\n”\n\"", "éeóo");

    [Fact]
    public void Words_are_cut_into_the_longest_pieces_that_are_known()
    {
        var words = Pieces.Read("Unsaid café. Saidly");
        Assert.Equal(
            [
                [3, 4],
                [6],
                [7],
                [0],
            ],
            words.Select(w => w.Pieces)
        );
        Assert.Equal(["Unsaid", "café", ".", "Saidly"], words.Select(w => w.Span.In("Unsaid café. Saidly")));
    }

    [Fact]
    public void A_feature_tells_shape_and_marks_and_where_a_paragraph_begins()
    {
        // 1: a capital first, 2: all capitals, 3: a figure; + 4: in marks; + 8: opens a paragraph.
        Assert.Equal([9, 4, 6, 4, 3], Features("Said “SAID” 7"));
        Assert.Equal([12, 5, 8, 0], Features("\"Said\n\nsaid ."));
    }

    [Fact]
    public void Every_word_stands_in_one_window_that_is_not_too_long() =>
        Gen.OneOf("said ", "Unsaid ", "\n\n", ". ", "“", "xyz ")
            .Array[0, 900]
            .Select(string.Concat)
            .Sample(text =>
            {
                var words = Pieces.Read(text);
                var next = 0;
                foreach (var (first, end) in ModelWindows.Of(words, text))
                {
                    Assert.Equal(next, first);
                    Assert.InRange(words[first..end].Sum(w => w.Pieces.Length), 1, 254);
                    next = end;
                }

                Assert.Equal(words.Count, next);
            });

    private static IEnumerable<int> Features(string text) => Pieces.Read(text).Select(w => w.Feature);
}
