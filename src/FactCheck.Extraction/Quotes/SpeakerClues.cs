using System.Collections.Frozen;

namespace FactCheck.Extraction.Quotes;

/// <summary>What a word tells of who may be meant; <c>quotes/speaker-clues.txt</c> says what each group is.</summary>
[Flags]
internal enum SpeakerClue
{
    None = 0,
    Title = 1,
    Group = 1 << 1,
    Woman = 1 << 2,
    Man = 1 << 3,
    Label = 1 << 4,
    Work = 1 << 5,
    Thing = 1 << 6,
    People = 1 << 7,
    Text = 1 << 8,
    Study = 1 << 9,
    Voices = 1 << 10,
    Linking = 1 << 11,

    Known = 1 << 12,
}

/// <summary>Looks words up in <c>quotes/speaker-clues.txt</c>, whatever their case.</summary>
internal static class SpeakerClues
{
    private const int LongestWord = 32;
    private static readonly FrozenDictionary<string, SpeakerClue> ByWord = Load();
    private static readonly FrozenDictionary<string, SpeakerClue>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        ByWord.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The clues of a word; a plural has those of its singular.</summary>
    public static SpeakerClue Of(ReadOnlySpan<char> word)
    {
        word = word.TrimEnd('.');
        var found = Single(word);
        if (word.Length < 4 || word.Length > LongestWord || word[^1] != 's')
            return found;
        found |= Single(word[..^1]);
        if (word.Length < 5 || word is not [.., 'i', 'e', 's'])
            return found;
        Span<char> singular = stackalloc char[LongestWord];
        word[..^3].CopyTo(singular);
        singular[word.Length - 3] = 'y';
        return found | Single(singular[..(word.Length - 2)]);
    }

    private static SpeakerClue Single(ReadOnlySpan<char> word) =>
        Lookup.TryGetValue(word, out var found) ? found : SpeakerClue.None;

    private static FrozenDictionary<string, SpeakerClue> Load()
    {
        var clues = new Dictionary<string, SpeakerClue>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, words) in DataFiles.Groups("quotes/speaker-clues.txt"))
        {
            var clue = Enum.Parse<SpeakerClue>(key, ignoreCase: true);
            foreach (var word in words)
                clues[word] = clues.GetValueOrDefault(word) | clue;
        }

        return clues.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
