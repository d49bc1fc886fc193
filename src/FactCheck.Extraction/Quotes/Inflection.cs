namespace FactCheck.Extraction.Quotes;

/// <summary>Regular English inflection; the irregular forms stand in the word lists.</summary>
internal static class Inflection
{
    public static string Third(string word) =>
        word switch
        {
            [.. var stem, 'y'] when stem.Length > 0 && !IsVowel(stem[^1]) => stem + "ies",
            [.., 's' or 'x' or 'z'] or [.., 'c' or 's', 'h'] or [.., 'g', 'o'] => word + "es",
            _ => word + "s",
        };

    public static string Past(string word) =>
        word switch
        {
            [.. var stem, 'y'] when stem.Length > 0 && !IsVowel(stem[^1]) => stem + "ied",
            [.., 'e'] => word + "d",
            _ => word + "ed",
        };

    public static string Ing(string word) =>
        word is [.. var stem, 'e'] && word is not [.., 'e', 'e'] ? stem + "ing" : word + "ing";

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u';
}
