using System.Collections.Frozen;
using System.Text;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// Single characters made uniform: line ends "\n", no-break and other odd spaces to a space, zero-width and control
/// characters and soft hyphens gone (with the line break where a word was divided at one), Latin ligatures as their
/// letters, a letter with a combining accent composed (NFC for Latin letters), an unpaired surrogate replaced.
/// </summary>
internal static class Characters
{
    private const char SoftHyphen = '\u00AD';

    // Latin ligatures only: full compatibility normalisation would also turn ½ and ² into other words.
    private const char FirstLigature = '\uFB00';
    private const char LastLigature = '\uFB06';
    private static readonly string[] Ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];

    // string.Normalize does nothing where globalisation is invariant, so the pairs that occur in Latin script are
    // composed here.
    private static readonly FrozenDictionary<(char Base, char Mark), char> Composed = Pairs()
        .ToFrozenDictionary(p => (p.Base, p.Mark), p => p.Whole);

    internal static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == SoftHyphen)
                i = EndOfDivision(text, i);
            else if (text[i] is >= FirstLigature and <= LastLigature)
                clean.Append(Ligatures[text[i] - FirstLigature]);
            else
                Append(clean, text, i);
        }

        return clean.ToString();
    }

    // A soft hyphen before a line break divided a word: the break, and what indents the next line, go with it.
    private static int EndOfDivision(string text, int softHyphen)
    {
        var at = softHyphen + 1;
        while (at < text.Length && text[at] is ' ' or '\t' or '\r')
            at++;
        if (at >= text.Length || text[at] != '\n')
            return softHyphen;
        while (at + 1 < text.Length && text[at + 1] is ' ' or '\t')
            at++;
        return at + 1 < text.Length && char.IsLetter(text[at + 1]) ? at : softHyphen;
    }

    private static void Append(StringBuilder clean, string text, int i)
    {
        var c = text[i];
        if (c == '\r')
        {
            if (i + 1 >= text.Length || text[i + 1] != '\n')
                clean.Append('\n');
        }
        else if (char.IsSurrogate(c))
            clean.Append(IsPaired(text, i) ? c : '\uFFFD');
        else if (c is '\u2028' or '\u0085' or '\v')
            clean.Append('\n');
        else if (c is '\u2029' or '\f')
            clean.Append("\n\n");
        else if (c is '\n' or '\t')
            clean.Append(c);
        else if (c is '\u00A0' or '\u202F' or '\u3000' or (>= '\u2000' and <= '\u200A'))
            clean.Append(' ');
        else if (!IsInvisible(c))
            AppendComposed(clean, c);
    }

    private static void AppendComposed(StringBuilder clean, char c)
    {
        if (clean.Length > 0 && c is >= '\u0300' and <= '\u036F' && Composed.TryGetValue((clean[^1], c), out var whole))
            clean[^1] = whole;
        else
            clean.Append(c);
    }

    private static bool IsPaired(string text, int i) =>
        char.IsHighSurrogate(text[i])
            ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])
            : i > 0 && char.IsHighSurrogate(text[i - 1]);

    private static bool IsInvisible(char c) =>
        char.IsControl(c)
        || c
            is '\u00AD'
                or '\uFEFF'
                or '\u061C'
                or (>= '\u200B' and <= '\u200F')
                or (>= '\u202A' and <= '\u202E')
                or (>= '\u2060' and <= '\u206F')
                or (>= '\uFFF9' and <= '\uFFFB');

    private static IEnumerable<(char Base, char Mark, char Whole)> Pairs()
    {
        (char Mark, string BasesAndWholes)[] table =
        [
            ('\u0300', "AÀEÈIÌOÒUÙaàeèiìoòuùNǸnǹWẀwẁYỲyỳ"),
            ('\u0301', "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźGǴgǵ"),
            ('\u0302', "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷ"),
            ('\u0303', "AÃNÑOÕaãnñoõIĨiĩUŨuũEẼeẽYỸyỹ"),
            ('\u0304', "AĀaāEĒeēIĪiīOŌoōUŪuū"),
            ('\u0306', "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭийИЙ"),
            ('\u0307', "CĊcċEĖeėGĠgġIİZŻzż"),
            ('\u0308', "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸеёЕЁ"),
            ('\u030A', "AÅaåUŮuů"),
            ('\u030B', "OŐoőUŰuű"),
            ('\u030C', "CČcčDĎdďEĚeěNŇnňRŘrřSŠsšTŤtťZŽzž"),
            ('\u0327', "CÇcçGĢKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţ"),
            ('\u0328', "AĄaąEĘeęIĮiįUŲuų"),
        ];
        foreach (var (mark, pairs) in table)
            for (var i = 0; i + 1 < pairs.Length; i += 2)
                yield return (pairs[i], mark, pairs[i + 1]);
    }
}
