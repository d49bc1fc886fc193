using System.Buffers;
using System.Collections.Frozen;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>Blocks that tell by their own words that they are no part of an article, whatever the markup says.</summary>
internal static class Boilerplate
{
    private const int LongestNotice = 600;
    private const int LongestRights = 200;
    private const int LongestLabel = 30;

    private static readonly ILookup<string, string> Phrases = DataFiles
        .Groups("pages/phrases.txt")
        .ToLookup(group => group.Key, group => string.Join(' ', group.Words), StringComparer.Ordinal);

    private static readonly SearchValues<string> Consent = Any("consent");
    private static readonly SearchValues<string> Rights = Any("rights");
    private static readonly FrozenSet<string> Labels = Phrases["label"].ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a block is besides an article's; null where its words don't say.</summary>
    internal static BlockRole? Of(Block block) =>
        IsConsent(block.Text) ? BlockRole.Consent
        : IsRights(block.Text) ? BlockRole.Credit
        : LeadsElsewhere(block) ? BlockRole.Related
        : IsNumber(block.Text) ? BlockRole.Caption
        : null;

    private static bool IsConsent(string text)
    {
        if (text.Length > LongestNotice)
            return false;
        for (var at = 0; text.AsSpan(at).IndexOfAny(Consent) is >= 0 and var next; at++)
            if (BeginsSentence(text, at += next))
                return true;
        return false;
    }

    private static bool BeginsSentence(string text, int at) =>
        text.AsSpan(0, at).TrimEnd() is [] or [.., '.' or '!' or '?' or ':'];

    private static bool IsRights(string text) =>
        text.Length <= LongestRights
        && (
            text[0] == '©'
            || text.StartsWith("copyright ©", StringComparison.OrdinalIgnoreCase)
            || text.AsSpan().ContainsAny(Rights)
        );

    // "Read more: Mayor says budget doubled"
    private static bool LeadsElsewhere(Block block)
    {
        var colon = block.Text.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 and <= LongestLabel && block.Linked > 0 && block.Linked >= block.Text.Length - colon - 2;
    }

    // "Table 2.", "Fig. 3:", "12"
    private static bool IsNumber(string text)
    {
        if (text.Length > LongestLabel)
            return false;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (words.Length == 1 || (words.Length == 2 && Labels.Contains(words[0].TrimEnd('.'))))
            && words[^1].TrimEnd('.', ':', ')') is { Length: > 0 and <= 3 } number
            && number.All(char.IsAsciiDigit);
    }

    private static SearchValues<string> Any(string key) =>
        SearchValues.Create([.. Phrases[key]], StringComparison.OrdinalIgnoreCase);
}
