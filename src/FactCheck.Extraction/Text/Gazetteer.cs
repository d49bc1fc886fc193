using System.Collections.Frozen;

namespace FactCheck.Extraction.Text;

/// <summary>Clues that a word gives of what a name is; a word may give several.</summary>
[Flags]
internal enum NameClue
{
    None = 0,
    Country = 1,
    State = 1 << 1,
    City = 1 << 2,
    Region = 1 << 3,
    PlaceWord = 1 << 4,
    FirstName = 1 << 5,
    Title = 1 << 6,
    OrgWord = 1 << 7,
    OrgName = 1 << 8,
    Demonym = 1 << 9,
    EventWord = 1 << 10,
    MiscWord = 1 << 11,
    MonthDay = 1 << 12,
    Particle = 1 << 13,
    SomeBody = 1 << 14,
    SomePerson = 1 << 15,
    SomePlace = 1 << 16,
    SomeWork = 1 << 17,
    LastName = 1 << 18,
}

/// <summary>Looks up <c>entities/gazetteer.txt</c>.</summary>
internal static class Gazetteer
{
    private static readonly FrozenDictionary<string, NameClue> Single = Load(w =>
        !w.Contains('_', StringComparison.Ordinal)
    );
    private static readonly FrozenDictionary<string, (string[] Words, NameClue Clue)[]> Phrases = LoadPhrases();

    /// <summary>The clues of each word. A phrase gives its clue to all of its words.</summary>
    internal static NameClue[] Of(SentenceWord[] words)
    {
        var clues = new NameClue[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            clues[i] |= Of(words[i].Lower);
            if (!Phrases.TryGetValue(words[i].Lower, out var phrases))
                continue;
            foreach (var (phrase, clue) in phrases)
                if (StartsAt(words, i, phrase))
                    Mark(clues, i, phrase.Length, clue);
        }

        return clues;
    }

    internal static NameClue Of(string lower) => Single.TryGetValue(lower, out var clue) ? clue : NameClue.None;

    private static void Mark(NameClue[] clues, int at, int length, NameClue clue)
    {
        for (var i = at; i < at + length; i++)
            clues[i] |= clue;
    }

    private static bool StartsAt(SentenceWord[] words, int at, string[] phrase)
    {
        if (at + phrase.Length > words.Length)
            return false;
        for (var i = 1; i < phrase.Length; i++)
            if (!words[at + i].Lower.Equals(phrase[i], StringComparison.Ordinal))
                return false;
        return true;
    }

    private static FrozenDictionary<string, NameClue> Load(Func<string, bool> isWanted)
    {
        var found = new Dictionary<string, NameClue>(StringComparer.Ordinal);
        foreach (var (clue, words) in Groups())
        foreach (var word in words.Where(isWanted))
            found[word] = found.GetValueOrDefault(word) | clue;
        return found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenDictionary<string, (string[], NameClue)[]> LoadPhrases() =>
        Load(w => w.Contains('_', StringComparison.Ordinal))
            .Select(p => (Words: p.Key.Split('_'), Clue: p.Value))
            .GroupBy(p => p.Words[0], StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.Select(p => (p.Words, p.Clue)).ToArray(), StringComparer.Ordinal);

    private static IEnumerable<(NameClue Clue, string[] Words)> Groups() =>
        DataFiles
            .Groups("entities/gazetteer.txt")
            .Select(g =>
                (Enum.Parse<NameClue>(g.Key.Replace("-", "", StringComparison.Ordinal), ignoreCase: true), g.Words)
            );
}
