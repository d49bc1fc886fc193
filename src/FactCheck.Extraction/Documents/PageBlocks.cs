using FactCheck.Extraction.Documents.Html;

namespace FactCheck.Extraction.Documents;

/// <summary>A block of a page as text, never empty, and what it is.</summary>
internal readonly record struct PagePiece(string Text, BlockRole Role);

/// <summary>What of a page may be read: what it shows, or what it hides where that is the article.</summary>
/// <param name="IsHidden">These are the pieces that the page hides, too.</param>
/// <param name="Hidden">The length of what else the page holds.</param>
internal sealed record PageBlocks(IReadOnlyList<PagePiece> Pieces, bool IsHidden, TextSize Hidden)
{
    // A shorter text than this may be the notice that lies over a hidden article.
    private const int ShortestSureArticle = 500;

    // What a page hides is the article when that is much longer than what it shows: a script would show it, or a notice
    // lies over it.
    internal static PageBlocks Of(IReadOnlyList<MarkupNode> nodes)
    {
        var visibility = new Visibility(nodes);
        var (shown, all) = (BlockReader.Read(nodes, visibility.IsShown), BlockReader.Read(nodes, visibility.IsText));
        var judged = ArticleFinder.Judge(nodes, shown);
        if (Length(judged) >= ShortestSureArticle)
            return Of(judged, shown, all);
        var judgedAll = ArticleFinder.Judge(nodes, all);
        return Length(judgedAll) > 2 * Length(judged)
            ? new(PiecesOf(judgedAll), IsHidden: all.Count > shown.Count, default)
            : Of(judged, shown, all);
    }

    internal bool Has(Predicate<BlockRole> isWanted) => Pieces.Any(piece => isWanted(piece.Role));

    private static PageBlocks Of(IReadOnlyList<JudgedBlock> judged, List<Block> shown, List<Block> all) =>
        new(PiecesOf(judged), IsHidden: false, Size(all) - Size(shown));

    private static TextSize Size(List<Block> blocks) => TextSize.Of(blocks.Select(block => block.Text));

    private static int Length(IReadOnlyList<JudgedBlock> blocks) =>
        blocks.Where(b => b.Role == BlockRole.Article).Sum(b => b.Block.Text.Length);

    private static IReadOnlyList<PagePiece> PiecesOf(IReadOnlyList<JudgedBlock> blocks) =>
        [
            .. blocks
                .Select(b => new PagePiece(Characters.Clean(b.Block.Text), b.Role))
                .Where(piece => !string.IsNullOrWhiteSpace(piece.Text)),
        ];
}
