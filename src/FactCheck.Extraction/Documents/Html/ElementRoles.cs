namespace FactCheck.Extraction.Documents.Html;

/// <summary>
/// What each element is by its own word, or by that of an element around it. A word isn't believed of what the page is
/// about, nor where nothing would be left to read: then roles are given up, first those that an article's text is
/// likeliest to be given.
/// </summary>
internal sealed class ElementRoles
{
    // An element with the page's headline and this share of its text is what the page is about.
    private const double MostBesideHeadline = 0.5;

    // So is any element with this share of its text.
    private const double Most = 0.9;
    private const int LeastLeft = 250;

    // A notice or a dialog of this length may be all that a page shows.
    private const int LongestNotice = 4_000;
    private const int LongestDialog = 500;

    // Bylines and teasers are short; a class of a paragraph this long is about its looks.
    private const int LongParagraph = 200;

    // A role, and how many times the text that is left elements of that role may hold.
    private static readonly (BlockRole Role, double MostTimes)[] GivenUp =
    [
        (BlockRole.Caption, 1),
        (BlockRole.Related, 2),
        (BlockRole.Navigation, 2),
        (BlockRole.Credit, double.PositiveInfinity),
        (BlockRole.Promotion, double.PositiveInfinity),
        (BlockRole.Comment, double.PositiveInfinity),
    ];

    private readonly IReadOnlyList<MarkupNode> _nodes;
    private readonly long[] _text;
    private readonly BlockRole?[] _own;
    private readonly BlockRole[] _roles;

    private ElementRoles(IReadOnlyList<MarkupNode> nodes, IReadOnlyList<Block> blocks)
    {
        _nodes = nodes;
        _text = Text(nodes, blocks);
        _own = Own();
        _roles = new BlockRole[nodes.Count];
    }

    /// <summary>The role of each node; <see cref="BlockRole.Article"/> where nothing says otherwise.</summary>
    internal static BlockRole[] Of(IReadOnlyList<MarkupNode> nodes, IReadOnlyList<Block> blocks)
    {
        var elements = new ElementRoles(nodes, blocks);
        elements.Spread();
        foreach (var (role, mostTimes) in GivenUp)
        {
            var left = elements.TextOf(BlockRole.Article);
            if (left >= Math.Min(LeastLeft, elements._text[0] / 2) && elements.TextOf(role) <= mostTimes * left)
                continue;
            for (var i = 0; i < nodes.Count; i++)
                if (elements._own[i] == role)
                    elements._own[i] = null;
            elements.Spread();
        }

        return elements._roles;
    }

    private static long[] Text(IReadOnlyList<MarkupNode> nodes, IReadOnlyList<Block> blocks)
    {
        var text = new long[nodes.Count];
        foreach (var block in blocks)
            text[block.Node] += block.IsSentence ? block.Text.Length - block.Linked : 0;
        for (var i = nodes.Count - 1; i > 0; i--)
            text[nodes[i].Parent] += text[i];
        return text;
    }

    private BlockRole?[] Own()
    {
        var holdsHeadline = new bool[_nodes.Count];
        for (var i = _nodes.Count - 1; i > 0; i--)
        {
            holdsHeadline[i] |= _nodes[i].Name == "h1";
            holdsHeadline[_nodes[i].Parent] |= holdsHeadline[i];
        }

        var own = new BlockRole?[_nodes.Count];
        for (var i = 1; i < _nodes.Count; i++)
            if (!_nodes[i].IsText && OfElement(i) is { } role && IsBelieved(role, _text[i], holdsHeadline[i]))
                own[i] = role;
        return own;
    }

    private bool IsBelieved(BlockRole role, long text, bool holdsHeadline) =>
        text <= (holdsHeadline ? MostBesideHeadline : Most) * _text[0]
        || (role == BlockRole.Consent && !holdsHeadline && text <= LongestNotice)
        || (role == BlockRole.Overlay && text <= LongestDialog);

    private BlockRole? OfElement(int at) =>
        Hints.Of(_nodes[at]) is { } role
        && (_nodes[at].Name != "p" || role == BlockRole.Caption || _text[at] < LongParagraph)
            ? role
            : null;

    private void Spread()
    {
        for (var i = 1; i < _nodes.Count; i++)
            _roles[i] = _roles[_nodes[i].Parent] is not BlockRole.Article and var around
                ? around
                : _own[i] ?? BlockRole.Article;
    }

    // Of the outermost elements of a role, or of the page without any.
    private long TextOf(BlockRole role)
    {
        var (ofRole, left) = (0L, _text[0]);
        for (var i = 1; i < _nodes.Count; i++)
            if (_roles[i] != BlockRole.Article && _roles[_nodes[i].Parent] == BlockRole.Article)
            {
                left -= _text[i];
                ofRole += _roles[i] == role ? _text[i] : 0;
            }

        return role == BlockRole.Article ? left : ofRole;
    }
}
