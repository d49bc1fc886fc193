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
/// words of greeting, at an "and" or "but" between two clauses that each have a verb, and at a subject with its verb
/// behind a time or a figure. Each piece is a paragraph.
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
        var (start, greeting, verb) = (0, 0, Verb.None);
        for (var at = 0; at < cut.Length; at++)
        {
            var begins =
                at == greeting
                || (verb != Verb.None && at - start >= FewestWordsOfClause && OpensClause(cut, at, verb));
            if (!cut[at].Begins && begins)
                cut[at] = cut[at] with { Begins = true };
            if (cut[at].Begins)
                (start, greeting, verb) = (at, EndOfGreeting(cut, at), Verb.None);
            else if (cut[at].Text is "but" or "so")
                verb = Verb.None;
            if (at > start && VerbOf(cut[at].Text) is var found and not Verb.None)
                verb = found;
        }

        return cut;
    }

    private enum Verb
    {
        None,
        OfSaying,
        Other,
    }

    private static bool OpensClause(SpokenWord[] words, int at, Verb before)
    {
        if (words[at].Text is "and" or "but" or "so")
            return HasSubjectAndVerb(words, at, at + 1);
        // "… since 2021 the mayor denied it": a phrase of time or figures is over, and a subject begins. Not in what
        // somebody says: "she said in 2021 the debt had doubled".
        return before == Verb.Other
            && EndsPhrase(words[at - 1].Text)
            && WordClasses.Is(words[at].Text, WordClass.SubjectPronoun | WordClass.Determiner | WordClass.Possessive)
            && !WordClasses.Is(words[at].Text, WordClass.Relative)
            && HasSubjectAndVerb(words, at, at);
    }

    // The verb stands behind at least one word of its subject.
    private static bool HasSubjectAndVerb(SpokenWord[] words, int at, int subject)
    {
        for (var next = subject; next < words.Length && next <= subject + FarthestVerb; next++)
        {
            if (next > at && words[next].Begins)
                return false;
            if (words[next].Text is "but" or "that" or "who" or "which")
                return false;
            // "the roads and bridges were closed": it joins two subjects. "But" never does.
            if (words[next].Text is "and" or "or" && words[at].Text is "and")
                return false;
            if (VerbOf(words[next].Text) != Verb.None)
                return next > subject;
        }

        return false;
    }

    private static bool EndsPhrase(string word) =>
        WordClasses.Is(word, WordClass.TimeNoun | WordClass.Day | WordClass.Month)
        || char.IsAsciiDigit(word[^1])
        || word is "percent" or "%" or "euros" or "dollars" or "pounds";

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

    private static Verb VerbOf(string word) =>
        MarkerWords.Contains("saying", word) ? Verb.OfSaying
        : WordClasses.Is(word, WordClass.Auxiliary) || Verbs.IsPast(word) ? Verb.Other
        : Verb.None;
}
