using System.Collections.Frozen;

namespace FactCheck.Extraction.Languages;

/// <summary>Serbian in Latin letters and Croatian share most words; <c>language/serbian-croatian.txt</c> lists those
/// that differ. Serbian must show more of its own: a sentence that shows none counts as Croatian.</summary>
internal static class SerbianOrCroatian
{
    private const int LongestStem = 12;
    private static readonly FrozenDictionary<string, int> Words = Load();

    internal static string Told(string language, string text)
    {
        if (language is not "hr")
            return language;
        var balance = 0;
        var lower = text.ToLowerInvariant();
        for (var at = 0; at < lower.Length; at++)
        {
            if (!char.IsLetter(lower[at]))
                continue;
            var end = at;
            while (end < lower.Length && char.IsLetter(lower[end]))
                end++;
            balance += SideOf(lower[at..end]);
            at = end;
        }

        return balance > 0 ? "sr" : "hr";
    }

    // 1 for a Serbian word, -1 for a Croatian one, 0 for one of both.
    private static int SideOf(string word)
    {
        if (Words.TryGetValue(word, out var side))
            return side;
        for (var length = Math.Min(LongestStem, word.Length); length > 2; length--)
            if (Words.TryGetValue(word[..length] + "-", out side))
                return side;
        return 0;
    }

    private static FrozenDictionary<string, int> Load() =>
        DataFiles
            .Groups("language/serbian-croatian.txt")
            .SelectMany(g =>
                g.Words.Distinct(StringComparer.Ordinal).Select(w => (Word: w, Side: g.Key is "sr" ? 1 : -1))
            )
            .ToFrozenDictionary(w => w.Word, w => w.Side, StringComparer.Ordinal);
}
