using System.Collections.Frozen;
using System.Globalization;

namespace FactCheck.Extraction.Insights;

/// <summary>The mood of a sentence: the sum of its words' valences (<c>sentiment/valence.txt</c>), turned by negation,
/// scaled by "very" and the like, more behind "but" than before, over the root of how many words there are.</summary>
public static class SentimentScorer
{
    private const int ReachOfNegation = 3;
    private const double Negated = -0.4;
    private const double Strengthened = 1.3;
    private const double Weakened = 0.7;
    private const double BeforeBut = 0.6;

    // Strong words tell more than their share: three weak ones don't make up for one "massacre".
    private const double Emphasis = 1.3;

    // Bad news weighs more than good news does, and to say that something is not so is a little bad by itself.
    private const double Badness = 1.4;
    private const double Denial = -1;

    // How large a mean is well on its way to the end of the scale.
    private const double Spread = 2;

    private static readonly FrozenDictionary<string, double> Valence = DataFiles
        .Groups("sentiment/valence.txt")
        .SelectMany(g => g.Words.Select(w => (Word: w, Valence: double.Parse(g.Key, CultureInfo.InvariantCulture))))
        .GroupBy(w => w.Word, StringComparer.Ordinal)
        // A word that stands in two groups is taken at its strongest.
        .ToFrozenDictionary(g => g.Key, g => g.MaxBy(w => Math.Abs(w.Valence)).Valence, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, FrozenSet<string>> Shifters = DataFiles
        .Groups("sentiment/shifters.txt")
        .ToFrozenDictionary(g => g.Key, g => g.Words.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>-1 (negative) to 1 (positive) for the sentence at a span.</summary>
    public static double Score(string text, TextSpan sentence)
    {
        var words = SentenceWords.Of(text, sentence).All;
        if (words.Length == 0)
            return 0;
        var (sum, lastBut) = (0.0, Array.FindLastIndex(words, w => w.Lower is "but"));
        for (var i = 0; i < words.Length; i++)
        {
            if (!words[i].IsWord && words[i].Kind != TokenKind.Clitic)
                continue;
            if (IsNegation(words[i].Lower))
                sum += Denial;
            if (ValenceOf(words[i].Lower) is not (var valence and not 0))
                continue;
            var strength =
                Math.Sign(valence)
                * Math.Pow(Math.Abs(valence), Emphasis)
                * Shift(words, i)
                * (i < lastBut ? BeforeBut : 1);
            sum += strength < 0 ? strength * Badness : strength;
        }

        var mean = sum / Math.Sqrt(words.Length);
        return Math.Round(mean / Math.Sqrt((mean * mean) + (Spread * Spread)), 4);
    }

    private static bool IsNegation(string word) => Shifters["negate"].Contains(word);

    /// <summary>The valence of a word in lower case, -3 to 3; 0 for one that no list has in any form.</summary>
    public static double ValenceOf(string word)
    {
        if (Valence.TryGetValue(word, out var valence))
            return valence;
        foreach (var form in BaseForms(word))
            if (Valence.TryGetValue(form, out valence))
                return valence;
        return 0;
    }

    private static double Shift(SentenceWord[] words, int at)
    {
        var scale = 1.0;
        for (var i = Math.Max(0, at - ReachOfNegation); i < at; i++)
        {
            if (IsNegation(words[i].Lower))
                scale *= Negated;
            if (i < at - 1)
                continue;
            if (Shifters["strengthen"].Contains(words[i].Lower))
                scale *= Strengthened;
            if (Shifters["weaken"].Contains(words[i].Lower))
                scale *= Weakened;
        }

        return scale;
    }

    // The endings of English inflection, and what they may have been added to.
    private static IEnumerable<string> BaseForms(string word)
    {
        foreach (var (ending, replacement) in Endings)
        {
            if (word.Length <= ending.Length + 2 || !word.EndsWith(ending, StringComparison.Ordinal))
                continue;
            var stem = word[..^ending.Length];
            yield return stem + replacement;
            if (replacement.Length == 0 && stem.Length > 3 && stem[^1] == stem[^2])
                yield return stem[..^1];
        }
    }

    private static readonly (string Ending, string Replacement)[] Endings =
    [
        ("ies", "y"),
        ("ied", "y"),
        ("iness", "y"),
        ("ily", "y"),
        ("es", ""),
        ("s", ""),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
        ("er", ""),
        ("er", "e"),
        ("est", ""),
        ("est", "e"),
        ("ness", ""),
        ("ful", ""),
        ("'s", ""),
    ];
}
