using FactCheck.Domain;

namespace FactCheck.Extraction;

internal enum FileKind { PlainText, Markdown, Html, Unknown }

/// <summary>What sort of file it is: first by its first bytes, then by its extension, then by how its text begins.</summary>
internal static class FileKinds
{
    private const string WhatIsRead = "plain text (.txt), Markdown (.md) and HTML (.html) are read; save or export the article as one of these";

    private static readonly (byte[] Magic, string Name)[] Foreign =
    [
        ("%PDF"u8.ToArray(), "a PDF document"),
        ("PK\u0003\u0004"u8.ToArray(), "a zip archive or an Office document (DOCX, ODT, EPUB)"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Office document"),
        (@"{\rtf"u8.ToArray(), "an RTF document"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ("GIF8"u8.ToArray(), "a GIF image"),
        ("RIFF"u8.ToArray(), "a picture, sound or video"),
        ("%!PS"u8.ToArray(), "a PostScript document"),
        ([0x1F, 0x8B], "a gzip archive"),
        ("7z\u00BC\u00AF"u8.ToArray(), "a 7z archive"),
        ("Rar!"u8.ToArray(), "a RAR archive"),
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
        [""] = FileKind.Unknown,
    };

    /// <summary>The kind, or <see cref="FileKind.Unknown"/> for a name without extension.</summary>
    /// <exception cref="UnreadableFileException">A kind that is not read.</exception>
    internal static FileKind Of(byte[] bytes, string fileName)
    {
        foreach (var (magic, name) in Foreign)
            if (bytes.AsSpan().StartsWith(magic)) throw Unsupported($"This is {name}");
        var extension = Path.GetExtension(fileName);
        return ByExtension.TryGetValue(extension, out var kind) ? kind : throw Unsupported($"Files of the kind \"{Printable(extension)}\" are not read");
    }

    /// <summary>Corrects the kind by how the text begins: a page saved as .txt is still a page.</summary>
    internal static FileKind Refine(FileKind kind, string content)
    {
        var start = content.AsSpan().TrimStart();
        if (start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return FileKind.Html;
        return kind == FileKind.Unknown ? FileKind.PlainText : kind;
    }

    private static UnreadableFileException Unsupported(string what) => new(RejectionReason.Unsupported, $"{what}; {WhatIsRead}.");

    private static string Printable(string extension) =>
        new([.. extension.Take(12).Where(c => char.IsAsciiLetterOrDigit(c) || c == '.')]);
}
