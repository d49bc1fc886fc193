using System.Text;

namespace FactCheck.Storage.Rules;

/// <summary>Metadata values as HTTP headers carry them: printable ASCII as it is, so that other tools' values read as
/// meant; else one encoded-word of RFC 2047, <c>=?UTF-8?B?…?=</c> (without its limit of 75 characters).</summary>
internal static class MetadataText
{
    private const string Begin = "=?UTF-8?B?";
    private const string End = "?=";

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    public static string Encode(string value) =>
        IsPlain(value) ? value : Begin + Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) + End;

    /// <summary>What <see cref="Encode"/> made, or the value itself when it is not an encoded word.</summary>
    public static string Decode(string value)
    {
        if (!IsEncoded(value))
            return value;
        try
        {
            return Strict.GetString(Convert.FromBase64String(value[Begin.Length..^End.Length]));
        }
        // Somebody wrote this value and meant it.
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return value;
        }
    }

    // Headers lose spaces at their ends, and an empty one may be lost itself.
    private static bool IsPlain(string value) =>
        value.Length > 0
        && value[0] != ' '
        && value[^1] != ' '
        && value.All(c => c is >= ' ' and <= '~')
        && !IsEncoded(value);

    private static bool IsEncoded(string value) =>
        value.Length >= Begin.Length + End.Length
        && value.StartsWith(Begin, StringComparison.OrdinalIgnoreCase)
        && value.EndsWith(End, StringComparison.Ordinal);
}
