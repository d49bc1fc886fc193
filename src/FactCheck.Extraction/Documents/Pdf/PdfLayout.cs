using System.Text;

namespace FactCheck.Extraction.Documents.Pdf;

/// <summary>A line of a page.</summary>
/// <param name="Block">Lines of one column and band have the same number.</param>
internal sealed record PdfLine(string Text, double Left, double Right, double Base, double Size, int Block = 0);

/// <summary>
/// Glyphs to lines in reading order. Glyphs of one base line without a wide gap are a piece; where a white gutter
/// parts most pieces, the page has columns there, read one after the other between the pieces that span them; else
/// pieces of one base line are a line.
/// </summary>
internal static class PdfLayout
{
    // In font sizes.
    private const double SameLine = 0.5;
    private const double WordGap = 0.18;
    private const double PieceGap = 0.6;
    private const double CellGap = 1.0;

    // What is raised is smaller than its line, and stands higher by a share of the line's size.
    private const double SmallSize = 0.85;
    private const double RaisedBy = 0.1;

    // In the glyph's own width: "ll" is two letters.
    private const double SameGlyph = 0.4;

    private const int MostColumns = 6;
    private const int FewestLines = 4;
    private const int ShortestProse = 15;
    private const double GutterStep = 2;
    private const double NarrowestGutter = 4;
    private const double MostSpanning = 0.35;

    /// <summary>Pieces to lines in reading order.</summary>
    internal static IReadOnlyList<PdfLine> LinesOf(IReadOnlyList<PdfLine> pieces, PdfBudget budget)
    {
        var lines = new List<PdfLine>();
        Order(pieces, lines, MostColumns, budget);
        return lines;
    }

    /// <summary>Whether the lines of a page were read column by column: what spans them has negative numbers.</summary>
    internal static bool HasColumns(IReadOnlyList<PdfLine> lines) =>
        lines.Where(line => line.Block > 0).Select(line => line.Block).Distinct().Take(2).Count() > 1;

    /// <summary>Glyphs to pieces of lines, from the top.</summary>
    internal static IReadOnlyList<PdfLine> PiecesOf(IReadOnlyList<PdfGlyph> glyphs)
    {
        // Some programs call everything an artifact.
        var artifacts = glyphs.Count(g => g.IsArtifact);
        if (artifacts * 2 < glyphs.Count)
            glyphs = [.. glyphs.Where(g => !g.IsArtifact)];
        var pieces = new List<PdfLine>();
        var row = new List<PdfGlyph>();
        foreach (var glyph in glyphs.Where(g => g.Text.Length > 0).OrderByDescending(g => g.Base))
        {
            if (row.Count > 0 && row[0].Base - glyph.Base > SameLine * Math.Max(row[0].Size, glyph.Size))
                AddPieces(row, pieces);
            row.Add(glyph);
        }

        AddPieces(row, pieces);
        return pieces;
    }

    private static void AddPieces(List<PdfGlyph> row, List<PdfLine> pieces)
    {
        var sorted = row.OrderBy(g => g.Left).ToList();
        row.Clear();
        var start = 0;
        for (var i = 1; i <= sorted.Count; i++)
        {
            if (i < sorted.Count && sorted[i].Left - sorted[i - 1].Right <= PieceGap * sorted[i].Size)
                continue;
            if (PieceOf(sorted[start..i]) is { } piece)
                pieces.Add(piece);
            start = i;
        }
    }

    private static PdfLine? PieceOf(List<PdfGlyph> glyphs)
    {
        var seen = glyphs.Where(g => !string.IsNullOrWhiteSpace(g.Text)).ToList();
        if (seen.Count == 0)
            return null;
        var size = Median(seen.Select(g => g.Size));
        var line = seen.GroupBy(g => Math.Round(g.Base, 1)).MaxBy(g => g.Count())!.Key;
        // A soft hyphen at a line's end is a division that must be seen until the next line is known.
        var text = TextOf(glyphs, g => g.Size < SmallSize * size && g.Base - line > RaisedBy * size).TrimEnd();
        var divided = text.EndsWith('\u00AD');
        var clean = ParagraphText.Collapse(Characters.Clean(text)) + (divided ? "-" : "");
        return clean.Length == 0 ? null : new(clean, seen[0].Left, seen.Max(g => g.Right), line, size);
    }

    private static string TextOf(List<PdfGlyph> glyphs, Predicate<PdfGlyph> isRaised)
    {
        var text = new StringBuilder();
        var raised = new StringBuilder();
        PdfGlyph? last = null;
        foreach (var glyph in glyphs)
        {
            if (IsWrittenTwice(glyph))
                continue;
            if (!isRaised(glyph))
                Lower();
            if (last is { } previous && glyph.Left - previous.Right > WordGap * glyph.Size)
                (isRaised(glyph) ? raised : text).Append(' ');
            (isRaised(glyph) ? raised : text).Append(glyph.Text);
            last = glyph;
        }

        Lower();
        return text.ToString();

        // Bold letters are sometimes made by writing them twice.
        bool IsWrittenTwice(PdfGlyph glyph) =>
            last is { } before
            && before.Text == glyph.Text
            && glyph.Left - before.Left < SameGlyph * (before.Right - before.Left)
            && glyph.Text != " ";

        void Lower()
        {
            if (raised.Length > 0)
                ReferenceMarks.AppendRaised(text, raised.ToString());
            raised.Clear();
        }
    }

    private static void Order(IReadOnlyList<PdfLine> pieces, List<PdfLine> lines, int columns, PdfBudget budget)
    {
        budget.Look();
        if (columns <= 1 || GutterOf(pieces, budget) is not { } gutter)
        {
            AddLines(pieces, lines);
            return;
        }

        var band = new List<PdfLine>();
        foreach (var piece in pieces.OrderByDescending(p => p.Base))
        {
            if (piece.Right <= gutter || piece.Left >= gutter)
                band.Add(piece);
            else
            {
                Split();
                AddSpanning(piece, lines);
            }
        }

        Split();

        void Split()
        {
            Order([.. band.Where(p => p.Right <= gutter)], lines, columns - 1, budget);
            Order([.. band.Where(p => p.Left >= gutter)], lines, columns - 1, budget);
            band.Clear();
        }
    }

    // Lines over all columns that follow each other are one block.
    private static void AddSpanning(PdfLine piece, List<PdfLine> lines)
    {
        var goesOn = lines.Count > 0 && lines[^1].Block < 0 && lines[^1].Base - piece.Base < 2.5 * piece.Size;
        lines.Add(piece with { Block = goesOn ? lines[^1].Block : -1 - lines.Count });
    }

    private static void AddLines(IReadOnlyList<PdfLine> pieces, List<PdfLine> lines)
    {
        var block = lines.Count + 1;
        var row = new List<PdfLine>();
        foreach (var piece in pieces.OrderByDescending(p => p.Base))
        {
            if (row.Count > 0 && row[0].Base - piece.Base > SameLine * Math.Max(row[0].Size, piece.Size))
                Close();
            row.Add(piece);
        }

        Close();

        void Close()
        {
            if (row.Count == 0)
                return;
            var sorted = row.OrderBy(p => p.Left).ToList();
            lines.Add(
                new(
                    string.Join(' ', sorted.Select(p => p.Text)),
                    sorted[0].Left,
                    sorted.Max(p => p.Right),
                    row.MaxBy(p => p.Text.Length)!.Base,
                    row.MaxBy(p => p.Text.Length)!.Size,
                    block
                )
            );
            row.Clear();
        }
    }

    // The place that parts the most pieces and that the fewest cross, if both sides hold prose. Cells of a table are
    // short: those are read by row.
    private static double? GutterOf(IReadOnlyList<PdfLine> pieces, PdfBudget budget)
    {
        if (pieces.Count < 2 * FewestLines)
            return null;
        double left = pieces.Min(p => p.Left),
            right = pieces.Max(p => p.Right);
        if (right - left > 100_000)
            return null;
        (double Score, double At)? best = null;
        double? runStart = null;
        var runCrossing = 0;
        for (var x = left + GutterStep; x < right; x += GutterStep)
        {
            budget.Look();
            var (before, after) = SidesOf(pieces, x);
            var crossing = pieces.Count - before - after;
            if (runStart is null || crossing != runCrossing)
                (runStart, runCrossing) = (x, crossing);
            if (
                Math.Min(before, after) < FewestLines
                || crossing > MostSpanning * pieces.Count
                || x - runStart < NarrowestGutter
            )
                continue;
            var score = Math.Min(before, after) - 2.0 * crossing;
            if (best is null || score > best.Value.Score)
                best = (score, x - (NarrowestGutter / 2));
        }

        return
            best is { } found
            && IsProse(pieces.Where(p => p.Right <= found.At))
            && IsProse(pieces.Where(p => p.Left >= found.At))
            ? found.At
            : null;
    }

    private static (int Before, int After) SidesOf(IReadOnlyList<PdfLine> pieces, double x)
    {
        var (before, after) = (0, 0);
        foreach (var piece in pieces)
        {
            if (piece.Right <= x)
                before++;
            else if (piece.Left >= x)
                after++;
        }

        return (before, after);
    }

    // Set to a width, a line falls apart into pieces, though not as far from each other as cells are.
    private static bool IsProse(IEnumerable<PdfLine> pieces)
    {
        var lengths = new List<double>();
        PdfLine? last = null;
        foreach (var piece in pieces.OrderByDescending(p => p.Base).ThenBy(p => p.Left))
        {
            var goesOn =
                last is not null
                && Math.Abs(last.Base - piece.Base) < SameLine * piece.Size
                && piece.Left - last.Right is >= 0 and var gap
                && gap <= CellGap * piece.Size;
            if (goesOn)
                lengths[^1] += piece.Text.Length;
            else
                lengths.Add(piece.Text.Length);
            last = piece;
        }

        return Median(lengths) >= ShortestProse;
    }

    internal static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    internal static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[(int)(sorted.Count * share)];
    }
}
