namespace FactCheck.Extraction.Quotes;

/// <summary>What is said: the quotation beside a verb, the clause, infinitive or phrase after it.</summary>
internal sealed partial class CueFinder
{
    private const int FewestWordsOfClause = 2;
    private const double InfinitiveConfidence = 0.58;

    // The quotation that ends right before a word; words of the sentence before the marks belong to the content too.
    private List<TextSpan>? LeftQuotation(int edge)
    {
        var before = edge - 1;
        if (before > _first && (_text.IsMark(before, ',') || _text.IsDash(before)))
            before--;
        if (before < _first || _text[before].Quotation < 0 || !IsSpeechEnd(before))
            return null;
        var quotation = _text.Outermost[_text[before].Quotation];
        if (IsTaken(quotation.Extent))
            return null;
        var start = _text.WordFrom(quotation.Extent.Start);
        if (start <= _first || _text.IsMark(start - 1, ':'))
            return [.. quotation.Parts];
        if (IsClauseOfItsOwn(start, quotation))
            return [.. quotation.Parts];
        // “You won?” she said, but as “the system is rigged,” Melanie said: an earlier cue's words come once.
        return HasCueBefore(quotation.Extent.Start)
            ? [.. quotation.Parts]
            : [TextSpan.FromBounds(_text[_first].Span.Start, quotation.Extent.End)];
    }

    // The pipe burst twice, and “nobody warned us,” said …: what the writer tells, and then a clause in marks.
    private bool IsClauseOfItsOwn(int start, Quotation quotation) =>
        start - _first > 2
        && _text.Is(start - 1, WordClass.Coordinator)
        && _text.IsMark(start - 2, ',')
        && _verbs.HasVerb(start, _text.WordFrom(quotation.Extent.End));

    private bool HasCueBefore(int offset)
    {
        for (var i = _drafts.Count - 1; i >= 0 && _drafts[i].Cue?.Start >= _text[_first].Span.Start; i--)
        {
            if (_drafts[i].Cue?.End <= offset)
                return true;
        }

        return false;
    }

    // By what stands around the marks; what was found inside them is nested.
    private bool IsTaken(TextSpan extent) =>
        _drafts.Count > 0 && _drafts[^1].Content.Exists(c => c.Start <= extent.Start && c.Overlaps(extent));

    // “…,” Smith said, “…”: the second half.
    private void AddQuotationAfter(List<TextSpan> content, int at)
    {
        for (var steps = 0; at < _end && steps < 24; at++, steps++)
        {
            if (_text[at].Quotation >= 0)
                break;
            if (_text[at].Verb is not null && _verbs.IsCue(at, _first))
                return;
        }

        // “A,” he said, but “B”.
        var mark = _text.Is(at - 1, WordClass.Coordinator) ? at - 2 : at - 1;
        if (
            at >= _end
            || _text[at].Quotation < 0
            || !(_text.IsMark(mark, ',') || _text.IsMark(mark, ':') || _text.IsDash(mark))
        )
            return;
        content.AddRange(_text.Outermost[_text[at].Quotation].Parts);
    }

    private (List<TextSpan>? Content, double Confidence) Right(int after, CueVerb verb)
    {
        if (after >= _end)
            return default;
        var at = verb.Frames.HasFlag(Frames.Hearer)
            ? _clauses.PastHearer(after, _end)
            : _clauses.PastAdverbials(after, _end);
        if (at >= 0 && at < _end && RightClause(at, after, verb) is { Content: not null } found)
            return found;
        return RightPhrase(after, verb);
    }

    private (List<TextSpan>? Content, double Confidence) RightClause(int at, int after, CueVerb verb)
    {
        var frames = verb.Frames;
        if (_text.IsMark(at, ':'))
        {
            if (!frames.HasFlag(Frames.Quote) || at + 1 >= _end)
                return default;
            at++;
        }

        if (
            _text[at].Quotation >= 0
            && _level < 0
            && MakesWorks(after)
            && IsTitle(_text.Outermost[_text[at].Quotation])
        )
            return default;
        if (_text[at].Quotation >= 0 && _level < 0)
            return (frames & (Frames.Quote | Frames.That | Frames.Bare)) == Frames.None
                ? default
                : (RightQuotation(at), 0.95);
        if (_text.IsMark(at - 1, ':'))
            return (Span(at, _end), 0.8);
        var weak = frames.HasFlag(Frames.Weak);
        if (IsPointer(at))
            return default;
        if (_text.Is(at, "that") && !_text.Is(at + 1, WordClass.TimeNoun))
            return (frames & (Frames.That | Frames.Bare)) == Frames.None
                ? default
                : (Span(at, _clauses.End(at, _end)), weak ? 0.7 : 0.9);
        if (IsQuestion(at, after, frames))
            return (Span(at, _clauses.End(at, _end)), weak ? 0.6 : 0.8);
        if (_text.Is(at, "to"))
            return frames.HasFlag(Frames.Infinitive) && IsInfinitive(at)
                ? (Span(at, _clauses.End(at, _end)), InfinitiveConfidence)
                : default;
        if (frames.HasFlag(Frames.Hearer) && frames.HasFlag(Frames.Infinitive) && InfinitiveAfter(at) is var to and > 0)
            return (Span(to, _clauses.End(to, _end)), InfinitiveConfidence);
        return frames.HasFlag(Frames.Bare) && IsBareClause(at, weak)
            ? (Span(at, _clauses.End(at, _end)), weak ? 0.6 : 0.8)
            : default;
    }

    // "denied that on Tuesday.", "said that.": it points to what was said before.
    private bool IsPointer(int at)
    {
        if (!_text.Is(at, "that"))
            return false;
        var next = at + 1;
        if (_text.Is(next, WordClass.Preposition) && _text.Is(next + 1, WordClass.Day))
            next += 2;
        return next >= _end || (_text.IsMark(next) && Punctuation.EndsSentence(_text.At(next)[0]));
    }

    // What is written, read or sung may be a work with a title; what is said is not.
    private bool MakesWorks(int after) =>
        _text.At(after - 1)
            is "write"
                or "writes"
                or "wrote"
                or "written"
                or "writing"
                or "read"
                or "reads"
                or "reading"
                or "sing"
                or "sings"
                or "sang"
                or "sung"
                or "singing";

    // “Notes from a Sunny Balcony”: every word of weight has a capital, and no stop ends it.
    private bool IsTitle(Quotation quotation)
    {
        var (at, capitals) = (_text.WordFrom(quotation.Extent.Start), 0);
        for (; at < _text.Count && _text[at].Span.Start < quotation.Extent.End; at++)
        {
            var word = _text[at];
            if (
                word.Kind == TokenKind.Word
                && !word.IsCapital
                && !word.Is(WordClass.Preposition | WordClass.Determiner | WordClass.Coordinator)
            )
                return false;
            capitals += word.IsCapital ? 1 : 0;
        }

        return capitals > 1
            && !Punctuation.EndsSentence(quotation.Final(_text.Text))
            && quotation.Final(_text.Text) != ',';
    }

    // "encouraged the nations of the west to spend": the infinitive after a hearer of several words, or -1.
    private int InfinitiveAfter(int at)
    {
        for (var i = at; i < _end && i < at + 8; i++)
        {
            if (_text.IsMark(i) || _text.Is(i, WordClass.Auxiliary))
                return -1;
            if (_text.Is(i, "to") && IsInfinitive(i))
                return i;
        }

        return -1;
    }

    private bool IsInfinitive(int to) =>
        to + 1 < _end
        && _text[to + 1].Kind == TokenKind.Word
        && !_text.Is(to + 1, WordClass.Determiner | WordClass.Possessive | WordClass.ObjectPronoun)
        && !_text[to + 1].IsCapital;

    private bool IsQuestion(int at, int after, Frames frames) =>
        frames.HasFlag(Frames.That)
        && _text.Is(at, WordClass.Question)
        && at + 2 < _end
        && (at == after || frames.HasFlag(Frames.Hearer))
        && !_text.Is(at, "who")
        && !_text.Is(at, "when")
        && !_text.Is(at, "which");

    private bool IsBareClause(int at, bool weak)
    {
        if (IsAmountOfWords(at))
            return false;
        if (_text.IsMark(at) || _text.Is(at, WordClass.Coordinator | WordClass.Relative))
            return false;
        if (
            (_text.Is(at, WordClass.Preposition) && !_clauses.IsRoughNumber(at))
            || _text.Is(at, "so")
            || _text.Is(at, "as")
        )
            return false;
        var end = _clauses.End(at, _end);
        if (end - at < FewestWordsOfClause || (_text.Is(at, WordClass.Auxiliary) && !_text[at].IsCapital))
            return false;
        var hasVerb = _verbs.HasVerb(at, BeforeRelative(at, end));
        return hasVerb || (!weak && end - at > 5);
    }

    // "said little about the budget": how much was said, and not what.
    private bool IsAmountOfWords(int at) =>
        _text.At(at) is "little" or "nothing" or "much" or "more" or "less" or "something" or "anything" or "plenty"
        && _text.At(at + 1) is "about" or "on" or "of" or "else";

    // "harm to a person who could sue": the verb of a relative clause makes no clause of its noun.
    private int BeforeRelative(int at, int end)
    {
        for (var i = at + 1; i < end; i++)
        {
            if (
                _text.Is(i, "who")
                || _text.Is(i, "which")
                || (_text.Is(i, "that") && _text.Is(i + 1, WordClass.Auxiliary))
            )
                return i;
        }

        return end;
    }

    private List<TextSpan> RightQuotation(int at)
    {
        var quotation = _text.Outermost[_text[at].Quotation];
        var next = _text.WordFrom(quotation.Extent.End);
        // Words that go on after the marks belong to what is said: said “yes” to the plan.
        if (next >= _end - 1 || _text.IsMark(next) || EndsAsSentence(quotation))
            return [.. quotation.Parts];
        var end = _clauses.End(next - 1, _end);
        return end > next
            ? [TextSpan.FromBounds(quotation.Extent.Start, _text[end - 1].Span.End)]
            : [.. quotation.Parts];
    }

    private bool EndsAsSentence(Quotation quotation) => quotation.Final(_text.Text) is '.' or '!' or '?' or ',';

    private (List<TextSpan>? Content, double Confidence) RightPhrase(int after, CueVerb verb)
    {
        var frames = verb.Frames;
        if (_text.IsMark(after) && !_text.IsQuoteMark(after))
            return default;
        if (
            _level < 0
            && MakesWorks(after)
            && _text.IsQuoteMark(after)
            && _text[after].Quotation >= 0
            && IsTitle(_text.Outermost[_text[after].Quotation])
        )
            return default;
        if (frames.HasFlag(Frames.Naming) && !_text.Is(after, WordClass.Preposition | WordClass.Adverb))
            return Phrase(after, 0.5);
        if (
            frames.HasFlag(Frames.NounPhrase)
            && !_text.Is(after, WordClass.Preposition | WordClass.Subordinator | WordClass.Coordinator)
        )
            return Phrase(after, 0.5);
        if (frames.HasFlag(Frames.About) && TopicAfter(after, verb) is var topic and > 0)
            return Phrase(topic, 0.4);
        return default;
    }

    // "called again for", "warned on Monday against": past the preposition of the topic, or -1.
    private int TopicAfter(int after, CueVerb verb)
    {
        while (after < _end && _verbs.IsAdverb(after))
            after++;
        if (_text.Is(after, "on") && _text.Is(after + 1, WordClass.Day))
            after += 2;
        return after < _end && Array.Exists(verb.Topics, topic => _text.Is(after, topic)) ? after + 1 : -1;
    }

    private (List<TextSpan>? Content, double Confidence) Phrase(int at, double confidence)
    {
        var end = at + 1;
        while (end < _end && !(_text[end].Quotation == _level && EndsPhrase(end)))
            end++;
        return end - at < 2 ? default : (Span(at, Math.Min(end, _clauses.End(at, end))), confidence);
    }

    private bool EndsPhrase(int at)
    {
        // Called it “a disgrace”, which …: words in marks are what was said, and all of it.
        if (_text.IsMark(at, ','))
            return (_level < 0 && _text[at - 1].Quotation >= 0) || !_clauses.IsListOrInsertion(at, _end);
        return _text.IsDash(at)
            || _text.IsMark(at, ';')
            || _text.At(at)
                is "after"
                    or "while"
                    or "because"
                    or "when"
                    or "during"
                    or "before"
                    or "since"
                    or "although"
                    or "though"
                    or "unless";
    }

    // A span of words, led on to the closing mark when it ends inside a quotation.
    private List<TextSpan> Span(int first, int end)
    {
        var span = _text.Span(first, end);
        var last = _text[end - 1];
        if (
            _level < 0
            && last.Quotation >= 0
            && _text.Outermost[last.Quotation] is { IsClosed: true } quotation
            && quotation.Extent.End > span.End
        )
            span = TextSpan.FromBounds(span.Start, quotation.Parts[0].End);
        return [span];
    }
}
