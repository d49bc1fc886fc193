using System.Collections.Frozen;

namespace FactCheck.Extraction.Quotes;

/// <summary>Says whom a mention means: a surname the full name that ends with it, a pronoun the last named person it
/// fits, a description the person whom the text described so. Only names that the text holds are given.</summary>
internal sealed partial class SpeakerResolver
{
    private const int FarthestSentencesBack = 6;
    private const int MostNamesBack = 40;

    private static readonly FrozenDictionary<string, Gender> FirstNames = DataFiles
        .Groups("quotes/first-names.txt")
        .SelectMany(g =>
            g.Words.Select(w =>
                KeyValuePair.Create(
                    w,
                    string.Equals(g.Key, "woman", StringComparison.Ordinal) ? Gender.Woman : Gender.Man
                )
            )
        )
        .DistinctBy(p => p.Key, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Gender>.AlternateLookup<ReadOnlySpan<char>> FirstNameLookup =
        FirstNames.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly AnnotatedText _text;
    private readonly NounPhrases _phrases;
    private readonly List<Named> _named = [];
    private readonly Dictionary<string, string> _fullNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _byFirstName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Gender> _genders = new(StringComparer.Ordinal);

    public SpeakerResolver(AnnotatedText text)
    {
        _text = text;
        _phrases = new(text, new(text));
        for (var i = 0; i < text.Sentences.Count; i++)
        {
            ReadNames(text.Sentences[i], i);
            ReadTexts(text.Sentences[i], i);
        }
    }

    private enum Gender
    {
        Unknown,
        Woman,
        Man,
        Group,
        Thing,
    }

    /// <summary>One place where the text names somebody.</summary>
    private readonly record struct Named(int Word, int Sentence, string Name);

    /// <summary>The source with the name it resolves to, how sure, and why.</summary>
    public QuoteSource Resolve(Speaker speaker)
    {
        var first = _text.WordFrom(speaker.Span.Start);
        var end = _text.WordFrom(speaker.Span.End);
        if (end <= first)
            return new(speaker.Span, null, speaker.Confidence, speaker.Reason);
        if (
            end - first == 1
            && _text.Is(first, WordClass.SubjectPronoun | WordClass.ObjectPronoun | WordClass.Possessive)
        )
            return ResolvePronoun(speaker, first);
        if (NameIn(AfterDescription(first, end), end) is { } name)
            return Full(speaker, name);
        return ResolveDescription(speaker, first, end);
    }

    // "A spokeswoman for the Ministry of Transport, Jill Ames": the person is the one at the end.
    private int AfterDescription(int first, int end)
    {
        if (!_text.Is(first, WordClass.Determiner | WordClass.Possessive))
            return first;
        for (var at = end - 1; at > first; at--)
        {
            if (_text.IsMark(at, ','))
                return at + 1 < end && _phrases.Name(at + 1, end).End == end ? at + 1 : first;
        }

        return first;
    }

    private QuoteSource Full(Speaker speaker, string name)
    {
        var full = FullerName(name);
        return full is null
            ? new(speaker.Span, name, speaker.Confidence, speaker.Reason)
            : new(
                speaker.Span,
                full,
                speaker.Confidence * 0.97,
                $"{speaker.Reason}; '{name}' → {full}, the fuller name in the text"
            );
    }

    // A surname, or a first name that only one person bears; "Energy Act" is no "Housing Act".
    private string? FullerName(string name)
    {
        if (
            _fullNames.TryGetValue(LastWord(name), out var full)
            && full.Length > name.Length
            && full.EndsWith(" " + name, StringComparison.Ordinal)
        )
            return full;
        return !name.Contains(' ', StringComparison.Ordinal) && _byFirstName.TryGetValue(name, out var person)
            ? person
            : null;
    }

    private QuoteSource ResolvePronoun(Speaker speaker, int at)
    {
        var pronoun = _text.At(at).ToString();
        var wanted = GenderOf(pronoun);
        if (wanted == Gender.Unknown)
            return new(speaker.Span, null, speaker.Confidence, speaker.Reason);
        if (
            LastNamed(at, wanted) is var (nearest, name)
            && _lastDescription is { } described
            && described.Word < at
            && described.Word > nearest
            && described.IsBody == (wanted == Gender.Group)
        )
            return new(
                speaker.Span,
                described.IsBody ? described.Words : null,
                speaker.Confidence * 0.7,
                $"{speaker.Reason}; pronoun '{pronoun}' → {described.Words}, the last speaker"
            );
        if (name is not { } found)
            return new(
                speaker.Span,
                null,
                speaker.Confidence * 0.6,
                $"{speaker.Reason}; nobody named before it fits '{pronoun}'"
            );
        var known = _genders.GetValueOrDefault(found) == wanted;
        var kind = wanted switch
        {
            Gender.Woman => known ? "last named woman" : "last named person",
            Gender.Man => known ? "last named man" : "last named person",
            _ => "last named body",
        };
        return new(
            speaker.Span,
            found,
            speaker.Confidence * (known ? 0.85 : 0.6),
            $"{speaker.Reason}; pronoun '{pronoun}' → {found}, {kind}"
        );
    }

    private static Gender GenderOf(string pronoun) =>
        pronoun.ToLowerInvariant() switch
        {
            "he" or "him" or "his" => Gender.Man,
            "she" or "her" => Gender.Woman,
            "they" or "it" or "their" or "its" => Gender.Group,
            _ => Gender.Unknown,
        };

    // The nearest name before the pronoun whose gender is the wanted one; else the nearest whose gender is open. Of
    // whom the sentence before tells, though, it goes on to tell.
    private (int Word, string? Name) LastNamed(int at, Gender wanted)
    {
        (int Word, string? Name) open = (-1, null);
        var told = _text.SentenceOf(at) - 1;
        var sentence = -1;
        var nearest = NamedBefore(at);
        for (var i = nearest; i >= 0 && i > nearest - MostNamesBack; i--)
        {
            if (sentence < 0)
                sentence = _named[i].Sentence;
            if (sentence - _named[i].Sentence > FarthestSentencesBack)
                break;
            var gender = _genders.GetValueOrDefault(_named[i].Name);
            if (gender == wanted)
                return (_named[i].Word, _named[i].Name);
            if (gender != Gender.Unknown || wanted == Gender.Group || !MayBePerson(_named[i].Name))
                continue;
            if (_named[i].Sentence == told && _text.OpensSentence(_named[i].Word))
                return (_named[i].Word, _named[i].Name);
            if (open.Name is null)
                open = (_named[i].Word, _named[i].Name);
        }

        return open;
    }

    private static bool MayBePerson(string name) => name.Contains(' ', StringComparison.Ordinal);

    private int NamedBefore(int word)
    {
        var (low, high) = (0, _named.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_named[middle].Word < word)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    // The name inside a mention: its first run of capitals that is no part of a role, titles left out.
    private string? NameIn(int first, int end)
    {
        for (var at = first; at < end; at++)
        {
            if (
                !_text[at].IsCapital
                || _text.Is(at, WordClass.Determiner | WordClass.Possessive | WordClass.Preposition)
            )
                continue;
            var run = _phrases.Name(at, end);
            if (run.IsEmpty)
                continue;
            if (NameAfterRole(run.End, end) is var name and > 0)
            {
                at = name - 1;
                continue;
            }

            var start = PastTitles(run.First, run.End);
            if (start < run.End && !IsOwner(run.End, end) && !IsDemonym(start, run.End))
                return _text.Span(start, EndOfBody(run.End, end)).In(_text.Text);
            at = run.End - 1;
        }

        return null;
    }

    // "Police chief Jan Novak", "Harbour treasurer Ines Haugland": what comes before the role is no name of a person.
    // Where the name begins, or 0.
    private int NameAfterRole(int at, int end)
    {
        var role = at;
        while (
            at < end
            && _text[at] is { Kind: TokenKind.Word, IsCapital: false }
            && !_text.Is(at, WordClass.Preposition | WordClass.Determiner | WordClass.Coordinator)
        )
            at++;
        if (at == role || at >= end || !_text[at].IsCapital)
            return 0;
        var name = _phrases.Name(at, end);
        var isFull = name.End == end && name.End - name.First > 1;
        return isFull || _text.HasClue(at - 1, SpeakerClue.Title | SpeakerClue.People) ? at : 0;
    }

    private bool IsOwner(int at, int end) => at < end && _text[at].Kind == TokenKind.Clitic && at + 1 < end;

    // "a Serbian officer" names nobody.
    private bool IsDemonym(int start, int end) =>
        end - start == 1 && Gazetteer.Of(_text.At(start).ToString().ToLowerInvariant()).HasFlag(NameClue.Demonym);

    // "the Ministry of Education", "the University of Leeds": the name of a body goes on past its "of".
    private int EndOfBody(int end, int limit)
    {
        while (
            end + 1 < limit
            && _text.HasClue(end - 1, SpeakerClue.Group)
            && (_text.Is(end, "of") || _text.Is(end, "for"))
        )
        {
            var next = _text.Is(end + 1, "the") ? end + 2 : end + 1;
            var run = next < limit ? _phrases.Name(next, limit) : default;
            if (run.IsEmpty)
                break;
            end = run.End;
        }

        return end;
    }

    // "President", and all of "Chinese President" and "Energy Secretary" before a full name.
    private int PastTitles(int first, int end)
    {
        var at = first;
        while (at < end && (_text.IsMark(at) || _text.HasClue(at, SpeakerClue.Title)))
            at++;
        for (var inner = end - 2; inner > at; inner--)
        {
            if (!_text.HasClue(inner, SpeakerClue.Title))
                continue;
            return end - inner > 2 || IsDemonym(at, at + 1) ? inner + 1 : at;
        }

        return at;
    }

    private void ReadNames(Sentence sentence, int index)
    {
        for (var at = sentence.First; at < sentence.End; at++)
        {
            if (!_text[at].IsCapital || _text.Is(at, WordClass.Day | WordClass.Month | WordClass.SubjectPronoun))
                continue;
            if (at == sentence.First && _text.Is(at, WordClass.SentenceOpener))
                continue;
            var run = _phrases.Name(at, sentence.End);
            if (run.IsEmpty)
                continue;
            Note(run, index, sentence);
            at = run.End - 1;
        }
    }

    private void Note(Phrase run, int sentence, Sentence bounds)
    {
        var start = PastTitles(run.First, run.End);
        if (start >= run.End)
            return;
        var name = _text.Span(start, run.End).In(_text.Text);
        var last = LastWord(name);
        var isFull = run.End - start > 1;
        if (isFull)
            _fullNames.TryAdd(last, name);
        if (isFull)
            NoteFirstName(_text.At(start).ToString(), name);
        var full = isFull ? name : _fullNames.GetValueOrDefault(name, name);
        _named.Add(new(run.First, sentence, full));
        if (_genders.GetValueOrDefault(full) == Gender.Unknown)
            _genders[full] = GenderOf(run, start);
        NoteDescriptions(run, start, full, bounds);
        NoteBody(start, run.End, full);
    }

    // Two names with the same beginning: neither is meant by it alone.
    private void NoteFirstName(string first, string name)
    {
        if (!_byFirstName.TryAdd(first, name) && !string.Equals(_byFirstName[first], name, StringComparison.Ordinal))
            _byFirstName[first] = null;
    }

    private Gender GenderOf(Phrase run, int start)
    {
        for (var at = run.First; at < run.End; at++)
        {
            if (at >= start && (_text.HasClue(at, SpeakerClue.Group) || (at == run.End - 1 && IsBody(at))))
                return Gender.Group;
            if (at >= start && at == run.End - 1 && _text.HasClue(at, SpeakerClue.Thing))
                return Gender.Thing;
            if (at < start && _text.HasClue(at, SpeakerClue.Woman))
                return Gender.Woman;
            if (at < start && _text.HasClue(at, SpeakerClue.Man))
                return Gender.Man;
        }

        return run.End - start > 1 && FirstNameLookup.TryGetValue(_text.At(start), out var gender)
            ? gender
            : Gender.Unknown;
    }

    // "Harbour School", "Acme Industries": the last word of the name says that it is no person.
    private bool IsBody(int at) =>
        at > 0 && Gazetteer.Of(_text.At(at).ToString().ToLowerInvariant()).HasFlag(NameClue.OrgWord);

    private static string LastWord(string name) => name[(name.LastIndexOf(' ') + 1)..];
}
