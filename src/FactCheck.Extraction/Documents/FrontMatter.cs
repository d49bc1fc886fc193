namespace FactCheck.Extraction.Documents;

/// <summary>
/// The block between two lines "---" at the very start of a file: <c>key: value</c> lines in YAML's simplest form.
/// Keys that are not known, lists and nested blocks are passed over: a desk's own fields must not stop an article.
/// </summary>
internal static class FrontMatter
{
    private const int MostLines = 100;

    /// <summary>What the front matter says, and the text after it.</summary>
    internal static (ArticleMeta Meta, string Body) Split(string content, DateOrder order)
    {
        var start = content.TrimStart();
        if (!start.StartsWith("---\n", StringComparison.Ordinal))
            return (new(), content);
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 4;
        for (var line = 0; line < MostLines && at < start.Length; line++)
        {
            var end = start.IndexOf('\n', at);
            var text = end < 0 ? start[at..] : start[at..end];
            at = end < 0 ? start.Length : end + 1;
            if (text.TrimEnd() is "---" or "...")
                return (MetaOf(fields, order), start[at..]);
            AddField(fields, text);
        }

        return (new(), content); // never closed: a horizontal rule, not front matter
    }

    private static void AddField(Dictionary<string, string> fields, string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || char.IsWhiteSpace(line[0]) || line[0] is '#' or '-')
            return;
        var value = Unquoted(line[(colon + 1)..].Trim());
        if (value.Length > 0)
            fields.TryAdd(line[..colon].Trim(), value);
    }

    private static string Unquoted(string value) =>
        value switch
        {
            ['"', .. var inner, '"'] => inner.Replace("\\\"", "\"", StringComparison.Ordinal),
            ['\'', .. var inner, '\''] => inner.Replace("''", "'", StringComparison.Ordinal),
            ['[', .. var inner, ']'] => inner,
            ['~' or '|' or '>'] => "",
            _ => value.Split(" #")[0].TrimEnd(),
        };

    private static ArticleMeta MetaOf(Dictionary<string, string> fields, DateOrder order)
    {
        string? Field(params string[] names) =>
            names.Select(n => fields.GetValueOrDefault(n)).FirstOrDefault(v => v is not null);
        var written = Field("date", "published", "datePublished");
        var published = Dates.Parse(written, order);
        return new(
            Title: Field("title", "headline"),
            Byline: MetaFields.Byline(Field("author", "byline", "authors")),
            Outlet: Field("outlet", "publisher", "site", "publication"),
            Published: published,
            SourceUrl: MetaFields.Url(Field("source", "url", "sourceUrl", "source_url", "link")),
            Language: MetaFields.Language(Field("language", "lang")),
            Purpose: Purposes.InFrontMatter(Field("purpose"))
        )
        {
            UnreadDate = published is null ? written : null,
        };
    }
}

/// <summary>Single fields about an article, however they arrive: null for what can't be one.</summary>
internal static class MetaFields
{
    private const int LongestByline = 200;
    private const int LongestTitle = 300;

    internal static string? Byline(string? value)
    {
        var name = value is null ? "" : ParagraphText.Collapse(value);
        if (name.StartsWith("by ", StringComparison.OrdinalIgnoreCase))
            name = name[3..].Trim();
        // Some pages give the author's page instead of a name.
        return name.Length is 0 or > LongestByline || name.Contains("://", StringComparison.Ordinal) ? null : name;
    }

    /// <summary>A title from a file's properties; null for what programs put there by themselves.</summary>
    internal static string? Title(string? value)
    {
        var title = value is null ? "" : ParagraphText.Collapse(Characters.Clean(value));
        var isFileName =
            title.StartsWith("Microsoft Word - ", StringComparison.OrdinalIgnoreCase)
            || (!title.Contains(' ', StringComparison.Ordinal) && Path.HasExtension(title));
        var isDefault =
            title.StartsWith("untitled", StringComparison.OrdinalIgnoreCase)
            || title.Equals("Word Document", StringComparison.OrdinalIgnoreCase)
            || (
                title.StartsWith("Document", StringComparison.OrdinalIgnoreCase)
                && title["Document".Length..].All(c => char.IsAsciiDigit(c) || c == ' ')
            );
        return title.Length is 0 or > LongestTitle || isFileName || isDefault ? null : title;
    }

    internal static Uri? Url(string? value) =>
        Uri.TryCreate(value?.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    /// <summary>"en-GB" and "en_US" are "en"; null for what is no language tag.</summary>
    internal static string? Language(string? value)
    {
        var code = value?.Trim().Split('-', '_')[0].ToLowerInvariant();
        return code is { Length: 2 or 3 } && code.All(char.IsAsciiLetter) ? code : null;
    }
}
