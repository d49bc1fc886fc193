using System.Text;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>
/// The blocks of a page as a browser shows them: quotation marks of <c>q</c> drawn, marks of notes left out, two line
/// breaks a new block, the cells of a row of data joined by commas.
/// </summary>
internal sealed class BlockReader
{
    private const int LongestCell = 200;
    private const int LongestFigure = 24;
    private const int MostNodesInMark = 16;
    private readonly IReadOnlyList<MarkupNode> _nodes;
    private readonly List<Block> _blocks = [];
    private readonly StringBuilder _text = new();
    private readonly Stack<(int Node, bool IsBlock, int Around)> _open = new();
    private readonly Stack<string> _marks = new();
    private readonly Stack<int> _tables = new();
    private readonly HashSet<int> _dataTables;
    private int _linked;
    private int _preformatted;
    private int _cells;
    private bool _cellEnded;
    private bool _quoteOpened;
    private int _block;

    private BlockReader(IReadOnlyList<MarkupNode> nodes)
    {
        _nodes = nodes;
        _dataTables = DataTables(nodes);
    }

    /// <summary>The blocks in the order of the page.</summary>
    /// <param name="isSeen">Whether an element, by its index, is shown; what is inside of one that isn't is not.</param>
    internal static List<Block> Read(IReadOnlyList<MarkupNode> nodes, Func<int, bool> isSeen)
    {
        var reader = new BlockReader(nodes);
        for (var i = 0; i < nodes.Count; )
        {
            while (reader._open.Count > 0 && nodes[reader._open.Peek().Node].End <= i)
                reader.Leave(reader._open.Pop());
            i =
                nodes[i].IsText ? reader.Add(i)
                : isSeen(i) ? reader.Enter(i)
                : nodes[i].End;
        }

        while (reader._open.Count > 0)
            reader.Leave(reader._open.Pop());
        reader.Flush();
        return reader._blocks;
    }

    private int Add(int at)
    {
        var node = _nodes[at];
        foreach (var c in node.Text)
            Append(c == '\n' && _preformatted == 0 ? ' ' : c, node.IsLinked);
        return at + 1;
    }

    private void Append(char c, bool isLinked)
    {
        if (c == '\n')
            Break();
        else if (!char.IsWhiteSpace(c))
        {
            if (_cellEnded && _text.Length > 0)
                _text.Append(", ");
            (_cellEnded, _quoteOpened) = (false, false);
            _text.Append(c);
            _linked += isLinked ? 1 : 0;
        }
        else if (!_cellEnded && !_quoteOpened && _text.Length > 0 && !char.IsWhiteSpace(_text[^1]))
        {
            _text.Append(' ');
            _linked += isLinked ? 1 : 0;
        }
    }

    // One line break is only a break; a second one in a row was meant as a new paragraph.
    private void Break()
    {
        TrimEnd();
        if (_text.Length > 0 && _text[^1] == '\n')
            Flush();
        else if (_text.Length > 0)
            _text.Append('\n');
    }

    private void TrimEnd()
    {
        while (_text.Length > 0 && _text[^1] == ' ')
            _text.Length--;
    }

    /// <returns>The node to go on with.</returns>
    private int Enter(int at)
    {
        var node = _nodes[at];
        if (node.Name is "sup" or "a" && TakeMark(at))
            return node.End;
        if (node.Name == "br")
            Break();
        else if (node.Name == "q")
            OpenQuote(at);
        else if (node.Name == "pre")
            _preformatted++;
        else if (node.Name == "table")
            _tables.Push(at);
        var isBlock = IsBlock(at);
        _open.Push((at, isBlock, _block));
        if (isBlock)
        {
            Flush();
            _block = at;
        }
        else if (node.Name is "td" or "th")
            _cells++;
        else if (_cells > 0 && Tags.Blocks.Contains(node.Name))
            Append(' ', isLinked: false);
        return at + 1;
    }

    private void Leave((int Node, bool IsBlock, int Around) left)
    {
        var name = _nodes[left.Node].Name;
        if (name == "q")
            CloseQuote();
        else if (name == "pre")
            _preformatted--;
        else if (name == "table")
            _tables.Pop();
        if (left.IsBlock)
        {
            Flush();
            _block = left.Around;
        }
        else if (name is "td" or "th")
        {
            _cells--;
            TrimEnd();
            _cellEnded = true;
        }
        else if (_cells > 0 && Tags.Blocks.Contains(name))
            Append(' ', isLinked: false);
    }

    // A row of data is one block, whatever stands in its cells; in a table that arranges a page, each cell is one.
    private bool IsBlock(int at) =>
        _nodes[at].Name switch
        {
            "td" or "th" => !_tables.TryPeek(out var table) || !_dataTables.Contains(table),
            var name => _cells == 0 && Tags.Blocks.Contains(name),
        };

    private bool TakeMark(int at)
    {
        if (ShortTextIn(at) is not { } words)
            return false;
        var node = _nodes[at];
        var before = _text.ToString(Math.Max(0, _text.Length - LongestFigure), Math.Min(LongestFigure, _text.Length));
        if (node.Name == "a")
            return node["role"] == "doc-noteref" || ReferenceMarks.IsLinkToNote(before, words, node["href"] ?? "");
        var leads =
            ReferenceMarks.LeadsToNote(node["class"] ?? "")
            || Inside(at).Any(n => n.Name == "a" && (n["href"] ?? "").Contains('#', StringComparison.Ordinal));
        if (ReferenceMarks.InText(before, words, leads, Next(node.End)) is not { } inText)
            return false;
        foreach (var c in inText)
            Append(c, isLinked: false);
        return true;
    }

    private IEnumerable<MarkupNode> Inside(int at) =>
        Enumerable.Range(at + 1, _nodes[at].End - at - 1).Select(i => _nodes[i]);

    // Null when there is more inside than a mark has.
    private string? ShortTextIn(int at) =>
        _nodes[at].End - at > MostNodesInMark ? null : string.Concat(Inside(at).Select(n => n.Text));

    private char Next(int at) => at < _nodes.Count && _nodes[at].Text is [var first, ..] ? first : ' ';

    private void OpenQuote(int at)
    {
        var isMarked = Next(at + 1) is '"' or '“' or '„' or '«' or '‘' or '\'';
        var (open, close) = _marks.Count % 2 == 0 ? ('“', "”") : ('‘', "’");
        if (!isMarked)
            Append(open, isLinked: false);
        _quoteOpened = !isMarked;
        _marks.Push(isMarked ? "" : close);
    }

    private void CloseQuote()
    {
        if (_marks.Pop() is not [var close])
            return;
        var isSpaced = _text.Length > 0 && _text[^1] == ' ';
        TrimEnd();
        Append(close, isLinked: false);
        if (isSpaced)
            Append(' ', isLinked: false);
    }

    private void Flush()
    {
        var text = _text.ToString().Replace('\n', ' ').TrimEnd();
        if (text.Length > 0)
            _blocks.Add(new(text, Math.Min(_linked, text.Length), _block));
        _text.Clear();
        _linked = 0;
        _cellEnded = false;
    }

    // Tables with no long cell, and no table inside.
    private static HashSet<int> DataTables(IReadOnlyList<MarkupNode> nodes)
    {
        var (data, open) = (new HashSet<int>(), new Stack<int>());
        var cellLength = 0;
        for (var i = 0; i < nodes.Count; i++)
        {
            while (open.Count > 0 && nodes[open.Peek()].End <= i)
                open.Pop();
            if (nodes[i].Name is "td" or "th")
                cellLength = 0;
            else if (nodes[i].IsText)
                cellLength += nodes[i].Text.AsSpan().Trim().Length;
            else if (nodes[i].Name == "table")
                data.Add(i);
            if (open.Count > 0 && (nodes[i].Name == "table" || cellLength > LongestCell))
                data.Remove(open.Peek());
            if (nodes[i].Name == "table")
                open.Push(i);
        }

        return data;
    }
}
