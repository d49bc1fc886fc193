using System.Collections.Frozen;

namespace FactCheck.Extraction.Languages;

/// <summary>Each language's letters beside a to z: a text with many others is in another language.</summary>
internal static class Alphabets
{
    // Names bring letters from elsewhere, and Turkish comes with the letters that Latin-1 has in place of its own.
    private const double MostForeign = 0.015;

    private static readonly FrozenDictionary<string, string> Letters = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["de"] = "äöüßéèêàáçñ",
        ["en"] = "éèêëàâäáçñöøåïíóúüćčšžđłńëæœ",
        ["es"] = "áéíóúüñç",
        ["fr"] = "àâæçéèêëîïôœùûüÿ",
        ["hr"] = "čćđšž",
        ["it"] = "àèéìíîòóùú",
        ["nl"] = "éèëêïíóöüáàçĳ",
        ["pl"] = "ąćęłńóśźż",
        ["pt"] = "áâãàçéêíóôõúü",
        ["ru"] = "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        ["sr"] = "абвгдђежзијклљмнњопрстћуфхцчџш",
        ["tr"] = "çğıöşüâîûi̇ýþð",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static bool Fit(string language, string text)
    {
        var own = Letters[language];
        var (letters, foreign) = (0, 0);
        foreach (var c in text)
        {
            if (!char.IsLetter(c))
                continue;
            letters++;
            if (!char.IsAsciiLetter(c) && !own.Contains(char.ToLowerInvariant(c), StringComparison.Ordinal))
                foreign++;
        }

        return foreign < 2 || foreign <= MostForeign * letters;
    }
}
