using System.IO.Compression;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// A Word document: its own properties, and its text in reading order with notes at the end. Macros, pictures and
/// embedded files are never unpacked; what is unpacked is counted while it is, since a packed part says of its size
/// what it likes.
/// </summary>
internal static class DocxFile
{
    // A title, a name, dates and keywords; the package library reads them whole, at twenty times their length.
    private const int MostProperties = 256 * 1024;

    internal static ReadDocument Read(byte[] bytes, ReadLimits limits, CancellationToken cancellation)
    {
        try
        {
            RefuseBombs(bytes, limits, cancellation);
            using var file = WordprocessingDocument.Open(new MemoryStream(bytes, writable: false), isEditable: false);
            return ArticleOf(file, limits, cancellation);
        }
        catch (Exception error) when (error is not (UnreadableFileException or OperationCanceledException))
        {
            // The packaging and XML libraries throw a dozen kinds of exception for damaged files; all of them mean
            // the same.
            throw new UnreadableFileException(
                RejectionReason.Unreadable,
                "The Word document is damaged; open it in a word processor, save it again as .docx and upload that."
            );
        }
    }

    // Everything that is XML is unpacked once and thrown away: after that the document is known to be small.
    private static void RefuseBombs(byte[] bytes, ReadLimits limits, CancellationToken cancellation)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
        if (zip.Entries.Count > limits.MaxParts)
            throw new UnreadableFileException(
                RejectionReason.TooLarge,
                $"The document has {zip.Entries.Count:N0} parts and the limit is {limits.MaxParts:N0}; upload "
                    + "the article's text without pictures and attachments."
            );
        var buffer = new byte[64 * 1024];
        long total = 0;
        foreach (var entry in zip.Entries.Where(IsXml))
        {
            using var part = entry.Open();
            for (int read; (read = part.Read(buffer)) > 0; )
            {
                cancellation.ThrowIfCancellationRequested();
                if ((total += read) > limits.MaxUnpackedBytes)
                    throw TooLarge(limits);
            }
        }
    }

    // A part is what its content type says, whatever its name: this one need not have been counted.
    private static void RefuseLong(OpenXmlPart properties)
    {
        using var part = properties.GetStream(FileMode.Open, FileAccess.Read);
        if (
            part.ReadAtLeast(new byte[MostProperties + 1], MostProperties + 1, throwOnEndOfStream: false)
            > MostProperties
        )
            throw new InvalidDataException("Properties without end.");
    }

    private static bool IsXml(ZipArchiveEntry entry) =>
        entry.FullName.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
        || entry.FullName.EndsWith(".rels", StringComparison.OrdinalIgnoreCase)
        || entry.FullName.EndsWith(".psmdcp", StringComparison.OrdinalIgnoreCase);

    private static ReadDocument ArticleOf(
        WordprocessingDocument file,
        ReadLimits limits,
        CancellationToken cancellation
    )
    {
        var main = file.MainDocumentPart ?? throw new InvalidDataException("No main part.");
        if (file.CoreFilePropertiesPart is { } properties)
            RefuseLong(properties);
        var text = new DocxText(limits, new DocxChunks(main, limits, cancellation).Of, cancellation);
        ReadPart(main, text, limits);
        if (main.FootnotesPart is { } footnotes)
            ReadPart(footnotes, text, limits);
        if (main.EndnotesPart is { } endnotes)
            ReadPart(endnotes, text, limits);

        var title = text.Title ?? MetaFields.Title(file.PackageProperties.Title);
        var paragraphs = text
            .Paragraphs.Select(p => ReferenceMarks.Without(ParagraphText.Collapse(p)))
            .Where(p => p.Length > 0)
            .ToList();
        var heading = Headings.Take(paragraphs, title, limits.DateOrder);
        // Who saved a file and when says less than its byline and date line: it only fills what is missing.
        return new(
            ParagraphText.Join(paragraphs),
            [
                new(FactSource.Headline, new(Title: text.Title)),
                heading.Said,
                new(FactSource.Properties, PropertiesOf(file)),
            ]
        )
        {
            LeftOut = [heading.LeftOut, new(LeftOutKind.Heading, TextSize.Of(text.Title ?? ""))],
            Findings = text.IsRepaired ? [Mojibake.Finding] : [],
        };
    }

    private static ArticleMeta PropertiesOf(WordprocessingDocument file) =>
        new(
            Title: MetaFields.Title(file.PackageProperties.Title),
            Byline: MetaFields.Byline(file.PackageProperties.Creator),
            Published: (file.PackageProperties.Created ?? file.PackageProperties.Modified) is { } date
                ? DateOnly.FromDateTime(date)
                : null,
            Language: MetaFields.Language(file.PackageProperties.Language)
        );

    private static void ReadPart(OpenXmlPart part, DocxText text, ReadLimits limits)
    {
        // Only what is XML by its name was counted.
        if (!part.Uri.OriginalString.EndsWith(".xml", StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException("A text that is no XML.");
        using var stream = part.GetStream(FileMode.Open, FileAccess.Read);
        using var xml = XmlReader.Create(
            stream,
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
                MaxCharactersInDocument = limits.MaxUnpackedBytes,
            }
        );
        text.Read(xml);
    }

    internal static UnreadableFileException TooLarge(ReadLimits limits) =>
        new(
            RejectionReason.TooLarge,
            $"The document unpacks to more than {ReadLimits.Megabytes(limits.MaxUnpackedBytes)} MB; upload "
                + "the article's text as .txt or .md."
        );
}
