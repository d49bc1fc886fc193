namespace FactCheck.Domain;

/// <summary>A piece of a text by position. Offsets and lengths are UTF-16 code units.</summary>
/// <param name="Start">Offset of the first code unit, from 0.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>Offset just past the last code unit.</summary>
    public int End => Start + Length;

    /// <summary>The span from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The end lies before the start, or the start below 0.</exception>
    public static TextSpan FromBounds(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        return new(start, end - start);
    }

    /// <summary>True when every code unit of <paramref name="other"/> lies in this span.</summary>
    public bool Contains(TextSpan other) => other.Start >= Start && other.End <= End;

    /// <summary>True when the two share at least one code unit.</summary>
    public bool Overlaps(TextSpan other) => other.Start < End && Start < other.End;

    /// <summary>True when the span lies inside a text of that length.</summary>
    public bool FitsIn(int textLength) => Start >= 0 && Length >= 0 && Start <= textLength - Length;

    /// <summary>True when the span lies inside a text and cuts no character (surrogate pair) in two.</summary>
    public bool FitsIn(string text) => FitsIn(text.Length) && !Cuts(text, Start) && !Cuts(text, End);

    private static bool Cuts(string text, int at) =>
        at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);

    /// <summary>The text that the span names.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span does not lie inside <paramref name="text"/>.</exception>
    public string In(string text) => text.Substring(Start, Length);
}
