using System.Collections.Frozen;

namespace FactCheck.Extraction.Text;

/// <summary>Closed word classes of English, as flags: a word may stand in several.</summary>
[Flags]
internal enum WordClass
{
    None = 0,
    Determiner = 1,
    Possessive = 1 << 1,
    SubjectPronoun = 1 << 2,
    ObjectPronoun = 1 << 3,
    Demonstrative = 1 << 4,
    Auxiliary = 1 << 5,
    Be = 1 << 6,
    Modal = 1 << 7,
    Preposition = 1 << 8,
    Coordinator = 1 << 9,
    Subordinator = 1 << 10,
    Relative = 1 << 11,
    Adverb = 1 << 12,
    Negation = 1 << 13,
    Day = 1 << 14,
    Month = 1 << 15,
    TimeNoun = 1 << 16,
    SentenceOpener = 1 << 17,
    Question = 1 << 18,
    FirstOrSecondPerson = 1 << 19,
}

/// <summary>Looks words up in <c>text/word-classes.txt</c>, whatever their case.</summary>
internal static class WordClasses
{
    private static readonly FrozenDictionary<string, WordClass> Classes = Load();
    private static readonly FrozenDictionary<string, WordClass>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Classes.GetAlternateLookup<ReadOnlySpan<char>>();

    public static WordClass Of(ReadOnlySpan<char> word) =>
        Lookup.TryGetValue(word, out var found) ? found : WordClass.None;

    public static bool Is(ReadOnlySpan<char> word, WordClass any) => (Of(word) & any) != WordClass.None;

    private static FrozenDictionary<string, WordClass> Load()
    {
        var classes = new Dictionary<string, WordClass>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, words) in DataFiles.Groups("text/word-classes.txt"))
        {
            var flag = Enum.Parse<WordClass>(key.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
            foreach (var word in words)
                classes[word] = classes.GetValueOrDefault(word) | flag;
        }

        return classes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
