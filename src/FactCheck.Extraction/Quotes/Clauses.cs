using FactCheck.Extraction.Text;

namespace FactCheck.Extraction.Quotes;

/// <summary>
/// Finds where the clause begins that a cue introduces, and where it ends. Looks at one sentence, at one level of
/// quotation.
/// </summary>
internal sealed class Clauses(Reading reading, VerbTest verbs)
{
    private const int LongestAdverbial = 16;
    private const int LongestHearer = 10;
    private const int LongestListItem = 8;

    /// <summary>The sentence begins with "While …", "Although …": its main clause comes after a comma.</summary>
    public bool OpensSubordinate { get; set; }

    /// <summary>Past "also", "on Tuesday", "in a statement": the word where what is said can begin, or -1.</summary>
    public int PastAdverbials(int at, int end)
    {
        for (var steps = 0; steps < LongestAdverbial && at < end; steps++)
        {
            if (IsStart(at))
                return at;
            if (reading.IsMark(at, ','))
                return PastInsertion(at, end);
            if (reading.Is(at, WordClass.Day | WordClass.Month) || verbs.IsAdverb(at))
                at++;
            else if (reading.Is(at, "last") && reading.Is(at + 1, WordClass.TimeNoun))
                at += 2;
            else if ((reading.Is(at, "this") || reading.Is(at, "that")) && reading.Is(at + 1, WordClass.TimeNoun))
                at += 2;
            else if (IsRoughNumber(at))
                return at;
            else if (reading.Is(at, WordClass.Preposition) && !reading.Is(at, "to"))
                return PastPrepositions(at, end);
            else
                return at;
        }

        return -1;
    }

    /// <summary>"about 20 people", "over a dozen".</summary>
    public bool IsRoughNumber(int at) =>
        reading.At(at) is "about" or "over" or "around" or "under"
        && at + 1 < reading.Count
        && reading[at + 1].Kind == TokenKind.Number;

    /// <summary>
    /// Past the hearer of "told reporters", "asked him": the word where what is said can begin, or -1.
    /// </summary>
    public int PastHearer(int at, int end)
    {
        if (at >= end || IsStart(at))
            return at;
        if (reading.IsMark(at))
            return reading.IsMark(at, ',') ? PastInsertion(at, end) : at;
        if (reading.Is(at, WordClass.Preposition) && !reading.Is(at, "to"))
            return at;
        if (reading.Is(at, WordClass.ObjectPronoun) && !reading.Is(at + 1, "own"))
            return PastAdverbials(IsBareHearer(at) ? at + 1 : PastHearerNoun(at, end), end);
        // "warned the bridge was unsafe": where a verb follows, the noun is no hearer.
        var after = PastHearerNoun(at, end);
        return reading.Is(after, WordClass.Auxiliary) ? at : PastAdverbials(after, end);
    }

    /// <summary>True at "that", a colon before marks, or marks.</summary>
    public bool IsStart(int at) =>
        (reading.Is(at, "that") && !reading.Is(at + 1, WordClass.TimeNoun))
        || reading.IsMark(at, ':')
        || reading.IsQuoteMark(at);

    /// <summary>
    /// Where a clause ends that begins at <paramref name="first"/>: before a new attribution, a source clause, a
    /// semicolon, or with the sentence.
    /// </summary>
    public int End(int first, int end)
    {
        var level = reading[first].Quotation;
        for (var at = first + 1; at < end; at++)
        {
            if (reading[at].Quotation != level && level >= 0)
                return at;
            if (reading[at].Quotation == level && IsCut(first, at, end))
                return at;
        }

        return end;
    }

    /// <summary>
    /// Whether the phrase before a comma goes on past it: "polls, including …", "the man, who …", "a quack, fake and
    /// charlatan".
    /// </summary>
    public bool IsListOrInsertion(int comma, int end)
    {
        var at = comma + 1;
        if (IsApposition(at, end))
            return true;
        if (
            reading.At(at)
            is "of"
                or "as"
                or "including"
                or "such"
                or "especially"
                or "particularly"
                or "who"
                or "which"
                or "whose"
                or "where"
        )
            return true;
        for (var i = at; i < end && i < at + LongestListItem; i++)
        {
            if (reading.Is(i, WordClass.Auxiliary | WordClass.SubjectPronoun) || reading[i].Verb is not null)
                return false;
            if (i > at && (reading.Is(i, "and") || reading.Is(i, "or")))
                return i + 1 < end && !verbs.HasVerb(i + 1, Math.Min(end, i + 6));
        }

        return false;
    }

    // "the North's leader, Kim Jong Un, of recklessness": a second comma, and what the verb takes with its object.
    private bool IsApposition(int at, int end)
    {
        for (var i = at; i < end && i < at + LongestListItem; i++)
        {
            if (reading.IsMark(i, ','))
                return i + 1 < end && reading.At(i + 1) is "of" or "as" or "to";
        }

        return false;
    }

    private bool IsCut(int first, int at, int end)
    {
        if (
            reading.IsMark(at, ';')
            || (reading.IsMark(at, ':') && (reading.IsQuoteMark(at + 1) || IsNewSpeaker(at + 1, end)))
            || (reading.IsMark(at, '(') && IsNewSpeaker(at + 1, end))
            || (EndsQuotation(at - 1) && IsParenthetical(at, end))
        )
            return true;
        if (reading.IsMark(at, ','))
            return IsCutAfterComma(at, end);
        if (reading.IsDash(at))
            return IsNewSpeaker(reading.Is(at + 1, WordClass.Coordinator) ? at + 2 : at + 1, end);
        return reading.Is(at, WordClass.Coordinator)
            && at > first + 1
            && (
                IsSharedCue(at + 1, end) || (reading.Is(at + 1, WordClass.SubjectPronoun) && IsNewSpeaker(at + 1, end))
            );
    }

    // … because “it works,” she said: the comma stands inside the marks.
    private bool EndsQuotation(int at) =>
        reading.IsQuoteMark(at)
        && reading[at].Quotation >= 0
        && reading[at + 1].Quotation != reading[at].Quotation
        && reading.Outermost[reading[at].Quotation].Final(reading.Text) is ',' or '?' or '!';

    private bool IsCutAfterComma(int comma, int end)
    {
        var at = comma + 1;
        if (reading.Is(at, "according") && reading.Is(at + 1, "to"))
            return true;
        if (reading.Is(at, WordClass.Coordinator))
            return IsSharedCue(at + 1, end)
                || IsNewSpeaker(at + 1, end)
                || IsMainClause(at + 1, end)
                || reading.At(Math.Min(at + 1, end - 1)) is "when" or "after" or "asked" or "while";
        if ((OpensSubordinate && IsMainClause(at, end)) || IsParenthetical(at, end))
            return true;
        if (
            reading.Is(at, "while")
            || reading.Is(at, "whereas")
            || reading.Is(at, "though")
            || reading.Is(at, "although")
        )
            return IsNewSpeaker(at + 1, end);
        return at < end
            && (
                IsParticipleCue(at)
                || IsSharedCue(at, end)
                || reading.Is(at, "citing")
                || reading.Is(at, "referring")
                || reading.Is(at, "speaking")
            );
    }

    private bool IsParticipleCue(int at) =>
        reading[at].Verb is { } verb
        && verb.Form.HasFlag(VerbForm.Ing)
        && (verb.Frames & (Frames.Quote | Frames.That)) != Frames.None
        && !verb.Frames.HasFlag(Frames.Weak);

    // "… and added that": the cue shares its subject with the one before.
    private bool IsSharedCue(int at, int end)
    {
        while (at < end && verbs.IsAdverb(at))
            at++;
        if (
            at < end
            && reading[at].Verb is { } means
            && means.Frames.HasFlag(Frames.Infinitive)
            && means.Form == VerbForm.Third
            && reading.Is(at + 1, "to")
        )
            return true;
        return at < end
            && reading[at].Verb is { } verb
            && !reading[at].IsCapital
            && (verb.Form & (VerbForm.Past | VerbForm.Third)) != VerbForm.None
            && (verb.Frames & (Frames.Quote | Frames.That)) != Frames.None
            && !verb.Frames.HasFlag(Frames.Weak)
            && !(verb.IsNounToo && !IsStart(at + 1));
    }

    // "he …", "the union …": a subject and, soon, its verb.
    private bool IsMainClause(int at, int end)
    {
        if (
            at >= end
            || !(
                reading.Is(at, WordClass.SubjectPronoun | WordClass.Determiner | WordClass.Possessive)
                || reading[at].IsCapital
                || reading.Is(at + 1, WordClass.Auxiliary)
            )
            || reading.Is(at, WordClass.Relative | WordClass.Subordinator)
        )
            return false;
        var stop = Math.Min(end, at + LongestListItem);
        for (var i = at + 1; i < stop; i++)
        {
            if (reading.IsMark(i, ','))
                stop = i;
        }

        return verbs.HasVerb(at, stop);
    }

    // "…, another source said", "…, he said, …": a source and its verb, and nothing more.
    private bool IsParenthetical(int at, int end)
    {
        for (var i = at + 1; i < end && i < at + LongestListItem; i++)
        {
            if (reading.IsMark(i) && !reading.IsMark(i, '.'))
                return false;
            if (reading[i].Verb is not { } verb || !verbs.IsFinite(i, at))
                continue;
            return verb.Frames.HasFlag(Frames.Quote)
                && !verb.Frames.HasFlag(Frames.Weak)
                && (i + 1 >= end || reading.IsMark(i + 1) || reading.Is(i + 1, WordClass.Day));
        }

        return false;
    }

    private bool IsNewSpeaker(int at, int end)
    {
        for (var i = at; i < end && i < at + 9; i++)
        {
            if (reading.IsMark(i))
                return false;
            if (reading[i].Verb is { } verb && i > at && verbs.IsFinite(i, at))
                return (verb.Frames & (Frames.Quote | Frames.That)) != Frames.None && !verb.Frames.HasFlag(Frames.Weak);
            if (
                reading.Is(i, WordClass.Auxiliary)
                && !reading.Is(i, "has")
                && !reading.Is(i, "have")
                && !reading.Is(i, "had")
            )
                return false;
        }

        return false;
    }

    // "said, however, that"; "said, “…”".
    private int PastInsertion(int comma, int end)
    {
        if (reading.IsQuoteMark(comma + 1))
            return comma + 1;
        for (var at = comma + 1; at < end && at < comma + 12; at++)
        {
            if (!reading.IsMark(at, ','))
                continue;
            return at + 1 < end && (IsStart(at + 1) || reading.IsQuoteMark(at + 1)) ? at + 1 : -1;
        }

        return -1;
    }

    // "in an interview with the paper on Monday that …": up to where something begins that can only be content.
    private int PastPrepositions(int at, int end)
    {
        var first = at;
        for (; at < end && at < first + LongestAdverbial; at++)
        {
            if (IsStart(at))
                return at;
            if (reading.IsMark(at, ','))
                return AfterAdverbialComma(at, end);
            if (at <= first + 1)
                continue;
            var isPronoun =
                reading.Is(at, WordClass.SubjectPronoun)
                && !reading.Is(at, WordClass.ObjectPronoun | WordClass.Relative);
            if (isPronoun || reading.Is(at, "it") || reading.Is(at, "there"))
                return at;
            var afterTime = reading.Is(at - 1, WordClass.Day | WordClass.TimeNoun);
            if (
                afterTime
                && (
                    reading.Is(at, WordClass.Determiner | WordClass.Possessive)
                    || (reading[at].IsCapital && !reading.Is(at, WordClass.Day | WordClass.Month))
                )
            )
                return at;
        }

        return -1;
    }

    private int AfterAdverbialComma(int comma, int end)
    {
        var at = comma + 1;
        if (at >= end)
            return -1;
        return IsStart(at) || (reading.Is(at, WordClass.SubjectPronoun) && !reading.Is(at, WordClass.Relative))
            ? at
            : -1;
    }

    private bool IsBareHearer(int at) =>
        !reading.Is(at, WordClass.Possessive)
        || reading.Is(at + 1, WordClass.SubjectPronoun | WordClass.Determiner | WordClass.Preposition)
        || IsStart(at + 1)
        || reading.IsMark(at + 1);

    private int PastHearerNoun(int first, int end)
    {
        var at = first;
        var startsCapital = false;
        for (; at < end && at < first + LongestHearer; at++)
        {
            if (
                IsStart(at)
                || (reading.IsMark(at) && !reading.IsMark(at, '.'))
                || reading.Is(at, "to")
                || reading.Is(at, WordClass.Question | WordClass.Day | WordClass.Auxiliary)
            )
                return at;
            if (at == first)
                continue;
            if (
                reading.Is(at, WordClass.SubjectPronoun | WordClass.Possessive)
                || (reading.Is(at, WordClass.Determiner) && !reading.Is(at - 1, WordClass.Preposition))
            )
                return at;
            if (reading.Is(at, WordClass.Preposition) && !reading.Is(at, "of"))
                return at;
            var capital = reading[at].IsCapital;
            startsCapital |= reading[at - 1].IsCapital;
            // "told reporters Trump would", "told the Times taxes would": the change of case is the border.
            if (
                reading[at].Kind == TokenKind.Word
                && capital != reading[at - 1].IsCapital
                && !reading.Is(at - 1, WordClass.Determiner | WordClass.Possessive | WordClass.Preposition)
                && (startsCapital || capital)
            )
                return at;
        }

        return at;
    }
}
