using System.Globalization;

namespace FactCheck.Functions.Articles;

/// <summary>What people write beside an article: blob metadata, form fields or <c>{name}.meta.json</c>, all under the
/// same names.</summary>
internal static class Metadata
{
    /// <summary>What can be understood of it; the rest is as if it were missing, since a reviewer is asked for what is
    /// missing.</summary>
    public static ArticleMeta Read(IReadOnlyDictionary<string, string> metadata)
    {
        string? Field(string name) => Find(metadata, name);
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

    /// <summary>What is written under a name, in whichever case; null where that is nothing.</summary>
    public static string? Find(IReadOnlyDictionary<string, string> metadata, string name)
    {
        var value = metadata.FirstOrDefault(m => m.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }
}
