using DocumentFormat.OpenXml.Packaging;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// A file that a program put into a Word document as it is, for Word to take in when it opens the document (ECMA-376
/// part 1, 17.17.2). A page and plain text are read; an article without what stands in any other would be a part of
/// one, and is refused.
/// </summary>
internal sealed class DocxChunks(MainDocumentPart main, ReadLimits limits, CancellationToken cancellation)
{
    private long _read;

    /// <summary>The paragraphs of the file with this relationship.</summary>
    /// <exception cref="UnreadableFileException">It can't be read, or all of them are too large.</exception>
    public IEnumerable<string> Of(string relationship)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!main.TryGetPartById(relationship, out var part) || part is not AlternativeFormatImportPart)
            throw NotRead();
        var bytes = BytesOf(part);
        var kind = KindOf(part.ContentType, bytes);
        var content = Characters.Clean(Mojibake.Repaired(Charset.Decode(bytes, kind).Text));
        return kind is FileKind.PlainText ? ParagraphText.OfPlainText(content)
            : FileKinds.Refine(kind, content) is FileKind.Html ? HtmlPage.VisibleParagraphs(content)
            : throw NotRead();
    }

    // What is called something else is read where it begins as a page does.
    private static FileKind KindOf(string type, byte[] bytes)
    {
        var name =
            type.Contains("html", StringComparison.OrdinalIgnoreCase) ? "chunk.html"
            : type.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase) ? "chunk.txt"
            : "chunk";
        try
        {
            return FileKinds.Of(bytes, name);
        }
        catch (UnreadableFileException)
        {
            throw NotRead();
        }
    }

    // One file may be put in many times: all that is read of it counts.
    private byte[] BytesOf(OpenXmlPart part)
    {
        using var stream = part.GetStream(FileMode.Open, FileAccess.Read);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = stream.Read(buffer)) > 0; )
        {
            bytes.Write(buffer.AsSpan(0, read));
            if ((_read += read) > limits.MaxUnpackedBytes)
                throw DocxFile.TooLarge(limits);
        }

        return bytes.ToArray();
    }

    private static UnreadableFileException NotRead() =>
        new(
            RejectionReason.Unsupported,
            "The Word document holds another file in its text that is not read; open it in a word processor, save it "
                + "again as .docx and upload that."
        );
}
