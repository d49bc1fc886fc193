namespace FactCheck.Extraction.Quotes;

/// <summary>A noun phrase as a range of words, and how it was reached.</summary>
internal readonly record struct Phrase(int First, int End, string Reason)
{
    public bool IsEmpty => End <= First;
}

/// <summary>Finds subjects without a parser: walks from the verb over what a noun phrase may hold, and over the commas
/// of appositions and relative clauses. Every walk is bounded by the sentence.</summary>
internal sealed class NounPhrases(AnnotatedText text, VerbTest verbs)
{
    private const int MostCommas = 4;
    private const int LongestPhrase = 24;

    /// <summary>The subject that ends just before <paramref name="end"/>; empty when there is none.</summary>
    public Phrase Before(int first, int end)
    {
        var last = end - 1;
        if (last < first)
            return default;
        if (text.Is(last, "who") || text.Is(last, "which") || text.Is(last, "that") || text.Is(last, "whom"))
            return Antecedent(first, last);
        if (text.IsMark(last, ')'))
            return Before(first, OpeningBracket(first, last));
        if (text.IsMark(last, ',') || text.IsDash(last))
            return AcrossComma(first, last);
        if (text.Is(last, WordClass.SubjectPronoun))
            return new(last, end, "subject");
        return Plain(first, end) is { IsEmpty: false } phrase ? phrase with { Reason = "subject" } : default;
    }

    /// <summary>Empty when there is none.</summary>
    /// <param name="wide">Takes every preposition along, not only those of titles ("of", "for", "at").</param>
    public Phrase After(int first, int end, bool wide = false)
    {
        if (first >= end)
            return default;
        if (
            text.Is(first, WordClass.SubjectPronoun | WordClass.ObjectPronoun)
            && !text.Is(first, WordClass.Possessive | WordClass.Demonstrative)
        )
            return new(first, first + 1, "subject after");
        var at = first;
        while (at < end && at - first < LongestPhrase && GoesOn(first, at, end, wide))
            at++;
        while (
            at > first
            && text.Is(at - 1, WordClass.Preposition | WordClass.Coordinator | WordClass.Adverb | WordClass.Determiner)
            && !text[at - 1].IsCapital
        )
            at--;
        // "a study published (on Tuesday)": a participle that has lost what it goes with.
        if (at > first + 2 && LooksInflected(first, at - 1))
            at--;
        return at > first && HoldsNoun(first, at) ? new(first, at, "subject after") : default;
    }

    /// <summary>The first noun phrase of a sentence, past an opening phrase and its comma.</summary>
    public Phrase Main(int first, int end)
    {
        var at = first;
        while (at < end && (text.IsMark(at) || text.Is(at, WordClass.Coordinator)))
            at++;
        if (
            at < end
            && (
                text.Is(at, WordClass.Preposition | WordClass.Subordinator | WordClass.Adverb)
                || text[at].Verb is { Form: VerbForm.Ing }
            )
        )
            at = PastComma(at, end);
        // "On July 6, 2015, …"
        if (at + 1 < end && text[at].Kind == TokenKind.Number && text.IsMark(at + 1, ','))
            at += 2;
        if (at >= end)
            return default;
        if (text.Is(at, WordClass.SubjectPronoun))
            return new(at, at + 1, "subject of the sentence");
        var phrase =
            text[at].IsCapital && !text.Is(at, WordClass.Determiner | WordClass.Possessive)
                ? Name(at, end)
                : Short(at, end);
        return phrase.IsEmpty ? default : phrase with { Reason = "subject of the sentence" };
    }

    /// <summary>The run of capitalised words that starts here; it ends with its sentence.</summary>
    public Phrase Name(int first, int end)
    {
        var at = first;
        while (
            at < end && (at == first || !text.OpensSentence(at)) && (IsNamePart(at) || IsPluralOwner(at, first, end))
        )
            at++;
        return new(first, at, "name");
    }

    /// <summary>A name, a pronoun, an office or a body: somebody who can speak; not "the problem".</summary>
    public bool CanSpeak(TextSpan mention)
    {
        var first = text.WordFrom(mention.Start);
        for (var at = first; at < text.Count && text[at].Span.Start < mention.End; at++)
        {
            if (
                text.Is(at, WordClass.SubjectPronoun)
                || text.HasClue(at, SpeakerClue.Title | SpeakerClue.Group | SpeakerClue.People | SpeakerClue.Text)
                || CueLexicon.Noun(text.At(at)) is not null
            )
                return true;
            if (
                text[at].IsCapital
                && !text.Is(at, WordClass.Determiner | WordClass.Possessive)
                && (at > first || !text.Is(at, WordClass.SentenceOpener))
            )
                return true;
        }

        return false;
    }

    private bool IsNamePart(int at)
    {
        var word = text[at];
        if (word.Kind == TokenKind.Word)
            return word.IsCapital && !word.Is(WordClass.SubjectPronoun);
        return text.IsMark(at, '.') && IsShortened(at) && at + 1 < text.Count && text[at + 1].IsCapital;
    }

    // "George W. Bush", "Dr. Lee", but not "said Mary Holt. The company": the stop of a sentence belongs to no name.
    private bool IsShortened(int stop) =>
        stop > 0
        && !text.OpensSentence(stop + 1)
        && text[stop - 1].Span.End == text[stop].Span.Start
        && Sentences.IsShortened(text.At(stop - 1));

    private Phrase Short(int first, int end)
    {
        var at = first;
        while (at < end && at - first < 6 && GoesOn(first, at, end, wide: false) && !LooksInflected(first, at))
            at++;
        return at > first && HoldsNoun(first, at) ? new(first, at, "noun phrase") : default;
    }

    // "The minister walked": past the noun, a word in -ed is the verb.
    private bool LooksInflected(int first, int at) =>
        at > first + 1 && !text[at].IsCapital && text.At(at).EndsWith("ed", StringComparison.Ordinal);

    private int PastComma(int at, int end)
    {
        while (at < end && !text.IsMark(at, ','))
            at++;
        return at + 1;
    }

    private Phrase Antecedent(int first, int relative)
    {
        // "many of whom": the words before "of" are part of the relative.
        var opening =
            relative - 2 > first && text.Is(relative, "whom") && text.Is(relative - 1, "of") ? relative - 2 : relative;
        if (text.Is(relative, "whom") && opening == relative)
            return default;
        if (opening <= first)
            return new(opening, relative + 1, "subject, by its relative pronoun,");
        var end = text.IsMark(opening - 1, ',') ? opening - 1 : opening;
        if (end <= first)
            return default;
        var phrase = Plain(first, end);
        if (phrase.IsEmpty)
            return default;
        var whole = end < opening ? PastAppositions(first, phrase) : phrase;
        return new(whole.First, relative + 1, "subject, by its relative pronoun,");
    }

    private int OpeningBracket(int first, int close)
    {
        var at = close;
        while (at > first && !text.IsMark(at, '('))
            at--;
        return at;
    }

    // "The minister, who had been ill, said": the subject stands before the comma that opens the inserted words.
    private Phrase AcrossComma(int first, int comma)
    {
        var opening = PreviousComma(first, comma);
        if (opening < first)
            return default;
        if (
            RelativeComma(first, opening) is var relative and > 0
            && BeforeInsertions(first, relative) is { IsEmpty: false } antecedent
        )
            return PastAppositions(first, antecedent) with { Reason = "subject, before a relative clause" };
        var phrase = BeforeInsertions(first, opening);
        if (phrase.IsEmpty)
            return Plain(opening + 1, comma) is { IsEmpty: false } inner ? inner with { Reason = "subject" } : default;
        var isDescription = IsDescription(phrase) && Name(opening + 1, comma).End == comma;
        if (isDescription)
            return new(phrase.First, comma, "subject (a description and its name)");
        return PastAppositions(first, phrase) with { Reason = "subject, before an apposition" };
    }

    // "Ana Kovač, 59, who watched from her car, said": the comma that opens the relative clause, or -1.
    private int RelativeComma(int first, int opening)
    {
        for (var i = 0; i < 2 && opening > first; i++, opening = PreviousComma(first, opening))
        {
            if (
                text.IsMark(opening, ',')
                && (text.Is(opening + 1, "who") || text.Is(opening + 1, "whose") || text.Is(opening + 1, "which"))
            )
                return opening;
        }

        return -1;
    }

    // "Ana Kovač, of Leeds": what a preposition opens between commas is no subject.
    private Phrase BeforeInsertions(int first, int comma)
    {
        var phrase = Plain(first, comma);
        for (
            var i = 0;
            i < MostCommas
                && phrase.IsEmpty
                && PreviousComma(first, comma) is var before
                && before > first
                && text.Is(before + 1, WordClass.Preposition);
            i++
        )
        {
            comma = before;
            phrase = Plain(first, comma);
        }

        return phrase;
    }

    // Further left while what we hold is itself an insertion: "Smith, 45, of Leeds".
    private Phrase PastAppositions(int first, Phrase phrase)
    {
        for (var i = 0; i < MostCommas && text.IsMark(phrase.First - 1, ',') && phrase.First - 1 > first; i++)
        {
            if (!IsInsertion(phrase))
                break;
            var before = Plain(first, phrase.First - 1);
            if (before.IsEmpty)
                break;
            phrase = before;
        }

        return phrase;
    }

    private bool IsInsertion(Phrase phrase) =>
        text[phrase.First].Kind == TokenKind.Number
        || text.Is(phrase.First, WordClass.Preposition)
        || text.Is(phrase.First, "a")
        || text.Is(phrase.First, "an")
        || text.Is(phrase.First, "the")
        || text.Is(phrase.First, WordClass.Possessive)
        || !text[phrase.First].IsCapital
        || text.At(phrase.First) is "R" or "D"
        || text.At(phrase.First).StartsWith("R-", StringComparison.Ordinal)
        || text.At(phrase.First).StartsWith("D-", StringComparison.Ordinal);

    private int PreviousComma(int first, int comma)
    {
        for (var at = comma - 1; at >= first; at--)
        {
            if (text.IsMark(at, ',') || text.IsDash(at))
                return at;
            if (text.IsMark(at, ';') || text.IsMark(at, ':') || text.IsQuoteMark(at))
                return -1;
        }

        return -1;
    }

    private Phrase Plain(int first, int end)
    {
        if (end <= first)
            return default;
        if (text.Is(end - 1, WordClass.SubjectPronoun) && !text.Is(end - 1, WordClass.Demonstrative))
            return new(end - 1, end, "pronoun");
        var start = end;
        while (start > first && end - start < LongestPhrase && IsNominal(start - 1, first, end))
            start--;
        start = PastOpeningPhrase(start, end);
        while (
            start < end
            && text.Is(start, WordClass.Coordinator | WordClass.Adverb | WordClass.Preposition)
            && !IsNameAfterAll(start, end)
        )
            start++;
        return start < end && HoldsNoun(start, end) ? new(start, end, "noun phrase") : default;
    }

    // "Will Smith", "So Yeon": a capitalised function word inside the sentence, before another capital.
    private bool IsNameAfterAll(int at, int end) =>
        text[at].IsCapital
        && at + 1 < end
        && text[at + 1].IsCapital
        && at > 0
        && !text.IsMark(at - 1)
        && !text.Is(at, WordClass.Preposition);

    private bool IsNominal(int at, int first, int end)
    {
        var word = text[at];
        if (word.Quotation != text[end - 1].Quotation)
            return false;
        if (IsInnerHyphen(at, first, end) || IsPluralOwner(at, first, end))
            return true;
        if (word.Kind == TokenKind.Mark)
            return text.Text[word.Span.Start] is '$' or '%' or '&' or '/' or '.' or '#'
                && (text.Text[word.Span.Start] != '.' || IsNamePart(at));
        if (word.Kind == TokenKind.Clitic)
            return text.Text[word.Span.End - 1] is 's' or 'S';
        if (word.Is(WordClass.Coordinator))
            return JoinsNames(at, first, end);
        if (
            word.Is(WordClass.SubjectPronoun)
            && !word.Is(WordClass.Determiner | WordClass.Possessive | WordClass.ObjectPronoun)
        )
            return text.Is(at, "one") && at + 1 < end;
        if (word.Is(WordClass.Auxiliary) && !word.IsCapital)
            return false;
        if (word.Is(WordClass.Subordinator | WordClass.Relative) && !word.Is(WordClass.Determiner))
            return false;
        if (text.Is(at, "which") && at < end - 1)
            return false;
        if (text.Is(at, "that") || text.Is(at, "than"))
            return false;
        return !verbs.IsFinite(at, first);
    }

    // "a 340-page report": a hyphen with no space around it.
    private bool IsInnerHyphen(int at, int first, int end) =>
        at > first
        && at + 1 < end
        && text.IsMark(at, '-')
        && text[at - 1].Span.End == text[at].Span.Start
        && text[at].Span.End == text[at + 1].Span.Start;

    // "the Tenants’ League": the apostrophe of a plural, not the end of a quotation.
    private bool IsPluralOwner(int at, int first, int end) =>
        at > first
        && at + 1 < end
        && text.IsMark(at)
        && Punctuation.IsApostrophe(text.Text[text[at].Span.Start])
        && text[at - 1].Span.End == text[at].Span.Start
        && text[at - 1].IsCapital
        && text[at + 1].IsCapital
        && text.At(at - 1)[^1] == 's'
        && text[at - 1].Quotation == text[at + 1].Quotation;

    private bool JoinsNames(int at, int first, int end) =>
        at > first
        && at + 1 < end
        && text[at - 1].IsCapital
        && text[at + 1].IsCapital
        && text.Is(at, "and")
        && !text.Is(at + 1, WordClass.Determiner);

    // "In an interview on Monday Smith said": what stands before the subject is cut off.
    private int PastOpeningPhrase(int start, int end)
    {
        var cut = start;
        for (var at = start + 1; at < end; at++)
        {
            var before = text[at - 1];
            var begins =
                text.Is(at, WordClass.Determiner | WordClass.Possessive) && !text.Is(at, WordClass.Preposition);
            var afterTime = before.Is(WordClass.Day | WordClass.TimeNoun) || before.Kind == TokenKind.Number;
            if (
                begins
                && !before.Is(WordClass.Preposition | WordClass.Determiner | WordClass.Coordinator)
                && before.Kind != TokenKind.Clitic
            )
                cut = at;
            else if (
                afterTime
                && text[at].IsCapital
                && text.Is(start, WordClass.Preposition | WordClass.Adverb | WordClass.Day)
            )
                cut = at;
        }

        if (cut > start || !text.Is(start, WordClass.Preposition))
            return cut;
        return LastNameRun(start, end);
    }

    private int LastNameRun(int start, int end)
    {
        var at = end;
        while (at > start + 1 && text[at - 1].IsCapital)
            at--;
        return at < end && !text.Is(at - 1, WordClass.Preposition | WordClass.Determiner) ? at : end;
    }

    private bool GoesOn(int first, int at, int end, bool wide)
    {
        var word = text[at];
        if (word.Quotation != text[first].Quotation)
            return false;
        if (word.Kind == TokenKind.Mark)
            return text.Text[word.Span.Start] is '&' or '$' or '%' || (at > first && IsNamePart(at));
        if (word.Kind == TokenKind.Clitic)
            return text.Text[word.Span.End - 1] is 's' or 'S' && at > first;
        if (word.Is(WordClass.Coordinator))
            return JoinsNames(at, first, end);
        if (word.IsCapital && !word.Is(WordClass.Day | WordClass.SubjectPronoun))
            return true;
        if (word.Is(WordClass.Auxiliary | WordClass.Relative | WordClass.Day) && !word.Is(WordClass.Determiner))
            return false;
        if (text.Is(at, "that"))
            return false;
        if (word.Is(WordClass.Preposition))
            return at > first
                && (
                    wide
                        ? !text.Is(at, "as") && !text.Is(at, "after")
                        : text.At(at) is "of" or "for" or "at" or "with" or "from"
                );
        if (word.Is(WordClass.Subordinator | WordClass.SubjectPronoun) && !word.Is(WordClass.Determiner))
            return false;
        if (word.Is(WordClass.Adverb) && at > first && !word.Is(WordClass.Determiner))
            return false;
        return !verbs.IsFinite(at, first);
    }

    // "the minister", "a spokeswoman for the Ministry of Transport": what somebody is comes before any name.
    private bool IsDescription(Phrase phrase)
    {
        for (var at = phrase.First; at < phrase.End; at++)
        {
            if (!text[at].IsCapital || (at == phrase.First && text.Is(at, WordClass.Determiner | WordClass.Possessive)))
                continue;
            return at > phrase.First
                && text.Is(phrase.First, WordClass.Determiner | WordClass.Possessive)
                && HoldsOffice(phrase.First, at);
        }

        return true;
    }

    private bool HoldsOffice(int first, int end)
    {
        for (var at = first; at < end; at++)
        {
            if (text.HasClue(at, SpeakerClue.Title | SpeakerClue.People))
                return true;
        }

        return false;
    }

    private bool HoldsNoun(int first, int end)
    {
        for (var at = first; at < end; at++)
        {
            var word = text[at];
            if (
                word.Kind == TokenKind.Number
                || (
                    word.Kind == TokenKind.Word
                    && !word.Is(
                        WordClass.Preposition
                            | WordClass.Auxiliary
                            | WordClass.Subordinator
                            | WordClass.Coordinator
                            | WordClass.Adverb
                    )
                )
            )
                return true;
        }

        return false;
    }
}
