namespace FactCheck.Extraction.Documents;

/// <summary>A word of a transcript.</summary>
/// <param name="At">When its cue began.</param>
/// <param name="Begins">It opens a paragraph.</param>
internal readonly record struct SpokenWord(string Text, TimeSpan At, string? Voice, bool Begins)
{
    public bool EndsSentence => Text[^1] is '.' or '!' or '?' or '…' or '"' or '”' or '»' or '’';
}

/// <summary>
/// Machines write down what is said without a full stop. Such a text is cut where a new clause surely begins: after
/// words of greeting, and at an "and" or "but" between two clauses that each have a verb. Each piece is a paragraph.
/// </summary>
internal static class Utterances
{
    // People write a stop every twenty words or so.
    private const int FewestWordsForOneStop = 60;
    private const int FewestWordsOfClause = 3;
    private const int FarthestVerb = 6;

    internal static IReadOnlyList<SpokenWord> In(IReadOnlyList<SpokenWord> said)
    {
        if (said.Count(word => word.EndsSentence) * FewestWordsForOneStop >= said.Count)
            return said;
        var cut = said.ToArray();
        var (start, hasVerb) = (0, false);
        for (var at = 0; at < cut.Length; at++)
        {
            if (!cut[at].Begins && (at == EndOfGreeting(cut, start) || (hasVerb && OpensClause(cut, start, at))))
                cut[at] = cut[at] with { Begins = true };
            if (cut[at].Begins)
                (start, hasVerb) = (at, false);
            else if (cut[at].Text is "but" or "so")
                hasVerb = false;
            hasVerb |= at > start && IsVerb(cut[at].Text);
        }

        return cut;
    }

    private static bool OpensClause(SpokenWord[] words, int start, int at)
    {
        if (words[at].Text is not ("and" or "but" or "so") || at - start < FewestWordsOfClause)
            return false;
        for (var next = at + 1; next < words.Length && next <= at + FarthestVerb && !words[next].Begins; next++)
        {
            // "the roads and bridges were closed": it joins two subjects. "But" never does.
            if (words[next].Text is "but" or "that" or "who" or "which")
                return false;
            if (words[next].Text is "and" or "or" && words[at].Text is "and")
                return false;
            if (IsVerb(words[next].Text))
                return next > at + 1;
        }

        return false;
    }

    // Past "good evening everyone", "thank you minister"; the start where there is no greeting.
    private static int EndOfGreeting(SpokenWord[] words, int start)
    {
        var at = start;
        var word = words[start].Text.ToLowerInvariant();
        if (MarkerWords.Contains("greeting", word))
            at = start + 1;
        else if (
            start + 1 < words.Length
            && MarkerWords.Contains("greeting", $"{word}_{words[start + 1].Text.ToLowerInvariant()}")
        )
            at = start + 2;
        while (at > start && at < words.Length && MarkerWords.Contains("address", words[at].Text.ToLowerInvariant()))
            at++;
        return at;
    }

    private static bool IsVerb(string word) =>
        WordClasses.Is(word, WordClass.Auxiliary) || Verbs.IsPast(word) || MarkerWords.Contains("saying", word);
}
