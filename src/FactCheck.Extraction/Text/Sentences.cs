using System.Collections.Frozen;

namespace FactCheck.Extraction.Text;

/// <summary>
/// Cuts text into sentences. A paragraph (blank line) always ends one, so a headline is a sentence of its own; inside
/// a paragraph a full stop, exclamation or question mark ends one unless it belongs to an abbreviation, an initial, a
/// number or an omission.
/// </summary>
public static class Sentences
{
    private const int LongestCredit = 40;
    private const int LongestHeadingLine = 60;
    private static readonly FrozenDictionary<string, string> Abbreviations = DataFiles
        .Groups("text/abbreviations.txt")
        .SelectMany(group => group.Words.Select(word => KeyValuePair.Create(word, group.Key)))
        .ToFrozenDictionary(StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> AbbreviationLookup =
        Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The sentences of a text in order, without the white space around them. They don't overlap and leave no other
    /// character out.
    /// </summary>
    public static IReadOnlyList<TextSpan> In(string text)
    {
        var sentences = new List<TextSpan>((text.Length / 100) + 1);
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var end = BoundaryAt(text, start, at);
            if (end < 0)
                continue;
            Add(sentences, text, start, end);
            start = end;
            at = end - 1;
        }

        Add(sentences, text, start, text.Length);
        return sentences;
    }

    /// <summary>
    /// Whether a word can stand before a full stop that ends no sentence: an initial ("W", "J.K") or a known
    /// abbreviation ("Dr", "Jr").
    /// </summary>
    /// <param name="word">The word without the stop.</param>
    public static bool IsShortened(ReadOnlySpan<char> word) =>
        (word.Length == 1 && char.IsUpper(word[0]))
        || (word.Length > 2 && word[1] == '.')
        || AbbreviationLookup.ContainsKey(word);

    private static void Add(List<TextSpan> sentences, string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        if (end > start)
            sentences.Add(TextSpan.FromBounds(start, end));
    }

    // Where the sentence ends that has a boundary at this character, or -1.
    private static int BoundaryAt(string text, int start, int at)
    {
        if (text[at] == '\u2029')
            return at + 1;
        if (text[at] == '\n')
            return EndsAtLineBreak(text, start, at) ? at + 1 : -1;
        // A run of stops is looked at once, from its first.
        if (!Punctuation.EndsSentence(text[at]) || (at > start && Punctuation.EndsSentence(text[at - 1])))
            return -1;
        var stop = at;
        while (stop + 1 < text.Length && Punctuation.EndsSentence(text[stop + 1]))
            stop++;
        var end = stop + 1;
        while (end < text.Length && Punctuation.Closes(text[end]))
            end++;
        if (end == at + 1 && IsGluedCredit(text, at))
            return end;
        return end < text.Length && !char.IsWhiteSpace(text[end]) ? -1 : EndsAtStop(text, start, at, stop, end);
    }

    // "… kicks off at 17:30.Source: Agency": a short credit, stuck to the last full stop of a text.
    private static bool IsGluedCredit(string text, int stop)
    {
        if (text[stop] != '.' || stop == 0 || text.Length - stop > LongestCredit || stop + 2 >= text.Length)
            return false;
        if (
            !(char.IsLower(text[stop - 1]) || char.IsDigit(text[stop - 1]))
            || !char.IsUpper(text[stop + 1])
            || !char.IsLower(text[stop + 2])
        )
            return false;
        var rest = text.AsSpan(stop + 1).TrimEnd().TrimEnd('.');
        return !rest.ContainsAny('\n', '.') && (rest.Contains(':') || !rest.Contains(' '));
    }

    private static bool EndsAtLineBreak(string text, int start, int at)
    {
        var next = at + 1;
        var breaks = 1;
        for (; next < text.Length && char.IsWhiteSpace(text[next]); next++)
        {
            if (text[next] == '\n')
                breaks++;
            if (breaks > 1)
                return true;
        }

        if (next >= text.Length)
            return false;
        // A single line break is a wrapped line, unless a short line without a stop is followed by what looks like a
        // new start.
        var line = text.LastIndexOf('\n', Math.Max(0, at - 1), at - start) is var previous and >= 0
            ? previous + 1
            : start;
        return at - line < LongestHeadingLine
            && (
                char.IsUpper(text[next])
                || Punctuation.IsDoubleQuote(text[next])
                || Punctuation.IsDash(text[next])
                || text[next] is '\u2022' or '*'
            );
    }

    private static int EndsAtStop(string text, int start, int at, int stop, int end)
    {
        var next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
            next++;
        if (next >= text.Length)
            return end;
        var word = next;
        while (word < text.Length && (Punctuation.Opens(text[word]) || Punctuation.IsDash(text[word])))
            word++;
        if (word >= text.Length || char.IsLower(text[word]))
            return -1;
        if (text[at] is '\u2026' || (stop - at == 2 && text[at] == '.'))
            return word > next || IsOpener(text, word) ? end : -1;
        if (stop == at && text[at] == '.' && end == at + 1 && IsAbbreviation(text, start, at, word))
            return -1;
        if (end > stop + 1 && text[stop] is '?' or '!' && IsReported(text, word))
            return -1;
        return end;
    }

    // "Why?" Smith asked: the sentence goes on to its reporting verb.
    private static bool IsReported(string text, int at)
    {
        for (var words = 0; words < 4; words++)
        {
            var end = EndOfWord(text, at);
            if (end == at)
                return false;
            if (
                text.AsSpan(at, end - at).TrimEnd('.')
                is "said"
                    or "says"
                    or "asked"
                    or "asks"
                    or "told"
                    or "added"
                    or "wrote"
                    or "shouted"
                    or "replied"
            )
                return words > 0;
            if (end >= text.Length || text[end] != ' ')
                return false;
            at = end + 1;
        }

        return false;
    }

    private static int EndOfWord(string text, int at)
    {
        while (
            at < text.Length
            && (char.IsLetterOrDigit(text[at]) || text[at] is '-' or '.' || Punctuation.IsApostrophe(text[at]))
        )
            at++;
        return at;
    }

    private static bool IsAbbreviation(string text, int start, int stop, int next)
    {
        var word = stop;
        while (word > start && (char.IsLetterOrDigit(text[word - 1]) || text[word - 1] == '.'))
            word--;
        var length = stop - word;
        if (length == 0 || length > 8)
            return false;
        var opener = IsOpener(text, next);
        if (length == 1 && char.IsUpper(text[word]))
            return !opener || text[word] != 'I';
        if (!AbbreviationLookup.TryGetValue(text.AsSpan(word, length), out var kind))
            return length > 2 && text[word + 1] == '.' && !opener;
        return kind switch
        {
            "never" => true,
            "number" => char.IsDigit(text[next]),
            _ => !opener,
        };
    }

    // A capitalised function word can only stand there because a sentence begins.
    private static bool IsOpener(string text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsLetter(text[end]))
            end++;
        return WordClasses.Is(text.AsSpan(at, end - at), WordClass.SentenceOpener);
    }
}
