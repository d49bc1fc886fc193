namespace FactCheck.Extraction.Documents.Html;

/// <summary>An element or a piece of text of a page, at its place in the order of the source.</summary>
internal sealed class MarkupNode(string name, int parent, string text = "")
{
    internal const string TextName = "#text";

    /// <summary>The element's name in lower case, or <see cref="TextName"/>.</summary>
    internal string Name { get; } = name;

    /// <summary>Index of the element around it; -1 for the page itself.</summary>
    internal int Parent { get; } = parent;

    /// <summary>What a piece of text says; empty for an element.</summary>
    internal string Text { get; } = text;

    /// <summary>Whether a piece of text leads elsewhere.</summary>
    internal bool IsLinked { get; init; }

    /// <summary>The first of each name; only those that tell something about reading.</summary>
    internal IReadOnlyList<(string Name, string Value)> Attributes { get; init; } = [];

    /// <summary>Index behind the last node inside of it.</summary>
    internal int End { get; set; }

    internal bool IsText => ReferenceEquals(Name, TextName);

    internal string? this[string attribute]
    {
        get
        {
            foreach (var (name, value) in Attributes)
                if (name == attribute)
                    return value;
            return null;
        }
    }
}
