namespace FactCheck.Extraction.Quotes;

/// <summary>Marks that are missing, and marks that are none: who speaks is named outside the speech, and so tells where
/// it ends.</summary>
internal sealed partial class QuotationMarks
{
    private const int LongestAttribution = 100;
    private const int LongestSpeech = 1_000;

    // "The 6" pipe burst," she said: inches stand behind a figure, and the mark that closes comes later.
    private bool IsInchMark(int at, TextSpan paragraph)
    {
        if (
            text[at] != '"'
            || _open.Count == 0
            || _open[^1].Mark is not ('"' or '\u201C')
            || !char.IsAsciiDigit(text[at - 1])
            || at + 2 >= paragraph.End
            || !(text[at + 1] is ' ' or '-' && char.IsLower(text[at + 2]))
        )
            return false;
        var next = text.AsSpan(at + 1, paragraph.End - at - 1).IndexOfAny('"', '\u201D');
        return next > 0
            && !char.IsWhiteSpace(text[at + next])
            && !(at + next + 2 < paragraph.End && char.IsLetterOrDigit(text[at + next + 2]));
    }

    // "The water stands higher than in 1987," he went on.: the speech begins with its sentence.
    private void CloseUnopened(int at, TextSpan paragraph)
    {
        if (!Punctuation.IsDoubleQuote(text[at]) || at == paragraph.Start)
            return;
        var isAfterStop = text[at - 1] == ',' || Punctuation.EndsSentence(text[at - 1]);
        var next = !isAfterStop && at + 1 < paragraph.End && text[at + 1] == ',' ? at + 2 : at + 1;
        if (
            !(isAfterStop || next > at + 1)
            || next + 1 >= paragraph.End
            || text[next] != ' '
            || !IsAttribution(next + 1, paragraph.End)
        )
            return;
        var start = StartOfSentence(at - 1, paragraph.Start);
        if (at - start > 2)
            _found.Add(new([TextSpan.FromBounds(start, at + 1)], IsClosed: false));
    }

    private int StartOfSentence(int at, int first)
    {
        if (_found.Count > 0)
            first = Math.Max(first, _found[^1].Extent.End);
        first = Math.Max(first, at - LongestSpeech);
        var start = at;
        while (
            start > first
            && !(
                char.IsWhiteSpace(text[start - 1])
                && start - 1 > first
                && Punctuation.EndsSentence(text[start - 2])
                && !IsShortened(start - 2)
            )
        )
            start--;
        while (start < at && (char.IsWhiteSpace(text[start]) || Punctuation.IsQuoteMark(text[start])))
            start++;
        return start;
    }

    private bool IsShortened(int stop)
    {
        var start = stop;
        while (start > 0 && char.IsLetter(text[start - 1]))
            start--;
        return text[stop] == '.' && Sentences.IsShortened(text.AsSpan(start, stop - start));
    }

    // "The pipe was laid in 1971, said engineer Lena Moss.: past the comma that closes the speech; 0 for none.
    private int EndOfSpeech(int start, TextSpan paragraph)
    {
        for (var at = start; at + 2 < paragraph.End; at++)
        {
            if (text[at] == ',' && text[at + 1] == ' ' && IsAttribution(at + 2, paragraph.End))
                return at + 1;
        }

        return 0;
    }

    // "said Lena Moss.", "she went on.", "the mayor said on Monday.": a verb of saying beside who says it, and the end
    // of the sentence.
    private bool IsAttribution(int start, int end)
    {
        var words = text.AsSpan(start, Math.Min(LongestAttribution, end - start));
        var stop = 0;
        while (stop < words.Length && !IsStop(words, stop))
            stop++;
        if (stop == words.Length && words.Length == LongestAttribution)
            return false;
        var tokens = Tokens.In(text, new(start, stop));
        if (tokens.Count < 2)
            return false;
        if (IsSaying(tokens, 0))
            return IsSomebody(tokens[1]);
        for (var i = 1; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == TokenKind.Mark)
                return false;
            if (IsSaying(tokens, i))
                return IsSomebody(tokens[0]) && IsEndOfAttribution(tokens, i);
        }

        return false;
    }

    private static bool IsStop(ReadOnlySpan<char> words, int at) =>
        Punctuation.EndsSentence(words[at]) && (at + 1 == words.Length || char.IsWhiteSpace(words[at + 1]));

    private bool IsSaying(IReadOnlyList<Token> tokens, int at)
    {
        if (tokens[at].Kind != TokenKind.Word || CueLexicon.Verb(tokens[at].Span.In(text)) is not { } verb)
            return false;
        if (
            verb.Phrasal is { } phrasal
            && at + 1 < tokens.Count
            && tokens[at + 1].Span.In(text).Equals(phrasal.Particle, StringComparison.Ordinal)
        )
            verb = phrasal.Verb;
        return verb.Frames.HasFlag(Frames.Quote)
            && !verb.IsNounToo
            && (verb.Form & (VerbForm.Past | VerbForm.Third)) != VerbForm.None;
    }

    private bool IsSomebody(Token token) =>
        token.Kind == TokenKind.Word
        && (
            char.IsUpper(text[token.Span.Start])
            || token.Span.In(text) is "he" or "she" or "they" or "the" or "a" or "an"
            || (SpeakerClues.Of(token.Span.In(text)) & (SpeakerClue.Title | SpeakerClue.People)) != SpeakerClue.None
        );

    // The verb, its particle, and at most when it was said.
    private bool IsEndOfAttribution(IReadOnlyList<Token> tokens, int verb) =>
        verb + 1 == tokens.Count
        || (verb + 2 >= tokens.Count && tokens[verb + 1].Span.In(text) is "on" or "in" or "out" or "later")
        || tokens
            .Skip(verb + 1)
            .All(t => WordClasses.Is(t.Span.In(text), WordClass.Preposition | WordClass.Day | WordClass.Adverb));
}
