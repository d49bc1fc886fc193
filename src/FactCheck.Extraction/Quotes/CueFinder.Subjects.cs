namespace FactCheck.Extraction.Quotes;

/// <summary>Who says it: the subject of a verb, before it, after it, or shared with another verb.</summary>
internal sealed partial class CueFinder
{
    // "has repeatedly said": auxiliaries and adverbs between the subject and its verb.
    private int GroupStart(int at)
    {
        var start = at;
        while (
            start > _first
            && _text[start - 1].Quotation == _level
            && (
                _text.Is(start - 1, WordClass.Auxiliary)
                || _verbs.IsAdverb(start - 1)
                || IsContractedAuxiliary(start - 1)
                || (_text.Is(start - 1, "long") && _text.Is(start - 2, WordClass.Auxiliary))
            )
        )
            start--;
        return BeforeTime(start);
    }

    // "the company this month announced", "Smith on Tuesday said".
    private int BeforeTime(int start)
    {
        if (start - 3 < _first || _text[start - 1].Quotation != _level)
            return start;
        if (_text.Is(start - 1, WordClass.TimeNoun) && _text.At(start - 2) is "this" or "last" or "earlier")
            return start - 2;
        var isDate = _text.Is(start - 1, WordClass.Day | WordClass.Month) || _text[start - 1].Kind == TokenKind.Number;
        if (isDate && _text.At(start - 2) is "on" or "in")
            return start - 2;
        return
            _text.Is(start - 1, WordClass.Day)
            && _text[start - 2].Kind == TokenKind.Word
            && !_text.Is(start - 2, WordClass.Preposition | WordClass.Determiner)
            && _text[start - 1].IsCapital
            ? start - 1
            : start;
    }

    private bool IsContractedAuxiliary(int at) =>
        _text[at].Kind == TokenKind.Clitic && _text.Is(at - 1, WordClass.SubjectPronoun);

    // Smith, “…,” said: rare, but the subject may stand before the marks.
    private Speaker? SpeakerBeforeQuotation(int group)
    {
        var quotation = _text.Outermost[
            _text[group - 1].Quotation >= 0 ? _text[group - 1].Quotation : _text[group - 2].Quotation
        ];
        var start = _text.WordFrom(quotation.Extent.Start);
        return start > _first && MainSpeaker(start) is { } main
            ? main with
            {
                Reason = "subject before the quotation",
            }
            : null;
    }

    private (Speaker? Speaker, int Edge) Subject(int at, int group, CueVerb verb)
    {
        if (verb.Form == VerbForm.Ing && !HasAuxiliary(group, at))
            return (ParticipleSubject(at, group), group);
        if (group > _first && _text.Is(group - 1, "to"))
            return (InfinitiveSubject(at, group - 1), group);
        if (group > _first && _text.Is(group - 1, WordClass.Coordinator))
            return (SharedSubject(at), group);
        if (NameAfter(at, group, verb) is { } name)
            return (name, group);
        var phrase = _phrases.Before(_first, group);
        if (phrase.IsEmpty)
            return (InvertedSubject(at, group) ?? SharedWhereJoined(at, group) ?? SubjectOfFirstVerb(at, group), group);
        return (ToSpeaker(phrase, at), phrase.First);
    }

    // "I rang my grandmother, said Ana Kovač, 16": between a comma and a mark, a name can only be the subject.
    private Speaker? NameAfter(int at, int group, CueVerb verb)
    {
        if (
            group <= _first
            || !_text.IsMark(group - 1, ',')
            || !verb.Frames.HasFlag(Frames.Quote)
            || verb.Frames.HasFlag(Frames.Hearer)
        )
            return null;
        if (
            group != at
            || !_text[at + 1 < _end ? at + 1 : at].IsCapital
            || _text.Is(at + 1, WordClass.Day | WordClass.Month | WordClass.Determiner)
        )
            return null;
        var phrase = _phrases.After(at + 1, _end);
        return phrase.IsEmpty || !(phrase.End >= _end || _text.IsMark(phrase.End, ',') || _text.IsMark(phrase.End, '.'))
            ? null
            : ToSpeaker(phrase, at, 0.8);
    }

    private bool HasAuxiliary(int group, int at)
    {
        for (var i = group; i < at; i++)
        {
            if (_text.Is(i, WordClass.Be) || IsContractedAuxiliary(i))
                return true;
        }

        return false;
    }

    // "…, adding that" goes with the sentence's subject; "a letter saying that" with its noun.
    private Speaker? ParticipleSubject(int at, int group)
    {
        var isAttached =
            group > _first
            && _text[group - 1].Kind == TokenKind.Word
            && !_text.Is(group - 1, WordClass.Preposition | WordClass.Subordinator | WordClass.Coordinator);
        if (!isAttached)
            return SharedSubject(at);
        var phrase = _phrases.Before(_first, group);
        return phrase.IsEmpty ? SharedSubject(at) : ToSpeaker(phrase, at, 0.8);
    }

    private Speaker? InfinitiveSubject(int at, int to)
    {
        for (var i = to - 1; i >= _first && i > to - 5; i--)
        {
            if (_text.IsMark(i))
                break;
            if (
                !_text.Is(i, WordClass.Auxiliary)
                && !(_text[i].Verb is not null && _verbs.IsFinite(i, _first))
                && !(_text.At(i) is "went" or "goes" or "had")
            )
                continue;
            var phrase = _phrases.Before(_first, GroupStart(i));
            return phrase.IsEmpty ? SharedSubject(at) : ToSpeaker(phrase, at, 0.8);
        }

        return SharedSubject(at);
    }

    private Speaker? SharedSubject(int at) =>
        _lastSpeaker is { } last
            ? last with
            {
                Reason = $"shares its subject: also of '{_text.At(at)}'",
                Confidence = 0.8,
            }
            : MainSpeaker(at);

    private Speaker? SharedWhereJoined(int at, int group) =>
        group > _first && (_text.IsMark(group - 1, ',') || _verbs.IsAdverb(group - 1)) ? SharedSubject(at) : null;

    // "Observers in the city and around the country say": nothing but one long subject stands before the first verb.
    private Speaker? SubjectOfFirstVerb(int at, int group)
    {
        for (var i = _first; i < group; i++)
        {
            if (
                _text.IsMark(i)
                || _text.Is(i, WordClass.Auxiliary | WordClass.Relative | WordClass.Subordinator)
                || (_text[i].Verb is not null && _verbs.IsFinite(i, _first))
            )
                return null;
        }

        return MainSpeaker(at);
    }

    // "…, said the minister" without marks.
    private Speaker? InvertedSubject(int at, int group)
    {
        if (!(_text.IsMark(group - 1, ',') || group == _first))
            return null;
        var phrase = _phrases.After(at + 1, _end);
        if (phrase.IsEmpty || _verbs.HasVerb(phrase.End, Math.Min(_end, phrase.End + 3)))
            return null;
        return ToSpeaker(WithName(phrase), at, 0.8);
    }
}
