using System.Collections.Frozen;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>
/// Raised characters: an exponent stays, as a raised character; the mark of a note goes, since as plain text it would
/// become a digit of the figure before it.
/// </summary>
internal static class ReferenceMarks
{
    private const int LongestMark = 12;
    private const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private static readonly FrozenSet<string> Units = "m cm mm km dm nm µm μm ft in yd mi s h kg l"
        .Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What stands in a text for raised characters; null where they are words like any.</summary>
    /// <param name="before">The text of the paragraph so far.</param>
    /// <param name="raised">The characters.</param>
    /// <param name="leadsToNote">Whether the page says that they lead to a note.</param>
    /// <param name="next">The character after them; a space at the end.</param>
    internal static string? InText(ReadOnlySpan<char> before, string raised, bool leadsToNote, char next)
    {
        var mark = raised.Trim();
        if (mark.Length is 0 or > LongestMark)
            return mark.Length == 0 ? "" : null;
        if (IsBracketed(mark))
            return "";
        if (leadsToNote && (mark.Length <= 3 || IsMark(mark)))
            return "";
        if (!IsMark(mark))
            return mark.Length == 1 && IsExactFigure(before) ? "" : null;
        if (IsExponent(before, mark))
            return string.Concat(mark.Select(c => char.IsAsciiDigit(c) ? Raised[c - '0'] : '⁻'));
        // The mass number of an isotope stands before its letter.
        return char.IsLetter(next) && IsAtStart(before) && mark.All(char.IsAsciiDigit) ? mark : "";
    }

    /// <summary>Whether a link's words are no more than the mark of a note: "[2]", "*", or "2" right behind a word or in
    /// a link to a note.</summary>
    internal static bool IsLinkToNote(ReadOnlySpan<char> before, string words, string address)
    {
        var mark = words.Trim();
        if (address.IndexOf('#', StringComparison.Ordinal) is var at && at < 0)
            return false;
        var isGlued = !before.IsEmpty && !char.IsWhiteSpace(before[^1]) && before[^1] is not ('(' or '-' or '–');
        return mark.Length is > 0 and <= LongestMark
            && (IsBracketed(mark) || (IsMark(mark) && (isGlued || LeadsToNote(address[(at + 1)..]))));
    }

    /// <summary>Whether a name, as of a class or the target of a link, is that of a note.</summary>
    internal static bool LeadsToNote(string name) =>
        name.StartsWith("fn", StringComparison.OrdinalIgnoreCase)
        || name.Contains("note", StringComparison.OrdinalIgnoreCase)
        || name.Contains("cite", StringComparison.OrdinalIgnoreCase)
        || name.Contains("ref", StringComparison.OrdinalIgnoreCase);

    private static bool IsBracketed(string mark) => mark is ['[', .., ']'] or ['(', .., ')'] && mark.Length <= 6;

    private static bool IsMark(string mark) =>
        mark.All(c => char.IsAsciiDigit(c) || c is ',' or ';' or '-' or '–' or '−' or '*' or '†' or '‡' or '§' or ' ');

    private static bool IsAtStart(ReadOnlySpan<char> before) => before.IsEmpty || before[^1] is ' ' or '(' or '\n';

    // Areas and volumes have exponents, and so has ten, where it isn't "10 percent" with its first or second note; "4.2"
    // and "1,900" have none.
    private static bool IsExponent(ReadOnlySpan<char> before, string mark)
    {
        var isSigned = mark[0] is '-' or '−' or '–';
        var digits = mark.AsSpan(isSigned ? 1 : 0);
        if (digits.Length is 0 or > 2 || digits.ContainsAnyExceptInRange('0', '9'))
            return false;
        var unit = Behind(before, char.IsLetter);
        if (unit.Length > 0)
            return (digits is "2" or "3" || (isSigned && digits is "1")) && Units.Contains(unit.ToString());
        var isProduct = before.TrimEnd("0123456789 ") is [.., '×' or '·' or '⋅' or 'x' or '*'];
        return Behind(before, c => char.IsAsciiDigit(c) || c is '.' or ',') is "10"
            && (isSigned || isProduct || digits is not ("1" or "2"));
    }

    private static bool IsExactFigure(ReadOnlySpan<char> before) =>
        Behind(before, c => char.IsAsciiDigit(c) || c is '.' or ',') is var figure
        && figure.ContainsAny('.', ',')
        && char.IsAsciiDigit(before[^1]);

    private static ReadOnlySpan<char> Behind(ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        var start = text.Length;
        while (start > 0 && belongs(text[start - 1]))
            start--;
        return text[start..];
    }
}
