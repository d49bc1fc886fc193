using System.Collections.Frozen;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>Elements by what they mean for reading, after the HTML standard.</summary>
internal static class Tags
{
    internal static readonly FrozenSet<string> Void = Set(
        "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
    );

    /// <summary>Elements that begin and end a paragraph.</summary>
    internal static readonly FrozenSet<string> Blocks = Set(
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
            + "footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table tbody "
            + "tfoot thead tr ul"
    );

    /// <summary>Elements whose start ends an open paragraph.</summary>
    internal static readonly FrozenSet<string> EndParagraph = Set(
        "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure footer form "
            + "h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table ul"
    );

    /// <summary>Elements that an end tag inside of them can't reach beyond.</summary>
    internal static readonly FrozenSet<string> Scopes = Set("html body table td th caption template object button svg");

    /// <summary>Elements that stand among the words of a paragraph.</summary>
    internal static readonly FrozenSet<string> Formatting = Set(
        "a abbr b big cite code em font i ins kbd label mark nobr q s small span strike strong sub sup time tt u var"
    );

    internal static readonly FrozenSet<string> PartsOfTable = Set("table caption thead tbody tfoot tr td th");

    internal static readonly FrozenSet<string> Headings = Set("h1 h2 h3 h4 h5 h6");

    internal static readonly FrozenSet<string> InHead = Set(
        "base basefont bgsound link meta noframes noscript script style template title"
    );

    /// <summary>Elements that a browser draws no words of, or whose words are for operating the page.</summary>
    internal static readonly FrozenSet<string> Unseen = Set(
        "head title script style noscript template iframe frame object embed svg math canvas audio video select textarea "
            + "input button datalist map noembed noframes progress meter rp rt"
    );

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
