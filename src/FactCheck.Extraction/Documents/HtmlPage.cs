using FactCheck.Extraction.Documents.Html;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// A web page: what it says of itself, and the text of its article. Nothing is fetched and no script runs. Where no
/// article stands out, all that is not the site's own is taken, and then all that a browser shows.
/// </summary>
internal static class HtmlPage
{
    /// <param name="wholePage">Take all that is shown, whatever it is.</param>
    internal static ReadDocument Read(string content, DateOrder order, bool wholePage, CancellationToken cancellation)
    {
        var nodes = MarkupTree.Parse(content, cancellation) ?? throw TooLarge();
        var page = PageBlocks.Of(nodes);
        cancellation.ThrowIfCancellationRequested();
        Predicate<BlockRole> isTaken = wholePage ? _ => true : TakenOf(page);
        var headline = page.Pieces.FirstOrDefault(piece => piece.Role == BlockRole.Headline).Text;
        SaidMeta[] said = [.. HtmlMeta.Of(nodes, order), new(FactSource.Headline, new(Title: headline))];
        var paragraphs = page.Pieces.Where(piece => isTaken(piece.Role)).Select(piece => piece.Text).ToList();
        // At the top of a whole page stands its menu.
        var heading = wholePage ? HeadingLines.None : Headings.Take(paragraphs, SaidMeta.Together(said).Title, order);
        return new(ParagraphText.Join(paragraphs), [.. said, heading.Said])
        {
            LeftOut =
            [
                .. page
                    .Pieces.Where(piece => !isTaken(piece.Role))
                    .Select(piece => new LeftOut(KindOf(piece.Role), TextSize.Of(piece.Text))),
                heading.LeftOut,
                new(LeftOutKind.Hidden, page.Hidden),
            ],
            Findings = [.. FindingsOf(page, isTaken)],
        };
    }

    /// <summary>The visible paragraphs of a piece of HTML, without looking for an article in it.</summary>
    internal static IReadOnlyList<string> VisibleParagraphs(string html)
    {
        var nodes = MarkupTree.Parse(html, CancellationToken.None) ?? throw TooLarge();
        return
        [
            .. BlockReader.Read(nodes, new Visibility(nodes).IsShown).Select(block => Characters.Clean(block.Text)),
        ];
    }

    private static Predicate<BlockRole> TakenOf(PageBlocks page)
    {
        if (page.Has(role => role == BlockRole.Article))
            return role => role == BlockRole.Article;
        if (page.Has(IsNoNotice))
            return IsNoNotice;
        return page.Pieces.Count == 0 ? _ => true : throw OnlyANotice();
    }

    private static bool IsNoNotice(BlockRole role) => role is not (BlockRole.Consent or BlockRole.Overlay);

    private static IEnumerable<ReadingFinding> FindingsOf(PageBlocks page, Predicate<BlockRole> isTaken)
    {
        if (isTaken(BlockRole.Navigation))
            yield return new(
                ReadingFindingKind.WholePage,
                "The page was taken as a whole, with whatever stands around the article: none stood out, or that was "
                    + "asked for."
            );
        if (page.IsHidden)
            yield return new(
                ReadingFindingKind.HiddenText,
                "The text is one that the page hides until a script or a reader opens it."
            );
    }

    private static LeftOutKind KindOf(BlockRole role) =>
        role switch
        {
            BlockRole.Headline => LeftOutKind.Heading,
            BlockRole.Navigation => LeftOutKind.Navigation,
            BlockRole.Related => LeftOutKind.Related,
            BlockRole.Comment => LeftOutKind.Comments,
            BlockRole.Credit => LeftOutKind.Credits,
            BlockRole.Promotion => LeftOutKind.Promotion,
            BlockRole.Consent => LeftOutKind.Consent,
            BlockRole.Overlay => LeftOutKind.Overlay,
            BlockRole.Caption => LeftOutKind.Captions,
            _ => LeftOutKind.Elsewhere,
        };

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
