using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>What elements say of themselves: by their name, role, class and id.</summary>
internal static class Hints
{
    private const int LongestHint = 400;

    private static readonly Dictionary<string, string[]> Names = DataFiles
        .Groups("pages/element-names.txt")
        .ToDictionary(group => group.Key, group => group.Words, StringComparer.Ordinal);

    private static readonly FrozenSet<string> Qualifiers = Names["qualifier"].ToFrozenSet(StringComparer.Ordinal);
    private static readonly SearchValues<string> Bodies = Parts(Names[nameof(BlockRole.Article)]);

    private static readonly (BlockRole Role, FrozenSet<string> Words, SearchValues<string> Parts)[] Roles =
    [
        .. Names
            .Where(group => group.Key is not ("qualifier" or nameof(BlockRole.Article)))
            .Select(group =>
                (
                    Enum.Parse<BlockRole>(group.Key),
                    group.Value.Where(word => word[0] != '*').ToFrozenSet(StringComparer.Ordinal),
                    Parts(group.Value)
                )
            ),
    ];

    /// <summary>What an element is besides an article's; null where nothing says.</summary>
    internal static BlockRole? Of(MarkupNode node) =>
        node.Name switch
        {
            "nav" or "footer" or "menu" => BlockRole.Navigation,
            "aside" => BlockRole.Related,
            "form" or "fieldset" => BlockRole.Promotion,
            "figcaption" or "caption" => BlockRole.Caption,
            "dialog" => BlockRole.Overlay,
            "address" => BlockRole.Credit,
            "article" or "main" or "body" or "html" => null,
            _ when node["aria-modal"] == "true" => BlockRole.Overlay,
            _ => Array.ConvertAll(Written(node), OfName).FirstOrDefault(role => role is not null),
        };

    /// <summary>Whether an element says that it holds the text of an article.</summary>
    internal static bool IsBody(MarkupNode node) =>
        (node["itemprop"]?.Contains("articleBody", StringComparison.OrdinalIgnoreCase) ?? false)
        || Array.Exists(Written(node), name => name.AsSpan().ContainsAny(Bodies));

    private static BlockRole? OfName(string name)
    {
        var words = name.Split('-', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 1 && Qualifiers.Contains(words[0]))
            return null;
        foreach (var (role, known, parts) in Roles)
            if (Array.Exists(words, known.Contains) || name.AsSpan().ContainsAny(parts))
                return role;
        return null;
    }

    private static string[] Written(MarkupNode node) =>
        node.Attributes.Count == 0
            ? []
            :
            [
                .. new[] { node["class"], node["id"], node["role"] }
                    .OfType<string>()
                    .SelectMany(names => Normal(names).Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            ];

    // "relatedArticles" and "related__articles" as "related-articles".
    private static string Normal(string names)
    {
        var normal = new StringBuilder();
        var before = ' ';
        foreach (var c in names.AsSpan(0, Math.Min(names.Length, LongestHint)))
        {
            var isDivider = c is '_' or ':' or '.' or '/' or '-';
            if ((isDivider || (char.IsUpper(c) && char.IsLower(before))) && EndsWord(normal))
                normal.Append('-');
            if (!isDivider)
                normal.Append(char.IsWhiteSpace(c) ? ' ' : char.ToLowerInvariant(c));
            before = c;
        }

        return normal.ToString();
    }

    private static bool EndsWord(StringBuilder normal) => normal.Length > 0 && normal[^1] is not ('-' or ' ');

    private static SearchValues<string> Parts(string[] words) =>
        SearchValues.Create(
            [.. words.Where(word => word[0] == '*').Select(word => word.Trim('*'))],
            StringComparison.Ordinal
        );
}
