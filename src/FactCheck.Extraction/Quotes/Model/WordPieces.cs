namespace FactCheck.Extraction.Quotes.Model;

/// <summary>Text to words and pieces of words, as the model learned them: <c>attribution/words.py</c> of the training
/// does the same. Change both or neither.</summary>
/// <param name="vocabulary">One piece a line; its number is the line's.</param>
/// <param name="letters">Letters with accents, each followed by the one without.</param>
internal sealed class WordPieces(string vocabulary, string letters)
{
    private const int MostPieces = 12;
    private const int LongestWord = 100;
    private const string Opening = "“«„";
    private const string Closing = "”»";
    private readonly Dictionary<string, int> _pieces = vocabulary
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Index()
        .ToDictionary(line => line.Item, line => line.Index, StringComparer.Ordinal);

    private readonly Dictionary<char, char> _plain = letters.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);

    public int First => _pieces["[CLS]"];

    public int Last => _pieces["[SEP]"];

    private int Unknown => _pieces["[UNK]"];

    public List<ModelWord> Read(string text)
    {
        var words = new List<ModelWord>(text.Length / 5);
        var known = new Dictionary<string, int[]>(StringComparer.Ordinal);
        var (paragraph, inside, opens) = (0, false, true);
        for (var at = 0; at < text.Length; )
        {
            if (char.IsWhiteSpace(text[at]))
            {
                if (text[at] == '\n' && !opens)
                    (paragraph, inside, opens) = (paragraph + 1, false, true);
                at++;
                continue;
            }

            var word = text[at..WordEnd(text, at)];
            if (!known.TryGetValue(word, out var pieces))
                known[word] = pieces = Split(word);
            (inside, var quoted) = Mark(text[at], inside);
            var feature = Shape(word) + (quoted ? 4 : 0) + (opens ? 8 : 0);
            words.Add(new(new(at, word.Length), pieces, feature, paragraph));
            opens = false;
            at += word.Length;
        }

        return words;
    }

    private static int WordEnd(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsLetter(text[end]) || char.IsNumber(text[end])))
            end++;
        if (end > start)
            return end;
        return char.IsSurrogatePair(text, start) ? start + 2 : start + 1;
    }

    // What follows is inside marks; this word is. A paragraph's end closes what its writer left open.
    private static (bool Inside, bool Quoted) Mark(char c, bool inside) =>
        c == '"' ? (!inside, true)
        : Opening.Contains(c, StringComparison.Ordinal) ? (true, true)
        : Closing.Contains(c, StringComparison.Ordinal) ? (false, true)
        : (inside, inside);

    private static int Shape(string word)
    {
        if (!char.IsUpper(word[0]))
            return char.IsDigit(word[0]) ? 3 : 0;
        return word.Length > 1 && !word.Any(char.IsLower) ? 2 : 1;
    }

    // The longest piece first; a word of which a part is in no piece is unknown.
    private int[] Split(string word)
    {
        var plain = Plain(word);
        var found = new List<int>();
        for (var start = 0; start < plain.Length && plain.Length <= LongestWord; )
        {
            var end = plain.Length;
            var piece = 0;
            while (end > start && !_pieces.TryGetValue((start > 0 ? "##" : "") + plain[start..end], out piece))
                end--;
            if (end == start)
                return [Unknown];
            found.Add(piece);
            start = end;
        }

        return found.Count == 0 ? [Unknown] : [.. found.Take(MostPieces)];
    }

    private string Plain(string word) =>
        string.Create(
            word.Length,
            (word, _plain),
            static (letters, from) =>
            {
                for (var i = 0; i < letters.Length; i++)
                {
                    var letter = char.ToLowerInvariant(from.word[i]);
                    letters[i] = from._plain.GetValueOrDefault(letter, letter);
                }
            }
        );
}
