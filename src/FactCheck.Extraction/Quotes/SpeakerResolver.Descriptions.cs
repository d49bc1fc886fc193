namespace FactCheck.Extraction.Quotes;

/// <summary>Whom a description means: "the minister", "the club", "the report".</summary>
internal sealed partial class SpeakerResolver
{
    private readonly Dictionary<string, List<Place>> _described = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<Place>> _bodies = new(StringComparer.OrdinalIgnoreCase);
    private Described? _lastDescription;

    /// <summary>A place that names whom a common word means from there on.</summary>
    private readonly record struct Place(int Word, string Name);

    /// <summary>The last speaker whom the text names only by a description.</summary>
    private readonly record struct Described(int Word, string Words, bool IsBody);

    private QuoteSource ResolveDescription(Speaker speaker, int first, int end)
    {
        if (_text.Is(first, "the") || _text.Is(first, "this"))
        {
            for (var at = first; at < end && !_text.Is(at, WordClass.Preposition); at++)
            {
                if (_text[at].Kind == TokenKind.Word && NameOf(at, first) is { } name)
                    return new(
                        speaker.Span,
                        name,
                        speaker.Confidence * 0.7,
                        $"{speaker.Reason}; '{_text.At(at)}' → {name}, so described in the text"
                    );
            }
        }

        NoteDescription(first, end);
        return new(speaker.Span, null, speaker.Confidence, speaker.Reason);
    }

    // The person, body or author that a word stood for last; a person may also be described only later.
    private string? NameOf(int at, int mention)
    {
        var word = _text.At(at).ToString();
        if (_described.TryGetValue(word, out var persons))
            return (LastBefore(persons, mention) ?? persons[0]).Name;
        return _bodies.TryGetValue(word, out var bodies) ? LastBefore(bodies, mention)?.Name : null;
    }

    private static Place? LastBefore(List<Place> places, int mention)
    {
        var (low, high) = (0, places.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (places[middle].Word < mention)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 ? places[low - 1] : null;
    }

    private static void Note(Dictionary<string, List<Place>> places, string word, int at, string name)
    {
        if (!places.TryGetValue(word, out var known))
            places[word] = known = [];
        // Sentence by sentence, so that only the last few may stand out of order.
        var index = known.Count;
        while (index > 0 && known[index - 1].Word > at)
            index--;
        known.Insert(index, new(at, name));
    }

    // "the health board", "a spokesperson for the company": whom "it" or "she" may mean next.
    private void NoteDescription(int first, int end)
    {
        for (var at = first; at < end && !_text.Is(at, WordClass.Preposition); at++)
        {
            var isBody = _text.HasClue(at, SpeakerClue.Group);
            if (!isBody && !_text.HasClue(at, SpeakerClue.Title))
                continue;
            var start = _text.Is(first, WordClass.Determiner) && end - first > 1 ? first + 1 : first;
            _lastDescription = new(first, _text.Span(start, end).In(_text.Text), isBody);
            return;
        }
    }

    // "Prime Minister Ana Kovač", "Ana Kovač, the minister of health,": the words by which she can be meant later.
    private void NoteDescriptions(Phrase run, int start, string name, Sentence bounds)
    {
        for (var at = run.First; at < start; at++)
            Describe(at, name);
        for (var at = run.First - 1; at >= bounds.First && at > run.First - 3 && _text[at].Kind == TokenKind.Word; at--)
            Describe(at, name);
        if (!_text.IsMark(run.End, ',') || run.End - start < 2)
            return;
        DescribeBefore(run.First, name, bounds);
        // "…, the minister of health,", but not "…, accused the minister".
        for (
            var at = run.End + 1;
            at < bounds.End && at < run.End + 6 && !_text.IsMark(at) && _text[at].Verb is null;
            at++
        )
            Describe(at, name);
    }

    private void Describe(int at, string name)
    {
        if (
            _text[at].Kind != TokenKind.Word
            || !_text.HasClue(at, SpeakerClue.Title)
            || _genders.GetValueOrDefault(name) == Gender.Group
        )
            return;
        Note(_described, _text.At(at).ToString(), at, name);
        if (_genders.GetValueOrDefault(name) != Gender.Unknown)
            return;
        if (_text.HasClue(at, SpeakerClue.Woman))
            _genders[name] = Gender.Woman;
        else if (_text.HasClue(at, SpeakerClue.Man))
            _genders[name] = Gender.Man;
    }

    // "the minister of health, Ana Kovač,": what stands between the determiner and the comma before the name.
    private void DescribeBefore(int name, string who, Sentence bounds)
    {
        if (!_text.IsMark(name - 1, ','))
            return;
        for (var at = name - 2; at >= bounds.First && at > name - 10 && !_text.IsMark(at); at--)
        {
            Describe(at, who);
            if (_text.Is(at, WordClass.Determiner) && !_text.Is(at - 1, WordClass.Preposition))
                return;
        }
    }

    // "Harbour Swimming Club": from here on "the club".
    private void NoteBody(int start, int end, string name)
    {
        if (end - start < 2 || _genders.GetValueOrDefault(name) != Gender.Group)
            return;
        for (var at = start; at < end; at++)
        {
            if (_text.HasClue(at, SpeakerClue.Group))
                Note(_bodies, _text.At(at).ToString(), start, name);
        }
    }

    // "a report by the Meridian Water Agency", "the agency's report": from here on "the report" is theirs.
    private void ReadTexts(Sentence sentence, int index)
    {
        for (var at = sentence.First + 1; at < sentence.End; at++)
        {
            if (
                _text[at].IsCapital
                || _text[at].Kind != TokenKind.Word
                || !_text.HasClue(at, SpeakerClue.Text | SpeakerClue.Study)
            )
                continue;
            if (AuthorOf(at, sentence, index) is { } author)
                Note(_bodies, _text.At(at).ToString(), at, author);
        }
    }

    private string? AuthorOf(int text, Sentence sentence, int index)
    {
        if (text + 2 < sentence.End && _text.At(text + 1) is "by" or "from")
        {
            var next = _text.Is(text + 2, WordClass.Determiner) ? text + 3 : text + 2;
            return next < sentence.End && _text[next].IsCapital ? NameIn(next, Math.Min(sentence.End, next + 8)) : null;
        }

        if (_text[text - 1].Kind == TokenKind.Clitic && text - 2 >= sentence.First)
            return _text[text - 2].IsCapital ? LastNamedAt(text - 1, index) : NameOf(text - 2, text);
        return _text.At(text - 1) is "its" or "their" ? LastNamed(text, Gender.Group).Name : null;
    }

    private string? LastNamedAt(int word, int sentence) =>
        NamedBefore(word) is var i and >= 0 && _named[i].Sentence == sentence ? _named[i].Name : null;
}
