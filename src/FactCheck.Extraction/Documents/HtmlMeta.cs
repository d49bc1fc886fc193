using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// What a page says of itself: JSON-LD first (written for machines), then Open Graph and other meta elements.
/// </summary>
internal static class HtmlMeta
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 32,
    };

    internal static ArticleMeta Of(IHtmlDocument page)
    {
        var linked = page.QuerySelectorAll("script[type='application/ld+json']")
            .Select(s => OfJson(s.TextContent))
            .FirstOrDefault(m => m is not null);
        return (linked ?? new()).OrElse(OfElements(page));
    }

    private static ArticleMeta OfElements(IHtmlDocument page) =>
        new(
            Title: Meta(page, "og:title", "twitter:title", "dc.title"),
            Byline: MetaFields.Byline(Meta(page, "author", "article:author", "dc.creator")),
            Outlet: Meta(page, "og:site_name", "application-name", "dc.publisher"),
            Published: Dates.Parse(Meta(page, "article:published_time", "datepublished", "date", "dc.date", "pubdate"))
                ?? Dates.Parse(page.QuerySelector("time[datetime]")?.GetAttribute("datetime")),
            SourceUrl: MetaFields.Url(page.QuerySelector("link[rel=canonical]")?.GetAttribute("href"))
                ?? MetaFields.Url(Meta(page, "og:url")),
            Language: MetaFields.Language(page.DocumentElement.GetAttribute("lang"))
                ?? MetaFields.Language(Meta(page, "og:locale", "content-language", "language", "dc.language"))
        );

    private static string? Meta(IHtmlDocument page, params string[] names)
    {
        foreach (var name in names)
        {
            var element = page.QuerySelectorAll("meta").FirstOrDefault(m => IsNamed(m, name));
            if (element?.GetAttribute("content") is { } value && !string.IsNullOrWhiteSpace(value))
                return ParagraphText.Collapse(value);
        }

        return null;
    }

    private static bool IsNamed(IElement element, string name) =>
        string.Equals(element.GetAttribute("property"), name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(element.GetAttribute("name"), name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(element.GetAttribute("itemprop"), name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(element.GetAttribute("http-equiv"), name, StringComparison.OrdinalIgnoreCase);

    private static ArticleMeta? OfJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            return Articles(document.RootElement).Select(OfArticle).FirstOrDefault();
        }
        catch (JsonException)
        {
            return null; // broken JSON-LD is common; the meta elements say the same
        }
    }

    private static IEnumerable<JsonElement> Articles(JsonElement element)
    {
        var candidates = element.ValueKind switch
        {
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Articles),
            JsonValueKind.Object when element.TryGetProperty("@graph", out var graph) => Articles(graph),
            JsonValueKind.Object => [element],
            _ => [],
        };
        return candidates.Where(c =>
            (Text(c, "@type") ?? "").EndsWith("Article", StringComparison.Ordinal)
            || Text(c, "@type") is "BlogPosting" or "Report"
        );
    }

    private static ArticleMeta OfArticle(JsonElement article) =>
        new(
            Title: Text(article, "headline") ?? Text(article, "name"),
            Byline: MetaFields.Byline(Text(article, "author")),
            Outlet: Text(article, "publisher"),
            Published: Dates.Parse(Text(article, "datePublished")),
            SourceUrl: MetaFields.Url(Text(article, "url")) ?? MetaFields.Url(Text(article, "mainEntityOfPage")),
            Language: MetaFields.Language(Text(article, "inLanguage"))
        );

    /// <summary>
    /// A property as text: itself, the name (or address) of the thing it is, or of each of several joined by ", ".
    /// </summary>
    private static string? Text(JsonElement owner, string property) =>
        owner.TryGetProperty(property, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => ParagraphText.Collapse(value.GetString()!),
            JsonValueKind.Object => Text(value, "name") ?? Text(value, "@id"),
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text).Where(t => t is not null)),
            _ => null,
        };
        return string.IsNullOrEmpty(text) ? null : Characters.Clean(text);
    }
}
