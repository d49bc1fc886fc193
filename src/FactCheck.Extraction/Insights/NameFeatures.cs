using System.Numerics;
using System.Runtime.InteropServices;

namespace FactCheck.Extraction.Insights;

/// <summary>A sentence as the tagger sees it. Tokens that can be part of no name are never scored.</summary>
internal sealed record NameSentence(SentenceWord[] Words, NameClue[] Clues, byte[] Shapes, bool[] Candidate);

/// <summary>What the whole document shows about a capitalised word.</summary>
[Flags]
internal enum WordHistory
{
    None = 0,
    LowerCaseToo = 1,
    AfterFirstNameOrTitle = 1 << 1,
    AfterPlacePreposition = 1 << 2,
    BeforeOrgWord = 1 << 3,
    BeforeSaying = 1 << 4,
    AfterThe = 1 << 5,
    CalledBody = 1 << 6,
    CalledPerson = 1 << 7,
    CalledPlace = 1 << 8,
    CalledWork = 1 << 9,
}

/// <summary>Numbers for each token that the tagger's weights are looked up by: hashes of the word, its shape, its
/// neighbours, the gazetteer's clues and what the rest of the document shows of the word.</summary>
internal sealed class NameFeatures
{
    // Features that fall on the same row share it.
    internal const int Rows = 1 << 17;

    private readonly string _text;

    // What the run that was last looked at is called: every word of it asks.
    private (NameSentence? Sentence, int Start, int End, NameClue Called) _run;

    private readonly Dictionary<string, WordHistory> _history = new(StringComparer.Ordinal);

    internal NameFeatures(string text)
    {
        _text = text;
        Sentences = [.. FactCheck.Extraction.Text.Sentences.In(text).Select(s => SentenceOf(text, s))];
        foreach (var sentence in Sentences)
            Note(sentence);
    }

    internal IReadOnlyList<NameSentence> Sentences { get; }

    internal string Text => _text;

    // In place of what the list held.
    internal void Of(NameSentence sentence, int at, List<int> rows)
    {
        rows.Clear();
        var words = sentence.Words;
        var word = At(words, at);
        var (before, after) = (At(words, at - 1), At(words, at + 1));
        Add(rows, 1, word);
        Add(rows, 6, before, word);
        Add(rows, 7, word, after);
        Add(rows, 8, word.AsSpan(0, Math.Min(3, word.Length)));
        Add(rows, 9, word.AsSpan(Math.Max(0, word.Length - 3)));
        Add(rows, 10, word.AsSpan(Math.Max(0, word.Length - 2)));
        Add(rows, 17, word.AsSpan(Math.Max(0, word.Length - 4)));
        AddSurroundings(sentence, at, rows);
    }

    /// <summary>The rows of what stands around a token and of its shape, without those of the word itself.</summary>
    internal void AddSurroundings(NameSentence sentence, int at, List<int> rows)
    {
        var words = sentence.Words;
        var (before, after) = (At(words, at - 1), At(words, at + 1));
        Add(rows, 2, before);
        Add(rows, 3, after);
        Add(rows, 4, At(words, at - 2));
        Add(rows, 5, At(words, at + 2));
        var (shape, shapeBefore, shapeAfter) = (
            ShapeAt(sentence, at),
            ShapeAt(sentence, at - 1),
            ShapeAt(sentence, at + 1)
        );
        Add(rows, 11, shape);
        Add(rows, 12, shapeBefore, shape, shapeAfter);
        Add(rows, 13, shapeBefore, shape);
        Add(rows, 14, shape, shapeAfter);
        Add(rows, 15, before, shape);
        Add(rows, 16, shape, after);
        AddCluesAround(sentence.Clues, at, shape, shapeAfter, rows);
        AddRunClues(rows, sentence, at);
        var history = HistoryOf(At(words, at));
        for (var bits = (uint)history; bits != 0; bits &= bits - 1)
            Add(rows, 160 + BitOperations.TrailingZeroCount(bits), shape);
        Add(rows, 140, (int)history, at == 0 ? 1 : 0);
        Add(rows, 141, at == 0 ? 1 : 0, shape);
    }

    private static void AddCluesAround(NameClue[] clues, int at, int shape, int shapeAfter, List<int> rows)
    {
        AddClues(rows, 20, ClueAt(clues, at));
        AddClues(rows, 40, ClueAt(clues, at - 1));
        AddClues(rows, 60, ClueAt(clues, at + 1));
        AddClues(rows, 80, ClueAt(clues, at + 2));
        AddClues(rows, 100, ClueAt(clues, at - 2));
        Add(rows, 120, (int)ClueAt(clues, at), (int)ClueAt(clues, at + 1), shapeAfter);
        Add(rows, 121, (int)ClueAt(clues, at - 1), (int)ClueAt(clues, at), shape);
        Add(rows, 122, (int)ClueAt(clues, at), shape, at == 0 ? 1 : 0);
    }

    // The capitalised run of a token: its last word often says what the whole is ("… University", "… River").
    private void AddRunClues(List<int> rows, NameSentence sentence, int at)
    {
        if (!sentence.Candidate[at])
            return;
        var (start, end) = (at, at);
        while (start > 0 && at - start < 6 && sentence.Candidate[start - 1])
            start--;
        while (end + 1 < sentence.Words.Length && end - at < 6 && sentence.Candidate[end + 1])
            end++;
        Add(rows, 150, (int)sentence.Clues[end], at == end ? 1 : 0);
        Add(rows, 151, (int)sentence.Clues[start], at == start ? 1 : 0);
        Add(rows, 152, sentence.Words[end].Lower);
        Add(rows, 157, (int)sentence.Clues[start], (int)sentence.Clues[end], Math.Min(4, end - start));
        Add(rows, 158, At(sentence.Words, start - 1), At(sentence.Words, end + 1), 0);
        Add(rows, 153, At(sentence.Words, start - 1), "", ShapeAt(sentence, at));
        Add(rows, 154, At(sentence.Words, end + 1), "", ShapeAt(sentence, at));
        Add(rows, 155, Math.Min(4, end - start), at - start);
        if (_run.Sentence != sentence || _run.Start != start || _run.End != end)
            _run = (sentence, start, end, NameContext.Of(sentence, start, end));
        var called = _run.Called;
        AddClues(rows, 200, called);
        Add(rows, 156, (int)called, at - start, at == end ? 1 : 0);
    }

    private static string At(SentenceWord[] words, int at) =>
        at < 0 ? "<s>"
        : at >= words.Length ? "</s>"
        : words[at].Lower;

    private static NameClue ClueAt(NameClue[] clues, int at) =>
        at < 0 || at >= clues.Length ? NameClue.None : clues[at];

    private WordHistory HistoryOf(string word) => _history.GetValueOrDefault(word);

    private static NameSentence SentenceOf(string text, TextSpan span)
    {
        var words = SentenceWords.Of(text, span).All;
        var (candidate, shapes) = (new bool[words.Length], new byte[words.Length]);
        for (var i = 0; i < words.Length; i++)
        {
            candidate[i] = IsCapital(text, words[i]);
            shapes[i] = ShapeOf(text.AsSpan(words[i].Span.Start, words[i].Span.Length), words[i].Kind);
        }

        // "14 Squadron", "the 65th Wing".
        for (var i = 0; i + 1 < words.Length; i++)
            if (candidate[i + 1] && words[i].Kind == TokenKind.Number && !words[i].IsYear)
                candidate[i] = true;
        for (var i = 1; i + 1 < words.Length; i++)
            if (
                !candidate[i]
                && candidate[i - 1]
                && Links(words[i])
                && (
                    IsCapital(text, words[i + 1])
                    || (i + 2 < words.Length && words[i + 1].Lower is "the" && IsCapital(text, words[i + 2]))
                )
            )
                candidate[i] = true;
        for (var i = 1; i + 1 < words.Length; i++)
            if (words[i].Lower is "the" && candidate[i - 1] && Links(words[i - 1]) && IsCapital(text, words[i + 1]))
                candidate[i] = true;
        return new(words, Gazetteer.Of(words), shapes, candidate);
    }

    private static bool IsCapital(string text, SentenceWord word)
    {
        if (word.Kind is not (TokenKind.Word or TokenKind.Number))
            return false;
        for (var i = word.Span.Start; i < word.Span.End; i++)
            if (char.IsUpper(text[i]))
                return true;
        return false;
    }

    private static bool Links(SentenceWord word) =>
        word.Lower
            is "of"
                or "and"
                or "&"
                or "for"
                or "de"
                or "la"
                or "von"
                or "van"
                or "der"
                or "del"
                or "di"
                or "da"
                or "al"
                or "bin"
                or "in"
                or "on"
                or "'s"
                or "-"
                or "."
                or "'"
                or "le"
                or "du"
                or "des"
                or "to"
                or "at"
        || word.Kind == TokenKind.Number;

    private void Note(NameSentence sentence)
    {
        for (var i = 0; i < sentence.Words.Length; i++)
        {
            var word = sentence.Words[i];
            if (!word.IsWord)
                continue;
            ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_history, word.Lower, out _);
            if (!char.IsUpper(_text[word.Span.Start]))
                seen |= WordHistory.LowerCaseToo;
            else
                seen |= Around(sentence, i);
        }

        NoteCalled(sentence);
    }

    // What one place tells of a name ("Caloi is a manufacturer") holds for all of them.
    private void NoteCalled(NameSentence sentence)
    {
        for (var start = 0; start < sentence.Words.Length; start++)
        {
            if (!sentence.Candidate[start])
                continue;
            var end = start;
            while (end + 1 < sentence.Words.Length && sentence.Candidate[end + 1])
                end++;
            var seen = (WordHistory)((int)NameContext.Of(sentence, start, end) >> 14 << 6);
            for (var i = start; seen != WordHistory.None && i <= end; i++)
                if (sentence.Words[i].IsWord && char.IsUpper(_text[sentence.Words[i].Span.Start]))
                    CollectionsMarshal.GetValueRefOrAddDefault(_history, sentence.Words[i].Lower, out _) |= seen;
            start = end;
        }
    }

    private WordHistory Around(NameSentence sentence, int i)
    {
        var (before, after) = (At(sentence.Words, i - 1), At(sentence.Words, i + 1));
        var seen = WordHistory.None;
        if (
            (ClueAt(sentence.Clues, i - 1) & (NameClue.FirstName | NameClue.Title)) != NameClue.None
            && char.IsUpper(_text[sentence.Words[i - 1].Span.Start])
        )
            seen |= WordHistory.AfterFirstNameOrTitle;
        if (before is "in" or "near" or "to" or "from")
            seen |= WordHistory.AfterPlacePreposition;
        if (before is "the")
            seen |= WordHistory.AfterThe;
        if ((ClueAt(sentence.Clues, i + 1) & NameClue.OrgWord) != NameClue.None && sentence.Candidate[i + 1])
            seen |= WordHistory.BeforeOrgWord;
        if (after is "said" or "says" or "told" or "added")
            seen |= WordHistory.BeforeSaying;
        return seen;
    }

    private static int ShapeAt(NameSentence sentence, int at) =>
        at < 0 || at >= sentence.Shapes.Length ? 0 : sentence.Shapes[at];

    // What the letters look like: all lower, all capitals, capital first, with digits, …
    private static byte ShapeOf(ReadOnlySpan<char> word, TokenKind kind)
    {
        if (kind == TokenKind.Number)
            return (byte)(word.Length == 4 ? 1 : 2);
        if (kind == TokenKind.Mark)
            return (byte)(16 + (word[0] & 63));
        var (firstIsUpper, upper, lower) = (char.IsUpper(word[0]), 0, 0);
        foreach (var c in word)
        {
            if (char.IsUpper(c))
                upper++;
            else if (char.IsLower(c))
                lower++;
        }

        if (!firstIsUpper)
            return (byte)(upper > 0 ? 3 : 4);
        if (word.Length == 1)
            return 5;
        if (word.Contains('.'))
            return 6;
        if (lower == 0)
            return (byte)(word.Length <= 4 ? 7 : 8);
        if (word.Contains('-'))
            return 9;
        return (byte)(upper > 1 ? 10 : 11);
    }

    private static void AddClues(List<int> rows, int kind, NameClue clues)
    {
        for (var bits = (uint)clues; bits != 0; bits &= bits - 1)
            Add(rows, kind + BitOperations.TrailingZeroCount(bits), 0);
    }

    private static void Add(List<int> rows, int kind, ReadOnlySpan<char> word) =>
        rows.Add(Fold(Hash(Start(kind), word)));

    private static void Add(List<int> rows, int kind, string one, string two) =>
        rows.Add(Fold(Hash(Hash(Start(kind), one) ^ 0x9E37u, two)));

    private static void Add(List<int> rows, int kind, string one, string two, int number) =>
        rows.Add(Fold(Hash(Hash(Hash(Start(kind), one) ^ 0x9E37u, two), number)));

    private static void Add(List<int> rows, int kind, string word, int number) =>
        rows.Add(Fold(Hash(Hash(Start(kind), word), number)));

    private static void Add(List<int> rows, int kind, int number, string word) =>
        rows.Add(Fold(Hash(Hash(Start(kind), number), word)));

    private static void Add(List<int> rows, int kind, int one, int two = 0, int three = 0) =>
        rows.Add(Fold(Hash(Hash(Hash(Start(kind), one), two), three)));

    // FNV-1a, 32 bits: the same on every machine, which string.GetHashCode is not.
    private static uint Start(int kind) => Hash(2166136261u, kind);

    private static uint Hash(uint hash, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            hash = (hash ^ c) * 16777619u;
        return hash;
    }

    private static uint Hash(uint hash, int number)
    {
        for (var i = 0; i < 4; i++)
            hash = (hash ^ (byte)(number >> (8 * i))) * 16777619u;
        return hash;
    }

    private static int Fold(uint hash) => (int)((hash ^ (hash >> 16)) & (Rows - 1));
}
