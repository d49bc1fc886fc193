using FactCheck.Extraction.Text;

namespace FactCheck.Functions.Articles;

/// <summary>What people write beside an article: blob metadata, form fields or <c>{name}.meta.json</c>, all under the
/// same names.</summary>
internal static class Metadata
{
    /// <summary>What can be understood of it; the rest is as if it were missing, since a reviewer is asked for what is
    /// missing.</summary>
    /// <param name="order">Of dates of figures.</param>
    public static ArticleMeta Read(IReadOnlyDictionary<string, string> metadata, DateOrder order)
    {
        var published = Dates.Parse(Field("published"), order);
        return new(
            Field("title"),
            Field("byline"),
            Field("outlet"),
            published,
            Uri.TryCreate(Field("sourceUrl"), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? url
                : null,
            Field("language"),
            Purposes.Of(Field("purpose")) ?? Purpose.ThirdParty
        )
        {
            UnreadDate = published is null ? Field("published") : null,
        };

        string? Field(string name) => Find(metadata, name);
    }

    /// <summary>What to tell who wrote a date that was not taken.</summary>
    public static string WhyUnread(string date) =>
        $"The date of publication '{date}' is not read: it can be two days, or is none; write it as 2026-04-03.";

    /// <summary>What is written under a name, in whichever case; null where that is nothing.</summary>
    public static string? Find(IReadOnlyDictionary<string, string> metadata, string name)
    {
        var value = metadata.FirstOrDefault(m => m.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }
}
