using System.Text;
using System.Text.RegularExpressions;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// Joins lines, and words that were divided between them. A hyphen at a line's end is either a division or the word's
/// own: the rest of the document tells which where it holds the word again; else a few first parts that are always
/// written with a hyphen, else it was a division.
/// </summary>
internal sealed partial class Hyphenation(string document)
{
    private static readonly HashSet<string> OwnHyphen = new(StringComparer.OrdinalIgnoreCase)
    {
        "all",
        "anti",
        "cross",
        "ex",
        "far",
        "five",
        "four",
        "full",
        "half",
        "high",
        "left",
        "long",
        "low",
        "mid",
        "near",
        "non",
        "one",
        "part",
        "pro",
        "right",
        "second",
        "self",
        "short",
        "single",
        "six",
        "so",
        "ten",
        "third",
        "three",
        "twenty",
        "two",
        "vice",
        "well",
        "year",
        "first",
        "ill",
        "post",
    };

    private readonly Lazy<HashSet<string>> _words = new(() => WordsOf(document));

    /// <summary>True where a word may go on in the next line.</summary>
    internal static bool Divides(string line, string next)
    {
        var end = line.AsSpan().TrimEnd();
        var start = next.AsSpan().TrimStart();
        return end is [.., var letter, '-' or '\u2010']
            && char.IsLetter(letter)
            && start.Length > 0
            && char.IsLower(start[0]);
    }

    /// <summary>Adds the next line of the same paragraph.</summary>
    internal void Append(StringBuilder paragraph, string line)
    {
        if (line.Length == 0)
            return;
        if (
            paragraph.Length < 2
            || paragraph[^1] is not ('-' or '\u2010')
            || !char.IsLetter(paragraph[^2])
            || !char.IsLower(line[0])
        )
        {
            // "1990-" and "Rhine-" before "Main" end in a hyphen of their own; a dash, or a hyphen after a space, is
            // none.
            var glued =
                paragraph.Length > 1
                && paragraph[^1] == '-'
                && char.IsLetterOrDigit(paragraph[^2])
                && char.IsLetterOrDigit(line[0]);
            if (paragraph.Length > 0 && !glued)
                paragraph.Append(' ');
        }
        else if (IsDivision(LastPart(paragraph), FirstPart(line)))
            paragraph.Length--;

        paragraph.Append(line);
    }

    private bool IsDivision(string before, string after)
    {
        if (_words.Value.Contains(before + after))
            return true;
        return !_words.Value.Contains($"{before}-{after}")
            && !before.Contains('-', StringComparison.Ordinal)
            && !OwnHyphen.Contains(before);
    }

    private static string LastPart(StringBuilder paragraph)
    {
        var start = paragraph.Length - 1;
        while (start > 0 && (char.IsLetter(paragraph[start - 1]) || paragraph[start - 1] == '-'))
            start--;
        return paragraph.ToString(start, paragraph.Length - 1 - start);
    }

    private static string FirstPart(string line)
    {
        var end = 0;
        while (end < line.Length && char.IsLetter(line[end]))
            end++;
        return line[..end];
    }

    private static HashSet<string> WordsOf(string document)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var match in Word().EnumerateMatches(document))
            words.Add(document.Substring(match.Index, match.Length));
        return words;
    }

    [GeneratedRegex(@"\p{L}+(-\p{L}+)*", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Word();
}
