namespace FactCheck.Extraction.Quotes;

/// <summary>A token: its cue verb, or null; the index of the outermost quotation around it, or -1.</summary>
internal readonly record struct Word(
    TextSpan Span,
    TokenKind Kind,
    WordClass Class,
    bool IsCapital,
    CueVerb? Verb,
    int Quotation,
    bool HasParticle = false
)
{
    public bool Is(WordClass any) => (Class & any) != WordClass.None;
}

internal readonly record struct Sentence(TextSpan Span, int First, int End, int Paragraph);

/// <summary>A text cut into sentences and words, with its quotations marked: what every later stage reads.</summary>
internal sealed class AnnotatedText
{
    private readonly List<Word> _words;
    private readonly HashSet<int> _openings = [];
    private SpeakerClue[] _clues = [];

    public AnnotatedText(string text)
    {
        Text = text;
        Quotations = QuotationMarks.In(text);
        Outermost = [.. Outer(Quotations)];
        _words = new(text.Length / 5);
        var tokens = new List<Token>();
        var paragraph = -1;
        var previousEnd = 0;
        var quotation = 0;
        foreach (var span in FactCheck.Extraction.Text.Sentences.In(text))
        {
            if (paragraph < 0 || HasBlankLine(text, previousEnd, span.Start))
                paragraph++;
            previousEnd = span.End;
            tokens.Clear();
            Tokens.AddTo(tokens, text, span);
            var first = _words.Count;
            foreach (var token in tokens)
                _words.Add(ToWord(token, ref quotation));
            for (var at = first; at < _words.Count; at++)
                SettleVerb(at);
            Sentences.Add(new(span, first, _words.Count, paragraph));
            _openings.Add(first);
        }
    }

    public string Text { get; }

    /// <summary>Nested ones too.</summary>
    public IReadOnlyList<Quotation> Quotations { get; }

    /// <summary>Those in no other.</summary>
    public IReadOnlyList<Quotation> Outermost { get; }

    public List<Sentence> Sentences { get; } = [];

    public int Count => _words.Count;

    /// <summary>How many looks at words the stages took: the measure of their work.</summary>
    public long Steps { get; private set; }

    public Word this[int index]
    {
        get
        {
            Steps++;
            return _words[index];
        }
    }

    public void Step() => Steps++;

    /// <summary>None outside the text.</summary>
    public ReadOnlySpan<char> At(int index)
    {
        Steps++;
        return index >= 0 && index < Count ? Text.AsSpan(_words[index].Span.Start, _words[index].Span.Length) : [];
    }

    public bool Is(int index, string word) => At(index).Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool Is(int index, WordClass any)
    {
        Steps++;
        return index >= 0 && index < Count && _words[index].Is(any);
    }

    public bool IsMark(int index, char mark) =>
        index >= 0 && index < Count && _words[index].Kind == TokenKind.Mark && Text[_words[index].Span.Start] == mark;

    public bool IsMark(int index) => index >= 0 && index < Count && _words[index].Kind == TokenKind.Mark;

    public bool IsQuoteMark(int index) => IsMark(index) && Punctuation.IsQuoteMark(Text[_words[index].Span.Start]);

    public bool OpensSentence(int index) => _openings.Contains(index);

    /// <summary>A dash between words; the hyphen of "25-year-old" is none.</summary>
    public bool IsDash(int index) =>
        IsMark(index) && Punctuation.IsDash(Text[_words[index].Span.Start]) && !IsInnerHyphen(index);

    private bool IsInnerHyphen(int index) =>
        Text[_words[index].Span.Start] == '-'
        && index > 0
        && index + 1 < Count
        && _words[index - 1].Span.End == _words[index].Span.Start
        && _words[index].Span.End == _words[index + 1].Span.Start;

    /// <summary>The groups are those of <c>quotes/speaker-clues.txt</c>; a plural counts as its singular.</summary>
    public bool HasClue(int index, SpeakerClue any)
    {
        if (index < 0 || index >= Count)
            return false;
        if (_clues.Length < Count)
            Array.Resize(ref _clues, Count);
        if ((_clues[index] & SpeakerClue.Known) == SpeakerClue.None)
            _clues[index] = SpeakerClues.Of(At(index)) | SpeakerClue.Known;
        return (_clues[index] & any) != SpeakerClue.None;
    }

    public TextSpan Span(int first, int end) => TextSpan.FromBounds(_words[first].Span.Start, _words[end - 1].Span.End);

    public int WordFrom(int offset)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_words[middle].Span.Start < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>The index of the sentence that a word stands in.</summary>
    public int SentenceOf(int word)
    {
        var (low, high) = (0, Sentences.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Sentences[middle].First <= word)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private static IEnumerable<Quotation> Outer(IReadOnlyList<Quotation> quotations)
    {
        var end = 0;
        foreach (var quotation in quotations)
        {
            if (quotation.Extent.Start < end)
                continue;
            end = quotation.Extent.End;
            yield return quotation;
        }
    }

    private static bool HasBlankLine(string text, int start, int end)
    {
        var breaks = 0;
        for (var at = start; at < end; at++)
        {
            if (text[at] == '\n' && ++breaks > 1)
                return true;
        }

        return false;
    }

    // "point" with "out" after it is another verb than without.
    private void SettleVerb(int at)
    {
        if (_words[at].Verb is not { } verb || (verb.Phrasal is null && verb.Frames != Frames.None))
            return;
        if (verb.Phrasal is { } phrasal && Is(at + 1, phrasal.Particle))
            _words[at] = _words[at] with { Verb = phrasal.Verb, HasParticle = true };
        else if (verb.Frames == Frames.None)
            _words[at] = _words[at] with { Verb = null };
    }

    private Word ToWord(Token token, ref int quotation)
    {
        while (quotation < Outermost.Count && Outermost[quotation].Extent.End <= token.Span.Start)
            quotation++;
        var inside = quotation < Outermost.Count && Outermost[quotation].Extent.Start <= token.Span.Start;
        var isWord = token.Kind == TokenKind.Word;
        var letters = Text.AsSpan(token.Span.Start, token.Span.Length);
        return new(
            token.Span,
            token.Kind,
            isWord ? WordClasses.Of(letters) : WordClass.None,
            isWord && char.IsUpper(letters[0]),
            isWord ? CueLexicon.Verb(letters) : null,
            inside ? quotation : -1
        );
    }
}
