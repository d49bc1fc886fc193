using System.Text.RegularExpressions;

namespace FactCheck.Extraction.Documents.Pdf;

/// <summary>
/// Headers, footers and page numbers: pieces of lines at the top or bottom that come again on other pages, digits
/// aside.
/// </summary>
internal static partial class PdfMargins
{
    private const int LinesLookedAt = 2;
    private const double ShareOfPages = 0.4;

    // In font sizes.
    private const double WhiteSpace = 1.7;

    internal static IReadOnlyList<IReadOnlyList<PdfLine>> Without(IReadOnlyList<IReadOnlyList<PdfLine>> pages)
    {
        var edges = pages.Select(Edges).ToList();
        var pagesOf = edges
            .SelectMany(lines => lines.Select(KeyOf).Distinct(StringComparer.OrdinalIgnoreCase))
            .GroupBy(key => key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => g.Count(), StringComparer.OrdinalIgnoreCase);
        return
        [
            .. pages.Select(
                (lines, i) =>
                    (IReadOnlyList<PdfLine>)
                        [.. lines.Where(line => !(edges[i].Contains(line) && IsMargin(line, i + 1)))]
            ),
        ];

        bool IsMargin(PdfLine line, int number)
        {
            var on = pagesOf[KeyOf(line)];
            return (on >= 2 && on >= ShareOfPages * pages.Count)
                || IsNumberOf(line.Text, number, pages.Count)
                || Headings.SourceOf(line.Text) is not null;
        }
    }

    /// <summary>The page that was printed, where a browser wrote its address at the edge.</summary>
    internal static Uri? SourceOf(IReadOnlyList<IReadOnlyList<PdfLine>> pages) =>
        pages.SelectMany(Edges).Select(piece => Headings.SourceOf(piece.Text)).FirstOrDefault(url => url is not null);

    // Pieces on the first and last base lines, give or take a point, up to the white space that parts them from the
    // text.
    private static HashSet<PdfLine> Edges(IReadOnlyList<PdfLine> pieces)
    {
        var rows = pieces.GroupBy(p => Math.Round(p.Base)).OrderByDescending(row => row.Key).ToList();
        return [.. Outer(rows), .. Outer([.. rows.AsEnumerable().Reverse()])];
    }

    private static IEnumerable<PdfLine> Outer(List<IGrouping<double, PdfLine>> rows)
    {
        var count = Enumerable
            .Range(1, LinesLookedAt)
            .LastOrDefault(n =>
                n < rows.Count && Math.Abs(rows[n - 1].Key - rows[n].Key) > WhiteSpace * rows[n].Max(p => p.Size)
            );
        return rows.Take(count).SelectMany(row => row);
    }

    private static string KeyOf(PdfLine line) => Digits().Replace(line.Text, "#");

    private static bool IsNumberOf(string text, int number, int pages)
    {
        var match = PageNumber().Match(text);
        if (!match.Success)
            return false;
        var said = match.Groups["page"].Success || match.Groups["of"].Success;
        return said || (pages > 1 && match.Groups["number"].ValueSpan.SequenceEqual($"{number}"));
    }

    [GeneratedRegex(@"\d+", RegexOptions.NonBacktracking)]
    private static partial Regex Digits();

    [GeneratedRegex(
        @"^[\W_]*(?<page>(page|p\.)\s*)?(?<number>\d{1,4})(?<of>\s*(of|/)\s*\d{1,4})?[\W_]*$",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PageNumber();
}
