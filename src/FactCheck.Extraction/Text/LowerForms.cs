namespace FactCheck.Extraction.Text;

/// <summary>
/// Words in lower case, straight apostrophes. Texts repeat their words: a small cache of each thread gives the same
/// string again without making a new one.
/// </summary>
internal static class LowerForms
{
    private const int Slots = 1 << 13;
    private const int LongestCached = 24;

    [ThreadStatic]
    private static string?[]? cache;

    /// <summary>The lower form of a word.</summary>
    public static string Of(ReadOnlySpan<char> word)
    {
        if (word.Length > LongestCached)
            return Slow(word);
        Span<char> lower = stackalloc char[LongestCached];
        lower = lower[..word.Length];
        var hash = 2166136261u;
        for (var i = 0; i < word.Length; i++)
        {
            var c = word[i];
            if (char.IsAsciiLetterUpper(c))
                c = (char)(c | 0x20);
            else if (c >= '\u0080')
            {
                if (char.IsSurrogate(c))
                    return Slow(word);
                c = c == '\u2019' ? '\'' : char.ToLowerInvariant(c);
            }

            lower[i] = c;
            hash = (hash ^ c) * 16777619u;
        }

        ref var slot = ref (cache ??= new string?[Slots])[(hash ^ (hash >> 15)) & (Slots - 1)];
        if (slot is not null && lower.SequenceEqual(slot))
            return slot;
        return slot = lower.ToString();
    }

    /// <summary>Two words with a space between.</summary>
    public static string Pair(string one, string two)
    {
        if (one.Length + two.Length >= LongestCached)
            return one + " " + two;
        Span<char> pair = stackalloc char[LongestCached];
        one.CopyTo(pair);
        pair[one.Length] = ' ';
        two.CopyTo(pair[(one.Length + 1)..]);
        return Of(pair[..(one.Length + 1 + two.Length)]);
    }

    private static string Slow(ReadOnlySpan<char> word) => word.ToString().ToLowerInvariant().Replace('\u2019', '\'');
}
