using System.Collections.Frozen;
using System.Globalization;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// Characters that Word writes by their place in a font (ECMA-376 part 1, 17.3.3.30). Fonts of symbols have them in
/// the private area, from F000 on: of the font Symbol the common ones are known, of others none.
/// </summary>
internal static class DocxSymbols
{
    // What stands there for something nobody can name, so that the figures around it don't become one.
    private const string Unknown = "\uFFFD";

    private static readonly FrozenDictionary<int, char> Symbol = Greek()
        .Concat("0123456789()[]{}.,;:+/=<>%!?|&#_ ".Select(c => ((int)c, c)))
        .Concat([
            (0x2D, '−'),
            (0xA0, '€'),
            (0xA2, '′'),
            (0xA3, '≤'),
            (0xA5, '∞'),
            (0xAB, '↔'),
            (0xAC, '←'),
            (0xAD, '↑'),
            (0xAE, '→'),
            (0xAF, '↓'),
            (0xB0, '°'),
            (0xB1, '±'),
            (0xB2, '″'),
            (0xB3, '≥'),
            (0xB4, '×'),
            (0xB7, '•'),
            (0xB8, '÷'),
            (0xB9, '≠'),
            (0xBB, '≈'),
            (0xBC, '…'),
            (0xD7, '·'),
            (0xD2, '®'),
            (0xD3, '©'),
            (0xD4, '™'),
        ])
        .ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <summary>The character of a font at a place that is written in hexadecimal digits.</summary>
    internal static string Of(string? font, string? place)
    {
        if (
            !int.TryParse(place, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code is < ' ' or > char.MaxValue
            || char.IsSurrogate((char)code)
        )
            return Unknown;
        var isSymbol = string.Equals(font, nameof(Symbol), StringComparison.OrdinalIgnoreCase);
        if (isSymbol && Symbol.TryGetValue(code & 0xFF, out var known) && code is < 0x100 or >= 0xF000)
            return $"{known}";
        return isSymbol || code is >= 0xE000 and <= 0xF8FF ? Unknown : $"{(char)code}";
    }

    private static IEnumerable<(int, char)> Greek()
    {
        const string Capitals = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
        const string Small = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
        return Capitals.Select((c, i) => ('A' + i, c)).Concat(Small.Select((c, i) => ('a' + i, c)));
    }
}
