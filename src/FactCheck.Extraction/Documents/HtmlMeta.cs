using FactCheck.Extraction.Documents.Html;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// What a page says of itself: JSON-LD first (written for machines), then Open Graph and other meta elements, then what
/// its own words say.
/// </summary>
internal sealed class HtmlMeta
{
    private const int MostNodesOfTitle = 32;
    private readonly IReadOnlyList<MarkupNode> _nodes;
    private readonly Dictionary<string, string> _metas = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _linked = [];
    private string? _canonical;
    private string? _heading;
    private string? _documentTitle;
    private string? _time;
    private string? _author;
    private string? _language;

    private HtmlMeta(IReadOnlyList<MarkupNode> nodes)
    {
        _nodes = nodes;
        for (var i = 0; i < nodes.Count; i++)
            Look(i);
    }

    /// <summary>What it says, the most trusted first.</summary>
    internal static IReadOnlyList<SaidMeta> Of(IReadOnlyList<MarkupNode> nodes, DateOrder order)
    {
        var page = new HtmlMeta(nodes);
        var elements = page.OfElements(order);
        var linked = LinkedData.Of(
            page._linked,
            elements.SourceUrl,
            [page.Meta("og:title", "twitter:title"), page._heading, page._documentTitle],
            order
        );
        return
        [
            new(FactSource.LinkedData, linked ?? new()),
            new(FactSource.Markup, elements),
            new(FactSource.PageTitle, new(Title: page.Title(elements.Outlet ?? linked?.Outlet))),
        ];
    }

    private void Look(int at)
    {
        var node = _nodes[at];
        switch (node.Name)
        {
            case "html":
                _language ??= node["lang"];
                break;
            case "meta":
                AddMeta(node);
                break;
            case "link" when Is(node["rel"], "canonical"):
                _canonical ??= node["href"];
                break;
            case "script" when Is(node["type"], "application/ld+json"):
                _linked.Add(TextIn(at));
                break;
            case "title":
                _documentTitle ??= Folded(TextIn(at));
                break;
            case "h1":
                _heading ??= Folded(TextIn(at));
                break;
            case "time":
                _time ??= node["datetime"];
                break;
            case var _ when _author is null && (Is(node["rel"], "author") || Is(node["itemprop"], "author")):
                _author = Folded(TextIn(at));
                break;
        }
    }

    private void AddMeta(MarkupNode node)
    {
        if (Folded(node["content"] ?? "") is not { } content)
            return;
        foreach (var name in (string[])["property", "name", "itemprop", "http-equiv"])
            if (node[name] is { } named)
                _metas.TryAdd(named.Trim(), content);
    }

    private ArticleMeta OfElements(DateOrder order)
    {
        var published = Meta("article:published_time", "datepublished", "date", "dc.date", "pubdate");
        return new(
            Title: Meta("og:title", "twitter:title", "dc.title"),
            Byline: MetaFields.Byline(Meta("author", "article:author", "dc.creator")) ?? MetaFields.Byline(_author),
            Outlet: Meta("og:site_name", "application-name", "dc.publisher"),
            Published: Dates.Parse(published, order) ?? Dates.Parse(_time, order),
            SourceUrl: MetaFields.Url(_canonical) ?? MetaFields.Url(Meta("og:url")),
            Language: MetaFields.Language(_language)
                ?? MetaFields.Language(Meta("og:locale", "content-language", "language", "dc.language"))
        )
        {
            UnreadDate = Dates.IsUnclear(published, order) ? published : null,
        };
    }

    private string? Meta(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (_metas.TryGetValue(name, out var value))
                return value;
        return null;
    }

    // A page's own title ends with the site's name, or begins with it.
    private string? Title(string? outlet)
    {
        if (_documentTitle is not { } title)
            return null;
        if (_heading is { } heading && title.Contains(heading, StringComparison.OrdinalIgnoreCase))
            return heading;
        foreach (var rule in (string[])[" | ", " - ", " – ", " — ", " :: "])
            if (outlet is not null && title.EndsWith(rule + outlet, StringComparison.OrdinalIgnoreCase))
                return title[..^(rule.Length + outlet.Length)];
        return title;
    }

    private string TextIn(int at) =>
        string.Concat(
            Enumerable
                .Range(at + 1, Math.Min(MostNodesOfTitle, _nodes[at].End - at - 1))
                .Where(i => _nodes[i].IsText)
                .Select(i => _nodes[i].Text)
        );

    private static string? Folded(string text) =>
        ParagraphText.Collapse(Characters.Clean(text)) is { Length: > 0 } folded ? folded : null;

    private static bool Is(string? value, string wanted) =>
        string.Equals(value?.Trim(), wanted, StringComparison.OrdinalIgnoreCase);
}
