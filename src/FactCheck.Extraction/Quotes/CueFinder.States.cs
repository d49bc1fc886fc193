namespace FactCheck.Extraction.Quotes;

/// <summary>What is held without an active verb of saying: "is sure that …", "accused of …", "expected to …".</summary>
internal sealed partial class CueFinder
{
    private const double ConfidenceOfState = 0.5;

    // "they were convinced that": a participle that tells how somebody is, not what was done to him.
    private bool IsState(int at) =>
        _text.Is(Math.Max(_first, GroupStart(at)), WordClass.Be) && !_text.Is(at + 1, "by") && !_text.Is(at + 1, "to");

    // "is convinced that", "was critical of", "are willing to"; "it is clear that".
    private void ReadAdjective(int at, CueAdjective adjective)
    {
        var group = GroupStart(at);
        if (!HasAuxiliary(group, at) && !(group > _first && _text.HasClue(group - 1, SpeakerClue.Linking)))
            return;
        if (!HasAuxiliary(group, at))
            group = GroupStart(group - 1);
        if (IsHypothetical(group, at))
            return;
        var phrase = _phrases.Before(_first, group);
        if (phrase.IsEmpty)
            return;
        var speaker =
            _text.Is(phrase.First, "it") || _text.Is(phrase.First, "there") ? null : ToSpeaker(phrase, at, 0.8);
        var takesClause = adjective.Use.HasFlag(speaker is null ? AdjectiveUse.Fact : AdjectiveUse.That);
        if (takesClause && ClauseAfter(at + 1) is { } clause)
            Add(speaker, at, at + 1, clause, ConfidenceOfState);
        else if (
            speaker is not null
            && adjective.Use.HasFlag(AdjectiveUse.To)
            && _text.Is(at + 1, "to")
            && IsInfinitive(at + 1)
        )
            Add(speaker, at, at + 1, [_text.Span(at + 1, _clauses.End(at + 1, _end))], ConfidenceOfState);
        else if (adjective.Use.HasFlag(AdjectiveUse.Topic))
            ReadTopic(at, adjective.Topics, speaker);
    }

    private List<TextSpan>? ClauseAfter(int at)
    {
        if (at >= _end)
            return null;
        if (_text.Is(at, "that") || _text.Is(at, "whether") || _text.Is(at, "if") || IsBareClause(at, weak: true))
            return Span(at, _clauses.End(at, _end));
        return null;
    }

    // "X was criticized for …", "X is expected to …", "it was reported that …", "a plan backed by Y".
    private void ReadPassive(int at, int group, int after, CueVerb verb)
    {
        var phrase = _phrases.Before(_first, group);
        // "the nurse, who was not allowed to speak, said": what is told of somebody in passing.
        if (
            phrase.IsEmpty
            || _text.Is(phrase.End - 1, WordClass.Relative)
            || _text.Is(phrase.First, WordClass.FirstOrSecondPerson)
        )
            return;
        var agent = AgentAfter(after);
        var rest = agent is null ? after : _text.WordFrom(agent.Span.End);
        var isIt = _text.Is(phrase.First, "it") || (verb.Frames & Frames.Hearer) != Frames.None;
        if (rest < _end && _text.Is(rest, "that") && isIt && (verb.Frames & (Frames.That | Frames.Bare)) != Frames.None)
            Add(agent, at, after, Span(rest, _clauses.End(rest, _end)), ConfidenceOfState);
        else if (PassiveContent(rest, verb) is { } said)
            Add(agent, at, after, [_text.Span(phrase.First, phrase.End), .. said], ConfidenceOfState);
        else if (
            agent is not null
            && (verb.Frames & (Frames.NounPhrase | Frames.Bare | Frames.That)) != Frames.None
            && IsSpoken(agent)
        )
            Add(agent, at, after, [_text.Span(phrase.First, phrase.End)], 0.4);
    }

    // "… by the mayor"
    private Speaker? AgentAfter(int after)
    {
        if (!_text.Is(after, "by"))
            return null;
        var phrase = _phrases.After(after + 1, _end);
        return phrase.IsEmpty ? null : new(_text.Span(phrase.First, phrase.End), "named after 'by'", 0.85);
    }

    // The second half of what is said of somebody: "to leave", "of lying", "for his silence", "a fraud".
    private List<TextSpan>? PassiveContent(int at, CueVerb verb)
    {
        if (at + 1 >= _end)
            return null;
        if (_text.Is(at, "to") && IsInfinitive(at) && (verb.Frames & (Frames.That | Frames.Infinitive)) != Frames.None)
            return Span(at, _clauses.End(at, _end));
        var isCharge =
            (verb.Frames & (Frames.Naming | Frames.NounPhrase)) != Frames.None
            && _text.At(at) is "of" or "for" or "as" or "with";
        if (isCharge)
            return Phrase(at + 1, ConfidenceOfState).Content;
        return verb.Frames.HasFlag(Frames.Naming) && _text.Is(at, WordClass.Determiner)
            ? Phrase(at, ConfidenceOfState).Content
            : null;
    }
}
