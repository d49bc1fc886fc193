namespace FactCheck.Extraction.Quotes;

/// <summary>Goes through each sentence from cue to cue. A cue looks for its subject and what is said, after or before
/// it. Words outside quotation marks come first, then each quotation by itself: what it holds is nested.</summary>
internal sealed partial class CueFinder
{
    private const int LongestSentence = 160;
    private readonly AnnotatedText _text;
    private readonly VerbTest _verbs;
    private readonly NounPhrases _phrases;
    private readonly Clauses _clauses;
    private readonly List<QuoteDraft> _drafts = [];
    private Speaker? _lastSpeaker;
    private int _level;
    private int _first;
    private int _end;

    private CueFinder(AnnotatedText text)
    {
        _text = text;
        _verbs = new(text);
        _phrases = new(text, _verbs);
        _clauses = new(text, _verbs);
    }

    /// <summary>Every attribution that has a cue, in the order of the cues within each level.</summary>
    public static List<QuoteDraft> Find(AnnotatedText text)
    {
        var finder = new CueFinder(text);
        foreach (var sentence in text.Sentences)
            finder.ReadSentence(sentence);
        return finder._drafts;
    }

    // A "sentence" longer than any writer's is read in pieces, so that the work stays in proportion.
    private void ReadSentence(Sentence sentence)
    {
        for (var at = sentence.First; at < sentence.End; at += LongestSentence)
            ReadLevel(at, Math.Min(sentence.End, at + LongestSentence), -1);
        for (var at = sentence.First; at < sentence.End; )
        {
            var end = at + 1;
            var level = _text[at].Quotation;
            while (end < sentence.End && end - at < LongestSentence && _text[end].Quotation == level)
                end++;
            if (level >= 0)
                ReadInside(at, end, level);
            at = end;
        }
    }

    private void ReadInside(int first, int end, int level)
    {
        while (first < end && _text.IsQuoteMark(first))
            first++;
        while (end > first && _text.IsQuoteMark(end - 1))
            end--;
        if (end > first)
            ReadLevel(first, end, level);
    }

    private void ReadLevel(int first, int end, int level)
    {
        (_first, _end, _level, _lastSpeaker) = (first, end, level, null);
        _clauses.OpensSubordinate =
            _text.Is(first, WordClass.Subordinator)
            && !(
                _text.Is(first, "why")
                || _text.Is(first, "how")
                || _text.Is(first, "that")
                || _text.Is(first, "whether")
            );
        for (var at = first; at < end; at++)
        {
            if (_text[at].Quotation != level || _text[at].Kind != TokenKind.Word)
                continue;
            if (_text.Is(at, "according") && _text.Is(at + 1, "to"))
                ReadAccordingTo(at, at + 2);
            else if (_text.Is(at, "words") && _text.Is(at + 1, "of") && _text.Is(at - 2, "in"))
                ReadAccordingTo(at - 2, at + 2);
            else if (CueLexicon.Adjective(_text.At(at)) is { } adjective && (_text[at].Verb is null || IsState(at)))
                ReadAdjective(at, adjective);
            else if (_text[at].Verb is not null && _verbs.IsCue(at, first))
                ReadVerb(at);
            else if (CueLexicon.Noun(_text.At(at)) is { } noun)
                ReadNoun(at, noun);
        }
    }

    private void Add(Speaker? speaker, int cue, int cueEnd, List<TextSpan> content, double confidence)
    {
        if (content.Count == 0 || !content.Exists(HoldsEnough))
            return;
        _drafts.Add(
            new()
            {
                Speaker = speaker,
                Cue = _text.Span(cue, cueEnd),
                Content = content,
                Confidence = confidence,
            }
        );
        if (speaker is not null)
            _lastSpeaker = speaker;
    }

    // One word is a clause only in marks: said “no”.
    private bool HoldsEnough(TextSpan span)
    {
        var words = 0;
        for (var at = _text.WordFrom(span.Start); at < _text.Count && _text[at].Span.Start < span.End; at++)
        {
            if (_text[at].Kind == TokenKind.Mark)
                continue;
            if (++words > 1 || _text[at].Quotation > _level)
                return true;
        }

        return false;
    }

    private Speaker ToSpeaker(Phrase phrase, int cue, double confidence = 0.9) =>
        new(_text.Span(phrase.First, phrase.End), $"{phrase.Reason} of '{_text.At(cue)}'", confidence);

    // "According to X, …" and "…, according to X"; "in the words of X, …".
    private void ReadAccordingTo(int at, int source)
    {
        var phrase = _phrases.After(source, _end, wide: true);
        if (phrase.IsEmpty)
            return;
        phrase = WithName(phrase);
        var speaker = new Speaker(
            _text.Span(phrase.First, phrase.End),
            $"named after '{_text.Span(at, source).In(_text.Text).ToLowerInvariant()}'",
            0.95
        );
        var left = PartBefore(at);
        var right = PartAfterSource(phrase.End);
        List<TextSpan> content = (left, right) switch
        {
            (null, { } after) => [after],
            ({ } before, { } after) when !_verbs.HasVerb(_text.WordFrom(before.Start), _text.WordFrom(before.End)) =>
            [
                before,
                after,
            ],
            ({ } before, _) => [before],
            _ => [],
        };
        Add(speaker, at, source, content, 0.9);
    }

    // "according to the treasurer, Ana Kovač, …": one person. "the mayor, Ana Kovač and the clerk" is a list.
    private Phrase WithName(Phrase phrase)
    {
        if (
            phrase.IsEmpty
            || !_text.IsMark(phrase.End, ',')
            || _text[phrase.End - 1].IsCapital
            || _text.Is(phrase.End - 1, WordClass.SubjectPronoun)
        )
            return phrase;
        var name = _phrases.Name(phrase.End + 1, _end);
        if (name.End - name.First < 2 || _text.Is(name.First, WordClass.Day | WordClass.Month))
            return phrase;
        var isClosed =
            name.End >= _end
            || _text.IsMark(name.End, '.')
            || (_text.IsMark(name.End, ',') && !_text.Is(name.End + 1, WordClass.Coordinator));
        return isClosed ? phrase with { End = name.End } : phrase;
    }

    private TextSpan? PartBefore(int at)
    {
        var end = at;
        while (end > _first && (_text.IsMark(end - 1, ',') || _text.IsDash(end - 1) || _text.IsMark(end - 1, '(')))
            end--;
        if (end <= _first || _text.Is(end - 1, WordClass.Relative | WordClass.Subordinator | WordClass.Coordinator))
            return null;
        return end - _first < 2 ? null : _text.Span(_first, end);
    }

    private TextSpan? PartAfterSource(int at)
    {
        while (at < _end && !_text.IsMark(at, ',') && !_text.IsMark(at, ':') && !_text.IsDash(at))
            at++;
        // "According to Smith, a lawyer, …": an apposition goes with the source.
        if (_text.Is(at + 1, "a") || _text.Is(at + 1, "an") || _text.Is(at + 1, "who") || _text.Is(at + 1, "which"))
        {
            var next = at + 1;
            while (next < _end && !_text.IsMark(next, ','))
                next++;
            if (next < _end && !(_text.Is(at + 1, WordClass.Determiner) && _verbs.HasVerb(at + 1, next)))
                at = next;
        }

        at++;
        if (at >= _end - 1)
            return null;
        var end = _clauses.End(at, _end);
        // Speech in marks goes on to its closing mark, over as many sentences as it likes.
        return _level < 0 && _text[at].Quotation >= 0 ? RightQuotation(at)[0] : _text.Span(at, end);
    }

    // "her claim that …", "a claim by the ministry that …", "his promise to …", "their criticism of …".
    private void ReadNoun(int at, CueNoun noun)
    {
        var isSpeech = noun.Use.HasFlag(NounUse.Speech);
        var (owner, that) = NounOwner(at);
        if (
            that >= 0
            && _text.Is(that, "to")
            && (owner is null || (noun.Use & (NounUse.Speech | NounUse.Aim)) == NounUse.Belief)
        )
            that = -1;
        if (that >= 0 && !_text.Is(that + 1, WordClass.Auxiliary) && that + 2 < _end)
            Add(owner, at, at + 1, [_text.Span(that, EndOfNounClause(at, that))], isSpeech ? 0.65 : 0.5);
        else if (noun.Use.HasFlag(NounUse.Topic))
            ReadTopic(at, noun.Topics, PossessorOf(at) ?? RaisedBy(at));
    }

    // "Contrary to his claim that nobody knew, we all did": a comma and a main clause end it.
    private int EndOfNounClause(int noun, int that)
    {
        var wasOpen = _clauses.OpensSubordinate;
        _clauses.OpensSubordinate |= !_verbs.HasVerb(_first, noun);
        var end = _clauses.End(that, _end);
        _clauses.OpensSubordinate = wasOpen;
        return end;
    }

    // "raised questions about", "voiced support for": who has the noun as the object of such a verb.
    private Speaker? RaisedBy(int noun)
    {
        for (var at = noun - 1; at > _first && at > noun - 4; at--)
        {
            if (_text.HasClue(at, SpeakerClue.Voices))
                return _phrases.Before(_first, GroupStart(at)) is { IsEmpty: false } phrase
                    ? ToSpeaker(phrase, at, 0.7)
                    : null;
            if (_text[at].Kind != TokenKind.Word || _text.Is(at, WordClass.Preposition | WordClass.Auxiliary))
                return null;
        }

        return null;
    }

    // What a noun or an adjective is about, after its preposition; said only by somebody.
    private void ReadTopic(int at, string[] topics, Speaker? speaker)
    {
        if (!IsSpoken(speaker) || !Array.Exists(topics, topic => _text.Is(at + 1, topic)) || at + 2 >= _end)
            return;
        if (Phrase(at + 2, 0.4) is ({ } content, var confidence))
            Add(speaker, at, at + 2, content, confidence);
    }

    private (Speaker? Owner, int That) NounOwner(int at)
    {
        var owner = PossessorOf(at);
        if (_text.Is(at + 1, "that") || (owner is not null && _text.Is(at + 1, "to")))
            return (owner ?? _lastSpeaker ?? MainSpeaker(at), at + 1);
        if (!(_text.Is(at + 1, "by") || _text.Is(at + 1, "from") || _text.Is(at + 1, "of")))
            return (null, -1);
        var phrase = _phrases.After(at + 2, _end);
        if (phrase.IsEmpty || !_text.Is(phrase.End, "that"))
            return (null, -1);
        return (ToSpeaker(phrase with { Reason = "named as source" }, at), phrase.End);
    }

    private Speaker? PossessorOf(int noun)
    {
        for (var at = noun - 1; at >= _first && at > noun - 4; at--)
        {
            if (_text.Is(at, WordClass.Possessive))
                return ToSpeaker(new(at, at + 1, "owner"), noun);
            if (_text[at].Kind == TokenKind.Clitic)
            {
                var phrase = _phrases.Before(_first, at);
                return phrase.IsEmpty ? null : ToSpeaker(phrase with { Reason = "owner" }, noun);
            }

            if (
                _text[at].Kind != TokenKind.Word
                || _text.Is(at, WordClass.Determiner | WordClass.Preposition | WordClass.Auxiliary)
            )
                return null;
        }

        return null;
    }

    private Speaker? MainSpeaker(int cue)
    {
        var phrase = _phrases.Main(_first, cue);
        return phrase.IsEmpty || phrase.End > cue ? null : ToSpeaker(phrase, cue, 0.6);
    }
}
