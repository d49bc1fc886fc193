namespace FactCheck.Extraction.Evaluation;

/// <summary>Scores quotes against gold ones, micro-averaged over documents: <see cref="QuoteScores"/>.</summary>
public sealed class QuoteScorer
{
    internal const double MatchAt = 0.5;
    private const string OuterMarks = "\"\u201C\u201D\u2018\u2019'.,;:";
    private readonly Dictionary<string, (int Found, int Gold)> _byType = new(StringComparer.Ordinal);
    private int _gold,
        _predicted,
        _exact,
        _touch,
        _overlap,
        _speakerRight,
        _speakerOf,
        _endToEnd,
        _cueRight,
        _cueOf,
        _tokenGold,
        _tokenPredicted,
        _tokenBoth;

    /// <summary>Takes one document in.</summary>
    /// <exception cref="ArgumentException">A predicted span does not lie inside the text.</exception>
    public void Add(string text, IReadOnlyList<ScoredQuote> gold, IReadOnlyList<ScoredQuote> predicted)
    {
        gold = [.. gold.Where(q => q.Content.Count > 0)];
        predicted = [.. predicted.Where(q => q.Content.Count > 0)];
        if (predicted.Any(q => q.Content.Any(s => s.Length == 0 || !s.FitsIn(text.Length))))
            throw new ArgumentException("A predicted span lies outside the text.", nameof(predicted));
        _gold += gold.Count;
        _predicted += predicted.Count;
        foreach (var quote in gold)
            _byType[quote.Type] = _byType.GetValueOrDefault(quote.Type) is var (found, of) ? (found, of + 1) : default;
        _exact += CountExact(text, gold, predicted);
        Match(text, gold, predicted);
        CountTokens(text, gold, predicted);
    }

    /// <summary>The figures over every document taken in so far.</summary>
    public QuoteScores Scores() =>
        new(
            new(_exact, _predicted, _gold),
            new(_overlap, _predicted, _gold),
            new(_touch, _predicted, _gold),
            new(_tokenBoth, _tokenPredicted, _tokenGold),
            _byType.ToDictionary(p => p.Key, p => new Share(p.Value.Found, p.Value.Gold), StringComparer.Ordinal),
            new(_speakerRight, _speakerOf),
            new(_endToEnd, _predicted, _gold),
            new(_cueRight, _cueOf)
        );

    private static int CountExact(string text, IReadOnlyList<ScoredQuote> gold, IReadOnlyList<ScoredQuote> predicted)
    {
        var open = gold.GroupBy(q => Key(text, q), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var hits = 0;
        foreach (var key in predicted.Select(q => Key(text, q)))
        {
            if (open.GetValueOrDefault(key) == 0)
                continue;
            open[key]--;
            hits++;
        }

        return hits;
    }

    private static string Key(string text, ScoredQuote quote) =>
        string.Join(' ', quote.Content.Select(s => Trim(text, s)).Order().Select(s => $"{s.Start}-{s.End}"));

    // Outer marks, space and a leading "that " don't count.
    private static (int Start, int End) Trim(string text, TextSpan span)
    {
        var (start, end) = (span.Start, span.End);
        while (start < end)
        {
            if (IsOuter(text[start]) || text[start] is '-' or '\u2014')
                start++;
            else if (
                end - start > 4
                && text.AsSpan(start, 4).Equals("that", StringComparison.OrdinalIgnoreCase)
                && char.IsWhiteSpace(text[start + 4])
            )
                start += 5;
            else
                break;
        }

        while (end > start && (IsOuter(text[end - 1]) || text[end - 1] is '-' or '\u2014'))
            end--;
        return (start, end);
    }

    private static bool IsOuter(char c) => char.IsWhiteSpace(c) || OuterMarks.Contains(c, StringComparison.Ordinal);

    private void Match(string text, IReadOnlyList<ScoredQuote> gold, IReadOnlyList<ScoredQuote> predicted)
    {
        foreach (var (jaccard, g, p) in QuotePairs.Of(text, gold, predicted))
        {
            _touch++;
            if (jaccard >= MatchAt)
                CountMatch(text, gold[g], predicted[p]);
        }
    }

    private void CountMatch(string text, ScoredQuote gold, ScoredQuote predicted)
    {
        _overlap++;
        _byType[gold.Type] = (_byType[gold.Type].Found + 1, _byType[gold.Type].Gold);
        var right = QuotePairs.SharesLetter(text, gold.Speakers, predicted.Speakers);
        if (gold.Speakers.Count > 0)
        {
            _speakerOf++;
            _speakerRight += right ? 1 : 0;
        }

        _endToEnd += right || (gold.Speakers.Count == 0 && predicted.Speakers.Count == 0) ? 1 : 0;
        if (gold.Cues.Count == 0)
            return;
        _cueOf++;
        _cueRight += QuotePairs.SharesLetter(text, gold.Cues, predicted.Cues) ? 1 : 0;
    }

    private void CountTokens(string text, IReadOnlyList<ScoredQuote> gold, IReadOnlyList<ScoredQuote> predicted)
    {
        var inGold = QuotePairs.Letters(text, gold.SelectMany(q => q.Content));
        var inPredicted = QuotePairs.Letters(text, predicted.SelectMany(q => q.Content));
        for (var at = 0; at < text.Length; at++)
        {
            if (!IsWord(text[at]) || (at > 0 && IsWord(text[at - 1])))
                continue;
            var (g, p) = (inGold.Contains(at), inPredicted.Contains(at));
            _tokenGold += g ? 1 : 0;
            _tokenPredicted += p ? 1 : 0;
            _tokenBoth += g && p ? 1 : 0;
        }
    }

    private static bool IsWord(char c) => c == '_' || QuotePairs.IsLetter(c);
}
