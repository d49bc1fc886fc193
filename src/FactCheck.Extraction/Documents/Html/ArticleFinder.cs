using System.Buffers;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>
/// Tells an article from what stands around it. Every block has a weight: running text counts for its element and what
/// is around it, links and scraps against. Where the sum is greatest is the article; inside of it, what calls itself
/// something else, and blocks that only lead elsewhere, are left out.
/// </summary>
internal sealed class ArticleFinder
{
    private const int LongBlock = 80;
    private const int LongTitle = 100;
    private const int ShortLine = 60;
    private const double MostlyLinks = 0.5;

    // What an element says of itself counts for more than a menu beside it, and less than a second half of the text.
    private const double BodyBonus = 1.5;
    private const double ArticleBonus = 1.2;
    private const double Growth = 1.05;

    private const double LinksWeight = -10;
    private const double ScrapWeight = -3;
    private const double OtherRoleWeight = -2;

    // How many blocks a headline and the text under it may be apart.
    private const int FarthestLead = 12;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("0123456789:|/@");

    private readonly IReadOnlyList<MarkupNode> _nodes;
    private readonly IReadOnlyList<Block> _blocks;
    private readonly BlockRole[] _elements;
    private readonly BlockRole[] _roles;

    private ArticleFinder(IReadOnlyList<MarkupNode> nodes, IReadOnlyList<Block> blocks)
    {
        (_nodes, _blocks) = (nodes, blocks);
        _elements = ElementRoles.Of(nodes, blocks);
        var region = Region(Sums());
        _roles = [.. blocks.Select(block => RoleIn(region, block))];
    }

    /// <summary>Every block with what it is.</summary>
    internal static IReadOnlyList<JudgedBlock> Judge(IReadOnlyList<MarkupNode> nodes, IReadOnlyList<Block> blocks)
    {
        var finder = new ArticleFinder(nodes, blocks);
        finder.TakeLead();
        finder.MarkHeadline();
        finder.DropTitlesOfNothing();
        finder.DropScrapsAtTop();
        return [.. blocks.Zip(finder._roles, (block, role) => new JudgedBlock(block, role))];
    }

    private double[] Sums()
    {
        var sums = new double[_nodes.Count];
        foreach (var block in _blocks)
            sums[block.Node] += Weight(block);
        for (var i = _nodes.Count - 1; i > 0; i--)
            sums[_nodes[i].Parent] += sums[i];
        return sums;
    }

    private double Weight(Block block) =>
        Role(block) != BlockRole.Article ? OtherRoleWeight
        : block.LinkDensity > MostlyLinks
            ? block.IsSentence ? 0
                : LinksWeight
        : IsRunning(block) ? block.Text.Length - block.Linked
        : ScrapWeight;

    private BlockRole Role(Block block) =>
        _elements[block.Node] is not BlockRole.Article and var role ? role : Boilerplate.Of(block) ?? BlockRole.Article;

    // The whole page where nothing has any weight.
    private int Region(double[] sums)
    {
        var (best, most) = (0, 0.0);
        for (var i = 1; i < _nodes.Count; i++)
            if (sums[i] > 0 && sums[i] * Bonus(_nodes[i]) is var strength && strength >= most)
                (best, most) = (i, strength);
        for (var around = _nodes[best].Parent; around > 0; around = _nodes[around].Parent)
            if (sums[around] > Growth * sums[best])
                best = around;
        return best;
    }

    private static double Bonus(MarkupNode node) =>
        Hints.IsBody(node) ? BodyBonus
        : node.Name is "article" or "main" ? ArticleBonus
        : 1;

    private BlockRole RoleIn(int region, Block block) =>
        Role(block) is not BlockRole.Article and var role ? role
        : block.Node < region || block.Node >= _nodes[region].End ? BlockRole.Elsewhere
        : block.LinkDensity > MostlyLinks && !block.IsSentence ? BlockRole.Related
        : BlockRole.Article;

    // Between the headline and the text stands what sums it up.
    private void TakeLead()
    {
        var text = FirstRunning();
        var headline = text - 1;
        while (headline >= 0 && !IsHeadline(_blocks[headline]))
            headline--;
        if (headline < Math.Max(0, text - FarthestLead))
            return;
        for (var i = headline + 1; i < text; i++)
            if (
                _roles[i] is BlockRole.Elsewhere or BlockRole.Related
                && IsRunning(_blocks[i])
                && _blocks[i].LinkDensity < MostlyLinks
            )
                _roles[i] = BlockRole.Article;
    }

    private void MarkHeadline()
    {
        var text = FirstRunning();
        for (var i = 0; i < text; i++)
            if (IsHeadline(_blocks[i]) && _roles[i] is BlockRole.Article or BlockRole.Elsewhere)
            {
                _roles[i] = BlockRole.Headline;
                return;
            }
    }

    // A heading whose section was left out says nothing any more; nor does a line that leads to what was.
    private void DropTitlesOfNothing()
    {
        var next = BlockRole.Elsewhere;
        for (var i = _roles.Length - 1; i >= 0; i--)
        {
            if (_roles[i] == BlockRole.Article && next != BlockRole.Article && IsTitle(_blocks[i], next))
                _roles[i] = next;
            if (_roles[i] != BlockRole.Caption)
                next = _roles[i];
        }
    }

    private bool IsTitle(Block block, BlockRole next) =>
        IsHeading(block)
            ? block.Text.Length < LongTitle
            : next is BlockRole.Related or BlockRole.Promotion or BlockRole.Comment or BlockRole.Credit
                && block.Text.Length < ShortLine
                && !block.IsSentence
                && !IsItem(block);

    // Kicker, date line, category: what stands above the first running text.
    private void DropScrapsAtTop()
    {
        var text = FirstRunning();
        if (text == _roles.Length)
            return;
        for (var i = 0; i < text; i++)
            if (_roles[i] == BlockRole.Article && !IsHeading(_blocks[i]) && !IsItem(_blocks[i]) && IsLabel(_blocks[i]))
                _roles[i] = BlockRole.Credit;
    }

    private static bool IsLabel(Block block) => block.Text.AsSpan().ContainsAny(LabelCharacters);

    private int FirstRunning()
    {
        var first = 0;
        while (first < _roles.Length && (_roles[first] != BlockRole.Article || !IsRunning(_blocks[first])))
            first++;
        return first;
    }

    private static bool IsRunning(Block block) => block.IsSentence || block.Text.Length >= LongBlock;

    private bool IsHeadline(Block block) => _nodes[block.Node].Name == "h1";

    private bool IsHeading(Block block) => Tags.Headings.Contains(_nodes[block.Node].Name);

    private bool IsItem(Block block) => _nodes[block.Node].Name is "li" or "tr" or "dt" or "dd";
}
