namespace FactCheck.Extraction.Documents.Html;

/// <summary>Which elements a page shows.</summary>
internal sealed class Visibility
{
    private readonly IReadOnlyList<MarkupNode> _nodes;
    private readonly bool[] _holdsArticle;

    internal Visibility(IReadOnlyList<MarkupNode> nodes)
    {
        _nodes = nodes;
        _holdsArticle = new bool[nodes.Count];
        for (var i = nodes.Count - 1; i > 0; i--)
        {
            _holdsArticle[i] |= nodes[i].Name is "h1" or "article" or "main";
            _holdsArticle[nodes[i].Parent] |= _holdsArticle[i];
        }
    }

    /// <summary>Whether an element's words are ever drawn, whatever scripts do.</summary>
    internal bool IsText(int at) => !Tags.Unseen.Contains(_nodes[at].Name);

    /// <summary>Whether a browser draws an element's words as the page comes.</summary>
    internal bool IsShown(int at) =>
        IsText(at)
        && _nodes[at]["hidden"] is null
        && !IsKeptSilent(at)
        && (_nodes[at]["style"] is not { } style || !IsStyledAway(style));

    // What is hidden from those who hear a page is drawn. It is decoration, unless all behind an open notice is silent.
    private bool IsKeptSilent(int at) => _nodes[at]["aria-hidden"] == "true" && !_holdsArticle[at];

    private static bool IsStyledAway(string style)
    {
        var folded = new string([.. style.Where(c => !char.IsWhiteSpace(c))]);
        return folded.Contains("display:none", StringComparison.OrdinalIgnoreCase)
            || folded.Contains("visibility:hidden", StringComparison.OrdinalIgnoreCase);
    }
}
