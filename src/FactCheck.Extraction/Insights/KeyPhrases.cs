namespace FactCheck.Extraction.Insights;

/// <summary>The phrases that tell most of a text: runs of content words, weighed by how often their words come, how
/// early and whether they are names (after RAKE, Rose et al. 2010, which weighs by their words' company).</summary>
public static class KeyPhrases
{
    private const int LongestPhrase = 4;
    private const double NameBonus = 1.5;

    private const WordClass Function =
        WordClass.Determiner
        | WordClass.Possessive
        | WordClass.SubjectPronoun
        | WordClass.ObjectPronoun
        | WordClass.Demonstrative
        | WordClass.Auxiliary
        | WordClass.Be
        | WordClass.Modal
        | WordClass.Preposition
        | WordClass.Coordinator
        | WordClass.Subordinator
        | WordClass.Relative
        | WordClass.Adverb
        | WordClass.Negation
        | WordClass.Question
        | WordClass.Day
        | WordClass.Month
        | WordClass.TimeNoun;

    /// <summary>At most <paramref name="most"/> phrases, the most telling first, as they stand in the text.</summary>
    public static IReadOnlyList<string> Of(string text, int most = 12)
    {
        var runs = Sentences.In(text).SelectMany(s => Runs(text, SentenceWords.Of(text, s).All)).ToList();
        var frequency = runs.SelectMany(r => r)
            .GroupBy(w => w.Lower, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var ranked = runs.GroupBy(r => string.Join(' ', r.Select(w => w.Lower)), StringComparer.Ordinal)
            .Select(g => (Words: g.First(), Count: g.Count(), Key: g.Key))
            .Select(p => (p.Key, Phrase: Written(text, p.Words), Score: Score(text, p.Words, p.Count, frequency)))
            .OrderByDescending(p => p.Score)
            .ThenBy(p => p.Key, StringComparer.Ordinal);
        var chosen = new List<(string Key, string Phrase)>();
        foreach (var (key, phrase, _) in ranked)
        {
            if (chosen.Exists(c => (" " + c.Key + " ").Contains(" " + key + " ", StringComparison.Ordinal)))
                continue;
            chosen.Add((key, phrase));
            if (chosen.Count == most)
                break;
        }

        return [.. chosen.Select(c => c.Phrase)];
    }

    private static double Score(string text, SentenceWord[] words, int count, Dictionary<string, int> frequency)
    {
        var weight =
            words.Sum(w => Math.Log(1 + frequency[w.Lower]))
            / Math.Sqrt(words.Length)
            * Math.Log(1 + count + (words.Length > 1 ? 1 : 0));
        var name = words.All(w => char.IsUpper(text[w.Span.Start])) ? NameBonus : 1;
        var early = 1 + (1.0 / (1 + (words[0].Span.Start / 300.0)));
        return weight * name * early;
    }

    private static string Written(string text, SentenceWord[] words) =>
        TextSpan.FromBounds(words[0].Span.Start, words[^1].Span.End).In(text);

    private static IEnumerable<SentenceWord[]> Runs(string text, SentenceWord[] words)
    {
        var run = new List<SentenceWord>();
        foreach (var word in words)
        {
            if (IsContent(text, word))
            {
                run.Add(word);
                continue;
            }

            if (run.Count is > 0 and <= LongestPhrase)
                yield return [.. run];
            run.Clear();
        }

        if (run.Count is > 0 and <= LongestPhrase)
            yield return [.. run];
    }

    private static bool IsContent(string text, SentenceWord word) =>
        word.IsWord
        && word.Lower.Length > 2
        && !WordClasses.Is(word.Lower, Function)
        && !MarkerWords.Contains("saying", word.Lower)
        && (
            char.IsUpper(text[word.Span.Start])
            || (!Verbs.IsPast(word.Lower) && !word.Lower.EndsWith("ly", StringComparison.Ordinal))
        );
}
