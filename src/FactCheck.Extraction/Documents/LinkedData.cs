using System.Globalization;
using System.Net;
using System.Text.Json;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// The JSON-LD of a page (schema.org). A page also describes others, as those that it leads to: only the node whose
/// address or headline is the page's own tells of it.
/// </summary>
internal sealed class LinkedData
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 32,
    };

    // A page that tells of more articles than this is a list of them.
    private const int MostArticles = 200;
    private const int LongestTitle = 300;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<JsonElement> _articles = [];

    /// <summary>What the scripts say of the page; null where they say nothing of it.</summary>
    /// <param name="address">The page's own, where it is known.</param>
    /// <param name="titles">What the page calls itself elsewhere.</param>
    internal static ArticleMeta? Of(
        IEnumerable<string> scripts,
        Uri? address,
        IReadOnlyList<string?> titles,
        DateOrder order
    )
    {
        var data = new LinkedData();
        foreach (var script in scripts)
            data.Add(script);
        return data
            ._articles.Select(article => data.OfArticle(article, order))
            .Select(article => (Article: article, Nearness: Nearness(article, address, titles)))
            .Where(a => a.Nearness >= 0)
            .OrderByDescending(a => a.Nearness)
            .Select(a => a.Article)
            .FirstOrDefault();
    }

    private static int Nearness(ArticleMeta article, Uri? address, IReadOnlyList<string?> titles)
    {
        var byAddress =
            article.SourceUrl is null || address is null ? 0
            : IsSamePage(article.SourceUrl, address) ? 2
            : -2;
        var known = titles.Where(t => t is not null).ToList();
        var byTitle =
            article.Title is null || known.Count == 0 ? 0
            : known.Exists(t => IsSameTitle(article.Title, t!)) ? 2
            : -1;
        return byAddress + byTitle;
    }

    private static bool IsSamePage(Uri one, Uri other) =>
        string.Equals(one.Host, other.Host, StringComparison.OrdinalIgnoreCase)
        && string.Equals(one.AbsolutePath.TrimEnd('/'), other.AbsolutePath.TrimEnd('/'), StringComparison.Ordinal)
        && string.Equals(one.Query, other.Query, StringComparison.Ordinal);

    // The title of a page holds its site's name too, and one of the two may be cut.
    private static bool IsSameTitle(string headline, string title)
    {
        var (one, other) = (Letters(headline), Letters(title));
        return one.Length > 0
            && other.Length > 0
            && (one.StartsWith(other, StringComparison.Ordinal) || other.Contains(one, StringComparison.Ordinal));
    }

    private static string Letters(string text) =>
        new([.. text.Take(LongestTitle).Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private void Add(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            AddNodes(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            // broken JSON-LD is common; the meta elements say the same
        }
    }

    private void AddNodes(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray())
                AddNodes(item);
        if (element.ValueKind != JsonValueKind.Object)
            return;
        if (element.TryGetProperty("@graph", out var graph))
            AddNodes(graph);
        if (Value(element, "@id") is { } id && Value(element, "name") is { } name)
            _names.TryAdd(id, name);
        if (IsArticle(element) && _articles.Count < MostArticles)
            _articles.Add(element);
        else if (element.TryGetProperty("mainEntity", out var main))
            AddNodes(main);
    }

    private static bool IsArticle(JsonElement element)
    {
        if (!element.TryGetProperty("@type", out var type))
            return false;
        var names = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray() : Enumerable.Repeat(type, 1);
        return names.Any(n =>
            n.ValueKind == JsonValueKind.String
            && n.GetString() is { } name
            && (name.EndsWith("Article", StringComparison.Ordinal) || name is "BlogPosting" or "Report")
        );
    }

    private ArticleMeta OfArticle(JsonElement article, DateOrder order) =>
        new(
            Title: Text(article, "headline") ?? Text(article, "name"),
            Byline: MetaFields.Byline(Text(article, "author")),
            Outlet: Text(article, "publisher"),
            Published: Date(Text(article, "datePublished"), order),
            SourceUrl: MetaFields.Url(Text(article, "url")) ?? MetaFields.Url(Text(article, "mainEntityOfPage")),
            Language: MetaFields.Language(Text(article, "inLanguage"))
        );

    // As people write it, or as the headers of HTTP do.
    private static DateOnly? Date(string? value, DateOrder order) =>
        Dates.Parse(value, order)
        ?? (
            DateTimeOffset.TryParseExact(
                value?.Replace("GMT", "+00:00", StringComparison.Ordinal),
                "ddd, d MMM yyyy HH:mm:ss zzz",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var time
            )
                ? DateOnly.FromDateTime(time.Date)
                : null
        );

    /// <summary>
    /// A property as text: itself, the name (or address) of the thing it is, or of each of several joined by ", ".
    /// </summary>
    private string? Text(JsonElement owner, string property) =>
        owner.TryGetProperty(property, out var value) ? Text(value) : null;

    private string? Text(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Object => Text(value, "name") ?? NameOf(Value(value, "@id")),
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text).Where(t => t is not null)),
            _ => null,
        };
        // Some sites write the markup's entities into the data.
        return string.IsNullOrWhiteSpace(text)
            ? null
            : ParagraphText.Collapse(Characters.Clean(WebUtility.HtmlDecode(text)));
    }

    private string? NameOf(string? id) => id is null ? null : _names.GetValueOrDefault(id, id);

    private static string? Value(JsonElement owner, string property) =>
        owner.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
