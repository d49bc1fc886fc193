using System.Globalization;
using System.Numerics;

namespace FactCheck.Extraction.Evaluation;

/// <summary>Figures with so many digits, to the last digit as the reference scorers print them.</summary>
public static class Digits
{
    // Enough for every binary digit of a double of this size: what is rounded is its exact value.
    private const int Exact = 1_080;

    /// <summary>Rounded from the exact value, halves to even: IEEE 754's roundTiesToEven, as in Python.</summary>
    public static string Of(double value, int digits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var text = value.ToString($"F{Exact}", CultureInfo.InvariantCulture);
        var kept = text.Length - Exact + digits;
        var head = BigInteger.Parse(
            text[..kept].Replace(".", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture
        );
        var rest = text.AsSpan(kept).TrimStart('.');
        var isHalf = rest[0] == '5' && rest[1..].IndexOfAnyExcept('0') < 0;
        if (rest[0] > '5' || (rest[0] == '5' && (!isHalf || !head.IsEven)))
            head++;
        var all = head.ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        return digits == 0 ? all : $"{all[..^digits]}.{all[^digits..]}";
    }
}

/// <summary>Sums done in the order of the reference scorers, since the last digit may hang on it.</summary>
internal static class Percent
{
    /// <summary>The harmonic mean of two shares, in percent.</summary>
    public static double F1(double precision, double recall) =>
        precision + recall == 0 ? 0 : 200 * precision * recall / (precision + recall);
}
