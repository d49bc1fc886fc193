namespace FactCheck.Extraction.Quotes;

/// <summary>What the cues left over: quotations that go on with the last speaker, that a colon or dash gives to
/// somebody, orphans; and lines that a name and a colon open. Scare quotes, titles and mottoes stay out.</summary>
internal sealed partial class DirectSpeech
{
    private const int FewestWordsOfSpeech = 4;
    private readonly AnnotatedText _text;
    private readonly List<QuoteDraft> _drafts;
    private readonly NounPhrases _phrases;
    private readonly VerbTest _verbs;
    private readonly Dictionary<int, QuoteDraft> _byQuotation = [];
    private readonly Dictionary<int, QuoteDraft> _invertedByFirstWord = [];
    private readonly HashSet<int> _signed = [];
    private readonly Dictionary<int, int> _sentenceOf = [];
    private readonly Dictionary<int, Speaker> _speakerOfSentence = [];

    private DirectSpeech(AnnotatedText text, List<QuoteDraft> drafts)
    {
        _text = text;
        _drafts = drafts;
        _verbs = new(text);
        _phrases = new(text, _verbs);
    }

    public static void Attach(AnnotatedText text, List<QuoteDraft> drafts)
    {
        var stage = new DirectSpeech(text, drafts);
        stage.IndexSentences();
        stage.IndexDrafts();
        for (var i = 0; i < text.Outermost.Count; i++)
            stage.Place(i);
        stage.ReadLabels();
    }

    private void IndexSentences()
    {
        for (var i = 0; i < _text.Sentences.Count; i++)
        {
            for (var at = _text.Sentences[i].First; at < _text.Sentences[i].End; at++)
            {
                if (_text[at].Quotation >= 0)
                    _sentenceOf.TryAdd(_text[at].Quotation, i);
            }
        }
    }

    private void IndexDrafts()
    {
        foreach (var draft in _drafts)
        {
            foreach (var span in draft.Content)
                Register(draft, span);
            if (
                draft.Speaker is { } speaker
                && _text.WordFrom(speaker.Span.Start) is var word
                && _text[word].Quotation < 0
            )
                _speakerOfSentence[_text.SentenceOf(word)] = speaker;
            if (draft.Cue is { } cue && draft.Speaker?.Span.Start > cue.Start && draft.Content[0].End <= cue.Start)
                _invertedByFirstWord.TryAdd(_text.WordFrom(draft.Content[0].Start), draft);
        }
    }

    // A draft owns the quotations that its content covers; a nested one covers only a part of its quotation.
    private void Register(QuoteDraft draft, TextSpan span)
    {
        for (var at = _text.WordFrom(span.Start); at < _text.Count && _text[at].Span.Start < span.End; at++)
        {
            var quotation = _text[at].Quotation;
            if (quotation >= 0 && _text.Outermost[quotation].Extent.Start >= span.Start)
                _byQuotation.TryAdd(quotation, draft);
        }
    }

    private void Place(int index)
    {
        if (_byQuotation.ContainsKey(index) || !_sentenceOf.TryGetValue(index, out var sentence))
            return;
        var quotation = _text.Outermost[index];
        var first = _text.WordFrom(quotation.Extent.Start);
        if (quotation.IsDash && TakeOver(quotation) is { } said)
        {
            _byQuotation[index] = said;
            return;
        }

        if (IsTranscript(quotation))
            return;
        if (quotation.IsDash ? !IsDialogue(index, first) : !IsSpeech(quotation, first, _text.Sentences[sentence]))
            return;
        var signature = SpeakerAfterDash(quotation);
        if (signature is not null)
            _signed.Add(index);
        var named = signature ?? SpeakerOfLineAbove(first, sentence) ?? SpeakerBeforeColon(first);
        if (named is null && GoesOnWith(index, first) is { } before)
        {
            before.Content.AddRange(quotation.Parts);
            _byQuotation[index] = before;
            return;
        }

        Add(
            index,
            named
                ?? LastSpeaker(index, sentence)
                ?? SpeakerOfSentence(first, sentence)
                ?? SpeakerOfSentenceBefore(first, sentence)
        );
    }

    private void Add(int index, Speaker? speaker)
    {
        var quotation = _text.Outermost[index];
        var draft = new QuoteDraft
        {
            Speaker = speaker,
            Cue = null,
            Content = [.. quotation.Parts],
            Confidence = Confidence(quotation, speaker),
        };
        _drafts.Add(draft);
        _byQuotation[index] = draft;
    }

    // "— I cried, said Ana Kovač. I laughed too.": no mark closes, so that the cue seems to stand inside the speech.
    private QuoteDraft? TakeOver(Quotation quotation)
    {
        if (
            !_invertedByFirstWord.TryGetValue(_text.WordFrom(quotation.Extent.Start) + 1, out var said)
            || !quotation.Extent.Contains(said.Content[0])
        )
            return null;
        said.Content[0] = TextSpan.FromBounds(quotation.Extent.Start, said.Content[0].End);
        var next = _text.SentenceOf(_text.WordFrom(said.End - 1)) + 1;
        if (
            next < _text.Sentences.Count
            && _text.Sentences[next].Span.Start is var start
            && start < quotation.Extent.End
        )
            said.Content.Add(TextSpan.FromBounds(start, quotation.Extent.End));
        return said;
    }

    // One pair of marks around the turns of several speakers: the labels tell them apart.
    private bool IsTranscript(Quotation quotation) =>
        quotation.Parts.Count > 1
        && quotation.Parts.Count(part => LabelOf(_text.SentenceOf(_text.WordFrom(part.Start))).Colon >= 0) > 1;

    private static double Confidence(Quotation quotation, Speaker? speaker) =>
        (quotation.IsClosed ? 0.8 : 0.5) - (speaker is null ? 0.2 : 0);

    // Marks around a name, a title or a word in distance hold no sentence.
    private bool IsSpeech(Quotation quotation, int first, Sentence sentence)
    {
        var end = _text.WordFrom(quotation.Extent.End);
        var words = CountWords(first, end);
        if (words < 2 || IsTitle(first, end, words))
            return false;
        var opens =
            first == sentence.First
            || _text.IsMark(first - 1, ':')
            || _text.IsMark(first - 1, ',')
            || _text.IsDash(first - 1);
        var final = quotation.Final(_text.Text);
        var closes = Punctuation.EndsSentence(final) || final == ',' || quotation.Parts.Count > 1;
        if (opens && closes && first + 1 < _text.Count)
            return words >= FewestWordsOfSpeech
                || first == sentence.First
                || (_text.IsMark(first - 1, ':') && _verbs.HasVerb(first, end));
        return words >= 2 * FewestWordsOfSpeech && _verbs.HasVerb(first, end);
    }

    private int CountWords(int first, int end)
    {
        var words = 0;
        for (var at = first; at < end; at++)
            words += _text[at].Kind is TokenKind.Word or TokenKind.Number ? 1 : 0;
        return words;
    }

    private bool IsTitle(int first, int end, int words)
    {
        if (first > 0 && _text.HasClue(first - 1, SpeakerClue.Work))
            return true;
        if (words > 8)
            return false;
        var capitals = 0;
        for (var at = first; at < end; at++)
            capitals +=
                _text[at].Kind == TokenKind.Word
                && (
                    _text[at].IsCapital
                    || _text.Is(at, WordClass.Preposition | WordClass.Determiner | WordClass.Coordinator)
                )
                    ? 1
                    : 0;
        return capitals == words && words > 1;
    }

    // Dialogue: at least two dash lines in a row, or one that names its speaker.
    private bool IsDialogue(int index, int first) =>
        (index > 0 && _text.Outermost[index - 1].IsDash)
        || (index + 1 < _text.Outermost.Count && _text.Outermost[index + 1].IsDash)
        || _verbs.HasVerb(first, _text.WordFrom(_text.Outermost[index].Extent.End));

    // “A,” she said. “B.”: the next sentence of the same paragraph, with nothing between.
    private QuoteDraft? GoesOnWith(int index, int first)
    {
        if (index == 0 || !_byQuotation.TryGetValue(index - 1, out var draft))
            return null;
        var sameParagraph = ParagraphOf(first) == ParagraphOf(_text.WordFrom(_text.Outermost[index - 1].Extent.Start));
        // Signed speech is whole: “…” — Ana Kovač.
        if (!sameParagraph || draft.Speaker is null || !IsDirect(draft) || _signed.Contains(index - 1))
            return null;
        // Nothing may lie between but the speaker, the cue and their sentence's end.
        var between = _text.Text.AsSpan(draft.End, Math.Max(0, _text[first].Span.Start - draft.End));
        // Smith scolded him: “A,” she said. “B.”: words after speech that has its cue before it are another cue.
        if (draft.Cue is { } cue && cue.Start < draft.Content[0].Start && CountLetters(between) > 0)
            return null;
        return
            CountLetters(between) <= 80
            && _text.SentenceOf(first) - _text.SentenceOf(_text.WordFrom(draft.End - 1)) <= 1
            && StartsSentence(first)
            ? draft
            : null;
    }

    private bool IsDirect(QuoteDraft draft) =>
        _text[_text.WordFrom(draft.Content[^1].Start)].Quotation >= 0
        || _text[Math.Max(0, _text.WordFrom(draft.Content[^1].End) - 1)].Quotation >= 0;

    private static int CountLetters(ReadOnlySpan<char> text)
    {
        var letters = 0;
        foreach (var c in text)
            letters += char.IsLetterOrDigit(c) ? 1 : 0;
        return letters;
    }

    private bool StartsSentence(int word) => _text.Sentences[_text.SentenceOf(word)].First == word;

    private int ParagraphOf(int word) => _text.Sentences[_text.SentenceOf(word)].Paragraph;

    private Speaker? SpeakerBeforeColon(int first)
    {
        if (first < 2 || !_text.IsMark(first - 1, ':'))
            return null;
        var sentence = _text.Sentences[_text.SentenceOf(first - 1)];
        if (SubjectOfLastCue(sentence.First, first - 1) is { } subject)
            return subject;
        var speaker = Main(sentence.First, first - 1, "subject of the sentence that the colon ends", 0.75);
        return speaker is not null && _phrases.CanSpeak(speaker.Span) ? speaker : null;
    }

    // "That evening she wrote in her diary:": the subject of the verb nearest to the colon.
    private Speaker? SubjectOfLastCue(int first, int colon)
    {
        for (var at = colon - 1; at > first; at--)
        {
            if (_text[at].Quotation >= 0 || _text.IsMark(at, ','))
                return null;
            if (
                _text[at].Verb is not { } verb
                || !verb.Frames.HasFlag(Frames.Quote)
                || verb.Form == VerbForm.Ing
                || !_verbs.IsCue(at, first)
            )
                continue;
            var group = at;
            while (group > first && (_text.Is(group - 1, WordClass.Auxiliary) || _verbs.IsAdverb(group - 1)))
                group--;
            var phrase = _phrases.Before(first, group);
            return phrase.IsEmpty
                ? null
                : new(_text.Span(phrase.First, phrase.End), $"subject of '{_text.At(at)}' before the colon", 0.8);
        }

        return null;
    }

    private Speaker? Main(int first, int end, string reason, double confidence)
    {
        var phrase = _phrases.Main(first, end);
        return phrase.IsEmpty ? null : new(_text.Span(phrase.First, Math.Min(phrase.End, end)), reason, confidence);
    }

    // A paragraph of nothing but speech goes on with whoever spoke last, a paragraph back at most.
    private Speaker? LastSpeaker(int index, int sentence)
    {
        if (
            index == 0
            || !_byQuotation.TryGetValue(index - 1, out var draft)
            || draft.Speaker is null
            || !IsDirect(draft)
        )
            return null;
        var distance =
            _text.Sentences[sentence].Paragraph - ParagraphOf(_text.WordFrom(_text.Outermost[index - 1].Extent.Start));
        if (distance > 1 || _text.Sentences[sentence].First != _text.WordFrom(_text.Outermost[index].Extent.Start))
            return null;
        return draft.Speaker with { Reason = $"no new speaker since: {draft.Speaker.Reason}", Confidence = 0.7 };
    }

    private Speaker? SpeakerOfSentence(int first, int sentence)
    {
        var start = _text.Sentences[sentence].First;
        return first > start + 1 && _text[start].Quotation < 0
            ? Main(start, first, "subject of the sentence around the quotation", 0.5)
            : null;
    }

    // He called it a scandal. “We all knew.”: nothing but speech goes on with whom the sentence before quotes or names.
    private Speaker? SpeakerOfSentenceBefore(int first, int sentence)
    {
        if (
            sentence == 0
            || _text.Sentences[sentence].First != first
            || _text.Sentences[sentence - 1].Paragraph != _text.Sentences[sentence].Paragraph
        )
            return null;
        if (_speakerOfSentence.TryGetValue(sentence - 1, out var speaker))
            return speaker with { Reason = $"speaker of the sentence before: {speaker.Reason}", Confidence = 0.6 };
        var before = _text.Sentences[sentence - 1];
        var main = Main(before.First, before.End, "subject of the sentence before", 0.5);
        return main is not null && _text[before.First].Quotation < 0 && _phrases.CanSpeak(main.Span) ? main : null;
    }
}
