using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using SmartReader;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// A web page: what it says of itself, and the text of its article. Readability finds the article; where it finds
/// none, all visible text of the body is taken. Nothing is fetched and no script runs. Markup that would cost more
/// than its length is refused before it is parsed.
/// </summary>
internal static class HtmlPage
{
    private const int MostTags = 60_000;
    private const int MostOpenFormatting = 64;
    private const int DeepestNesting = 256;
    private const int MostElementsToSearch = 15_000;

    // Never text, or never the article's.
    private const string Invisible =
        "script,style,noscript,template,iframe,object,embed,svg,math,canvas,audio,video,select,textarea,input,button,"
        + "dialog,[hidden],[aria-hidden=true],head";

    private const string Furniture =
        "nav,footer,aside,form,[role=navigation],[role=banner],[role=contentinfo],[role=complementary]";

    private static readonly HashSet<string> Formatting = new(StringComparer.OrdinalIgnoreCase)
    {
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    };

    internal static ArticleText Read(string content, CancellationToken cancellation)
    {
        var page = Parse(content);
        var meta = HtmlMeta.Of(page);
        RemoveUnseen(page);
        cancellation.ThrowIfCancellationRequested();
        var (found, paragraphs) = Article(page, meta.SourceUrl, cancellation);
        meta = meta.OrElse(found);
        var heading = Headings.Take(paragraphs, meta.Title);
        return new(ParagraphText.Join(paragraphs), meta.OrElse(heading));
    }

    // Looking for the article takes a time that grows faster than the page. An article lies far below this size: what
    // is above it is a list or a dump, and all of its text is the answer.
    private static (ArticleMeta Meta, List<string> Paragraphs) Article(
        IHtmlDocument page,
        Uri? url,
        CancellationToken cancellation
    )
    {
        if (page.All.Length > MostElementsToSearch)
            return (new(), BodyParagraphs(page.Body));
        // The search takes the page apart, so that its body is kept before.
        var body = (IElement?)page.Body?.Clone();
        var (meta, paragraphs) = Readable(page, url, cancellation);
        return (meta, paragraphs.Count > 0 ? paragraphs : BodyParagraphs(body));
    }

    /// <summary>The visible paragraphs of a piece of HTML, without looking for an article in it.</summary>
    internal static IReadOnlyList<string> VisibleParagraphs(string html)
    {
        var page = Parse(html);
        RemoveUnseen(page);
        return page.Body is { } body ? ParagraphsOf(body) : [];
    }

    private static IHtmlDocument Parse(string html)
    {
        RefuseCostlyMarkup(html);
        var page = new HtmlParser().ParseDocument(html);
        if (IsDeeperThan(page, DeepestNesting))
            throw TooComplicated();
        return page;
    }

    // The parser walks all open elements for many tags, and reopens every unclosed formatting element in each new
    // block: both are bounded here, so that its work stays near the length of the page.
    private static void RefuseCostlyMarkup(string html)
    {
        int tags = 0,
            openFormatting = 0;
        for (var at = html.IndexOf('<', StringComparison.Ordinal); at >= 0; at = html.IndexOf('<', at + 1))
        {
            var closing = at + 1 < html.Length && html[at + 1] == '/';
            var name = NameAt(html, closing ? at + 2 : at + 1);
            if (name.Length == 0)
                continue;
            tags++;
            if (Formatting.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
                openFormatting = Math.Max(0, openFormatting + (closing ? -1 : 1));
            if (tags > MostTags || openFormatting > MostOpenFormatting)
                throw TooComplicated();
        }
    }

    private static ReadOnlySpan<char> NameAt(string html, int start)
    {
        var end = start;
        while (end < html.Length && end - start < 16 && char.IsAsciiLetterOrDigit(html[end]))
            end++;
        return html.AsSpan(start, end - start);
    }

    // Without recursion: a deep tree would end the process with a stack overflow in any code that recurses, ours or a
    // library's. Nor by siblings: asking a node for its next one walks all its parent's children.
    private static bool IsDeeperThan(INode root, int limit)
    {
        var open = new Stack<(INode Node, int Depth)>();
        open.Push((root, 0));
        while (open.TryPop(out var at))
        {
            if (at.Depth > limit)
                return true;
            foreach (var child in at.Node.ChildNodes)
                open.Push((child, at.Depth + 1));
        }

        return false;
    }

    private static void RemoveUnseen(IHtmlDocument page)
    {
        foreach (var element in page.QuerySelectorAll(Invisible).Where(e => e is not IHtmlHeadElement).ToList())
            element.Remove();
        foreach (var element in page.QuerySelectorAll("[style]").Where(IsStyledAway).ToList())
            element.Remove();
    }

    private static bool IsStyledAway(IElement element)
    {
        var style = new string([.. (element.GetAttribute("style") ?? "").Where(c => !char.IsWhiteSpace(c))]);
        return style.Contains("display:none", StringComparison.OrdinalIgnoreCase)
            || style.Contains("visibility:hidden", StringComparison.OrdinalIgnoreCase);
    }

    private static (ArticleMeta Meta, List<string> Paragraphs) Readable(
        IHtmlDocument page,
        Uri? url,
        CancellationToken cancellation
    )
    {
        // The address only resolves relative links; this name is reserved and never resolved (RFC 2606).
        using var reader = new Reader((url ?? new Uri("https://page.invalid/")).AbsoluteUri, page);
        var article = reader.GetArticleAsync(cancellation).GetAwaiter().GetResult();
        cancellation.ThrowIfCancellationRequested();
        var meta = new ArticleMeta(
            Title: NullIfBlank(article.Title),
            Byline: MetaFields.Byline(article.Byline ?? article.Author),
            Outlet: NullIfBlank(article.SiteName),
            Published: article.PublicationDate is { } date ? DateOnly.FromDateTime(date) : null,
            Language: MetaFields.Language(article.Language)
        );
        if (!article.Completed || !article.IsReadable || article.Content is null)
            return (meta, []);
        return (meta, [.. new HtmlParser().ParseDocument(article.Content).Body is { } body ? ParagraphsOf(body) : []]);
    }

    private static string? NullIfBlank(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : ParagraphText.Collapse(text);

    private static List<string> BodyParagraphs(IElement? body)
    {
        if (body is null)
            return [];
        foreach (var element in body.QuerySelectorAll(Furniture).ToList())
            element.Remove();
        return ParagraphsOf(body);
    }

    private static List<string> ParagraphsOf(IElement root)
    {
        var paragraphs = new List<string>();
        var open = new StringBuilder();
        Walk(root, open, paragraphs);
        Close(open, paragraphs);
        return paragraphs;
    }

    private static void Walk(INode node, StringBuilder open, List<string> paragraphs)
    {
        if (node is IText text)
            open.Append(text.Data.Replace('\n', ' '));
        if (node is not IElement element || element.LocalName is "figcaption")
            return;
        if (element.LocalName is "br")
        {
            open.Append('\n');
            return;
        }

        var isBlock = Blocks.Contains(element.LocalName);
        if (isBlock)
            Close(open, paragraphs);
        foreach (var child in element.ChildNodes)
            Walk(child, open, paragraphs);
        if (element.LocalName is "td" or "th")
            open.Append(element.NextElementSibling is null ? " " : ", ");
        if (isBlock)
            Close(open, paragraphs);
    }

    // Two line breaks in a row were meant as a new paragraph; one is only a break.
    private static void Close(StringBuilder open, List<string> paragraphs)
    {
        var lines = open.ToString().Split('\n').Select(ParagraphText.Collapse);
        open.Clear();
        var paragraph = "";
        foreach (var line in lines.Append(""))
        {
            if (line.Length > 0)
                paragraph = paragraph.Length == 0 ? line : paragraph + " " + line;
            else
            {
                if (paragraph.Length > 0)
                    paragraphs.Add(Characters.Clean(paragraph));
                paragraph = "";
            }
        }
    }

    private static UnreadableFileException TooComplicated() =>
        new(
            RejectionReason.Unreadable,
            "The page's markup is too deep or too large to be read; copy the article's text into a .txt or "
                + ".md file and upload that."
        );
}
