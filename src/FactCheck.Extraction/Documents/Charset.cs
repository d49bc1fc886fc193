using System.Buffers;
using System.Text;
using UtfUnknown;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// Bytes to characters. In order: byte order mark, the charset a page declares, strict UTF-8, UTF-16 without a mark,
/// detection, Windows-1252. A declared charset is believed only where the bytes are not valid UTF-8 with non-ASCII
/// letters: pages lie, and UTF-8 is not valid by chance.
/// </summary>
internal static class Charset
{
    private const int SniffedBytes = 4096;
    private const float TrustedDetection = 0.7f;
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );
    private static readonly SearchValues<char> AfterCharset = SearchValues.Create(" \t\r\n\"'/>;?");

    static Charset() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The text of the bytes.</summary>
    /// <exception cref="UnreadableFileException">The bytes are no text.</exception>
    internal static Decoded Decode(byte[] bytes, FileKind kind)
    {
        var decoded = (ByMark(bytes) ?? ByUtf8(bytes) ?? ByDeclaration(bytes, kind)) is { } said
            ? new Decoded(said)
            : Guessed(bytes);
        return LooksBinary(decoded.Text) ? throw NotText() : decoded;
    }

    private static Decoded Guessed(byte[] bytes)
    {
        var encoding = ByZeroBytes(bytes) ?? ByDetection(bytes);
        return new(encoding.GetString(bytes), encoding.WebName);
    }

    private static string? ByMark(byte[] bytes) =>
        bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(bytes, 3, bytes.Length - 3),
            [0xFF, 0xFE, 0, 0, ..] => Encoding.UTF32.GetString(bytes, 4, bytes.Length - 4),
            [0, 0, 0xFE, 0xFF, ..] => new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetString(
                bytes,
                4,
                bytes.Length - 4
            ),
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2),
            _ => null,
        };

    private static string? ByUtf8(byte[] bytes)
    {
        if (Array.IndexOf(bytes, (byte)0) >= 0)
            return null;
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null; // not UTF-8: the next way is tried
        }
    }

    private static string? ByDeclaration(byte[] bytes, FileKind kind)
    {
        if (kind is not (FileKind.Html or FileKind.Unknown))
            return null;
        var head = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, SniffedBytes));
        var label = "charset=";
        var at = head.IndexOf(label, StringComparison.OrdinalIgnoreCase);
        if (at < 0 && head.StartsWith("<?xml", StringComparison.Ordinal))
            at = head.IndexOf(label = "encoding=", StringComparison.Ordinal);
        if (at < 0)
            return null;
        var name = head.AsSpan(at + label.Length).TrimStart("\"' ");
        var end = name.IndexOfAny(AfterCharset);
        return end <= 0 ? null : Named(name[..end].ToString())?.GetString(bytes);
    }

    private static Encoding? Named(string name)
    {
        try
        {
            var encoding = AsBrowsersDo(Encoding.GetEncoding(name));
            // UTF-16 in a declaration that was readable as single bytes is wrong by definition; UTF-8 was tried
            // strictly.
            return encoding.IsSingleByte || encoding.CodePage is 932 or 936 or 949 or 950 or 51932 or 54936
                ? encoding
                : null;
        }
        catch (ArgumentException)
        {
            return null; // an unknown name: the next way is tried
        }
    }

    // The labels of ASCII and of Latin-1, -5 and Thai stand for Windows' code pages, which hold the same letters, and
    // quotation marks and dashes where those have controls that no text uses (WHATWG Encoding, 4.2).
    private static Encoding AsBrowsersDo(Encoding encoding) =>
        encoding.CodePage switch
        {
            20127 or 28591 => Encoding.GetEncoding(1252),
            28599 => Encoding.GetEncoding(1254),
            28601 => Encoding.GetEncoding(874),
            _ => encoding,
        };

    // Text in Latin script as UTF-16 has a zero in nearly every second byte.
    private static Encoding? ByZeroBytes(byte[] bytes)
    {
        var sniffed = Math.Min(bytes.Length, SniffedBytes) & ~1;
        int even = 0,
            odd = 0;
        for (var i = 0; i < sniffed; i += 2)
        {
            if (bytes[i] == 0)
                even++;
            if (bytes[i + 1] == 0)
                odd++;
        }

        if (even + odd == 0)
            return null;
        if (odd > sniffed * 0.35 && even < sniffed * 0.02)
            return Encoding.Unicode;
        if (even > sniffed * 0.35 && odd < sniffed * 0.02)
            return Encoding.BigEndianUnicode;
        throw NotText();
    }

    private static Encoding ByDetection(byte[] bytes)
    {
        var found = CharsetDetector.DetectFromBytes(bytes).Detected;
        var encoding = found is { Confidence: >= TrustedDetection, Encoding: not null }
            ? found.Encoding
            : Encoding.GetEncoding(1252);
        return AsBrowsersDo(encoding);
    }

    // Text has hardly any control characters besides line ends and tabs, and hardly any replacement characters.
    private static bool LooksBinary(string text)
    {
        var strange = text.Count(c =>
            c == '\uFFFD' || (char.IsControl(c) && c is not ('\n' or '\r' or '\t' or '\f' or '\v' or '\u0085'))
        );
        return strange > 2 && strange > text.Length / 50;
    }

    private static UnreadableFileException NotText() =>
        new(
            RejectionReason.NotText,
            "The file holds binary data, not text; export the article as .txt, .md or .html (UTF-8) and upload that."
        );
}

/// <summary>Bytes as text.</summary>
/// <param name="GuessedAs">The charset where nothing says it; null where the file does, or is UTF-8.</param>
internal readonly record struct Decoded(string Text, string? GuessedAs = null)
{
    /// <summary>What to tell of it.</summary>
    public IEnumerable<ReadingFinding> Findings =>
        GuessedAs is null
            ? []
            :
            [
                new(
                    ReadingFindingKind.CharsetGuessed,
                    $"Nothing says in which charset the file is; it was read as {GuessedAs}. Look at accents and "
                        + "quotation marks."
                ),
            ];
}
