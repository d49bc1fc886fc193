using System.Collections.Frozen;
using FactCheck.Extraction.Text;

namespace FactCheck.Extraction.Quotes;

/// <summary>
/// What a word tells of who may be meant: the groups of <c>quotes/roles.txt</c>, which say what each is.
/// </summary>
[Flags]
internal enum Role
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

    /// <summary>The word has been looked up.</summary>
    Known = 1 << 12,
}

/// <summary>Looks words up in <c>quotes/roles.txt</c>, whatever their case.</summary>
internal static class Roles
{
    private const int LongestWord = 32;
    private static readonly FrozenDictionary<string, Role> ByWord = Load();
    private static readonly FrozenDictionary<string, Role>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        ByWord.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The roles of a word; a plural has those of its singular.</summary>
    public static Role Of(ReadOnlySpan<char> word)
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

    private static Role Single(ReadOnlySpan<char> word) => Lookup.TryGetValue(word, out var found) ? found : Role.None;

    private static FrozenDictionary<string, Role> Load()
    {
        var roles = new Dictionary<string, Role>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, words) in DataFiles.Groups("quotes/roles.txt"))
        {
            var role = Enum.Parse<Role>(key, ignoreCase: true);
            foreach (var word in words)
                roles[word] = roles.GetValueOrDefault(word) | role;
        }

        return roles.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
