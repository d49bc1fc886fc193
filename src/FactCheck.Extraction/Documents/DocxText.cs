using System.Text;
using System.Xml;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// The paragraphs of a WordprocessingML part, read as a stream and by local name, so that its transitional and strict
/// forms are alike. What was deleted, hidden or commented is left out; a table gives a paragraph a row; the text of a
/// frame or box follows its paragraph.
/// </summary>
/// <param name="chunkOf">The paragraphs of a file that was inserted whole, by the id of its relationship.</param>
internal sealed class DocxText(
    ReadLimits limits,
    Func<string, IEnumerable<string>> chunkOf,
    CancellationToken cancellation
)
{
    private const int StepsBetweenLooks = 1024;

    // Each level copies what lies in it; tables of articles have one or two.
    private const int DeepestTable = 32;
    private const int DeepestControl = 256;

    private const string OfficeRelationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string StrictRelationships = "http://purl.oclc.org/ooxml/officeDocument/relationships";

    // Deleted or moved away, field codes, the second form of a drawing (ECMA-376 part 3), phonetic guides, and
    // properties that hold text.
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal)
    {
        "del",
        "moveFrom",
        "delText",
        "instrText",
        "delInstrText",
        "Fallback",
        "rt",
        "pPrChange",
        "rPrChange",
        "sectPr",
        "tblPr",
        "docPartPr",
        "binData",
    };

    // Word numbers its separators -1 and 0; they hold a line, not a note.
    private static readonly HashSet<string> SeparatorNotes = new(StringComparer.Ordinal)
    {
        "separator",
        "continuationSeparator",
        "continuationNotice",
    };

    private readonly List<string> _paragraphs = [];

    // A paragraph inside a box stands inside another's run: the open ones wait for each other.
    private readonly Stack<StringBuilder> _open = new();
    private readonly List<string> _boxed = [];
    private readonly Stack<List<StringBuilder>> _rows = new();
    private long _characters;
    private string? _style;
    private bool _inText;
    private bool _hidden;
    private bool _raised;

    // The large first letter of a text stands in a paragraph of its own before the rest of its word.
    private bool _isInitial;
    private string _initial = "";

    // For each content control around, whether it still shows what asks for an entry.
    private readonly Stack<bool> _controls = new();

    /// <summary>In reading order, not yet collapsed.</summary>
    public IReadOnlyList<string> Paragraphs => _paragraphs;

    /// <summary>
    /// The first paragraph that the document styles as its title, or as a heading of the first level before any text.
    /// </summary>
    public string? Title { get; private set; }

    /// <summary>Whether letters that had been saved in a wrong charset were put right.</summary>
    public bool IsRepaired { get; private set; }

    /// <summary>Adds a part's paragraphs.</summary>
    /// <exception cref="XmlException">It is no XML.</exception>
    /// <exception cref="UnreadableFileException">It has too much text.</exception>
    public void Read(XmlReader xml)
    {
        for (var steps = 0; !xml.EOF; steps++)
        {
            if (steps % StepsBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            if (xml.NodeType == XmlNodeType.Element && IsSkipped(xml))
                xml.Skip();
            else
            {
                if (xml.NodeType == XmlNodeType.Element)
                {
                    StartBlock(xml);
                    StartInline(xml);
                }
                else if (xml.NodeType == XmlNodeType.EndElement)
                    End(xml.LocalName);
                else if (
                    xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace
                    && _inText
                )
                    Add(xml.Value);
                xml.Read();
            }
        }
    }

    private bool IsSkipped(XmlReader xml) =>
        Skipped.Contains(xml.LocalName)
        || (xml.LocalName is "sdtContent" && _controls.TryPeek(out var isEmpty) && isEmpty)
        || (xml.LocalName is "footnote" or "endnote" && SeparatorNotes.Contains(Value(xml, "type") ?? ""));

    private void StartBlock(XmlReader xml)
    {
        switch (xml.LocalName)
        {
            case "p" when xml.IsEmptyElement:
                break;
            case "p":
                _open.Push(new());
                _style = null;
                break;
            case "tr" when _rows.Count == DeepestTable:
                throw new InvalidDataException("Tables in tables without end.");
            case "tr" when !xml.IsEmptyElement:
                _rows.Push([]);
                break;
            case "tc" when _rows.Count > 0 && !xml.IsEmptyElement:
                _rows.Peek().Add(new());
                break;
            case "pStyle":
                _style = Value(xml, "val");
                break;
            case "framePr":
                _isInitial = Value(xml, "dropCap") is "drop" or "margin";
                break;
            case "sdt" when _controls.Count == DeepestControl:
                throw new InvalidDataException("Content controls in content controls without end.");
            case "sdt" when !xml.IsEmptyElement:
                _controls.Push(false);
                break;
            case "showingPlcHdr" when _controls.TryPop(out _):
                _controls.Push(IsOn(xml));
                break;
        }
    }

    private void StartInline(XmlReader xml)
    {
        switch (xml.LocalName)
        {
            case "r":
                (_hidden, _raised) = (false, false);
                break;
            case "vanish" or "webHidden":
                _hidden = IsOn(xml);
                break;
            case "vertAlign" or "position" or "rStyle":
                _raised |= IsRaised(xml);
                break;
            case "sym":
                Add(DocxSymbols.Of(Value(xml, "font"), Value(xml, "char")));
                break;
            case "altChunk":
                Insert(xml.GetAttribute("id", OfficeRelationships) ?? xml.GetAttribute("id", StrictRelationships));
                break;
            case "t":
                _inText = !xml.IsEmptyElement;
                break;
            case "tab" or "ptab":
                Add(" ");
                break;
            case "br" or "cr":
                Add(Value(xml, "type") is "page" or "column" ? " " : "\n");
                break;
            case "noBreakHyphen":
                Add("-");
                break;
        }
    }

    private void End(string name)
    {
        switch (name)
        {
            case "t":
                _inText = false;
                break;
            case "r":
                (_hidden, _raised) = (false, false);
                break;
            case "sdt":
                _controls.TryPop(out _);
                break;
            case "p" when _open.TryPop(out var done):
                Close(Characters.Clean(Repaired(done.ToString())));
                break;
            case "tr" when _rows.TryPop(out var cells):
                Put(string.Join(", ", cells.Select(c => c.ToString().Trim()).Where(c => c.Length > 0)));
                break;
        }
    }

    private string Repaired(string text)
    {
        var repaired = Mojibake.Repaired(text);
        IsRepaired |= repaired.Length != text.Length;
        return repaired;
    }

    private void Add(string text)
    {
        if (_hidden || !_open.TryPeek(out var open))
            return;
        _characters += text.Length;
        // White space goes, and so may headings; four times the limit can't come down to it.
        if (_characters > 4L * limits.MaxCharacters + 4096)
            throw UnreadableFileException.TooLong(_characters, limits);
        if (_raised)
            ReferenceMarks.AppendRaised(open, text);
        else
            open.Append(text);
    }

    // A file that Word takes in when it opens the document. What it says is a part of the document's text.
    private void Insert(string? relationship)
    {
        foreach (var paragraph in chunkOf(relationship ?? ""))
        {
            _characters += paragraph.Length;
            if (_characters > 4L * limits.MaxCharacters + 4096)
                throw UnreadableFileException.TooLong(_characters, limits);
            Put(paragraph);
        }
    }

    // A line break that was set by hand separates a byline from a date line; two make a paragraph. One inside a
    // sentence is layout.
    private void Close(string text)
    {
        if (_style is { } style && IsTitle(style) && Title is null && _rows.Count == 0)
        {
            Title = ParagraphText.Collapse(text);
            if (Title.Length == 0)
                Title = null;
            else
                return;
        }

        _style = null;
        if (_isInitial)
        {
            (_initial, _isInitial) = (text.Trim(), false);
            return;
        }

        (text, _initial) = (_initial + text, "");
        if (_open.Count > 0)
        {
            _boxed.Add(text);
            return;
        }

        List<string> all = [text, .. _boxed];
        _boxed.Clear();
        foreach (var paragraph in all.SelectMany(ParagraphText.OfPlainText))
            Put(paragraph);
    }

    private bool IsTitle(string style) =>
        style.Equals("Title", StringComparison.OrdinalIgnoreCase)
        || (
            style.Equals("Heading1", StringComparison.OrdinalIgnoreCase)
            && _paragraphs.TrueForAll(string.IsNullOrWhiteSpace)
        );

    private void Put(string paragraph)
    {
        if (_rows.TryPeek(out var cells) && cells.Count > 0)
            cells[^1].Append(cells[^1].Length > 0 ? " " : "").Append(ParagraphText.Collapse(paragraph));
        else if (!string.IsNullOrWhiteSpace(paragraph))
            _paragraphs.Add(paragraph);
    }

    private static bool IsOn(XmlReader xml) => Value(xml, "val") is not ("0" or "false" or "off");

    private static bool IsRaised(XmlReader xml) =>
        Value(xml, "val") is { } value
        && xml.LocalName switch
        {
            "vertAlign" => value is "superscript",
            "position" => value.Length > 0 && char.IsAsciiDigit(value[0]) && value is not "0",
            _ => value is "FootnoteReference" or "EndnoteReference",
        };

    private static string? Value(XmlReader xml, string name) => xml.GetAttribute(name, xml.NamespaceURI);
}
