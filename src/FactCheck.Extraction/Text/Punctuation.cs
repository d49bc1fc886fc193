namespace FactCheck.Extraction.Text;

/// <summary>What a punctuation mark may be.</summary>
internal static class Punctuation
{
    public static bool IsApostrophe(char c) => c is '\'' or '\u2019' or '\u02BC';

    /// <summary>Any mark that may open or close a quotation, single ones included.</summary>
    public static bool IsQuoteMark(char c) =>
        IsDoubleQuote(c) || c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B' or '\u2039' or '\u203A';

    /// <summary>Double marks: straight, curly, low, guillemets, fullwidth.</summary>
    public static bool IsDoubleQuote(char c) =>
        c is '"' or '\u201C' or '\u201D' or '\u201E' or '\u201F' or '\u00AB' or '\u00BB' or '\uFF02';

    public static bool EndsSentence(char c) => c is '.' or '!' or '?' or '\u2026' or '\u3002' or '\uFF01' or '\uFF1F';

    /// <summary>May stand between the full stop and the space: a closing mark or bracket.</summary>
    public static bool Closes(char c) => IsQuoteMark(c) || c is ')' or ']' or '}';

    /// <summary>May stand before the first word of a sentence.</summary>
    public static bool Opens(char c) => IsQuoteMark(c) || c is '(' or '[' or '{' or '\u00BF' or '\u00A1';

    public static bool IsDash(char c) => c is '-' or '\u2013' or '\u2014' or '\u2015';
}
