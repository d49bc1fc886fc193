using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Exceptions;

namespace FactCheck.Extraction.Documents.Pdf;

/// <summary>A PDF: what it says of itself, and its text in reading order, without what repeats on its pages.</summary>
internal static class PdfFile
{
    // The parser follows nested objects by recursion up to this depth; the reading thread's stack holds it.
    private const int DeepestObjects = 128;

    // Fonts that don't say which letters they draw give control and private characters.
    private const double MostUnknown = 0.3;

    internal static ReadDocument Read(byte[] bytes, ReadLimits limits, CancellationToken cancellation)
    {
        var budget = new PdfBudget(limits, cancellation);
        try
        {
            using var input = new StoppableStream(bytes, budget);
            using var pdf = PdfDocument.Open(
                input,
                new ParsingOptions
                {
                    FilterProvider = new PdfFilters(budget),
                    MaxStackDepth = DeepestObjects,
                    SkipMissingFonts = true,
                    UseLenientParsing = true,
                }
            );
            return ArticleOf(pdf, limits, budget);
        }
        catch (PdfDocumentEncryptedException)
        {
            throw new UnreadableFileException(
                RejectionReason.Encrypted,
                "The PDF is protected by a password; save it without one and upload that."
            );
        }
        catch (Exception error) when (error is not (UnreadableFileException or OperationCanceledException))
        {
            // The parser throws whatever a damaged file makes it stumble over; where a limit was behind it, that is
            // the reason.
            budget.Look();
            throw new UnreadableFileException(
                RejectionReason.Unreadable,
                "The PDF is damaged; print it to a new PDF, or save its text as .txt, and upload that."
            );
        }
    }

    private static ReadDocument ArticleOf(PdfDocument pdf, ReadLimits limits, PdfBudget budget)
    {
        if (pdf.NumberOfPages > limits.MaxPages)
            throw new UnreadableFileException(
                RejectionReason.TooLong,
                $"The PDF has {pdf.NumberOfPages:N0} pages and the limit is {limits.MaxPages:N0}; upload the "
                    + "article's own pages."
            );
        pdf.AddPageFactory<PdfPage, PdfPageFactory>();
        var pages = new List<IReadOnlyList<PdfLine>>();
        int letters = 0,
            unknown = 0;
        for (var number = 1; number <= pdf.NumberOfPages; number++)
        {
            budget.Look();
            var glyphs = pdf.GetPage<PdfPage>(number).Glyphs;
            letters += glyphs.Count(g => !string.IsNullOrWhiteSpace(g.Text));
            unknown += glyphs.Count(g => IsUnknown(g.Text));
            pages.Add(PdfLayout.PiecesOf(glyphs));
        }

        budget.Look();
        if (letters == 0)
            throw new UnreadableFileException(
                RejectionReason.ImageOnly,
                "The PDF holds pictures of pages and no text; run text recognition (OCR) on it and upload the result."
            );
        if (unknown > MostUnknown * letters)
            throw new UnreadableFileException(
                RejectionReason.Unreadable,
                "The PDF does not say which letters its fonts draw; run text recognition (OCR) on it, or "
                    + "upload its text as .txt."
            );
        return ArticleOf(pages, MetaOf(pdf.Information), limits, budget);
    }

    private static ReadDocument ArticleOf(
        IReadOnlyList<IReadOnlyList<PdfLine>> pages,
        ArticleMeta info,
        ReadLimits limits,
        PdfBudget budget
    )
    {
        var bodies = PdfMargins.Without(pages);
        IReadOnlyList<PdfLine>[] lines = [.. bodies.Select(pieces => PdfLayout.LinesOf(pieces, budget))];
        var article = PdfArticle.Of(lines, info with { SourceUrl = PdfMargins.SourceOf(pages) }, limits.DateOrder);
        return article with
        {
            LeftOut = [.. article.LeftOut, new(LeftOutKind.Margins, SizeOf(pages) - SizeOf(bodies))],
            Findings =
            [
                .. Finding(
                    ReadingFindingKind.Columns,
                    lines,
                    PdfLayout.HasColumns,
                    "was read in columns, one after the other: look whether paragraphs go on where they should."
                ),
                .. Finding(
                    ReadingFindingKind.PicturePages,
                    pages,
                    pieces => pieces.Count == 0,
                    "holds no text: if it is a picture of one, run text recognition (OCR) on the file."
                ),
            ],
        };
    }

    private static TextSize SizeOf(IReadOnlyList<IReadOnlyList<PdfLine>> pages) =>
        TextSize.Of(pages.SelectMany(lines => lines).Select(line => line.Text));

    private static IEnumerable<ReadingFinding> Finding(
        ReadingFindingKind kind,
        IReadOnlyList<IReadOnlyList<PdfLine>> pages,
        Predicate<IReadOnlyList<PdfLine>> isMeant,
        string message
    )
    {
        var found = Enumerable.Range(0, pages.Count).Where(i => isMeant(pages[i])).Select(i => i + 1).ToList();
        if (found.Count > 0)
            yield return new(
                kind,
                $"Page {found[0]}{(found.Count > 1 ? $" and {found.Count - 1:N0} more" : "")} {message}"
            );
    }

    private static bool IsUnknown(string text) =>
        text.Length > 0 && (char.IsControl(text[0]) || text[0] is '\uFFFD' or (>= '\uE000' and <= '\uF8FF'));

    private static ArticleMeta MetaOf(DocumentInformation information) =>
        new(
            Title: MetaFields.Title(information.Title),
            Byline: MetaFields.Byline(information.Author is { } author ? Characters.Clean(author) : null),
            Published: (information.GetCreatedDateTimeOffset() ?? information.GetModifiedDateTimeOffset()) is { } date
                ? DateOnly.FromDateTime(date.Date)
                : null
        );

    /// <summary>The file's bytes, until time is up: a parser that goes round in circles reads as it goes.</summary>
    private sealed class StoppableStream(byte[] bytes, PdfBudget budget) : MemoryStream(bytes, writable: false)
    {
        public override int Read(Span<byte> buffer)
        {
            budget.Step();
            return base.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            budget.Step();
            return base.Read(buffer, offset, count);
        }

        public override int ReadByte()
        {
            budget.Step();
            return base.ReadByte();
        }
    }
}
