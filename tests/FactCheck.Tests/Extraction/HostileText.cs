using CsCheck;

namespace FactCheck.Tests.Extraction;

/// <summary>Text that no newsroom would write: pieces of prose, marks and broken characters in any order.</summary>
internal static class HostileText
{
    private static readonly string[] Pieces =
    [
        "He said", "said", "she", " ", " ", " ", "\n", "\n\n", "\"", "“", "”", "‘", "’", "'", "«", "»", "„", "“", ".", "...", "…", "?", "!", ",", ":", "—", "-",
        "Ana Kovač", "Mr.", "U.S.", "according to", "that", "the minister", "told", "claims", "no", "(", ")", "\ud83d", "\ude00", "😀", "\0", "\t", "\r\n",
        "It rained.", "We won", "who", "and", "3.5", "'s", "’s", "of", "\u00a0", "\u2029", "Corp.", "Smith", "It was not", "told reporters that", "asked whether",
        "is sure", "was accused of", "his criticism of", "its report", "the club", "Harbour Club", "pointed out", "called for", "PENCE:", "which", "(", "many of whom",
        "\u202e", "\u05d0\u05de\u05e8", "\u0642\u0627\u0644", "\u200f", "\u0007", "\u0085", "👩‍🚀", "\ud835\udc00", "e\u0301", "''", "``",
    ];

    public static Gen<string> Any { get; } = Gen.OneOf(
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 60].Select(string.Concat),
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 60].Select(pieces => string.Join(' ', pieces)),
        Gen.String);
}
