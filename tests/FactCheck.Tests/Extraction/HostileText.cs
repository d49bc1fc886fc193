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
    ];

    public static Gen<string> Any { get; } = Gen.OneOf(
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 60].Select(string.Concat),
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 60].Select(pieces => string.Join(' ', pieces)),
        Gen.String);
}
