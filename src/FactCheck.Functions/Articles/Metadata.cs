using System.Globalization;
using FactCheck.Domain;

namespace FactCheck.Functions.Articles;

/// <summary>
/// What people write beside an article: blob metadata, form fields or <c>{name}.meta.json</c>, all under the same
/// names.
/// </summary>
internal static class Metadata
{
    /// <summary>
    /// What can be understood of it; the rest is as if it were missing, since a reviewer is asked for what is
    /// missing.
    /// </summary>
    public static ArticleMeta Read(IReadOnlyDictionary<string, string> metadata)
    {
        var fields = new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase);
        string? Field(string name) =>
            fields.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
        return new(
            Field("title"),
            Field("byline"),
            Field("outlet"),
            DateOnly.TryParse(Field("published"), CultureInfo.InvariantCulture, out var date) ? date : null,
            Uri.TryCreate(Field("sourceUrl"), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? url
                : null,
            Field("language"),
            Purposes.Of(Field("purpose")) ?? Purpose.ThirdParty
        );
    }

    /// <summary>What the check is for, where it is said: "OwnCopy", "own copy" and "own-copy" alike.</summary>
    public static Purpose? PurposeOf(IReadOnlyDictionary<string, string> metadata)
    {
        var value =
            metadata.FirstOrDefault(m => m.Key.Equals("purpose", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        return Enum.TryParse<Purpose>([.. value.Where(char.IsAsciiLetter)], ignoreCase: true, out var purpose)
            ? purpose
            : null;
    }
}
