using FactCheck.Extraction.Text;
using FactCheck.Storage.Rules;

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
            Uri.TryCreate(Field("sourceUrl"), UriKind.Absolute, out var url) && WebAddress.Is(url) ? url : null,
            Field("language"),
            SaidPurposeOf(metadata).Purpose
        )
        {
            UnreadDate = published is null ? Field("published") : null,
        };

        string? Field(string name) => Find(metadata, name);
    }

    /// <summary>What is said of the purpose. Said twice, own copy counts.</summary>
    public static SaidPurpose SaidPurposeOf(IReadOnlyDictionary<string, string> metadata)
    {
        if (Find(metadata, BlobSidecar.Error) is { } unreadable)
            return new(Unreadable: unreadable);
        var written = All(metadata, "purpose").ToList();
        if (written.Find(value => !Purposes.IsOne(value)) is { } slip)
            return new(Unreadable: $"'{slip}' is no purpose: it is ThirdParty or OwnCopy.");
        var said = written.Select(Purposes.Of).OfType<Purpose>().ToList();
        return new(
            said.Contains(Purpose.OwnCopy) ? Purpose.OwnCopy
            : said.Count > 0 ? said[0]
            : null
        );
    }

    /// <summary>The desk that is named; null where none is. Named in two ways, or so that it can be none, it is
    /// <see cref="Desks.Unreadable"/>, and so it is where nothing can be read.</summary>
    public static string? SaidDeskOf(IReadOnlyDictionary<string, string> metadata)
    {
        if (Find(metadata, BlobSidecar.Error) is not null)
            return Desks.Unreadable;
        // Some programs write letters and their accents apart.
        var written = All(metadata, "desk").Select(CanonicalForm.Compose).ToList();
        return written switch
        {
            [] => null,
            [var one, .. var others] when Person.IsName(one) && others.TrueForAll(o => Desks.AreSame(one, o)) => one,
            _ => Desks.Unreadable,
        };
    }

    private static string? Find(IReadOnlyDictionary<string, string> metadata, string name) =>
        All(metadata, name).FirstOrDefault();

    // People write "source URL", "Purpose ", "purpose:": its letters tell the name.
    public static IEnumerable<string> All(IReadOnlyDictionary<string, string> metadata, string name) =>
        metadata
            .Where(m => string.Concat(m.Key.Where(char.IsAsciiLetter)).Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(m => m.Value.Trim())
            .Where(value => value.Length > 0);
}
