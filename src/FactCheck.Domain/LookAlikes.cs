using System.Globalization;
using System.Text;

namespace FactCheck.Domain;

/// <summary>Names that the eye takes for one another. What is compared is a name's skeleton: compatibility forms (of what
/// <see cref="Person.IsName"/> lets in), case and look-alikes of other scripts (after Unicode's TR 39, for Latin, Greek
/// and Cyrillic) are one. The app runs without ICU, and so without .NET's own NFKC.</summary>
public static class LookAlikes
{
    // What looks like the letter before the colon, as it is written: capitals of Greek and Cyrillic look otherwise than
    // their small letters do.
    private static readonly Dictionary<char, char> Likeness = Table(
        "a:ɑαаΑА b:ΒВвЬь c:сСϲϹ d:ԁԀ e:еЕΕҽҼ g:ɡ h:ΗНһҺн j:јЈϳ k:ΚκКкĸ l:iI1|ıɩΙιІіӀӏ m:ΜМм n:Νη o:0ΟοОоσ p:ΡρРр "
            + "q:ԛԚ r:г s:Ѕѕ t:ΤτТт u:υ v:νѵѴ w:ԝԜѡѠ x:ΧχХх y:ΥγУуүҮ z:Ζ 3:Зз"
    );

    // Letters that NFKC takes for others: ligatures, and small ones above the line.
    private static readonly Dictionary<char, string> Forms = (
        "ﬀ:ff ﬁ:fi ﬂ:fl ﬃ:ffi ﬄ:ffl ﬅ:st ﬆ:st ĳ:ij Ĳ:IJ ǆ:dz ǅ:Dz Ǆ:DZ ǉ:lj ǈ:Lj Ǉ:LJ ǌ:nj ǋ:Nj Ǌ:NJ ſ:s "
        + "ª:a º:o ᵃ:a ᵇ:b ᶜ:c ᵈ:d ᵉ:e ᶠ:f ᵍ:g ʰ:h ⁱ:i ʲ:j ᵏ:k ˡ:l ᵐ:m ⁿ:n ᵒ:o ᵖ:p ʳ:r ˢ:s ᵗ:t ᵘ:u ᵛ:v ʷ:w ˣ:x ʸ:y ᶻ:z"
    )
        .Split(' ')
        .ToDictionary(row => row[0], row => row[2..]);

    /// <summary>What two names share exactly when they look alike.</summary>
    public static string SkeletonOf(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        // Case is folded both ways: ſ and K have one capital, ς and σ too.
        foreach (var c in Compatible(name))
            skeleton.Append(
                Likeness.TryGetValue(c, out var like) ? like
                : char.ToLowerInvariant(char.ToUpperInvariant(c)) is var folded
                && Likeness.TryGetValue(folded, out var likeFolded)
                    ? likeFolded
                : folded
            );
        return skeleton.Replace("ß", "ss").Replace("rn", "m").Replace("vv", "w").ToString();
    }

    /// <summary>True for names that the eye takes for one another, and for the same name.</summary>
    public static bool Are(string one, string other) => SkeletonOf(one) == SkeletonOf(other);

    private static string Compatible(string name) =>
        string.Concat(
            CanonicalForm
                .Compose(name)
                .Select(c =>
                    Forms.TryGetValue(c, out var form) ? form
                    : c is >= '\uFF01' and <= '\uFF5E' ? $"{(char)(c - 0xFEE0)}" // full width
                    : CharUnicodeInfo.GetDecimalDigitValue(c) is >= 0 and var digit ? $"{digit}"
                    : $"{c}"
                )
        );

    private static Dictionary<char, char> Table(string rows)
    {
        var table = new Dictionary<char, char>();
        foreach (var row in rows.Split(' '))
        foreach (var like in row[2..])
            table.TryAdd(like, row[0]);
        return table;
    }
}
