namespace FactCheck.Extraction.Quotes;

/// <summary>Tells verbs from nouns by their neighbours: "the claims" from "she claims".</summary>
internal sealed class VerbTest(AnnotatedText text)
{
    /// <summary>True when the word is a form of a cue verb and stands where a verb can.</summary>
    public bool IsCue(int at, int first) => text[at].Verb is { } verb && Fits(at, first, verb);

    /// <summary>True when the word looks like a finite cue verb (not "-ing").</summary>
    public bool IsFinite(int at, int first) =>
        text[at].Verb is { } verb && verb.Form != VerbForm.Ing && !text[at].IsCapital && Fits(at, first, verb);

    public bool HasVerb(int first, int end)
    {
        for (var at = first; at < end; at++)
        {
            var word = text[at];
            if (word.Kind == TokenKind.Clitic && at > first && text.Is(at - 1, WordClass.SubjectPronoun))
                return true;
            if (word.Kind != TokenKind.Word)
                continue;
            var isAuxiliary = word.Is(WordClass.Auxiliary) && !(word.IsCapital && word.Is(WordClass.Month));
            if (isAuxiliary || (word.Verb is not null && at > first && IsFinite(at, first)))
                return true;
            if (at > first && LooksInflected(at))
                return true;
        }

        return false;
    }

    private bool LooksInflected(int at)
    {
        var word = text.At(at);
        if (text[at].IsCapital)
            return false;
        if (IsIrregularPast(at))
            return true;
        if (word.Length < 4)
            return false;
        if (word.EndsWith("ed", StringComparison.Ordinal))
            return !text.Is(at - 1, WordClass.Determiner | WordClass.Possessive);
        // "Congress works": a word in -s after a name or a pronoun.
        return word[^1] == 's'
            && word[^2] is not ('s' or 'u' or 'i')
            && (text[at - 1].IsCapital || text.Is(at - 1, WordClass.SubjectPronoun | WordClass.Relative))
            && !text.Is(at - 1, WordClass.Determiner | WordClass.Possessive | WordClass.Preposition);
    }

    // "Crime fell": what also is a noun or a present stands after a determiner or "to".
    private bool IsIrregularPast(int at) =>
        MarkerWords.Contains("irregular-past", text.At(at))
        && !text.Is(at - 1, WordClass.Determiner | WordClass.Possessive | WordClass.Preposition | WordClass.Modal);

    private bool Fits(int at, int first, CueVerb verb)
    {
        // "the United States": inside a sentence a capital makes a name of it.
        if (verb.IsNounToo && text[at].IsCapital)
            return false;
        var before = at - 1;
        while (before >= first && IsAdverb(before))
            before--;
        if (before < first)
            return verb.Form != VerbForm.Base && !verb.IsNounToo && !text[at].IsCapital;
        var word = text[before];
        if (word.Kind == TokenKind.Clitic)
            return !IsPossessive(before) || (verb.Form is not (VerbForm.Base or VerbForm.Third) && before + 1 < at);
        if (
            word.Is(WordClass.Determiner | WordClass.Possessive)
            && !word.Is(WordClass.SubjectPronoun | WordClass.Relative | WordClass.Demonstrative)
        )
            return !verb.IsNounToo && !verb.Form.HasFlag(VerbForm.Ing) && StandsAlone(before);
        if (text.Is(before, "to"))
            return verb.Form.HasFlag(VerbForm.Base);
        if (word.Is(WordClass.Preposition))
            return verb.Form == VerbForm.Ing;
        return !verb.IsNounToo || FitsAmbiguous(at, before, first, verb);
    }

    // "all agreed", "many say": a determiner without its noun.
    private bool StandsAlone(int at) =>
        text.At(at)
            is "all"
                or "All"
                or "both"
                or "Both"
                or "each"
                or "many"
                or "Many"
                or "some"
                or "Some"
                or "most"
                or "Most"
                or "few"
                or "others"
                or "Others";

    private bool FitsAmbiguous(int at, int before, int first, CueVerb verb)
    {
        var word = text[before];
        if (verb.Form == VerbForm.Ing)
            return word.Kind == TokenKind.Mark || word.Is(WordClass.Be);
        if (word.Is(WordClass.SubjectPronoun | WordClass.Relative))
            return true;
        if (word.Is(WordClass.Modal))
            return verb.Form.HasFlag(VerbForm.Base);
        if (word.Kind == TokenKind.Mark)
            return text.IsMark(before, ',') && IsFollowedByContent(at);
        if (word.Is(WordClass.Auxiliary | WordClass.Coordinator))
            return word.Is(WordClass.Coordinator) && IsFollowedByContent(at);
        var isPlural = text.At(before)[^1] is 's';
        if (verb.Form == VerbForm.Base)
            return (isPlural && (IsFollowedByContent(at) || before > first)) || IsFollowedByClause(at);
        return word.IsCapital || IsFollowedByContent(at) || ClosesSentence(at);
    }

    // "…, the report notes.": a comma, a noun and its determiner, the verb, the end.
    private bool ClosesSentence(int at) =>
        at > 2
        && (at + 1 >= text.Count || text.IsMark(at + 1, '.'))
        && text.IsMark(at - 3, ',')
        && text.Is(at - 2, WordClass.Determiner | WordClass.Possessive);

    // "data from the survey show that": only a verb has a clause after it.
    private bool IsFollowedByClause(int at) =>
        text.Is(at + 1, "that")
        || (
            text.Is(at + 1, WordClass.SubjectPronoun)
            && !text.Is(at + 1, WordClass.Determiner | WordClass.Demonstrative | WordClass.Relative)
        );

    private bool IsFollowedByContent(int at) =>
        text.Is(at + 1, "that")
        || text.Is(at + 1, WordClass.SubjectPronoun | WordClass.Determiner | WordClass.Possessive)
        || text.IsQuoteMark(at + 1)
        || text.IsMark(at + 1, ':')
        || text.Is(at + 1, "to");

    private bool IsPossessive(int clitic) =>
        !text.Is(clitic - 1, WordClass.SubjectPronoun) && text.Text[text[clitic].Span.End - 1] is 's' or 'S';

    /// <summary>An adverb may stand between subject, auxiliary and verb.</summary>
    public bool IsAdverb(int at) =>
        text[at].Kind == TokenKind.Word
        && !text[at].Is(WordClass.Determiner | WordClass.Coordinator | WordClass.Preposition)
        && (
            text[at].Is(WordClass.Adverb | WordClass.Negation)
            || (text.At(at).EndsWith("ly", StringComparison.Ordinal) && text[at].Span.Length > 4 && !text[at].IsCapital)
        );
}
