using System.Buffers;
using System.Collections.Frozen;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>What elements say of themselves: by their name, role, class and id.</summary>
internal static class Hints
{
    private const int LongestHint = 400;

    private static readonly FrozenSet<string> Qualifiers = Words(
        "has no not is with without tag category cat type format status js show hide u"
    );

    private static readonly (BlockRole Role, FrozenSet<string> Words, SearchValues<string> Parts)[] Roles =
    [
        (
            BlockRole.Overlay,
            Words("cmp gdpr modal popup overlay lightbox dialog alertdialog"),
            Parts("cookie consent onetrust didomi privacy-notice usercentrics")
        ),
        (
            BlockRole.Comment,
            Words("comment kommentar respond reply replies kommentare disqus reactions"),
            Parts("comments comment- comment_ kommentare comentario commentaire disqus livefyre talkback")
        ),
        (
            BlockRole.Related,
            Words(
                "teaser teasers similar suggestions suggested popular trending recirc onward upnext carousel slider more "
                    + "rail linkbox readmore crosslink weitere mehr recent"
            ),
            Parts(
                "related nextread recommend mostread most-read read-next readnext more-stories morestories more-news outbrain taboola "
                    + "also-read see-also next-post prev-post post-nav nav-links you-may latest-news top-stories plista "
                    + "verwandte readalso"
            )
        ),
        (
            BlockRole.Promotion,
            Words("share sharing social ad ads advert promo banner subscribe signup login donate donation cta follow"),
            Parts(
                "sharing share-b sharedaddy shariff addthis addtoany social-  advertis adsbygoogle sponsor newsletter news-letter "
                    + "subscri sign-up google-ad promotion socialmedia"
            )
        ),
        (
            BlockRole.Credit,
            Words(
                "byline author authors vcard bio tags tag taglist keywords categories dateline postmeta timestamp credits contact kontakt disclaimer licence license imprint impressum"
            ),
            Parts(
                "author-bio about-author authorbox author-box post-meta entry-meta article-meta postmetadata tag-links "
                    + "cat-links post-tags entry-utility entry-footer posted-on byline metadata entry-tags article-tags"
            )
        ),
        (
            BlockRole.Navigation,
            Words(
                "nav navbar navigation menu breadcrumb breadcrumbs crumbs pagination pager sidebar footer "
                    + "masthead toolbar topbar skip toc complementary contentinfo search sitemap"
            ),
            Parts(
                "breadcrumb sidebar navigation site-footer site-header footer- -footer seitenfuss page-header submenu screen-reader"
            )
        ),
        (
            BlockRole.Caption,
            Words("caption credit copyright figcaption bildunterschrift bilduntertitel bildtext"),
            Parts("caption photo-credit image-credit bildunter")
        ),
    ];

    private static readonly SearchValues<string> Bodies = Parts(
        "articlebody article-body article_body article-content article__body article__content entry-content entry_content "
            + "post-content post-body postcontent post_content post-entry story-body storybody story-content story__body "
            + "body-content content-body news-content newstext mw-content-text field-name-body field--name-body page-content "
            + "single-content article-text articletext blog-content td-post-content text-content"
    );

    /// <summary>What an element is besides an article's; null where nothing says.</summary>
    internal static BlockRole? Of(MarkupNode node) =>
        node.Name switch
        {
            "nav" or "footer" or "menu" => BlockRole.Navigation,
            "aside" => BlockRole.Related,
            "form" or "fieldset" => BlockRole.Promotion,
            "figcaption" => BlockRole.Caption,
            "dialog" => BlockRole.Overlay,
            "address" => BlockRole.Credit,
            "article" or "main" or "body" or "html" => null,
            _ when node["aria-modal"] == "true" => BlockRole.Overlay,
            _ => OfWords(node),
        };

    /// <summary>Whether an element says that it holds the text of an article.</summary>
    internal static bool IsBody(MarkupNode node) =>
        node["itemprop"] is { } property && property.Contains("articleBody", StringComparison.OrdinalIgnoreCase)
        || Written(node) is { Length: > 0 } written && written.AsSpan().ContainsAny(Bodies);

    private static BlockRole? OfWords(MarkupNode node)
    {
        foreach (var name in Written(node).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // "has-sidebar", "tag-comments": what something has or is about, not what it is.
            var words = name.Split(['-', '_', ':', '.', '/'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && Qualifiers.Contains(words[0]))
                continue;
            foreach (var (role, known, parts) in Roles)
                if (Array.Exists(words, known.Contains) || name.AsSpan().ContainsAny(parts))
                    return role;
        }

        return null;
    }

    private static string Written(MarkupNode node)
    {
        var written = $"{node["class"]} {node["id"]} {node["role"]}".Trim();
        return (written.Length > LongestHint ? written[..LongestHint] : written).ToLowerInvariant();
    }

    private static FrozenSet<string> Words(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static SearchValues<string> Parts(string parts) =>
        SearchValues.Create(parts.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparison.Ordinal);
}
