using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace FactCheck.Tests.Extraction.Documents;

/// <summary>Documents made of their parts, byte by byte, so that each can be wrong in one way only.</summary>
internal static class Handmade
{
    private const string Word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    static Handmade() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Markdown of 404 KB that its parser takes minutes for, and never looks at the clock.</summary>
    public static byte[] Spinning { get; } = Bytes(string.Concat(Enumerable.Repeat("[a](", 101_000)));

    // --- DOCX

    /// <summary>A Word document with this inside its body.</summary>
    public static byte[] Docx(
        string body,
        string core = "",
        string footnotes = "",
        string @namespace = Word,
        string relations = "",
        params (string Name, byte[] Content)[] parts
    ) =>
        Zip([
            .. Relations(relations),
            (
                "docProps/core.xml",
                Bytes(
                    $"""
                    <cp:coreProperties xmlns:cp="{Package}/metadata/core-properties"
                    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
                    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{core}</cp:coreProperties>
                    """
                )
            ),
            (
                "word/footnotes.xml",
                Bytes(
                    $"""
                    <w:footnotes xmlns:w="{@namespace}"><w:footnote w:type="separator" w:id="-1">
                    <w:p><w:r><w:t>----</w:t></w:r></w:p></w:footnote>{footnotes}</w:footnotes>
                    """
                )
            ),
            (
                "word/document.xml",
                Bytes(
                    $"""
                    <w:document xmlns:w="{@namespace}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
                    <w:body>{body}</w:body></w:document>
                    """
                )
            ),
            .. parts,
        ]);

    private static (string Name, byte[] Content)[] Relations(string more) =>
        [
            (
                "[Content_Types].xml",
                Bytes(
                    $"""
                    <Types xmlns="{Package}/content-types"><Default Extension="rels"
                    ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
                    <Default Extension="xml" ContentType="application/xml"/>
                    <Default Extension="chunk" ContentType="text/html"/>
                    <Override PartName="/word/document.xml"
                    ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
                    <Override PartName="/word/footnotes.xml"
                    ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/>
                    <Override PartName="/docProps/core.xml"
                    ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>
                    """
                )
            ),
            (
                "_rels/.rels",
                Bytes(
                    $"""
                    <Relationships xmlns="{Package}/relationships"><Relationship Id="rId1"
                    Type="{Office}/officeDocument" Target="word/document.xml"/>
                    <Relationship Id="rId2"
                    Type="{Package}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>
                    """
                )
            ),
            (
                "word/_rels/document.xml.rels",
                Bytes(
                    $"""
                    <Relationships xmlns="{Package}/relationships">
                    <Relationship Id="rId1" Type="{Office}/footnotes" Target="footnotes.xml"/>{more}</Relationships>
                    """
                )
            ),
        ];

    /// <summary>A Word document with a paragraph, a file put in whole as often as asked, and a paragraph.</summary>
    public static byte[] DocxWithChunk(byte[] chunk, int times = 1) =>
        Docx(
            P("Before.")
                + string.Concat(Enumerable.Repeat($"<w:altChunk xmlns:r=\"{Office}\" r:id=\"c1\"/>", times))
                + P("After."),
            relations: $"<Relationship Id=\"c1\" Type=\"{Office}/aFChunk\" Target=\"a.chunk\"/>",
            parts: ("word/a.chunk", chunk)
        );

    /// <summary>A paragraph of one run.</summary>
    public static string P(string text, string style = "") =>
        $"<w:p>{(style.Length > 0 ? $"<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>" : "")}{R(text)}</w:p>";

    /// <summary>A run that stands higher than its line.</summary>
    public static string Raised(string text) =>
        $"<w:r><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr><w:t>{text}</w:t></w:r>";

    /// <summary>A run.</summary>
    public static string R(string text) => $"<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>";

    public static byte[] Zip(params IReadOnlyList<(string Name, byte[] Content)> entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>
    /// A document whose only paragraph is this many megabytes of one letter, and which is a thousandth of that.
    /// </summary>
    public static byte[] DocxBomb(int megabytes) => Docx(P(new string('a', megabytes * 1024 * 1024)));

    // --- PDF

    /// <summary>A PDF with a page for each drawing.</summary>
    public static byte[] Pdf(params IReadOnlyList<string> drawings) => Pdf(drawings, "", "");

    public static byte[] Pdf(IReadOnlyList<string> drawings, string info, string trailer = "") =>
        PdfOfStreams([.. drawings.Select(d => ("", Latin(d)))], info, trailer);

    /// <summary>
    /// A PDF with a page for each content stream: what its dictionary says beside the length, and its bytes.
    /// </summary>
    public static byte[] PdfOfStreams(
        IReadOnlyList<(string Dictionary, byte[] Content)> streams,
        string info = "",
        string trailer = "",
        string resources = ""
    )
    {
        using var pdf = new MemoryStream();
        var offsets = new List<long>();
        Write("%PDF-1.4\n");
        Object($"<< /Type /Catalog /Pages 2 0 R >>");
        Object(
            $"<< /Type /Pages /Count {streams.Count} "
                + $"/Kids [{string.Join(' ', Enumerable.Range(0, streams.Count).Select(i => $"{5 + (2 * i)} 0 R"))}] "
                + $"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> {resources} >> >>"
        );
        Object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        Object($"<< {info} >>");
        foreach (var (dictionary, content) in streams)
        {
            Object($"<< /Type /Page /Parent 2 0 R /Contents {offsets.Count + 2} 0 R >>");
            offsets.Add(pdf.Position);
            Write($"{offsets.Count} 0 obj\n<< /Length {content.Length} {dictionary} >>\nstream\n");
            pdf.Write(content);
            Write("\nendstream\nendobj\n");
        }

        var start = pdf.Position;
        Write(
            $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n{string.Concat(offsets.Select(o => $"{o:D10} 00000 n \n"))}"
        );
        Write(
            $"trailer\n<< /Size {offsets.Count + 1} /Root 1 0 R /Info 4 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
        );
        return pdf.ToArray();

        void Object(string content)
        {
            offsets.Add(pdf.Position);
            Write($"{offsets.Count} 0 obj\n{content}\nendobj\n");
        }

        void Write(string text) => pdf.Write(Latin(text));
    }

    /// <summary>A line of text on a page, in points from the lower left.</summary>
    public static string At(double x, double y, double size, string text) =>
        string.Create(CultureInfo.InvariantCulture, $"BT /F1 {size} Tf {x} {y} Td ({Escaped(text)}) Tj ET\n");

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("(", "\\(", StringComparison.Ordinal)
            .Replace(")", "\\)", StringComparison.Ordinal);

    /// <summary>Lines under each other.</summary>
    public static string Lines(double x, double top, double size, params IReadOnlyList<string> lines) =>
        string.Concat(lines.Select((line, i) => line.Length == 0 ? "" : At(x, top - (i * size * 1.2), size, line)));

    public static byte[] Deflated(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(content);
        return packed.ToArray();
    }

    /// <summary>A page that unpacks to this many megabytes of spaces.</summary>
    public static byte[] PdfBomb(int megabytes)
    {
        var content = new byte[megabytes * 1024 * 1024];
        Array.Fill(content, (byte)' ');
        return PdfOfStreams([("/Filter /FlateDecode", Deflated(content))]);
    }

    public static byte[] EncryptedPdf() =>
        Pdf(
            [At(72, 700, 12, "Nobody reads this.")],
            "",
            "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] /Encrypt << /Filter "
                + "/Standard /V 1 /R 2 /P -44 /O <"
                + new string('1', 64)
                + "> /U <"
                + new string('2', 64)
                + "> >>"
        );

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Latin(string text) => Encoding.GetEncoding(1252).GetBytes(text);
}
