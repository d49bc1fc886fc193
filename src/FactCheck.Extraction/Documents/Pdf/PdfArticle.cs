using System.Text;

namespace FactCheck.Extraction.Documents.Pdf;

/// <summary>
/// Lines to an article: the largest words of the first page are its title; spacing, indents and short last lines part
/// its paragraphs.
/// </summary>
internal sealed class PdfArticle
{
    // In font sizes, leadings or shares of a column.
    private const double TitleSize = 1.15;
    private const double OtherSize = 0.12;
    private const double ParagraphSpace = 1.3;
    private const double Indent = 0.7;
    private const double ShortLine = 0.15;
    private const int LongestTitle = 300;

    private readonly Hyphenation _hyphenation;
    private readonly double _leading;
    private readonly Dictionary<(int Page, int Block), (double Left, double Right)> _columns;

    private PdfArticle(IReadOnlyList<IReadOnlyList<PdfLine>> pages)
    {
        _hyphenation = new(string.Join('\n', pages.SelectMany(p => p).Select(l => l.Text)));
        // Gaps between paragraphs count too; the usual distance of lines is among the small ones.
        _leading = PdfLayout.Quantile(
            pages
                .SelectMany(p =>
                    p.Zip(p.Skip(1))
                        .Where(pair => pair.First.Block == pair.Second.Block)
                        .Select(pair => (pair.First.Base - pair.Second.Base) / pair.Second.Size)
                )
                .Where(l => l is > 0.8 and < 3),
            0.25
        );
        _columns = pages
            .SelectMany((lines, page) => lines.Select(line => (Key: (page, line.Block), line)))
            .GroupBy(l => l.Key, l => l.line)
            .ToDictionary(g => g.Key, g => (g.Min(l => l.Left), g.Max(l => l.Right)));
    }

    internal static ReadDocument Of(IReadOnlyList<IReadOnlyList<PdfLine>> pages, ArticleMeta info, DateOrder order)
    {
        var (title, rest) = WithoutTitle(pages);
        var paragraphs = new PdfArticle(rest)
            .Paragraphs(rest)
            .Select(p => ReferenceMarks.Without(ParagraphText.Collapse(p)))
            .Where(p => p.Length > 0)
            .ToList();
        // A title among the file's properties is often another document's; it counts where the first page says it, or
        // has no larger words.
        var heading = Headings.Take(paragraphs, title ?? info.Title, order);
        // Who made the file and when only fills in what the page does not say.
        return new(
            ParagraphText.Join(paragraphs),
            [new(FactSource.Headline, new(Title: title)), heading.Said, new(FactSource.Properties, info)]
        )
        {
            LeftOut = [heading.LeftOut, new(LeftOutKind.Heading, TextSize.Of(title ?? ""))],
        };
    }

    private static (string? Title, IReadOnlyList<IReadOnlyList<PdfLine>> Others) WithoutTitle(
        IReadOnlyList<IReadOnlyList<PdfLine>> pages
    )
    {
        if (pages.Count == 0 || pages[0].Count == 0)
            return (null, pages);
        var body = pages
            .SelectMany(p => p)
            .GroupBy(l => Math.Round(l.Size * 2) / 2)
            .MaxBy(g => g.Sum(l => l.Text.Length))!
            .Key;
        var largest = pages[0].Max(l => l.Size);
        if (largest < TitleSize * body)
            return (null, pages);
        var lines = pages[0]
            .SkipWhile(l => l.Size < largest * (1 - OtherSize))
            .TakeWhile(l => l.Size >= largest * (1 - OtherSize))
            .ToList();
        var words = new StringBuilder();
        var hyphenation = new Hyphenation("");
        foreach (var line in lines)
            hyphenation.Append(words, line.Text);
        if (words.Length > LongestTitle)
            return (null, pages);
        return (
            words.ToString(),
            [
                [.. pages[0].Where(l => !lines.Contains(l))],
                .. pages.Skip(1),
            ]
        );
    }

    private IEnumerable<string> Paragraphs(IReadOnlyList<IReadOnlyList<PdfLine>> pages)
    {
        var open = new StringBuilder();
        (int Page, PdfLine Line)? last = null;
        foreach (var (page, line) in pages.SelectMany((lines, page) => lines.Select(line => (page, line))))
        {
            if (last is { } before && Begins(before.Page, before.Line, page, line))
            {
                yield return open.ToString();
                open.Clear();
            }

            _hyphenation.Append(open, line.Text);
            last = (page, line);
        }

        yield return open.ToString();
    }

    private bool Begins(int lastPage, PdfLine last, int page, PdfLine line)
    {
        if (Math.Abs(line.Size - last.Size) > OtherSize * Math.Max(line.Size, last.Size))
            return true;
        if (Hyphenation.Divides(last.Text, line.Text))
            return false;
        if (ParagraphText.IsListItem(line.Text))
            return true;
        var (left, right) = _columns[(page, line.Block)];
        var indented = line.Left - left > Indent * line.Size;
        if (lastPage != page || last.Block != line.Block)
            return EndsParagraph(lastPage, last, indented, line.Text);
        if ((last.Base - line.Base) / line.Size > ParagraphSpace * Math.Max(_leading, 1))
            return true;
        if (indented && last.Left - left <= Indent * line.Size)
            return true;
        return ParagraphText.EndsSentence(last.Text) && right - last.Right > ShortLine * (right - left);
    }

    // From one column or page to the next nothing can be measured but whether a sentence, and its line, were at their
    // end.
    private bool EndsParagraph(int lastPage, PdfLine last, bool indented, string next)
    {
        if (!ParagraphText.EndsSentence(last.Text))
            return _columns[(lastPage, last.Block)] is var (left, right)
                && right - last.Right > (0.5 * (right - left))
                && char.IsUpper(next[0]);
        var column = _columns[(lastPage, last.Block)];
        return indented
            || column.Right - last.Right > ShortLine * (column.Right - column.Left)
            || !char.IsLower(next[0]);
    }
}
