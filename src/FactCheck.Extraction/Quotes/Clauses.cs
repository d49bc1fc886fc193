namespace FactCheck.Extraction.Quotes;

/// <summary>Where the clause begins that a cue introduces, and ends: in one sentence, one level of quotation.</summary>
internal sealed class Clauses(AnnotatedText text, VerbTest verbs)
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
            if (text.IsMark(at, ','))
                return PastInsertion(at, end);
            if (text.Is(at, WordClass.Day | WordClass.Month) || verbs.IsAdverb(at))
                at++;
            else if (text.Is(at, "last") && text.Is(at + 1, WordClass.TimeNoun))
                at += 2;
            else if ((text.Is(at, "this") || text.Is(at, "that")) && text.Is(at + 1, WordClass.TimeNoun))
                at += 2;
            else if (IsRoughNumber(at))
                return at;
            else if (text.Is(at, WordClass.Preposition) && !text.Is(at, "to"))
                return PastPrepositions(at, end);
            else
                return at;
        }

        return -1;
    }

    /// <summary>"about 20 people", "over a dozen".</summary>
    public bool IsRoughNumber(int at) =>
        text.At(at) is "about" or "over" or "around" or "under"
        && at + 1 < text.Count
        && text[at + 1].Kind == TokenKind.Number;

    /// <summary>Past the hearer of "told reporters", "asked him": where what is said can begin, or -1.</summary>
    public int PastHearer(int at, int end)
    {
        if (at >= end || IsStart(at))
            return at;
        if (text.IsMark(at))
            return text.IsMark(at, ',') ? PastInsertion(at, end) : at;
        if (text.Is(at, WordClass.Preposition) && !text.Is(at, "to"))
            return at;
        if (text.Is(at, WordClass.ObjectPronoun) && !text.Is(at + 1, "own"))
            return PastAdverbials(IsBareHearer(at) ? at + 1 : PastHearerNoun(at, end), end);
        // "warned the bridge was unsafe": where a verb follows, the noun is no hearer.
        var after = PastHearerNoun(at, end);
        return text.Is(after, WordClass.Auxiliary) ? at : PastAdverbials(after, end);
    }

    /// <summary>True at "that", a colon before marks, or marks.</summary>
    public bool IsStart(int at) =>
        (text.Is(at, "that") && !text.Is(at + 1, WordClass.TimeNoun)) || text.IsMark(at, ':') || text.IsQuoteMark(at);

    /// <summary>Before a new attribution, a source clause, a semicolon, or with the sentence.</summary>
    public int End(int first, int end)
    {
        var level = text[first].Quotation;
        for (var at = first + 1; at < end; at++)
        {
            if (text[at].Quotation != level && level >= 0)
                return at;
            if (text[at].Quotation == level && IsCut(first, at, end))
                return at;
        }

        return end;
    }

    /// <summary>Whether the phrase goes on past a comma: "polls, including …", "a quack, fake and charlatan".</summary>
    public bool IsListOrInsertion(int comma, int end)
    {
        var at = comma + 1;
        if (IsApposition(at, end))
            return true;
        if (
            text.At(at)
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
            if (text.Is(i, WordClass.Auxiliary | WordClass.SubjectPronoun) || text[i].Verb is not null)
                return false;
            if (i > at && (text.Is(i, "and") || text.Is(i, "or")))
                return i + 1 < end && !verbs.HasVerb(i + 1, Math.Min(end, i + 6));
        }

        return false;
    }

    // "the North's leader, Kim Jong Un, of recklessness": a second comma, and what the verb takes with its object.
    private bool IsApposition(int at, int end)
    {
        for (var i = at; i < end && i < at + LongestListItem; i++)
        {
            if (text.IsMark(i, ','))
                return i + 1 < end && text.At(i + 1) is "of" or "as" or "to";
        }

        return false;
    }

    private bool IsCut(int first, int at, int end)
    {
        if (
            text.IsMark(at, ';')
            || (text.IsMark(at, ':') && (text.IsQuoteMark(at + 1) || IsNewSpeaker(at + 1, end)))
            || (text.IsMark(at, '(') && IsNewSpeaker(at + 1, end))
            || (EndsQuotation(at - 1) && IsParenthetical(at, end))
        )
            return true;
        if (text.IsMark(at, ','))
            return IsCutAfterComma(at, end);
        if (text.IsDash(at))
            return IsNewSpeaker(text.Is(at + 1, WordClass.Coordinator) ? at + 2 : at + 1, end);
        return text.Is(at, WordClass.Coordinator)
            && at > first + 1
            && (IsSharedCue(at + 1, end) || (text.Is(at + 1, WordClass.SubjectPronoun) && IsNewSpeaker(at + 1, end)));
    }

    // … because “it works,” she said: the comma stands inside the marks.
    private bool EndsQuotation(int at) =>
        text.IsQuoteMark(at)
        && text[at].Quotation >= 0
        && text[at + 1].Quotation != text[at].Quotation
        && text.Outermost[text[at].Quotation].Final(text.Text) is ',' or '?' or '!';

    private bool IsCutAfterComma(int comma, int end)
    {
        var at = comma + 1;
        if (text.Is(at, "according") && text.Is(at + 1, "to"))
            return true;
        if (text.Is(at, WordClass.Coordinator))
            return IsSharedCue(at + 1, end)
                || IsNewSpeaker(at + 1, end)
                || IsMainClause(at + 1, end)
                || text.At(Math.Min(at + 1, end - 1)) is "when" or "after" or "asked" or "while";
        if ((OpensSubordinate && IsMainClause(at, end)) || IsParenthetical(at, end))
            return true;
        if (text.Is(at, "while") || text.Is(at, "whereas") || text.Is(at, "though") || text.Is(at, "although"))
            return IsNewSpeaker(at + 1, end);
        return at < end
            && (
                IsParticipleCue(at)
                || IsSharedCue(at, end)
                || text.Is(at, "citing")
                || text.Is(at, "referring")
                || text.Is(at, "speaking")
            );
    }

    private bool IsParticipleCue(int at) =>
        text[at].Verb is { } verb
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
            && text[at].Verb is { } means
            && means.Frames.HasFlag(Frames.Infinitive)
            && means.Form == VerbForm.Third
            && text.Is(at + 1, "to")
        )
            return true;
        return at < end
            && text[at].Verb is { } verb
            && !text[at].IsCapital
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
                text.Is(at, WordClass.SubjectPronoun | WordClass.Determiner | WordClass.Possessive)
                || text[at].IsCapital
                || text.Is(at + 1, WordClass.Auxiliary)
            )
            || text.Is(at, WordClass.Relative | WordClass.Subordinator)
        )
            return false;
        var stop = Math.Min(end, at + LongestListItem);
        for (var i = at + 1; i < stop; i++)
        {
            if (text.IsMark(i, ','))
                stop = i;
        }

        return verbs.HasVerb(at, stop);
    }

    // "…, another source said", "…, he said, …": a source and its verb, and nothing more.
    private bool IsParenthetical(int at, int end)
    {
        for (var i = at + 1; i < end && i < at + LongestListItem; i++)
        {
            if (text.IsMark(i) && !text.IsMark(i, '.'))
                return false;
            if (text[i].Verb is not { } verb || !verbs.IsFinite(i, at))
                continue;
            return verb.Frames.HasFlag(Frames.Quote)
                && !verb.Frames.HasFlag(Frames.Weak)
                && (i + 1 >= end || text.IsMark(i + 1) || text.Is(i + 1, WordClass.Day));
        }

        return false;
    }

    private bool IsNewSpeaker(int at, int end)
    {
        for (var i = at; i < end && i < at + 9; i++)
        {
            if (text.IsMark(i))
                return false;
            if (text[i].Verb is { } verb && i > at && verbs.IsFinite(i, at))
                return (verb.Frames & (Frames.Quote | Frames.That)) != Frames.None && !verb.Frames.HasFlag(Frames.Weak);
            if (text.Is(i, WordClass.Auxiliary) && !text.Is(i, "has") && !text.Is(i, "have") && !text.Is(i, "had"))
                return false;
        }

        return false;
    }

    // "said, however, that"; "said, “…”".
    private int PastInsertion(int comma, int end)
    {
        if (text.IsQuoteMark(comma + 1))
            return comma + 1;
        for (var at = comma + 1; at < end && at < comma + 12; at++)
        {
            if (!text.IsMark(at, ','))
                continue;
            return at + 1 < end && (IsStart(at + 1) || text.IsQuoteMark(at + 1)) ? at + 1 : -1;
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
            if (text.IsMark(at, ','))
                return AfterAdverbialComma(at, end);
            if (at <= first + 1)
                continue;
            var isPronoun =
                text.Is(at, WordClass.SubjectPronoun) && !text.Is(at, WordClass.ObjectPronoun | WordClass.Relative);
            if (isPronoun || text.Is(at, "it") || text.Is(at, "there"))
                return at;
            var afterTime = text.Is(at - 1, WordClass.Day | WordClass.TimeNoun);
            if (
                afterTime
                && (
                    text.Is(at, WordClass.Determiner | WordClass.Possessive)
                    || (text[at].IsCapital && !text.Is(at, WordClass.Day | WordClass.Month))
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
        return IsStart(at) || (text.Is(at, WordClass.SubjectPronoun) && !text.Is(at, WordClass.Relative)) ? at : -1;
    }

    private bool IsBareHearer(int at) =>
        !text.Is(at, WordClass.Possessive)
        || text.Is(at + 1, WordClass.SubjectPronoun | WordClass.Determiner | WordClass.Preposition)
        || IsStart(at + 1)
        || text.IsMark(at + 1);

    private int PastHearerNoun(int first, int end)
    {
        var at = first;
        var startsCapital = false;
        for (; at < end && at < first + LongestHearer; at++)
        {
            if (
                IsStart(at)
                || (text.IsMark(at) && !text.IsMark(at, '.'))
                || text.Is(at, "to")
                || text.Is(at, WordClass.Question | WordClass.Day | WordClass.Auxiliary)
            )
                return at;
            if (at == first)
                continue;
            if (
                text.Is(at, WordClass.SubjectPronoun | WordClass.Possessive)
                || (text.Is(at, WordClass.Determiner) && !text.Is(at - 1, WordClass.Preposition))
            )
                return at;
            if (text.Is(at, WordClass.Preposition) && !text.Is(at, "of"))
                return at;
            var capital = text[at].IsCapital;
            startsCapital |= text[at - 1].IsCapital;
            // "told reporters Trump would", "told the Times taxes would": the change of case is the border.
            if (
                text[at].Kind == TokenKind.Word
                && capital != text[at - 1].IsCapital
                && !text.Is(at - 1, WordClass.Determiner | WordClass.Possessive | WordClass.Preposition)
                && (startsCapital || capital)
            )
                return at;
        }

        return at;
    }
}
