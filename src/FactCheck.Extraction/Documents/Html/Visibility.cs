namespace FactCheck.Extraction.Documents.Html;

/// <summary>Which elements a page shows.</summary>
internal static class Visibility
{
    /// <summary>Whether an element's words are ever drawn, whatever scripts do.</summary>
    internal static bool IsText(MarkupNode node) => !Tags.Unseen.Contains(node.Name);

    /// <summary>Whether a browser draws an element's words as the page comes.</summary>
    internal static bool IsShown(MarkupNode node) => IsText(node) && !IsHidden(node);

    /// <summary>Whether an element is hidden until a script shows it, or from those who hear a page.</summary>
    private static bool IsHidden(MarkupNode node) =>
        node["hidden"] is not null
        || node["aria-hidden"] == "true"
        || (node["style"] is { } style && IsStyledAway(style));

    private static bool IsStyledAway(string style)
    {
        var folded = new string([.. style.Where(c => !char.IsWhiteSpace(c))]);
        return folded.Contains("display:none", StringComparison.OrdinalIgnoreCase)
            || folded.Contains("visibility:hidden", StringComparison.OrdinalIgnoreCase);
    }
}
