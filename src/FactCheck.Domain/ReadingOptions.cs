namespace FactCheck.Domain;

/// <summary>What a person wants read otherwise than the file says. What is null or false is left to the file. It holds
/// for this version and for later ones, until somebody wants it read otherwise once more.</summary>
/// <param name="WholePage">Of a web page, all that a browser shows, and not only what was taken for the
/// article.</param>
/// <param name="Published">Date of publication.</param>
/// <param name="Language">ISO 639 code.</param>
public sealed record ReadingOptions(
    bool WholePage = false,
    string? Title = null,
    DateOnly? Published = null,
    string? Outlet = null,
    string? Language = null
)
{
    /// <summary>Null where nothing is wanted otherwise, so that there is one form of it.</summary>
    public ReadingOptions? OrNone() => this == new ReadingOptions() ? null : this;

    /// <summary>What it says about the article.</summary>
    public ArticleMeta ToMeta() => new(Title: Title, Outlet: Outlet, Published: Published, Language: Language);
}
