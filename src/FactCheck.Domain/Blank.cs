using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FactCheck.Domain;

/// <summary>Whether people who write say anything.</summary>
public static class Blank
{
    /// <summary>True where a reader sees nothing: no text, white space, or only characters without a glyph, such as
    /// U+200B (zero width space) and U+202E (right-to-left override).</summary>
    public static bool Is([NotNullWhen(false)] string? text) =>
        text is null || text.All(c => char.IsWhiteSpace(c) || IsWithoutGlyph(c));

    private static bool IsWithoutGlyph(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Control;
}
