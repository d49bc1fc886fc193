using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>
/// A page's elements and texts in the order of its source. AngleSharp tells the tags; they are nested here, because a
/// browser's repairs (and its library's) walk all open elements for every tag, and a stranger chooses how many are
/// open. Here each tag costs the same, however deep it stands, and nothing recurses.
/// </summary>
internal sealed class MarkupTree : IDisposable
{
    // A page has some thousands. What has more is a dump, and each takes memory.
    private const int MostNodes = 1_500_000;

    // How many tags go by between two looks at the clock.
    private const int TagsAtOnce = 4096;

    private static readonly HashSet<string> Kept = (
        "aria-hidden aria-modal class content datetime hidden href http-equiv id itemprop lang name property rel role "
        + "style type"
    )
        .Split(' ')
        .ToHashSet(StringComparer.Ordinal);

    private readonly List<MarkupNode> _nodes = [new("#page", -1)];
    private readonly OpenElements _open = new();
    private readonly HtmlTokenizer _tokens;
    private bool _linked;

    private MarkupTree(string html)
    {
        _tokens = new(new TextSource(html), HtmlEntityProvider.Resolver)
        {
            SkipComments = true,
            SkipProcessingInstructions = true,
            DisableElementPositionTracking = true,
            ShouldEmitAttribute = (ref _, name) => Kept.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name.Span),
        };
        _open.Push(0, _nodes[0].Name);
    }

    /// <summary>The nodes of a page, the first is the page itself; null for a page of more than fit into memory.</summary>
    internal static IReadOnlyList<MarkupNode>? Parse(string html, CancellationToken cancellation)
    {
        using var tree = new MarkupTree(html);
        for (var count = 0; tree._tokens.Get() is { Type: not HtmlTokenType.EndOfFile } token; count++)
        {
            if (count % TagsAtOnce == 0)
                cancellation.ThrowIfCancellationRequested();
            tree.Take(token);
            if (tree._nodes.Count > MostNodes)
                return null;
        }

        while (tree._open.Count > 0)
            tree.Close(1);
        return tree._nodes;
    }

    /// <inheritdoc />
    public void Dispose() => _tokens.Dispose();

    private void Take(HtmlToken token)
    {
        if (token.Type == HtmlTokenType.Character)
            AddText(token.Data);
        else if (token.Type == HtmlTokenType.StartTag)
            Start((HtmlTagToken)token);
        else if (token.Type == HtmlTokenType.EndTag)
            EndTag(token.Name);
    }

    private void AddText(string text)
    {
        if (text.Length == 0)
            return;
        if (_open.Innermost.Name == "head" && !string.IsNullOrWhiteSpace(text))
            Close(1);
        _nodes.Add(new(MarkupNode.TextName, _open.Innermost.Node, text) { IsLinked = _linked, End = _nodes.Count + 1 });
    }

    private void Start(HtmlTagToken tag)
    {
        var name = tag.Name;
        if (name is "html" or "head" or "body" && (_open.IsOpen(name) || _open.IsOpen("body")))
            return; // of a page that was copied into another one
        EndWhatItEnds(name);
        if (name == "a")
            _linked = tag.Attributes.Exists(a => a.Name == "href");
        _nodes.Add(new(name, _open.Innermost.Node) { Attributes = AttributesOf(tag), End = _nodes.Count + 1 });
        if (Tags.Void.Contains(name) || (tag.IsSelfClosing && IsInDrawing(name)))
            return;
        _open.Push(_nodes.Count - 1, name);
        _tokens.State = name switch
        {
            "script" => HtmlParseMode.Script,
            "style" or "xmp" or "iframe" or "noembed" or "noframes" => HtmlParseMode.Rawtext,
            "title" or "textarea" => HtmlParseMode.RCData,
            "plaintext" => HtmlParseMode.Plaintext,
            _ => HtmlParseMode.PCData,
        };
    }

    private static IReadOnlyList<(string Name, string Value)> AttributesOf(HtmlTagToken tag) =>
        tag.Attributes.Count == 0
            ? []
            : [.. tag.Attributes.Take(Kept.Count).Select(attribute => (attribute.Name, attribute.Value))];

    private bool IsInDrawing(string name) => name is "svg" or "math" || _open.IsOpen("svg") || _open.IsOpen("math");

    // The end tags that may be left out, and those that people forget.
    private void EndWhatItEnds(string name)
    {
        if (_open.Innermost.Name == "head" && !Tags.InHead.Contains(name))
            Close(1);
        if (Tags.EndParagraph.Contains(name))
        {
            // A drawing that was never closed ends where a page goes on.
            while (End("svg", Barriers.Scope | Barriers.InDrawing) || End("math", Barriers.Scope | Barriers.InDrawing))
                continue;
            End("p", Barriers.Scope);
        }

        if (Tags.Headings.Contains(name) && Tags.Headings.Contains(_open.Innermost.Name))
            Close(1);
        EndPartOf(name);
    }

    private bool EndPartOf(string name) =>
        name switch
        {
            "li" => End("li", Barriers.Scope | Barriers.List),
            "dt" or "dd" => End("dt", Barriers.Scope | Barriers.List) || End("dd", Barriers.Scope | Barriers.List),
            "td" or "th" => End("td", Barriers.Row | Barriers.Table) || End("th", Barriers.Row | Barriers.Table),
            "tr" => End("tr", Barriers.Table),
            "tbody" or "thead" or "tfoot" => End("tbody", Barriers.Table)
                || End("thead", Barriers.Table)
                || End("tfoot", Barriers.Table),
            _ => false,
        };

    private void EndTag(string name)
    {
        if (name == "a")
            _linked = false;
        if (name is "body" or "html")
            return; // what stands behind them still belongs to the page
        var ended = End(
            name,
            Tags.Formatting.Contains(name) ? Barriers.Scope | Barriers.Block
                : Tags.PartsOfTable.Contains(name) ? Barriers.Table
                : Barriers.Scope
        );
        if (!ended && name is "br" or "p")
            _nodes.Add(new(name, _open.Innermost.Node) { End = _nodes.Count + 1 });
    }

    private bool End(string name, Barriers barriers)
    {
        var count = _open.CountUpTo(name, barriers);
        Close(count);
        return count > 0;
    }

    private void Close(int count)
    {
        for (; count > 0; count--)
            _nodes[_open.Pop()].End = _nodes.Count;
    }
}
