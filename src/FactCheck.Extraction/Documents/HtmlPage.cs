using FactCheck.Extraction.Documents.Html;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// A web page: what it says of itself, and the text of its article. Nothing is fetched and no script runs. Where no
/// article stands out, all that is not the site's own is taken, and then all that a browser shows.
/// </summary>
internal static class HtmlPage
{
    // A shorter text than this may be the notice that lies over a hidden article.
    private const int ShortestSureArticle = 500;

    internal static ArticleText Read(string content, DateOrder order, CancellationToken cancellation)
    {
        var nodes = MarkupTree.Parse(content, cancellation) ?? throw TooLarge();
        var judged = Blocks(nodes);
        cancellation.ThrowIfCancellationRequested();
        var meta = HtmlMeta.Of(nodes, order).OrElse(new(Title: Headline(judged)));
        var paragraphs = Paragraphs(judged);
        var heading = Headings.Take(paragraphs, meta.Title, order);
        return new(ParagraphText.Join(paragraphs), meta.OrElse(heading));
    }

    /// <summary>The visible paragraphs of a piece of HTML, without looking for an article in it.</summary>
    internal static IReadOnlyList<string> VisibleParagraphs(string html)
    {
        var nodes = MarkupTree.Parse(html, CancellationToken.None) ?? throw TooLarge();
        return [.. BlockReader.Read(nodes, new Visibility(nodes).IsShown).Select(TextOf)];
    }

    // What a page hides is the article when that is much longer than what it shows: a script would show it, or a notice
    // lies over it.
    private static IReadOnlyList<JudgedBlock> Blocks(IReadOnlyList<MarkupNode> nodes)
    {
        var visibility = new Visibility(nodes);
        var shown = Judge(nodes, visibility.IsShown);
        if (Length(shown) >= ShortestSureArticle)
            return shown;
        var all = Judge(nodes, visibility.IsText);
        return Length(all) > 2 * Length(shown) ? all : shown;
    }

    private static IReadOnlyList<JudgedBlock> Judge(IReadOnlyList<MarkupNode> nodes, Func<int, bool> isSeen) =>
        ArticleFinder.Judge(nodes, BlockReader.Read(nodes, isSeen));

    private static int Length(IReadOnlyList<JudgedBlock> blocks) =>
        blocks.Where(b => b.Role == BlockRole.Article).Sum(b => b.Block.Text.Length);

    private static string? Headline(IReadOnlyList<JudgedBlock> blocks) =>
        blocks.FirstOrDefault(b => b.Role == BlockRole.Headline).Block is { } headline ? TextOf(headline) : null;

    private static List<string> Paragraphs(IReadOnlyList<JudgedBlock> blocks)
    {
        if (Of(blocks, b => b.Role == BlockRole.Article) is { Count: > 0 } article)
            return article;
        if (Of(blocks, b => b.Role is not (BlockRole.Consent or BlockRole.Overlay)) is { Count: > 0 } anything)
            return anything;
        return blocks.Count == 0 ? [] : throw OnlyANotice();
    }

    private static List<string> Of(IReadOnlyList<JudgedBlock> blocks, Func<JudgedBlock, bool> isTaken) =>
        [.. blocks.Where(isTaken).Select(b => TextOf(b.Block)).Where(t => t.Length > 0)];

    private static string TextOf(Block block) => Characters.Clean(block.Text);

    private static UnreadableFileException TooLarge() =>
        new(
            RejectionReason.Unreadable,
            "The page's markup is too large to be read; copy the article's text into a .txt or .md file and upload that."
        );

    private static UnreadableFileException OnlyANotice() =>
        new(
            RejectionReason.Empty,
            "The page shows only a notice that asks for consent; answer it in the browser and save the page again, or "
                + "copy the article's text into a .txt or .md file."
        );
}
