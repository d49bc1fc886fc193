using System.Text;

namespace FactCheck.Extraction.Documents;

/// <summary>Paragraphs as the stored text has them: white space inside collapsed, one blank line between.</summary>
internal static class ParagraphText
{
    internal static string Join(IEnumerable<string> paragraphs) =>
        string.Join("\n\n", paragraphs.Select(Collapse).Where(p => p.Length > 0));

    /// <summary>Runs of white space to one space, none at the ends.</summary>
    internal static string Collapse(string text)
    {
        var collapsed = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                collapsed.Append(c);
            else if (collapsed.Length > 0 && collapsed[^1] != ' ')
                collapsed.Append(' ');
        }

        return collapsed.ToString().TrimEnd();
    }

    /// <summary>
    /// Plain text to paragraphs. A blank line ends one. Lines inside a block are joined where the block is clearly
    /// hard-wrapped (lines about equally long, none longer than <see cref="LongestWrappedLine"/>), or where the next
    /// line goes on in lower case; else each line is a paragraph.
    /// </summary>
    internal static IEnumerable<string> OfPlainText(string text)
    {
        var block = new List<string>();
        var hyphenation = new Hyphenation(text);
        foreach (var line in text.Split('\n').Append(""))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                block.Add(line.Replace('\t', ' '));
                continue;
            }

            foreach (var paragraph in OfBlock(block, hyphenation))
                yield return paragraph;
            block.Clear();
        }
    }

    private const int LongestWrappedLine = 100;
    private const int ShortestWrappedLine = 40;

    private static IEnumerable<string> OfBlock(List<string> lines, Hyphenation hyphenation)
    {
        if (lines.Count == 0)
            yield break;
        var wrapped = IsHardWrapped(lines);
        var paragraph = new StringBuilder(lines[0].Trim());
        for (var i = 1; i < lines.Count; i++)
        {
            if (GoesOn(lines[i - 1], lines[i], wrapped))
            {
                hyphenation.Append(paragraph, lines[i].Trim());
            }
            else
            {
                yield return paragraph.ToString();
                paragraph.Clear().Append(lines[i].AsSpan().Trim());
            }
        }

        yield return paragraph.ToString();
    }

    private static bool IsHardWrapped(List<string> lines)
    {
        if (lines.Count < 2)
            return false;
        var lengths = lines.Take(lines.Count - 1).Select(l => l.Trim().Length).ToList();
        var longest = Math.Max(lengths.Max(), lines[^1].Trim().Length);
        return longest <= LongestWrappedLine && lengths.Average() >= Math.Max(ShortestWrappedLine, longest * 0.6);
    }

    private static bool GoesOn(string line, string next, bool wrapped)
    {
        if (IsListItem(next))
            return false;
        if (Hyphenation.Divides(line, next))
            return true;
        var indented =
            next.Length > 2
            && next.StartsWith("  ", StringComparison.Ordinal)
            && !line.StartsWith("  ", StringComparison.Ordinal);
        if (indented && EndsSentence(line))
            return false;
        return wrapped || (char.IsLower(next.TrimStart()[0]) && !EndsSentence(line));
    }

    internal static bool EndsSentence(string line) =>
        line.AsSpan().TrimEnd() is [.., '.' or '!' or '?' or '"' or '”' or ':' or '»'];

    internal static bool IsListItem(string line)
    {
        var trimmed = line.TrimStart();
        if (trimmed is ['-' or '*' or '•' or '–', ' ', ..])
            return true;
        var digits = trimmed.TakeWhile(char.IsAsciiDigit).Count();
        return digits is 1 or 2
            && trimmed.Length > digits + 1
            && trimmed[digits] is ('.' or ')')
            && trimmed[digits + 1] == ' ';
    }
}
