namespace FactCheck.Extraction.Quotes;

/// <summary>What a verb of saying does: who, and what, on which side.</summary>
internal sealed partial class CueFinder
{
    // Whatever is less sure than this has no clause, and may be no attribution where nobody can speak.
    private const double LeastOfClause = 0.59;

    private const int FewestWordsOfStatement = 4;

    private void ReadVerb(int at)
    {
        var verb = _text[at].Verb!;
        var group = GroupStart(at);
        if (IsHypothetical(group, at) || (verb.Form == VerbForm.Participle && group == at && !_text.Is(at + 1, "by")))
            return;
        var after = _text[at].HasParticle ? at + 2 : at + 1;
        if (IsPassive(group, at, verb))
            ReadPassive(at, group, after, verb);
        else if (IsInverted(group))
            ReadInverted(at, group, after, verb);
        else
            ReadStraight(at, group, after, verb);
    }

    private bool IsPassive(int group, int at, CueVerb verb)
    {
        if ((verb.Form & (VerbForm.Past | VerbForm.Participle)) == VerbForm.None)
            return false;
        for (var i = group; i < at; i++)
        {
            if (_text.Is(i, WordClass.Be))
                return true;
        }

        // "a plan proposed by the mayor": no subject of its own.
        return _text.Is(at + 1, "by")
            && verb.Form.HasFlag(VerbForm.Participle)
            && !(group < at && _text.At(group) is "has" or "have" or "had");
    }

    private bool IsHypothetical(int group, int at)
    {
        // "asked not to be named": a wish about the report itself.
        if (_text.Is(at + 1, "not") && _text.Is(at + 2, "to") && _text.Is(at + 3, "be"))
            return true;
        if (IsRefusalToSpeak(at) || (_text.Is(at - 1, "to") && IsRefusalToSpeak(at - 2)))
            return true;
        for (var i = group; i < at; i++)
        {
            if (_text.At(i) is "could" or "might" or "should" or "must" or "may" or "cannot" or "can")
                return true;
        }

        return group > _first && _text.Is(group - 1, "if");
    }

    // "declined to comment on it": that somebody did not speak is no speech.
    private bool IsRefusalToSpeak(int at) =>
        at >= _first
        && (
            _text.At(at).StartsWith("declin", StringComparison.Ordinal)
            || _text.At(at).StartsWith("refus", StringComparison.Ordinal)
        )
        && _text.Is(at + 1, "to")
        && (
            _text.Is(at + 2, "comment")
            || _text.Is(at + 2, "answer")
            || _text.Is(at + 2, "respond")
            || _text.Is(at + 2, "say")
            || _text.Is(at + 2, "discuss")
        );

    // “…,” said Smith: the marks stand right before the verb.
    private bool IsInverted(int group)
    {
        if (_level >= 0 || group <= _first)
            return false;
        var before = group - 1;
        if (_text.IsMark(before, ',') || _text.IsDash(before))
            before--;
        return before >= _first && _text[before].Quotation >= 0 && IsSpeechEnd(before);
    }

    // The marks close speech rather than a name: a comma or stop stands at their end, or they open the sentence.
    private bool IsSpeechEnd(int at)
    {
        var quotation = _text.Outermost[_text[at].Quotation];
        return quotation.Extent.Start <= _text[_first].Span.Start
            || quotation.Final(_text.Text) is ',' or '.' or '?' or '!' or '\u2026'
            || _text.IsMark(at + 1, ',');
    }

    private void ReadInverted(int at, int group, int after, CueVerb verb)
    {
        if (!verb.Frames.HasFlag(Frames.Quote) && !verb.Frames.HasFlag(Frames.Bare))
            return;
        var phrase = WithName(_phrases.After(after, _end));
        var content = LeftQuotation(group) ?? [];
        var end = phrase.IsEmpty ? after : phrase.End;
        AddQuotationAfter(content, end);
        var speaker = phrase.IsEmpty ? SpeakerBeforeQuotation(group) : ToSpeaker(phrase, at);
        Add(speaker, at, after, content, 0.95);
    }

    private void ReadStraight(int at, int group, int after, CueVerb verb)
    {
        var (speaker, edge) = Subject(at, group, verb);
        if (edge > _first && _text.Is(edge - 1, "if"))
            return;
        var left = edge > _first && _level < 0 ? LeftQuotation(edge) : null;
        if (left is not null && verb.Frames.HasFlag(Frames.Quote))
        {
            AddQuotationAfter(left, after);
            Add(speaker, at, after, left, 0.95);
            return;
        }

        // "…, said Smith, a lawyer": what follows the verb is the speaker and what is told of him, not what is said.
        var inverted = speaker is not null && group > _first && speaker.Span.Start > _text[at].Span.Start;
        if (inverted && !_clauses.IsStart(_text.WordFrom(speaker!.Span.End)))
        {
            ReadParenthetical(at, edge, after, verb, speaker);
            return;
        }

        var (right, confidence) = Right(after, verb);
        if (right is not null)
        {
            if (verb.Frames.HasFlag(Frames.Weak) && (speaker is null || IsMannerOfSpeech(edge, at)))
                return;
            if (confidence < LeastOfClause && !IsSpoken(speaker))
                return;
            Add(speaker, at, after, right, confidence);
            return;
        }

        if (speaker is null)
            return;
        if (QuotationBefore(edge) is { } previous && verb.Frames.HasFlag(Frames.Quote) && IsClosing(after))
            Add(speaker, at, after, previous, 0.9);
        else
            ReadParenthetical(at, edge, after, verb, speaker);
    }

    // "you know", "you see"; but "do you think it rained?" asks for a belief.
    private bool IsMannerOfSpeech(int subject, int verb) =>
        _text.Is(subject, "you") && (_text.At(verb) is "know" or "see" || !_text.Is(subject - 1, WordClass.Modal));

    // What is no clause is said only by somebody: not "the road calls for repairs", nor the "we discuss" of a paper.
    private bool IsSpoken(Speaker? speaker) =>
        speaker is not null
        && !_text.Is(_text.WordFrom(speaker.Span.Start), WordClass.FirstOrSecondPerson)
        && _phrases.CanSpeak(speaker.Span);

    // “Why?” Scott's niece said: a sentence of only subject and verb gives away the marks that end right before it.
    private List<TextSpan>? QuotationBefore(int edge)
    {
        if (_level >= 0 || edge != _first || edge == 0 || _text[edge - 1].Quotation < 0)
            return null;
        var quotation = _text.Outermost[_text[edge - 1].Quotation];
        var gap = _text.Text.AsSpan(quotation.Extent.End, _text[edge].Span.Start - quotation.Extent.End);
        return gap.Count('\n') > 0 || IsTaken(quotation.Extent) ? null : [.. quotation.Parts];
    }

    // Nothing that could be said follows the verb: an end, a mark, a day, "in a statement".
    private bool IsClosing(int after) =>
        after >= _end
        || _text.IsMark(after)
        || _text.Is(after, WordClass.Day | WordClass.Preposition)
        || _verbs.IsAdverb(after);

    // "…, Smith said." and "The plan, Smith said, is dead."
    private void ReadParenthetical(int at, int edge, int after, CueVerb verb, Speaker speaker)
    {
        // "…, the most since records began": a verb that takes nothing but marks says nothing without them.
        if ((verb.Frames & (Frames.That | Frames.Bare)) == Frames.None)
            return;
        var inverted = speaker.Span.Start > _text[at].Span.Start;
        var sourceEnd = inverted ? _text.WordFrom(speaker.Span.End) : after;
        if (!IsClosing(sourceEnd))
            return;
        var mark = edge - 1;
        var isAs = _text.Is(mark, "as");
        if (isAs)
            mark--;
        if (mark > _first && !_text.IsMark(mark, ',') && !_text.IsDash(mark))
            return;
        if (mark <= _first && !isAs)
            return;
        var left = mark > _first && mark - _first >= FewestWordsOfClause ? _text.Span(_first, mark) : (TextSpan?)null;
        var right = SecondHalf(sourceEnd);
        List<TextSpan> content = [];
        if (left is { } l)
            content.Add(l);
        if (
            left is not null
            && right is null
            && !_verbs.HasVerb(_first, mark)
            && !(IsStatement(mark, verb, speaker) && !_text[at].IsCapital)
        )
            return;
        // "If it rains, the mayor said, we stay.": half a sentence is not all that was said.
        if (right is { } r && (left is null || !_verbs.HasVerb(_first, mark) || IsHalf(mark) || GoesOn(sourceEnd + 1)))
            content.Add(r);
        Add(speaker, at, after, content, verb.Frames.HasFlag(Frames.Weak) ? 0.6 : 0.85);
    }

    // "Inflation fell to 2 per cent, the Bank of England announced on Monday.": a verb of speech with nothing else to
    // say takes the words before it, even without a known verb; not "In the evening, Smith said."
    private bool IsStatement(int mark, CueVerb verb, Speaker speaker) =>
        verb.Frames.HasFlag(Frames.Quote)
        && !verb.Frames.HasFlag(Frames.Weak)
        && mark - _first >= FewestWordsOfStatement
        && IsSpoken(speaker)
        && !_text.Is(_first, WordClass.Preposition | WordClass.Subordinator | WordClass.Adverb | WordClass.Coordinator)
        && !_text.At(_first).EndsWith("ing", StringComparison.Ordinal)
        && !HoldsComma(_first, mark);

    private bool IsHalf(int mark)
    {
        if (!_clauses.OpensSubordinate && !(_text.Is(_first, "even") && _text.Is(_first + 1, WordClass.Subordinator)))
            return false;
        return !HoldsComma(_first, mark);
    }

    private bool HoldsComma(int first, int end)
    {
        for (var at = first; at < end; at++)
        {
            if (_text.IsMark(at, ','))
                return true;
        }

        return false;
    }

    private TextSpan? SecondHalf(int at)
    {
        if (!(_text.IsMark(at, ',') || _text.IsDash(at)) || at + 2 >= _end)
            return null;
        var next = at + 1;
        if (
            _text.Is(next, WordClass.Relative | WordClass.Day)
            || (_text[next].Verb is { } verb && verb.Form.HasFlag(VerbForm.Ing))
        )
            return null;
        return _text.Span(next, _clauses.End(next, _end));
    }

    private bool GoesOn(int at) => _text.Is(at, WordClass.Coordinator | WordClass.Subordinator | WordClass.Auxiliary);
}
