using System.Buffers;
using System.Text;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// Marks that point to a note, raised ("4.2¹") or in brackets ("12[3]"): they are no part of what is said, and must
/// never touch a figure. A raised figure that belongs to a unit or a power of ten stays, as one that is raised: km³.
/// </summary>
internal static class ReferenceMarks
{
    private const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    private const int LongestUnit = 2;
    private const int LongestNumber = 3;

    private static readonly SearchValues<char> MarkSigns = SearchValues.Create(Raised + "0123456789*†‡§¶#,;-–()[] ");
    private static readonly SearchValues<char> Candidates = SearchValues.Create(Raised + "[");

    /// <summary>A paragraph without them.</summary>
    internal static string Without(string paragraph)
    {
        if (!paragraph.AsSpan().ContainsAny(Candidates))
            return paragraph;
        var kept = new StringBuilder(paragraph.Length);
        for (var at = 0; at < paragraph.Length; )
        {
            var end = EndOfRaised(paragraph, at);
            if (end > at)
                AppendRaised(kept, paragraph.AsSpan(at, end - at));
            else if (EndOfBracket(paragraph, at) is var bracket and > 0)
                end = bracket;
            else
                kept.Append(paragraph[end++]);
            at = end;
        }

        return kept.ToString();
    }

    /// <summary>Adds what a document shows raised: a mark is left out, "th" of "19th" is kept.</summary>
    internal static void AppendRaised(StringBuilder text, ReadOnlySpan<char> raised)
    {
        var mark = raised.Trim();
        if (mark.ContainsAnyExcept(MarkSigns))
        {
            if (!IsLetterAtFigure(text, mark))
                text.Append(raised);
        }
        else if (IsPower(text))
        {
            foreach (var c in mark)
                text.Append(char.IsAsciiDigit(c) ? Raised[c - '0'] : c);
        }
    }

    // "1,900ᵃ", "1,900ᵃ,ᵇ"; two letters are an ordinal's.
    private static bool IsLetterAtFigure(StringBuilder text, ReadOnlySpan<char> mark)
    {
        if (text.Length == 0 || !char.IsDigit(text[^1]))
            return false;
        for (var at = 0; at < mark.Length; at++)
        {
            var isSingle = char.IsAsciiLetterLower(mark[at]) && !(at > 0 && char.IsLetter(mark[at - 1]));
            if (!isSingle && !MarkSigns.Contains(mark[at]))
                return false;
        }

        return true;
    }

    private static int EndOfRaised(string text, int at)
    {
        while (at < text.Length && Raised.Contains(text[at], StringComparison.Ordinal))
            at++;
        return at;
    }

    // "said.[12]": glued to what it annotates; "the [4] members" was written by somebody who quotes.
    private static int EndOfBracket(string text, int at)
    {
        if (text[at] != '[' || at == 0 || char.IsWhiteSpace(text[at - 1]) || text[at - 1] is '(' or '“' or '"')
            return 0;
        var end = at + 1;
        while (end < text.Length && end - at <= LongestNumber && char.IsAsciiDigit(text[end]))
            end++;
        return end > at + 1 && end < text.Length && text[end] == ']' ? end + 1 : 0;
    }

    // "m²", "km³", "10⁶": the end of a word as short as a unit, or ten.
    private static bool IsPower(StringBuilder text)
    {
        var start = text.Length;
        while (start > 0 && text.Length - start <= LongestUnit && char.IsLetter(text[start - 1]))
            start--;
        var letters = text.Length - start;
        if (letters > 0)
            return letters <= LongestUnit;
        return text.Length > 1
            && text[^1] == '0'
            && text[^2] == '1'
            && (text.Length == 2 || !(char.IsDigit(text[^3]) || text[^3] is '.' or ','));
    }
}
