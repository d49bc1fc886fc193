using System.Globalization;

namespace FactCheck.Extraction.Evaluation;

/// <summary>Pairs gold quotes with predicted ones, one to one, by the letters and digits they share.</summary>
internal static class QuotePairs
{
    /// <summary>The pairs that share a letter, best first; no quote stands in two of them.</summary>
    public static IEnumerable<(double Jaccard, int Gold, int Predicted)> Of(
        string text,
        IReadOnlyList<ScoredQuote> gold,
        IReadOnlyList<ScoredQuote> predicted
    )
    {
        var usedGold = new HashSet<int>();
        var usedPredicted = new HashSet<int>();
        var pairs = All(
            [.. gold.Select(q => Letters(text, q.Content))],
            [.. predicted.Select(q => Letters(text, q.Content))]
        );
        foreach (var pair in pairs)
        {
            if (usedGold.Contains(pair.Gold) || usedPredicted.Contains(pair.Predicted))
                continue;
            usedGold.Add(pair.Gold);
            usedPredicted.Add(pair.Predicted);
            yield return pair;
        }
    }

    public static bool SharesLetter(string text, IReadOnlyList<TextSpan> gold, IReadOnlyList<TextSpan> predicted) =>
        predicted.Count > 0 && gold.Any(g => Letters(text, [g]).Overlaps(Letters(text, [predicted[0]])));

    public static HashSet<int> Letters(string text, IEnumerable<TextSpan> spans) =>
        [.. spans.SelectMany(s => Enumerable.Range(s.Start, s.Length)).Where(i => IsLetter(text[i]))];

    /// <summary>As Unicode at large has it, so that numerals such as "½" count too.</summary>
    public static bool IsLetter(char c) =>
        char.IsLetterOrDigit(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    // Best first; of equals the later gold, then the later prediction, as a sort of tuples from the top would have it.
    private static IEnumerable<(double Jaccard, int Gold, int Predicted)> All(
        List<HashSet<int>> gold,
        List<HashSet<int>> predicted
    )
    {
        var pairs = new List<(double, int, int)>();
        for (var g = 0; g < gold.Count; g++)
        {
            for (var p = 0; p < predicted.Count; p++)
            {
                var both = predicted[p].Count(gold[g].Contains);
                if (both > 0)
                    pairs.Add(((double)both / (gold[g].Count + predicted[p].Count - both), g, p));
            }
        }

        return pairs.OrderDescending();
    }
}
