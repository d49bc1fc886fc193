using System.Collections.Frozen;

namespace FactCheck.Extraction.Text;

/// <summary>Looks up <c>text/marker-words.txt</c>.</summary>
internal static class MarkerWords
{
    /// <summary>The groups that are features of a sentence, whose words and phrases <see cref="AddFirst"/> tells.</summary>
    internal static readonly string[] Features =
    [
        "comparison",
        "superlative",
        "causal",
        "law",
        "position",
        "measure",
        "money",
        "all",
        "hedge",
        "opinion",
        "future",
        "social",
        "evidence",
        "saying",
        "accusation",
    ];

    private static readonly FrozenDictionary<string, FrozenSet<string>> Groups = DataFiles
        .Groups("text/marker-words.txt")
        .ToFrozenDictionary(g => g.Key, g => g.Words.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>A word or phrase by its first word, with the group it marks.</summary>
    private static readonly FrozenDictionary<string, (string Group, string[] Phrase)[]> ByFirstWord = Groups
        .Where(g => Features.Contains(g.Key, StringComparer.Ordinal))
        .SelectMany(g => g.Value.Select(w => (Group: g.Key, Phrase: w.Split('_'))))
        .GroupBy(e => e.Phrase[0], StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    private static readonly FrozenSet<string> NoSuperlatives = new[]
    {
        "interest",
        "request",
        "protest",
        "forest",
        "honest",
        "suggest",
        "invest",
        "harvest",
        "contest",
        "arrest",
        "northwest",
        "southwest",
        "manifest",
        "midwest",
        "latest",
        "modest",
        "priest",
        "breast",
        "digest",
        "attest",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Tells, in one pass, where the words and phrases of each group that is a feature stand; of a word and a phrase
    /// at one place the word first.
    /// </summary>
    /// <param name="add">Told every place in order: whoever adds keeps the first of a group.</param>
    internal static void AddFirst(SentenceWords words, Action<string, TextSpan?> add)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (!ByFirstWord.TryGetValue(words[i].Lower, out var entries))
                continue;
            foreach (var (group, phrase) in entries)
                if (phrase.Length == 1)
                    add(group, words[i].Span);
            foreach (var (group, phrase) in entries)
                if (phrase.Length > 1 && StartsAt(words, i, phrase))
                    add(group, TextSpan.FromBounds(words[i].Span.Start, words[i + phrase.Length - 1].Span.End));
        }
    }

    internal static bool Contains(string group, string word) => Groups[group].Contains(word);

    internal static bool Contains(string group, ReadOnlySpan<char> word) =>
        Groups[group].GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    internal static bool IsNoSuperlative(string word) => NoSuperlatives.Contains(word);

    internal static bool IsImperative(string word) => Contains("imperative", word);

    internal static bool IsMentalVerb(string word) =>
        word
            is "think"
                or "believe"
                or "feel"
                or "hope"
                or "guess"
                or "suppose"
                or "doubt"
                or "wish"
                or "want"
                or "hate"
                or "love"
                or "agree"
                or "disagree"
                or "know"
                or "need";

    private static bool StartsAt(SentenceWords words, int at, string[] phrase)
    {
        if (!words[at].Lower.Equals(phrase[0], StringComparison.Ordinal) || at + phrase.Length > words.Count)
            return false;
        for (var i = 1; i < phrase.Length; i++)
            if (!words[at + i].Lower.Equals(phrase[i], StringComparison.Ordinal))
                return false;
        return true;
    }
}

/// <summary>Verb forms by their looks.</summary>
internal static class Verbs
{
    internal static bool IsPast(string word) =>
        MarkerWords.Contains("irregular-past", word)
        || (
            word.Length > 4
            && word.EndsWith("ed", StringComparison.Ordinal)
            && !word.EndsWith("eed", StringComparison.Ordinal)
            && word is not ("hundred" or "united" or "sacred" or "naked" or "wicked" or "beloved")
        );

    internal static bool IsHave(string word) => word is "has" or "have" or "had" or "'ve" or "haven't" or "hasn't";

    internal static bool IsBe(string word) => word is "is" or "are" or "was" or "were" or "been" or "be" or "being";
}
