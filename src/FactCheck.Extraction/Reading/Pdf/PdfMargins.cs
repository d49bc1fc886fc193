using System.Text.RegularExpressions;

namespace FactCheck.Extraction;

/// <summary>Headers, footers and page numbers: pieces of lines at the top or bottom that come again on other pages, digits aside.</summary>
internal static partial class PdfMargins
{
    private const int LinesLookedAt = 2;
    private const double ShareOfPages = 0.4;

    internal static IReadOnlyList<IReadOnlyList<PdfLine>> Without(IReadOnlyList<IReadOnlyList<PdfLine>> pages)
    {
        var edges = pages.Select(Edges).ToList();
        var pagesOf = edges.SelectMany(lines => lines.Select(KeyOf).Distinct(StringComparer.OrdinalIgnoreCase))
            .GroupBy(key => key, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.Count(), StringComparer.OrdinalIgnoreCase);
        return [.. pages.Select((lines, i) => (IReadOnlyList<PdfLine>)[.. lines.Where(line => !(edges[i].Contains(line) && IsMargin(line, i + 1)))])];

        bool IsMargin(PdfLine line, int number)
        {
            var on = pagesOf[KeyOf(line)];
            return (on >= 2 && on >= ShareOfPages * pages.Count) || IsNumberOf(line.Text, number, pages.Count);
        }
    }

    // Pieces on the first and last base lines, give or take a point.
    private static HashSet<PdfLine> Edges(IReadOnlyList<PdfLine> pieces)
    {
        var rows = pieces.GroupBy(p => Math.Round(p.Base)).OrderByDescending(row => row.Key).ToList();
        return [.. rows.Take(LinesLookedAt).Concat(rows.TakeLast(LinesLookedAt)).SelectMany(row => row)];
    }

    private static string KeyOf(PdfLine line) => Digits().Replace(line.Text, "#");

    private static bool IsNumberOf(string text, int number, int pages)
    {
        var match = PageNumber().Match(text);
        if (!match.Success) return false;
        var said = match.Groups["page"].Success || match.Groups["of"].Success;
        return said || (pages > 1 && match.Groups["number"].ValueSpan.SequenceEqual($"{number}"));
    }

    [GeneratedRegex(@"\d+", RegexOptions.NonBacktracking)]
    private static partial Regex Digits();

    [GeneratedRegex(@"^[\W_]*(?<page>(page|p\.)\s*)?(?<number>\d{1,4})(?<of>\s*(of|/)\s*\d{1,4})?[\W_]*$", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex PageNumber();
}
