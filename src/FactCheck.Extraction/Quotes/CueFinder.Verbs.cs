using FactCheck.Domain;
using FactCheck.Extraction.Text;

namespace FactCheck.Extraction.Quotes;

/// <summary>What a verb of saying does: who, and what, on which side.</summary>
internal sealed partial class CueFinder
{
    private const int FewestWordsOfClause = 2;
    private const double LeastOfClause = 0.55;
    private const double InfinitiveConfidence = 0.5;

    private void ReadVerb(int at)
    {
        var verb = _reading[at].Verb!;
        var group = GroupStart(at);
        if (IsHypothetical(group, at) || (verb.Form == VerbForm.Participle && group == at && !_reading.Is(at + 1, "by"))) return;
        var after = _reading[at].HasParticle ? at + 2 : at + 1;
        if (IsPassive(group, at, verb)) ReadPassive(at, group, after, verb);
        else if (IsInverted(group)) ReadInverted(at, group, after, verb);
        else ReadStraight(at, group, after, verb);
    }

    // "has repeatedly said": auxiliaries and adverbs between the subject and its verb.
    private int GroupStart(int at)
    {
        var start = at;
        while (start > _first && _reading[start - 1].Quotation == _level
            && (_reading.Is(start - 1, WordClass.Auxiliary) || _verbs.IsAdverb(start - 1) || IsContractedAuxiliary(start - 1) || (_reading.Is(start - 1, "long") && _reading.Is(start - 2, WordClass.Auxiliary)))) start--;
        return BeforeTime(start);
    }

    // "the company this month announced", "Smith on Tuesday said".
    private int BeforeTime(int start)
    {
        if (start - 3 < _first || _reading[start - 1].Quotation != _level) return start;
        if (_reading.Is(start - 1, WordClass.TimeNoun) && _reading.At(start - 2) is "this" or "last" or "earlier") return start - 2;
        var isDate = _reading.Is(start - 1, WordClass.Day | WordClass.Month) || _reading[start - 1].Kind == TokenKind.Number;
        if (isDate && _reading.At(start - 2) is "on" or "in") return start - 2;
        return _reading.Is(start - 1, WordClass.Day) && _reading[start - 2].Kind == TokenKind.Word && !_reading.Is(start - 2, WordClass.Preposition | WordClass.Determiner) && _reading[start - 1].IsCapital ? start - 1 : start;
    }

    private bool IsContractedAuxiliary(int at) => _reading[at].Kind == TokenKind.Clitic && _reading.Is(at - 1, WordClass.SubjectPronoun);

    private bool IsPassive(int group, int at, CueVerb verb)
    {
        if ((verb.Form & (VerbForm.Past | VerbForm.Participle)) == VerbForm.None) return false;
        for (var i = group; i < at; i++)
        {
            if (_reading.Is(i, WordClass.Be)) return true;
        }

        // "a plan proposed by the mayor": no subject of its own.
        return _reading.Is(at + 1, "by") && verb.Form.HasFlag(VerbForm.Participle) && !(group < at && _reading.At(group) is "has" or "have" or "had");
    }

    private bool IsHypothetical(int group, int at)
    {
        // "asked not to be named": a wish about the report itself.
        if (_reading.Is(at + 1, "not") && _reading.Is(at + 2, "to") && _reading.Is(at + 3, "be")) return true;
        if (IsRefusalToSpeak(at) || (_reading.Is(at - 1, "to") && IsRefusalToSpeak(at - 2))) return true;
        for (var i = group; i < at; i++)
        {
            if (_reading.At(i) is "could" or "might" or "should" or "must" or "may" or "cannot" or "can") return true;
        }

        return group > _first && _reading.Is(group - 1, "if");
    }

    // "declined to comment on it": that somebody did not speak is no speech.
    private bool IsRefusalToSpeak(int at) =>
        at >= _first && (_reading.At(at).StartsWith("declin", StringComparison.Ordinal) || _reading.At(at).StartsWith("refus", StringComparison.Ordinal)) && _reading.Is(at + 1, "to")
        && (_reading.Is(at + 2, "comment") || _reading.Is(at + 2, "answer") || _reading.Is(at + 2, "respond") || _reading.Is(at + 2, "say") || _reading.Is(at + 2, "discuss"));

    // “…,” said Smith: the marks stand right before the verb.
    private bool IsInverted(int group)
    {
        if (_level >= 0 || group <= _first) return false;
        var before = group - 1;
        if (_reading.IsMark(before, ',') || _reading.IsDash(before)) before--;
        return before >= _first && _reading[before].Quotation >= 0 && IsSpeechEnd(before);
    }

    // The marks close a stretch of speech rather than a name: a comma or stop stands at their end, or they open the sentence.
    private bool IsSpeechEnd(int at)
    {
        var quotation = _reading.Outermost[_reading[at].Quotation];
        return quotation.Extent.Start <= _reading[_first].Span.Start || quotation.Final(_reading.Text) is ',' or '.' or '?' or '!' or '\u2026' || _reading.IsMark(at + 1, ',');
    }

    private void ReadInverted(int at, int group, int after, CueVerb verb)
    {
        if (!verb.Frames.HasFlag(Frames.Quote) && !verb.Frames.HasFlag(Frames.Bare)) return;
        var phrase = _phrases.After(after, _end);
        var content = LeftQuotation(group) ?? [];
        var end = phrase.IsEmpty ? after : phrase.End;
        AddQuotationAfter(content, end);
        var speaker = phrase.IsEmpty ? SpeakerBeforeQuotation(group) : ToSpeaker(phrase, at);
        Add(speaker, at, after, content, 0.95);
    }

    // Smith, “…,” said: rare, but the subject may stand before the marks.
    private Speaker? SpeakerBeforeQuotation(int group)
    {
        var quotation = _reading.Outermost[_reading[group - 1].Quotation >= 0 ? _reading[group - 1].Quotation : _reading[group - 2].Quotation];
        var start = _reading.WordFrom(quotation.Extent.Start);
        return start > _first && MainSpeaker(start) is { } main ? main with { Reason = "subject before the quotation" } : null;
    }

    private void ReadStraight(int at, int group, int after, CueVerb verb)
    {
        var (speaker, edge) = Subject(at, group, verb);
        if (edge > _first && _reading.Is(edge - 1, "if")) return;
        var left = edge > _first && _level < 0 ? LeftQuotation(edge) : null;
        if (left is not null && verb.Frames.HasFlag(Frames.Quote))
        {
            AddQuotationAfter(left, after);
            Add(speaker, at, after, left, 0.95);
            return;
        }

        // "…, said Smith, a lawyer": what follows the verb is the speaker and what is told of him, not what is said.
        var inverted = speaker is not null && group > _first && speaker.Span.Start > _reading[at].Span.Start;
        if (inverted && !_clauses.IsStart(_reading.WordFrom(speaker!.Span.End)))
        {
            ReadParenthetical(at, edge, after, verb, speaker);
            return;
        }

        var (right, confidence) = Right(after, verb);
        if (right is not null)
        {
            if (verb.Frames.HasFlag(Frames.Weak) && (speaker is null || IsMannerOfSpeech(edge, at))) return;
            if (confidence < LeastOfClause && !IsSpoken(speaker)) return;
            Add(speaker, at, after, right, confidence);
            return;
        }

        if (speaker is null) return;
        if (QuotationBefore(edge) is { } previous && verb.Frames.HasFlag(Frames.Quote) && IsClosing(after)) Add(speaker, at, after, previous, 0.9);
        else ReadParenthetical(at, edge, after, verb, speaker);
    }

    // "you know", "you see"; but "do you think it rained?" asks for a belief.
    private bool IsMannerOfSpeech(int subject, int verb) => _reading.Is(subject, "you") && (_reading.At(verb) is "know" or "see" || !_reading.Is(subject - 1, WordClass.Modal));

    // What is no clause is said only by somebody: not "the road calls for repairs", nor the "we discuss" of a paper.
    private bool IsSpoken(Speaker? speaker) => speaker is not null && !_reading.Is(_reading.WordFrom(speaker.Span.Start), WordClass.FirstOrSecondPerson) && _phrases.CanSpeak(speaker.Span);

    // “Why?” Scott's niece said: a sentence of no more than subject and verb gives away the marks that end right before it.
    private List<TextSpan>? QuotationBefore(int edge)
    {
        if (_level >= 0 || edge != _first || edge == 0 || _reading[edge - 1].Quotation < 0) return null;
        var quotation = _reading.Outermost[_reading[edge - 1].Quotation];
        var gap = _reading.Text.AsSpan(quotation.Extent.End, _reading[edge].Span.Start - quotation.Extent.End);
        return gap.Count('\n') > 0 || IsTaken(quotation.Extent) ? null : [.. quotation.Parts];
    }

    // Nothing that could be said follows the verb: an end, a mark, a day, "in a statement".
    private bool IsClosing(int after) => after >= _end || _reading.IsMark(after) || _reading.Is(after, WordClass.Day | WordClass.Preposition) || _verbs.IsAdverb(after);


    private (Speaker? Speaker, int Edge) Subject(int at, int group, CueVerb verb)
    {
        if (verb.Form == VerbForm.Ing && !HasAuxiliary(group, at)) return (ParticipleSubject(at, group), group);
        if (group > _first && _reading.Is(group - 1, "to")) return (InfinitiveSubject(at, group - 1), group);
        if (group > _first && _reading.Is(group - 1, WordClass.Coordinator)) return (SharedSubject(at), group);
        if (NameAfter(at, group, verb) is { } name) return (name, group);
        var phrase = _phrases.Before(_first, group);
        if (phrase.IsEmpty) return (InvertedSubject(at, group) ?? SharedWhereJoined(at, group) ?? SubjectOfFirstVerb(at, group), group);
        return (ToSpeaker(phrase, at), phrase.First);
    }

    // "I rang my grandmother, said Ana Kovač, 16": between a comma and a mark, a name can only be the subject.
    private Speaker? NameAfter(int at, int group, CueVerb verb)
    {
        if (group <= _first || !_reading.IsMark(group - 1, ',') || !verb.Frames.HasFlag(Frames.Quote) || verb.Frames.HasFlag(Frames.Hearer)) return null;
        if (group != at || !_reading[at + 1 < _end ? at + 1 : at].IsCapital || _reading.Is(at + 1, WordClass.Day | WordClass.Month | WordClass.Determiner)) return null;
        var phrase = _phrases.After(at + 1, _end);
        return phrase.IsEmpty || !(phrase.End >= _end || _reading.IsMark(phrase.End, ',') || _reading.IsMark(phrase.End, '.')) ? null : ToSpeaker(phrase, at, 0.8);
    }

    private bool HasAuxiliary(int group, int at)
    {
        for (var i = group; i < at; i++)
        {
            if (_reading.Is(i, WordClass.Be) || IsContractedAuxiliary(i)) return true;
        }

        return false;
    }

    // "…, adding that" goes with the sentence's subject; "a letter saying that" with its noun.
    private Speaker? ParticipleSubject(int at, int group)
    {
        var isAttached = group > _first && _reading[group - 1].Kind == TokenKind.Word && !_reading.Is(group - 1, WordClass.Preposition | WordClass.Subordinator | WordClass.Coordinator);
        if (!isAttached) return SharedSubject(at);
        var phrase = _phrases.Before(_first, group);
        return phrase.IsEmpty ? SharedSubject(at) : ToSpeaker(phrase, at, 0.8);
    }

    private Speaker? InfinitiveSubject(int at, int to)
    {
        for (var i = to - 1; i >= _first && i > to - 5; i--)
        {
            if (_reading.IsMark(i)) break;
            if (!_reading.Is(i, WordClass.Auxiliary) && !(_reading[i].Verb is not null && _verbs.IsFinite(i, _first)) && !(_reading.At(i) is "went" or "goes" or "had")) continue;
            var phrase = _phrases.Before(_first, GroupStart(i));
            return phrase.IsEmpty ? SharedSubject(at) : ToSpeaker(phrase, at, 0.8);
        }

        return SharedSubject(at);
    }

    private Speaker? SharedSubject(int at) => _lastSpeaker is { } last ? last with { Reason = $"shares its subject: also of '{_reading.At(at)}'", Confidence = 0.8 } : MainSpeaker(at);

    private Speaker? SharedWhereJoined(int at, int group) => group > _first && (_reading.IsMark(group - 1, ',') || _verbs.IsAdverb(group - 1)) ? SharedSubject(at) : null;

    // "Observers in the city and around the country say": nothing but one long subject stands before the first verb.
    private Speaker? SubjectOfFirstVerb(int at, int group)
    {
        for (var i = _first; i < group; i++)
        {
            if (_reading.IsMark(i) || _reading.Is(i, WordClass.Auxiliary | WordClass.Relative | WordClass.Subordinator) || (_reading[i].Verb is not null && _verbs.IsFinite(i, _first))) return null;
        }

        return MainSpeaker(at);
    }

    // "…, said the minister" without marks.
    private Speaker? InvertedSubject(int at, int group)
    {
        if (!(_reading.IsMark(group - 1, ',') || group == _first)) return null;
        var phrase = _phrases.After(at + 1, _end);
        if (phrase.IsEmpty || _verbs.HasVerb(phrase.End, Math.Min(_end, phrase.End + 3))) return null;
        return ToSpeaker(phrase, at, 0.8);
    }

    // The quotation that ends right before a word; words of the sentence before the marks belong to the content too.
    private List<TextSpan>? LeftQuotation(int edge)
    {
        var before = edge - 1;
        if (before > _first && (_reading.IsMark(before, ',') || _reading.IsDash(before))) before--;
        if (before < _first || _reading[before].Quotation < 0 || !IsSpeechEnd(before)) return null;
        var quotation = _reading.Outermost[_reading[before].Quotation];
        if (IsTaken(quotation.Extent)) return null;
        var start = _reading.WordFrom(quotation.Extent.Start);
        if (start <= _first || _reading.IsMark(start - 1, ':')) return [.. quotation.Parts];
        // “You won?” she said, but as “the system is rigged,” Melanie said: the words of an earlier cue are not said again.
        return HasCueBefore(quotation.Extent.Start) ? [.. quotation.Parts] : [TextSpan.FromBounds(_reading[_first].Span.Start, quotation.Extent.End)];
    }

    private bool HasCueBefore(int offset)
    {
        for (var i = _drafts.Count - 1; i >= 0 && _drafts[i].Cue?.Start >= _reading[_first].Span.Start; i--)
        {
            if (_drafts[i].Cue?.End <= offset) return true;
        }

        return false;
    }

    // By what stands around the marks; what was found inside them is nested.
    private bool IsTaken(TextSpan extent) => _drafts.Count > 0 && _drafts[^1].Content.Exists(c => c.Start <= extent.Start && c.Overlaps(extent));

    // “…,” Smith said, “…”: the second half.
    private void AddQuotationAfter(List<TextSpan> content, int at)
    {
        for (var steps = 0; at < _end && steps < 24; at++, steps++)
        {
            if (_reading[at].Quotation >= 0) break;
            if (_reading[at].Verb is not null && _verbs.IsCue(at, _first)) return;
        }

        // “A,” he said, but “B”.
        var mark = _reading.Is(at - 1, WordClass.Coordinator) ? at - 2 : at - 1;
        if (at >= _end || _reading[at].Quotation < 0 || !(_reading.IsMark(mark, ',') || _reading.IsMark(mark, ':') || _reading.IsDash(mark))) return;
        content.AddRange(_reading.Outermost[_reading[at].Quotation].Parts);
    }

    private (List<TextSpan>? Content, double Confidence) Right(int after, CueVerb verb)
    {
        if (after >= _end) return default;
        var at = verb.Frames.HasFlag(Frames.Hearer) ? _clauses.PastHearer(after, _end) : _clauses.PastAdverbials(after, _end);
        if (at >= 0 && at < _end && RightClause(at, after, verb) is { Content: not null } found) return found;
        return RightPhrase(after, verb);
    }

    private (List<TextSpan>? Content, double Confidence) RightClause(int at, int after, CueVerb verb)
    {
        var frames = verb.Frames;
        if (_reading.IsMark(at, ':'))
        {
            if (!frames.HasFlag(Frames.Quote) || at + 1 >= _end) return default;
            at++;
        }

        if (_reading[at].Quotation >= 0 && _level < 0 && MakesWorks(after) && IsTitle(_reading.Outermost[_reading[at].Quotation])) return default;
        if (_reading[at].Quotation >= 0 && _level < 0) return (frames & (Frames.Quote | Frames.That | Frames.Bare)) == Frames.None ? default : (RightQuotation(at), 0.95);
        if (_reading.IsMark(at - 1, ':')) return (Span(at, _end), 0.8);
        var weak = frames.HasFlag(Frames.Weak);
        if (_reading.Is(at, "that") && !_reading.Is(at + 1, WordClass.TimeNoun))
            return (frames & (Frames.That | Frames.Bare)) == Frames.None ? default : (Span(at, _clauses.End(at, _end)), weak ? 0.7 : 0.9);
        if (IsQuestion(at, after, frames)) return (Span(at, _clauses.End(at, _end)), weak ? 0.55 : 0.8);
        if (_reading.Is(at, "to")) return frames.HasFlag(Frames.Infinitive) && IsInfinitive(at) ? (Span(at, _clauses.End(at, _end)), InfinitiveConfidence) : default;
        if (frames.HasFlag(Frames.Hearer) && frames.HasFlag(Frames.Infinitive) && InfinitiveAfter(at) is var to and > 0) return (Span(to, _clauses.End(to, _end)), InfinitiveConfidence);
        return frames.HasFlag(Frames.Bare) && IsBareClause(at, weak) ? (Span(at, _clauses.End(at, _end)), weak ? 0.6 : 0.8) : default;
    }

    // What is written, read or sung may be a work with a title; what is said is not.
    private bool MakesWorks(int after) =>
        _reading.At(after - 1) is "write" or "writes" or "wrote" or "written" or "writing" or "read" or "reads" or "reading" or "sing" or "sings" or "sang" or "sung" or "singing";

    // “Notes from a Sunny Balcony”: every word of weight has a capital, and no stop ends it.
    private bool IsTitle(Quotation quotation)
    {
        var (at, capitals) = (_reading.WordFrom(quotation.Extent.Start), 0);
        for (; at < _reading.Count && _reading[at].Span.Start < quotation.Extent.End; at++)
        {
            var word = _reading[at];
            if (word.Kind == TokenKind.Word && !word.IsCapital && !word.Is(WordClass.Preposition | WordClass.Determiner | WordClass.Coordinator)) return false;
            capitals += word.IsCapital ? 1 : 0;
        }

        return capitals > 1 && !Punctuation.EndsSentence(quotation.Final(_reading.Text)) && quotation.Final(_reading.Text) != ',';
    }

    // "encouraged the nations of the west to spend": the infinitive after a hearer of several words, or -1.
    private int InfinitiveAfter(int at)
    {
        for (var i = at; i < _end && i < at + 8; i++)
        {
            if (_reading.IsMark(i) || _reading.Is(i, WordClass.Auxiliary)) return -1;
            if (_reading.Is(i, "to") && IsInfinitive(i)) return i;
        }

        return -1;
    }

    private bool IsInfinitive(int to) => to + 1 < _end && _reading[to + 1].Kind == TokenKind.Word && !_reading.Is(to + 1, WordClass.Determiner | WordClass.Possessive | WordClass.ObjectPronoun) && !_reading[to + 1].IsCapital;

    private bool IsQuestion(int at, int after, Frames frames) =>
        frames.HasFlag(Frames.That) && _reading.Is(at, WordClass.Question) && at + 2 < _end
        && (at == after || frames.HasFlag(Frames.Hearer)) && !_reading.Is(at, "who") && !_reading.Is(at, "when") && !_reading.Is(at, "which");

    private bool IsBareClause(int at, bool weak)
    {
        if (_reading.IsMark(at) || _reading.Is(at, WordClass.Coordinator | WordClass.Relative)) return false;
        if ((_reading.Is(at, WordClass.Preposition) && !_clauses.IsRoughNumber(at)) || _reading.Is(at, "so") || _reading.Is(at, "as")) return false;
        var end = _clauses.End(at, _end);
        if (end - at < FewestWordsOfClause || (_reading.Is(at, WordClass.Auxiliary) && !_reading[at].IsCapital)) return false;
        var hasVerb = _verbs.HasVerb(at, BeforeRelative(at, end));
        return hasVerb || (!weak && end - at > 5);
    }

    // "harm to a person who could sue": the verb of a relative clause makes no clause of its noun.
    private int BeforeRelative(int at, int end)
    {
        for (var i = at + 1; i < end; i++)
        {
            if (_reading.Is(i, "who") || _reading.Is(i, "which") || (_reading.Is(i, "that") && _reading.Is(i + 1, WordClass.Auxiliary))) return i;
        }

        return end;
    }

    private List<TextSpan> RightQuotation(int at)
    {
        var quotation = _reading.Outermost[_reading[at].Quotation];
        var next = _reading.WordFrom(quotation.Extent.End);
        // Words that go on after the marks belong to what is said: said “yes” to the plan.
        if (next >= _end - 1 || _reading.IsMark(next) || EndsAsSentence(quotation)) return [.. quotation.Parts];
        var end = _clauses.End(next - 1, _end);
        return end > next ? [TextSpan.FromBounds(quotation.Extent.Start, _reading[end - 1].Span.End)] : [.. quotation.Parts];
    }

    private bool EndsAsSentence(Quotation quotation) => quotation.Final(_reading.Text) is '.' or '!' or '?' or ',';

    private (List<TextSpan>? Content, double Confidence) RightPhrase(int after, CueVerb verb)
    {
        var frames = verb.Frames;
        if (_reading.IsMark(after) && !_reading.IsQuoteMark(after)) return default;
        if (_level < 0 && MakesWorks(after) && _reading.IsQuoteMark(after) && _reading[after].Quotation >= 0 && IsTitle(_reading.Outermost[_reading[after].Quotation])) return default;
        if (frames.HasFlag(Frames.Naming) && !_reading.Is(after, WordClass.Preposition | WordClass.Adverb)) return Phrase(after, 0.5);
        if (frames.HasFlag(Frames.NounPhrase) && !_reading.Is(after, WordClass.Preposition | WordClass.Subordinator | WordClass.Coordinator)) return Phrase(after, 0.5);
        if (frames.HasFlag(Frames.About) && TopicAfter(after, verb) is var topic and > 0) return Phrase(topic, 0.4);
        return default;
    }

    // "called again for", "warned on Monday against": past the preposition of the topic, or -1.
    private int TopicAfter(int after, CueVerb verb)
    {
        while (after < _end && _verbs.IsAdverb(after)) after++;
        if (_reading.Is(after, "on") && _reading.Is(after + 1, WordClass.Day)) after += 2;
        return after < _end && Array.Exists(verb.Topics, topic => _reading.Is(after, topic)) ? after + 1 : -1;
    }

    private (List<TextSpan>? Content, double Confidence) Phrase(int at, double confidence)
    {
        var end = at + 1;
        while (end < _end && !(_reading[end].Quotation == _level && EndsPhrase(end))) end++;
        return end - at < 2 ? default : (Span(at, Math.Min(end, _clauses.End(at, end))), confidence);
    }

    private bool EndsPhrase(int at)
    {
        if (_reading.IsMark(at, ',')) return !_clauses.IsListOrInsertion(at, _end);
        return _reading.IsDash(at) || _reading.IsMark(at, ';') || _reading.At(at) is "after" or "while" or "because" or "when" or "during" or "before" or "since" or "although" or "though" or "unless";
    }

    // A span of words, led on to the closing mark when it ends inside a quotation.
    private List<TextSpan> Span(int first, int end)
    {
        var span = _reading.Span(first, end);
        var last = _reading[end - 1];
        if (_level < 0 && last.Quotation >= 0 && _reading.Outermost[last.Quotation] is { IsClosed: true } quotation && quotation.Extent.End > span.End)
            span = TextSpan.FromBounds(span.Start, quotation.Parts[0].End);
        return [span];
    }

    // "…, Smith said." and "The plan, Smith said, is dead."
    private void ReadParenthetical(int at, int edge, int after, CueVerb verb, Speaker speaker)
    {
        // "…, the most since records began": a verb that takes nothing but marks says nothing without them.
        if ((verb.Frames & (Frames.That | Frames.Bare)) == Frames.None) return;
        var inverted = speaker.Span.Start > _reading[at].Span.Start;
        var sourceEnd = inverted ? _reading.WordFrom(speaker.Span.End) : after;
        if (!IsClosing(sourceEnd)) return;
        var mark = edge - 1;
        var isAs = _reading.Is(mark, "as");
        if (isAs) mark--;
        if (mark > _first && !_reading.IsMark(mark, ',') && !_reading.IsDash(mark)) return;
        if (mark <= _first && !isAs) return;
        var left = mark > _first && mark - _first >= FewestWordsOfClause ? _reading.Span(_first, mark) : (TextSpan?)null;
        var right = SecondHalf(sourceEnd);
        List<TextSpan> content = [];
        if (left is { } l) content.Add(l);
        if (left is not null && right is null && !_verbs.HasVerb(_first, mark)) return;
        // "If it rains, the mayor said, we stay.": half a sentence is not all that was said.
        if (right is { } r && (left is null || !_verbs.HasVerb(_first, mark) || IsHalf(mark) || GoesOn(sourceEnd + 1))) content.Add(r);
        Add(speaker, at, after, content, verb.Frames.HasFlag(Frames.Weak) ? 0.6 : 0.85);
    }

    private bool IsHalf(int mark)
    {
        if (!_clauses.OpensSubordinate && !(_reading.Is(_first, "even") && _reading.Is(_first + 1, WordClass.Subordinator))) return false;
        for (var at = _first; at < mark; at++)
        {
            if (_reading.IsMark(at, ',')) return false;
        }

        return true;
    }

    private TextSpan? SecondHalf(int at)
    {
        if (!(_reading.IsMark(at, ',') || _reading.IsDash(at)) || at + 2 >= _end) return null;
        var next = at + 1;
        if (_reading.Is(next, WordClass.Relative | WordClass.Day) || (_reading[next].Verb is { } verb && verb.Form.HasFlag(VerbForm.Ing))) return null;
        return _reading.Span(next, _clauses.End(next, _end));
    }

    private bool GoesOn(int at) => _reading.Is(at, WordClass.Coordinator | WordClass.Subordinator | WordClass.Auxiliary);
}
