using System.IO.Compression;
using System.Text;

namespace FactCheck.Extraction.Documents;

internal enum FileKind
{
    PlainText,
    Markdown,
    Html,
    Docx,
    Pdf,
    Subtitles,
    Unknown,
}

/// <summary>
/// What sort of file it is: first by its first bytes, then by its extension, then by how its text begins.
/// </summary>
internal static class FileKinds
{
    private const string WhatIsRead =
        "plain text (.txt), Markdown (.md), HTML (.html), Word (.docx), PDF (.pdf) and subtitles (.srt, "
        + ".vtt) are read; save or export the article as one of these";

    // PDF readers accept a header anywhere in the first 1,024 bytes (ISO 32000, annex H).
    private const int PdfHeaderWithin = 1024;

    private static readonly byte[] Zip = "PK\u0003\u0004"u8.ToArray();
    private static readonly byte[] CompoundFile = [0xD0, 0xCF, 0x11, 0xE0];

    // An encrypted DOCX is an old compound file with a stream of this name (MS-OFFCRYPTO).
    private static readonly byte[] EncryptedStream = Encoding.Unicode.GetBytes("EncryptedPackage");

    private static readonly (byte[] Magic, string Name)[] Foreign =
    [
        (@"{\rtf"u8.ToArray(), "an RTF document"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ("GIF8"u8.ToArray(), "a GIF image"),
        ("RIFF"u8.ToArray(), "a picture, sound or video"),
        ("%!PS"u8.ToArray(), "a PostScript document"),
        ("PK\u0005\u0006"u8.ToArray(), "an empty zip archive"),
        ([0x1F, 0x8B], "a gzip archive"),
        ("7z\u00BC\u00AF"u8.ToArray(), "a 7z archive"),
        ("Rar!"u8.ToArray(), "a RAR archive"),
    ];

    private static readonly (string Entry, string Name)[] InsideZip =
    [
        ("xl/", "an Excel workbook"),
        ("ppt/", "a PowerPoint presentation"),
        ("META-INF/container.xml", "an EPUB book"),
        ("content.xml", "an OpenDocument file"),
        ("Index/", "a Pages, Numbers or Keynote document"),
        ("", "a zip archive"),
    ];

    private static readonly Dictionary<string, FileKind> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = FileKind.PlainText,
        [".text"] = FileKind.PlainText,
        [".md"] = FileKind.Markdown,
        [".markdown"] = FileKind.Markdown,
        [".html"] = FileKind.Html,
        [".htm"] = FileKind.Html,
        [".xhtml"] = FileKind.Html,
        [".srt"] = FileKind.Subtitles,
        [".vtt"] = FileKind.Subtitles,
        [""] = FileKind.Unknown,
    };

    /// <summary>The kind, or <see cref="FileKind.Unknown"/> for a name without extension.</summary>
    /// <exception cref="UnreadableFileException">A kind that is not read.</exception>
    internal static FileKind Of(byte[] bytes, string fileName)
    {
        var extension = Path.GetExtension(fileName);
        var head = bytes.AsSpan(0, Math.Min(bytes.Length, PdfHeaderWithin));
        if (head.StartsWith("%PDF-"u8) || (IsNamed(".pdf") && head.IndexOf("%PDF-"u8) > 0))
            return FileKind.Pdf;
        if (head.StartsWith(Zip))
            return OfZip(bytes);
        if (head.StartsWith(CompoundFile))
            throw OfCompoundFile(bytes);
        foreach (var (magic, name) in Foreign)
            if (head.StartsWith(magic))
                throw Unsupported($"This is {name}");
        if (IsNamed(".docx"))
            throw Unsupported("The name says Word document, but the file is none");
        if (IsNamed(".pdf"))
            throw Unsupported("The name says PDF, but the file is none");
        return ByExtension.TryGetValue(extension, out var kind)
            ? kind
            : throw Unsupported($"Files of the kind \"{Printable(extension)}\" are not read");

        bool IsNamed(string ending) => extension.Equals(ending, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Corrects the kind by how the text begins: a page saved as .txt is still a page.</summary>
    internal static FileKind Refine(FileKind kind, string content)
    {
        var start = content.AsSpan().TrimStart();
        if (
            start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
        )
            return FileKind.Html;
        if (kind is (FileKind.PlainText or FileKind.Unknown) && SubtitleCues.BeginLike(start))
            return FileKind.Subtitles;
        return kind == FileKind.Unknown ? FileKind.PlainText : kind;
    }

    private static FileKind OfZip(byte[] bytes)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
            var names = zip.Entries.Select(e => e.FullName).ToList();
            // Word calls it document.xml, other programs may not; the folder is everybody's.
            if (names.Exists(n => n.StartsWith("word/", StringComparison.OrdinalIgnoreCase)))
                return FileKind.Docx;
            var kind = InsideZip.First(inside =>
                inside.Entry.Length == 0
                || names.Exists(name => name.StartsWith(inside.Entry, StringComparison.Ordinal))
            );
            throw Unsupported($"This is {kind.Name}");
        }
        catch (InvalidDataException)
        {
            throw new UnreadableFileException(
                RejectionReason.Unreadable,
                "The file is a damaged zip archive or Word document; save it again in the program that made "
                    + "it and upload that."
            );
        }
    }

    private static UnreadableFileException OfCompoundFile(byte[] bytes) =>
        bytes.AsSpan().IndexOf(EncryptedStream) >= 0
            ? new(
                RejectionReason.Encrypted,
                "The document is protected by a password; save it without one, or upload its text as .txt."
            )
            : Unsupported("This is an old Office document (.doc, .xls, .ppt)");

    private static UnreadableFileException Unsupported(string what) =>
        new(RejectionReason.Unsupported, $"{what}; {WhatIsRead}.");

    private static string Printable(string extension) =>
        new([.. extension.Take(12).Where(c => char.IsAsciiLetterOrDigit(c) || c == '.')]);
}
